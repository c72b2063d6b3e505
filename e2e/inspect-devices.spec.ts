/** Devices: the tree of buses, forms that plug in and what a failed step leaves, unplugging a guest that does not answer. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'

const machine = ['-machine', 'q35', '-accel', 'tcg', '-m', '128M,slots=2,maxmem=1G', '-smp', '1,maxcpus=3']
const devices = [
  ...['-device', 'pcie-root-port,id=rp0,chassis=1', '-device', 'pcie-root-port,id=rp1,chassis=2'],
  ...['-blockdev', 'driver=null-co,node-name=n0', '-device', 'virtio-blk-pci,id=vd0,drive=n0,bus=rp0'],
  ...['-device', 'qemu-xhci,id=usb0', '-device', 'usb-tablet,id=tab0,bus=usb0.0'],
]

const tree = (page: Page) => page.getByRole('tree', { name: 'Devices of vm' })

async function plug(page: Page, kind: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Plug in', exact: true }).click()
  await page.getByRole('menuitem', { name: kind }).click()
}

/** Agree to the action whose dialog is open, and close it when it is done. */
async function agree(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

test('the tree of buses; a device of a paused guest does not go, a reset is the way out, its node is left over', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { machine, args: ['-S', ...devices] })
  await page.goto(`${lab.url}#/machine/vm/inspect/devices`)
  await expect(tree(page).getByRole('treeitem', { name: /^pcie\.0 bus · PCIE · fixed/ })).toBeVisible()
  await expect(tree(page).getByRole('treeitem', { name: /^rp1 bus · PCIE · free/ })).toBeAttached()
  await expect(
    page.getByRole('table', { name: 'Buses with room' }).getByRole('link', { name: 'rp1' }),
  ).toBeVisible()
  await expectAccessible(page)
  await expectSeen(page)

  await tree(page)
    .getByRole('treeitem', { name: /^vd0 virtio-blk-pci/ })
    .click()
  const chosen = page.getByRole('region', { name: 'Chosen device' })
  await expect(chosen).toContainText('n0')
  await chosen.getByRole('button', { name: 'Unplug…' }).click()
  await expect(page.getByRole('dialog')).toContainText('{"execute":"device_del","arguments":{"id":"vd0"}}')
  await agree(page, 'Unplug')
  const gone = page.getByRole('region', { name: 'Unplugged' })
  await expect(gone).toContainText(/Asked the guest, [1-9]\d* s\./)
  await expect(gone).toContainText('The guest is paused and cannot answer')
  // Asked once more it would be refused: the button says so.
  await expect(chosen.getByRole('button', { name: 'Unplug…' })).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page)
  await gone.getByRole('button', { name: 'Reset…' }).click()
  await expect(page.getByRole('dialog')).toContainText('{"execute":"system_reset"}')
  await agree(page, 'Reset')
  await expect(gone).toContainText(/Gone after .* Left over: drive n0\./)
  await expect(tree(page).getByRole('treeitem', { name: /^vd0/ })).toHaveCount(0)
  await gone.getByRole('button', { name: 'Remove what is left…' }).click()
  await expect(page.getByRole('dialog')).toContainText(
    '{"execute":"blockdev-del","arguments":{"node-name":"n0"}}',
  )
  await agree(page, 'Remove')
  await expect(gone).toContainText('Nothing is left over.')

  // A USB device goes at once.
  await tree(page)
    .getByRole('treeitem', { name: /^tab0 usb-tablet/ })
    .click()
  await chosen.getByRole('button', { name: 'Unplug…' }).click()
  await agree(page, 'Unplug')
  await expect(gone.getByRole('listitem').filter({ hasText: 'tab0' })).toContainText('Gone after')
})

