/**
 * What the journeys in Debian's Firefox share. Playwright drives a Firefox of its own only, so Puppeteer does it here, by
 * WebDriver BiDi; Playwright runs and counts the tests. No fixture of e2e/lab.ts is used, because those start Chromium.
 *
 * Puppeteer finds parts by `aria/` with role and whole name, by CSS, and by text. `>>>` goes into shadow roots, where the
 * editor lives.
 */
import { test as base, expect } from '@playwright/test'
import { launch } from 'puppeteer-core'
import type { Browser, Page } from 'puppeteer-core'
import { findProgram } from '../lab/packages.ts'
import { startTestLab } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { rowSelector, unseen } from './seen.ts'

export { expect }

/** One page in a profile of its own, and what it logged as an error. */
export interface Tab {
  readonly page: Page
  readonly errors: readonly string[]
}

/** A test with a lab and a page of its own. Firefox is started once for all tests of a file. */
export const test = base.extend<{ lab: TestLab; tab: Tab }, { firefox: Browser }>({
  firefox: [
    async ({}, use) => {
      const browser = await launch({
        browser: 'firefox',
        executablePath: findProgram('firefox-esr') ?? 'firefox-esr',
        headless: true,
        defaultViewport: { width: 1280, height: 720 },
      })
      try {
        await use(browser)
      } finally {
        await browser.close()
      }
    },
    { scope: 'worker' },
  ],
  lab: async ({}, use) => {
    const lab = await startTestLab()
    await use(lab)
    await lab.stop()
  },
  tab: async ({ firefox }, use) => {
    const profile = await firefox.createBrowserContext()
    try {
      const page = await profile.newPage()
      page.setDefaultTimeout(45_000)
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await use({ page, errors })
      expect(errors, 'errors of the page').toEqual([])
    } finally {
      await profile.close()
    }
  },
})

/** The selector of a part by its role and its whole name. */
export function part(role: string, name: string): string {
  return `::-p-aria([name="${name}"][role="${role}"])`
}

/** The text that a part of the page comes to have. */
export async function expectText(page: Page, selector: string, words: RegExp): Promise<void> {
  await expect
    .poll(() => page.$$eval(selector, (parts) => parts.map((each) => each.textContent).join('\n')), {
      message: selector,
    })
    .toMatch(words)
}

/** Open a place of the page, with the key of the lab, and wait until the page takes presses. */
export async function open(page: Page, lab: TestLab, path: string): Promise<void> {
  // Another fragment of the same address would not load the page.
  await page.goto('about:blank')
  await page.goto(lab.address(path))
  await page.waitForSelector('html:not([data-unarmed])')
}

/** Press a part once it is there, in sight and does not move. */
export function press(page: Page, selector: string): Promise<void> {
  return page.locator(selector).click()
}

/** Put the caret into a part and type. */
export async function typeInto(page: Page, selector: string, text: string): Promise<void> {
  await press(page, selector)
  await page.keyboard.type(text)
}

/** The same at the width of a telephone, where nothing is wider than the page; then as wide as before. */
export async function expectWholeNarrow(page: Page): Promise<void> {
  const before = page.viewport()
  await page.setViewport({ width: 400, height: 800 })
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(400)
  await expectWhole(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
  await page.setViewport(before)
}

/** The start-up box says nothing, no view broke, and every row in sight shows its text. */
export async function expectWhole(page: Page): Promise<void> {
  expect(
    await page.$eval('#trouble', (box) => (box.hasAttribute('hidden') ? '' : box.textContent)),
    'what the start-up box says',
  ).toBe('')
  expect(await page.$$eval('.broken', (all) => all.map((each) => each.textContent))).toEqual([])
  await expect
    .poll(() => page.$eval('body', unseen, rowSelector), { message: 'rows that are not seen' })
    .toEqual([])
}
