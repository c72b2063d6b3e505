/**
 * What ends the change that a command begins: an event, or a state of a job, a device or the migration. Most commands are
 * done when they return: they have no line here. One table.
 */
import { own } from '#base/own.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Track, TrackKind } from '#record/track.ts'
import { deviceName } from '#trace/follow/named-things.ts'

/** What is waited for, and for how long at most. `what` are the words for people. */
export type ChangeEnd =
  | {
      readonly kind: 'event'
      readonly event: string
      readonly what: string
      readonly limitMs: number
      /** The thing that the command named: members of its arguments that the event has as well. */
      readonly about: JsonObject
    }
  | {
      readonly kind: 'track'
      readonly track: TrackKind
      readonly name: string
      /** States that end the wait; the end of the track does in any case. */
      readonly states: readonly string[]
      readonly what: string
      readonly limitMs: number
    }

/** QEMU sends it with the reply, or a moment later: after this long it does not come, in milliseconds. */
const soonMs = 5000
/** The guest has a part in it: a minute is what a slow one takes. Longer, and a person waits for nothing. */
const guestMs = 60_000
/** A copy of a large disk takes hours; whoever waits longer than this asks again. */
const workMs = 600_000

/** Commands whose change ends with an event, and whether the guest has a part in it. */
const events: ReadonlyMap<string, readonly [event: string, limitMs: number]> = new Map([
  ['stop', ['STOP', soonMs]],
  ['cont', ['RESUME', soonMs]],
  ['x-exit-preconfig', ['RESUME', soonMs]],
  ['system_reset', ['RESET', soonMs]],
  ['system_wakeup', ['WAKEUP', soonMs]],
  ['system_powerdown', ['SHUTDOWN', guestMs]],
  ['balloon', ['BALLOON_CHANGE', soonMs]],
  ['eject', ['DEVICE_TRAY_MOVED', soonMs]],
  ['blockdev-open-tray', ['DEVICE_TRAY_MOVED', soonMs]],
  ['blockdev-close-tray', ['DEVICE_TRAY_MOVED', soonMs]],
  ['blockdev-change-medium', ['DEVICE_TRAY_MOVED', soonMs]],
  ['block-export-del', ['BLOCK_EXPORT_DELETED', soonMs]],
  ['nbd-server-remove', ['BLOCK_EXPORT_DELETED', soonMs]],
])

const jobStarters =
  /^(?:(?:blockdev|drive)-(?:mirror|backup)|block-(?:stream|commit)|blockdev-create|snapshot-(?:save|load|delete))$/
/** The state of a job that a verb leads to, by the end of the verb's name. */
const jobVerbs: ReadonlyMap<string, readonly string[]> = new Map([
  ['pause', ['paused', 'standby']],
  ['resume', ['running', 'ready']],
  ['cancel', ['concluded']],
  ['complete', ['concluded', 'pending']],
  ['finalize', ['concluded']],
  ['dismiss', []],
])

const migrationStates = ['pre-switchover', 'completed', 'failed', 'cancelled']

function textOf(args: JsonObject | undefined, ...members: readonly string[]): string | undefined {
  for (const member of members) {
    const value = args === undefined ? undefined : own(args, member)
    if (typeof value === 'string') return value
  }
  return undefined
}

/** Members by which commands and events name the same thing. */
const naming = ['id', 'device', 'node-name'] as const

function named(args: JsonObject | undefined): JsonObject {
  return jsonObject(
    naming.flatMap((each) => {
      const value = textOf(args, each)
      return value === undefined || value === '' ? [] : [[each, value] as const]
    }),
  )
}

/**
 * Whether an event is about another thing than the command: of the members that both have none is the same. A device is
 * named by its id or by its path, which has the id in it.
 */
export function isAboutAnother(about: JsonObject, data: Json | undefined): boolean {
  const of = data !== undefined && isJsonObject(data) ? named(data) : {}
  const shared = naming.flatMap((each) => {
    const [asked, told] = [textOf(about, each), textOf(of, each)]
    return asked === undefined || told === undefined ? [] : [[asked, told] as const]
  })
  const isOne = (path: string, id: string): boolean => path === id || path.split('/').includes(id)
  return shared.length > 0 && !shared.some(([asked, told]) => isOne(asked, told) || isOne(told, asked))
}

/** Whether a machine is running already, or paused, by what `query-status` returned. */
function isDone(name: string, status: Json | undefined): boolean {
  const running = status !== undefined && isJsonObject(status) ? own(status, 'running') : undefined
  return name === 'stop' ? running === false : name === 'cont' && running === true
}

/**
 * What ends the change of a command that was carried out. Undefined where its return does. `status` is what
 * `query-status` returned before it, where it was asked.
 */
export function endOfChange(
  name: string,
  args: JsonObject | undefined,
  status?: Json,
): ChangeEnd | undefined {
  const event = events.get(name)
  if (event !== undefined) {
    const [word, limitMs] = event
    return isDone(name, status)
      ? undefined
      : { kind: 'event', event: word, what: word, limitMs, about: named(args) }
  }
  const track = (
    kind: TrackKind,
    id: string,
    states: readonly string[],
    what: string,
    limitMs: number,
  ): ChangeEnd => ({ kind: 'track', track: kind, name: id, states, what, limitMs })
  if (name === 'device_del') {
    const id = textOf(args, 'id')
    if (id === undefined) return undefined
    return track('device', deviceName(id), ['unplug-failed'], `DEVICE_DELETED of ${id}`, guestMs)
  }
  if (jobStarters.test(name)) {
    const id = textOf(args, 'job-id', 'device')
    const states = ['ready', 'pending', 'concluded']
    return id === undefined ? undefined : track('job', id, states, `the end of the job ${id}`, workMs)
  }
  const verb = /^(?:block-)?job-(\w+)$/.exec(name)?.[1]
  const states = verb === undefined ? undefined : jobVerbs.get(verb)
  if (verb !== undefined && states !== undefined) {
    const id = textOf(args, 'id', 'device')
    const what = states.length === 0 ? 'the end' : `the state ${states.join(' or ')}`
    return id === undefined ? undefined : track('job', id, states, `${what} of the job ${id}`, guestMs)
  }
  return /^migrat(?:e|e_cancel|e-continue|e-incoming)$/.test(name)
    ? track('migration', '', migrationStates, 'the end of the migration', workMs)
    : undefined
}

/** Whether a track has come to an end, or to one of the states, at this time or later (milliseconds since the epoch). */
export function hasEnded(end: Extract<ChangeEnd, { kind: 'track' }>, track: Track, since: number): boolean {
  if (track.kind !== end.track || track.name !== end.name) return false
  if (track.end !== undefined && track.end >= since) return true
  return track.phases.some(({ at, state }) => at >= since && end.states.includes(state))
}
