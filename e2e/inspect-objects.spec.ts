/** The object tree: a path from a reply to its object, links, search, values that are set and taken back, moments compared. */
import type { Page } from '@playwright/test'
import { startQemu, startStorageDaemon } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, send, test } from './lab.ts'
import { expectSeen } from './seen.ts'

const devices = [
  ...['-object', 'iothread,id=io0'],
  ...['-object', 'secret,id=sec0,data=hidden-words'],
  ...['-blockdev', 'driver=null-co,node-name=n0', '-device', 'virtio-blk-pci,id=vd0,drive=n0,iothread=io0'],
]

function property(page: Page, name: string) {
  return page
    .getByRole('table', { name: 'Properties' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader').getByText(name, { exact: true }) })
}

test('an object from a path in a reply, on along a link, back, and by the keys of the tree', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: devices })
  await page.goto(`${lab.url}#/machine/vm/command`)
  await chooseCommand(page, 'query-block')
  const result = await send(page, 'query-block')
  await result.getByRole('link', { name: '/machine/peripheral/vd0/virtio-backend' }).click()
  await expect(
    page.getByRole('article', { name: 'Object /machine/peripheral/vd0/virtio-backend' }),
  ).toBeVisible()
  const tree = page.getByRole('tree', { name: 'Objects of vm' })
  // What is around it is open, and its row is in sight.
  await expect(tree.getByRole('treeitem', { name: /virtio-backend/, selected: true })).toBeInViewport()
  await page
    .getByRole('navigation', { name: 'Around this object' })
    .getByRole('link', { name: 'vd0' })
    .click()
  await expect(page.getByRole('heading', { name: 'vd0 virtio-blk-pci' })).toBeVisible()
  // The description and the default come unasked for a type that is safe to ask about.
  await expect(property(page, 'addr')).toContainText('Slot and optional function number')
  await property(page, 'iothread').getByRole('link', { name: '/objects/io0' }).click()
  await expect(page.getByRole('heading', { name: 'io0 iothread' })).toBeVisible()
  await expect(property(page, 'poll-max-ns')).toContainText('32768')
  await expectAccessible(page)
  await expectSeen(page)
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'vd0 virtio-blk-pci' })).toBeVisible()

  await tree.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { name: /^chardevs/, expanded: false })).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { name: /^chardevs/, expanded: true })).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/path=%2Fchardevs%2Fqmp0/)
  await expect(page.getByRole('article', { name: 'Object /chardevs/qmp0' })).toBeVisible()
})

test('a value is set and taken back; QEMU refuses another; nothing is sent that was not agreed to', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: devices })
  await page.goto(`${lab.url}#/machine/vm/inspect/objects?path=/objects/io0`)
  const poll = property(page, 'poll-max-ns')
  await expect(poll).toContainText('32768')
  await poll.getByRole('button', { name: 'Edit poll-max-ns' }).click()
  const field = page.getByRole('textbox', { name: 'New value of poll-max-ns' })
  await expect(field).toBeFocused()
  await field.fill('abc')
  await page.keyboard.press('Enter')
  await expect(poll.getByText('Write a number')).toBeVisible()
  await field.fill('5000')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Set poll-max-ns of /objects/io0' })
  await expect(dialog).toContainText('It is 32768 now; it becomes 5000.')
  await expect(dialog.getByRole('list')).toContainText(
    '{"execute":"qom-set","arguments":{"path":"/objects/io0","property":"poll-max-ns","value":5000}}',
  )
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(poll).toContainText('5000')
  await expect(poll).toContainText('was 32768')

  // The way back is there after the dialog is closed.
  await poll.getByRole('button', { name: 'Take back poll-max-ns' }).click()
  const back = page.getByRole('dialog')
  await expect(back).toContainText('It is 5000 now; it becomes 32768.')
  await back.getByRole('button', { name: 'Set', exact: true }).click()
  await back.getByRole('button', { name: 'Close' }).click()
  await expect(poll).not.toContainText('set here')
  await expect(poll).toContainText('32768')

  await poll.getByRole('button', { name: 'Edit poll-max-ns' }).click()
  await field.fill('-5')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Set', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText(/failed: .*poll-max-ns/)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(poll).toContainText('32768')
  await expect(poll).not.toContainText('set here')
})

