/** The overview as it is left open: jobs, the last lines of a serial line, the last errors. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { openDemo, test as demoTest } from './demo.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
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
