/**
 * What QEMU says of the arguments in a form: its answer when it is asked, and its refusal of what was sent. Both are put
 * at the field that is meant, and both may tell how wide an integer is.
 */
import type { JsonObject } from '#base/json/value.ts'
import { placeRefusal } from '#qapi/check/refusal-place.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Issue } from '#qapi/check/validate.ts'
import { widthKey } from '#qapi/check/widths.ts'
import { ask, readRefusal } from '#qapi/check/verdict.ts'
import type { Refusal, Verdict } from '#qapi/check/verdict.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import type { LearnedWidths } from '#state/machine/learned-widths.svelte.ts'

/** The arguments that something is said about, as they were then. */
export interface JudgedArguments {
  readonly name: string
  /** The schema with which they were judged, and the type in it. */
  readonly schema: Schema
  readonly type: string
  readonly args: JsonObject
  readonly issues: readonly Issue[]
  /** The text beside the form: a message holds while this is the same. */
  readonly text: string
  /** Of the schema, for learned values. */
  readonly fingerprint: string
}

/** What was said. */
export interface Said {
  /** The text of the arguments it was said of. */
  readonly of: string
  /** `sent`: it was run, and refused. */
  readonly how: 'asked' | 'sent'
  readonly verdict: Verdict
  /** The dotted path of the field that is meant, where that is known. */
  readonly at: string | undefined
}

/** What was said last of the arguments in one form. */
export class SaidOfArguments {
  readonly #learned: LearnedWidths
  #last = $state.raw<Said | undefined>()
  #asking = $state(false)

  constructor(learned: LearnedWidths) {
    this.#learned = learned
  }

  get isAsking(): boolean {
    return this.#asking
  }

  /** What was said of these arguments; undefined once they have changed. */
  of(text: string): Said | undefined {
    return this.#last?.of === text ? this.#last : undefined
  }

  /** Ask the machine; nothing runs. */
  async ask(machine: Machine, subject: JudgedArguments): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const unexpected = subject.issues.some(
      (each) => !each.path.includes('.') && each.message.startsWith(`${each.path} is unexpected`),
    )
    try {
      const verdict = await ask(subject.schema, subject.name, subject.args, unexpected, (name, probe) =>
        machine.commands.askAbout(name, probe),
      )
      const refusal = verdict.kind === 'refused' ? verdict.refusal : undefined
      this.#last = { of: subject.text, how: 'asked', verdict, at: this.#place(subject, refusal) }
    } finally {
      this.#asking = false
    }
  }

  /** Take what came of sending. Errors that are no refusals of arguments stay with the result. */
  takeResult(subject: JudgedArguments, result: RunResult): void {
    if (result.kind !== 'failed') {
      if (result.kind === 'returned') this.#last = undefined
      return
    }
    const { desc } = result.error
    const refusal = readRefusal(desc)
    if (refusal === undefined) return
    const verdict: Verdict = { kind: 'refused', desc, refusal }
    this.#last = { of: subject.text, how: 'sent', verdict, at: this.#place(subject, refusal) }
  }

  /** The field that a refusal is about; a width that it tells is remembered. */
  #place(subject: JudgedArguments, refusal: Refusal | undefined): string | undefined {
    if (refusal === undefined) return undefined
    const { schema, type, args, issues, fingerprint } = subject
    const { path, learned } = placeRefusal(schema, type, args, issues, refusal)
    if (learned !== undefined)
      this.#learned.learn(fingerprint, widthKey(learned.owner, learned.member), learned.width)
    return path
  }
}
