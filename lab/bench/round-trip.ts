/**
 * query-status from a page, through the built worker and websockify, against a Node client through the same websockify to
 * the same kind of QEMU, and against a bare WebSocket in the same page. All by turns in the same run; what the page waits
 * for is the outcome. The bare WebSocket tells what of the ratio is the browser's own. No debugger looks at the frames:
 * with one that does, as Playwright's, a round trip takes a third longer.
 * @adr 0012
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { dist } from '../paths.ts'
import { startQemu } from '../testing.ts'
import { benchmark } from './measure.ts'
import type { Benchmark, Later } from './measure.ts'
import { openSocket } from './parts/bare.ts'
import { openStage } from './parts/browser.ts'
import type { Stage } from './parts/browser.ts'

const rounds = 100
/** Timed together, because the clock of a page goes in steps of 0.1 ms. */
const callsARound = 10

/** A client that does no more than it must: one command at a time, the reply is the next line. */
export async function nodeClient(
  url: string,
  origin: string,
): Promise<{ readonly round: () => Promise<number>; readonly close: () => void }> {
  const socket = new WebSocket(url, { headers: { origin } })
  let text = ''
  let wake: (line: string) => void = () => undefined
  socket.on('message', (data: Buffer) => {
    text += data.toString('utf8')
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      if (!line.includes('"event"')) wake(line)
    }
  })
  const next = (): Promise<string> => new Promise((resolve) => (wake = resolve))
  const greeting = next()
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  await greeting
  const call = async (command: string): Promise<void> => {
    const reply = next()
    socket.send(Buffer.from(`{"execute":"${command}","id":1}\r\n`))
    JSON.parse(await reply)
  }
  await call('qmp_capabilities')
  return {
    async round() {
      const start = performance.now()
      for (let n = 0; n < callsARound; n += 1) await call('query-status')
      return (performance.now() - start) / callsARound
    },
    close: () => socket.close(1000),
  }
}

interface BenchWindow {
  bare?: { readonly call: (command: string) => Promise<unknown> }
  qmpCall?: (path: string, argument: unknown) => Promise<unknown>
}

/** Runs in the page: start the built worker as the page's link does, connect it, and wait until it is ready. */
async function openMachine({ script, url }: { script: string; url: string }): Promise<void> {
  const worker = new Worker(script, { type: 'module' })
  let calls = 0
  const waiting = new Map<string, (value: unknown) => void>()
  worker.addEventListener('message', ({ data }: MessageEvent<{ id: string; value: unknown }>) => {
    waiting.get(data.id)?.(data.value)
    waiting.delete(data.id)
  })
  // What comlink's wrap() sends and waits for, without what it does for proxies and transfers.
  const call = (path: string, argument: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      calls += 1
      const id = `bench-${calls}`
      waiting.set(id, resolve)
      worker.postMessage({
        id,
        type: 'APPLY',
        path: [path],
        argumentList: [{ type: 'RAW', value: argument }],
      })
    })
  ;(window as BenchWindow).qmpCall = call
  await call('connect', { url, protocol: 'qmp' })
  const request = {
    name: 'query-status',
    arguments: undefined,
    oob: false,
    deadlineMs: 5000,
    ticket: 1,
    origin: 'page',
  }
  for (;;) {
    const outcome = (await call('execute', request)) as { kind: string }
    if (outcome.kind === 'returned') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs in the page: milliseconds of a call. */
async function measureCalls(calls: number): Promise<number> {
  const call = (window as BenchWindow).qmpCall
  if (call === undefined) throw new Error('no machine is open')
  const request = {
    name: 'query-status',
    arguments: undefined,
    oob: false,
    deadlineMs: 5000,
    ticket: 1,
    origin: 'page',
  }
  const start = performance.now()
  for (let n = 0; n < calls; n += 1) await call('execute', request)
  return (performance.now() - start) / calls
}

/** Runs in the page: milliseconds of a call. */
async function measureBare(calls: number): Promise<number> {
  const call = (window as BenchWindow).bare?.call
  if (call === undefined) throw new Error('no WebSocket is open')
  const start = performance.now()
  for (let n = 0; n < calls; n += 1) await call('query-status')
  return (performance.now() - start) / calls
}

interface Given extends Stage {
  readonly node: Awaited<ReturnType<typeof nodeClient>>
}

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, bare } = stage
  await Promise.all(['page', 'bare', 'node'].map((name) => startQemu(lab.sockets, name)))
  // The machines are the benchmark's: the app itself must not hold their monitors.
  const worker = readdirSync(join(dist, 'assets')).find((name) => name.startsWith('machine.worker-')) ?? ''
  await bare.page.evaluate(openMachine, { script: `./assets/${worker}`, url: lab.channel('page.qmp') })
  await bare.page.evaluate(openSocket, lab.channel('bare.qmp'))
  const node = await nodeClient(lab.channel('node.qmp'), lab.url.replace(/\/$/, ''))
  later(() => node.close())
  return { ...stage, node }
}

const work = ({ bare }: Given): Promise<number> => bare.page.evaluate(measureCalls, callsARound)

/** The round trip. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('round trip', {
    open,
    figures: [
      {
        ...{ name: 'round trip of query-status', unit: 'times a Node client', goal: '<= 2', rounds, work },
        baseline: ({ node }) => node.round(),
      },
      {
        name: 'round trip of query-status, bare',
        ...{ unit: 'times a bare WebSocket in the same page', goal: '<= 2', rounds, work },
        baseline: ({ bare }) => bare.page.evaluate(measureBare, callsARound),
      },
    ],
  }),
]
