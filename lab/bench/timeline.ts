/**
 * The timeline in Chromium on the built page, through a real websockify, while a server of ours says as much as it can:
 * how many events a second are recorded, against a bare worker that only splits lines and parses them; whether one is
 * lost; what a million of them take; and what it costs to look at them.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from '../build.ts'
import { dist } from '../paths.ts'
import { waitFor } from '../processes.ts'
import { startTestLab } from '../testing.ts'
import type { TestLab } from '../testing.ts'
import { startBrowser } from './browser.ts'
import type { Browser, Tab } from './browser.ts'
import { startFloodServer } from './flood-server.ts'
import type { FloodServer } from './flood-server.ts'
import { median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const million = 1_000_000
/** How long a flood lasts, in milliseconds: the page's, and each of the bare worker's before and after it. */
const floodMs = Number(process.env.FLOOD ?? 20_000)
const bareMs = Number(process.env.BARE ?? 10_000)

/** The least that a client can do: cut at line ends and parse. */
export const bareScript = `
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

/** What runs in the page beside it: tasks of 50 ms and more, and what each frame costs. */
const watchScript = `
globalThis.bench = { longest: 0, frames: [], gaps: [], watching: false }
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) bench.longest = Math.max(bench.longest, each.duration)
}).observe({ type: 'longtask' })
{
  // From the first event of a frame to the end of its drawing; what an event does outside of a frame is added to it.
  const channel = new MessageChannel()
  let begin = 0
  let outside = 0
  let last = 0
  let frame = false
  const started = () => {
    if (!bench.watching || begin > 0) return
    begin = performance.now()
    channel.port2.postMessage(0)
  }
  channel.port1.onmessage = () => {
    const took = performance.now() - begin
    begin = 0
    if (frame) {
      bench.frames.push(took + outside)
      outside = 0
      frame = false
    } else outside += took
  }
  for (const kind of ['wheel', 'keydown', 'pointermove', 'scroll']) addEventListener(kind, started, true)
  const tick = () => {
    requestAnimationFrame(tick)
    const now = performance.now()
    if (bench.watching && last > 0) bench.gaps.push(now - last)
    last = bench.watching ? now : 0
    if (!bench.watching) return
    if (begin === 0) started()
    frame = true
  }
  tick()
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
    worker.postMessage('ws://127.0.0.1:${lab.port}/?token=many.qmp')
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
  await untilConnected(server, () => tab.go(`${lab.url}#/machine/${name}/timeline`))
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
  try {
  await tab.until(`(${recordedScript}) >= ${before + rowsOf(server)}`, 30_000)
  } catch (e) { console.log('DBG', before, rowsOf(server), await tab.run(recordedScript), await tab.run('bench.longest'), await tab.run('document.body.innerText.slice(0,1500)')) ; throw e}
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

/** The benchmarks of the timeline. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'timeline, flood', run: () => withPage(measureIngest) },
]
