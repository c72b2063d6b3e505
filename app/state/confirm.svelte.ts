/** One question at a time to the person at the page, answered by the dialog in App.svelte. */

/** A question before something dangerous. */
export interface Question {
  readonly title: string
  /** What will happen, to which machine. */
  readonly text: string
  /** The word on the button that goes on. */
  readonly action: string
}

class Confirm {
  #question = $state.raw<Question | undefined>(undefined)
  #answer: ((yes: boolean) => void) | undefined

  get question(): Question | undefined {
    return this.#question
  }

  /** Ask; a second question answers the first with no. */
  ask(question: Question): Promise<boolean> {
    this.#answer?.(false)
    return new Promise((resolve) => {
      this.#question = question
      this.#answer = resolve
    })
  }

  answer(yes: boolean): void {
    const settle = this.#answer
    this.#answer = undefined
    this.#question = undefined
    settle?.(yes)
  }
}

export const confirm = new Confirm()
