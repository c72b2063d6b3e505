/** The lines typed at a console, kept in this browser for each machine. What looks like a password is not kept. */

import { redactWords } from '#qapi/secrets/secrets.ts'

/** Lines kept for one console at most; the oldest go first. */
export const historyLines = 500
/** Longer lines are used once and not kept, in UTF-16 units. */
const longestLine = 4096

/** Where lines are kept: localStorage, or something like it. */
export type HistoryStore = Pick<Storage, 'getItem' | 'setItem'>

/** Gives the store. Where a browser keeps nothing for this page it throws, or there is none. */
export type StoreGetter = () => HistoryStore

/** Whether a line may hold a secret. Says yes too often rather than too seldom. */
export function looksSecret(line: string): boolean {
  if (/passw|passphrase|\bpass\b|secret|token|credential|cookie|private[-_ ]?key/i.test(line)) return true
  return redactWords(line).secrets.length > 0
}

/** The history with one line more: the same object where the line is not to be kept. */
export function withLine(history: readonly string[], line: string): readonly string[] {
  if (line.trim() === '' || line.length > longestLine || looksSecret(line)) return history
  if (history[history.length - 1] === line) return history
  return [...history, line].slice(-historyLines)
}

/** Read a history under a key. Text of another shape counts as an empty history. */
export function readHistory(store: StoreGetter, key: string): readonly string[] {
  try {
    const stored: unknown = JSON.parse(store().getItem(key) ?? '[]')
    if (!Array.isArray(stored)) return []
    return (stored as unknown[])
      .filter((line): line is string => typeof line === 'string' && !looksSecret(line))
      .slice(-historyLines)
  } catch {
    return []
  }
}

/** Keep a history. Where storage is full or switched off it lasts for this visit. */
export function writeHistory(store: StoreGetter, key: string, history: readonly string[]): void {
  try {
    store().setItem(key, JSON.stringify(history))
  } catch {
    // Nothing depends on it.
  }
}
