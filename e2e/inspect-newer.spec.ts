/**
 * Inspect on a newer QEMU than the installed one, the 10.0 of the backports: each part shows what it has there and does one
 * thing that is taken back or ends. The other versions are held by app/views/inspect/offered.test.ts.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { backportsQemu, installedFirmware } from '../lab/demo/other-qemu.ts'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { run } from './timeline-lab.ts'

const newer = backportsQemu()
test.skip(newer.kind === 'not-there', newer.kind === 'not-there' ? newer.why : '')

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

/** A machine of that version with a disk, room for a CPU, memory and a device, and a balloon. */
async function startNewer(lab: TestLab, name: string, more: readonly string[] = []): Promise<string> {
  if (newer.kind === 'not-there') throw new Error(newer.why)
  const disk = join(lab.sockets, `${name}.qcow2`)
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '4M'])
  await startQemu(lab.sockets, name, {
    program: newer.program,
    machine: [
      ...installedFirmware,
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '64M,slots=2,maxmem=1G', '-smp', '1,maxcpus=2'],
      ...['-device', 'virtio-balloon-pci,id=balloon0', '-device', 'pcie-root-port,id=rp0,chassis=1'],
    ],
    args: [
      ...['-blockdev', `qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0', ...more],
    ],
  })
  return disk
}

/** Open a part of Inspect; the machine is of that version. */
async function open(page: Page, lab: TestLab, part: string, machine = 'vm'): Promise<void> {
  await page.goto(`${lab.url}#/machine/${machine}/inspect/${part}`)
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('10.0')
}

/** Agree to an action whose commands have these words, and close its dialog. */
async function agree(
  page: Page,
  verb: string,
  commands: readonly (string | RegExp)[],
  isTakenBack = false,
): Promise<void> {
  const dialog = page.getByRole('dialog')
  const items = dialog.getByRole('listitem')
  await expect(items).toHaveCount(commands.length)
  for (const [index, command] of commands.entries()) await expect(items.nth(index)).toContainText(command)
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toHaveText(/\S/)
  // What QEMU said to the command that failed is of more use than that one did.
  expect((await items.allTextContents()).filter((each) => each.includes('failed:'))).toEqual([])
  await expect(dialog.getByRole('status')).toContainText('Done')
  if (isTakenBack) {
    await dialog.getByRole('button', { name: 'Take it back' }).click()
    await expect(dialog.getByRole('status')).toContainText('Taken back.')
  }
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
}

test('block graph and jobs: a copy is made, paused, and becomes the disk', async ({ page, lab }) => {
  await startNewer(lab, 'vm')
  await open(page, lab, 'blocks', 'vm')
  const panel = page.getByRole('complementary', { name: 'Chosen part' })
  const main = page.getByRole('main')
  await main.getByRole('button', { name: /^qcow2 disk0/ }).click()
  await expect(panel.getByRole('region', { name: 'Held by' })).toContainText('device, as root: needs')
  await panel.getByRole('button', { name: 'Mirror…' }).click()
  const form = panel.getByRole('form', { name: 'Mirror' })
  await form.getByLabel('New file on the host', { exact: true }).fill(join(lab.sockets, 'copy.qcow2'))
  await form.getByLabel('Name of its node', { exact: true }).fill('copy')
  await form.getByRole('button', { name: 'Show the commands' }).click()
  const image = ['"blockdev-create"', '"job-dismiss"', '"blockdev-add"']
  await agree(page, 'Mirror', [...image, ...image, '"blockdev-mirror"'])
  await expect(main.getByRole('button', { name: /^mirror job mirror-copy/ })).toContainText(/ready/)

  await open(page, lab, 'jobs')
  const job = page.getByRole('article', { name: 'Job mirror-copy' })
  await job.getByRole('button', { name: 'Pause: mirror-copy' }).click()
  await agree(page, 'Pause', ['"job-pause"'])
  await expect(job).toContainText('It waits for Resume')
  await job.getByRole('button', { name: 'Resume: mirror-copy' }).click()
  await agree(page, 'Resume', ['"job-resume"'])
  await job.getByRole('button', { name: 'Complete: mirror-copy' }).click()
  await agree(page, 'Complete', ['"job-complete"'])
  await expect(region(page, 'Jobs now')).toContainText('No job is running.')

  await open(page, lab, 'blocks')
  await main.getByRole('button', { name: /^device vd0/ }).click()
  await expect(panel.getByRole('region', { name: 'Uses' })).toContainText('copy')
  await expectAccessible(page)
})

test('devices and objects: a CPU, memory and a disk come, a disk of a paused guest does not go; a value is set', async ({
  page,
  lab,
}) => {
  await startNewer(lab, 'vm', ['-object', 'iothread,id=io0'])
  await open(page, lab, 'devices')
  const cpus = region(page, 'Places for CPUs')
  await expect(cpus).toContainText('1 of 2 places are taken.')
  await cpus.getByRole('button', { name: 'Plug in a CPU…' }).click()
  await region(page, 'Plug in a CPU').getByRole('button', { name: 'Plug in…' }).click()
  await agree(page, 'Plug in', ['"device_add"'])
  await expect(cpus).toContainText('2 of 2 places are taken.')
  await region(page, 'Places for memory').getByRole('button', { name: 'Plug in memory…' }).click()
  const size = region(page, 'Plug in memory')
  await size.getByRole('textbox', { name: 'Size in MiB' }).fill('64')
  await size.getByRole('button', { name: 'Plug in…' }).click()
  await agree(page, 'Plug in', ['"object-add"', '"device_add"'])
  await expect(page.getByRole('table', { name: 'Memory devices' })).toContainText('dimm1')

  const image = join(lab.sockets, 'data.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '8M'])
  await page.getByRole('button', { name: 'Plug in', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Disk/ }).click()
  await region(page, 'Plug in a disk').getByRole('textbox', { name: 'Image' }).fill(image)
  await region(page, 'Plug in a disk').getByRole('button', { name: 'Plug in…' }).click()
  await agree(page, 'Plug in', ['"blockdev-add"', '"blockdev-add"', '"device_add"'])
  const tree = page.getByRole('tree', { name: 'Devices of vm' })
  await expect(tree.getByRole('treeitem', { name: /^rp0 bus · PCIE · taken/ })).toBeAttached()
  await page.getByRole('button', { name: 'stop vm' }).click()
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('paused')
  await tree.getByRole('treeitem', { name: /^disk1 virtio-blk-pci/ }).click()
  await region(page, 'Chosen device').getByRole('button', { name: 'Unplug…' }).click()
  await agree(page, 'Unplug', ['"device_del"'])
  const gone = region(page, 'Unplugged')
  await expect(gone).toContainText('The guest is paused and cannot answer')
  await gone.getByRole('button', { name: 'Reset…' }).click()
  await agree(page, 'Reset', ['"system_reset"'])
  await expect(gone).toContainText(/Gone after .* Left over: drive disk1/)

  await open(page, lab, 'objects?path=/objects/io0')
  const poll = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^poll-max-ns/ }) })
  await expect(poll).toContainText('32768')
  await poll.getByRole('button', { name: 'Edit poll-max-ns' }).click()
  await page.getByRole('textbox', { name: 'New value of poll-max-ns' }).fill('5000')
  await page.keyboard.press('Enter')
  await agree(page, 'Set', [/"qom-set".*"value":5000/], true)
  await expect(poll).toContainText('32768')
  await expectAccessible(page)
})

