/** Which arguments may carry a secret: those stay out of addresses and histories. */
import { isJsonObject } from '../../../workers/base/json.ts'
import type { Json, JsonObject } from '../../../workers/base/json.ts'

const secretName = /pass(word|phrase|wd)?$|^pass|secret|token|cookie|^key$|private/i
const secretCommands = /password|set_vnc|secret|guest-set-user-password|guest-ssh/

/** Whether a command with these arguments may carry a secret. Says yes too often rather than too seldom. */
export function mayCarrySecret(name: string, args: JsonObject | undefined): boolean {
  if (secretCommands.test(name)) return true
  if (args === undefined) return false
  if (name === 'object-add' && typeof args['qom-type'] === 'string' && args['qom-type'].startsWith('secret'))
    return true
  return holdsSecret(args)
}

function holdsSecret(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(holdsSecret)
  if (!isJsonObject(value)) return false
  return Object.entries(value).some(([member, each]) => secretName.test(member) || holdsSecret(each))
}
