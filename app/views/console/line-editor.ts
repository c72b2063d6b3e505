/**
 * The line that is being typed, as a value: text, cursor, history. The keys are those of readline. What a key does to
 * the world outside is its effect.
 */

/** The state of the line. `draft` keeps the line that was typed while one looks through the history. */
export interface Line {
  readonly text: string
  /** UTF-16 units before the cursor. */
  readonly cursor: number
  readonly history: readonly string[]
  /** Index into the history, or its length: the line being typed. */
  readonly at: number
  readonly draft: string
  /** What was cut last, for Ctrl-Y. */
  readonly cut: string
}

/** What a key leads to besides another line. */
export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'submit'; readonly text: string }
  | { readonly kind: 'abandon' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'clear' }

/** An empty line with this history, oldest first. */
export function newLine(history: readonly string[]): Line {
  return { text: '', cursor: 0, history, at: history.length, draft: '', cut: '' }
}

/** How many lines a history keeps. */
export const historyLimit = 500
const secret = /pass|secret|token|key/i

/** The history with a line added: none that may carry a secret, none twice in a row, the oldest dropped. */
export function remember(history: readonly string[], text: string): readonly string[] {
  const line = text.trim()
  if (line === '' || secret.test(line) || history.at(-1) === line) return history
  return [...history, line].slice(-historyLimit)
}

const none: Effect = { kind: 'none' }

/** What a terminal sent for a key, or pasted text, applied to the line. */
export function press(line: Line, data: string): { readonly line: Line; readonly effect: Effect } {
  const { text, cursor } = line
  const to = (next: string, at: number, extra: Partial<Line> = {}): { line: Line; effect: Effect } => ({
    line: { ...line, text: next, cursor: at, ...extra },
    effect: none,
  })
  const before = text.slice(0, cursor)
  const behind = text.slice(cursor)
  switch (data) {
    case '\r':
      return { line: newLine(line.history), effect: { kind: 'submit', text } }
    case '\u0003':
      return { line: newLine(line.history), effect: { kind: 'abandon' } }
    case '\u000c':
      return { line, effect: { kind: 'clear' } }
    case '\t':
      return { line, effect: { kind: 'complete' } }
    case '\u007f':
    case '\b': {
      const size = lastCharacter(before)
      return to(before.slice(0, before.length - size) + behind, cursor - size)
    }
    case '\u001b[3~':
    case '\u0004':
      return to(before + behind.slice(firstCharacter(behind)), cursor)
    case '\u001b[D':
    case '\u0002':
      return to(text, cursor - lastCharacter(before))
    case '\u001b[C':
    case '\u0006':
      return to(text, cursor + firstCharacter(behind))
    case '\u001b[H':
    case '\u001bOH':
    case '\u0001':
      return to(text, 0)
    case '\u001b[F':
    case '\u001bOF':
    case '\u0005':
      return to(text, text.length)
    case '\u0015':
      return to(behind, 0, { cut: before })
    case '\u000b':
      return to(before, cursor, { cut: behind })
    case '\u0017': {
      const kept = before.replace(/\S+\s*$/, '')
      return to(kept + behind, kept.length, { cut: before.slice(kept.length) })
    }
    case '\u0019':
      return to(before + line.cut + behind, cursor + line.cut.length)
    case '\u001b[A':
    case '\u0010':
      return { line: recall(line, line.at - 1), effect: none }
    case '\u001b[B':
    case '\u000e':
      return { line: recall(line, line.at + 1), effect: none }
    default: {
      // Other escape sequences are keys without a meaning here; the rest is text.
      if (data.startsWith('\u001b')) return { line, effect: none }
      const typed = data.replace(/[\u0000-\u001f\u007f]/g, ' ')
      return to(before + typed + behind, cursor + typed.length)
    }
  }
}

function recall(line: Line, at: number): Line {
  if (at < 0 || at > line.history.length) return line
  const draft = line.at === line.history.length ? line.text : line.draft
  const text = at === line.history.length ? draft : (line.history[at] ?? '')
  return { ...line, text, cursor: text.length, at, draft }
}

/** UTF-16 units of the last character: two for a surrogate pair. */
function lastCharacter(text: string): number {
  if (text === '') return 0
  return /[\ud800-\udbff][\udc00-\udfff]$/.test(text) ? 2 : 1
}

function firstCharacter(text: string): number {
  if (text === '') return 0
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text) ? 2 : 1
}

/** The word before the cursor completed from a list: the common part, and the candidates where there are several. */
export function complete(
  line: Line,
  words: readonly string[],
): { readonly line: Line; readonly candidates: readonly string[] } {
  const word = /\S*$/.exec(line.text.slice(0, line.cursor))?.[0] ?? ''
  const candidates = words.filter((each) => each.startsWith(word))
  const [first] = candidates
  if (first === undefined) return { line, candidates }
  let common = first
  for (const each of candidates) while (!each.startsWith(common)) common = common.slice(0, -1)
  const added = common.slice(word.length) + (candidates.length === 1 ? ' ' : '')
  const text = line.text.slice(0, line.cursor) + added + line.text.slice(line.cursor)
  return {
    line: { ...line, text, cursor: line.cursor + added.length },
    candidates: candidates.length === 1 ? [] : candidates,
  }
}

/** The names of commands in the output of the human monitor's `help`: the first word of each line, before `|` others. */
export function readHelp(help: string): readonly string[] {
  const names = help.split('\n').flatMap((line) => {
    const first = /^([a-z?][\w|?-]*)(?:\s|$)/.exec(line.trim())?.[1]
    return first === undefined ? [] : first.split('|')
  })
  return [...new Set(names.filter((name) => name !== ''))].sort()
}
