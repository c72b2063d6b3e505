/**
 * A terminal for the bytes of a serial line: what a guest prints moves its cursor and colours its text, and nothing else. Titles,
 * links, the clipboard and questions whose answers would be typed back to the guest have no effect.
 * Tested by e2e/serial.spec.ts.
 */
import type { IMarker, Terminal } from '@xterm/xterm'
import { openTerminal } from '../terminal/open-terminal.ts'
import type { OpenTerminal } from '../terminal/open-terminal.ts'
import type { Look } from '../terminal/theme.ts'

/** Lines that can be scrolled back to. */
export const scrollbackLines = 100_000
/** Times that are kept for the margin: one for each second in which something came. */
const mostTimes = 2000

/** What a raw screen tells its holder. */
export interface RawScreenPorts {
  /** What was typed or pasted, as a terminal sends it. Never an answer to the other end. */
  data(data: string): void
  keyDown(event: KeyboardEvent): boolean
  /** The visible lines are others, or have moved: in a log many thousand times a second. */
  moved(): void
  /** It has another number of rows or columns. */
  resized(): unknown
}

/** A time at the margin: the row of the window, from 0, and when its text came, milliseconds since the epoch. */
export interface MarginTime {
  readonly row: number
  readonly at: number
}

/** A terminal in an element that is in the document. */
export class RawScreen {
  readonly #opened: OpenTerminal
  readonly #terminal: Terminal
  #times: { readonly marker: IMarker; readonly at: number }[] = []

  constructor(host: HTMLElement, label: string, look: Look, screenReader: boolean, ports: RawScreenPorts) {
    this.#opened = openTerminal(host, {
      ...{ label, look, screenReader },
      scrollback: scrollbackLines,
      keyDown: (event) => ports.keyDown(event),
    })
    const { terminal } = this.#opened
    this.#terminal = terminal
    deafen(terminal)
    terminal.onData((data) => {
      // Whether the window has the focus is nobody's business at the other end.
      if (data !== '\x1b[I' && data !== '\x1b[O') ports.data(data)
    })
    terminal.onScroll(() => ports.moved())
    terminal.onWriteParsed(() => ports.moved())
    terminal.onResize(() => {
      ports.resized()
      ports.moved()
    })
    this.fit()
  }

  get columns(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  /** In pixels. */
  get rowHeight(): number {
    const screen = this.#terminal.element?.querySelector('.xterm-screen')
    return (screen?.clientHeight ?? 0) / this.#terminal.rows
  }

  get selection(): string {
    return this.#terminal.getSelection()
  }

  /** Write what came at `at`; `done` is called when it is on the screen. */
  write(data: Uint8Array | string, at: number, done: () => void): void {
    this.#terminal.write(data, () => {
      this.#keepTime(at)
      done()
    })
  }

  /** A rule across the screen with words, below what is there. Colours and modes that the other end has set end with it. */
  rule(words: string): void {
    const dashes = '─'.repeat(Math.max(3, Math.min(24, this.#terminal.cols - words.length - 6)))
    this.#terminal.write(`\x1b[!p\x1b[0m\r\n\x1b[90m── ${words} ${dashes}\x1b[0m\r\n`)
  }

  /** The times of the lines in sight, where one begins. */
  times(): readonly MarginTime[] {
    const top = this.#terminal.buffer.active.viewportY
    const bottom = top + this.#terminal.rows
    return this.#times.flatMap(({ marker, at }) =>
      marker.line >= top && marker.line < bottom ? [{ row: marker.line - top, at }] : [],
    )
  }

  clear(): void {
    this.#terminal.write('\x1b[H\x1b[2J\x1b[3J')
  }

  /** Type a text as a paste does: as the other end asked for it. */
  paste(text: string): void {
    this.#terminal.paste(text)
  }

  focus(): void {
    this.#terminal.focus()
  }

  fit(): void {
    this.#opened.fit()
  }

  setLook(look: Look): void {
    this.#opened.setLook(look)
  }

  setScreenReader(on: boolean): void {
    this.#opened.setScreenReader(on)
  }

  text(): string {
    return this.#opened.text()
  }

  find(text: string, backwards: boolean, growing: boolean): boolean {
    return this.#opened.find(text, backwards, growing)
  }

  dispose(): void {
    this.#opened.dispose()
  }

  #keepTime(at: number): void {
    const last = this.#times.at(-1)
    if (last !== undefined && Math.floor(last.at / 1000) === Math.floor(at / 1000)) return
    const marker = this.#terminal.registerMarker(0)
    if (last?.marker.line === marker.line) {
      marker.dispose()
      return
    }
    this.#times.push({ marker, at })
    if (this.#times.length <= mostTimes) return
    const kept = this.#times.filter((each) => !each.marker.isDisposed).slice(-mostTimes / 2)
    for (const each of this.#times) if (!kept.includes(each)) each.marker.dispose()
    this.#times = kept
  }
}

/** Whatever asks the terminal for an answer gets none: the answer would be typed at the guest's shell. */
function deafen({ parser }: Terminal): void {
  const nothing = (): boolean => true
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
    { prefix: '>', final: 'q' },
    { final: 't' },
    { prefix: '?', final: 'u' },
  ])
    parser.registerCsiHandler(id, nothing)
  for (const id of [
    { intermediates: '$', final: 'q' },
    { intermediates: '+', final: 'q' },
  ])
    parser.registerDcsHandler(id, nothing)
  // Titles, colours, links, the clipboard.
  for (const id of [0, 1, 2, 4, 8, 10, 11, 12, 52, 104, 110, 111, 112]) parser.registerOscHandler(id, nothing)
}
