/**
 * A reply of 10 MB in Chromium on the built page: how long until it is shown, and whether it can be scrolled. No debugger
 * looks at the frames of the WebSocket: with one that does, as Playwright's, the browser copies the 10 MB for it meanwhile.
 */
import { join } from 'node:path'
import { buildPage } from '../build.ts'
import { startFakeQmp, startTestLab } from '../testing.ts'
import type { TestLab } from '../testing.ts'
import { startBrowser } from './browser.ts'
import type { Session, Tab } from './browser.ts'
import { median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const rounds = 7

/** A server whose `query-tpm-models` returns ten million bytes, like the schema of a very large QEMU. */
function startLargeServer(path: string): Promise<{ stop(): Promise<void> }> {
  const item = (index: number): string =>
    `{"name":"object${index}","meta-type":"object","number":${index},"members":[{"name":"id","type":"str"},{"name":"enabled","type":"bool","default":null}]}`
  const reply = `[${Array.from({ length: 75_000 }, (_, index) => item(index)).join(',')}]`
  const schema =
    '[{"name":"query-tpm-models","meta-type":"command","arg-type":"0","ret-type":"0"},{"name":"0","meta-type":"object","members":[]}]'
  return startFakeQmp(path, ({ id, execute }, socket) => {
    const value = execute === 'query-tpm-models' ? reply : execute === 'query-qmp-schema' ? schema : '{}'
    socket.write(`{"return": ${value}, "id": ${id}}\r\n`)
  })
}

/** Runs in the page: the longest time between two frames while a list is scrolled through. */
async function scrollThrough(selector: string): Promise<number> {
  const list = document.querySelector(selector)
  if (list === null) throw new Error(`there is no ${selector}`)
  let worst = 0
  let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
  for (let step = 0; step < 120; step += 1) {
    list.scrollTop += list.scrollHeight / 120
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    worst = Math.max(worst, now - last)
    last = now
  }
  return worst
}

/** Runs in a worker: notes when it last took bytes from its WebSocket, in milliseconds since 1970. */
function noteBytes(): void {
  const property = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data')
  Object.defineProperty(MessageEvent.prototype, 'data', {
    get(this: MessageEvent): unknown {
      const data: unknown = property?.get?.call(this)
      if (data instanceof ArrayBuffer && data.byteLength > 0) {
        Object.assign(globalThis, { bytesAt: performance.timeOrigin + performance.now() })
      }
      return data
    },
  })
}

/** What an expression gives in a worker. */
async function valueIn(worker: Session, expression: string): Promise<unknown> {
  const { result } = await worker.send('Runtime.evaluate', { expression, returnByValue: true })
  return (result as { readonly value?: unknown }).value
}

/** When a worker of the page last took bytes from its WebSocket, in milliseconds since 1970. */
async function bytesAt(tab: Tab): Promise<number> {
  const times = await Promise.all(tab.workers('').map((each) => valueIn(each, 'globalThis.bytesAt')))
  return Math.max(...times.filter((each) => typeof each === 'number'))
}

/** Runs in the page: when the rows of a reply were painted, in milliseconds since 1970. */
function rowsPainted(): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      const rows = document.querySelectorAll('[aria-label="Results"] [role="treeitem"]')
      // The next frame begins when the one that shows them is done.
      if (rows.length > 3) requestAnimationFrame((now) => resolve(performance.timeOrigin + now))
      else requestAnimationFrame(look)
    }
    look()
  })
}

/** Runs in the page: press a button of the command view. */
function press(label: string): void {
  const buttons = [...document.querySelectorAll('button')]
  const button = buttons.find((each) => each.textContent.trim().startsWith(label) && !each.disabled)
  if (button === undefined) throw new Error(`there is no button ${label}`)
  button.click()
}

async function inPage(tab: Tab, lab: TestLab): Promise<Readonly<Record<string, Figure>>> {
  const call = <Value>(run: (argument: string) => unknown, argument = ''): Promise<Value> =>
    tab.run<Value>(`(${run.toString()})(${JSON.stringify(argument)})`)
  // The loader of this file marks functions by a helper that the page does not have.
  await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: 'globalThis.__name = (named) => named' })
  await tab.go(lab.address('/machine/big/command/query-tpm-models'))
  const valid = 'document.body.textContent.includes("Valid against big.")'
  await tab.until(valid)
  await Promise.all(
    tab
      .workers('')
      .map((each) => valueIn(each, `globalThis.__name = (named) => named; (${noteBytes.toString()})()`)),
  )
  const shown: number[] = []
  const scrolled: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await tab.until(valid)
    const painted = call<number>(rowsPainted)
    await call(press, 'Send')
    const at = await painted
    shown.push(at - (await bytesAt(tab)))
    scrolled.push(await call<number>(scrollThrough, '[aria-label="Results"] [role="tree"]'))
    await call(press, 'Clear')
  }
  return {
    'reply of 10 MB shown': {
      value: median(shown),
      unit: 'ms from its last bytes in the worker to the frame that shows it',
      goal: '<= 300',
    },
    'reply of 10 MB scrolled': { value: median(scrolled), unit: 'ms, the longest frame', goal: '<= 50' },
  }
}

/** The benchmark of the large reply. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'large reply',
    run: async () => {
      const built = await buildPage()
      if (!built.ok) throw new Error(built.error)
      const lab = await startTestLab()
      const server = await startLargeServer(join(lab.sockets, 'big.qmp'))
      const browser = await startBrowser()
      try {
        return await inPage(browser.tab, lab)
      } finally {
        await browser.close()
        await server.stop()
        await lab.stop()
      }
    },
  },
]
