/** What was typed for each command in this visit, valid or not: it is there again when one comes back. */
import type { Node } from '#qapi/draft/draft.ts'

/** An unfinished command. `text` leads where it is given, else the form does. */
export interface Draft {
  readonly node: Node
  readonly text: string | undefined
  /** The arguments that the address had when it was kept. */
  readonly address?: string | undefined
}

const most = 200

/** The drafts by their keys. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>()
  /** What was typed as several commands. */
  batch = ''

  of(key: string): Draft | undefined {
    return this.#drafts.get(key)
  }

  /** Keep a draft; the oldest is forgotten. */
  keep(key: string, draft: Draft): void {
    this.#drafts.delete(key)
    this.#drafts.set(key, draft)
    if (this.#drafts.size > most) this.#drafts.delete(this.#drafts.keys().next().value ?? '')
  }
}

/** Those of an app. */
export const makeDrafts = (): Drafts => new Drafts()
