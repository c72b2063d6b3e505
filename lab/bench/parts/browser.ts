/**
 * Chromium for the benchmarks, by Puppeteer without its network events: with them, as Playwright always has them, the
 * browser copies each frame of each WebSocket, and that would be measured with the rest. Parts of a page are found by
 * CSS with role and label: Puppeteer's `aria/` would switch on the tree of accessibility, which costs more than a view.
 *
 * What a page does is measured as CPU time by the browser's own clocks: other processes take turns with it, but are not
 * counted.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from 'puppeteer-core'
import type { CDPSession, KeyInput, Page } from 'puppeteer-core'
import { buildPage } from '../../build.ts'
import { findChromium } from '../../packages.ts'
import { startTestLab } from '../../testing.ts'
import type { TestLab } from '../../testing.ts'
import type { Later } from '../measure.ts'

/** A person's keys and turns of the wheel are not in one frame. */
const betweenKeysMs = 20
/** The main thread counts as quiet when it takes less than `quietMs` of CPU time in `quietEveryMs`. */
const quietMs = 4
const quietEveryMs = 150
const quietLimitMs = 5000

/** A page. */
export interface Tab {
  readonly page: Page
  /** Load an address, a fragment of the same document too, and wait for an element. */
  open(url: string, selector: string): Promise<void>
  /** CPU milliseconds of the page's main thread, or of its whole process with its workers (in steps of 10). */
  cost(doIt: () => Promise<unknown>, of?: 'thread' | 'process'): Promise<number>
  /** CPU milliseconds of each task of the main thread, and of each frame that a key, a wheel or scrolling caused. */
  trace(doIt: () => Promise<unknown>): Promise<{ readonly tasks: number[]; readonly frames: number[] }>
  /** Type a text as a person does; `\b` is Backspace. */
  type(text: string): Promise<void>
  selectAll(): Promise<void>
  /** Turn the wheel over an element. */
  wheel(selector: string, times: number, delta: { deltaX?: number; deltaY?: number }): Promise<void>
  /** Come to the front, and wait until it takes presses and its main thread has nothing to do, five seconds at most. */
  quiet(): Promise<void>
}

/** A lab with the built page, and a browser with a page for the app and an empty one of the same site. */
export interface Stage {
  readonly lab: TestLab
  readonly app: Tab
  readonly bare: Tab
  /** A page of its own, in a process of its own. */
  readonly newTab: () => Promise<Tab>
}

/** Bring up both. The app's page is opened by whoever measures it. */
export async function openStage(later: Later): Promise<Stage> {
  const built = await buildPage()
  if (!built.ok) throw new Error(built.error)
  const lab = await startTestLab()
  later(() => lab.stop())
  writeFileSync(join(lab.web, 'bare.html'), '<!doctype html><title>bare</title><body></body>')
  const browser = await launch({
    executablePath: findChromium(),
    headless: true,
    pipe: true,
    networkEnabled: false,
    // The run ends the browser.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    defaultViewport: { width: 1280, height: 900 },
    protocolTimeout: 300_000,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      ...['--disable-sync', '--no-first-run', '--disable-renderer-backgrounding'],
      ...['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows'],
    ],
  })
  later(() => browser.close())
  const newTab = async (): Promise<Tab> => createTab(await browser.newPage())
  const [bare, app] = [await newTab(), await newTab()]
  await bare.open(`${lab.url}bare.html`, 'body')
  return { lab, app, bare, newTab }
}

/** Runs in a page before its own scripts: marks its main thread, and the frames that somebody caused. */
function mark(): void {
  performance.mark('main')
  let isAsked = false
  const caused = (): void => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      performance.mark('caused')
    })
  }
  for (const kind of ['wheel', 'keydown', 'scroll'])
    addEventListener(kind, caused, { capture: true, passive: true })
}

