/**
 * Counts what a task takes: clicks, keys and texts that are typed are one step each; waiting is the time from a step until what
 * the next one needs is there. The browser's own entries tell what moved on the page meanwhile.
 */
import { appendFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect } from './lab.ts'

/** What a task took. */
export interface Taken {
  readonly clicks: number
  /** Keys and shortcuts: Enter, Tab, Ctrl+K. */
  readonly keys: number
  /** Texts, and the letters in them. */
  readonly texts: number
  readonly letters: number
  readonly steps: number
  /** Seconds of waiting for the page and the machine. */
  readonly waitedS: number
  /** The sum of all layout shifts that no input explains: what the browser calls the cumulative layout shift. */
  readonly shift: number
  /** What moved in them. */
  readonly moved: readonly string[]
}

interface Shifts {
  taskShift: number
  /** What moved: each shift with its size and the elements. */
  taskMoved: string[]
}

/** An entry of the browser about a layout shift. */
interface ShiftEntry extends PerformanceEntry {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly {
    readonly node: Node | null
    readonly previousRect: DOMRectReadOnly
    readonly currentRect: DOMRectReadOnly
  }[]
}

/** The most that may move in a task, as the browser counts it: 0.02 is a fiftieth of the page. */
export const mostShift = 0.02

/** Counts the steps of a person on a page. */
export class Steps {
  #clicks = 0
  #keys = 0
  #texts = 0
  #letters = 0
  #waitedMs = 0
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** Begin to count. The page is there. */
  static async begin(page: Page): Promise<Steps> {
    await page.evaluate(() => {
      const seen = globalThis as typeof globalThis & Shifts
      seen.taskShift = 0
      seen.taskMoved = []
      const box = ({ x, y, width, height }: DOMRectReadOnly): string =>
        [x, y, width, height].map(Math.round).join(' ')
      const named = (node: Node | null): string =>
        node instanceof Element
          ? `${node.localName}.${node.className} “${node.textContent.trim().slice(0, 40)}”`
          : String(node?.nodeName)
      new PerformanceObserver((list) => {
        for (const each of list.getEntries() as ShiftEntry[]) {
          if (each.hadRecentInput) continue
          seen.taskShift += each.value
          const moved = each.sources.map(
            ({ node, previousRect, currentRect }) =>
              `${named(node)} from ${box(previousRect)} to ${box(currentRect)}`,
          )
          seen.taskMoved.push(`${each.value.toFixed(4)}: ${moved.join('; ')}`)
        }
      }).observe({ type: 'layout-shift' })
    })
    return new Steps(page)
  }

  async click(what: Locator): Promise<void> {
    this.#clicks += 1
    await this.#waited(() => what.click())
  }

  async key(key: string): Promise<void> {
    this.#keys += 1
    await this.#page.keyboard.press(key)
  }

  /** Into what has the focus. */
  async type(text: string): Promise<void> {
    this.#texts += 1
    this.#letters += text.length
    await this.#page.keyboard.type(text)
  }

  /** One choice from a native list: it is opened and a line of it pressed. */
  async choose(list: Locator, option: string): Promise<void> {
    this.#clicks += 2
    await this.#waited(() => list.selectOption(option))
  }

  /** Wait for what a person looks for before the next step. */
  async see(what: Locator): Promise<void> {
    await this.#waited(() => expect(what).toBeVisible())
  }

  /** What it took until now; `QMP_TASKS` names a file that gets a line of it. */
  async taken(task: string): Promise<Taken> {
    // Shifts of the last frame are told after it.
    await this.#page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    )
    const [shift, moved] = await this.#page.evaluate(() => {
      const { taskShift, taskMoved } = globalThis as typeof globalThis & Shifts
      return [taskShift, taskMoved] as const
    })
    const taken = {
      ...{ clicks: this.#clicks, keys: this.#keys, texts: this.#texts, letters: this.#letters },
      steps: this.#clicks + this.#keys + this.#texts,
      waitedS: Math.round(this.#waitedMs / 100) / 10,
      shift: Math.round(shift * 10_000) / 10_000,
      moved,
    }
    const file = process.env.QMP_TASKS
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ task, ...taken })}\n`)
    return taken
  }

  async #waited(until: () => Promise<unknown>): Promise<void> {
    const begin = performance.now()
    await until()
    this.#waitedMs += performance.now() - begin
  }
}
