/**
 * A log of 20 MB on a serial line, through a real websockify, to the terminal of the built page and to its record. Against
 * bare pages: xterm.js of the same size, fed from a bare WebSocket, and a worker that cuts lines and keeps them.
 * @adr 0055
 */
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../paths.ts'
import { waitFor } from '../../processes.ts'
import { startQemu } from '../../testing.ts'
import { benchmark, interleave, median } from '../measure.ts'
import type { Benchmark, Later, Measured } from '../measure.ts'
import { openStage } from '../parts/browser.ts'
import type { Stage, Tab } from '../parts/browser.ts'
import { createLog, startLogServer } from '../parts/log-server.ts'
import type { Log, LogServer } from '../parts/log-server.ts'

const logBytes = 20_000_000
/** Lines that a terminal keeps beside those in sight; the page's own has as many. */
const scrollback = 100_000

/** Runs in the app's page before its own scripts: keeps what is saved as a file, and what comes for the terminal. */
function watchPage(): void {
  const seen = {
    long: [] as number[],
    pieces: [] as Uint8Array[],
    isKept: false,
    saved: undefined as Blob | undefined,
  }
  Object.assign(globalThis, { seen })
  const make = URL.createObjectURL.bind(URL)
  URL.createObjectURL = (blob) => {
    if (blob instanceof Blob) seen.saved = blob
    return make(blob)
  }
  const own = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...own,
    set(this: MessagePort, take: ((event: MessageEvent) => unknown) | null) {
      const watched = (event: MessageEvent<{ kind?: unknown; bytes?: unknown } | null>): unknown => {
        const data = event.data
        if (seen.isKept && data?.kind === 'bytes' && data.bytes instanceof Uint8Array)
          seen.pieces.push(data.bytes.slice())
        return take?.(event)
      }
      own?.set?.call(this, take === null ? null : watched)
    },
  })
}

interface Seen {
  seen: { pieces: Uint8Array[]; isKept: boolean; saved: Blob | undefined }
}

/** Runs in the bare page: a terminal of that size, fed from a WebSocket. */
async function openBareTerminal(
  url: string,
  size: { readonly rows: number; readonly cols: number; readonly scrollback: number },
): Promise<void> {
  const file = './xterm/lib/xterm.mjs'
  const style = Object.assign(document.createElement('link'), {
    rel: 'stylesheet',
    href: './xterm/css/xterm.css',
  })
  const host = document.createElement('div')
  document.head.append(style)
  document.body.replaceChildren(host)
  const { Terminal } = (await import(file)) as {
    Terminal: new (options: object) => { open(host: HTMLElement): void; write(data: Uint8Array): void }
  }
  const terminal = new Terminal({ ...size, fontSize: 13, lineHeight: 1.15 })
  terminal.open(host)
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => terminal.write(new Uint8Array(data))
}

/** Runs in a page: resolves when the terminal shows a text. */
async function untilShown(text: string): Promise<void> {
  while (document.querySelector('.xterm-rows')?.textContent.includes(text) !== true)
    await new Promise((resolve) => setTimeout(resolve, 10))
}

/** The least that keeps lines: they are cut, and kept. */
const lineWorker = `
let kept = []
let rest = ''
const decoder = new TextDecoder()
onmessage = ({ data }) => {
  if (data.url === undefined) return postMessage(kept.length)
  kept = []
  const socket = new WebSocket(data.url)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = (message) => {
    const lines = (rest + decoder.decode(message.data, { stream: true })).split('\\r\\n')
    rest = lines.pop()
    for (const line of lines) kept.push(line)
  }
}`

/** Runs in the bare page: `lines.count()` asks the worker. */
function startLineWorker(url: string): void {
  const worker = new Worker('./lines.js')
  worker.postMessage({ url })
  const count = (): Promise<unknown> =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
      worker.postMessage({})
    })
  Object.assign(globalThis, { lines: { count } })
}

interface Given extends Stage {
  readonly app: Tab
  /** A page with a worker that keeps lines. */
  readonly keeper: Tab
  readonly line: LogServer
  readonly terminal: LogServer
  readonly kept: LogServer
}

