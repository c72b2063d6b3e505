/** Plugging a device by its form: drivers by what they are for, buses with room first, members by the keyboard. */
import { startQemu } from '../lab/testing.ts'
import { addMember, expect, expectAccessible, test } from './lab.ts'

const ports = [
  ...['-device', 'pcie-root-port,id=rp0,chassis=1', '-device', 'pcie-root-port,id=rp1,chassis=2'],
  ...['-device', 'virtio-rng-pci,id=rng0,bus=rp0'],
]

test('drivers by category, and only buses that fit, free ones first', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: ports })
  await page.goto(`${lab.url}#/machine/vm/command/device_add`)
  const form = page.getByRole('form', { name: 'Arguments of device_add' })
  const driver = form.getByRole('combobox', { name: 'driver', exact: true })
  const drivers = page.getByRole('listbox', { name: 'driver: values' })
  await driver.click()
  await expect(drivers.getByRole('group').first()).toHaveAccessibleName('Storage')
  await expect(drivers.getByRole('group', { name: 'Network' }).getByRole('option').first()).toHaveText(
    /^e1000/,
  )
  await expect(
    drivers.getByRole('group', { name: 'Not while the machine runs' }).getByText('ide-hd'),
  ).toBeAttached()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  // All types of the machine, once a person has had them listed.
  await page.getByRole('button', { name: 'Ask the machine which types it has' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
  // Its words change while it waits for the answer.
  await expect(page.getByRole('button', { name: /^(?:Ask the machine|Asking)/ })).toHaveCount(0)
  await driver.fill('storage')
  await expect(drivers.getByRole('option', { name: /^megasas/ }).first()).toBeVisible()
  await driver.fill('VGA')
  await expect(drivers.getByRole('option', { name: /^VGA/ })).toContainText('Not while the machine runs')
  await driver.fill('virtio-blk-pci')
  await page.keyboard.press('Escape')
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()

  await addMember(form, 'bus')
  await form.getByRole('combobox', { name: 'bus', exact: true }).click()
  const buses = page.getByRole('listbox', { name: 'bus: values' })
  await expect(buses.getByRole('option').first()).toHaveText(/rp1\s+PCIE, nothing on it/)
  await expect(buses.getByRole('group', { name: 'Taken' }).getByRole('option')).toHaveText(
    /rp0\s+PCIE, taken by rng0 \(virtio-rng-pci\)/,
  )
  await expect(buses.getByRole('group').last()).toHaveAccessibleName('Take no device while the machine runs')
  await expect(buses.getByText(/ISA|IDE/)).toHaveCount(0)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(form.getByRole('combobox', { name: 'bus', exact: true })).toHaveValue('rp1')
})

test('optional members by the keyboard: searched by name and text, added, and let be', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: ports })
  await page.goto(`${lab.url}#/machine/vm/command/block_resize`)
  const form = page.getByRole('form', { name: 'Arguments of block_resize' })
  const box = form.getByRole('combobox', { name: 'Optional members', exact: true })
  const list = page.getByRole('listbox', { name: 'Optional members: values' })
  await expect(box).toHaveAttribute('placeholder', '+ 2 optional: type to find')
  await box.focus()
  // Nothing is added that was not chosen.
  await page.keyboard.press('ArrowDown')
  await expect(list.getByRole('option')).toHaveCount(2)
  await page.keyboard.press('Enter')
  await expect(list).toHaveCount(0)
  await page.keyboard.type('node')
  await expect(list.getByRole('option')).toHaveCount(1)
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(list).toHaveCount(0)
  await expect(box).toHaveValue('')
  await page.keyboard.type('node')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(form.getByRole('combobox', { name: 'node-name', exact: true })).toBeFocused()
  await expect(box).toHaveAttribute('placeholder', '+ 1 optional: type to find')
})
