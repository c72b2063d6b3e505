/**
 * What a serial line prints, as lines: each as it stood when it ended. A program that draws over its own line (a progress bar,
 * an editor of a prompt) leaves one line, not hundreds; colours and titles leave nothing.
 *
 * The bytes are a guest's: a line is at most `longestLine` characters, an escape sequence at most `longestSequence`, and the
 * time is linear in the bytes. Pure: the same bytes in other pieces make the same lines.
 * @adr 0055
 */
import { byteLength } from './row-facts.ts'

/** Characters of a line: what is longer becomes several. */
export const longestLine = 4096
/** Columns that a sequence may move to, or wipe out: work must not grow by what three bytes ask for. */
const widest = 256
/** Characters of an escape sequence: what is longer is no sequence. */
const longestSequence = 4096

/** How the bytes of a serial line are read. */
export type LineEncoding = 'utf-8' | 'latin1'

/** A line that ended. */
export interface EndedLine {
  readonly text: string
  /** It tells of a failure of the guest. */
  readonly failed: boolean
  /** What came for it, escape sequences and line end included. */
  readonly bytes: number
  /** Where the text stands as it came: one byte a character from `at` on, until the next bytes are read. */
  readonly source: { readonly bytes: Uint8Array; readonly at: number } | undefined
}

/** Words by which a kernel, a boot loader or a supervisor tells of a failure of the guest. */
const failure =
  /Kernel panic|\bOops[: ]|\bBUG: |Unable to handle kernel|general protection fault|Out of memory: |\bsegfault at\b|\bI\/O error\b|Call Trace:|soft lockup|hard LOCKUP|\bGURU MEDITATION\b|SError Interrupt/
/** The same in a text of many lines: no word of it goes over the end of one. */
const failureOfMany = new RegExp(failure, 'g')

