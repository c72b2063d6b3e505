/** Without any machine, in both colour schemes, wide and narrow, by keyboard. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

test('explore a recorded schema; nothing can be sent, and that is said', async ({ page, lab }) => {
  await page.goto(lab.url)
  await page
    .getByRole('region', { name: 'Explore without a machine' })
    .getByRole('link', { name: 'QEMU 11.1 x86_64' })
    .click()
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search the schema' }).fill('migrate-rec')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'migrate-recover' })).toBeVisible()
  await page.getByRole('link', { name: 'Run…' }).click()
  await page.getByRole('textbox', { name: 'uri' }).fill('tcp:0:1')
  await expect(page.getByText('{"execute":"migrate-recover","arguments":{"uri":"tcp:0:1"}}')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Send/ })).toBeDisabled()
  await expect(page.getByText('there is no machine to send to').first()).toBeVisible()
  await expect(page).toHaveURL(/args=/)
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'uri' })).toHaveValue('tcp:0:1')
})

test('a recorded schema that is not there', async ({ page, lab }) => {
  await page.goto(`${lab.url}#/recorded/qemu-0.1/schema`)
  await expect(page.getByText('There is no recorded schema named “qemu-0.1”.')).toBeVisible()
})

/** Controls that lie over each other, by their words. Parts that are scrolled out of sight are left out. */
function touching(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('button, a[href], input, select, summary')].flatMap(
      (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect()
        const [x, y] = [(left + right) / 2, (top + bottom) / 2]
        const seen = document.elementFromPoint(x, y)
        const isSeen = right - left > 4 && seen !== null && (element.contains(seen) || seen.contains(element))
        // A link in a text may go over several lines. The line of an error in the strip lies over that of its neighbour.
        const isInText = getComputedStyle(element).display === 'inline'
        return isSeen && !isInText && !element.matches('.tick') ? [{ element, left, right, top, bottom }] : []
      },
    )
    return all.flatMap((one, index) =>
      all.slice(index + 1).flatMap((other) => {
        const apart =
          one.right <= other.left + 1 ||
          other.right <= one.left + 1 ||
          one.bottom <= other.top + 1 ||
          other.bottom <= one.top + 1
        const nested = one.element.contains(other.element) || other.element.contains(one.element)
        return apart || nested ? [] : [`${one.element.textContent} | ${other.element.textContent}`]
      }),
    )
  })
}

for (const [colorScheme, contrast] of [
  ['light', 'no-preference'],
  ['dark', 'more'],
] as const) {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: colorScheme === 'light' ? 400 : 320, height: 800 },
  ]) {
    test(`every view is accessible: ${colorScheme}, ${viewport.width} px`, async ({ page, lab }) => {
      const qemu = await startQemu(lab.sockets, 'vm')
      await page.emulateMedia({ colorScheme, contrast })
      await page.setViewportSize(viewport)
      for (const view of ['overview', 'schema/blockdev-add', 'command/blockdev-add', 'timeline', 'console']) {
        await page.goto(`${lab.url}#/machine/vm/${view}`)
        await expect(page.getByLabel('Chosen machine')).toContainText('running')
        await expectAccessible(page)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(overflow, view).toBeLessThanOrEqual(0)
        if (viewport.width < 720) expect(await touching(page), view).toEqual([])
      }
      if (viewport.width < 720) {
        // List and page are two screens, with a way back.
        await page.getByRole('button', { name: 'Machines', exact: true }).click()
        await expect(page.getByRole('dialog').getByRole('link', { name: /^vm/ })).toBeVisible()
        await expectAccessible(page)
        await page.getByRole('button', { name: 'Back' }).click()
        await expect(page.getByRole('dialog')).toHaveCount(0)
      }
      await qemu.kill()
    })
  }
}

test('the palette: pause is stop, by keyboard alone', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('pause')
  await expect(page.getByRole('listbox', { name: 'Offers' }).getByRole('option').first()).toContainText(
    'stop',
  )
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'stop' })).toBeVisible()
  await page.getByRole('button', { name: /^Send/ }).focus()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByLabel('Chosen machine')).toContainText('paused')
  await page.keyboard.press('Alt+1')
  await expect(page.getByRole('region', { name: 'Power' })).toBeVisible()
  await qemu.kill()
})

test('the timeline filters, holds still and clears', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/stop: done/)).toBeVisible()
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  const stop = page.getByRole('option', { name: /event STOP/ })
  await expect(stop).toBeVisible()
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('kind:command')
  await expect(stop).toHaveCount(0)
  await expect(page.getByRole('option', { name: /command stop/ })).toBeVisible()
  await filter.fill('kind:nonsense')
  await expect(page.getByText(/there is no kind “nonsense”/)).toBeVisible()
  await filter.fill('')
  const tools = page.getByRole('main')
  await tools.getByRole('button', { name: 'Follow', exact: true }).click()
  await page.getByRole('checkbox', { name: /own queries/ }).check()
  // Only rows in sight are in the page: those of one name are.
  await filter.fill('type:query-status')
  await expect(page.getByRole('option', { name: /query-status/ }).first()).toBeVisible()
  await filter.fill('')
  await tools.getByRole('button', { name: 'Follow', exact: true }).click()
  await page.getByRole('checkbox', { name: /own queries/ }).uncheck()
  await tools.getByRole('button', { name: 'Save, keep' }).click()
  await tools.getByRole('button', { name: 'Clear' }).click()
  await expect(stop).toHaveCount(0)
  await qemu.kill()
})
