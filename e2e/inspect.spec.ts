/** Inspect: its parts, and the jobs of a machine from their start to their end. */
import { createConnection } from 'node:net'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { disks, run } from './timeline-lab.ts'

/** The job of that name in the list of jobs. */
const job = (page: Page, id: string) => page.getByRole('article', { name: `Job ${id}` })

/** Press a button of an action, look at the command that it would send, and send it. */
async function act(page: Page, id: string, label: string, command: string): Promise<void> {
  await job(page, id)
    .getByRole('button', { name: `${label}: ${id}` })
    .click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('listitem')).toContainText(`{"execute":"${command}"`)
  await dialog.getByRole('button', { name: label, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** Another client: it takes the limit of a job away, and leaves once the job has ended. */
async function endJob(socket: string, id: string): Promise<void> {
  const client = createConnection(socket)
  let said = ''
  client.setEncoding('utf8')
  client.on('data', (text: string) => (said += text))
  client.write('{"execute": "qmp_capabilities"}\n')
  client.write(`{"execute": "block-job-set-speed", "arguments": {"device": "${id}", "speed": 0}}\n`)
  await expect.poll(() => said).toMatch(/"status": "concluded"/)
  client.destroy()
}

test('a mirror from start to its switch: paused, limited, completed', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: [...disks] })
  await run(page, lab, 'blockdev-mirror', {
    ...{ 'job-id': 'mirror0', device: 'source', target: 'target', sync: 'full' },
    speed: 1024 * 1024,
  })
  await goTo(page, 'Inspect')
  await page.getByRole('navigation', { name: 'Parts' }).getByRole('link', { name: 'Jobs' }).click()
  const mirror = job(page, 'mirror0')
  await expect(mirror).toContainText('running')
  await expect(mirror.getByRole('progressbar', { name: 'Progress of mirror0' })).toBeVisible()
  await act(page, 'mirror0', 'Pause', 'job-pause')
  await expect(mirror).toContainText('It waits for Resume')
  await expectAccessible(page)
  await expectSeen(page)
  await act(page, 'mirror0', 'Resume', 'job-resume')
  await mirror.getByRole('textbox', { name: 'Limit of mirror0' }).fill('0')
  await mirror.getByRole('button', { name: 'Set' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('block-job-set-speed')
  await dialog.getByRole('button', { name: 'Set the limit' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(mirror).toContainText('It waits for Complete')
  await expect(mirror.getByRole('button', { name: /^Stop and keep the copy/ })).toBeVisible()
  await act(page, 'mirror0', 'Complete', 'job-complete')
  await expect(page.getByRole('region', { name: 'Jobs now' })).toContainText('No job is running.')
  const ended = page.getByRole('region', { name: 'Ended', exact: true })
  await expect(ended.getByRole('listitem').first()).toContainText(/mirror0 mirror done/)
  await qemu.kill()
})

test('the lock is kept: read only sends nothing, and says why', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: [...disks] })
  await run(page, lab, 'blockdev-mirror', {
    ...{ 'job-id': 'm', device: 'source', target: 'target', sync: 'full' },
    speed: 1024,
  })
  await goTo(page, 'Inspect')
  const giveUp = job(page, 'm').getByRole('button', { name: 'Give up: m' })
  await expect(giveUp).toBeEnabled()
  await page.getByLabel('Lock').selectOption('read-only')
  await expect(giveUp).toHaveAttribute('aria-disabled', 'true')
  await expect(giveUp).toHaveAttribute('title', /read only/)
  // Seven views are more than one line of the narrowest page: none is beyond its edge.
  await page.setViewportSize({ width: 320, height: 700 })
  const views = page.getByRole('navigation', { name: 'Views' }).getByRole('link')
  await expect(views).toHaveCount(7)
  await expect(views.last()).toBeInViewport({ ratio: 1 })
  await qemu.kill()
})

test('a job that ended while the page was away is told when it is back', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: [...disks] })
  await run(page, lab, 'blockdev-backup', {
    ...{ 'job-id': 'kept', device: 'source', target: 'target', sync: 'full' },
    ...{ speed: 2 * 1024 * 1024, 'auto-dismiss': false },
  })
  await goTo(page, 'Inspect')
  await expect(job(page, 'kept')).toContainText('running')
  // Another client is faster than the page that goes: it ends the job while nobody looks.
  await page.goto('about:blank')
  await endJob(`${lab.sockets}/vm.qmp`, 'kept')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByText('ended while this page was away: kept (done)')).toBeVisible()
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Ended while this page was away' })).toContainText(
    'kept (backup): done',
  )
  await act(page, 'kept', 'Dismiss', 'job-dismiss')
  await qemu.kill()
})
