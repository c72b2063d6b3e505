/** The film strip of a screen: off until asked for, its pictures at their times, each leading to the rows of its moment. */
import type { Locator, Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import { expectInside } from './hostile.ts'
import { expect, expectAccessible, goTo } from './lab.ts'

const film = (page: Page): Locator => page.getByRole('region', { name: 'Film of Screen of lab1' })

async function openFilm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'View', exact: true }).click()
  await page.getByRole('button', { name: 'Film strip' }).click()
  await page.keyboard.press('Escape')
}

test('off at first; pictures come, are scrubbed through, and lead to their rows', async ({ page, demo }) => {
  await openDemo(page, demo)
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(film(page)).toHaveCount(0)
  await openFilm(page)
  await expect(film(page)).toBeVisible()
  // Its clock moves: each look has another picture.
  await expect(film(page)).toContainText(/[4-9]\s+pictures, \d/)
  await film(page).getByRole('button', { name: 'Stop filming' }).click()
  await expect(film(page)).toContainText('no more are taken')
  await expectAccessible(page)

  const moments = film(page).getByRole('link', { name: /^Rows at / })
  const large = film(page).getByRole('img')
  const timeOf = async (link: Locator): Promise<string> =>
    ((await link.getAttribute('aria-label')) ?? '').replace('Rows at ', '')
  await moments.first().hover({ position: { x: 3, y: 20 } })
  await expect(large).toHaveAttribute('alt', `Screen of lab1 at ${await timeOf(moments.first())}`)
  await moments.last().focus()
  await expect(large).toHaveAttribute('alt', `Screen of lab1 at ${await timeOf(moments.last())}`)
  await page.setViewportSize({ width: 400, height: 900 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(() => expectInside(page)).toPass({ timeout: 10_000 })
  await expectAccessible(page)
  await page.setViewportSize({ width: 1280, height: 720 })

  // A moment is the time until the next picture; its rows are the list.
  await moments.first().click()
  await expect(page.getByRole('main')).toContainText(/Only the range of \d/)
  expect(page.url()).toMatch(/range=\d{13}%7E\d{13}/)
  await page.goBack()
  await expect(
    film(page)
      .getByRole('link', { name: /^Rows at / })
      .first(),
  ).toBeVisible()
  await film(page).getByRole('button', { name: 'Close and forget' }).click()
  await expect(film(page)).toHaveCount(0)
})
