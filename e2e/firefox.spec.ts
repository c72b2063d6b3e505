/**
 * A journey through the overview and the schema in Debian's Firefox. Playwright drives a Firefox of its own only, so Puppeteer does it here,
 * by WebDriver BiDi; Playwright runs and counts the test. No fixture of e2e/lab.ts is used that starts Chromium.
 */
import { test as base, expect } from '@playwright/test'
import { launch } from 'puppeteer-core'
import type { Page } from 'puppeteer-core'
import { findProgram } from '../lab/packages.ts'
import { startQemu, startTestLab } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { unseen, rowSelector } from './seen.ts'

/** A page of Firefox, what it logged as an error, and a lab. */
const test = base.extend<{ lab: TestLab; firefox: { readonly page: Page; readonly errors: string[] } }>({
  lab: async ({}, use) => {
    const lab = await startTestLab()
    await use(lab)
    await lab.stop()
  },
  firefox: async ({}, use) => {
    const browser = await launch({
      browser: 'firefox',
      executablePath: findProgram('firefox-esr') ?? 'firefox-esr',
      headless: true,
      defaultViewport: { width: 1280, height: 720 },
    })
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(15_000)
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      await use({ page, errors })
    } finally {
      await browser.close()
    }
  },
})

/** The text that a part of the page comes to have. */
function expectText(page: Page, selector: string, words: RegExp): Promise<void> {
  return expect
    .poll(() => page.$$eval(selector, (parts) => parts.map((part) => part.textContent).join('\n')))
    .toMatch(words)
}

async function open(page: Page, lab: TestLab, path: string): Promise<void> {
  // Another fragment of the same address would not load the page.
  await page.goto('about:blank')
  await page.goto(lab.address(path))
}

async function expectWhole(page: Page): Promise<void> {
  expect(
    await page.$eval('#trouble', (box) => (box.hasAttribute('hidden') ? '' : box.textContent)),
    'what the start-up box says',
  ).toBe('')
  const body = await page.$('body')
  await expect
    .poll(() => body?.evaluate(unseen, rowSelector), { message: 'rows that are not seen' })
    .toEqual([])
}

test('Firefox: the overview, and the schema as list, page, graph, map and comparison', async ({
  lab,
  firefox,
}) => {
  const { page, errors } = firefox
  await startQemu(lab.sockets, 'vm', {
    args: ['-blockdev', 'null-co,node-name=disk0,size=67108864', '-device', 'virtio-blk-pci,drive=disk0'],
  })

  await open(page, lab, '/machine/vm/overview')
  await expectText(page, '[aria-label="Chosen machine"]', /running/)
  await expectText(page, 'table', /null-co/)
  await expectWhole(page)

  await open(page, lab, '/machine/vm/schema')
  await expectText(page, '[aria-label="Entities of the schema"]', /blockdev-add|add_client/)
  await expectWhole(page)
  await open(page, lab, '/machine/vm/schema/blockdev-add')
  await expectText(page, '[aria-label="Entity"]', /BlockdevDriver/)
  await expectWhole(page)
  await open(page, lab, '/machine/vm/schema/blockdev-add?show=graph')
  await expectText(page, '[aria-label^="Graph of blockdev-add"]', /BlockdevOptions/)
  await expectWhole(page)
  await open(page, lab, '/machine/vm/schema?show=map')
  await page.waitForSelector('[aria-label^="Map of the schema"] [role="link"]')
  await expectWhole(page)
  await open(page, lab, '/recorded/qemu-11.1-x86_64/schema?show=compare')
  await page.locator('select[aria-label="Compare with"], label ::-p-text(Compare with)').wait()
  await page.evaluate(() => {
    const select = [...document.querySelectorAll('select')].find((each) =>
      [...each.options].some((option) => option.text === 'QEMU 10.0 x86_64'),
    )
    const option = [...(select?.options ?? [])].find((each) => each.text === 'QEMU 10.0 x86_64')
    if (select === undefined || option === undefined) throw new Error('there is no choice of a schema')
    select.value = option.value
    select.dispatchEvent(new Event('change', { bubbles: true }))
  })
  await expectText(page, '[aria-label="Changes"]', /added|removed/)
  await expectWhole(page)
  expect(errors).toEqual([])
})
