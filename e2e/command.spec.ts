/** Commands: forms, JSON, QEMU's own verdict, values of the machine; as a person does these things. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const formOf = (page: Page, name: string) => page.getByRole('form', { name: `Arguments of ${name}` })
const wire = (page: Page) => page.locator('.wire pre')
const send = (page: Page) => page.getByRole('button', { name: /^Send/ }).click()
const result = (page: Page, name: string) => page.getByRole('article', { name: `Result of ${name}` }).first()

test('blockdev-add: qcow2 over a file over a throttle group, in the form and in the JSON', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add?as=both`)
  const form = formOf(page, 'blockdev-add')
  const driver = form.getByRole('combobox', { name: 'driver', exact: true })
  await driver.fill('qco')
  // Typing alone chooses nothing.
  await expect(form.getByText('Choose driver: the other members follow from it.')).toBeVisible()
  await page.getByRole('option', { name: /^qcow2/ }).click()
  await expect(form.getByText('Choose driver: the other members follow from it.')).toHaveCount(0)
  await form.getByRole('radiogroup', { name: 'Form of file' }).getByText('object').click()
  const inner = form.getByRole('group', { name: 'file', exact: true }).last()
  await inner.getByRole('combobox', { name: 'driver', exact: true }).fill('throttle')
  await page.keyboard.press('Enter')
  await inner.getByLabel('throttle-group', { exact: true }).fill('tg0')
  await inner.getByRole('radiogroup', { name: 'Form of file' }).getByText('object').click()
  await inner.getByRole('combobox', { name: 'driver', exact: true }).last().fill('file')
  await page.keyboard.press('Enter')
  await inner.getByLabel('filename', { exact: true }).fill('/tmp/none.qcow2')
  await expect(wire(page)).toHaveText(
    '{"execute":"blockdev-add","arguments":{"driver":"qcow2","file":{"driver":"throttle","throttle-group":"tg0","file":{"driver":"file","filename":"/tmp/none.qcow2"}}}}',
  )
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await expect(editor).toContainText('"throttle-group": "tg0"')
  await expectAccessible(page)
  // The other way: what is typed as JSON is in the form, comments and single quotes too.
  await editor.fill("{ 'driver': 'raw', /* a comment */ 'file': 'node0', 'size': 4096, 'strange': [1] }")
  await expect(form.getByText('not in the schema')).toBeVisible()
  await expect(form.getByLabel('size', { exact: true })).toHaveValue('4096')
  await expect(form.getByText('strange is unexpected with driver=raw').first()).toBeVisible()
  // A change in the form keeps what the schema does not know.
  await form.getByLabel('size', { exact: true }).fill('4G')
  await expect(editor).toContainText('"size": 4294967296')
  await expect(editor).toContainText('"strange"')
  // JSON that is none says where.
  await editor.fill('{ "driver": "raw",\n  "file": ')
  await expect(page.getByText(/Line 2, column \d+/).first()).toBeVisible()
  await expect(form.getByText('The JSON is not finished')).toBeVisible()
})

test('QEMU is asked: accepted, refused at the field, a width learned and kept', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/quit`)
  await page.getByRole('button', { name: /^Ask QEMU/ }).click()
  await expect(page.getByText('QEMU would accept this.')).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await page.goto(
    `${lab.url}#/machine/vm/command/chardev-add?args=${encodeURIComponent('{"id":"c","backend":{"type":"socket","data":{"addr":{"type":"inet","data":{"host":"h","port":"1","to":70000}}}}}')}`,
  )
  const form = formOf(page, 'chardev-add')
  await expect(page.getByText('Valid against vm.')).toBeVisible()
  await form.getByLabel('id', { exact: true }).focus()
  await page.keyboard.press('Control+Shift+Enter')
  await expect(page.getByText(/QEMU would refuse this:/)).toBeVisible()
  // What was learned is known from now on, in the field and in the verdict of the page.
  await expect(form.getByText('70000 is outside of uint16: 0 to 65535').first()).toBeVisible()
  await expect(form.getByText('uint16: 0 to 65535', { exact: true })).toBeVisible()
  await page.reload()
  await expect(form.getByText('70000 is outside of uint16: 0 to 65535').first()).toBeVisible()
  // Where asking would run it, it is not done, and said.
  await page.goto(`${lab.url}#/machine/vm/command/device_add`)
  await expect(page.getByText(/QEMU is not asked|Choose driver/).first()).toBeVisible()
  await expect(page.getByRole('button', { name: /^Ask QEMU/ })).toBeDisabled()
})

