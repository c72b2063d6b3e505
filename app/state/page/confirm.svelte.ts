/** One question at a time to the person at the page, answered by the dialog in App.svelte. */
import type { Words } from '#words/sentence.ts'

/** A question before something dangerous. */
export interface Question {
  readonly title: Words
  /** What will happen, to which machine. */
  readonly text: Words
  /** The word on the button that confirms. */
  readonly action: Words
}

/** A question and who waits for its answer. */
interface OpenQuestion {
  readonly question: Question
  readonly settle: (yes: boolean) => void
}

/** The questions, and the one that is shown. */
export class Confirm {
  #question = $state.raw<Question | undefined>(undefined)
  /** Who waits for an answer; the first to the question that is shown. */
  readonly #asked: OpenQuestion[] = []

  get question(): Question | undefined {
    return this.#question
  }

  /** Ask; a second question waits for the answer to the first. */
  ask(question: Question): Promise<boolean> {
    return new Promise((settle) => {
      this.#asked.push({ question, settle })
      if (this.#asked.length === 1) this.#question = question
    })
  }

  answer(yes: boolean): void {
    const first = this.#asked.shift()
    this.#question = undefined
    first?.settle(yes)
    // The dialog is closed before it opens for the next one: a press that was meant for the last does not answer it.
    setTimeout(() => (this.#question = this.#asked[0]?.question), 0)
  }
}
