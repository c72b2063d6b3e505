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
const drafts = new Map<string, Draft>()

/** The draft under a key. */
export function draftOf(key: string): Draft | undefined {
  return drafts.get(key)
}

/** Keep a draft; the oldest is forgotten. */
export function keepDraft(key: string, draft: Draft): void {
  drafts.delete(key)
  drafts.set(key, draft)
  if (drafts.size > most) drafts.delete(drafts.keys().next().value ?? '')
}

let batch = ''

/** What was typed as several commands. */
export function batchText(): string {
  return batch
}

/** Keep it while the page is open. */
export function keepBatch(text: string): void {
  batch = text
}
