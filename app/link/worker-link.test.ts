/** A link to a worker of the test's own, which answers, keeps silent or dies as it is told. The page's ticks are made by hand. */
import { expose } from 'comlink'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Batch, MachineWorker } from '#api/machine.ts'
import type { Ticket } from '#qmp/report.ts'
import { err, ok } from '#base/result.ts'
import { LazyWorker } from './lazy-worker.ts'
import { tickMs } from './watchdog.ts'
import { WorkerLink } from './worker-link.ts'

/** What a worker does; what is not here answers nothing, ever. */
type Behaviour = Partial<Record<keyof MachineWorker | 'read', (...args: never[]) => unknown>>

const forever = (): Promise<never> => new Promise(() => undefined)
let behaviour: Behaviour = {}

class FakeWorker extends EventTarget {
  static last: FakeWorker | undefined
  readonly #port: MessagePort
  isTerminated = false

  constructor() {
    super()
    FakeWorker.last = this
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.dispatchEvent(new MessageEvent('message', { data }))
    })
    port1.start()
    const calls = ['ping', 'listen', 'execute', 'sendRaw', 'rows', 'connect', 'read'] as const
    expose(Object.fromEntries(calls.map((name) => [name, behaviour[name] ?? forever])), port2)
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (!this.isTerminated) this.#port.postMessage(message, transfer as never)
  }

  start(): void {
    // A worker needs none.
  }

  terminate(): void {
    this.isTerminated = true
    this.#port.close()
  }
}

const answers: Behaviour = { ping: () => undefined, listen: () => undefined }
const request = (deadlineMs: number) => ({
  name: 'query-status',
  arguments: undefined,
  oob: false,
  deadlineMs,
  ticket: 1 as Ticket,
  origin: 'person' as const,
})

/** Let the page run for a number of ticks; messages are delivered between them. */
async function ticks(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    vi.advanceTimersByTime(tickMs)
    await messages()
  }
}

/** Until a message that is sent now has come, and its answer. */
async function messages(): Promise<void> {
  for (let n = 0; n < 4; n += 1) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(0)
    })
  }
}

function link(): { link: WorkerLink; deaths: string[]; batches: Batch[]; worker: FakeWorker } {
  const deaths: string[] = []
  const batches: Batch[] = []
  const made = new WorkerLink('vm', {
    batch: (batch) => batches.push(batch),
    died: (why) => deaths.push(why),
  })
  const worker = FakeWorker.last
  if (worker === undefined) throw new Error('no worker was started')
  return { link: made, deaths, batches, worker }
}

beforeEach(() => {
  vi.stubGlobal('Worker', FakeWorker)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  FakeWorker.last?.terminate()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a worker that stops answering', () => {
  test('is found dead after 15 s, and what is in flight has an unknown outcome', async () => {
    let isBusy = false
    behaviour = { ...answers, ping: () => (isBusy ? forever() : undefined) }
    const { link: made, deaths, worker } = link()
    await ticks(30)
    expect(deaths).toEqual([])
    isBusy = true
    const running = made.execute(request(600_000))
    const line = made.sendRaw('{"execute": "stop"}', 600_000, 2 as Ticket)
    const rows = made.calls.rows([1])
    await ticks(15)
    expect(deaths).toEqual([])
    await ticks(1)
    expect(deaths).toEqual(['it has not answered for 15 s'])
    expect(worker.isTerminated).toBe(true)
    expect(await running).toMatchObject({ kind: 'unknown', why: 'worker-died' })
    expect(await line).toMatchObject({ kind: 'command', outcome: { kind: 'unknown', why: 'worker-died' } })
    expect(await rows).toEqual([])
    expect(await made.execute(request(1))).toEqual({ kind: 'not-sent', why: 'not-connected' })
  })

  test('is not, when it was busy for 14 s with a large reply', async () => {
    let release: () => void = () => undefined
    let isBusy = false
    behaviour = {
      ...answers,
      ping: () => (isBusy ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    }
    const { deaths } = link()
    await ticks(2)
    for (let round = 0; round < 3; round += 1) {
      isBusy = true
      await ticks(14)
      isBusy = false
      release()
      await ticks(2)
    }
    expect(deaths).toEqual([])
  })

  test('may take a minute to load', async () => {
    behaviour = {}
    const { deaths } = link()
    await ticks(59)
    expect(deaths).toEqual([])
    await ticks(1)
    expect(deaths).toEqual(['it has not started within 60 s'])
  })

  test('is not blamed for the time in which the page did not run', async () => {
    behaviour = { ...answers, ping: forever }
    const { deaths } = link()
    // An hour of sleep ends with one late tick, whatever the clock says.
    vi.setSystemTime(Date.now() + 3_600_000)
    await ticks(1)
    expect(deaths).toEqual([])
  })
})

test('a command whose outcome the worker never tells ends by the deadline of the page', async () => {
  behaviour = answers
  const { link: made, deaths } = link()
  const running = made.execute(request(5000))
  let outcome: unknown
  void running.then((settled) => (outcome = settled))
  await ticks(24)
  expect(outcome).toBeUndefined()
  await ticks(1)
  expect(outcome).toMatchObject({ kind: 'unknown', why: 'worker-silent' })
  expect(deaths).toEqual([])
})

test('a question about the record that is never answered ends as one without an answer', async () => {
  behaviour = answers
  const { link: made } = link()
  const rows = made.calls.rows([1])
  await ticks(30)
  expect(await rows).toEqual([])
})

test('a call after the end is as one to a dead worker', async () => {
  behaviour = answers
  const link = new WorkerLink('m', { batch: () => undefined, died: () => undefined })
  await messages()
  link.end()
  expect(() => link.calls.closeQuery(1)).not.toThrow()
  expect(await link.calls.rows([1])).toEqual([])
})

test('a worker that throws is dead at once', async () => {
  behaviour = answers
  const { link: made, deaths, worker } = link()
  const running = made.execute(request(5000))
  worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'made to die' }))
  expect(deaths).toEqual(['made to die'])
  expect(await running).toMatchObject({ kind: 'unknown', why: 'worker-died' })
})

describe('a worker that is started when it is needed', () => {
  interface Api {
    ping(): void
    read(name: string): Promise<ReturnType<typeof ok<string>>>
  }

  const lazy = (): LazyWorker<Api> =>
    new LazyWorker<Api>({
      what: 'The reader',
      start: () => new Worker(''),
      silentMs: 20_000,
      limitMs: 100_000,
    })

  test('and closes itself fails its calls, and the next call starts another', async () => {
    behaviour = { ping: () => undefined, read: (name: string) => ok(name) }
    const reader = lazy()
    expect(await reader.call((remote) => remote.read('a') as never)).toEqual(ok('a'))
    const first = FakeWorker.last
    behaviour = {}
    first?.terminate()
    const pending = reader.call((remote) => remote.read('b') as never)
    await ticks(21)
    expect(await pending).toEqual(err('The reader ended: it has not answered for 20 s.'))
    behaviour = { ping: () => undefined, read: (name: string) => ok(name) }
    expect(await reader.call((remote) => remote.read('c') as never)).toEqual(ok('c'))
    expect(FakeWorker.last).not.toBe(first)
  })

  test('may take long over a call while it answers, but not forever', async () => {
    behaviour = { ping: () => undefined }
    const pending = lazy().call((remote) => remote.read('a') as never)
    let result: unknown
    void pending.then((done) => (result = done))
    await ticks(99)
    expect(result).toBeUndefined()
    await ticks(1)
    expect(result).toEqual(err('The reader ended: it was not done in 100 s.'))
  })
})
