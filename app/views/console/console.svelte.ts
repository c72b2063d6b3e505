/**
 * The common part of the two consoles: a screen, a line being typed, a history, the printed lines as plain text. It belongs
 * to a machine, not to a view: text and pending command stay in another view. Tested by e2e/console.spec.ts.
 * @adr 0035
 */
import type { App } from '#state/app.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { isForBrowser } from './terminal/browser-keys.ts'
import { readHistory, withLine, writeHistory } from './terminal/line-history.ts'
import { HistorySearch } from './terminal/history-search.ts'
import { LineEditor, readKeys } from './terminal/line-editor.ts'
import type { Key } from './terminal/line-editor.ts'
import { sanitize } from './terminal/sanitize.ts'
import type { Screen } from './terminal/screen.ts'
import type { Tone } from './terminal/tone.ts'
import { pastedLines, pasteQuestion } from './terminal/pasted.ts'
import { readLook } from './terminal/theme.ts'

/** One printed line, for screen readers. */
export interface PrintedLine {
  readonly key: number
  readonly text: string
}

/** Lines kept as plain text beside the screen. */
const printedLines = 200
/** Characters that are printed at once: a terminal breaks and keeps every line of them. */
const longestPrint = 500_000
/** Output kept for a screen that is not loaded yet, in lines. */
const earlyOutput = 500

/** A console of one machine. */
export abstract class Console {
  protected readonly app: App
  readonly machine: Machine
  /** What the terminal is called, and its text. */
  readonly label: string
  /** The element that the terminal lives in; put into the page and taken out again by the view. */
  readonly host: HTMLDivElement = document.createElement('div')
  protected readonly editor: LineEditor
  #history: readonly string[]
  readonly #historyKey: string
  #screen: Screen | undefined
  #loading: Promise<void> | undefined
  #early: { text: string; tone: Tone }[] = []
  #printed = $state.raw<readonly PrintedLine[]>([])
  #printedCount = 0
  #failure = $state<string | undefined>(undefined)
  /** After Escape the next Tab leaves the terminal. */
  #leaving = $state(false)
  #screenReader = $state(false)
  #hint = $state('')
  #onsearch: () => void = () => undefined
  /** The search in the history, while there is one. */
  #past: HistorySearch | undefined

