/**
 * Tasks of somebody who explores, in steps: a click, a key, or a text that is typed are one step each. Time is not
 * measured. The steps that each took before the search by intent and the page with one variant are in the table.
 */
import type { Page } from '@playwright/test'
import { expect, test } from './lab.ts'

/** Before; and the most that it may take now: half of that, or three. */
const before = {
  // "/", the phrase (nothing), Escape, "screenshot" (nothing), Escape, "screen", Enter.
  screenshot: 7,
  // The name, Enter, "luks" into the search of the variants, a click on the variant: two tables.
  luks: 4,
}

function allowed(steps: number): number {
  return Math.max(3, Math.floor(steps / 2))
}

/** Counts what a person does. */
class Steps {
  count = 0
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async key(key: string): Promise<void> {
    this.count += 1
    await this.#page.keyboard.press(key)
  }

  async type(text: string): Promise<void> {
    this.count += 1
    await this.#page.keyboard.type(text)
  }

  async act(action: () => Promise<unknown>): Promise<void> {
    this.count += 1
    await action()
  }
}

/** The sum of the shifts of the layout that nobody caused, by the browser's own entries. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = globalThis as typeof globalThis & { shifts: number }
    seen.shifts = 0
    new PerformanceObserver((list) => {
      for (const each of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
      })[])
        if (!each.hadRecentInput) seen.shifts += each.value
    }).observe({ type: 'layout-shift' })
  })
  return () => page.evaluate(() => (globalThis as typeof globalThis & { shifts: number }).shifts)
}

test('find the command to take a screenshot', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64/schema`)
  await expect(page.getByRole('searchbox', { name: 'Search the schema' })).toBeVisible()
  const shifts = await watchShifts(page)
  const steps = new Steps(page)
  await steps.key('/')
  await steps.type('take a screenshot')
  await steps.key('Enter')
  await expect(page.getByRole('heading', { name: 'screendump', level: 1 })).toBeFocused()
  expect(steps.count).toBeLessThanOrEqual(allowed(before.screenshot))
  expect(await shifts()).toBeLessThanOrEqual(0.02)
})

test('understand what blockdev-add takes for driver=luks', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64/schema`)
  await expect(page.getByRole('searchbox', { name: 'Search the schema' })).toBeVisible()
  const steps = new Steps(page)
  await steps.act(() => page.getByRole('searchbox', { name: 'Search the schema' }).fill('blockdev-add'))
  await steps.key('Enter')
  await expect(page.getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  // The manual has been read.
  await expect(page.getByText('Creates a new block device').first()).toBeVisible()
  const shifts = await watchShifts(page)
  await steps.act(() => page.getByRole('combobox', { name: 'driver' }).selectOption('luks'))
  const table = page.getByRole('table', { name: 'Arguments when driver is luks' })
  await expect(table).toContainText('key-secret')
  await expect(table).toContainText('node-name')
  expect(steps.count).toBeLessThanOrEqual(allowed(before.luks))
  expect(await shifts()).toBeLessThanOrEqual(0.02)
})
