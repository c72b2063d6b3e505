/**
 * Five tasks of a person, in steps: each takes at most half of the steps that it took before, or three (docs/tasks.md has
 * both), nothing moves on the page, and axe finds nothing where it ends.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { temporaryFolder } from '../lab/testing.ts'
import type { Lab } from '../lab/start.ts'
import { openDemo, test } from './demo.ts'
import { expect, expectAccessible } from './lab.ts'
import { expectSeen } from './seen.ts'
import { mostShift, Steps } from './steps.ts'
import { hourOfRows, savedCommands } from './task-files.ts'

/** Steps of each task before: by the same counter on the page as it was (docs/tasks.md). */
const before = { screenshot: 5, disk: 62, breaks: 8, error: 8, luks: 6 }

async function expectShort(steps: Steps, task: keyof typeof before): Promise<void> {
  const taken = await steps.taken(task)
  expect(taken.steps).toBeLessThanOrEqual(Math.max(3, Math.floor(before[task] / 2)))
  expect(taken.shift, taken.moved.join('\n')).toBeLessThanOrEqual(mostShift)
}

/** Open a file by the button at the left. */
async function openFile(page: Page, name: string, text: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

/** The demo machine's page, with nothing under way any more. */
async function start(page: Page, demo: Lab): Promise<void> {
  await openDemo(page, demo)
  await expect(page.getByRole('region', { name: 'Timeline', exact: true })).toBeVisible()
}

const palette = (page: Page) => page.getByRole('dialog', { name: 'Palette' })

test('find the command to take a screenshot', async ({ page, demo }) => {
  await start(page, demo)
  const steps = await Steps.begin(page)
  await steps.key('Control+k')
  await steps.type('take a screenshot')
  await steps.see(palette(page).getByRole('option', { name: /^screendump/ }))
  await steps.key('Enter')
  await steps.see(page.getByRole('heading', { name: 'screendump', level: 1 }))
  await expectShort(steps, 'screenshot')
  await expectAccessible(page)
})

test('what is typed for the palette before its code is there is in it, blanks too', async ({
  page,
  demo,
}) => {
  let send: (() => void) | undefined
  const isAsked = new Promise<void>((asked) => {
    void page.route(/\/Palette-[^/]*\.js$/, async (route) => {
      asked()
      await new Promise<void>((resolve) => (send = resolve))
      await route.continue()
    })
  })
  await page.goto(demo.address)
  // At once: the page takes no presses yet.
  await page.getByRole('button', { name: 'Search commands, types, machines' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('take a screenshot')
  await isAsked
  await expect(palette(page).getByRole('combobox')).toHaveCount(0)
  send?.()
  await expect(palette(page).getByRole('combobox')).toHaveValue('take a screenshot')
  await expect(palette(page).getByRole('option', { name: /^screendump/ })).toBeVisible()
})

test('add a qcow2 disk over a throttled file and hot-plug it', async ({ page, demo }) => {
  const folder = temporaryFolder()
  const image = join(folder.path, 'slow.qcow2')
  expect(spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '64M']).status).toBe(0)
  await start(page, demo)
  const steps = await Steps.begin(page)
  await steps.key('Control+k')
  await steps.type('hotplug a throttled disk')
  const starter = 'Hot-plug a qcow2 disk with a speed limit'
  await steps.see(palette(page).getByRole('option', { name: `Starter: ${starter}` }))
  await steps.key('Enter')
  const panel = page.getByRole('region', { name: 'History' })
  await steps.see(panel.getByRole('heading', { name: starter }))
  await expect(panel.getByRole('textbox', { name: 'file' })).toBeFocused()
  await steps.type(image)
  await steps.click(panel.getByRole('combobox', { name: 'bus' }))
  await steps.click(page.getByRole('option', { name: /^rp\d/ }).first())
  await steps.key('Control+Enter')
  await steps.see(panel.getByText(/^All were sent to /))
  await expectShort(steps, 'disk')
  for (const command of ['object-add', 'blockdev-add', 'device_add', 'query-block'])
    await expect(panel.getByRole('status', { name: `Outcome of ${command}` })).toContainText('returned')
  await expectAccessible(page)
  await expectSeen(panel)
  folder.remove()
})

test('find what of 40 saved commands breaks in 11.1, and why', async ({ page, demo }) => {
  await start(page, demo)
  await openFile(page, 'nightly.json', savedCommands())
  await expect(page.getByText(/Nightly checks/).first()).toBeVisible()
  const steps = await Steps.begin(page)
  await steps.key('Control+k')
  await steps.type('what breaks in 11.1')
  await steps.see(palette(page).getByRole('option', { name: 'What breaks in QEMU 11.1: “Nightly checks”' }))
  await steps.key('Enter')
  const dialog = page.getByRole('dialog', { name: /^Check/ })
  await steps.see(dialog.getByText(/\d+ of 40 would break on QEMU 11.1/))
  await expectShort(steps, 'breaks')
  const rows = dialog.getByRole('row')
  // What breaks stands first, each with the reason.
  await expect(rows.nth(1)).toContainText('query-cpus')
  await expect(rows.nth(1)).toContainText('it may be query-cpus-fast now')
  await expect(dialog).toContainText('use job-pause')
  await expect(rows.filter({ hasText: 'blockdev-add' })).toContainText('sheepdog')
  await expectAccessible(page)
  await expectSeen(dialog)
})

test('find the first error of the guest in an hour, and the command before it', async ({ page, demo }) => {
  await start(page, demo)
  await openFile(page, 'night.jsonl', hourOfRows())
  await expect(page.getByTestId('timeline-counts')).toContainText(/^7\D2\d\d of/)
  const steps = await Steps.begin(page)
  await steps.key('g')
  const panel = page.getByRole('region', { name: 'Chosen row' })
  await steps.see(panel.getByRole('heading', { name: /BLOCK_IO_ERROR/ }))
  await expect(panel).toContainText(':41:07')
  await steps.see(panel.getByRole('button', { name: /block_resize .* before/ }))
  await expectShort(steps, 'error')
  // The last that was sent only asks; the last that changes something is named beside it.
  await expect(panel.getByRole('button', { name: /query-blockstats .* before/ })).toBeVisible()
  await expectAccessible(page)
  await expectSeen(panel)
  // Once more is the next one, and the button does the same.
  await page.keyboard.press('g')
  await expect(panel).toContainText(':43:00')
  await page.getByRole('button', { name: 'First of the guest' }).click()
  await expect(panel).toContainText(':50:01')
  await page.keyboard.press('g')
  await expect(page.getByText('No later error of the guest.')).toBeVisible()
  await panel.getByRole('button', { name: /block_resize .* before/ }).click()
  await expect(panel.getByRole('heading', { name: /block_resize/ })).toBeVisible()
})

test('understand what blockdev-add takes for driver=luks', async ({ page, demo }) => {
  await start(page, demo)
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Schema' }).click()
  await expect(page.getByRole('searchbox', { name: 'Search the schema' })).toBeVisible()
  const steps = await Steps.begin(page)
  await steps.key('/')
  await steps.type('blockdev-add driver=luks')
  await steps.key('Enter')
  const table = page.getByRole('table', { name: 'Arguments when driver is luks' })
  await steps.see(table)
  await expect(table).toBeInViewport()
  await expect(table).toContainText('key-secret')
  await expect(table).toContainText('node-name')
  await expectShort(steps, 'luks')
  await expectAccessible(page)
})

test('a case that is typed in the palette begins the form', async ({ page, demo }) => {
  await start(page, demo)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('blockdev-add driver=luks')
  await expect(
    palette(page)
      .getByRole('option', { name: /^blockdev-add/ })
      .first(),
  ).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'driver', exact: true })).toHaveValue('luks')
})

