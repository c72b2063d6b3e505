/** A verb of a machine: sent, answered, and confirmed by its event, each said. */
import type { JsonObject } from '../../../workers/base/json.ts'
import type { Machine } from '../../state/machine.svelte.ts'
import { describeOutcome } from '../../state/outcome.ts'
import { duration } from '../../ui/format.ts'

/** A verb and the event by which it shows. */
export interface Verb {
  readonly command: string
  readonly label: string
  readonly event: string
  readonly danger: boolean
  /** The command that takes it back. */
  readonly undo?: string
}

/** The verbs that QMP began with. */
export const verbs: readonly Verb[] = [
  { command: 'cont', label: 'Continue', event: 'RESUME', danger: false, undo: 'stop' },
  { command: 'stop', label: 'Stop', event: 'STOP', danger: false, undo: 'cont' },
  { command: 'system_reset', label: 'Reset', event: 'RESET', danger: true },
  { command: 'system_powerdown', label: 'Power down', event: 'POWERDOWN', danger: true },
  { command: 'quit', label: 'Quit QEMU', event: 'SHUTDOWN', danger: true },
]

/** How a verb stands, in a sentence. */
export interface VerbState {
  readonly command: string
  readonly text: string
  readonly failed: boolean
  readonly undo: string | undefined
}

const confirmMs = 5000

/** Runs verbs of one machine, one at a time. */
export class VerbRunner {
  #state = $state.raw<VerbState | undefined>(undefined)
  #busy = $state(false)

  get state(): VerbState | undefined {
    return this.#state
  }

  get busy(): boolean {
    return this.#busy
  }

  /** Run it, wait for its event, and say both. */
  async run(
    machine: Machine,
    command: string,
    event: string,
    args?: JsonObject,
    undo?: string,
  ): Promise<void> {
    this.#busy = true
    const say = (text: string, failed = false, undoNow?: string): void => {
      this.#state = { command, text, failed, undo: undoNow }
    }
    say(`${command}: asked`)
    const sentAt = performance.now()
    let seenAt: number | undefined
    let wake: () => void = () => undefined
    const seen = new Promise<void>((resolve) => (wake = resolve))
    const unwatch = machine.watchRows((rows) => {
      if (rows.some((row) => row.kind === 'event' && row.name === event)) {
        seenAt = performance.now()
        wake()
      }
    })
    try {
      const result = await machine.run(command, args)
      if (result.kind === 'refused') {
        say(result.why, true)
        return
      }
      if (result.kind !== 'returned') {
        // quit may end the connection before its answer is read: the event is proof all the same.
        if (seenAt === undefined) {
          say(`${command}: ${describeOutcome(result)}`, true)
          return
        }
      }
      if (seenAt === undefined) {
        say(`${command}: answered, waiting for ${event}…`)
        await Promise.race([seen, new Promise((resolve) => setTimeout(resolve, confirmMs))])
      }
      if (seenAt === undefined) {
        say(
          `${command}: answered, but no ${event} came within ${confirmMs / 1000} s. It may have been in that state already.`,
        )
      } else say(`${command}: done, ${event} after ${duration(seenAt - sentAt)}`, false, undo)
    } finally {
      unwatch()
      this.#busy = false
    }
  }
}