test('CPUs, memory, monitor text and statistics', async ({ page, lab }) => {
  await startNewer(lab, 'vm')
  await open(page, lab, 'cpus?at=0xfffffff0&in=physical')
  await expect(region(page, 'CPUs')).toContainText('1 CPU (x86_64) of 2 places')
  await expect(page.getByRole('table', { name: /^Memory from 0xfffffff0/ })).toContainText(/30 36 2f/)
  await page.getByRole('button', { name: 'stop vm' }).click()
  await expect(region(page, 'Registers').getByRole('status')).toContainText('will be marked')
  await expect(region(page, 'Registers')).toContainText(/E?R?IP/)
  await expect(page.getByRole('table', { name: /^Instructions/ }).locator('[aria-current]')).toHaveCount(1)
  const file = join(lab.sockets, 'guest.elf')
  const form = page.getByRole('form', { name: 'A new dump' })
  await form.getByRole('textbox', { name: 'File on the host' }).fill(file)
  await form.getByRole('button', { name: 'Dump…' }).click()
  await agree(page, 'Dump', ['"dump-guest-memory"'])
  await expect(region(page, 'Dump to a file').getByRole('status')).toContainText('completed')
  expect(existsSync(file)).toBe(true)

  await open(page, lab, 'monitor?page=mtree')
  await expect(page.getByRole('listbox', { name: 'Lines of info mtree' })).toContainText('address-space: ')

  await open(page, lab, 'stats?plots=balloon/vm/actual,dirty-rate/vm/dirty-rate')
  // TCG counts nothing of a CPU; this version counts for cryptodev devices.
  await expect(region(page, 'Statistics')).toContainText('asym-encrypt-ops')
  await expect(region(page, 'balloon/vm/actual')).toContainText(/machine\s*64(\.0)?\sMiB/)
  await page.getByRole('button', { name: 'Measure', exact: true }).click()
  await agree(page, 'Measure', ['"calc-dirty-rate"'])
  await expectAccessible(page)
})

