/** Freeze and thaw of the guest, on the real demo machine: the countdown, other views, and a page that is loaded again. */
import type { Locator, Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import type { Lab } from '../lab/start.ts'
import { expect, expectAccessible, goTo } from './lab.ts'
import { expectInside } from './hostile.ts'

async function openGuest(page: Page, demo: Lab): Promise<Locator> {
  await openDemo(page, demo)
  await goTo(page, 'Guest')
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('/data')
  return page.getByRole('region', { name: 'Freeze' })
}

async function freeze(page: Page, panel: Locator, after: string): Promise<void> {
  await panel.getByLabel('Thaw after').selectOption({ label: after })
  await panel.getByRole('button', { name: 'Freeze all file systems' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run guest-fsfreeze-freeze' }).click()
}

const banner = (page: Page): Locator => page.getByText(/The guest of lab1 is frozen since/)

test('frozen: said on every view, after a reload too, and thawed by the countdown', async ({
  page,
  demo,
}) => {
  const panel = await openGuest(page, demo)
  await freeze(page, panel, '30 s')
  await expect(banner(page)).toContainText(/is thawed at \d\d:\d\d:\d\d/)
  // Its agent refuses everything else meanwhile, and each part says so.
  await expect(page.getByRole('button', { name: 'Run in the guest' })).toHaveAttribute(
    'title',
    /The guest is frozen/,
  )
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expectInside(page)
  await page.setViewportSize({ width: 1280, height: 720 })
  for (const view of ['Timeline', 'Command', 'Overview']) {
    await goTo(page, view)
    await expect(banner(page)).toBeVisible()
  }
  await page.reload()
  await expect(banner(page)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Thaw now' })).not.toHaveAttribute('aria-disabled')
  // Nobody presses anything: the page that was loaded again thaws it.
  await expect(banner(page)).toHaveCount(0, { timeout: 40_000 })
  await goTo(page, 'Guest')
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('/data')
  // Its list of commands is the whole one again.
  await expect(panel.getByRole('button', { name: 'Freeze all file systems' })).not.toHaveAttribute(
    'aria-disabled',
  )
})

test('prolonged, and thawed by a person', async ({ page, demo }) => {
  const panel = await openGuest(page, demo)
  await freeze(page, panel, '10 s')
  const thawsAt = /is thawed at (\d\d:\d\d:\d\d)/
  await expect(banner(page)).toContainText(thawsAt)
  const before = thawsAt.exec((await banner(page).textContent()) ?? '')?.[1] ?? ''
  await page.getByRole('button', { name: 'Prolong by 10 s' }).click()
  await expect(banner(page)).not.toContainText(`is thawed at ${before}`)
  await page.getByRole('button', { name: 'Thaw now' }).click()
  await expect(banner(page)).toHaveCount(0)
})

test('a freeze of somebody else is said, and thawed by hand only', async ({ page, demo, browser }) => {
  const panel = await openGuest(page, demo)
  await freeze(page, panel, '5 min')
  await expect(banner(page)).toBeVisible()
  await page.close({ runBeforeUnload: false })
  // Another browser, which keeps nothing of it.
  const other = await browser.newPage()
  await openDemo(other, demo)
  await goTo(other, 'Guest')
  await expect(other.getByText(/The guest of lab1 is frozen: this was seen/)).toBeVisible()
  await expect(other.getByRole('button', { name: /Prolong/ })).toHaveCount(0)
  await other.getByRole('button', { name: 'Thaw now' }).click()
  await expect(other.getByText(/The guest of lab1 is frozen: this was seen/)).toHaveCount(0)
  await other.close()
})
