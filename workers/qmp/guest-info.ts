/** What `guest-info` of a guest agent returns. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** A command of the agent. @qapi GuestAgentCommandInfo (qga) */
export interface AgentCommand {
  readonly name: string
  readonly enabled: boolean
  readonly successResponse: boolean
}

/** Read the return of `guest-info`; what has not its shape is left out. @qapi GuestAgentInfo (qga) */
export function readGuestInfo(value: Json): readonly AgentCommand[] {
  if (!isJsonObject(value)) return []
  const listed = value.supported_commands
  if (!Array.isArray(listed)) return []
  const commands: AgentCommand[] = []
  for (const each of listed as readonly Json[]) {
    if (!isJsonObject(each) || typeof each.name !== 'string') continue
    commands.push({
      name: each.name,
      enabled: each.enabled !== false,
      // Agents before 1.7 do not say: only these two kinds were ever without a reply.
      successResponse: each['success-response'] !== false,
    })
  }
  return commands
}