const place = '/machine/log/console?console=serial'

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, app, bare } = stage
  symlinkSync(join(root, 'node_modules', '@xterm', 'xterm'), join(lab.web, 'xterm'))
  writeFileSync(join(lab.web, 'lines.js'), lineWorker)
  await startQemu(lab.sockets, 'log')
  const [line, terminal, kept] = await Promise.all(
    ['log.serial', 'bare.serial', 'bare.serial1'].map((name) => startLogServer(join(lab.sockets, name))),
  )
  if (line === undefined || terminal === undefined || kept === undefined) throw new Error('a line is missing')
  later(() => Promise.all([line, terminal, kept].map((each) => each.stop())))
  await app.page.evaluateOnNewDocument(watchPage)
  await openApp({ lab, app, line })
  await bare.page.bringToFront()
  const rows = await app.page.evaluate(() => document.querySelectorAll('.xterm-rows > div').length)
  await bare.page.evaluate(openBareTerminal, lab.channel('bare.serial'), { rows, cols: 140, scrollback })
  const keeper = await stage.newTab()
  await keeper.open(`${lab.url}bare.html`, 'body')
  await keeper.page.evaluate(startLineWorker, lab.channel('bare.serial1'))
  await until('the bare pages are on their lines', () => terminal.clients() + kept.clients() === 2)
  return { ...stage, keeper, line, terminal, kept }
}

/** Load the app's page again, with its terminal on the line. */
async function openApp({ lab, app, line }: Pick<Given, 'lab' | 'app' | 'line'>): Promise<void> {
  const before = line.clients()
  await app.open(lab.address(place), '.xterm-rows > div')
  await until('the page is on the line', () => line.clients() > before)
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const done = await waitFor(60_000, async () => ((await check()) ? true : undefined))
  if (done === undefined) throw new Error(`a minute has passed, and it is not so that ${what}`)
}

let turn = 0

/** Print a log on a line, and wait until the terminal of the page shows its end: milliseconds. */
async function print(tab: Tab, line: LogServer): Promise<{ readonly log: Log; readonly ms: number }> {
  turn += 1
  const end = `that was log ${turn}`
  const log = createLog(logBytes, end)
  await tab.quiet()
  const begin = performance.now()
  await Promise.all([line.print(log.bytes), tab.page.evaluate(untilShown, end)])
  return { log, ms: performance.now() - begin }
}

/** Show the terminal, or the timeline in its place; the line stays connected. */
async function look({ app }: Given, at: string, selector: string): Promise<void> {
  await app.page.bringToFront()
  await app.page.evaluate((next) => (location.hash = next), `#${at}`)
  await app.page.waitForSelector(selector)
}

const terminal = (given: Given): Promise<void> => look(given, place, '.xterm-rows > div')

const timeline = (given: Given): Promise<void> =>
  look(given, '/machine/log/timeline', '[data-testid="timeline-counts"]')

/** Runs in the page: lines that the filter has found. */
function linesFound(): number {
  const text =
    document.querySelector('[data-testid="timeline-counts"]')?.textContent.replaceAll('\u202f', '') ?? ''
  return Number(/^\s*(\d+) of/.exec(text)?.[1] ?? 0)
}

/** Runs in the page: rows that the machine has had. */
function rowsRecorded(): number {
  const text =
    document.querySelector('[data-testid="timeline-counts"]')?.textContent.replaceAll('\u202f', '') ?? ''
  const [, rows] = / of (\d+) row/.exec(text) ?? []
  const [, dropped] = /; (\d+) older/.exec(text) ?? []
  return Number(rows ?? 0) + Number(dropped ?? 0)
}

/** Print a log with the timeline open: milliseconds until the page says that it has as many rows more. */
async function record(given: Given): Promise<{ readonly lines: number; readonly ms: number }> {
  const { page } = given.app
  await page.bringToFront()
  const before = await page.evaluate(rowsRecorded)
  const { bytes, lines } = createLog(logBytes, 'that was a log for the record')
  const begin = performance.now()
  await given.line.print(bytes)
  await until('all lines are recorded', async () => {
    return (await page.evaluate(rowsRecorded)) >= before + lines.length
  })
  return { lines: lines.length, ms: performance.now() - begin }
}

/** Lines of a log that the record has not, or too many of: the filter counts them. */
async function rowsLost(given: Given): Promise<number> {
  const { page } = given.app
  await look(given, '/machine/log/timeline?q=lane%3Aserial', '[data-testid="timeline-counts"]')
  await given.app.quiet()
  const before = await page.evaluate(linesFound)
  const { lines } = await record(given)
  await given.app.quiet()
  return Math.abs((await page.evaluate(linesFound)) - before - lines)
}

/** The same of the bare worker. */
async function keep(given: Given): Promise<number> {
  const { page } = given.keeper
  await page.bringToFront()
  const count = (): Promise<number> =>
    page.evaluate(() => (globalThis as unknown as { lines: { count(): Promise<number> } }).lines.count())
  const before = await count()
  const { bytes, lines } = createLog(logBytes, 'that was a log for the record')
  const begin = performance.now()
  await given.kept.print(bytes)
  await until('the worker has all lines', async () => (await count()) >= before + lines.length)
  return performance.now() - begin
}