async function createTab(page: Page): Promise<Tab> {
  const client = await page.createCDPSession()
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  // The loader of this file marks functions by a helper that the page does not have.
  await page.evaluateOnNewDocument('globalThis.__name = (named) => named')
  await page.evaluateOnNewDocument(mark)
  const tab: Tab = {
    page,
    async open(url, selector) {
      await page.bringToFront()
      await page.goto('about:blank')
      await page.goto(url)
      await page.waitForSelector(selector)
    },
    async cost(doIt, of = 'thread') {
      const before = await clocksOf(client)
      await doIt()
      return (await clocksOf(client))[of] - before[of]
    },
    async trace(doIt) {
      await page.tracing.start({ categories: ['toplevel', 'blink.user_timing'] })
      await page.evaluate(() => performance.mark('main'))
      await doIt()
      const file = (await page.tracing.stop()) ?? new Uint8Array()
      return costsIn(JSON.parse(new TextDecoder().decode(file)) as Trace)
    },
    async type(text) {
      for (const key of text) {
        await page.keyboard.press(key === '\b' ? 'Backspace' : (key as KeyInput))
        await pause(betweenKeysMs)
      }
    },
    async selectAll() {
      await page.keyboard.down('Control')
      await page.keyboard.press('a')
      await page.keyboard.up('Control')
    },
    async wheel(selector, times, delta) {
      const box = await (await page.waitForSelector(selector))?.boundingBox()
      if (box === null || box === undefined) throw new Error(`${selector} is not shown`)
      await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height, 200) / 2)
      for (let n = 0; n < times; n += 1) {
        await page.mouse.wheel(delta)
        await pause(betweenKeysMs)
      }
    },
    async quiet() {
      await page.bringToFront()
      // Just after its address has changed the app takes no press (app/ui/browser/stranger.ts).
      await page.waitForFunction(() => document.documentElement.dataset.unarmed === undefined, {
        polling: 50,
      })
      for (const end = performance.now() + quietLimitMs; performance.now() < end;) {
        if ((await tab.cost(() => pause(quietEveryMs))) < quietMs) return
      }
    },
  }
  return tab
}

/** Wait. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What the page took so far, in CPU milliseconds. */
async function clocksOf(client: CDPSession): Promise<{ readonly thread: number; readonly process: number }> {
  const { metrics } = await client.send('Performance.getMetrics')
  const of = (name: string): number =>
    (metrics.find((each) => each.name === name)?.value ?? Number.NaN) * 1000
  return { thread: of('ThreadTime'), process: of('ProcessTime') }
}

/** Of the Trace Event Format; times in microseconds, `tdur` is CPU time. */
interface Trace {
  readonly traceEvents: readonly {
    readonly name: string
    readonly ph: string
    readonly pid: number
    readonly tid: number
    readonly ts: number
    readonly dur?: number
    readonly tdur?: number
    readonly args?: { readonly src_func?: string }
  }[]
}

/**
 * CPU milliseconds of tasks and caused frames. A frame costs what the main thread did from the end of the frame before
 * to its own end.
 */
function costsIn({ traceEvents }: Trace): { readonly tasks: number[]; readonly frames: number[] } {
  const sorted = traceEvents.toSorted((a, b) => a.ts - b.ts)
  const main = sorted.findLast(({ name }) => name === 'main')
  if (main === undefined) throw new Error('the browser noted no mark of the page')
  const own = sorted.filter(({ pid, tid }) => pid === main.pid && tid === main.tid)
  const marks = own.filter(({ name }) => name === 'caused')
  const tasks = own.filter(({ name, ph }) => name.endsWith('RunTask') && ph === 'X')
  const frames: number[] = []
  let busy = 0
  let mark = 0
  for (const { ts, dur = 0, tdur = 0, args } of tasks) {
    busy += tdur
    if (args?.src_func !== 'ScheduledActionSendBeginMainFrame') continue
    while ((marks[mark]?.ts ?? Number.POSITIVE_INFINITY) < ts) mark += 1
    if ((marks[mark]?.ts ?? Number.POSITIVE_INFINITY) <= ts + dur) frames.push(busy / 1000)
    busy = 0
  }
  if (frames.length < marks.length / 2) {
    throw new Error(`${marks.length} frames were caused, and ${frames.length} of them were found`)
  }
  return { tasks: tasks.map(({ tdur = 0 }) => tdur / 1000), frames }
}

/** The value below which that share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
