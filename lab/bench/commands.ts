/**
 * The command view in Chromium on the built page, with a real QEMU: what a person waits for at a form, at a keystroke,
 * at a large reply. And in this process what runs on each keystroke: completion and validation.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { isJsonObject, parseJson, printJson } from '../../workers/base/json.ts'
import type { Json } from '../../workers/base/json.ts'
import { completionsAt } from '../../workers/qapi/complete.ts'
import { buildSchema, commandOf } from '../../workers/qapi/schema.ts'
import type { Schema } from '../../workers/qapi/schema.ts'
import { validate } from '../../workers/qapi/validate.ts'
import { buildPage } from '../build.ts'
import { findProgram } from '../packages.ts'
import { root } from '../paths.ts'
import { killStartedIn, startFakeServer, startQemu, startTestLab } from '../testing.ts'
import { median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const rounds = 9

const disk = {
  driver: 'qcow2',
  'node-name': 'disk1',
  'cache-size': 4_194_304,
  file: {
    driver: 'throttle',
    'throttle-group': 'tg0',
    file: { driver: 'file', filename: '/tmp/a.qcow2', discard: 'unmap', cache: { direct: true } },
  },
}

/** Runs in the page: milliseconds from an address to the form being laid out. */
async function openForm(address: string): Promise<number> {
  location.hash = location.hash.replace(/\/command.*$/, '/command/query-status')
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve))
    if (document.querySelector('section[aria-label="Command"] h1')?.textContent === 'query-status') break
  }
  const start = performance.now()
  location.hash = location.hash.replace(/\/command.*$/, address)
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve))
    if (document.getElementById('field-file.file.filename') !== null) break
  }
  return 0 * document.body.offsetHeight + performance.now() - start
}

/** Runs in the page: milliseconds of each keystroke in a field, until form, checks and what will be sent are laid out. */
async function typeInto(id: string): Promise<number[]> {
  const times: number[] = []
  const word = '/var/lib/images/another.qcow2'
  for (let round = 0; round < 3; round += 1) {
    for (let length = 1; length <= word.length; length += 1) {
      const field = document.getElementById(id)
      if (!(field instanceof HTMLInputElement)) throw new Error(`there is no field ${id}`)
      const start = performance.now()
      field.value = word.slice(0, length)
      field.dispatchEvent(new Event('input', { bubbles: true }))
      // The page is brought up to date in microtasks.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
      times.push(0 * document.body.offsetHeight + performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  return times
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

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** A server whose `query-it` returns ten million bytes, like the schema of a very large QEMU. */
function startLargeServer(path: string): Promise<{ stop(): Promise<void> }> {
  const item = (index: number): string =>
    `{"name":"object${index}","meta-type":"object","number":${index},"members":[{"name":"id","type":"str"},{"name":"enabled","type":"bool","default":null}]}`
  const reply = `[${Array.from({ length: 75_000 }, (_, index) => item(index)).join(',')}]`
  const schema =
    '[{"name":"query-it","meta-type":"command","arg-type":"0","ret-type":"0"},{"name":"0","meta-type":"object","members":[]}]'
  return startFakeServer(path, (socket: Socket) => {
    socket.write(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n',
    )
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { id, execute } = JSON.parse(line) as { id: number; execute: string }
        const value = execute === 'query-it' ? reply : execute === 'query-qmp-schema' ? schema : '{}'
        socket.write(`{"return": ${value}, "id": ${id}}\r\n`)
      }
    })
  })
}

async function inPage(page: Page, url: string): Promise<Readonly<Record<string, Figure>>> {
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.goto(`${url}#/machine/vm/command/query-status`)
  await page.getByText('Valid against vm.').waitFor()
  await page.waitForTimeout(1500)
  const address = `/command/blockdev-add?args=${encodeURIComponent(printJson(disk))}`
  const forms: number[] = []
  for (let round = 0; round < rounds; round += 1) forms.push(await page.evaluate(openForm, address))
  const keys = await page.evaluate(typeInto, 'field-file.file.filename')
  await page.getByRole('button', { name: 'Form and JSON' }).click()
  await page.getByRole('textbox', { name: 'Arguments as JSON' }).waitFor()
  keys.push(...(await page.evaluate(typeInto, 'field-file.file.filename')))

  await page.goto(`${url}#/machine/big/command/query-it`)
  const shown: number[] = []
  const scrolled: number[] = []
  for (let round = 0; round < 3; round += 1) {
    await page.getByText('Valid against big.').waitFor()
    const busy = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0
          const observer = new PerformanceObserver((list) => {
            for (const each of list.getEntries()) sum += each.duration
          })
          observer.observe({ type: 'longtask' })
          const look = (): void => {
            const rows = document.querySelectorAll('[aria-label="Results"] [role="treeitem"]')
            // What was busy is told after the task has ended.
            if (rows.length > 3) setTimeout(() => resolve(sum), 300)
            else requestAnimationFrame(look)
          }
          look()
        }),
    )
    await page.getByRole('button', { name: /^Send/ }).click()
    shown.push(await busy)
    scrolled.push(await page.evaluate(scrollThrough, '[aria-label="Results"] [role="tree"]'))
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
  }
  return {
    'form of blockdev-add': {
      value: median(forms),
      unit: 'ms from the address to its layout, a qcow2 over a throttle group over a file',
      goal: '<= 50',
    },
    'keystroke in a form': {
      value: quantile(keys, 0.95),
      unit: 'ms, 95th percentile, with validation, half of them with the JSON beside',
      goal: '<= 16',
    },
    'reply of 10 MB shown': {
      value: median(shown),
      unit: 'ms that the page is busy until it is shown',
      goal: '<= 300',
    },
    'reply of 10 MB scrolled': { value: median(scrolled), unit: 'ms, the longest frame', goal: '<= 50' },
  }
}

