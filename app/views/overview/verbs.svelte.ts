/**
 * Runs the verbs of a machine and reports each step: sent, answered, confirmed by the event.
 * @adr 0046
 */
import type { JsonObject } from '#base/json/value.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { describeOutcome } from '#words/outcome.ts'
import { doesNotApply, doneSentence, missedSentence } from './verbs.ts'
import type { Verb } from './verbs.ts'

/** The state of a verb, in a sentence. */
export interface VerbState {
  readonly command: string
  readonly text: string
  readonly failed: boolean
  /** The command that takes it back, once it is done. */
  readonly undo: string | undefined
}

/** The parts of a verb that are needed to run it. */
export type Runnable = Pick<Verb, 'command' | 'event' | 'undo' | 'then'>

const confirmMs = 5000

/** Runs verbs of one machine. A second verb replaces the words of one whose event is still awaited. */
export class VerbRunner {
  readonly #machine: Machine
  #state = $state.raw<VerbState | undefined>(undefined)
  #busy = $state(false)
  #turn = 0

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get state(): VerbState | undefined {
    return this.#state
  }

  /** Asked and not answered yet. */
  get busy(): boolean {
    return this.#busy
  }

  dismiss(): void {
    this.#state = undefined
  }

  /** Run it, wait for its event, and report both. */
  async run(verb: Runnable, args?: JsonObject): Promise<void> {
    const machine = this.#machine
    this.#turn += 1
    const turn = this.#turn
    const { command, event } = verb
    const say = (text: string, failed = false, undo?: string): void => {
      if (turn === this.#turn) this.#state = { command, text: `${command}: ${text}`, failed, undo }
    }
    const before = machine.runStatus
    const ticket = machine.commands.newTicket()
    let sentAt: number | undefined
    let seenAt: number | undefined
    let wake: () => void = () => undefined
    const seen = new Promise<void>((resolve) => (wake = resolve))
    const unwatch = machine.record.watchRows((rows) => {
      for (const row of rows) {
        if (row.kind === 'command' && row.ticket === ticket) {
          sentAt = row.at
          // An earlier event was not caused by it.
          seenAt = undefined
        } else if (row.kind === 'event' && row.name === event) {
          seenAt ??= row.at
        }
      }
      if (seenAt !== undefined) wake()
    })
    this.#busy = true
    say('asked…')
    try {
      const result = await machine.commands.run(command, args, { ticket })
      if (turn === this.#turn) this.#busy = false
      if (result.kind === 'refused') {
        // A person who says no needs no message: the question is closed, and nothing was sent.
        if (turn === this.#turn)
          this.#state =
            result.by === 'person' ? undefined : { command, text: result.why, failed: true, undo: undefined }
        return
      }
      // quit may end the connection before its reply is read: the event is proof in any case.
      if (result.kind !== 'returned') {
        if (seenAt === undefined) await this.#wait(seen, 0)
        if (seenAt === undefined) {
          say(describeOutcome(result), true)
          return
        }
      }
      if (seenAt === undefined) {
        say(`answered, waiting for ${event}…`)
        await this.#wait(seen, confirmMs)
      }
      if (turn !== this.#turn) return
      const repliedMs = result.kind === 'returned' ? result.latencyMs : undefined
      this.#state =
        seenAt === undefined
          ? { command, text: missedSentence(verb, confirmMs, before), failed: true, undo: undefined }
          : {
              command,
              text: doneSentence(verb, { sentAt, repliedMs, seenAt }),
              failed: false,
              undo: verb.undo,
            }
    } finally {
      unwatch()
      if (turn === this.#turn) this.#busy = false
    }
  }

  #wait(event: Promise<void>, ms: number): Promise<void> {
    // The rows of a reply's frame may come just after the reply itself.
    const frameMs = 100
    return Promise.race([event, new Promise<void>((resolve) => setTimeout(resolve, Math.max(ms, frameMs)))])
  }
}

const runners = new WeakMap<Machine, VerbRunner>()

/** The one runner of a machine: the top bar, the palette and the overview say the same. */
export function verbsOf(machine: Machine): VerbRunner {
  let runner = runners.get(machine)
  if (runner === undefined) {
    runner = new VerbRunner(machine)
    runners.set(machine, runner)
  }
  return runner
}

/** Why a command cannot be run now, in words for a disabled button. Undefined where it can. */
export function whyNot(machine: Machine, command: string): string | undefined {
  if (!machine.isReady) return `${machine.name} is not connected`
  if (machine.schema.kind === 'ready' && !machine.schema.schema.byName.has(command))
    return `this server has no ${command}`
  if (machine.commands.lock === 'read-only') return `${machine.name} is locked: read only`
  if (verbsOf(machine).busy) return 'another verb is running'
  return machine.runStatus === undefined ? undefined : doesNotApply(command, machine.runStatus)
}