  constructor(app: App, machine: Machine, kind: 'hmp' | 'qmp', label: string) {
    this.app = app
    this.machine = machine
    this.label = label
    this.#historyKey = `qmp-studio.history.${kind}.${machine.id}`
    this.#history = readHistory(() => app.platform.page.localStorage, this.#historyKey)
    this.editor = new LineEditor(this.#history)
    this.host.className = 'console-host'
  }

  /** The last lines that were printed, oldest first. */
  get printed(): readonly PrintedLine[] {
    return this.#printed
  }

  /** Why the terminal could not be shown. */
  get failure(): string | undefined {
    return this.#failure
  }

  get leaving(): boolean {
    return this.#leaving
  }

  /** A hint about the last key, where its effect is not visible. */
  get hint(): string {
    return this.#hint
  }

  get screenReader(): boolean {
    return this.#screenReader
  }

  get selection(): string {
    return this.#screen?.selection ?? ''
  }

  setScreenReader(on: boolean): void {
    this.#screenReader = on
    this.#screen?.setScreenReader(on)
  }

  /** Put the terminal into the page. `onsearch` is called when Ctrl-Shift-F is pressed in it. */
  async show(parent: HTMLElement, onsearch: () => void): Promise<void> {
    this.#onsearch = onsearch
    parent.append(this.host)
    if (this.#screen !== undefined) {
      this.fit()
      this.refreshLook()
      return
    }
    this.#loading ??= this.#load()
    await this.#loading
    this.#loading = undefined
  }

  hide(): void {
    this.host.remove()
  }

  focus(): void {
    this.#screen?.focus()
  }

  fit(): void {
    if (this.host.isConnected && this.host.clientWidth > 0) this.#screen?.fit()
  }

  refreshLook(): void {
    if (this.host.isConnected) this.#screen?.setLook(readLook(this.host))
  }

  find(text: string, backwards = false, growing = false): boolean {
    return this.#screen?.find(text, backwards, growing) ?? false
  }

  /** Everything on the screen, as text. */
  text(): string {
    return this.#screen?.text() ?? ''
  }

  clear(): void {
    this.#early = []
    this.#printed = []
    this.#screen?.clear()
  }

  dispose(): void {
    this.host.remove()
    this.#screen?.dispose()
    this.#screen = undefined
  }

  /** The prompt to show, or undefined while none is to be shown. */
  protected abstract prompt(): string | undefined
  /** A line was entered. */
  protected abstract submit(line: string): Promise<void>
  /** Whether entering a line has to wait. */
  protected abstract get busy(): boolean
  /** Ctrl-C while a line is being waited for. */
  protected abstract interrupt(): void
  /** Tab with text before the cursor. */
  protected abstract completeLine(): Promise<void>

  /** Whether a line may be kept in the history, which outlives the page. */
  protected keeps(line: string): boolean {
    return line !== ''
  }

  /** A line was given up by Ctrl-C. */
  protected abandoned(): void {
    // Nothing but the line itself.
  }

  protected get history(): readonly string[] {
    return this.#history
  }

  protected get columns(): number {
    return this.#screen?.columns ?? 80
  }

  /** Say something short that is not part of the console's text. */
  protected setHint(hint: string): void {
    this.#hint = hint
  }

  /** Print text of a machine or of our own. Control characters are shown, never obeyed. */
  protected print(said: string, tone: Tone = 'plain'): void {
    const more = said.length - longestPrint
    const text =
      more > 0 ? `${said.slice(0, longestPrint)}\n… ${more} characters more are in the timeline` : said
    const lines = sanitize(text).replace(/\n$/, '').split('\n').slice(-printedLines)
    const added = lines.map((line) => ({ key: this.#printedCount++, text: line }))
    this.#printed = [...this.#printed, ...added].slice(-printedLines)
    if (this.#screen === undefined) {
      this.#early.push({ text, tone })
      if (this.#early.length > earlyOutput) this.#early = this.#early.slice(-earlyOutput)
    } else {
      this.#screen.print(text, tone)
    }
  }

  /** Paint the line again. */
  protected repaint(): void {
    const prompt = this.prompt()
    const past = this.#past
    if (past !== undefined && prompt !== undefined) {
      this.#screen?.setLine({
        prompt: `${past.failed ? 'not found' : 'history'} “${past.wanted}”: `,
        text: past.line,
        cursor: past.cursor,
      })
      return
    }
    this.#screen?.setLine(
      prompt === undefined ? undefined : { prompt, text: this.editor.text, cursor: this.editor.cursor },
    )
  }

  /** Enter lines one after the other, as if they were typed. Ends early when `stopped` says so. */
  protected async enterAll(lines: readonly string[], stopped: () => boolean): Promise<void> {
    for (const line of lines) {
      if (stopped()) return
      await this.#enter(line)
    }
  }

  async #load(): Promise<void> {
    try {
      const { Screen } = await import('./terminal/screen.ts')
      // Another view may have been chosen meanwhile: a terminal measures its font, so it has to be in the page.
      if (!this.host.isConnected) return
      this.#screen = new Screen(this.host, this.label, readLook(this.host), this.#screenReader, {
        data: (data) => {
          for (const key of readKeys(data)) void this.#press(key)
        },
        keyDown: (event) => this.#keyDown(event),
      })
      for (const { text, tone } of this.#early) this.#screen.print(text, tone)
      this.#early = []
      this.#failure = undefined
      this.repaint()
    } catch (error) {
      this.#failure = `The terminal could not be loaded: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Keys that must not become input. False leaves the key to the browser. */
  #keyDown(event: KeyboardEvent): boolean {
    if (event.key === 'Tab') {
      const leave = event.shiftKey || this.#leaving || (this.editor.text === '' && this.#past === undefined)
      this.#leaving = false
      if (!leave) event.preventDefault()
      return !leave
    }
    if (event.key === 'Escape') {
      if (this.#past !== undefined) {
        event.preventDefault()
        this.#leaveSearch(false)
        return false
      }
      this.#leaving = true
      return false
    }
    if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) this.#leaving = false
    if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'f') {
      event.preventDefault()
      this.#onsearch()
      return false
    }
    const copies = event.ctrlKey && event.key.toLowerCase() === 'c' && (event.shiftKey || !this.busy)
    if (copies && this.selection !== '') {
      event.preventDefault()
      void navigator.clipboard.writeText(this.selection).then(
        () => this.setHint('Copied.'),
        () => this.setHint('This browser allows no copying here.'),
      )
      this.#screen?.clearSelection()
      return false
    }
    return !isForBrowser(event)
  }

  async #press(key: Key): Promise<void> {
    this.setHint('')
    if (this.#past !== undefined && this.#searchKey(this.#past, key)) return
    switch (key.kind) {
      case 'search':
      case 'search-newer':
        if (this.busy) return
        this.#past = new HistorySearch(this.#history)
        this.setHint('Type a part of an earlier line. Ctrl-R older, Enter runs it, Esc leaves.')
        this.repaint()
        return
      case 'leave-search':
        return
      case 'enter': {
        if (this.busy) {
          this.setHint('It waits for the answer; what you type is kept. Ctrl-C stops waiting.')
          return
        }
        const line = this.editor.text
        await this.#enter(line)
        return
      }
      case 'interrupt':
        if (this.busy) this.interrupt()
        else this.#abandonLine()
        return
      case 'clear-screen':
        this.clear()
        return
      case 'complete':
        if (this.editor.text.slice(0, this.editor.cursor).trim() !== '') await this.completeLine()
        return
      case 'paste':
        await this.#paste(key.text)
        return
      default:
        this.editor.press(key)
        if (!this.busy) this.repaint()
    }
  }

  /** A key during a search. False where it ends the search and is then taken as usual. */
  #searchKey(past: HistorySearch, key: Key): boolean {
    switch (key.kind) {
      case 'text':
      case 'paste':
        past.type(key.text.split('\n', 1)[0] ?? '')
        break
      case 'backspace':
        past.backspace()
        break
      case 'search':
        past.older()
        break
      case 'search-newer':
        past.newer()
        break
      case 'leave-search':
      case 'interrupt':
        this.#leaveSearch(false)
        return true
      default:
        this.#leaveSearch(true)
        return false
    }
    this.repaint()
    return true
  }

  /** End the search; what was found becomes the line where it is taken. */
  #leaveSearch(take: boolean): void {
    const line = this.#past?.line ?? ''
    this.#past = undefined
    this.setHint('')
    if (take && line !== '') this.editor.set(line)
    this.repaint()
  }

  async #enter(line: string): Promise<void> {
    if (this.keeps(line)) this.#history = withLine(this.#history, line)
    writeHistory(() => this.app.platform.page.localStorage, this.#historyKey, this.#history)
    this.editor.reset(this.#history)
    await this.submit(line)
    this.repaint()
  }

  #abandonLine(): void {
    this.print(`${this.prompt() ?? ''}${this.editor.text}^C`)
    this.editor.reset(this.#history)
    this.abandoned()
    this.repaint()
  }

  /** One line goes in at the cursor; several are run one after the other, after a question. */
  async #paste(text: string): Promise<void> {
    const lines = this.pastedLines(text)
    const [first = ''] = lines
    if (lines.length <= 1) {
      this.editor.press({ kind: 'paste', text: first })
      if (!this.busy) this.repaint()
      return
    }
    if (this.busy) {
      this.setHint('Several lines cannot be pasted while an answer is being waited for.')
      return
    }
    const yes = await this.app.confirm.ask(pasteQuestion(lines, this.machine.name))
    this.focus()
    if (!yes) return
    await this.runPasted(lines)
  }

  /** The lines of a pasted text. */
  protected pastedLines(text: string): readonly string[] {
    return pastedLines(text)
  }

  /** Run lines that were pasted and agreed to. */
  protected abstract runPasted(lines: readonly string[]): Promise<void>
}