for (const width of [400, 320]) {
  test(`at ${width} px the list of a schema and a page are two screens, with a way back`, async ({
    page,
    demo,
  }) => {
    await page.setViewportSize({ width, height: 800 })
    await page.goto(`${new URL(demo.address).origin}/#/recorded/qemu-7.2-x86_64/schema`)
    const box = page.getByRole('searchbox', { name: 'Search the schema' })
    await box.fill('blockdev-add driver=luks')
    // Just after it was loaded a page takes no key that opens something.
    await expect(async () => {
      await box.press('Enter')
      await expect(page.getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible({
        timeout: 2000,
      })
    }).toPass({ timeout: 60_000 })
    await expect(box).toBeHidden()
    const table = page.getByRole('table', { name: 'Arguments when driver is luks' })
    await expect(table).toBeInViewport()
    // Whole: nothing is beyond the edge, and the page itself was not moved.
    expect(await table.evaluate((each) => each.getBoundingClientRect().right)).toBeLessThanOrEqual(width)
    expect(await page.evaluate(() => document.documentElement.scrollTop + document.body.scrollTop)).toBe(0)
    await expectAccessible(page)
    await expectSeen(page.getByRole('region', { name: 'Entity' }))
    await page.getByRole('button', { name: 'All entities' }).click()
    await expect(box).toBeFocused()
    await expect(box).toHaveValue('blockdev-add driver=luks')
    await page.goBack()
    await expect(table).toBeVisible()
    await expect(async () => {
      await page.keyboard.press('/')
      await expect(box).toBeFocused({ timeout: 2000 })
    }).toPass({ timeout: 60_000 })
    await expectAccessible(page)
  })
}
