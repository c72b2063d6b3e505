/** Incremental search in a history, as shells have it on Ctrl-R. Pure. */

/** A search in progress. It begins before the newest line and goes to older ones. */
export class HistorySearch {
  readonly #history: readonly string[]
  #wanted = ''
  /** Where the line that is shown stands; the length of the history while nothing is wanted. */
  #at: number
  #failed = false

  constructor(history: readonly string[]) {
    this.#history = history
    this.#at = history.length
  }

  get wanted(): string {
    return this.#wanted
  }

  /** Whether the last step found nothing: the line before it stays. */
  get failed(): boolean {
    return this.#failed
  }

  /** The line that was found, '' while there is none. */
  get line(): string {
    return this.#history[this.#at] ?? ''
  }

  /** Where the wanted text stands in the line. */
  get cursor(): number {
    return Math.max(0, fold(this.line).indexOf(fold(this.#wanted)))
  }

  /** More is typed: the line that is shown may still fit. */
  type(text: string): void {
    this.#wanted += text
    this.#find(Math.min(this.#at, this.#history.length - 1), -1)
  }

  /** The last character is taken back; the search begins again from the newest line. */
  backspace(): void {
    this.#wanted = Array.from(this.#wanted).slice(0, -1).join('')
    this.#failed = false
    this.#at = this.#history.length
    if (this.#wanted !== '') this.#find(this.#history.length - 1, -1)
  }

  older(): void {
    if (this.#wanted !== '') this.#find(this.#at - 1, -1)
  }

  newer(): void {
    if (this.#wanted !== '') this.#find(this.#at + 1, 1)
  }

  #find(from: number, step: 1 | -1): void {
    const shown = this.#failed ? undefined : this.#history[this.#at]
    for (let at = from; at >= 0 && at < this.#history.length; at += step) {
      const line = this.#history[at] ?? ''
      // The same line twice in a row of steps tells nothing new.
      if (!fold(line).includes(fold(this.#wanted)) || (at !== this.#at && line === shown)) continue
      this.#at = at
      this.#failed = false
      return
    }
    this.#failed = true
  }
}

function fold(text: string): string {
  return text.toLowerCase()
}
