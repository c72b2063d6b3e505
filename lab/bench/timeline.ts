/**
 * The timeline in Chromium on the built page, through a real websockify, while a server of ours says as much as it can:
 * how many events a second are recorded and whether one is lost; what a million of them take; and what it costs to look at
 * them. Against a bare page whose worker only splits lines, parses them and keeps them, and which draws a bare list and a
 * bare canvas.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../processes.ts'
import { benchmark, median } from './measure.ts'
import type { Benchmark, Later, Ratio, Size } from './measure.ts'
import { openCanvas, openList } from './parts/bare.ts'
import { openStage, quantile } from './parts/browser.ts'
import type { Stage, Tab } from './parts/browser.ts'
import { beyondAtRest, lostAfter, recorded } from './parts/flood-counts.ts'
import { startFloodServer } from './parts/flood-server.ts'
import type { FloodServer } from './parts/flood-server.ts'

const million = 1_000_000
/** Events of the machine that is looked at: with its other rows a million at most, so that none is dropped. */
const rows = million - 1000
/** Events of one flood: about two seconds. */
const flood = 500_000

/**
 * The least that a client can do: cut at line ends and parse. It keeps the lines, and counts those that a pattern finds.
 */
const bareWorker = `
let events = 0
let rest = ''
let kept = []
const decoder = new TextDecoder()
onmessage = ({ data }) => {
  if (data.keep !== undefined) kept = data.keep === 0 ? [] : kept.slice(-data.keep)
  if (data.find !== undefined) {
    const pattern = new RegExp(data.find, 'i')
    let found = 0
    for (const line of kept) if (pattern.test(line)) found += 1
    return postMessage(found)
  }
  if (data.url === undefined) return postMessage(events)
  const socket = new WebSocket(data.url)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = (message) => {
    const lines = (rest + decoder.decode(message.data, { stream: true })).split('\\n')
    rest = lines.pop()
    for (const line of lines) {
      const value = JSON.parse(line)
      if (value.event !== undefined) { events += 1; kept.push(line) }
      else if (value.QMP !== undefined) socket.send(new TextEncoder().encode('{"execute":"qmp_capabilities","id":1}\\r\\n'))
    }
  }
}`

interface Given extends Stage {
  readonly many: FloodServer
  readonly few: FloodServer
  readonly other: FloodServer
}

/** Runs in the bare page: `bare.ask(what)` asks the worker. */
function startBareWorker(url: string): void {
  const worker = new Worker('./bare.js')
  const ask = (what: object): Promise<unknown> =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
      worker.postMessage(what)
    })
  worker.postMessage({ url })
  Object.assign(globalThis, { bare: { ask } })
}

const askBare = ({ bare }: Given, what: object): Promise<number> =>
  bare.page.evaluate(
    (asked) => (globalThis as unknown as { bare: { ask(what: object): Promise<number> } }).bare.ask(asked),
    what,
  )

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, app, bare } = stage
  writeFileSync(join(lab.web, 'bare.js'), bareWorker)
  const [many, few, other] = await Promise.all([
    startFloodServer(join(lab.sockets, 'many.qmp')),
    startFloodServer(join(lab.sockets, 'few.qmp')),
    // The page connects to every ".qmp" that it finds.
    startFloodServer(join(lab.sockets, 'other.serial')),
  ])
  const given = { ...stage, many, few, other }
  later(() => Promise.all([many, few, other].map((each) => each.stop())))
  await app.open(lab.address('/machine/many/timeline'), '[data-testid="timeline-counts"]')
  // The bridge knows it by now.
  await bare.page.evaluate(startBareWorker, lab.channel('other.serial'))
  const clients = (): readonly number[] => [many, few, other].map((each) => each.clients())
  const isConnected = (): true | undefined => (clients().includes(0) ? undefined : true)
  if ((await waitFor(20_000, isConnected)) === undefined) {
    throw new Error(`the servers have ${clients().join(', ')} clients`)
  }
  await app.quiet()
  return given
}

// ── a flood ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Flood the page; milliseconds until it has recorded all. */
async function floodApp(given: Given): Promise<number> {
  await given.app.quiet()
  const before = await beyondAtRest(given)
  const begin = performance.now()
  await given.many.flood({ events: flood })
  const lost = await lostAfter(given, before)
  if (lost > 0) throw new Error(`a minute after the flood ${lost} rows were missing, or too many`)
  return performance.now() - begin
}

