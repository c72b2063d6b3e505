/**
 * Opens an xterm.js terminal in an element that is in the document, as this page has them: its styles by the policy, its
 * colours those of the page. The only file that loads xterm.js; it is itself loaded with the first console, because of its size.
 */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Terminal } from '@xterm/xterm'
import { styleCellsThroughCssom, withAdoptedStyles } from './csp-styles.ts'
import type { Look } from './theme.ts'

/** How a terminal is opened. */
export interface TerminalOptions {
  readonly label: string
  readonly look: Look
  readonly screenReader: boolean
  /** Lines that have scrolled off and can be scrolled back to. */
  readonly scrollback: number
  /** A key went down; false leaves it to the browser. */
  keyDown(event: KeyboardEvent): boolean
}

/** A terminal, and what is done with it from outside. */
export interface OpenTerminal {
  readonly terminal: Terminal
  /** Make it as large as its element. False where nothing changed. */
  fit(): boolean
  setLook(look: Look): void
  setScreenReader(on: boolean): void
  /** Everything on it, as text. Lines that were broken at the edge are whole again. */
  text(): string
  /** Find a text and select it. False where it is not there. */
  find(text: string, backwards: boolean, growing: boolean): boolean
  dispose(): void
}

/** Open one. */
export function openTerminal(host: HTMLElement, options: TerminalOptions): OpenTerminal {
  const { look } = options
  const fitter = new FitAddon()
  const search = new SearchAddon()
  const terminal = new Terminal({
    scrollback: options.scrollback,
    fontFamily: look.fontFamily,
    fontSize: 13,
    lineHeight: 1.15,
    theme: look.theme,
    cursorBlink: false,
    screenReaderMode: options.screenReader,
    // Contrast is the theme's business.
    minimumContrastRatio: 1,
    drawBoldTextInBrightColors: false,
    macOptionIsMeta: true,
    // A link of the other end leads nowhere.
    linkHandler: { activate: () => undefined },
  })
  terminal.loadAddon(fitter)
  terminal.loadAddon(search)
  const release = withAdoptedStyles(() => terminal.open(host))
  styleCellsThroughCssom(terminal)
  terminal.textarea?.setAttribute('aria-label', options.label)
  terminal.attachCustomKeyEventHandler((event) => (event.type === 'keydown' ? options.keyDown(event) : true))
  return {
    terminal,
    fit() {
      const size = fitter.proposeDimensions()
      if (size === undefined || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return false
      if (size.cols === terminal.cols && size.rows === terminal.rows) return false
      terminal.resize(Math.max(20, size.cols), Math.max(3, size.rows))
      return true
    },
    setLook({ theme, fontFamily }) {
      terminal.options.theme = theme
      terminal.options.fontFamily = fontFamily
    },
    setScreenReader(on) {
      terminal.options.screenReaderMode = on
    },
    text: () => textOf(terminal),
    find(text, backwards, growing) {
      if (text === '') {
        terminal.clearSelection()
        return true
      }
      return backwards ? search.findPrevious(text) : search.findNext(text, { incremental: growing })
    },
    dispose() {
      terminal.dispose()
      release()
    },
  }
}

function textOf(terminal: Terminal): string {
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row)
    if (line === undefined) continue
    const text = line.translateToString(true)
    const whole = line.isWrapped ? (lines.pop() ?? '') + text : text
    lines.push(whole)
  }
  return lines.join('\n').trimEnd()
}
