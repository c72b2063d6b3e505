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
