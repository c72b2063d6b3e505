/**
 * What was typed for each command in this visit, valid or not: it is there again when one comes back. Texts that are not
 * in the address survive a reload too (unfinished.ts).
 */
import type { Node } from '#qapi/draft/draft.ts'
import type { App } from '#state/app.svelte.ts'
import { withAside } from './argument-text.ts'
import { UnfinishedStore, whyNotKept } from './unfinished.ts'

/** An unfinished command. `text` leads where it is given, else the form does. */
export interface Draft {
  readonly node: Node
  readonly text: string | undefined
  /** Unfinished JSON that the form took the lead from, the newest last. */
  readonly aside?: readonly string[]
  /** The arguments that the address had when it was kept. */
  readonly address?: string | undefined
}

const most = 200
/** The key of the text of several commands: no draft has it. */
const batchKey = 'several'

/** The drafts by their keys. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>()
  #batch = ''
  readonly unfinished: UnfinishedStore
  constructor(unfinished: UnfinishedStore) {
    this.unfinished = unfinished
  }

  /** What was typed as several commands. */
  get batch(): string {
    return this.unfinished.of(batchKey)?.text ?? this.#batch
  }

  set batch(text: string) {
    this.#batch = text
    const isKept = text !== '' && whyNotKept(text, '') === undefined
    this.unfinished.put(batchKey, isKept ? { text, aside: [], address: undefined } : undefined)
  }

  of(key: string): Draft | undefined {
    return this.#drafts.get(key)
  }

  /** Keep a draft; the oldest is forgotten. */
  keep(key: string, draft: Draft): void {
    this.#drafts.delete(key)
    this.#drafts.set(key, draft)
    if (this.#drafts.size > most) this.#drafts.delete(this.#drafts.keys().next().value ?? '')
  }

  /** Put another draft in the place of one: unfinished JSON of that one is put aside. */
  replace(key: string, draft: Draft): void {
    const before = this.#drafts.get(key) ?? this.unfinished.of(key)
    this.keep(key, { ...draft, aside: withAside(before?.aside ?? [], before?.text) })
  }
}

/** Those of an app. */
export const makeDrafts = ({ platform }: App): Drafts => new Drafts(new UnfinishedStore(platform.page))
