/**
 * The schema explorer in Chromium, on the built page: the main thread's CPU time for what a person waits for, against a
 * bare page that does the same work.
 */
import { benchmark } from './measure.ts'
import type { Benchmark } from './measure.ts'
import { drawSchema, openSearch, readManual } from './parts/bare.ts'
import { openStage } from './parts/browser.ts'
import type { Stage, Tab } from './parts/browser.ts'
import { copyShown, drawCopies } from './parts/copies.ts'

const rows = 'nav[aria-label="Entities"] [role="option"]'
const searchBox = 'input[aria-label="Search the schema"]'
const newSchema = 'qemu-11.1-x86_64'
/** The version whose manual is installed. */
const oldSchema = 'qemu-7.2-x86_64'
const words = ['blockdev-add', 'node-name', 'qcow2', 'the image', 'bdadd']
const entities = ['blockdev-add', 'query-block', 'migrate', 'BLOCK_JOB_COMPLETED', 'netdev_add', 'device_add']

/** Open the explorer in a new document, its code loaded, and leave it again. */
async function leaveExplorer({ lab, app }: Stage): Promise<void> {
  await app.open(`${lab.url}#/recorded/${oldSchema}/schema`, rows)
  await app.page.evaluate(() => (location.hash = '#/'))
  await app.page.waitForSelector(rows, { hidden: true })
  await app.quiet()
}

/** Runs in the page: show the list of a schema, and wait until it is painted. */
async function showList(hash: string, selector: string): Promise<void> {
  location.hash = hash
  while (document.querySelector(selector) === null) await new Promise((resolve) => setTimeout(resolve))
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

/** Type all words, each in an empty box; what a key costs. */
async function costOfSearch(tab: Tab): Promise<number> {
  await tab.quiet()
  const cost = await tab.cost(async () => {
    for (const word of words) {
      await tab.type(word)
      await tab.selectAll()
    }
  })
  await tab.type('\b')
  return cost / words.join('').length
}

async function openSchemaPage({ lab, app }: Stage): Promise<void> {
  await app.open(`${lab.url}#/recorded/${oldSchema}/schema`, rows)
  await app.page.waitForFunction(() => /types\s+have their real name/.test(document.body.textContent), {
    polling: 100,
  })
}

/** Runs in the page: show one entity after the other, each until it is laid out. */
async function showEntities(names: readonly string[]): Promise<void> {
  for (const name of names) {
    location.hash = location.hash.replace(/\/schema.*$/, `/schema/${name}`)
    const isShown = (): boolean =>
      document.querySelector('section[aria-label="Entity"] h1')?.textContent === name
    while (!isShown()) await new Promise((resolve) => setTimeout(resolve))
    document.body.getBoundingClientRect()
  }
}

/** What it takes a new page to read the manual: CPU time of all its threads, or of the longest task of its main thread. */
async function readingManual(
  { newTab }: Stage,
  doIt: (tab: Tab) => Promise<unknown>,
  of: 'all' | 'longest task',
): Promise<number> {
  const tab = await newTab()
  try {
    if (of === 'all') return await tab.cost(() => doIt(tab), 'process')
    return Math.max(...(await tab.trace(() => doIt(tab))).tasks)
  } finally {
    await tab.page.close()
  }
}

async function readByApp({ lab }: Stage, tab: Tab): Promise<void> {
  await tab.page.goto(`${lab.url}#/recorded/${oldSchema}/schema`)
  await tab.page.waitForFunction(() => /types\s+have their real name/.test(document.body.textContent), {
    polling: 100,
  })
}

async function readBare({ lab }: Stage, tab: Tab): Promise<void> {
  await tab.page.goto(`${lab.url}bare.html`)
  await tab.page.evaluate(drawSchema, oldSchema)
  await tab.page.evaluate(readManual)
}

/** The benchmarks of the explorer. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('explorer, page', {
    open: openStage,
    figures: [
      {
        name: 'schema list on screen',
        unit: 'times a bare page that fetches, parses and lists the same schema (11.1)',
        goal: '<= 4.8',
        rounds: 5,
        baseline: async ({ lab, bare }) => {
          await bare.open(`${lab.url}bare.html`, 'body')
          await bare.quiet()
          return bare.cost(() => bare.page.evaluate(drawSchema, newSchema))
        },
        work: async (given) => {
          await leaveExplorer(given)
          const hash = `#/recorded/${newSchema}/schema`
          return given.app.cost(() => given.app.page.evaluate(showList, hash, rows))
        },
      },
      {
        name: 'keystroke in search',
        unit: 'times a bare page that filters the same names',
        goal: '<= 4.7',
        rounds: 3,
        baseline: async ({ bare }) => {
          await bare.page.evaluate(openSearch, oldSchema)
          return costOfSearch(bare)
        },
        work: async (given) => {
          await openSchemaPage(given)
          await given.app.page.focus(searchBox)
          return costOfSearch(given.app)
        },
      },
      {
        name: 'entity page',
        unit: 'times drawing copies of the same elements',
        goal: '<= 3',
        rounds: 3,
        baseline: async (given) => {
          await openSchemaPage(given)
          for (const name of entities) {
            await given.app.page.evaluate(showEntities, [name])
            await given.app.page.evaluate(copyShown, 'section[aria-label="Entity"]')
          }
          await given.app.quiet()
          return given.app.cost(() => given.app.page.evaluate(drawCopies))
        },
        work: async (given) => {
          await openSchemaPage(given)
          await given.app.page.evaluate(showEntities, entities)
          await given.app.quiet()
          return given.app.cost(() => given.app.page.evaluate(showEntities, entities))
        },
      },
      {
        name: 'manual read',
        unit: 'times a bare page that lists the same schema and cuts the same manual into lines',
        goal: '<= 15.4',
        rounds: 3,
        baseline: (given) => readingManual(given, (tab) => readBare(given, tab), 'all'),
        work: (given) => readingManual(given, (tab) => readByApp(given, tab), 'all'),
      },
      {
        name: 'manual read, page held',
        unit: 'times the longest task of that bare page',
        goal: '<= 10.6',
        rounds: 3,
        baseline: (given) => readingManual(given, (tab) => readBare(given, tab), 'longest task'),
        work: (given) => readingManual(given, (tab) => readByApp(given, tab), 'longest task'),
      },
    ],
  }),
]