test('a disk is plugged in with its nodes; where a step fails, those before it are taken back', async ({
  page,
  lab,
}) => {
  const image = join(lab.sockets, 'data.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '8M'])
  await startQemu(lab.sockets, 'vm', { machine, args: devices })
  await page.goto(`${lab.url}#/machine/vm/inspect/devices`)
  await expect(tree(page).getByRole('treeitem', { name: /^rp1 bus/ })).toBeAttached()
  await plug(page, /^Disk/)
  const form = page.getByRole('region', { name: 'Plug in a disk' })
  await form.getByRole('button', { name: 'Plug in…' }).click()
  await expect(form.getByRole('alert')).toContainText('Write the path of the image')
  await form.getByRole('textbox', { name: 'Image' }).fill(image)
  // A raw node over a qcow2 image is no error; vmdk is: the second step fails.
  await form.getByRole('combobox', { name: 'Format' }).selectOption('vmdk')
  await expectAccessible(page)
  await form.getByRole('button', { name: 'Plug in…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Plug in disk1' })
  await expect(dialog.getByRole('listitem')).toHaveCount(3)
  await dialog.getByRole('button', { name: 'Plug in', exact: true }).click()
  await expect(dialog.getByRole('listitem').nth(0)).toContainText('taken back')
  await expect(dialog.getByRole('listitem').nth(1)).toContainText('failed:')
  await dialog.getByRole('button', { name: 'Close' }).click()

  await form.getByRole('combobox', { name: 'Format' }).selectOption('qcow2')
  await form.getByRole('button', { name: 'Plug in…' }).click()
  await agree(page, 'Plug in')
  await expect(form).toHaveCount(0)
  await expect(tree(page).getByRole('treeitem', { name: /^disk1 virtio-blk-pci · 00\.0/ })).toBeAttached()
  await expect(tree(page).getByRole('treeitem', { name: /^rp1 bus · PCIE · taken/ })).toBeAttached()

  await plug(page, /^Network card/)
  await page
    .getByRole('region', { name: 'Plug in a network card' })
    .getByRole('button', { name: 'Plug in…' })
    .click()
  // No port is free any more: QEMU refuses, and the back end goes again.
  const nic = page.getByRole('dialog')
  await nic.getByRole('button', { name: 'Plug in', exact: true }).click()
  await expect(nic.getByRole('listitem').nth(1)).toContainText(/failed: .*hotplug/)
  await expect(nic.getByRole('listitem').nth(0)).toContainText('taken back')
})

test('a CPU and memory are plugged into their places', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { machine, args: devices })
  await page.goto(`${lab.url}#/machine/vm/inspect/devices`)
  const cpus = page.getByRole('region', { name: 'Places for CPUs' })
  await expect(cpus).toContainText('1 of 3 places are taken.')
  await cpus.getByRole('button', { name: 'Plug in a CPU…' }).click()
  const form = page.getByRole('region', { name: 'Plug in a CPU' })
  await form.getByRole('combobox', { name: 'Place' }).selectOption({ index: 1 })
  await form.getByRole('button', { name: 'Plug in…' }).click()
  await expect(page.getByRole('dialog')).toContainText('"core-id":2')
  await agree(page, 'Plug in')
  await expect(cpus).toContainText('2 of 3 places are taken.')
  await expect(cpus.getByRole('link', { name: '/machine/peripheral/cpu1' })).toBeVisible()

  const memory = page.getByRole('region', { name: 'Places for memory' })
  await expect(memory).toContainText('2 slots')
  await memory.getByRole('button', { name: 'Plug in memory…' }).click()
  const size = page.getByRole('region', { name: 'Plug in memory' })
  await size.getByRole('textbox', { name: 'Size in MiB' }).fill('64')
  await size.getByRole('button', { name: 'Plug in…' }).click()
  await agree(page, 'Plug in')
  const row = memory.getByRole('table', { name: 'Memory devices' }).getByRole('row', { name: /dimm1/ })
  await expect(row).toContainText('64.0 MiB')
  await expectAccessible(page)
  await row.getByRole('link', { name: 'dimm1-mem' }).click()
  await expect(page.getByRole('article', { name: 'Object /objects/dimm1-mem' })).toBeVisible()
})