/** Flood the bare worker; milliseconds until it has parsed all. */
async function floodBare(given: Given): Promise<number> {
  await given.bare.quiet()
  await askBare(given, { keep: 0 })
  const before = await askBare(given, {})
  const begin = performance.now()
  const sent = await given.other.flood({ events: flood })
  const done = await waitFor(60_000, async () =>
    (await askBare(given, {})) >= before + sent ? true : undefined,
  )
  if (done === undefined) throw new Error('the bare worker lost events')
  return performance.now() - begin
}

const floods: readonly (Ratio<Given> | Size<Given>)[] = [
  {
    name: 'flood: events recorded',
    unit: `times the CPU time of a bare worker (all threads), ${flood.toLocaleString('en')} events`,
    goal: '<= 3.1',
    rounds: 3,
    baseline: (given) => given.bare.cost(() => floodBare(given), 'process'),
    work: (given) => given.app.cost(() => floodApp(given), 'process'),
  },
  {
    name: 'flood: against a bare worker',
    unit: `of the rate of a bare worker, ${flood.toLocaleString('en')} events`,
    goal: '>= 0.6',
    rounds: 3,
    baseline: floodBare,
    work: floodApp,
  },
  {
    name: 'flood: rows lost',
    unit: `of ${flood.toLocaleString('en')} events`,
    goal: '<= 0',
    measure: async (given) => {
      const before = await beyondAtRest(given)
      await given.many.flood({ events: flood })
      return lostAfter(given, before)
    },
  },
  {
    name: 'flood: longest task of the page',
    unit: 'times a frame of a bare canvas',
    goal: '<= 1.5',
    rounds: 3,
    baseline: async (given) => median(await zoomCanvas(given)),
    work: async (given) => Math.max(...(await given.app.trace(() => floodApp(given))).tasks),
  },
]

// ── looking at it ────────────────────────────────────────────────────────────────────────────────────────────────

const lanes = '[role="application"][aria-label^="Lanes of the timeline"]'
const list = '[role="listbox"][aria-label="Rows of the timeline"]'

async function press(tab: Tab): Promise<void> {
  for (const key of ['w', 'd', 'a', 's']) await tab.type(key.repeat(4))
}

/** Zoom and pan: closer to single events and away again, sideways, and with keys. CPU milliseconds of each frame. */
async function zoomAndPan(tab: Tab, selector: string): Promise<readonly number[]> {
  await tab.page.focus(selector)
  await tab.quiet()
  const { frames } = await tab.trace(async () => {
    await tab.wheel(selector, 10, { deltaY: -200 })
    await tab.wheel(selector, 10, { deltaX: 120 })
    await tab.wheel(selector, 10, { deltaY: 200 })
    await press(tab)
  })
  return frames
}

async function scroll(tab: Tab, selector: string): Promise<readonly number[]> {
  await tab.quiet()
  const { frames } = await tab.trace(async () => {
    for (const deltaY of [-120, -4000, 900]) await tab.wheel(selector, 10, { deltaY })
  })
  return frames
}

async function zoomCanvas({ bare }: Given): Promise<readonly number[]> {
  await bare.page.evaluate(openCanvas, 10_000)
  return zoomAndPan(bare, '.bare-canvas')
}

async function scrollBare({ bare }: Given): Promise<readonly number[]> {
  await bare.page.evaluate(openList, million)
  // The app's list begins at its end too: the first turns of the wheel go up.
  await bare.page.evaluate(() => document.querySelector('.bare-list')?.scrollTo(0, 1e9))
  return scroll(bare, '.bare-list')
}

/** Show all that a machine has, and hold still. */
async function lookAt({ app }: Given, name: 'many' | 'few'): Promise<Tab> {
  const { page } = app
  await page.bringToFront()
  await page.evaluate((hash) => (location.hash = hash), `#/machine/${name}/command`)
  await page.waitForSelector('[data-testid="timeline-counts"]', { hidden: true })
  await page.evaluate((hash) => (location.hash = hash), `#/machine/${name}/timeline`)
  await page.waitForFunction(
    () => {
      const text = document.querySelector('[data-testid="timeline-counts"]')?.textContent ?? ''
      return /of .* rows/.test(text) && !text.includes('looked through')
    },
    { polling: 100 },
  )
  await app.quiet()
  await page.evaluate(() => {
    for (const words of ['Hold still', 'Show all']) {
      const buttons = [...document.querySelectorAll('button')]
      buttons.find((each) => each.textContent.trim() === words)?.click()
    }
  })
  return app
}

