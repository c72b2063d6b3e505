/**
 * The command view in Chromium on the built page, with a real QEMU: what a person waits for at a form, at a keystroke,
 * at a list of completions. And in this process what runs on each keystroke: completion and validation.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { completionsAt } from '#qapi/draft/complete.ts'
import { buildSchema, commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { validate } from '#qapi/check/validate.ts'
import { buildPage } from '../build.ts'
import { findProgram } from '../packages.ts'
import { root } from '../paths.ts'
import { killStartedIn, startQemu, startTestLab } from '../testing.ts'
import type { TestLab } from '../testing.ts'
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
  const until = async (isThere: () => boolean): Promise<void> => {
    for (const begin = performance.now(); ;) {
      await new Promise((resolve) => setTimeout(resolve))
      if (isThere()) return
      if (performance.now() - begin > 10_000) throw new Error(`not in 10 s: ${isThere.toString()}`)
    }
  }
  location.hash = location.hash.replace(/\/command.*$/, '/command/query-status')
  await until(
    () => document.querySelector('section[aria-label="Command"] h1')?.textContent === 'query-status',
  )
  const start = performance.now()
  location.hash = location.hash.replace(/\/command.*$/, address)
  await until(() => document.querySelector('[id$="-field-file.file.filename"]') !== null)
  return 0 * document.body.offsetHeight + performance.now() - start
}

/**
 * Runs in the page, once: notes of each key how long it took from before its event until all that follows from it (what
 * listens, the form, checks, what will be sent) was done and laid out.
 */
function noteKeys(): void {
  const times: number[] = []
  Object.assign(globalThis, { keyTimes: times })
  let start = 0
  const begin = (): void => {
    start = performance.now()
  }
  const end = async (): Promise<void> => {
    // The page and the editor are brought up to date in microtasks.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    times.push(0 * document.body.offsetHeight + performance.now() - start)
  }
  addEventListener('beforeinput', begin, { capture: true })
  addEventListener('input', () => void end())
}

/** Milliseconds of each key of a text typed into what has the focus. */
async function typeText(page: Page, text: string): Promise<readonly number[]> {
  await page.evaluate('keyTimes.length = 0')
  for (const key of text) {
    await page.keyboard.press(key === '\b' ? 'Backspace' : key)
    // A person's keys are not in one frame.
    await page.waitForTimeout(20)
  }
  return page.evaluate('[...keyTimes]')
}

/** Milliseconds from a key to the list of completions in the editor. */
async function completeAfter(page: Page, key: string): Promise<number> {
  // A list that the last text had, or will have in a moment, is closed.
  await page.waitForTimeout(200)
  await page.keyboard.press('Escape')
  await page.evaluate(() => {
    const root = document.querySelector('.editor')?.shadowRoot
    if (root === undefined || root === null) throw new Error('there is no editor')
    const shown = new Promise<number>((resolve, reject) => {
      let start = Number.NaN
      document.addEventListener('keydown', (event) => (start = event.timeStamp), {
        capture: true,
        once: true,
      })
      const observer = new MutationObserver(() => {
        if (Number.isNaN(start) || root.querySelector('.cm-tooltip-autocomplete li') === null) return
        observer.disconnect()
        resolve(performance.now() - start)
      })
      observer.observe(root, { childList: true, subtree: true })
      setTimeout(() => reject(new Error('no completion came')), 5000)
    })
    Object.assign(globalThis, { completionShown: () => shown })
  })
  await page.keyboard.press(key)
  const time: number = await page.evaluate('completionShown()')
  await page.keyboard.press('Escape')
  return time
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

async function inPage(page: Page, lab: TestLab): Promise<Readonly<Record<string, Figure>>> {
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.goto(lab.address('/machine/vm/command/query-status'))
  await page.getByText('Valid against vm.').waitFor()
  await page.waitForTimeout(1500)
  const address = `/command/blockdev-add?args=${encodeURIComponent(printJson(disk))}`
  const forms: number[] = []
  for (let round = 0; round < rounds; round += 1) forms.push(await page.evaluate(openForm, address))
  await page.evaluate(noteKeys)
  const keys: Record<string, number[]> = {}
  const note = async (kind: string, text: string): Promise<void> => {
    const times = await typeText(page, text)
    keys[kind] = [...(keys[kind] ?? []), ...times]
  }
  const typing = async (): Promise<void> => {
    const field = (id: string) => page.locator(`[id$="-field-${id}"]`)
    await field('file.file.filename').fill('')
    await note('a text', '/var/lib/images/another.qcow2')
    await field('cache-size').fill('')
    await note('a size', '12X\b\b\b0x400000\b\b\b\b\b\b\b\b4194304')
    // Emptied, it would choose nothing; what is typed over the choice is a search, and given up in the end.
    await field('file.file.driver').click()
    await page.keyboard.press('Control+A')
    await note('a search in a list', 'snapshot-access\b\b\b\b\b\b\b\b\b\b\b\b\b\b')
    await page.keyboard.press('Escape')
  }
  await typing()
  await page.getByRole('button', { name: 'Form and JSON' }).click()
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await editor.waitFor()
  await typing()
  await editor.click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('ArrowRight')
  await note('the JSON', '"read-only": false, "discard": "unmap", "unknown": [1, 2], "detect-zeroes": "x')
  await note('the JSON', '\b'.repeat(60))

  const completed: number[] = []
  const live: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await editor.fill('{"driver": "qcow2", }')
    await page.keyboard.press('ArrowLeft')
    completed.push(await completeAfter(page, '"'), await completeAfter(page, 'd'))
    await editor.fill('{"driver": "qcow2", "file": {"driver": }}')
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowLeft')
    completed.push(await completeAfter(page, '"'), await completeAfter(page, 'q'))
    await editor.fill('{"driver": "qcow2", "file": }')
    await page.keyboard.press('ArrowLeft')
    // The machine is asked: an answer is taken for the present state for two seconds.
    await page.waitForTimeout(2100)
    live.push(await completeAfter(page, '"'))
  }

  const keyFigures = Object.entries(keys).map(([kind, times]): [string, Figure] => [
    `keystroke in ${kind}`,
    { value: quantile(times, 0.95), unit: 'ms, 95th percentile, with validation and layout', goal: '<= 16' },
  ])
  return {
    'form of blockdev-add': {
      value: median(forms),
      unit: 'ms from the address to its layout, a qcow2 over a throttle group over a file',
      goal: '<= 50',
    },
    ...Object.fromEntries(keyFigures),
    'completion in the editor': {
      value: median(completed),
      unit: 'ms from the key to the list in the page',
      goal: '<= 30',
    },
    'completion with values of the machine': {
      value: median(live),
      unit: 'ms from the key to the list in the page, the machine being asked',
      goal: '<= 30',
    },
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
      await startQemu(lab.sockets, 'vm', { args: ['-blockdev', 'null-co,node-name=node0'] })
      const browser = await chromium.launch({
        executablePath: findProgram('chromium') ?? 'chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
      })
      try {
        return await inPage(await browser.newPage({ viewport: { width: 1280, height: 720 } }), lab)
      } finally {
        await browser.close()
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
