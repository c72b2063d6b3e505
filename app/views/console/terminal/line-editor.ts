/**
 * The line that is being typed at a console, its history and its keys. Pure: the input of a terminal goes in as text,
 * actions come out as values. The cursor counts UTF-16 units and never stands inside a surrogate pair.
 */

/** The action of a key. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** Pasted text, as it was but with line ends as `\n`. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'enter' | 'interrupt' | 'clear-screen' | 'complete' }
  | { readonly kind: 'left' | 'right' | 'word-left' | 'word-right' | 'home' | 'end' }
  | { readonly kind: 'backspace' | 'delete' | 'kill-word' | 'kill-to-start' | 'kill-to-end' | 'yank' }
  | { readonly kind: 'older' | 'newer' }
  | { readonly kind: 'search' | 'search-newer' | 'leave-search' }

const sequences: Readonly<Record<string, Exclude<Key['kind'], 'text' | 'paste'>>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'complete',
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'delete',
  '\x05': 'end',
  '\x06': 'right',
  '\x07': 'leave-search',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x0b': 'kill-to-end',
  '\x0c': 'clear-screen',
  '\x0e': 'newer',
  '\x10': 'older',
  '\x12': 'search',
  '\x13': 'search-newer',
  '\x15': 'kill-to-start',
  '\x17': 'kill-word',
  '\x19': 'yank',
  '\x1b\x7f': 'kill-word',
  '\x1bb': 'word-left',
  '\x1bf': 'word-right',
  '\x1b[A': 'older',
  '\x1b[B': 'newer',
  '\x1b[C': 'right',
  '\x1b[D': 'left',
  '\x1b[F': 'end',
  '\x1b[H': 'home',
  '\x1bOA': 'older',
  '\x1bOB': 'newer',
  '\x1bOC': 'right',
  '\x1bOD': 'left',
  '\x1bOF': 'end',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x1b[3~': 'delete',
  '\x1b[4~': 'end',
  '\x1b[1;5C': 'word-right',
  '\x1b[1;5D': 'word-left',
  '\x1b[1;3C': 'word-right',
  '\x1b[1;3D': 'word-left',
}

const pasteStart = '\x1b[200~'
const pasteEnd = '\x1b[201~'

/** The keys in what a terminal sends for one press, or for a paste in brackets. What is not known is left out. */
export function readKeys(data: string): readonly Key[] {
  if (data.startsWith(pasteStart) && data.endsWith(pasteEnd)) {
    const text = data.slice(pasteStart.length, -pasteEnd.length)
    return [{ kind: 'paste', text: text.replace(/\r\n?/g, '\n') }]
  }
  const keys: Key[] = []
  let at = 0
  while (at < data.length) {
    const sequence = sequenceAt(data, at)
    const kind = Object.hasOwn(sequences, sequence) ? sequences[sequence] : undefined
    if (kind !== undefined) {
      keys.push({ kind })
    } else if (isTyped(sequence)) {
      const last = keys[keys.length - 1]
      if (last?.kind === 'text') keys[keys.length - 1] = { kind: 'text', text: last.text + sequence }
      else keys.push({ kind: 'text', text: sequence })
    }
    at += sequence.length
  }
  return keys
}

const escapeSequence = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])?/

/** One character, or one escape sequence with all its parameters. */
function sequenceAt(data: string, at: number): string {
  if (data[at] !== '\x1b') return String.fromCodePoint(data.codePointAt(at) ?? 0)
  return escapeSequence.exec(data.slice(at))?.[0] ?? '\x1b'
}

function isTyped(sequence: string): boolean {
  const code = sequence.codePointAt(0) ?? 0
  return code >= 0x20 && !(code >= 0x7f && code <= 0x9f)
}

/** A line, its cursor, and the history that it can be replaced from. */
export class LineEditor {
  #text = ''
  #cursor = 0
  #killed = ''
  #history: readonly string[]
  /** Where in the history the line is from; its length means: not from there. */
  #at: number
  /** What was typed before the history was looked at. */
  #draft = ''

  constructor(history: readonly string[]) {
    this.#history = history
    this.#at = history.length
  }

  get text(): string {
    return this.#text
  }

  get cursor(): number {
    return this.#cursor
  }

  /** Give the line another text, with the cursor at its end or at `cursor`. */
  set(text: string, cursor = text.length): void {
    this.#text = text
    this.#cursor = onBoundary(text, cursor)
  }

  /** Begin an empty line; `history` is the one to go through from now on. */
  reset(history: readonly string[]): void {
    this.set('')
    this.#history = history
    this.#at = history.length
    this.#draft = ''
  }

  insert(text: string): void {
    this.set(
      this.#text.slice(0, this.#cursor) + text + this.#text.slice(this.#cursor),
      this.#cursor + text.length,
    )
  }

