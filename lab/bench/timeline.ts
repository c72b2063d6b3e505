/**
 * The timeline in Chromium on the built page, through a real websockify, while a server of ours says as much as it can:
 * how many events a second are recorded, against a bare worker that only splits lines and parses them; whether one is
 * lost; what a million of them take; and what it costs to look at them. One file, because all figures are of one session of one
 * browser.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Filter } from '#record/filter/filter.ts'
import { buildPage } from '../build.ts'
import { waitFor } from '../processes.ts'
import { startTestLab } from '../testing.ts'
import type { TestLab } from '../testing.ts'
import { startBrowser } from './browser.ts'
import type { Browser, Session, Tab, TraceEvent } from './browser.ts'
import { startFloodServer } from './flood-server.ts'
import type { FloodServer } from './flood-server.ts'
import { median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const million = 1_000_000
/** How long a flood lasts, in milliseconds: the page's, and each of the bare worker's before and after it. */
const floodMs = 20_000
const bareMs = 10_000

/** The least that a client can do: cut at line ends and parse. */
const bareScript = `
let events = 0
let rest = ''
const decoder = new TextDecoder()
onmessage = ({ data }) => {
  if (data === 'count') return postMessage(events)
  const socket = new WebSocket(data)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = (message) => {
    const lines = (rest + decoder.decode(message.data, { stream: true })).split('\\n')
    rest = lines.pop()
    for (const line of lines) {
      const value = JSON.parse(line)
      if (value.event !== undefined) events += 1
      else if (value.QMP !== undefined) socket.send(new TextEncoder().encode('{"execute":"qmp_capabilities","id":1}\\r\\n'))
    }
  }
}`

/**
 * What runs in the page beside it: tells tasks of 50 ms and more, marks the frames that somebody caused, and lets the
 * benchmark call the page's own workers, as comlink does.
 */
const watchScript = `
globalThis.bench = { longest: 0, gaps: [], watching: false, workers: new Map() }
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) bench.longest = Math.max(bench.longest, each.duration)
}).observe({ type: 'longtask' })
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options)
    bench.workers.set(options?.name ?? '', this)
  }
}
bench.call = (name, path, ...values) =>
  new Promise((resolve) => {
    const worker = bench.workers.get(name)
    const id = 'bench-' + Math.random()
    const listen = ({ data }) => {
      if (data.id !== id) return
      worker.removeEventListener('message', listen)
      resolve(data.value)
    }
    worker.addEventListener('message', listen)
    const argumentList = values.map((value) => ({ type: 'RAW', value }))
    worker.postMessage({ id, type: 'APPLY', path: [path], argumentList })
  })
{
  let caused = false
  let last = 0
  for (const kind of ['wheel', 'keydown', 'scroll']) addEventListener(kind, () => (caused = true), true)
  // Asks for frames only while they are watched: otherwise it would be the watching that is measured.
  const tick = () => {
    if (!bench.watching) {
      last = 0
      return
    }
    requestAnimationFrame(tick)
    const now = performance.now()
    if (last > 0) bench.gaps.push(now - last)
    last = now
    if (caused) performance.mark('caused')
    caused = false
  }
  bench.watch = () => {
    caused = false
    bench.gaps = []
    bench.watching = true
    requestAnimationFrame(tick)
  }
}`

interface Bench {
  readonly lab: TestLab
  readonly browser: Browser
  readonly tab: Tab
  readonly many: FloodServer
  readonly few: FloodServer
}

async function withPage<Value>(use: (bench: Bench) => Promise<Value>): Promise<Value> {
  const built = await buildPage()
  if (!built.ok) throw new Error(built.error)
  const lab = await startTestLab()
  writeFileSync(join(lab.web, 'bare.html'), '<!doctype html><title>bare</title>')
  writeFileSync(join(lab.web, 'bare.js'), bareScript)
  const many = await startFloodServer(join(lab.sockets, 'many.qmp'))
  const few = await startFloodServer(join(lab.sockets, 'few.qmp'))
  const browser = await startBrowser({ width: 1280, height: 900 })
  try {
    await browser.tab.send('Page.addScriptToEvaluateOnNewDocument', { source: watchScript })
    return await use({ lab, browser, tab: browser.tab, many, few })
  } finally {
    await browser.close()
    await many.stop()
    await few.stop()
    await lab.stop()
  }
}

