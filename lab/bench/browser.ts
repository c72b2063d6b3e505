/**
 * Chromium for the benchmarks, by its own protocol. Playwright asks for every frame of every WebSocket, worker's ones
 * too, and that would be measured with the rest; here nothing is asked for but what a benchmark asks.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { findProgram } from '../packages.ts'
import { startChild, waitFor } from '../processes.ts'
import { temporaryFolder } from '../testing.ts'

const upMs = 20_000

type Params = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

/** One thing that is spoken to: a page, or a worker of it. */
export interface Session {
  send(method: string, params?: Params): Promise<Params>
}

/** A page. */
export interface Tab extends Session {
  /** Go to an address and wait until its document is there. */
  go(url: string): Promise<void>
  /** Run an expression in the page and wait for its value. Throws what it throws. */
  run<Value>(expression: string): Promise<Value>
  /** Ask an expression every 20 ms until it is neither false nor undefined. Throws after `limitMs`. */
  until<Value>(expression: string, limitMs?: number): Promise<Value>
  /** The workers that run and whose address has that in it. */
  workers(part: string): Session[]
  /** Do something, and return what the browser notes meanwhile in these categories. */
  trace(categories: readonly string[], doIt: () => Promise<void>): Promise<readonly TraceEvent[]>
}

/** One thing that the browser noted: of the Trace Event Format, times in microseconds. */
export interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly args?: Params
}

/** A running browser with one page. */
export interface Browser {
  readonly tab: Tab
  close(): Promise<void>
}

/** Start one, without a graphics card and without a window. */
export async function startBrowser(
  size: { readonly width: number; readonly height: number } = { width: 1280, height: 720 },
): Promise<Browser> {
  const folder = temporaryFolder()
  const data = join(folder.path, 'profile')
  mkdirSync(data)
  const child = await startChild(findProgram('chromium') ?? 'chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    ...[`--user-data-dir=${data}`, `--window-size=${size.width},${size.height}`, 'about:blank'],
  ])
  const address = await waitFor(upMs, () => /DevTools listening on (ws:\S+)/.exec(child.words())?.[1])
  if (address === undefined) {
    await child.kill()
    throw new Error(`chromium did not start: ${child.words()}`)
  }
  const connection = await openConnection(address)
  const { targetInfos } = await connection.send('Target.getTargets', {}, undefined)
  const target = (targetInfos as readonly { readonly type: string; readonly targetId: string }[]).find(
    ({ type }) => type === 'page',
  )
  const attached = await connection.send(
    'Target.attachToTarget',
    { targetId: target?.targetId, flatten: true },
    undefined,
  )
  const tab = await createTab(connection, String(attached.sessionId))
  await tab.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false })
  return {
    tab,
    async close() {
      connection.close()
      await child.kill()
      folder.remove()
    },
  }
}

interface Connection {
  send(method: string, params: Params, session: string | undefined): Promise<Params>
  listen(listener: (message: Message) => void): void
  close(): void
}

async function openConnection(address: string): Promise<Connection> {
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 1024 * 1024 * 1024 })
  const waiting = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>()
  const listeners: ((message: Message) => void)[] = []
  let last = 0
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as Message
    if (message.id === undefined) {
      for (const listener of listeners) listener(message)
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) call?.resolve(message.result ?? {})
    else call?.reject(new Error(message.error.message))
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    send: (method, params, session) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        const to = session === undefined ? {} : { sessionId: session }
        socket.send(JSON.stringify({ id: last, method, params, ...to }))
      }),
    listen: (listener) => listeners.push(listener),
    close: () => socket.close(),
  }
}

async function createTab(connection: Connection, session: string): Promise<Tab> {
  const workers = new Map<string, string>()
  connection.listen(({ method, params, sessionId }) => {
    if (sessionId !== session || params === undefined) return
    if (method === 'Target.attachedToTarget') {
      const { url } = params.targetInfo as { readonly url: string }
      workers.set(String(params.sessionId), url)
    } else if (method === 'Target.detachedFromTarget') workers.delete(String(params.sessionId))
  })
  const send = (method: string, params: Params = {}): Promise<Params> =>
    connection.send(method, params, session)
  let traced: (stream: unknown) => void = () => undefined
  connection.listen(({ method, params }) => {
    if (method === 'Tracing.tracingComplete') traced(params?.stream)
  })
  await send('Page.enable')
  await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true })

  async function run<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = (await send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as {
      readonly result: { readonly value?: Value }
      readonly exceptionDetails?: {
        readonly text: string
        readonly exception?: { readonly description?: string }
      }
    }
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    }
    return result.value as Value
  }

  async function until<Value>(expression: string, limitMs = 20_000): Promise<Value> {
    const found = await waitFor(limitMs, async () => {
      const value = await run<Value | false | null | undefined>(expression)
      return value === false || value === null ? undefined : value
    })
    if (found === undefined) throw new Error(`not within ${limitMs} ms: ${expression}`)
    return found
  }

  async function readStream(handle: unknown): Promise<string> {
    let text = ''
    for (;;) {
      const { data, eof } = await send('IO.read', { handle, size: 1024 * 1024 })
      text += String(data)
      if (eof === true) return text
    }
  }

  return {
    send,
    run,
    async trace(categories, doIt) {
      await send('Tracing.start', {
        transferMode: 'ReturnAsStream',
        traceConfig: { includedCategories: categories },
      })
      await doIt()
      const complete = new Promise((resolve) => (traced = resolve))
      await send('Tracing.end')
      const { traceEvents } = JSON.parse(await readStream(await complete)) as {
        readonly traceEvents: readonly TraceEvent[]
      }
      return traceEvents
    },
    async go(url: string): Promise<void> {
      // By way of another document: an address that differs in its fragment alone would not load anything.
      await send('Page.navigate', { url: 'about:blank' })
      await until('document.readyState === "complete" && location.href === "about:blank"')
      if (url === 'about:blank') return
      const { errorText } = await send('Page.navigate', { url })
      if (typeof errorText === 'string') throw new Error(`${url}: ${errorText}`)
      await until('document.readyState === "complete" && location.href !== "about:blank"')
    },
    until,
    workers: (part) =>
      [...workers].flatMap(([id, url]) =>
        url.includes(part) ? [{ send: (method, params = {}) => connection.send(method, params, id) }] : [],
      ),
  }
}
