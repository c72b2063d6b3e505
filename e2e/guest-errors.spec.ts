/** Errors of the guest, beside their machine and with the verbs that apply. */
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { openTimeline, panel, row, run, toLane } from './timeline-lab.ts'

test('a job that stands on an I/O error: counted, paused and not failed, with the verbs that apply', async ({
  page,
  lab,
}) => {
  const bad = {
    ...{ driver: 'blkdebug', 'node-name': 'target' },
    image: { driver: 'null-co', size: 1 << 26 },
    'inject-error': [{ event: 'none', iotype: 'write', errno: 28, once: true }],
  }
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: [...['-blockdev', 'null-co,node-name=source,size=67108864'], ...['-blockdev', JSON.stringify(bad)]],
  })
  await openTimeline(page, lab)
  await expect(page.getByText('no errors')).toBeVisible()
  const args = {
    'job-id': 'job0',
    device: 'source',
    target: 'target',
    sync: 'full',
    'on-target-error': 'stop',
  }
  await run(page, lab, 'blockdev-backup', args)
  await goTo(page, 'Timeline')
  await expect(row(page, /event BLOCK_JOB_ERROR/).first()).toBeVisible()
  await expectSeen(page)
  await expect(page.getByRole('link', { name: /^\d+ errors? of the guest$/ })).toBeVisible()
  await expect(page.getByText('no errors')).toHaveCount(0)
  await toLane(page, 'Jobs')
  await page.keyboard.press('.')
  const job = panel(page, 'job')
  await expect(job.getByRole('heading', { name: /Job job0 backup/ })).toBeVisible()
  await expect(job).toContainText(/paused on an error \(no space left\), can be resumed/)
  await expect(job).not.toContainText('failed')
  await expect(job.getByRole('button', { name: /^job-/ })).toHaveText(['job-resume', 'job-cancel'])
  await expectAccessible(page)
  await job.getByRole('button', { name: 'job-resume' }).click()
  await expect(row(page, /event BLOCK_JOB_COMPLETED/)).toBeVisible()
  await qemu.kill()
})

test('a job that fails: counted, and the link of the strip shows the row that says so', async ({
  page,
  lab,
}) => {
  const bad = {
    ...{ driver: 'blkdebug', 'node-name': 'target' },
    image: { driver: 'null-co', size: 1 << 26 },
    'inject-error': [{ event: 'none', iotype: 'write', errno: 28 }],
  }
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: [...['-blockdev', 'null-co,node-name=source,size=67108864'], ...['-blockdev', JSON.stringify(bad)]],
  })
  await openTimeline(page, lab)
  const args = { 'job-id': 'job0', device: 'source', target: 'target', sync: 'full' }
  await run(page, lab, 'blockdev-backup', args)
  // The strip names it on every page, and E goes to it.
  await goTo(page, 'Overview')
  const strip = page.getByRole('region', { name: 'Timeline', exact: true })
  // Both of its errors may be on one pixel: the newer one is named then.
  await expect(strip.getByRole('link', { name: /^BLOCK_JOB_(ERROR|COMPLETED)$/ }).first()).toBeVisible()
  await page.keyboard.press('e')
  await expect(page).toHaveURL(/\/timeline\?.*row=\d+/)
  await expect(page.getByRole('region', { name: 'Chosen row' })).toBeVisible()
  await page.getByRole('link', { name: /^\d+ errors of the guest$/ }).click()
  await expect(row(page, /event BLOCK_JOB_ERROR/).first()).toBeVisible()
  await expect(row(page, /event BLOCK_JOB_COMPLETED/)).toBeVisible()
  await expect(row(page, /event JOB_STATUS_CHANGE/)).toHaveCount(0)
  await qemu.kill()
})

test('a machine in io-error has an error beside it, and only the verbs that apply', async ({ page, lab }) => {
  const bad = {
    ...{ driver: 'blkdebug', 'node-name': 'bad' },
    image: { driver: 'null-co', size: 1 << 20, 'read-zeroes': true },
    'inject-error': [{ event: 'none', iotype: 'read', errno: 5 }],
  }
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: [
      ...['-blockdev', JSON.stringify(bad)],
      ...['-device', 'virtio-blk-pci,id=disk0,drive=bad,rerror=stop,bootindex=0'],
    ],
  })
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('io-error')
  // Its event may have come before the page: the run state tells.
  await expect(page.getByRole('listitem').filter({ hasText: 'vm' }).first()).toContainText(
    /\d errors? of the guest/,
  )
  const verbs = page.getByRole('region', { name: 'Power' })
  await expect(verbs.getByRole('button', { name: 'Power down' })).toBeDisabled()
  await expect(verbs.getByRole('button', { name: 'Reset' })).toBeEnabled()
  await expectAccessible(page)
  await qemu.kill()
})
