/**
 * What the journeys share: a lab for each test, and the checks that every view has to pass.
 * @adr 0037
 */
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect } from '@playwright/test'
import type { BrowserContext, Locator, Page, Response } from '@playwright/test'
import { startTestLab } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'

export { expect }

/** A test with a lab of its own, in which nothing may be logged as an error but what the test expects. */
export const test = base.extend<{ lab: TestLab; hasKey: boolean; consoleErrors: string[] }>({
  /** Whether the pages of the test have the lab's key from the start, as after its printed address was opened. */
  hasKey: [true, { option: true }],
  lab: async ({ context, hasKey }, use) => {
    const lab = await startTestLab()
    if (hasKey) await giveKey(context, lab)
    await use(lab)
    await lab.stop()
  },
  // Just after its address has changed a page takes no press (app/ui/browser/stranger.ts); a person needs longer than that.
  page: async ({ page }, use) => {
    for (const how of ['goto', 'reload', 'goBack', 'goForward'] as const) {
      const go = page[how].bind(page) as (...given: unknown[]) => Promise<Response | null>
      Object.assign(page, {
        [how]: async (...given: unknown[]) => {
          const response = await go(...given)
          await untilArmed(page)
          return response
        },
      })
    }
    await use(page)
  },
  consoleErrors: [
    async ({ page }, use) => {
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      page.on('console', (message) => {
        // A WebSocket that does not open is reported by the browser itself: several tests are about that.
        if (
          message.type() === 'error' &&
          !/WebSocket connection|Failed to load resource/.test(message.text())
        ) {
          errors.push(message.text())
        }
      })
      await use(errors)
      expect(errors).toEqual([])
    },
    { auto: true },
  ],
})

/** Wait until a page takes presses again. A page that is not ours, or did not come up, takes them at once. */
async function untilArmed(page: Page): Promise<void> {
  // The event of the change comes in a task of its own, after the change.
  await page.evaluate(() => new Promise((done) => setTimeout(done)))
  await expect(page.locator('html')).not.toHaveAttribute('data-unarmed')
}

/** Every page of a context has the lab's key. */
export async function giveKey(context: BrowserContext, lab: TestLab): Promise<void> {
  await context.addInitScript(
    ({ origin, key }) => {
      if (location.origin === origin) sessionStorage.setItem('qmp-studio.key', key)
    },
    { origin: new URL(lab.url).origin, key: lab.key },
  )
}

/**
 * Zero violations of axe-core in the view that is on screen. There are no frames of other origins, which alone need axe's
 * second page, and nothing is made of rules that pass: both take as long as the rules themselves.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  const words = violations.map(
    (each) =>
      `${each.id}: ${each.nodes
        .map((node) => node.html)
        .join(' | ')
        .slice(0, 400)}`,
  )
  expect(words).toEqual([])
}

/** Go to a view by its tab. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()
}

/** The box over the list of commands, which folds while a command is open. */
export async function commandSearch(page: Page): Promise<Locator> {
  const box = page.getByRole('searchbox', { name: 'Search commands' })
  const unfold = page.getByRole('button', { name: 'Commands', exact: true, expanded: false })
  // The list may fold, or come, between two looks at it.
  await expect(async () => {
    if (await unfold.isVisible()) await unfold.click({ timeout: 2000 })
    await expect(box).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 45_000 })
  return box
}

/** Choose a command in the command view. */
export async function chooseCommand(page: Page, name: string): Promise<void> {
  await goTo(page, 'Command')
  await (await commandSearch(page)).fill(name)
  await page.getByRole('option', { name, exact: true }).first().click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
}

/** Send what the command view holds, and return the newest result. */
export async function send(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: /^Send/ }).click()
  return page.getByRole('article', { name: `Result of ${name}` }).first()
}

/** Add an optional member to a form, or to the object at a path of it. */
export async function addMember(form: Locator, member: string, of?: string): Promise<void> {
  const name = of === undefined ? 'Optional members' : `Optional members of ${of}`
  await form.getByRole('combobox', { name, exact: true }).fill(member)
  const option = form
    .page()
    .getByRole('option')
    .filter({ has: form.page().getByText(member, { exact: true }) })
  await option.first().click()
}

/** How the open command is sent: opens the options of its bar. */
export async function sendOptions(page: Page): Promise<Locator> {
  const options = page.getByRole('group', { name: /^Options/ })
  if (!(await options.isVisible())) await page.getByRole('button', { name: /^Options/ }).click()
  return options
}

/** Give the open command another deadline, in seconds; '' takes it away. */
export async function setDeadline(page: Page, seconds: string): Promise<void> {
  await (await sendOptions(page)).getByLabel('Deadline').fill(seconds)
  await page.keyboard.press('Escape')
}