/** Bytes of the largest worker after a collection: its heap, what the browser keeps for it, and its buffers. */
async function memoryOfWorker({ app }: Given): Promise<number> {
  const sizes = app.page.workers().map(async ({ client }) => {
    await client.send('HeapProfiler.collectGarbage')
    const usage: Readonly<Record<string, unknown>> = { ...(await client.send('Runtime.getHeapUsage')) }
    const parts = ['totalSize', 'embedderHeapUsedSize', 'backingStorageSize']
    return parts.reduce((sum, part) => sum + Number(usage[part] ?? 0), 0)
  })
  return Math.max(...(await Promise.all(sizes))) / 1_000_000
}

/** What it costs to filter a million rows by a text that none has, in the page and its worker. */
async function filter(given: Given, text: string): Promise<number> {
  const { app } = given
  await lookAt(given, 'many')
  await app.page.focus('input[role="combobox"][placeholder^="words"]')
  await app.quiet()
  const cost = await app.cost(async () => {
    await app.page.keyboard.sendCharacter(text)
    await app.page.waitForFunction(
      () => {
        const text = document.querySelector('[data-testid="timeline-counts"]')?.textContent ?? ''
        return text.trim().startsWith('0 of') && !text.includes('looked through')
      },
      { polling: 50 },
    )
  }, 'process')
  await app.selectAll()
  await app.page.keyboard.press('Backspace')
  return cost
}

function drawing(
  name: string,
  goal: string,
  of: (frames: readonly number[]) => number,
  isList: boolean,
): Ratio<Given> {
  const [unit, selector] = isList ? ['a bare list of as many rows', list] : ['a bare canvas', lanes]
  return {
    name: `1,000,000 rows: ${name}`,
    unit: `times the median frame of ${unit}`,
    goal,
    rounds: 3,
    baseline: async (given) => median(await (isList ? scrollBare(given) : zoomCanvas(given))),
    work: async (given) => {
      const tab = await lookAt(given, 'many')
      return of(await (isList ? scroll(tab, selector) : zoomAndPan(tab, selector)))
    },
  }
}

const slow = (frames: readonly number[]): number => quantile(frames, 0.95)
const slowest = (frames: readonly number[]): number => Math.max(...frames)

/** A page with a million rows of one machine and ten thousand of another. */
async function openFull(later: Later): Promise<Given> {
  const given = await open(later)
  await given.many.flood({ events: rows })
  await given.other.flood({ events: million })
  await given.few.flood({ events: 10_000 })
  const full = await waitFor(120_000, async () => {
    const [app, bare] = [await given.app.page.evaluate(recorded), await askBare(given, {})]
    return (app ?? 0) >= rows && bare >= million ? true : undefined
  })
  if (full === undefined) throw new Error('the rows did not come')
  await askBare(given, { keep: million })
  return given
}

/** The benchmarks of the timeline. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('timeline, flood', { open, figures: floods }),
  benchmark('timeline, looking', {
    open: openFull,
    figures: [
      { name: '1,000,000 rows: memory of the worker', unit: 'MB', goal: '<= 350', measure: memoryOfWorker },
      {
        name: '1,000,000 rows: filter',
        unit: 'times a bare loop with a regular expression in a bare worker (all threads)',
        goal: '<= 3.6',
        rounds: 3,
        baseline: (given) =>
          given.bare.cost(() => askBare(given, { find: 'drive-virtio-disk99' }), 'process'),
        work: (given) => filter(given, 'drive-virtio-disk99'),
      },
      drawing('zoom and pan', '<= 1.9', slow, false),
      drawing('zoom and pan, longest', '<= 1.7', slowest, false),
      drawing('list', '<= 4.8', slow, true),
      drawing('list, longest', '<= 4.7', slowest, true),
      {
        name: '1,000,000 rows: longest task',
        unit: 'times the median frame of a bare list of as many rows',
        goal: '<= 4.6',
        rounds: 3,
        baseline: async (given) => median(await scrollBare(given)),
        work: async (given) => {
          const tab = await lookAt(given, 'many')
          const { tasks } = await tab.trace(async () => {
            await lookAt(given, 'few')
            await lookAt(given, 'many')
            await tab.wheel(list, 10, { deltaY: -4000 })
          })
          return Math.max(...tasks)
        },
      },
      {
        name: '1,000,000 rows: drawing',
        unit: 'times 10,000 rows, medians of frames',
        goal: '<= 2',
        rounds: 3,
        baseline: async (given) => median(await zoomAndPan(await lookAt(given, 'few'), lanes)),
        work: async (given) => median(await zoomAndPan(await lookAt(given, 'many'), lanes)),
      },
    ],
  }),
]
