/**
 * Runs the verbs of a machine and reports each step: sent, answered, confirmed by the event.
 * @adr 0046
 */
import { latest } from '#base/coalesce.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { EventNews } from '#api/machine.ts'
import { within } from '#state/within.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
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
/** The batch that reports an event may come after the reply, this many milliseconds at most. */
const batchMs = 300

/** Runs verbs of one machine. A second verb replaces the words of one whose event is still awaited. */
export class VerbRunner {
  readonly #machine: Machine
  #state = $state.raw<VerbState | undefined>(undefined)
  #busy = $state(false)
  readonly #begin = latest()

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
    const isLatest = this.#begin()
    const { command, event } = verb
    const say = (text: string, failed = false, undo?: string): void => {
      if (isLatest()) this.#state = { command, text: `${command}: ${text}`, failed, undo }
    }
    const before = machine.runStatus
    let sentAt: number | undefined
    let check: () => void = () => undefined
    const news: EventNews[] = []
    const unwatch = machine.record.watchEvents([event], (each) => {
      news.push(each)
      check()
    })
    /** When the event came. One before the command was sent was not caused by it. */
    const seenAt = (): number | undefined =>
      news
        .flatMap(({ firstAt, lastAt }) => [firstAt, lastAt])
        .find((at) => sentAt === undefined || at >= sentAt)
    const wait = (ms: number): Promise<void> =>
      within(
        ms,
        new Promise<void>((resolve) => {
          check = () => {
            if (seenAt() !== undefined) resolve()
          }
          check()
        }),
      )
    this.#busy = true
    say('asked…')
    try {
      const result = await machine.commands.run(command, args)
      if (isLatest()) this.#busy = false
      if (result.kind === 'refused') {
        // A person who says no needs no message: the question is closed, and nothing was sent.
        if (isLatest())
          this.#state =
            result.by === 'person' ? undefined : { command, text: result.why, failed: true, undo: undefined }
        return
      }
      sentAt = await sentAtOf(machine, result)
      // quit may end the connection before its reply is read: the event is proof in any case.
      if (result.kind !== 'returned') {
        await wait(batchMs)
        if (seenAt() === undefined) {
          say(describeOutcome(result), true)
          return
        }
      }
      if (seenAt() === undefined) say(`answered, waiting for ${event}…`)
      await wait(confirmMs)
      if (!isLatest()) return
      const repliedMs = result.kind === 'returned' ? result.latencyMs : undefined
      const at = seenAt()
      this.#state =
        at === undefined
          ? { command, text: missedSentence(verb, confirmMs, before), failed: true, undo: undefined }
          : {
              command,
              text: doneSentence(verb, { sentAt, repliedMs, seenAt: at }),
              failed: false,
              undo: verb.undo,
            }
    } finally {
      unwatch()
      if (isLatest()) this.#busy = false
    }
  }
}

/** When the command was sent, milliseconds since the epoch. Undefined where that is not recorded. */
async function sentAtOf(machine: Machine, result: RunResult): Promise<number | undefined> {
  if (!('exec' in result)) return undefined
  const [first] = await machine.record.calls.family(result.exec)
  return first?.row.kind === 'command' ? first.row.at : undefined
}

const makeRunner = (machine: Machine): VerbRunner => new VerbRunner(machine)

/** The one runner of a machine: the top bar, the palette and the overview say the same. */
export function verbsOf(machine: Machine): VerbRunner {
  return machine.of(makeRunner)
}

/** Why a command cannot be run now, in words for a disabled button. Undefined where it can. */
export function whyNot(machine: Machine, command: string): string | undefined {
  if (!machine.takesCommands) return `${machine.name} is not connected`
  if (machine.schema.kind === 'ready' && !machine.schema.schema.byName.has(command))
    return `this server has no ${command}`
  if (machine.commands.whyReadOnly !== undefined) return machine.commands.whyReadOnly
  if (verbsOf(machine).busy) return 'another verb is running'
  return machine.runStatus === undefined ? undefined : doesNotApply(command, machine.runStatus)
}
