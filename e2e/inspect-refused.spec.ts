/** The block graph of Inspect: what QEMU refuses is said, what was done before it is taken back, and so is what was done. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, test } from './lab.ts'

const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Chosen part' })
const dialog = (page: Page): Locator => page.getByRole('dialog')

/** A QEMU whose guest has a disk, and the page with that disk's node chosen. */
async function openDisk(page: Page, lab: TestLab): Promise<void> {
  const disk = join(lab.sockets, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '8M'])
  await startQemu(lab.sockets, 'lab1', {
    args: [
      ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0'],
    ],
  })
  await page.goto(`${lab.url}#/machine/lab1/inspect/blocks?node=disk0`)
  await expect(panel(page).getByRole('heading', { level: 2 })).toContainText('disk0')
}

async function fillIn(page: Page, label: string, values: Readonly<Record<string, string>>): Promise<Locator> {
  const button = panel(page).getByRole('button', { name: `${label}…`, exact: true })
  const form = panel(page).getByRole('form', { name: label })
  if (!(await form.isVisible())) await button.click()
  for (const [name, value] of Object.entries(values)) await form.getByLabel(name, { exact: true }).fill(value)
  return form
}

test('a permission that the guest’s disk does not give is denied, and the server that was started is stopped', async ({
  page,
  lab,
}) => {
  await openDisk(page, lab)
  const form = await fillIn(page, 'Export over NBD', {
    'Name of the export': 'x',
    'Start the server at': join(lab.sockets, 'nbd'),
  })
  await form.getByLabel('May be written to').check()
  await form.getByRole('button', { name: 'Show the commands' }).click()
  await dialog(page).getByRole('button', { name: 'Export', exact: true }).click()
  await expect(dialog(page).getByRole('listitem').nth(1)).toContainText(
    /failed: Permission conflict on node 'disk0': permissions 'write'/,
  )
  await expect(dialog(page).getByRole('listitem').nth(0)).toContainText('taken back')
})

test('a copy that cannot be made changes nothing; one that was begun is taken back', async ({
  page,
  lab,
}) => {
  await openDisk(page, lab)
  const name = { 'Name of its node': 'copy' }
  const wrong = await fillIn(page, 'Mirror', { 'New file on the host': '/no-such-folder/copy', ...name })
  await wrong.getByRole('button', { name: 'Show the commands' }).click()
  await dialog(page).getByRole('button', { name: 'Mirror', exact: true }).click()
  await expect(dialog(page).getByRole('listitem').nth(0)).toContainText(/failed: .*No such file or directory/)
  await expect(dialog(page).getByRole('status')).toContainText('It failed')
  await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click()

  const form = await fillIn(page, 'Mirror', { 'New file on the host': join(lab.sockets, 'copy'), ...name })
  await form.getByRole('button', { name: 'Show the commands' }).click()
  await dialog(page).getByRole('button', { name: 'Mirror', exact: true }).click()
  await expect(dialog(page).getByRole('status')).toContainText('Done.')
  const copy = page.getByRole('button', { name: /^qcow2 copy(,|$)/, includeHidden: true })
  await expect(copy).toHaveCount(1)
  await dialog(page).getByRole('button', { name: 'Take it back' }).click()
  await expect(dialog(page).getByRole('status')).toContainText('Taken back.')
  await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(copy).toHaveCount(0)
})
