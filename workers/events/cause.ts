/**
 * Which command an event is most likely due to.
 *
 * Proof is a name that both carry: a job, device, node or export id in the event's data that is also in the command's
 * arguments. Without one, a command that is known to lead to such an event, and was sent within the last seconds, is
 * called near, never more.
 */
import type { EventCause, ExecId } from '../api.ts'
import { isJsonObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'

/** Commands that lead to an event without a name in common. */
const leadsTo: Readonly<Record<string, readonly string[]>> = {
  stop: ['STOP'],
  cont: ['RESUME'],
  system_reset: ['RESET', 'STOP', 'RESUME'],
  system_powerdown: ['POWERDOWN', 'SHUTDOWN'],
  system_wakeup: ['WAKEUP'],
  quit: ['SHUTDOWN', 'STOP'],
  balloon: ['BALLOON_CHANGE'],
  migrate: ['MIGRATION', 'MIGRATION_PASS', 'STOP', 'RESUME'],
  migrate_cancel: ['MIGRATION'],
  'inject-nmi': ['RESET', 'SHUTDOWN', 'GUEST_PANICKED'],
  'watchdog-set-action': ['WATCHDOG'],
  'dump-guest-memory': ['DUMP_COMPLETED', 'STOP', 'RESUME'],
  set_link: ['NIC_RX_FILTER_CHANGED'],
  eject: ['DEVICE_TRAY_MOVED'],
  'blockdev-open-tray': ['DEVICE_TRAY_MOVED'],
  'blockdev-close-tray': ['DEVICE_TRAY_MOVED'],
  'blockdev-change-medium': ['DEVICE_TRAY_MOVED'],
}

/** Members of an event's data that hold a name which a command may have given. */
const nameMembers = ['id', 'device', 'node-name', 'job-id', 'qom-path', 'path', 'name']
/** Values that are so common that they prove nothing. */
const shortestName = 2
/** How long after a command an event still counts as near it, in milliseconds. */
const nearMs = 10_000
/** How long a name proves the command that gave it: for the length of a job. */
const kept = 256

interface Sent {
  readonly exec: ExecId
  readonly name: string
  readonly at: number
  readonly names: ReadonlySet<string>
}

/** Remembers commands and judges events. One for each connection. */
export interface CauseFinder {
  /** A command was sent at `at` (milliseconds). Queries are left out by the caller. */
  sent(exec: ExecId, name: string, args: JsonObject | undefined, at: number): void
  /** What an event that arrived at `at` is put down to. */
  causeOf(event: string, data: JsonObject | undefined, at: number): EventCause | undefined
}

/** Make an empty one. */
export function createCauseFinder(): CauseFinder {
  let recent: Sent[] = []
  return {
    sent(exec, name, args, at) {
      const names = new Set<string>()
      if (args !== undefined) collect(args, names, 0)
      recent.push({ exec, name, at, names })
      if (recent.length > kept) recent = recent.slice(-kept / 2)
    },
    causeOf(event, data, at) {
      const names = data === undefined ? [] : namesOf(data)
      for (let index = recent.length - 1; index >= 0; index -= 1) {
        const command = recent[index]
        if (command !== undefined && names.some((each) => command.names.has(each))) {
          return { exec: command.exec, proof: 'id' }
        }
      }
      for (let index = recent.length - 1; index >= 0; index -= 1) {
        const command = recent[index]
        if (command === undefined || at - command.at > nearMs) break
        const events = Object.hasOwn(leadsTo, command.name) ? leadsTo[command.name] : undefined
        if (events?.includes(event) === true) return { exec: command.exec, proof: 'nearness' }
      }
      return undefined
    },
  }
}

function namesOf(data: JsonObject): string[] {
  return nameMembers
    .map((member) => (Object.hasOwn(data, member) ? data[member] : undefined))
    .filter((value): value is string => typeof value === 'string' && value.length >= shortestName)
}

function collect(value: Json, names: Set<string>, depth: number): void {
  if (depth > 8 || names.size > 200) return
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, names, depth + 1)
  } else if (isJsonObject(value)) {
    for (const [member, each] of Object.entries(value)) {
      if (typeof each !== 'string') collect(each, names, depth + 1)
      else if (nameMembers.includes(member) && each.length >= shortestName) names.add(each)
    }
  }
}
