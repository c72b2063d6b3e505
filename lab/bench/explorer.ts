/**
 * The schema explorer in Chromium, on the built page: times of what a person waits for, in milliseconds. And what runs
 * beside the page, in this process: comparing two schemas.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Page } from '@playwright/test'
import { parseJson } from '#base/json/parse.ts'
import { compareSchemas } from '#qapi/compare/compare.ts'
import { layOut } from '#host/layout/layout.ts'
import { neighbourhood } from '#qapi/model/graph.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { buildPage } from '../build.ts'
import { findProgram } from '../packages.ts'
import { root } from '../paths.ts'
import { startTestLab } from '../testing.ts'
import { median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const rounds = 7

/** Measures that are put into the page before its own script runs. */
interface Probe {
  /** When the text of a schema was there. */
  lastByte: number
  /** Milliseconds of every task that held the page for more than 50. */
  long: number[]
}

type ProbeWindow = typeof globalThis & { probe: Probe }

/** Runs in the page, first of all. */
function install(): void {
  const probe: Probe = { lastByte: 0, long: [] }
  ;(globalThis as ProbeWindow).probe = probe
  const plain = window.fetch.bind(window)
  window.fetch = async (...request) => {
    const response = await plain(...request)
    const text = response.text.bind(response)
    response.text = async () => {
      const value = await text()
      if (response.url.includes('/schemas/')) probe.lastByte = performance.now()
      return value
    }
    return response
  }
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) probe.long.push(each.duration)
  }).observe({ type: 'longtask', buffered: true })
}

/** Runs in the page: open a recorded schema; milliseconds from its last byte to its list being laid out. */
async function openSchema(file: string): Promise<number> {
  const shown = new Promise<number>((resolve) => {
    const look = (): void => {
      const rows = document.querySelectorAll('nav[aria-label="Entities"] [role="option"]')
      if (rows.length === 0) {
        requestAnimationFrame(look)
        return
      }
      // Laid out: reading a size waits for it.
      resolve(0 * (rows[0] as HTMLElement).offsetHeight + performance.now())
    }
    look()
  })
  location.hash = `#/recorded/${file}/schema`
  const end = await shown
  return end - (globalThis as ProbeWindow).probe.lastByte
}

/** Runs in the page: milliseconds of each keystroke in the search, until its list is laid out. */
async function typeWords(words: readonly string[]): Promise<number[]> {
  const box = document.querySelector<HTMLInputElement>('input[aria-label="Search the schema"]')
  if (box === null) throw new Error('there is no search box')
  const times: number[] = []
  for (const word of words) {
    for (let length = 1; length <= word.length; length += 1) {
      const start = performance.now()
      box.value = word.slice(0, length)
      box.dispatchEvent(new Event('input', { bubbles: true }))
      // The page is brought up to date in microtasks.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
      times.push(0 * document.body.offsetHeight + performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  box.value = ''
  box.dispatchEvent(new Event('input', { bubbles: true }))
  return times
}

/** Runs in the page: milliseconds from an address to the page of its entity being laid out. */
async function openEntities(names: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const name of names) {
    const start = performance.now()
    location.hash = location.hash.replace(/\/schema.*$/, `/schema/${name}`)
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve))
      if (document.querySelector('section[aria-label="Entity"] h1')?.textContent === name) break
    }
    times.push(0 * document.body.offsetHeight + performance.now() - start)
  }
  return times
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

const words = ['blockdev-add', 'node-name', 'migration', 'qcow2', 'the image', 'BLOCK_JOB', 'bdadd', 'luks']
const entities = ['blockdev-add', 'query-block', 'migrate', 'BLOCK_JOB_COMPLETED', 'netdev_add', 'device_add']

async function inPage(page: Page, url: string): Promise<Readonly<Record<string, Figure>>> {
  const lists: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    // Another document each time: nothing is there from the last round.
    await page.goto('about:blank')
    await page.goto(url)
    await page.getByRole('heading', { name: 'Connect to a machine' }).waitFor()
    lists.push(await page.evaluate(openSchema, 'qemu-11.1-x86_64'))
  }
  await page.goto('about:blank')
  await page.goto(`${url}#/recorded/qemu-7.2-x86_64/schema`)
  const start = performance.now()
  await page.getByText('types have their real name').waitFor()
  const readMs = performance.now() - start
  const held = await page.evaluate(() => Math.max(0, ...(globalThis as ProbeWindow).probe.long))
  const keys: number[] = []
  const pages: number[] = []
  for (let round = 0; round < 3; round += 1) {
    keys.push(...(await page.evaluate(typeWords, words)))
    pages.push(...(await page.evaluate(openEntities, entities)))
  }
  return {
    'schema list on screen': {
      value: median(lists),
      unit: 'ms from the last byte of an 11.1 reply',
      goal: '<= 60',
    },
    'keystroke in search': { value: quantile(keys, 0.95), unit: 'ms, 95th percentile', goal: '<= 8' },
    'entity page': { value: median(pages), unit: 'ms from the address to its layout', goal: '<= 30' },
    'manual read': { value: readMs, unit: 'ms from the page to its names', goal: '<= 1500' },
    'manual read, page held': { value: held, unit: 'ms, the longest task', goal: '<= 50' },
  }
}

function recorded(version: string): Schema {
  const text = readFileSync(join(root, 'public', 'schemas', `qemu-${version}-x86_64.json`), 'utf8')
  const json = parseJson(text)
  const schema = json.ok ? buildSchema(json.value) : undefined
  if (schema?.ok !== true) throw new Error(`the recorded schema of ${version} cannot be read`)
  return schema.value
}

/** The benchmarks of the explorer. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'explorer, page',
    run: async () => {
      const built = await buildPage()
      if (!built.ok) throw new Error(built.error)
      const lab = await startTestLab()
      const browser = await chromium.launch({
        executablePath: findProgram('chromium') ?? 'chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
      })
      try {
        const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
        // The loader of this file marks functions by a helper that the page does not have.
        await page.addInitScript('globalThis.__name = (named) => named')
        await page.addInitScript(install)
        return await inPage(page, lab.url)
      } finally {
        await browser.close()
        await lab.stop()
      }
    },
  },
  {
    name: 'explorer, comparing',
    run: () => {
      const [before, after] = [recorded('5.2'), recorded('11.1')]
      const times = Array.from({ length: rounds }, () => {
        const start = performance.now()
        compareSchemas(before, after)
        return performance.now() - start
      })
      return Promise.resolve({
        'comparing 5.2 with 11.1': { value: median(times), unit: 'ms', goal: '<= 100' },
      })
    },
  },
  {
    name: 'explorer, graph',
    run: () => {
      const options = { depth: 99, direction: 'out', unfolded: new Set<string>(), limit: 400 } as const
      const { cards, edges } = neighbourhood(recorded('11.1'), 'blockdev-add', options)
      // The sizes that the view gives its cards, nearly: what takes time is how many there are.
      const graph = {
        cards: cards.map((each) => ({ id: each.name, width: 280, height: 28 + each.rows.length * 17 })),
        edges,
      }
      const times = Array.from({ length: rounds }, () => {
        const start = performance.now()
        const done = layOut(graph)
        if (!done.ok) throw new Error(done.error)
        return performance.now() - start
      })
      return Promise.resolve({
        'graph of blockdev-add laid out': {
          value: median(times),
          unit: `ms, ${cards.length} cards`,
          goal: '<= 500',
        },
      })
    },
  },
]