/** What the page has seen of a log, as it came for the terminal. */
async function lostOnTheWay(given: Given): Promise<number> {
  await terminal(given)
  const { page } = given.app
  await page.evaluate(() => {
    const { seen } = globalThis as unknown as Seen
    Object.assign(seen, { isKept: true, pieces: [] })
  })
  const { log } = await print(given.app, given.line)
  const [sha256, bytes] = await page.evaluate(async () => {
    const { seen } = globalThis as unknown as Seen
    seen.isKept = false
    const all = new Uint8Array(await new Blob(seen.pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer())
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
    return [[...hash].map((each) => each.toString(16).padStart(2, '0')).join(''), all.length] as const
  })
  return sha256 === log.sha256 ? 0 : Math.max(1, Math.abs(log.bytes.length - bytes))
}

/** Lines that the terminal, saved as a file, has otherwise than they were printed; and lines that the record has not. */
async function linesLost(given: Given): Promise<number> {
  // A record that is full has as many lines after a log as before.
  await openApp(given)
  const lost = await rowsLost(given)
  await terminal(given)
  const { page } = given.app
  const { log } = await print(given.app, given.line)
  const text = await page.evaluate(async () => {
    const buttons = [...document.querySelectorAll('button')]
    buttons.find((each) => each.textContent.trim() === 'Save')?.click()
    return (globalThis as unknown as Seen).seen.saved?.text() ?? ''
  })
  const saved = text.trimEnd().split('\n').slice(-scrollback)
  const printed = log.lines.slice(-saved.length)
  const other = printed.filter((line, at) => line !== saved[at]).length
  return lost + other + Math.max(0, scrollback - saved.length)
}

/** CPU milliseconds of the longest task of a page while a log comes: of three, each the first that the page gets. */
async function longestTask(given: Given): Promise<Measured> {
  const longest = { app: 0, bare: 0 }
  for (let n = 0; n < 3; n += 1) {
    await openApp(given)
    const app = await given.app.trace(() => print(given.app, given.line))
    const bare = await given.bare.trace(() => print(given.bare, given.terminal))
    longest.app = Math.max(longest.app, ...app.tasks)
    longest.bare = Math.max(longest.bare, ...bare.tasks)
  }
  return { value: longest.app, absolute: `bare xterm.js ${longest.bare.toFixed(1)} ms` }
}

/** Lines a second of the record, by the clock: the median of five logs, by turns with the bare worker. */
async function linesASecond(given: Given): Promise<Measured> {
  let lines = 0
  const pairs = await interleave(
    () => keep(given),
    async () => {
      await timeline(given)
      await given.app.quiet()
      const recorded = await record(given)
      lines = recorded.lines
      return recorded.ms
    },
    5,
  )
  const of = (ms: readonly number[]): number => Math.round((lines / median(ms)) * 1000)
  return {
    value: of(pairs.map(({ work }) => work)),
    absolute: `the bare worker ${of(pairs.map(({ baseline }) => baseline))} lines a second`,
  }
}

const size = `${logBytes / 1_000_000} MB of log`

/** The benchmarks of serial lines. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('serial line', {
    open,
    figures: [
      {
        name: 'serial: longest task of the page',
        unit: `ms of CPU time, ${size}`,
        goal: '<= 50',
        measure: longestTask,
      },
      {
        name: 'serial: log on the terminal',
        unit: `of the rate of bare xterm.js fed from a bare WebSocket, ${size}`,
        goal: '>= 0.7',
        baseline: async (given) => (await print(given.bare, given.terminal)).ms,
        work: async (given) => {
          await terminal(given)
          return (await print(given.app, given.line)).ms
        },
      },
      {
        name: 'serial: bytes lost',
        unit: `of ${size}, by their SHA-256`,
        goal: '<= 0',
        measure: lostOnTheWay,
      },
      {
        name: 'serial: lines lost',
        unit: `on the terminal and in the record, of ${size}`,
        goal: '<= 0',
        measure: linesLost,
      },
      {
        name: 'serial: lines recorded',
        // The terminal keeps its text while it is out of sight: so does the bare one.
        unit: `times the CPU time of a bare worker that cuts lines and keeps them, and of bare xterm.js (all threads), ${size}`,
        goal: '<= 1.5',
        rounds: 3,
        baseline: async (given) =>
          (await given.keeper.cost(() => keep(given), 'process')) +
          (await given.bare.cost(() => print(given.bare, given.terminal), 'process')),
        work: async (given) => {
          await timeline(given)
          await given.app.quiet()
          return given.app.cost(() => record(given), 'process')
        },
      },
      {
        name: 'serial: lines recorded a second',
        unit: 'lines a second, by the clock',
        goal: '>= 100000',
        measure: linesASecond,
      },
    ],
  }),
]
