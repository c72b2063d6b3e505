/** The film strip of a screen: off until asked for, its pictures at their times, each leading to the rows of its moment. */
import { readFileSync } from 'node:fs'
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

async function openRecording(page: Page, name: string, text: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
  await expect(page.getByLabel('Chosen machine')).toContainText('recording')
}

const large = (of: Locator): Locator => of.locator('figure').getByRole('img')

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
  await expect(film(page)).toContainText('No more are taken')
  await expectAccessible(page)

  const moments = film(page).getByRole('link', { name: /^Rows at / })
  const timeOf = async (link: Locator): Promise<string> =>
    ((await link.getAttribute('aria-label')) ?? '').replace('Rows at ', '')
  await moments.first().hover({ position: { x: 3, y: 20 } })
  await expect(large(film(page))).toHaveAttribute('alt', `Screen of lab1 at ${await timeOf(moments.first())}`)
  await moments.last().focus()
  await expect(large(film(page))).toHaveAttribute('alt', `Screen of lab1 at ${await timeOf(moments.last())}`)
  await page.setViewportSize({ width: 400, height: 900 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(() => expectInside(page)).toPass({ timeout: 10_000 })
  await expectAccessible(page)
  await page.setViewportSize({ width: 1280, height: 720 })

  // A moment is the time until the next picture; its rows are the list.
  await moments.first().click()
  await expect(page.getByRole('main')).toContainText(/Only the range of \d/)
  expect(page.url()).toMatch(/range=\d{13}%7E\d{13}/)
  // The same film stands above its lanes, until it is folded.
  await expect(moments.first()).toBeVisible()
  await film(page).getByRole('button', { name: 'Fold the film' }).click()
  await expect(film(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Show the film of Screen of lab1' }).click()
  await expect(moments.first()).toBeVisible()

  // Saved with the recording only where that is asked for; opened again, it is on that recording's clock.
  await page.getByRole('button', { name: 'Let the range go' }).first().click()
  await page.getByRole('button', { name: 'Save, keep' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save what is recorded' })
  const box = dialog.getByRole('checkbox', { name: /^With the film of the screen \(\d+ pictures, / })
  await expect(box).not.toBeChecked()
  await box.check()
  await expect(dialog).toContainText('secrets too')
  await expectAccessible(page)
  const coming = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  const text = readFileSync(await (await coming).path(), 'utf8')
  const pictures = text.split('\n').filter((line) => line.includes('"picture":'))
  expect(pictures.length).toBeGreaterThanOrEqual(4)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('Escape')
  const firstTime = await timeOf(moments.first())
  await openRecording(page, 'filmed.qmp.jsonl', text)
  await expect(film(page)).toContainText(new RegExp(`${pictures.length}\\s+pictures, `))
  expect(await timeOf(moments.first())).toBe(firstTime)
  // The picture is one that the browser could decode.
  await moments.first().hover({ position: { x: 3, y: 20 } })
  await expect(large(film(page))).toHaveAttribute('alt', `Screen of lab1 at ${firstTime}`)
  await expect.poll(() => large(film(page)).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320)
  await moments.first().click()
  await expect(page.getByRole('main')).toContainText(/Only the range of \d/)
  await expectAccessible(page)

  await page.goto('about:blank')
  await openDemo(page, demo)
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await openFilm(page)
  await film(page).getByRole('button', { name: 'Close and forget' }).click()
  await expect(film(page)).toHaveCount(0)
})

test('a film of a hostile file: no markup, nothing too large, and all rows are read', async ({
  page,
  demo,
}) => {
  const row = (seq: number): string =>
    `{"machine":"m","seq":${seq},"time":"2024-01-01T00:00:0${seq}.000000Z","direction":"received","kind":"event","name":"STOP","bytes":50,"message":{"event":"STOP"}}`
  const picture = (jpeg: string, screen = 'vnc', time = '2024-01-01T00:00:01.000000Z'): string =>
    JSON.stringify({ 'qmp-studio-transcript': 1, picture: { machine: 'm', screen, time, jpeg } })
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  // A head that states 1 × 1 pixel, with nothing after it; and one that states more than four thousand million.
  const head = (...size: readonly number[]): string =>
    Buffer.from([255, 216, 255, 192, 0, 8, 8, ...size, 1, 2, 3]).toString('base64')
  const lines = [
    '{"qmp-studio-transcript":1,"made":"2024-01-01T00:00:00.000000Z","machines":[{"id":"m","name":"m","protocol":"qmp"}]}',
    row(0),
    picture(svg.toString('base64')),
    picture(`data:image/svg+xml,${svg.toString('utf8')}`),
    picture(head(255, 255, 255, 255)),
    picture('A'.repeat(500_000)),
    '{"qmp-studio-transcript":1,"picture":7}',
    picture(head(0, 1, 0, 1), '<img src=x onerror=alert(1)>'),
    picture(head(0, 1, 0, 1), 'vnc', 'never'),
    row(1),
  ]
  const said: string[] = []
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => said.push(dialog.message())))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) said.push(message.text())
  })
  await openDemo(page, demo)
  await openRecording(page, 'm.qmp.jsonl', lines.join('\n'))
  await expect(page.getByRole('listbox', { name: 'Rows of the timeline' }).getByRole('option')).toHaveCount(2)
  const strip = page.getByRole('region', { name: 'Film of Screen <img src=x onerror=alert(1)> of m' })
  await expect(strip).toContainText(/1\s+picture, 14 B/)
  await expect(page.getByText('6 places could not be read')).toBeVisible()
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 900 })
  await expect(() => expectInside(page)).toPass({ timeout: 10_000 })
  expect(said).toEqual([])
})
