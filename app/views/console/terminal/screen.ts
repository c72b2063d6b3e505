/**
 * A terminal with a prompt at its foot: output is put in above the line that is being typed.
 *
 * Text that is written must already be harmless (sanitize.ts): all escape sequences come from this file.
 * Tested by e2e/console.spec.ts.
 */
import type { Terminal, IMarker } from '@xterm/xterm'
import { windowOf } from './line-editor.ts'
import { openTerminal } from './open-terminal.ts'
import type { OpenTerminal } from './open-terminal.ts'
import { sanitize, sanitizeLine } from './sanitize.ts'
import type { Look } from './theme.ts'
import type { Tone } from './tone.ts'

/** The line at the foot. */
export interface PromptLine {
  readonly prompt: string
  readonly text: string
  readonly cursor: number
}

const tones: Readonly<Record<Tone, string>> = {
  plain: '',
  sent: '\x1b[34m',
  error: '\x1b[31m',
  note: '\x1b[90m',
  event: '\x1b[35m',
}
const toneEnd = '\x1b[39m'
const scrollbackLines = 10_000

/** What a screen tells its holder. */
export interface ScreenPorts {
  /** What was typed or pasted, as a terminal sends it. */
  data(data: string): void
  /** A key went down; false leaves it to the browser. */
  keyDown(event: KeyboardEvent): boolean
}

/** A terminal in an element that is in the document. */
export class Screen {
  readonly #opened: OpenTerminal
  readonly #terminal: Terminal
  /** Output that waits for its turn. */
  #waiting = ''
  /** A turn of `#pump` goes on: the terminal has not taken in yet what was written. */
  #isWriting = false
  /** The prompt or the size changed since the last turn began. */
  #isDirty = false
  #line: PromptLine | undefined
  /** Where the painted prompt begins; undefined while none is on the screen. */
  #start: IMarker | undefined

  constructor(host: HTMLElement, label: string, look: Look, screenReader: boolean, ports: ScreenPorts) {
    this.#opened = openTerminal(host, {
      ...{ label, look, screenReader },
      scrollback: scrollbackLines,
      keyDown: (event) => ports.keyDown(event),
    })
    this.#terminal = this.#opened.terminal
    this.#terminal.onData((data) => ports.data(data))
    // Bracketed paste: so that what is pasted is not taken for keys.
    this.#terminal.write('\x1b[?2004h')
    this.fit()
  }

  get columns(): number {
    return this.#terminal.cols
  }

  get selection(): string {
    return this.#terminal.getSelection()
  }

  clearSelection(): void {
    this.#terminal.clearSelection()
  }

  focus(): void {
    this.#terminal.focus()
  }

  /** Make it as large as its element. */
  fit(): void {
    if (!this.#opened.fit()) return
    this.#isDirty = true
    this.#pump()
  }

  setLook(look: Look): void {
    this.#opened.setLook(look)
  }

  setScreenReader(on: boolean): void {
    this.#opened.setScreenReader(on)
  }

  /** Put lines above the prompt. A line end is added where the text has none. */
  print(text: string, tone: Tone): void {
    const safe = sanitize(text)
    const lines = (safe.endsWith('\n') ? safe.slice(0, -1) : safe).split('\n')
    const begin = tones[tone]
    const end = begin === '' ? '' : toneEnd
    const printed = lines.map((line) => `${begin}${line}${end}\r\n`).join('')
    this.#waiting += printed
    this.#pump()
  }

  /** Show a prompt with what is typed at it; undefined takes it away. */
  setLine(line: PromptLine | undefined): void {
    this.#line = line
    this.#isDirty = true
    this.#pump()
  }

  /** Empty the screen and what has scrolled off it. The prompt stays. */
  clear(): void {
    this.#waiting = '\x1b[H\x1b[2J\x1b[3J'
    this.#isDirty = true
    this.#pump()
  }

  /** Everything on it, as text. Lines that were broken at the edge are whole again. */
  text(): string {
    return this.#opened.text()
  }

  /** Find a text and select it. False where it is not there. */
  find(text: string, backwards: boolean, growing: boolean): boolean {
    return this.#opened.find(text, backwards, growing)
  }

  dispose(): void {
    this.#opened.dispose()
  }

  /**
   * One turn: take the prompt away, write what waits, paint the prompt. The place of the prompt is only known once
   * the terminal has taken in what was written before, so a turn waits for the one before it.
   */
  #pump(): void {
    if (this.#isWriting || (this.#waiting === '' && !this.#isDirty)) return
    this.#isWriting = true
    this.#isDirty = false
    const data = `${this.#erase()}${this.#waiting}`
    this.#waiting = ''
    this.#terminal.write(data, () => this.#paint())
  }

  #erase(): string {
    const start = this.#start
    this.#start = undefined
    if (start === undefined) return ''
    const up = start.isDisposed ? 0 : this.#cursorRow() - start.line
    start.dispose()
    return `\r${up > 0 ? `\x1b[${up}A` : ''}\x1b[J`
  }

  #paint(): void {
    const line = this.#line
    if (line === undefined) {
      this.#done('\x1b[?25l')
      return
    }
    const start = this.#terminal.registerMarker(0)
    this.#start = start
    const prompt = sanitizeLine(line.prompt)
    // Never higher than the screen: what has scrolled off could not be painted again.
    const cells = Math.max(12, (this.#terminal.rows - 1) * this.#terminal.cols - prompt.length)
    const { before, after } = windowOf(
      sanitizeLine(line.text.slice(0, line.cursor)),
      sanitizeLine(line.text.slice(line.cursor)),
      cells,
    )
    const upToCursor = `\x1b[34m${prompt}${toneEnd}${before}`
    if (after === '') {
      this.#done(`\x1b[?25h${upToCursor}`)
      return
    }
    this.#terminal.write(upToCursor + after, () => {
      // The cursor goes where it belongs by writing what is before it once more: no width has to be guessed.
      const up = this.#cursorRow() - start.line
      this.#done(`\x1b[?25h\r${up > 0 ? `\x1b[${up}A` : ''}${upToCursor}`)
    })
  }

  #done(data: string): void {
    this.#terminal.write(data, () => {
      this.#isWriting = false
      this.#pump()
    })
  }

  #cursorRow(): number {
    const buffer = this.#terminal.buffer.active
    return buffer.baseY + buffer.cursorY
  }
}
