/** The overview as it is left open: jobs, the last lines of a serial line, the last errors. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { openDemo, test as demoTest } from './demo.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { expectInside } from './hostile.ts'
import { disks, run } from './timeline-lab.ts'

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('a job has its progress and its verbs; an error leads to its row', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: [...disks] })
  await run(page, lab, 'blockdev-backup', {
    ...{ 'job-id': 'job0', device: 'source', target: 'target', sync: 'full' },
    speed: 256 * 1024,
  })
  await goTo(page, 'Overview')
  const jobs = card(page, 'Jobs')
  await expect(jobs).toContainText('job0')
  await expect(jobs.getByRole('progressbar', { name: /Progress of .*job0/ })).toBeVisible()
  await jobs.getByRole('button', { name: 'job-pause' }).click()
  await expect(jobs).toContainText('paused')
  await expectAccessible(page)
  await jobs.getByRole('button', { name: 'job-cancel' }).click()
  const question = page.getByRole('dialog')
  if (await question.isVisible()) await question.getByRole('button', { name: 'Run job-cancel' }).click()
  await expect(jobs).toContainText('None is running.')
  await expect(jobs).toContainText('cancelled')

  const args = encodeURIComponent(JSON.stringify({ path: '/no-such-path' }))
  await page.goto(`${lab.url}#/machine/vm/command/qom-list?args=${args}`)
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('article', { name: 'Result of qom-list' })).toContainText('no-such-path')
  await goTo(page, 'Overview')
  const errors = card(page, 'Last errors')
  await errors.getByRole('link', { name: /qom-list.*no-such-path/ }).click()
  await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText('no-such-path')
  await qemu.kill()
})

demoTest('the last lines of a serial line, once it was opened', async ({ page, demo }) => {
  await openDemo(page, demo)
  const lines = card(page, 'Serial lines')
  await expect(lines).toContainText('Not connected')
  await lines.getByRole('link', { name: 'Open' }).click()
  await page.getByRole('tab', { name: 'Serial line 1', exact: true }).click()
  await expect(page.locator('.xterm-rows')).toContainText(/tick \d+: up/)
  await goTo(page, 'Overview')
  await expect(lines.getByRole('link', { name: /serial1 ?tick \d+: up/ }).first()).toBeVisible()
  await expectAccessible(page)
})

demoTest('the screen and the guest are there when a person asks', async ({ page, demo }) => {
  await openDemo(page, demo)
  const screen = card(page, 'Screen')
  const guest = card(page, 'Guest')
  await expect(screen.getByRole('img')).toHaveCount(0)
  await expectAccessible(page)

  await screen.getByRole('button', { name: 'Show a picture' }).click()
  const image = screen.getByRole('img', { name: /^Screen of lab1 at / })
  await expect(image).toBeVisible()
  // Of the guest: neither black nor white, with the shape of its screen.
  const seen = await image.evaluate(async (element: HTMLImageElement) => {
    await element.decode()
    const canvas = document.createElement('canvas')
    canvas.width = element.naturalWidth
    canvas.height = element.naturalHeight
    const context = canvas.getContext('2d')
    context?.drawImage(element, 0, 0)
    const data = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray()
    let lit = 0
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 100) lit += 1
    return { width: canvas.width, lit: lit / (data.length / 4) }
  })
  expect(seen.width).toBe(480)
  expect(seen.lit).toBeGreaterThan(0.003)
  expect(seen.lit).toBeLessThan(0.5)

  await guest.getByRole('button', { name: 'Ask its agent' }).click()
  await expect(guest).toContainText('lab1')
  await expect(guest).toContainText('10.0.2.15/24')
  await expect(guest).toContainText(/kernel 6\./)
  await expect(guest.getByRole('meter', { name: 'Load of CPU 1' })).toBeVisible()
  await expect(guest).toContainText(/CPU 0\s*\d+ %/)
  await expect(guest).toContainText(/eth0\s*received\s+[\d.]+ \w+\/s/)
  // The lines of the rates: of the disks after three looks, of the network as well.
  const line = page.locator('svg', { has: page.locator('polyline') })
  await expect(
    page.getByRole('table', { name: 'Block statistics, live' }).locator(line).first(),
  ).toBeVisible()
  await expect(guest.locator(line).first()).toBeVisible({ timeout: 15_000 })
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 900 })
  await page.emulateMedia({ colorScheme: 'dark' })
  // The page takes a moment to its other form.
  await expect(() => expectInside(page)).toPass({ timeout: 10_000 })
  await guest.scrollIntoViewIfNeeded()
  await expectAccessible(page)
  await guest.getByRole('button', { name: 'Do not ask any more' }).click()
  await screen.getByRole('link', { name: /^Screen of lab1 at / }).click()
  await expect(page.getByRole('tab', { name: 'Screen', exact: true })).toHaveAttribute(
    'aria-selected',
    'true',
  )
})

test('a screen that nobody can look at says why; no guest is asked for where there is no agent', async ({
  page,
  lab,
}) => {
  const socket = join(lab.sockets, 'lab1.vnc')
  await startQemu(lab.sockets, 'lab1', {
    args: [
      '-device',
      'VGA',
      '-object',
      'secret,id=pw,data=right',
      '-vnc',
      `unix:${socket},password-secret=pw`,
    ],
  })
  await page.goto(`${lab.url}#/machine/lab1/overview`)
  await card(page, 'Screen').getByRole('button', { name: 'Show a picture' }).click()
  await expect(card(page, 'Screen')).toContainText('The screen asks for a password: open it in the console.')
  await expect(card(page, 'Guest')).toHaveCount(0)
  await expectAccessible(page)
})
