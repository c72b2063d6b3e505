/**
 * Since when a machine is in its run state: the last event that changed it. QEMU does not tell of those before the connection.
 * Tested by app/views/overview/run-since.test.ts and e2e/journey.spec.ts.
 */
import type { EventRow, LogRow } from '#record/row.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** An event that changed the run state. `at` is milliseconds since the epoch. */
export interface RunChange {
  readonly name: string
  readonly at: number
}

/** Events after which a guest runs, or does not. A reset is none: a guest that ran goes on running. */
const changing: readonly string[] = [
  'STOP',
  'RESUME',
  'SHUTDOWN',
  'SUSPEND',
  'SUSPEND_DISK',
  'WAKEUP',
  'GUEST_PANICKED',
]

/** The last of the rows that tells of a change. */
export function lastChangeIn(rows: readonly LogRow[]): RunChange | undefined {
  const found = rows.findLast((row): row is EventRow => row.kind === 'event' && changing.includes(row.name))
  return found === undefined ? undefined : { name: found.name, at: found.at }
}

/** Remembers the last change of one machine, from when its overview was first opened. */
export class RunChanges {
  #last = $state.raw<RunChange | undefined>(undefined)

  constructor(machine: Pick<Machine, 'record'>) {
    this.#last = lastChangeIn(machine.record.newest.rows)
    machine.record.watchEvents(changing, ({ name, lastAt }) => {
      if (lastAt >= (this.#last?.at ?? 0)) this.#last = { name, at: lastAt }
    })
  }

  /** Undefined where none was seen since `connectedAt`: what was before says nothing of a machine that was started again. */
  since(connectedAt: number): RunChange | undefined {
    return this.#last !== undefined && this.#last.at >= connectedAt ? this.#last : undefined
  }
}

/** The changes of a machine, kept while the page is open. */
export const makeRunChanges = (machine: Machine): RunChanges => new RunChanges(machine)
