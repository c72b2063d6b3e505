/** How a draft is sent or asked about, and why it cannot be now. */
import { commandEffect } from '#qapi/check/effect.ts'
import type { Effect } from '#qapi/check/effect.ts'
import { whyNotAsk } from '#qapi/check/verdict.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Results } from '../results.svelte.ts'
import type { CommandDraft } from './command-draft.svelte.ts'

/** A day, in seconds. */
export const longestDeadline = 86_400
/** What a deadline is until somebody says another, in seconds. */
export const usualDeadline = 30

/** The options for sending. */
export class Sending {
  readonly #draft: CommandDraft
  readonly #results: Results
  readonly #machine: () => Machine | undefined
  readonly #risk = $derived.by(() => commandEffect(this.#draft.name, this.#draft.args))
  /** In seconds. */
  deadline = $state(usualDeadline)
  /** Whether the queries that have to do with the command run before and after it. */
  around = $state(false)

  constructor(draft: CommandDraft, results: Results, machine: () => Machine | undefined) {
    this.#draft = draft
    this.#results = results
    this.#machine = machine
  }

  get risk(): Effect {
    return this.#risk
  }

  /** Whether queries before and after it say something. */
  get hasAround(): boolean {
    return this.#machine()?.protocol === 'qmp' && this.risk.kind !== 'reads'
  }

  /** Why it cannot be sent: a sentence. */
  get refusal(): string | undefined {
    const machine = this.#machine()
    if (machine === undefined) return 'This is a recorded schema: there is no machine to send to.'
    if (!machine.takesCommands) return `${machine.name} is not connected.`
    if (!(this.deadline >= 1 && this.deadline <= longestDeadline))
      return `The deadline is 1 to ${longestDeadline} s.`
    const { whyReadOnly } = machine.commands
    if (whyReadOnly !== undefined && this.risk.kind !== 'reads') return `${whyReadOnly}.`
    const { parameters, isSendable } = this.#draft
    if (parameters.length > 0)
      return `${parameters.join(', ')}: no value yet. Run it from its collection, or save it there.`
    if (isSendable) return undefined
    return this.#draft.leads === 'form'
      ? 'The form is not finished: see the messages at its fields.'
      : 'This is not JSON yet.'
  }

  /** Why QEMU cannot be asked about it: a sentence. */
  get askRefusal(): string | undefined {
    const machine = this.#machine()
    const { own, name, isSendable } = this.#draft
    if (machine === undefined) return 'There is no machine to ask.'
    if (!machine.isReady) return `${machine.name} is not connected.`
    if (machine.protocol !== 'qmp' || own === undefined)
      return 'A guest agent is not asked: it may run what it gets.'
    if (this.#draft.parameters.length > 0) return 'It can be asked when its parameters have values.'
    if (!isSendable) return 'It can be asked when the arguments are whole.'
    return whyNotAsk(own, name)
  }

  async send(): Promise<void> {
    const machine = this.#machine()
    if (machine === undefined || this.refusal !== undefined) return
    const { name, args, oob } = this.#draft
    const subject = this.#draft.subject()
    const around = this.around && this.hasAround
    const result = await this.#results.send(machine, name, args, oob, this.deadline * 1000, { around })
    this.#draft.takeResult(subject, result)
  }

  async ask(): Promise<void> {
    const machine = this.#machine()
    if (machine !== undefined && this.askRefusal === undefined) await this.#draft.ask(machine)
  }
}
