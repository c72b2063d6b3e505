/**
 * The command view in Chromium on the built page, with a real QEMU: what a person waits for at a form, at a keystroke, at
 * a list of completions, against a bare page. Keys and forms are CPU time of the main thread. Completions are waited for,
 * so theirs is the time from the key to the frame that shows the list.
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { printJson } from '#base/json/print.ts'
import { startQemu } from '../testing.ts'
import { benchmark } from './measure.ts'
import type { Benchmark, Later, Ratio } from './measure.ts'
import { disk } from './models.ts'
import { openCompletion, openField } from './parts/bare.ts'
import { openStage, pause } from './parts/browser.ts'
import type { Stage, Tab } from './parts/browser.ts'
import { copyShown, drawCopies } from './parts/copies.ts'

const form = `/command/blockdev-add?args=${encodeURIComponent(printJson(disk))}`
const field = (id: string): string => `[id$="-field-${id}"]`
const lastField = field('file.file.filename')
/** The editor is in a shadow root. */
const editor = '.editor >>> [role="textbox"]'

async function open(later: Later): Promise<Stage> {
  const stage = await openStage(later)
  for (const name of ['vm', 'bare']) {
    await startQemu(stage.lab.sockets, name, { args: ['-blockdev', 'null-co,node-name=node0'] })
  }
  const { lab, app } = stage
  // The page connects to every `.qmp` that it finds.
  renameSync(join(lab.sockets, 'bare.qmp'), join(lab.sockets, 'bare.serial'))
  await app.open(lab.address('/machine/vm/command/query-status'), 'section[aria-label="Command"] h1')
  await app.page.waitForFunction(() => document.body.textContent.includes('Valid against vm.'), {
    polling: 100,
  })
  return stage
}

/** Runs in the page: leave the form. */
async function leaveForm(): Promise<void> {
  location.hash = location.hash.replace(/\/command.*$/, '/command/query-status')
  const isShown = (): boolean =>
    document.querySelector('section[aria-label="Command"] h1')?.textContent === 'query-status'
  while (!isShown()) await new Promise((resolve) => setTimeout(resolve))
}

/** Runs in the page: show the form, and lay it out. */
async function showForm(address: string, selector: string): Promise<void> {
  location.hash = location.hash.replace(/\/command.*$/, address)
  while (document.querySelector(selector) === null) await new Promise((resolve) => setTimeout(resolve))
  document.body.getBoundingClientRect()
}

async function freshForm({ app }: Stage): Promise<void> {
  await app.page.bringToFront()
  await app.page.evaluate(leaveForm)
  await app.page.evaluate(showForm, form, lastField)
  await app.quiet()
}

/** What a key of a text costs in the element that has the focus. */
async function costOfKeys(tab: Tab, text: string): Promise<number> {
  await tab.quiet()
  return (await tab.cost(() => tab.type(text))) / text.length
}

/** Keys typed over what is in a field of the form. */
function keystroke(kind: string, goal: string, id: string, text: string): Ratio<Stage> {
  return {
    name: `keystroke in ${kind}`,
    unit: 'times a text field of a bare page',
    goal,
    rounds: 3,
    baseline: async ({ bare }) => {
      await bare.page.evaluate(openField, '')
      return costOfKeys(bare, text)
    },
    work: async (given) => {
      await freshForm(given)
      await given.app.page.click(field(id))
      await given.app.selectAll()
      const cost = await costOfKeys(given.app, text)
      await given.app.page.keyboard.press('Escape')
      return cost
    },
  }
}

const jsonKeys = '"read-only": false, "discard": "unmap", "unknown": [1, 2], "detect-zeroes": "x'

async function openEditor(given: Stage): Promise<void> {
  await freshForm(given)
  const { page } = given.app
  if ((await page.$(editor)) === null) {
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')]
      buttons.find((each) => each.textContent.trim() === 'Form and JSON')?.click()
    })
  }
  await page.waitForSelector(editor)
  await page.click(editor)
}

/** With other arguments in it, the next link to the form would not be followed at once. */
const putBack = (given: Stage): Promise<void> => putIntoEditor(given, printJson(disk), 0)

async function putIntoEditor(given: Stage, text: string, stepsBack: number): Promise<void> {
  const { page } = given.app
  await given.app.selectAll()
  await page.keyboard.sendCharacter(text)
  for (let step = 0; step < stepsBack; step += 1) await page.keyboard.press('ArrowLeft')
  // A list that the last text had, or will have in a moment, is closed.
  await pause(200)
  await page.keyboard.press('Escape')
}

