/** The reply of a guest agent to `guest-info`. */
import { clip } from '#base/clip.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** A command of a guest agent. @qapi GuestAgentCommandInfo */
export interface ListedAgentCommand {
  readonly name: string
  readonly enabled: boolean
  /** False: it answers only when it fails. */
  readonly successResponse: boolean
  /** Known to need no arguments and to change nothing: one click runs it. */
  readonly asks: boolean
}

/** The reply of guest-info, read. @qapi GuestAgentInfo */
export interface AgentInfo {
  readonly version: string
  /** By name. */
  readonly commands: readonly ListedAgentCommand[]
}

/** Characters of a version that are shown. */
const longestVersion = 100

function asksOnly(name: string): boolean {
  return name === 'guest-ping' || name === 'guest-info' || /^guest-(network-)?get-/.test(name)
}

/** Read a reply of guest-info. Undefined for anything else. */
export function readAgentInfo(reply: Json): AgentInfo | undefined {
  if (!isJsonObject(reply) || !Array.isArray(reply.supported_commands)) return undefined
  const commands = (reply.supported_commands as readonly Json[]).flatMap((each): ListedAgentCommand[] => {
    if (!isJsonObject(each) || typeof each.name !== 'string') return []
    return [
      {
        name: each.name,
        enabled: each.enabled !== false,
        successResponse: each['success-response'] !== false,
        asks: asksOnly(each.name),
      },
    ]
  })
  return {
    version: typeof reply.version === 'string' ? clip(reply.version, longestVersion) : '',
    commands: commands.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Why a command cannot be used: the agent has none of that name, or it is switched off in the guest. Undefined: it can. */
export function whyNotOffered(info: AgentInfo, name: string): 'absent' | 'disabled' | undefined {
  const found = info.commands.find((each) => each.name === name)
  if (found === undefined) return 'absent'
  return found.enabled ? undefined : 'disabled'
}

/** Why a part of the view that needs these commands cannot be used, for a button; undefined where it can. */
export function whyNotNow(
  agent: { readonly isReady: boolean },
  info: AgentInfo | undefined,
  ...names: readonly string[]
): string | undefined {
  if (!agent.isReady) return 'The agent is not connected'
  if (info === undefined) return 'Its list of commands is not known'
  for (const name of names) {
    const missing = whyNotOffered(info, name)
    if (missing === 'disabled') return `${name} is disabled in the guest`
    if (missing === 'absent') return `This agent has no ${name}`
  }
  return undefined
}