test('snapshots: one inside is saved, loaded and deleted; one outside is merged again', async ({
  page,
  lab,
}) => {
  await startNewer(lab, 'vm')
  await open(page, lab, 'snapshots')
  const form = page.getByRole('form', { name: 'A new snapshot' })
  await form.getByRole('textbox', { name: 'Name' }).fill('before')
  await form.getByRole('button', { name: 'Save…' }).click()
  await agree(page, 'Save', ['"snapshot-save"', '"job-dismiss"'])
  const row = page.getByRole('row', { name: /before/ })
  await expect(row).toContainText(/iB in disk0/)
  await row.getByRole('button', { name: 'Load before' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Load', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await row.getByRole('button', { name: 'Delete before' }).click()
  await agree(page, 'Delete', ['"snapshot-delete"', '"job-dismiss"'])
  await expect(page.getByText('No disk holds one.')).toBeVisible()

  const chains = region(page, 'Chains of images')
  await chains.getByRole('checkbox', { name: /^disk0/ }).check()
  await chains.getByRole('button', { name: 'Take a snapshot…' }).click()
  await dialog.getByRole('button', { name: 'Take the snapshot' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await chains.getByRole('button', { name: 'Merge disk0-s1 into its base' }).click()
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(chains.getByRole('list', { name: /^Images of disk0/ }).getByRole('listitem')).toHaveCount(1)
})

test('migration: to a file with each page at its place, and from it into a machine that waits', async ({
  page,
  lab,
}) => {
  await startNewer(lab, 'vm')
  await startNewer(lab, 'other', ['-incoming', 'defer'])
  const file = join(lab.sockets, 'guest.state')
  await open(page, lab, 'migration')
  await page.getByRole('combobox', { name: 'To' }).selectOption('a file')
  await page.getByRole('textbox', { name: 'File on the host' }).fill(file)
  await page.getByRole('checkbox', { name: /^Each page at its own place/ }).check()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  await agree(page, 'Write', [
    /"mapped-ram","state":true/,
    `{"execute":"migrate","arguments":{"uri":"file:${file}"}}`,
  ])
  await expect(region(page, 'Migration now')).toContainText('It is done')
  await expect(region(page, 'Migration now').getByRole('alert')).toContainText('cont here goes on with it')

  await open(page, lab, 'migration', 'other')
  await page.getByRole('combobox', { name: 'From' }).selectOption('a file')
  await page.getByRole('textbox', { name: 'File on the host' }).fill(file)
  await page.getByRole('checkbox', { name: /^It was written so/ }).check()
  await page.getByRole('button', { name: 'Receive…' }).click()
  await agree(page, 'Read it', [/"mapped-ram","state":true/, /"migrate-incoming".*"file:/])
  await expect(region(page, 'Migration now')).toContainText('completed')
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')

  // The whole list of settings of this version is there, with what it has and older ones do not.
  await run(page, lab, 'query-migrate-capabilities', undefined, 'other')
  await open(page, lab, 'migration', 'other')
  const settings = page.getByRole('form', { name: 'Settings of the migration' })
  await expect(settings.getByRole('checkbox', { name: 'mapped-ram' })).toBeChecked()
  await expect(settings.getByRole('textbox', { name: 'avail-switchover-bandwidth' })).toBeVisible()
})
