/**
 * What the verbs of a job lead to: the states of JOB_STATUS_CHANGE, and the events of block jobs. A change is attributed
 * to a verb only where the verb leads to it: one that was resumed and ends on its own was not ended by job-resume.
 * @qapi JobVerb JobStatus
 * @adr 0023
 */
import { own } from '#base/own.ts'
import type { JsonObject } from '#base/json/value.ts'

const paused = ['paused', 'standby']
const runs = ['running', 'ready']
const ends = [
  'waiting',
  'pending',
  'aborting',
  'concluded',
  'null',
  'BLOCK_JOB_PENDING',
  'BLOCK_JOB_COMPLETED',
]

const leadsTo: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  (
    [
      ['pause', paused],
      ['resume', runs],
      ['cancel', [...ends, 'BLOCK_JOB_CANCELLED']],
      ['complete', ends],
      ['finalize', [...ends, 'BLOCK_JOB_CANCELLED']],
      ['dismiss', ['null']],
    ] as const
  ).flatMap(([verb, states]) => {
    const set: ReadonlySet<string> = new Set(states)
    return [
      [`job-${verb}`, set],
      [`block-job-${verb}`, set],
    ] as const
  }),
)

/** What one pauses with is undone by what one resumes with: an older one of the two led to nothing later. */
const switches: ReadonlySet<string> = new Set([...paused, ...runs])

/** The state that an event of a job tells of: that of JOB_STATUS_CHANGE, else the name of the event. */
export function changeIn(event: string, data: JsonObject | undefined): string {
  const status = event === 'JOB_STATUS_CHANGE' && data !== undefined ? own(data, 'status') : undefined
  return typeof status === 'string' ? status : event
}

/** The verb that led to a change: the newest of some commands, oldest first and `from` one on, that leads to such a one. */
export function verbOf<Command extends { readonly name: string }>(
  commands: readonly Command[],
  from: number,
  change: string,
): Command | undefined {
  for (let index = commands.length - 1; index >= from; index -= 1) {
    const command = commands[index]
    const states = command === undefined ? undefined : leadsTo.get(command.name)
    if (states?.has(change) === true) return command
    if (switches.has(change) && [...switches].some((each) => states?.has(each))) return undefined
  }
  return undefined
}
