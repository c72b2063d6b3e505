/** What came of a command that was sent, in a word and in a sentence. */
import { describeOutcome } from '#words/outcome.ts'
import { duration } from '#words/format.ts'
import type { SentCommand } from './sent.ts'

/** How it ended, in a word or two. */
export function endOf({ result }: Pick<SentCommand, 'result'>): string {
  if (result === undefined) return 'waiting'
  return result.kind === 'refused' && result.by === 'person' ? 'not sent' : result.kind
}

/** How it ended, in a sentence; of one that waits, only that. */
export function sentenceOf({ result }: Pick<SentCommand, 'result'>): string {
  if (result === undefined) return 'waiting'
  return result.kind === 'refused' ? result.why : describeOutcome(result)
}

/** How long it took; '' where nothing answered. */
export function tookOf({ result }: Pick<SentCommand, 'result'>): string {
  return result?.kind === 'returned' || result?.kind === 'failed' ? duration(result.latencyMs) : ''
}

/** Whether it went wrong. A person's own no is no failure. */
export function wentWrong({ result }: Pick<SentCommand, 'result'>): boolean {
  if (result === undefined || result.kind === 'returned' || result.kind === 'sent') return false
  return !(result.kind === 'refused' && result.by === 'person')
}