// ── ingest ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Do something that makes somebody connect, and wait until that has happened. */
async function untilConnected(server: FloodServer, doIt: () => Promise<unknown>): Promise<void> {
  const before = server.clients()
  await doIt()
  const came = await waitFor(20_000, () => (server.clients() > before ? true : undefined))
  if (came === undefined) throw new Error('nobody came to the server')
}

/** Events a second that a bare worker parses. */
async function bareRate({ lab, tab, many }: Bench): Promise<number> {
  await tab.go(`${lab.url}bare.html`)
  await untilConnected(many, () =>
    tab.run(`{
    const worker = new Worker('./bare.js')
    worker.postMessage('${lab.channel('many.qmp')}')
    globalThis.counted = () => new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.postMessage('count')
    })
  }`),
  )
  const begin = performance.now()
  const sent = await many.flood({ ms: bareMs })
  await tab.until(`counted().then((events) => events >= ${sent})`, 60_000)
  const rate = sent / ((performance.now() - begin) / 1000)
  await tab.go('about:blank')
  return rate
}

/** Rows that were recorded, as the page says it: those that it keeps and those that it dropped. */
const recordedScript = `(() => {
  const text = document.querySelector('[data-testid="timeline-counts"]')?.textContent?.replaceAll('\\u202f', '') ?? ''
  const [, kept] = / of (\\d+) rows/.exec(text) ?? []
  const [, dropped] = /; (\\d+) older ones were dropped/.exec(text) ?? []
  return kept === undefined ? undefined : Number(kept) + Number(dropped ?? 0)
})()`

async function openTimeline({ lab, tab }: Bench, server: FloodServer, name: string): Promise<void> {
  await untilConnected(server, () => tab.go(lab.address(`/machine/${name}/timeline`)))
  // The page asks who is there, and is answered.
  await tab.until(`(${recordedScript}) > 0`)
  await new Promise((resolve) => setTimeout(resolve, 1500))
}

interface Ingest {
  readonly rate: number
  /** Rows that the server knows of and the page has not, or the other way round. */
  readonly lost: number
  readonly longestMs: number
}

/** Flood the page that is open and count at both ends. */
async function ingest(
  { tab }: Bench,
  server: FloodServer,
  until: { readonly ms: number } | { readonly events: number },
): Promise<Ingest> {
  const before = (await tab.run<number>(recordedScript)) - rowsOf(server)
  await tab.run('bench.longest = 0')
  const begin = performance.now()
  const sent = await server.flood(until)
  await tab.until(`(${recordedScript}) >= ${before + rowsOf(server)}`, 60_000)
  const rate = sent / ((performance.now() - begin) / 1000)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const recorded = await tab.run<number>(recordedScript)
  return {
    rate,
    lost: Math.abs(before + rowsOf(server) - recorded),
    longestMs: await tab.run<number>('bench.longest'),
  }
}

function rowsOf(server: FloodServer): number {
  const { events, replies, commands } = server.counts()
  return events + replies + commands
}

async function measureIngest(bench: Bench): Promise<Readonly<Record<string, Figure>>> {
  const first = await bareRate(bench)
  await openTimeline(bench, bench.many, 'many')
  const page = await ingest(bench, bench.many, { ms: floodMs })
  const second = await bareRate(bench)
  const bare = (first + second) / 2
  return {
    'flood: events recorded': { value: page.rate, unit: 'a second, the timeline open', goal: '>= 200000' },
    'flood: against a bare worker': {
      value: page.rate / bare,
      unit: `times its rate (${Math.round(bare)} a second)`,
      goal: '>= 0.6',
    },
    'flood: rows lost': {
      value: page.lost,
      unit: `of ${bench.many.counts().events} events`,
      goal: '<= 0',
    },
    'flood: longest task of the page': {
      value: page.longestMs,
      unit: 'ms (0: none of 50 or more)',
      goal: '<= 50',
    },
  }
}

// ── looking at it ────────────────────────────────────────────────────────────────────────────────────────────────

interface Frames {
  readonly costs: readonly number[]
  /** The longest time between two frames. */
  readonly longestGapMs: number
}

/**
 * Do something and return what its frames cost, in milliseconds: how long the page's main thread was busy from the end of
 * the frame before to the end of the frame, as the browser itself notes it. A clock in the page would count what the
 * browser lets a message wait for as well: behind a key it does so for several frames, in which nothing is done.
 */