/** Characters that a plain line does not have: a carriage return at its end is taken off before. */
const control = /[\u0000-\u001f\u007f-\u009f]/
/** The same in a text of many lines. */
const controlOfMany = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/g
/** A character of more than one byte in UTF-8. */
const beyondAscii = /[^\u0000-\u007f]/
/** Colours, which leave nothing of themselves in a line. */
const colour = /\u001b\[[\d;:]{0,100}m/g

/** Where the reader of a line stands. */
type Mode = 'text' | 'escape' | 'sequence' | 'charset' | 'string' | 'string-escape'

/** Reads bytes, and hands over each line when it has ended. */
export class SerialLines {
  readonly #push: (line: EndedLine) => void
  readonly #encoding: LineEncoding
  #decoder = new TextDecoder('utf-8')
  /** The characters of the line that is being printed, one a column. */
  #cells: string[] = []
  #column = 0
  #bytes = 0
  #mode: Mode = 'text'
  /** What came of an escape sequence. */
  #sequence = ''
  /** A carriage return that came last: with a line feed after it, it is no return to the first column. */
  #rest: '' | '\r' = ''

  constructor(encoding: LineEncoding, push: (line: EndedLine) => void) {
    this.#encoding = encoding
    this.#push = push
  }

  /** Bytes that came. The caller does not change them while it is told of lines. */
  receive(chunk: Uint8Array): void {
    const text = this.#encoding === 'utf-8' ? this.#decoder.decode(chunk, { stream: true }) : latin1(chunk)
    const isNarrow = chunk.length === text.length
    // In ASCII each character of the text is the byte at its place.
    const source = isNarrow && !beyondAscii.test(text) ? chunk : undefined
    const size = (piece: string): number => (isNarrow ? piece.length : byteLength(piece))
    // Where the next control character is, and the next word of a failure: one look at all lines, not one at each.
    let controlAt = -1
    let failureAt = -1
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (controlAt < from) controlAt = endOfNext(controlOfMany, text, from)
      if (failureAt < from) failureAt = endOfNext(failureOfMany, text, from)
      const piece = text.slice(from, end)
      this.#bytes += size(piece) + 1
      if (!this.#isFresh || piece.length > longestLine) this.#whole(piece)
      else if (controlAt > end) {
        // What is cut off at the end may have been part of the word.
        const line = piece.trimEnd()
        const failed = failureAt < end && failure.test(line)
        this.#tell(line, failed, source === undefined ? undefined : { bytes: source, at: from })
      } else this.#coloured(piece)
      from = end + 1
    }
    if (from === text.length) return
    const piece = text.slice(from)
    this.#bytes += size(piece)
    this.#piece(piece)
  }

  /** The connection is over: what stands in the unfinished line is one. */
  flush(): void {
    this.#decoder = new TextDecoder('utf-8')
    this.#mode = 'text'
    this.#sequence = ''
    if (this.#rest !== '') this.#draw(this.#rest)
    this.#rest = ''
    if (this.#cells.length > 0) this.#end()
  }

  /** Nothing of a line has come yet. */
  get #isFresh(): boolean {
    return this.#mode === 'text' && this.#cells.length === 0 && this.#column === 0 && this.#rest === ''
  }

  /** A whole line with control characters: most have nothing but colours. */
  #coloured(piece: string): void {
    const text = piece.replace(colour, '').trimEnd()
    if (control.test(text)) this.#whole(piece)
    else this.#say(text)
  }

  #whole(piece: string): void {
    this.#piece(piece)
    this.#end()
  }

  /** Characters without a line feed. */
  #piece(piece: string): void {
    const whole = this.#rest + piece
    this.#rest = ''
    // A carriage return at the very end may belong to the line feed that follows.
    const text = whole.endsWith('\r') ? whole.slice(0, -1) : whole
    const isPlain = this.#mode === 'text' && this.#column === this.#cells.length && !control.test(text)
    if (isPlain && this.#cells.length + text.length <= longestLine) this.#append(text)
    else this.#draw(text)
    // Afterwards: a line that ends in these characters takes none of what follows them.
    if (text !== whole) this.#rest = '\r'
  }

  #append(text: string): void {
    for (const each of text) this.#cells.push(each)
    this.#column = this.#cells.length
  }

  #draw(text: string): void {
    for (const each of text) {
      if (this.#mode === 'text') this.#character(each)
      else this.#escaped(each)
    }
  }

  #character(each: string): void {
    switch (each) {
      case '\r':
        this.#column = 0
        return
      case '\b':
        this.#column = Math.max(0, this.#column - 1)
        return
      case '\t':
        this.#moveTo((Math.floor(this.#column / 8) + 1) * 8)
        return
      case '\u001b':
        this.#mode = 'escape'
        return
      case '\u009b':
        this.#mode = 'sequence'
        return
      case '\u0090':
      case '\u009d':
      case '\u009e':
      case '\u009f':
        this.#mode = 'string'
        return
      default:
        if (!control.test(each)) this.#put(each)
    }
  }

  #put(each: string): void {
    if (this.#column >= longestLine) this.#end()
    while (this.#cells.length < this.#column) this.#cells.push(' ')
    this.#cells[this.#column] = each
    this.#column += 1
  }

  #moveTo(column: number): void {
    const most = Math.max(widest, this.#column)
    this.#column = Math.max(0, Math.min(most, column))
  }

  #escaped(each: string): void {
    switch (this.#mode) {
      case 'escape':
        this.#mode =
          each === '['
            ? 'sequence'
            : ']PX^_'.includes(each)
              ? 'string'
              : '()*+-./#% '.includes(each)
                ? 'charset'
                : 'text'
        return
      case 'charset':
        this.#mode = 'text'
        return
      case 'sequence':
        if (/[ -?]/.test(each) && this.#sequence.length < longestSequence) {
          this.#sequence += each
          return
        }
        this.#mode = 'text'
        this.#obey(each, this.#sequence)
        this.#sequence = ''
        return
      case 'string':
        this.#sequence += each
        if (each === '\u001b') this.#mode = 'string-escape'
        else if (each === '\u0007' || each === '\u009c' || this.#sequence.length >= longestSequence)
          this.#endString()
        return
      case 'string-escape':
        this.#endString()
        return
      case 'text':
        return
    }
  }

  #endString(): void {
    this.#sequence = ''
    this.#mode = 'text'
  }

  /** A control sequence: what moves within the line or wipes it out; one that leaves the line ends it. */
  #obey(final: string, parameters: string): void {
    const first = /^\d{1,5}/.exec(parameters)?.[0]
    const count = Math.max(1, Number(first ?? 1))
    switch (final) {
      case 'C':
        this.#moveTo(this.#column + count)
        return
      case 'D':
        this.#moveTo(this.#column - count)
        return
      case 'G':
      case '`':
        this.#moveTo(count - 1)
        return
      case 'K':
        this.#erase(Number(first ?? 0))
        return
      case 'P':
        this.#cells.splice(this.#column, count)
        return
      case 'A':
      case 'B':
      case 'E':
      case 'F':
      case 'H':
      case 'f':
      case 'd':
        if (this.#cells.length > 0 && this.#cells.join('').trimEnd() !== '') this.#end()
        this.#cells = []
        this.#column = 0
        return
      default:
    }
  }

  #erase(what: number): void {
    if (what === 0) this.#cells.length = Math.min(this.#cells.length, this.#column)
    else if (what === 1) this.#cells.fill(' ', 0, Math.min(this.#cells.length, this.#column + 1, widest))
    else if (what === 2) this.#cells = []
  }

  /** The line has ended. */
  #end(): void {
    this.#rest = ''
    const text = this.#cells.join('').trimEnd()
    this.#cells = []
    this.#column = 0
    this.#say(text)
  }

  #say(text: string): void {
    this.#tell(text, failure.test(text), undefined)
  }

  #tell(text: string, failed: boolean, source: EndedLine['source']): void {
    const bytes = this.#bytes
    this.#bytes = 0
    this.#push({ text, failed, bytes, source })
  }
}

/** Where the next match of a pattern from a place on has its last character; the length of the text where there is none. */
function endOfNext(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length
}

const pieceBytes = 8192

/** Each byte is the character of its number. */
function latin1(chunk: Uint8Array): string {
  let text = ''
  for (let at = 0; at < chunk.length; at += pieceBytes)
    text += String.fromCharCode(...chunk.subarray(at, at + pieceBytes))
  return text
}