  /** Do what a key asks for. False when it asks for nothing that can be done to a line. */
  press(key: Key): boolean {
    switch (key.kind) {
      case 'text':
      case 'paste':
        this.insert(key.text)
        return true
      case 'left':
        this.#cursor = this.#previous()
        return true
      case 'right':
        this.#cursor = this.#next()
        return true
      case 'word-left':
        this.#cursor = this.#wordLeft()
        return true
      case 'word-right':
        this.#cursor = this.#wordRight()
        return true
      case 'home':
        this.#cursor = 0
        return true
      case 'end':
        this.#cursor = this.#text.length
        return true
      case 'backspace':
        this.#remove(this.#previous(), this.#cursor)
        return true
      case 'delete':
        this.#remove(this.#cursor, this.#next())
        return true
      case 'kill-word':
        this.#kill(this.#blankLeft(), this.#cursor)
        return true
      case 'kill-to-start':
        this.#kill(0, this.#cursor)
        return true
      case 'kill-to-end':
        this.#kill(this.#cursor, this.#text.length)
        return true
      case 'yank':
        this.insert(this.#killed)
        return true
      case 'older':
        this.#recall(this.#at - 1)
        return true
      case 'newer':
        this.#recall(this.#at + 1)
        return true
      case 'enter':
      case 'interrupt':
      case 'clear-screen':
      case 'complete':
      case 'search':
      case 'search-newer':
      case 'leave-search':
        return false
    }
  }

  #recall(at: number): void {
    if (at < 0 || at > this.#history.length) return
    if (this.#at === this.#history.length) this.#draft = this.#text
    this.#at = at
    this.set(at === this.#history.length ? this.#draft : (this.#history[at] ?? ''))
  }

  #kill(from: number, to: number): void {
    if (from === to) return
    this.#killed = this.#text.slice(from, to)
    this.#remove(from, to)
  }

  #remove(from: number, to: number): void {
    this.set(this.#text.slice(0, from) + this.#text.slice(to), from)
  }

  #previous(): number {
    return this.#cursor === 0 ? 0 : onBoundary(this.#text, this.#cursor - 1)
  }

  #next(): number {
    const point = this.#text.codePointAt(this.#cursor)
    return point === undefined ? this.#cursor : this.#cursor + (point > 0xffff ? 2 : 1)
  }

  #wordLeft(): number {
    let at = this.#cursor
    while (at > 0 && !isWord(this.#text[at - 1])) at -= 1
    while (at > 0 && isWord(this.#text[at - 1])) at -= 1
    return at
  }

  #wordRight(): number {
    let at = this.#cursor
    while (at < this.#text.length && !isWord(this.#text[at])) at += 1
    while (at < this.#text.length && isWord(this.#text[at])) at += 1
    return at
  }

  /** Ctrl-W goes by blanks, as shells do. */
  #blankLeft(): number {
    let at = this.#cursor
    while (at > 0 && /\s/.test(this.#text[at - 1] ?? '')) at -= 1
    while (at > 0 && !/\s/.test(this.#text[at - 1] ?? '')) at -= 1
    return at
  }
}

/** Halves of surrogate pairs count as parts of words, so no step ends between them. */
function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_\ud800-\udfff]/u.test(char)
}

/** The place itself, or the one before where it lies inside a surrogate pair. */
function onBoundary(text: string, at: number): number {
  const place = Math.max(0, Math.min(text.length, at))
  const low = text.charCodeAt(place)
  const high = text.charCodeAt(place - 1)
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff ? place - 1 : place
}

/** The part of a line that a small terminal can show: with `…` where something is cut off. */
export interface LineWindow {
  readonly before: string
  readonly after: string
}

/**
 * The part of a line around its cursor that fits into `cells` cells. Wide characters count double, roughly:
 * the window may be smaller than it need be, never larger.
 */
export function windowOf(before: string, after: string, cells: number): LineWindow {
  if (widthOf(before) + widthOf(after) <= cells) return { before, after }
  // A third for what follows the cursor, and what that does not need for what leads to it.
  const forAfter = Math.min(widthOf(after), Math.floor(cells / 3))
  const shownBefore = widthOf(before) <= cells - forAfter ? before : tail(before, cells - forAfter)
  const shownAfter = head(after, cells - widthOf(shownBefore))
  return { before: shownBefore, after: shownAfter }
}

function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += (char.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1
  return width
}

function head(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text
  let shown = ''
  let width = 2
  for (const char of text) {
    width += widthOf(char)
    if (width > cells) break
    shown += char
  }
  return `${shown}…`
}

function tail(text: string, cells: number): string {
  const points = Array.from(text)
  let width = 2
  let from = points.length
  while (from > 0) {
    width += widthOf(points[from - 1] ?? '')
    if (width > cells) break
    from -= 1
  }
  return `…${points.slice(from).join('')}`
}
