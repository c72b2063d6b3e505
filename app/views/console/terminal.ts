/**
 * xterm.js under a strict Content-Security-Policy.
 *
 * xterm writes its rules into <style> elements, which `style-src 'self'` blocks. While it opens it is handed elements
 * that put their rules into constructable style sheets instead: those are made by script, which the policy allows as it
 * does every other script of the page. (Its option documentOverride does not reach all of the elements: tried.)
 */
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Terminal } from '@xterm/xterm'
import type { ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'

/** An open terminal. */
export interface OpenTerminal {
  readonly terminal: Terminal
  find(text: string): boolean
  /** Fit to its element. */
  fit(): void
  dispose(): void
}

/** Open a terminal inside `parent`, with the colours of the page. `name` is its accessible name. */
export function openTerminal(parent: HTMLElement, name: string): OpenTerminal {
  const sheets: CSSStyleSheet[] = []
  const terminal = new Terminal({
    convertEol: false,
    cursorBlink: false,
    fontFamily: getComputedStyle(parent).getPropertyValue('--font-mono'),
    fontSize: 13,
    scrollback: 10_000,
    screenReaderMode: true,
    theme: themeOf(parent),
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  withSheets(sheets, () => terminal.open(parent))
  terminal.textarea?.setAttribute('aria-label', name)
  const repaint = (): void => {
    terminal.options.theme = themeOf(parent)
  }
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', repaint)
  const themeObserver = new MutationObserver(repaint)
  themeObserver.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const resize = new ResizeObserver(() => {
    if (parent.clientWidth > 0) fit.fit()
  })
  resize.observe(parent)
  return {
    terminal,
    find: (text) => search.findPrevious(text),
    fit: () => fit.fit(),
    dispose() {
      scheme.removeEventListener('change', repaint)
      themeObserver.disconnect()
      resize.disconnect()
      terminal.dispose()
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => !sheets.includes(each))
    },
  }
}

/**
 * Run `open` while the style elements that it makes hand their rules to constructable sheets. For that time, and no
 * longer, the document has a createElement of its own; xterm keeps the elements and only rewrites them later.
 */
function withSheets(sheets: CSSStyleSheet[], open: () => void): void {
  const create = document.createElementNS.bind(document, 'http://www.w3.org/1999/xhtml') as (
    tag: string,
  ) => HTMLElement
  const createElement = (tag: string): HTMLElement => {
    if (tag.toLowerCase() !== 'style') return create(tag)
    // An element that is never shown stands in its place: even an empty style element is reported.
    const element = create('template')
    writeToSheet(element, sheets)
    return element
  }
  Object.defineProperty(document, 'createElement', { value: createElement, configurable: true })
  try {
    open()
  } finally {
    Reflect.deleteProperty(document, 'createElement')
  }
}

function writeToSheet(element: HTMLElement, sheets: CSSStyleSheet[]): void {
  const sheet = new CSSStyleSheet()
  let text = ''
  sheets.push(sheet)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  Object.defineProperty(element, 'textContent', {
    get: () => text,
    set: (value: string) => {
      text = value
      sheet.replaceSync(value)
    },
  })
}

function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  return {
    background: colour('--bg-raised'),
    foreground: colour('--text'),
    cursor: colour('--focus'),
    cursorAccent: colour('--bg-raised'),
    selectionBackground: colour('--bg-selected'),
    selectionForeground: colour('--text'),
    red: colour('--danger'),
    green: colour('--ok'),
    yellow: colour('--warning'),
    blue: colour('--accent'),
    magenta: colour('--info'),
    brightBlack: colour('--text-muted'),
  }
}
