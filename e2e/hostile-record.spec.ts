/**
 * Hostile texts in what is recorded and kept: recordings, the lanes of the timeline, collections. They are shown as texts,
 * whatever they are called or how long they are, nothing leaves its box, and the page answers afterwards.
 */
import type { Locator, Page } from '@playwright/test'
import {
  builtIn,
  evil,
  expectAlive,
  expectHarmless,
  expectInside,
  hostileCollection,
  hostileLog,
  oddCollection,
  oddTranscript,
  startHostile,
} from './hostile.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { lanesOf, panel, row, rowsOf, toLane } from './timeline-lab.ts'

/** Open a text as a recording. */
async function openText(page: Page, name: string, text: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

/** Choose a row of the list by its words, from its top. */
async function chooseRow(page: Page, words: RegExp): Promise<void> {
  await rowsOf(page).press('Home')
  await row(page, words).first().click()
  await expect(panel(page, 'row')).toBeVisible()
}

/** Point at many places of the lanes: each thing under the pointer says its tip. */
async function pointAround(page: Page): Promise<void> {
  const box = await lanesOf(page).boundingBox()
  if (box === null) throw new Error('there are no lanes')
  for (let at = 0; at < 40; at += 1)
    await page.mouse.move(box.x + box.width * (0.5 + at / 80), box.y + box.height * ((at % 10) / 10))
}

test('a recording that holds hostile texts: its file, its rows, what is chosen of them', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url)
  await openText(page, `${evil('file-').replace(/[/\0]/g, '')}.log`, hostileLog())
  await expect(row(page, /BLOCK_IO_ERROR/)).toBeVisible()
  await expectHarmless(page, 'file-', 'logged-')
  await expectSeen(rowsOf(page))
  for (const [name, place] of [
    [/logged-/, 'given-'],
    [/event BLOCK_IO_ERROR/, 'why-'],
    [/GUEST_PANICKED/, 'info-'],
    [/reply query-name/, 'name-'],
  ] as const) {
    await chooseRow(page, name)
    await expect(panel(page, 'row')).toContainText(place)
    await expectHarmless(page, place)
  }
  await expectAlive(page)
})

test('a recording of names that objects have, or of 100,000 characters: lists, lanes, range, filter', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url)
  await openText(page, 'constructor', oddTranscript())
  await expect(row(page, /event/).first()).toBeVisible()
  await expectInside(page)
  await expectSeen(rowsOf(page))
  // Only rows in sight are drawn: the events of their own names fit.
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('-type:JOB_STATUS_CHANGE -type:DEVICE_DELETED')
  await rowsOf(page).press('Home')
  for (const name of builtIn) await expect(row(page, new RegExp(`event ${name}`)).first()).toBeVisible()
  await expectInside(page)
  await expectSeen(rowsOf(page))
  for (const name of [...builtIn, 'longest-']) {
    await chooseRow(page, new RegExp(`event ${name}`))
    await expect(panel(page, 'row')).toContainText(name)
    await expectInside(page)
  }
  await expectAccessible(page)
  for (const name of builtIn) {
    await filter.fill(`type:${name}`)
    await expect(row(page, /event/)).toHaveCount(1)
    await filter.fill(`data.${name}=${name}`)
    await expect(row(page, /event/)).toHaveCount(1)
  }
  await filter.fill('')
  await page.getByTitle('Everything that is recorded').click()
  await toLane(page, 'Jobs')
  await page.keyboard.press('.')
  await expect(panel(page, 'job')).toContainText('__proto__')
  await pointAround(page)
  await expectInside(page)
  await expectSeen(page.getByRole('list', { name: 'Lanes' }))
  await expectAlive(page)
})

test('lanes and tracks of hostile names: walked, pointed at, chosen', async ({ page, lab }) => {
  await startHostile(lab)
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:event')
  await expect(row(page, /BLOCK_IO_ERROR/)).toBeVisible()
  await toLane(page, 'Jobs')
  await page.keyboard.press('.')
  await expect(panel(page, 'job')).toContainText('job-<img')
  await expectHarmless(page, 'job-')
  await pointAround(page)
  await expectHarmless(page, 'job-')
  await expectSeen(page.getByRole('list', { name: 'Lanes' }))
  await expectAlive(page)
})

async function openCollections(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'History', exact: true }).click()
  const history = page.getByRole('region', { name: 'History' })
  await history.getByRole('tab', { name: 'Collections' }).click()
  return history
}

async function importFile(history: Locator, name: string, text: string): Promise<void> {
  await history
    .getByLabel('Import')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
}

test('collections whose texts are hostile: opened from a file, checked, run', async ({ page, lab }) => {
  await startHostile(lab)
  await page.goto(`${lab.url}#/machine/vm/command`)
  const history = await openCollections(page)
  await importFile(history, `${evil('broken-').replace(/[/\0]/g, '')}.json`, '{"format": "x"}')
  await expectHarmless(page, 'broken-')
  await importFile(history, 'all.json', hostileCollection())
  await expect(history).toContainText('title-<img')
  await expectHarmless(page, 'collection-', 'note-', 'description-', 'title-', 'about-', 'command-')
  await expectSeen(history)
  await history.getByRole('button', { name: /^Run on/ }).click()
  await expect(history.getByRole('status', { name: 'Outcome of query-mice' })).toContainText('desc-<img')
  await expectHarmless(page, 'desc-')
  await history.getByRole('button', { name: 'Check…' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Against' }).selectOption('QEMU 7.2 x86_64')
  await expect(page.getByRole('dialog')).toContainText('command-<img')
  await expectHarmless(page, 'command-')
  await page.keyboard.press('Escape')
  await history.getByRole('button', { name: 'All collections' }).click()
  await expectHarmless(page, 'collection-')

  // Names that objects have, or of 100,000 characters.
  await importFile(history, 'constructor.json', oddCollection())
  const commands = history.getByRole('list', { name: /^Commands of collection-/ })
  for (const name of builtIn) await expect(commands).toContainText(name)
  await expectInside(page)
  await expectSeen(history)
  for (const name of builtIn)
    await history.getByRole('textbox', { name: new RegExp(`^${name}`) }).fill(`${name} given`)
  await history.getByRole('checkbox', { name: 'go on after a failure' }).check()
  await history.getByRole('button', { name: /^Run on/ }).click()
  // What nobody has classified asks, whatever its name means to an object.
  const question = page.getByRole('dialog')
  for (const name of [...builtIn, 'longest-']) {
    await expect(question.getByRole('heading')).toContainText(name)
    await expectInside(page)
    await question.getByRole('button', { name: /^Run / }).click()
  }
  await expect(history.getByRole('status', { name: 'Outcome of query-mice' })).toContainText('desc-<img')
  await expect(history.getByText('All were sent to vm.')).toBeVisible()
  const saved = page.waitForEvent('download')
  await history.getByRole('button', { name: 'Export' }).click()
  expect((await saved).suggestedFilename()).toMatch(/^collection-[long]{80,180}\.qmp\.json$/)
  await expectInside(page)
  await history.getByRole('button', { name: 'All collections' }).click()
  await expectInside(page)
  await expectSeen(history)
  await expectAlive(page)
})