function recorded(version: string): Schema {
  const text = readFileSync(join(root, 'public', 'schemas', `qemu-${version}-x86_64.json`), 'utf8')
  const json = parseJson(text)
  const value =
    json.ok && isJsonObject(json.value) ? (json.value.return ?? null) : json.ok ? json.value : null
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

/** The benchmarks of the command view. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'commands, page',
    run: async () => {
      const built = await buildPage()
      if (!built.ok) throw new Error(built.error)
      const lab = await startTestLab()
      await startQemu(lab.sockets, 'vm')
      const large = await startLargeServer(join(lab.sockets, 'big.qmp'))
      const browser = await chromium.launch({
        executablePath: findProgram('chromium') ?? 'chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
      })
      try {
        return await inPage(await browser.newPage({ viewport: { width: 1280, height: 720 } }), lab.url)
      } finally {
        await browser.close()
        await large.stop()
        await killStartedIn(lab.sockets)
        await lab.stop()
      }
    },
  },
  {
    name: 'commands, completion and validation',
    run: () => {
      const schema = recorded('11.1')
      const typeOf = (name: string): string => commandOf(schema, name)?.argType ?? ''
      const text = printJson(disk, { indent: 2 })
      const at = text.indexOf('"discard"')
      const completions: number[] = []
      const validations: number[] = []
      const action = (index: number): Json => ({
        type: 'blockdev-snapshot-sync',
        data: {
          'node-name': `node${index}`,
          'snapshot-file': `/tmp/${index}.qcow2`,
          'snapshot-node-name': `o${index}`,
        },
      })
      const actions = Array.from({ length: 8000 }, (_, index) => action(index))
      const value: Json = { actions }
      const size = printJson(value).length
      if (size < 1_000_000) throw new Error(`only ${size} bytes`)
      for (let round = 0; round < rounds + 3; round += 1) {
        let start = performance.now()
        const found = completionsAt(schema, typeOf('blockdev-add'), text, at + 1)
        completions.push(performance.now() - start)
        if (found === undefined || found.options.length === 0) throw new Error('nothing to complete')
        start = performance.now()
        const issues = validate(schema, typeOf('transaction'), value)
        validations.push(performance.now() - start)
        if (issues.length > 0) throw new Error(issues[0]?.message)
      }
      return Promise.resolve({
        completion: { value: median(completions), unit: 'ms', goal: '<= 30' },
        'validating 1 MB of arguments': { value: median(validations), unit: 'ms', goal: '<= 50' },
      })
    },
  },
]