test('a disk from nothing to query-block and away again, with forms only', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: ['-device', 'pcie-root-port,id=rp1,chassis=1'] })
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add`)
  const add = formOf(page, 'blockdev-add')
  await add.getByRole('combobox', { name: 'driver', exact: true }).fill('null-co')
  await page.keyboard.press('Enter')
  await add.getByRole('button', { name: /optional$/ }).click()
  await add.getByRole('button', { name: 'Add node-name' }).click()
  await add.getByLabel('node-name', { exact: true }).fill('disk0')
  await add.getByRole('button', { name: 'Add size' }).click()
  await add.getByLabel('size', { exact: true }).fill('1G')
  await send(page)
  await expect(result(page, 'blockdev-add')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/device_add`)
  const device = formOf(page, 'device_add')
  await device.getByLabel('driver', { exact: true }).fill('virtio-blk-pci')
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await page.keyboard.press('Escape')
  await device.getByRole('button', { name: /optional$/ }).click()
  for (const member of ['id', 'drive', 'bus', 'queue-size']) {
    await device.getByLabel('Search the optional members of Arguments').fill(member)
    await device.getByRole('button', { name: `Add ${member}`, exact: true }).click()
  }
  await device.getByLabel('id', { exact: true }).fill('d0')
  // The machine knows the nodes and the buses.
  await device.getByLabel('drive', { exact: true }).click()
  await page.getByRole('option', { name: /^disk0/ }).click()
  await device.getByLabel('bus', { exact: true }).click()
  await page.getByRole('option', { name: /^rp1/ }).click()
  await device.getByLabel('queue-size', { exact: true }).fill('0x80')
  await expectAccessible(page)
  await send(page)
  await expect(result(page, 'device_add')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/query-block`)
  await send(page)
  await expect(result(page, 'query-block')).toContainText('/machine/peripheral/d0')
  await page.goto(`${lab.url}#/machine/vm/command/device_del`)
  const remove = formOf(page, 'device_del')
  await remove.getByLabel('id', { exact: true }).click()
  await page.getByRole('option', { name: /^d0/ }).click()
  await expect(wire(page)).toContainText('"id":"d0"')
})

test('a transaction of two snapshots, and a bitmap on a node that the machine suggests', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', {
    args: ['node-a', 'node-b'].flatMap((node) => ['-blockdev', `null-co,node-name=${node},size=1048576`]),
  })
  await page.goto(`${lab.url}#/machine/vm/command/block-dirty-bitmap-add`)
  const bitmap = formOf(page, 'block-dirty-bitmap-add')
  await bitmap.getByLabel('node', { exact: true }).click()
  await page.getByRole('option', { name: /^node-a/ }).click()
  await bitmap.getByLabel('name', { exact: true }).fill('b0')
  await send(page)
  await expect(result(page, 'block-dirty-bitmap-add')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/transaction`)
  const form = formOf(page, 'transaction')
  for (const [index, node] of ['node-a', 'node-b'].entries()) {
    await form.getByRole('button', { name: /^\+ TransactionAction/ }).click()
    const action = form.getByRole('group', { name: `actions ${index}`, exact: true })
    await action.getByLabel('type', { exact: true }).selectOption('block-dirty-bitmap-add')
    await action.getByRole('combobox', { name: 'node', exact: true }).fill(node)
    await page.keyboard.press('Escape')
    await action.getByLabel('name', { exact: true }).fill(`t${index}`)
  }
  await form.getByRole('button', { name: 'Move actions 1 up' }).click()
  await expect(wire(page)).toContainText('"node":"node-b","name":"t1"}},{"type"')
  await send(page)
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
  await expect(result(page, 'transaction')).toContainText('returned')
})

test('several commands, pasted in any form, run in turn', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command`)
  await page.getByRole('button', { name: 'Paste…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Paste commands' })
  await dialog
    .getByLabel('Text to read commands from')
    .fill(
      '-> {"execute": "blockdev-add", "arguments": {"driver": "null-co", "node-name": "n0"}}\n<- {"return": {}}\n-> {"execute": "query-named-block-nodes"}\n<- {"return": []}',
    )
  await expect(dialog.getByText('2 commands; left out: 2 replies')).toBeVisible()
  await dialog.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('button', { name: /^Run 2/ }).click()
  await expect(page.getByText('2 returned, 0 did not.')).toBeVisible()
  await expect(result(page, 'query-named-block-nodes')).toContainText('n0')
  // Names of commands, members and values of enums are completed.
  const editor = page.getByRole('textbox', { name: 'Commands to run' })
  await editor.fill('{"execute": "qom-li')
  await page.keyboard.press('End')
  await page.keyboard.press('Control+Space')
  await page.getByRole('option', { name: /^qom-list-types/ }).click()
  await expect(editor).toContainText('"execute": "qom-list-types"')
  await expectAccessible(page)
})