test('the whole tree is read and searched, a number plotted, a moment compared; a secret stays unread', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: devices })
  await startQemu(lab.sockets, 'other', { args: ['-object', 'iothread,id=io0,poll-max-ns=7000'] })
  await page.goto(`${lab.url}#/machine/vm/inspect/objects?path=/objects/sec0`)
  await expect(property(page, 'data')).toContainText('may be a secret: not read')
  await page.getByRole('button', { name: '…with values' }).click()
  await expect(page.getByText(/\d objects with their values, /)).toBeVisible()
  const search = page.getByRole('searchbox', { name: 'Search objects' })
  await search.fill('hidden-words')
  await expect(page.getByText('0 found in all objects and values.')).toBeVisible()
  await search.fill('iothread poll-max')
  const found = page.getByRole('listbox', { name: 'Found objects' })
  await expect(found.getByRole('option')).toHaveCount(0)
  await search.fill('poll-max 32768')
  await found.getByRole('option', { name: /\/objects\/io0/ }).click()
  await expect(page.getByRole('heading', { name: 'io0 iothread' })).toBeVisible()
  await expectAccessible(page)

  const poll = property(page, 'poll-max-ns')
  await poll.getByRole('button', { name: 'Plot poll-max-ns' }).click()
  await expect(page.getByRole('img', { name: /Plot of poll-max-ns: [3-9] points/ })).toBeVisible()
  await page.getByText('As a table').click()
  await expect(page.getByRole('cell', { name: '32768', exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'End the plot of poll-max-ns' }).click()

  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  const compare = page.getByRole('region', { name: 'Compare' })
  await compare.getByRole('combobox', { name: 'with' }).selectOption({ label: 'other' })
  await compare.getByRole('button', { name: 'Compare objects' }).click()
  const differences = compare.getByRole('table', { name: 'Differences' })
  await expect(differences.getByRole('row', { name: /poll-max-ns/ })).toContainText('7000')
  await expect(differences.getByRole('row')).toHaveCount(2)

  await compare.getByRole('button', { name: 'Keep this moment' }).click()
  await poll.getByRole('button', { name: 'Edit poll-max-ns' }).click()
  await page.getByRole('textbox', { name: 'New value of poll-max-ns' }).fill('1')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await compare.getByRole('combobox', { name: 'with' }).selectOption({ index: 1 })
  await compare.getByRole('button', { name: 'Compare all objects' }).click()
  await expect(differences.getByRole('row', { name: /\/objects\/io0 poll-max-ns/ })).toContainText('1')
  await expectAccessible(page)
})

test('an address of an object that is not there says so; the tree goes on', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: devices })
  await page.goto(`${lab.url}#/machine/vm/inspect/objects?path=/machine/peripheral/gone`)
  await expect(page.getByText('This object cannot be read.')).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /vd0/ })).toBeVisible()
  await expectAccessible(page)
})

test('a storage daemon has objects and no devices, and another QEMU of the same name has its own', async ({
  page,
  lab,
}) => {
  await startStorageDaemon(lab.sockets, 'daemon')
  const first = await startQemu(lab.sockets, 'vm', { args: ['-object', 'iothread,id=first'] })
  await page.goto(`${lab.url}#/machine/daemon/inspect/objects`)
  await expect(page.getByRole('treeitem', { name: /^chardevs/ })).toBeVisible()
  await page.goto(`${lab.url}#/machine/daemon/inspect/devices`)
  await expect(
    page.getByText('Devices: this server does not have any of the commands device_add, query-pci.'),
  ).toBeVisible()

  await page.goto(`${lab.url}#/machine/vm/inspect/objects?path=/objects/first`)
  await expect(page.getByRole('treeitem', { name: /^first/ })).toBeVisible()
  await first.kill()
  await startQemu(lab.sockets, 'vm', { args: ['-object', 'iothread,id=second'] })
  await expect(page.getByText('This object cannot be read.')).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /^second/ })).toBeVisible()
  await expect(page.getByRole('treeitem', { name: /^first/ })).toHaveCount(0)
})
