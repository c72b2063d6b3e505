/**
 * A reply of 10 MB in Chromium on the built page: what it costs until it is shown, and whether it can be scrolled, against
 * a bare page that gets the same bytes and lists the same rows.
 */
import { join } from 'node:path'
import { startFakeQmp } from '../testing.ts'
import { benchmark } from './measure.ts'
import type { Benchmark, Later } from './measure.ts'
import { openList, openSocket } from './parts/bare.ts'
import { openStage, quantile } from './parts/browser.ts'
import type { Stage } from './parts/browser.ts'

const items = 75_000
const tree = '[aria-label="Results"] [role="tree"]'

/** A server whose `query-tpm-models` returns ten million bytes, like the schema of a very large QEMU. */
async function startLargeServer(path: string, later: Later): Promise<void> {
  const item = (index: number): string =>
    `{"name":"object${index}","meta-type":"object","number":${index},"members":[{"name":"id","type":"str"},{"name":"enabled","type":"bool","default":null}]}`
  const reply = `[${Array.from({ length: items }, (_, index) => item(index)).join(',')}]`
  const schema =
    '[{"name":"query-tpm-models","meta-type":"command","arg-type":"0","ret-type":"0"},{"name":"0","meta-type":"object","members":[]}]'
  const server = await startFakeQmp(path, ({ id, execute }, socket) => {
    const value = execute === 'query-tpm-models' ? reply : execute === 'query-qmp-schema' ? schema : '{}'
    socket.write(`{"return": ${value}, "id": ${id}}\r\n`)
  })
  later(() => server.stop())
}

async function open(later: Later): Promise<Stage> {
  const stage = await openStage(later)
  const { lab, app, bare } = stage
  // The page connects to every `.qmp` that it finds.
  for (const name of ['bare.serial', 'big.qmp']) await startLargeServer(join(lab.sockets, name), later)
  await app.open(lab.address('/machine/big/command/query-tpm-models'), 'section[aria-label="Command"] h1')
  await bare.page.evaluate(openSocket, lab.channel('bare.serial'))
  return stage
}

/** Runs in the page: press a button. */
function press(label: string): void {
  const buttons = [...document.querySelectorAll('button')]
  const button = buttons.find((each) => each.textContent.trim().startsWith(label) && !each.disabled)
  if (button === undefined) throw new Error(`there is no button ${label}`)
  button.click()
}

async function untilValid({ app }: Stage): Promise<void> {
  await app.page.bringToFront()
  await app.page.waitForFunction(() => document.body.textContent.includes('Valid against big.'), {
    polling: 100,
  })
  await app.quiet()
}

async function showReply({ app }: Stage): Promise<void> {
  await app.page.evaluate(press, 'Send')
  await app.page.waitForFunction(
    () => document.querySelectorAll('[aria-label="Results"] [role="treeitem"]').length > 3,
    { polling: 'mutation' },
  )
  await app.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
}

/** Runs in the bare page: ask, and list the first rows. */
async function showBare(): Promise<void> {
  const { bare } = globalThis as unknown as { bare: { call(command: string): Promise<unknown> } }
  const value = (await bare.call('query-tpm-models')) as readonly object[]
  const rows = value
    .slice(0, 40)
    .map((each) => Object.assign(document.createElement('div'), { textContent: JSON.stringify(each) }))
  document.body.replaceChildren(...rows)
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

/** Runs in the page: scroll a list from its begin to its end in 120 frames. */
async function scrollThrough(selector: string): Promise<void> {
  const list = document.querySelector(selector)
  if (list === null) throw new Error(`there is no ${selector}`)
  for (let step = 0; step < 120; step += 1) {
    list.scrollTop += list.scrollHeight / 120
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

/** The benchmark of the large reply. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('large reply', {
    open,
    figures: [
      {
        name: 'reply of 10 MB shown',
        unit: 'times a bare page that parses the same bytes (all threads)',
        goal: '<= 5.5',
        rounds: 3,
        baseline: async ({ bare }) => {
          await bare.quiet()
          return bare.cost(() => bare.page.evaluate(showBare), 'process')
        },
        work: async (given) => {
          await untilValid(given)
          const cost = await given.app.cost(() => showReply(given), 'process')
          await given.app.page.evaluate(press, 'Clear')
          return cost
        },
      },
      {
        name: 'reply of 10 MB scrolled',
        unit: 'times a frame of a bare list of the same rows, 95th percentiles',
        goal: '<= 1.2',
        rounds: 3,
        baseline: async ({ bare }) => {
          await bare.page.evaluate(openList, items)
          await bare.quiet()
          const { frames } = await bare.trace(() => bare.page.evaluate(scrollThrough, '.bare-list'))
          return quantile(frames, 0.95)
        },
        work: async (given) => {
          await untilValid(given)
          await showReply(given)
          await given.app.quiet()
          const { frames } = await given.app.trace(() => given.app.page.evaluate(scrollThrough, tree))
          await given.app.page.evaluate(press, 'Clear')
          return quantile(frames, 0.95)
        },
      },
    ],
  }),
]
