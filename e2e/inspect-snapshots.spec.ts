/** Inspect: snapshots of a real machine with disks that can and cannot hold them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'

/** A machine with a qcow2 disk and, where wanted, a raw one that is written to. */
async function open(page: Page, lab: TestLab, formats: readonly string[]): Promise<void> {
  const args = formats.flatMap((format, index) => {
    const path = join(lab.sockets, `${format}${index}.img`)
    execFileSync('qemu-img', ['create', '-q', '-f', format, path, '4M'])
    return [
      ...['-blockdev', `${format},node-name=${format}${index},file.driver=file,file.filename=${path}`],
      ...['-device', `virtio-blk-pci,drive=${format}${index}`],
    ]
  })
  await startQemu(lab.sockets, 'vm', { args })
  await page.goto(`${lab.url}#/machine/vm/inspect/snapshots`)
}

/** Answer the question of an action, and wait until it is done. */
async function act(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

test('a raw disk stands in the way, named, with what mends it; without it QEMU refuses as well', async ({
  page,
  lab,
}) => {
  await open(page, lab, ['qcow2', 'raw'])
  const form = page.getByRole('form', { name: 'A new snapshot' })
  await form.getByRole('textbox', { name: 'Name' }).fill('before')
  const save = form.getByRole('button', { name: 'Save…' })
  await expect(save).toHaveAttribute('aria-disabled', 'true')
  const found = page.getByRole('list', { name: 'Found before' })
  await expect(found).toContainText('raw1 has the format raw, which holds no snapshots.')
  await expect(found).toContainText('Convert its image to qcow2')
  await expectAccessible(page)
  await expectSeen(page)

  // Left out, QEMU accepts it without a word: the page says what that means.
  await form.getByRole('checkbox', { name: /^raw1/ }).uncheck()
  await expect(found).toContainText('Not safe')
  await expect(found).toContainText('raw1 is written to and is left out')
  await save.click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('"tag":"before","vmstate":"qcow20","devices":["qcow20"]')
  await expect(dialog).toContainText('"execute":"job-dismiss"')
  await act(page, 'Save')

  const row = page.getByRole('row', { name: /before/ })
  await expect(row).toContainText(/iB in qcow20/)
  // It is said again before it is loaded, and the load is the job's outcome.
  await row.getByRole('button', { name: 'Load before' }).click()
  await expect(page.getByRole('alert')).toContainText('raw1 has no snapshot “before”')
  await page.getByRole('button', { name: 'Load all the same…' }).click()
  await act(page, 'Load')
  await row.getByRole('button', { name: 'Delete before' }).click()
  await act(page, 'Delete')
  await expect(page.getByText('No disk holds one.')).toBeVisible()
})

test('two disks in one transaction; a file that cannot be made changes nothing; merged again', async ({
  page,
  lab,
}) => {
  await open(page, lab, ['qcow2', 'qcow2'])
  const chains = page.getByRole('region', { name: 'Chains of images' })
  await chains.getByRole('checkbox', { name: /^qcow20/ }).check()
  await chains.getByRole('checkbox', { name: /^qcow21/ }).check()
  const second = chains.getByRole('textbox', { name: 'File of the new image of qcow21' })
  await expect(second).toHaveValue(join(lab.sockets, 'qcow21.s1.qcow2'))
  await second.fill('/no-such-folder/x.qcow2')
  const take = chains.getByRole('button', { name: 'Take a snapshot of 2 disks…' })
  await take.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Take the snapshot' }).click()
  await expect(dialog).toContainText(/failed: .*no-such-folder/)
  await dialog.getByRole('button', { name: 'Close' }).click()
  const first = chains.getByRole('list', { name: /^Images of qcow20/ })
  await expect(first.getByRole('listitem')).toHaveCount(1)

  await second.fill(join(lab.sockets, 'second.qcow2'))
  await take.click()
  await act(page, 'Take the snapshot')
  const above = chains.getByRole('list', { name: 'Images of qcow20-s1, from its base' })
  await expect(above.getByRole('listitem')).toHaveCount(2)
  await expect(above.getByRole('listitem').last()).toContainText('written to')
  await expect(chains).toContainText('second.qcow2')
  await chains.getByRole('button', { name: 'Merge qcow20-s1 into its base' }).click()
  await act(page, 'Merge')
  await expect(first.getByRole('listitem')).toHaveCount(1)
})

test('a disk goes back to the image below: the guest is reset, what was written since stays in its file', async ({
  page,
  lab,
}) => {
  const file = join(lab.sockets, 'qcow20.img')
  await open(page, lab, ['qcow2'])
  const chains = page.getByRole('region', { name: 'Chains of images' })
  await chains.getByRole('checkbox', { name: /^qcow20/ }).check()
  await chains.getByRole('button', { name: 'Take a snapshot…' }).click()
  await act(page, 'Take the snapshot')
  const above = chains.getByRole('list', { name: 'Images of qcow20-s1, from its base' })
  await expect(above.getByRole('listitem')).toHaveCount(2)

  await chains.getByRole('button', { name: `Take qcow20-s1 back to ${file}` }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('"property":"drive"')
  await expect(dialog).toContainText('"execute":"system_reset"')
  await expect(dialog).toContainText(`stays in ${join(lab.sockets, 'qcow20.s1.qcow2')}`)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Go back', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await expect(dialog.getByRole('button', { name: 'Take it back' })).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Close' }).click()
  const now = chains.getByRole('list', { name: /^Images of back-/ })
  await expect(now.getByRole('listitem')).toHaveCount(2)
  await expect(now.getByRole('listitem').first()).toContainText(file)
  await expect(now.getByRole('listitem').last()).toContainText(/qcow20\.back-.*written to/)
  await expect(above).toHaveCount(0)
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
  await page.getByRole('link', { name: 'Timeline' }).click()
  await expect(page.getByRole('option', { name: /RESET/ }).first()).toBeVisible()
})

test('where the new image cannot be made, the disk stays as it is and the guest goes on', async ({
  page,
  lab,
}) => {
  const folder = join(lab.sockets, 'gone')
  mkdirSync(folder)
  const [base, top] = [join(folder, 'base.qcow2'), join(lab.sockets, 'top.qcow2')]
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', base, '4M'])
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', top])
  const disk = ['-blockdev', `qcow2,node-name=top,file.driver=file,file.filename=${top}`]
  await startQemu(lab.sockets, 'vm', { args: [...disk, '-device', 'virtio-blk-pci,drive=top'] })
  rmSync(folder, { recursive: true })
  await page.goto(`${lab.url}#/machine/vm/inspect/snapshots`)
  await page.getByRole('button', { name: `Take top back to ${base}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Go back' }).click()
  await expect(dialog).toContainText(/failed: .*No such file or directory/)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(
    page.getByRole('list', { name: 'Images of top, from its base' }).getByRole('listitem'),
  ).toHaveCount(2)
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
})