/** Runs in the page, before the key: `shown()` is the time from the key to the frame that shows the list. */
function watchList(host: string, item: string): void {
  const root = document.querySelector(host)?.shadowRoot ?? document
  const shown = new Promise<number>((resolve, reject) => {
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        const look = (): void => {
          if (root.querySelector(item) === null) requestAnimationFrame(look)
          else setTimeout(() => resolve(performance.now() - timeStamp))
        }
        requestAnimationFrame(look)
      },
      { capture: true, once: true },
    )
    setTimeout(() => reject(new Error('no list came')), 5000)
  })
  Object.assign(globalThis, { shown: () => shown })
}

async function listAfter(tab: Tab, key: '"' | 'd' | 'q', host: string, item: string): Promise<number> {
  await tab.page.evaluate(watchList, host, item)
  await tab.page.keyboard.press(key)
  return (await tab.page.evaluate('shown()')) as number
}

async function bareList(
  { lab, bare }: Stage,
  file: string,
  keys: readonly ('"' | 'd' | 'q')[],
): Promise<number> {
  await bare.open(`${lab.url}bare.html`, 'body')
  await bare.page.evaluate(openCompletion, file === '' ? '' : lab.channel(file))
  await bare.quiet()
  let sum = 0
  for (const key of keys) {
    await bare.page.evaluate(() => document.querySelector('ul')?.replaceChildren())
    sum += await listAfter(bare, key, 'body', 'li')
  }
  return sum
}

const listOfEditor = ({ app }: Stage, key: '"' | 'd' | 'q'): Promise<number> =>
  listAfter(app, key, '.editor', '.cm-tooltip-autocomplete li')

/** The benchmarks of the command view. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('commands, page', {
    open,
    figures: [
      {
        name: 'form of blockdev-add',
        unit: 'times drawing a copy of the same elements',
        goal: '<= 1.95',
        rounds: 3,
        baseline: async (given) => {
          await freshForm(given)
          await given.app.page.evaluate(() => Object.assign(globalThis, { copies: [] }))
          await given.app.page.evaluate(copyShown, 'section[aria-label="Command"]')
          return given.app.cost(() => given.app.page.evaluate(drawCopies))
        },
        work: async ({ app }) => {
          await app.page.evaluate(leaveForm)
          await app.quiet()
          return app.cost(() => app.page.evaluate(showForm, form, lastField))
        },
      },
      keystroke('a text', '<= 2.9', 'file.file.filename', '/var/lib/images/another.qcow2'),
      keystroke('a size', '<= 4.2', 'cache-size', '12X\b\b\b0x400000\b\b\b\b\b\b\b\b4194304'),
      keystroke(
        'a search in a list',
        '<= 2.7',
        'file.file.driver',
        'snapshot-access\b\b\b\b\b\b\b\b\b\b\b\b\b\b',
      ),
      {
        name: 'keystroke in the JSON',
        unit: 'times a text field of a bare page that parses its text',
        goal: '<= 5.6',
        rounds: 3,
        baseline: async ({ bare }) => {
          await bare.page.evaluate(openField, `{${printJson(disk, { indent: 2 }).slice(1)}`)
          return costOfKeys(bare, jsonKeys)
        },
        work: async (given) => {
          await openEditor(given)
          await given.app.page.keyboard.down('Control')
          await given.app.page.keyboard.press('Home')
          await given.app.page.keyboard.up('Control')
          await given.app.page.keyboard.press('ArrowRight')
          return costOfKeys(given.app, jsonKeys)
        },
      },
      {
        name: 'completion in the editor',
        unit: 'times from a key to a list of a bare page',
        goal: '<= 3.1',
        rounds: 5,
        baseline: (given) => bareList(given, '', ['"', 'd', '"', 'q']),
        work: async (given) => {
          await openEditor(given)
          await putIntoEditor(given, '{"driver": "qcow2", }', 1)
          let sum = (await listOfEditor(given, '"')) + (await listOfEditor(given, 'd'))
          await putIntoEditor(given, '{"driver": "qcow2", "file": {"driver": }}', 2)
          sum += (await listOfEditor(given, '"')) + (await listOfEditor(given, 'q'))
          await putBack(given)
          return sum
        },
      },
      {
        name: 'completion with values of the machine',
        unit: 'times a bare page that asks the same machine',
        goal: '<= 2.5',
        rounds: 5,
        baseline: (given) => bareList(given, 'bare.serial', ['"']),
        work: async (given) => {
          await openEditor(given)
          await putIntoEditor(given, '{"driver": "qcow2", "file": }', 1)
          // An answer is taken for the present state for two seconds.
          await pause(2100)
          const shown = await listOfEditor(given, '"')
          await putBack(given)
          return shown
        },
      },
    ],
  }),
]