async function frames(tab: Tab, doIt: () => Promise<void>): Promise<Frames> {
  const events = await tab.trace(['toplevel', 'blink.user_timing'], async () => {
    await tab.run('bench.watch()')
    await doIt()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await tab.run('bench.watching = false')
  })
  const longestGapMs = await tab.run<number>('bench.gaps.reduce((a, b) => Math.max(a, b), 0)')
  return { costs: costsOf(events), longestGapMs }
}

/** What each marked frame cost, in milliseconds. */
function costsOf(events: readonly TraceEvent[]): number[] {
  const marks = events.filter(({ name, ph }) => name === 'caused' && (ph === 'I' || ph === 'R' || ph === 'i'))
  const [first] = marks
  if (first === undefined) throw new Error('the browser noted no frame that was caused')
  const tasks = events
    .filter(({ name, ph, pid, tid }) => {
      return name.endsWith('RunTask') && ph === 'X' && pid === first.pid && tid === first.tid
    })
    .toSorted((a, b) => a.ts - b.ts)
  const costs: number[] = []
  let busy = 0
  let mark = 0
  for (const { ts, dur = 0, args } of tasks) {
    busy += dur
    if (args?.src_func !== 'ScheduledActionSendBeginMainFrame') continue
    while ((marks[mark]?.ts ?? Number.POSITIVE_INFINITY) < ts) mark += 1
    if ((marks[mark]?.ts ?? Number.POSITIVE_INFINITY) <= ts + dur) costs.push(busy / 1000)
    busy = 0
  }
  if (costs.length < marks.length / 2) {
    throw new Error(`${marks.length} frames were caused, and ${costs.length} of them were found`)
  }
  return costs
}

/** The middle of an element. */
async function middleOf(tab: Tab, selector: string): Promise<{ x: number; y: number }> {
  return tab.run(`(() => {
    const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect()
    return { x: box.left + box.width / 2, y: box.top + Math.min(box.height, 200) / 2 }
  })()`)
}

async function wheel(
  tab: Tab,
  at: { x: number; y: number },
  times: number,
  delta: { x?: number; y?: number },
): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await tab.send('Input.dispatchMouseEvent', {
      ...{ type: 'mouseWheel', ...at, deltaX: delta.x ?? 0, deltaY: delta.y ?? 0 },
    })
    await new Promise((resolve) => setTimeout(resolve, 8))
  }
}

async function press(tab: Tab, key: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const code = `Key${key.toUpperCase()}`
    await tab.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: key })
    await tab.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code })
    await new Promise((resolve) => setTimeout(resolve, 8))
  }
}

/** Zoom and pan over all that a machine has: closer to single events and away again, sideways, and with keys. */
function zoomAndPan(tab: Tab): Promise<Frames> {
  return frames(tab, async () => {
    const lanes = await middleOf(tab, '.picture[role="application"]')
    await wheel(tab, lanes, 40, { y: -90 })
    await wheel(tab, lanes, 30, { x: 60 })
    await wheel(tab, lanes, 40, { y: 90 })
    await tab.run('document.querySelector(\'.picture[role="application"]\').focus()')
    for (const key of ['w', 'd', 'a', 's']) await press(tab, key, 12)
  })
}

function scrollList(tab: Tab): Promise<Frames> {
  return frames(tab, async () => {
    const list = await middleOf(tab, '[role="listbox"][aria-label="Rows of the timeline"]')
    await wheel(tab, list, 60, { y: -120 })
    await wheel(tab, list, 60, { y: -4000 })
    await wheel(tab, list, 60, { y: 900 })
  })
}

/** Show all that a machine has, and hold still. */
async function lookAt({ tab }: Bench, name: string): Promise<void> {
  await tab.run(`location.hash = '#/machine/${name}/command'`)
  await tab.until('document.querySelector(\'[data-testid="timeline-counts"]\') === null')
  await tab.run(`location.hash = '#/machine/${name}/timeline'`)
  await tab.until(`(${recordedScript}) > 0 && !/looked through/.test(document.body.innerText)`)
  await tab.run(`{
    const button = (words) => [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === words)
    button('Hold still')?.click()
    button('Show all')?.click()
  }`)
  await new Promise((resolve) => setTimeout(resolve, 500))
}

/** Milliseconds until a filter has gone through all, as the page asks for it. */
async function filterTime(tab: Tab, machine: string, filter: Filter): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 7; round += 1) {
    times.push(
      await tab.run<number>(`(async () => {
        const begin = performance.now()
        const handle = await bench.call('qmp ${machine}', 'open', ${JSON.stringify(filter)})
        for (;;) {
          const found = await bench.call('qmp ${machine}', 'found', handle, 12)
          if (found.done >= found.all) break
        }
        const took = performance.now() - begin
        await bench.call('qmp ${machine}', 'close', handle)
        return took
      })()`),
    )
  }
  return median(times)
}

/** Bytes of a worker after a collection: its heap as it is held, what the browser keeps for it, and its buffers. */
async function memoryOf(worker: Session): Promise<number> {
  await worker.send('HeapProfiler.collectGarbage')
  const usage = await worker.send('Runtime.getHeapUsage')
  return ['totalSize', 'embedderHeapUsedSize', 'backingStorageSize'].reduce(
    (sum, part) => sum + Number(usage[part] ?? 0),
    0,
  )
}

function part(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function measureLooking(bench: Bench): Promise<Readonly<Record<string, Figure>>> {
  const { tab } = bench
  await openTimeline(bench, bench.few, 'few')
  await ingest(bench, bench.few, { events: 10_000 })
  // The page is connected to all machines that there are.
  await lookAt(bench, 'many')
  await ingest(bench, bench.many, { events: million - 1000 })

  const workers = tab.workers('machine.worker')
  const memory = Math.max(...(await Promise.all(workers.map(memoryOf))))
  const filters: readonly Filter[] = [
    { own: false },
    { names: ['BLOCK_JOB_*'] },
    { texts: [{ find: 'drive-virtio-disk99', matchCase: false }] },
    { texts: [{ find: 'error', matchCase: false }] },
  ]
  const filterMs: number[] = []
  for (const filter of filters) filterMs.push(await filterTime(tab, 'many', filter))

  const drawn: Record<'few' | 'many', Frames[]> = { few: [], many: [] }
  const scrolled: Frames[] = []
  await tab.run('bench.longest = 0')
  for (let round = 0; round < 3; round += 1) {
    for (const name of ['few', 'many'] as const) {
      await lookAt(bench, name)
      drawn[name].push(await zoomAndPan(tab))
      if (name === 'many') scrolled.push(await scrollList(tab))
    }
  }
  const costs = (of: readonly Frames[]): readonly number[] => of.flatMap((each) => each.costs)
  const gap = (of: readonly Frames[]): number => Math.max(...of.map((each) => each.longestGapMs))
  const longest = (of: readonly Frames[]): number => Math.max(...costs(of))
  return {
    '1,000,000 rows: memory of the worker': { value: memory / 1_000_000, unit: 'MB', goal: '<= 350' },
    '1,000,000 rows: filter': {
      value: Math.max(...filterMs),
      unit: `ms, the slowest of ${filterMs.map((each) => Math.round(each)).join(', ')}`,
      goal: '<= 150',
    },
    '1,000,000 rows: zoom and pan': {
      value: part(costs(drawn.many), 0.95),
      unit: `ms of a frame, 95th percentile of ${costs(drawn.many).length}`,
      goal: '<= 16.7',
    },
    '1,000,000 rows: zoom and pan, longest': {
      value: longest(drawn.many),
      unit: `ms of a frame (longest time between two: ${Math.round(gap(drawn.many))})`,
      goal: '<= 50',
    },
    '1,000,000 rows: list': {
      value: part(costs(scrolled), 0.95),
      unit: `ms of a frame, 95th percentile of ${costs(scrolled).length}`,
      goal: '<= 16.7',
    },
    '1,000,000 rows: list, longest': {
      value: longest(scrolled),
      unit: `ms of a frame (longest time between two: ${Math.round(gap(scrolled))})`,
      goal: '<= 50',
    },
    '1,000,000 rows: longest task': {
      value: await tab.run<number>('bench.longest'),
      unit: 'ms while looking (0: none of 50 or more)',
      goal: '<= 50',
    },
    '1,000,000 rows: drawing': {
      value: median(costs(drawn.many)) / median(costs(drawn.few)),
      unit: `times 10,000 (${median(costs(drawn.few)).toFixed(2)} ms)`,
      goal: '<= 2',
    },
  }
}

/** The benchmarks of the timeline. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'timeline, flood', run: () => withPage(measureIngest) },
  { name: 'timeline, looking', run: () => withPage(measureLooking) },
]
