/** Commands: forms, JSON, QEMU's own verdict, values of the machine; as a person does these things. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import fc from 'fast-check'
import { root } from '../lab/paths.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import { equalJson } from '#base/json/equal.ts'
import { buildSchema, entitiesOf } from '#qapi/model/schema.ts'
import { valuesOf } from '#qapi/testing/generate.ts'
import { startQemu } from '../lab/testing.ts'
import { addMember, expect, expectAccessible, test, setDeadline, sendOptions } from './lab.ts'

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
  await form.getByRole('radiogroup', { name: 'Form of file' }).getByText('new node here').click()
  const inner = form.getByRole('group', { name: 'file', exact: true }).last()
  await inner.getByRole('combobox', { name: 'driver', exact: true }).fill('throttle')
  await page.keyboard.press('Enter')
  await inner.getByLabel('throttle-group', { exact: true }).fill('tg0')
  await inner.getByRole('radiogroup', { name: 'Form of file' }).getByText('new node here').click()
  await inner.getByRole('combobox', { name: 'driver', exact: true }).last().fill('file')
  await page.keyboard.press('Enter')
  await inner.getByLabel('filename', { exact: true }).fill('/tmp/none.qcow2')
  await expect(wire(page)).toHaveText(
    '{"execute":"blockdev-add","arguments":{"driver":"qcow2","file":{"driver":"throttle","throttle-group":"tg0","file":{"driver":"file","filename":"/tmp/none.qcow2"}}}}',
  )
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await expect(editor).toContainText('"throttle-group": "tg0"')
  // What one acts with is in sight, however long the form is.
  await expect(page.getByRole('button', { name: /^Send/ })).toBeInViewport({ ratio: 1 })
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
  // Members are completed as one types, inside of the quotes, and what is completed is whole.
  await editor.fill('{"driver": "raw", "file": "node0", }')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('"off')
  await page.getByRole('option', { name: /^offset/ }).click()
  await page.keyboard.type('512')
  await expect(wire(page)).toContainText('"file":"node0","offset":512}')
  // JSON that is none says where.
  await editor.fill('{ "driver": "raw",\n  "file": ')
  await expect(page.getByText(/Line 2, column \d+/).first()).toBeVisible()
  await expect(form.getByText('The JSON is not finished')).toBeVisible()
})

test('the editor completes what the machine knows, tidies up and says where it cannot', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', {
    args: ['-blockdev', 'null-co,node-name=disk0', '-blockdev', 'null-co,node-name=disk1'],
  })
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-del?as=json`)
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  const offered = page.locator('.cm-tooltip-autocomplete').getByRole('option')
  await editor.fill('{"node-name": }')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('"')
  await expect(offered).toHaveText([/^disk0null-co/, /^disk1null-co/])
  await page.keyboard.type('disk1')
  await expect(offered).toHaveText([/^disk1/])
  await offered.click()
  await expect(wire(page)).toHaveText('{"execute":"blockdev-del","arguments":{"node-name":"disk1"}}')
  await send(page)
  await expect(result(page, 'blockdev-del')).toContainText('returned')

  // By its key, from within the editor: once.
  await page.goto(`${lab.url}#/machine/vm/command/query-name?as=json`)
  await editor.click()
  await page.keyboard.press('Control+Enter')
  await expect(result(page, 'query-name')).toContainText('returned')
  await page.keyboard.press('Control+Shift+Enter')
  await expect(page.getByText('QEMU would accept this.')).toBeVisible()
  await expect(page.getByRole('article', { name: 'Result of query-name' })).toHaveCount(1)

  await page.goto(`${lab.url}#/machine/vm/command/qom-set?as=json`)
  const tidyUp = page.getByRole('button', { name: 'Tidy up' })
  await editor.fill(`{'path': "/machine", 'property': "p", "value": [1.0, 1e3, 0.10,],}`)
  await tidyUp.click()
  await expect(page.getByText('Tidied up. 2 commas too many taken away.')).toBeVisible()
  // What is typed goes out as it is typed.
  await expect(wire(page)).toHaveText(
    '{"execute":"qom-set","arguments":{"path":"/machine","property":"p","value":[1.0,1e3,0.10]}}',
  )
  await expect(page).toHaveURL(/args=.*1e3/)
  await page.reload()
  await expect(wire(page)).toContainText('"value":[1.0,1e3,0.10]}')
  await tidyUp.click()
  await expect(page.getByText('It is tidy.')).toBeVisible()
  await editor.fill('{"path": "/machine",\n "property": p,\n}')
  await tidyUp.click()
  await expect(
    page.getByText('Not tidied up. Line 2, column 14: expected a value, found p: a string needs quotes.'),
  ).toBeVisible()
  // An integer that is written as a fraction is none, to QEMU neither.
  await page.goto(`${lab.url}#/machine/vm/command/block_resize?as=json`)
  await editor.fill('{"node-name": "disk0", "size": 1.0}')
  await expect(page.getByText('expected an integer, found 1.0').first()).toBeVisible()
  await page.getByRole('button', { name: /^Ask QEMU/ }).click()
  await expect(page.getByText(/QEMU would refuse this:/)).toBeVisible()
})

test('members that only the machine knows: in unfinished JSON, and when the manual is read late', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  let goOn = (): void => undefined
  const held = new Promise<void>((resolve) => (goOn = resolve))
  await page.route('**/manuals.json', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(
    `${lab.url}#/machine/vm/command/qom-set?args=${encodeURIComponent('{"path":"/machine","property":"hpet"}')}`,
  )
  await expect(page.getByText('hpet is of type bool.')).toBeVisible()
  goOn()
  // Since when is from the manual.
  await expect(page.getByText('since 1.2', { exact: true })).toBeVisible()
  const value = formOf(page, 'qom-set').getByRole('radiogroup', { name: 'value' })
  await value.getByText('true').click()
  await expect(wire(page)).toContainText('"property":"hpet","value":true')

  await page.goto(`${lab.url}#/machine/vm/command/device_add?as=json`)
  await page
    .getByRole('textbox', { name: 'Arguments as JSON' })
    .fill('{"driver": "virtio-blk-pci", "addr": "0x10", }')
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('"queue-s')
  await page
    .locator('.cm-tooltip-autocomplete')
    .getByRole('option', { name: /^queue-size/ })
    .click()
  await page.keyboard.type('128')
  await expect(wire(page)).toContainText('"driver":"virtio-blk-pci","addr":"0x10","queue-size":128')
})

test('texts that come while something is pressed do not take it away from under the pointer', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', {
    args: ['disk0', 'disk1'].flatMap((node) => ['-blockdev', `null-co,node-name=${node}`]),
  })
  let onPress = (): void => undefined
  const pressed = new Promise<void>((resolve) => (onPress = resolve))
  await page.route('**/manuals.json', async (route) => {
    await pressed
    await route.continue()
  })
  await page.exposeFunction('pressed', onPress)
  await page.goto(`${lab.url}#/machine/vm/command/block-dirty-bitmap-add`)
  const node = formOf(page, 'block-dirty-bitmap-add').getByLabel('node', { exact: true })
  await node.click()
  const option = page.getByRole('option', { name: /^disk0/ })
  await expect(option).toBeVisible()
  await page.evaluate(() => {
    const { pressed: say } = window as unknown as { readonly pressed: () => Promise<void> }
    addEventListener('pointerdown', () => void say(), { once: true })
  })
  // A slow press: the manual is read meanwhile.
  await option.click({ delay: 900 })
  await expect(node).toHaveValue('disk0')
  await expect(page.getByText('name of device/node which the bitmap is tracking')).toBeVisible()
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
  await page.reload()
  await expect(form.getByText('70000 is outside of uint16: 0 to 65535').first()).toBeVisible()
  // One that fits has the width in place of the error.
  await form.getByLabel('to', { exact: true }).fill('7000')
  await expect(form.getByText('uint16: 0 to 65535', { exact: true })).toBeVisible()
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
  await addMember(add, 'node-name')
  await add.getByLabel('node-name', { exact: true }).fill('disk0')
  await addMember(add, 'size')
  await add.getByLabel('size', { exact: true }).fill('1G')
  await send(page)
  await expect(result(page, 'blockdev-add')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/device_add`)
  const device = formOf(page, 'device_add')
  await device.getByLabel('driver', { exact: true }).fill('virtio-blk-pci')
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await page.keyboard.press('Escape')
  for (const member of ['id', 'drive', 'bus', 'queue-size']) {
    await addMember(device, member)
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
  const images = ['node-a', 'node-b'].map((node) => ({ node, file: join(lab.sockets, `${node}.raw`) }))
  for (const { file } of images) writeFileSync(file, Buffer.alloc(1024 * 1024))
  await startQemu(lab.sockets, 'vm', {
    args: images.flatMap(({ node, file }) => [
      '-blockdev',
      `driver=raw,node-name=${node},file.driver=file,file.filename=${file}`,
      // An overlay that no device uses would go again at once.
      '-device',
      `virtio-blk-pci,drive=${node}`,
    ]),
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
  for (const [index, { node, file }] of images.entries()) {
    await form.getByRole('button', { name: /^\+ TransactionAction/ }).click()
    const action = form.getByRole('group', { name: `actions ${index}`, exact: true })
    await action.getByLabel('type', { exact: true }).selectOption('blockdev-snapshot-sync')
    await action.getByLabel('snapshot-file', { exact: true }).fill(`${file}.overlay`)
    await addMember(action, 'node-name', `actions.${index}.data`)
    await action.getByRole('combobox', { name: 'node-name', exact: true }).fill(node)
    await page.keyboard.press('Escape')
    await addMember(action, 'snapshot-node-name', `actions.${index}.data`)
    await action.getByLabel('snapshot-node-name', { exact: true }).fill(`${node}-overlay`)
  }
  await form.getByRole('button', { name: 'Move actions 1 up' }).click()
  await expect(wire(page)).toContainText(/node-b-overlay.*node-a-overlay/)
  await send(page)
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
  await expect(result(page, 'transaction')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/query-named-block-nodes`)
  await send(page)
  await result(page, 'query-named-block-nodes').getByRole('button', { name: 'Table' }).click()
  await expect(
    result(page, 'query-named-block-nodes').getByRole('cell', { name: 'node-b-overlay', exact: true }),
  ).toBeVisible()
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
  // A list that has just opened takes no press for a moment, so that nothing is chosen by mistake.
  await expect(async () => {
    const option = page.getByRole('option', { name: /^qom-list-types/ })
    if ((await option.count()) > 0) await option.click({ timeout: 5000 })
    else await page.keyboard.press('Control+Space')
    await expect(editor).toContainText('"execute": "qom-list-types"', { timeout: 5000 })
  }).toPass()
  await expectAccessible(page)
})

test('forms of many commands show any valid arguments, and send exactly those', async ({ page, lab }) => {
  const file = join(root, 'public', 'schemas', 'qemu-11.1-x86_64.json')
  const json = parseJson(readFileSync(file, 'utf8'))
  const value =
    json.ok && isJsonObject(json.value) ? (json.value.return ?? null) : json.ok ? json.value : null
  const schema = buildSchema(value)
  if (!schema.ok) throw new Error(schema.error)
  const commands = entitiesOf(schema.value, 'command').filter(({ argType }) => {
    const type = schema.value.byName.get(argType)
    return type?.kind === 'object' && type.members.length > 0
  })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(`${lab.url}#/recorded/qemu-11.1-x86_64/command`)
  for (let index = 0; index < commands.length; index += 7) {
    const command = commands[index]
    if (command === undefined) break
    const [sample] = fc.sample(valuesOf(schema.value, command.argType), { numRuns: 1, seed: index + 1 })
    if (sample === undefined || printJson(sample).length > 3000) continue
    await page.goto(
      `${lab.url}#/recorded/qemu-11.1-x86_64/command/${command.name}?args=${encodeURIComponent(printJson(sample))}`,
    )
    await expect(page.getByRole('heading', { name: command.name, level: 1 })).toBeVisible()
    await expect(formOf(page, command.name)).toBeVisible()
    const sent = parseJson((await wire(page).textContent()) ?? '')
    const given = isJsonObject(sample) && Object.keys(sample).length === 0 ? undefined : sample
    expect(sent.ok && isJsonObject(sent.value) && sent.value.execute).toBe(command.name)
    if (sent.ok && isJsonObject(sent.value)) {
      expect(equalJson(sent.value.arguments ?? null, given ?? null), command.name).toBe(true)
    }
  }
  expect(problems).toEqual([])
})

test('chardev-change: what is nested deeper has its fields, and the tag keeps what cases share', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: ['-chardev', 'null,id=char0'] })
  await page.goto(`${lab.url}#/machine/vm/command/chardev-change`)
  const form = formOf(page, 'chardev-change')
  await form.getByLabel('id', { exact: true }).click()
  await page.getByRole('option', { name: /^char0/ }).click()
  const type = form.getByRole('combobox', { name: 'type', exact: true })
  await type.fill('ringbuf')
  await page.keyboard.press('Enter')
  const data = form.getByRole('group', { name: 'data', exact: true })
  await addMember(data, 'size', 'backend.data')
  await data.getByLabel('size', { exact: true }).fill('64k')
  await addMember(data, 'logfile', 'backend.data')
  await data.getByRole('textbox', { name: 'logfile' }).fill('')
  // Added and not given is not the empty text.
  await expect(data.getByText('type a text, or choose "" for an empty one')).toBeVisible()
  await data.getByRole('button', { name: 'Take backend.data.logfile away (it is kept)' }).click()
  await expect(wire(page)).toHaveText(
    '{"execute":"chardev-change","arguments":{"id":"char0","backend":{"type":"ringbuf","data":{"size":65536}}}}',
  )
  await send(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Run chardev-change' }).click()
  await expect(result(page, 'chardev-change')).toContainText('returned')
  await page.goto(`${lab.url}#/machine/vm/command/query-chardev`)
  await send(page)
  await expect(result(page, 'query-chardev')).toContainText('ringbuf')
})

test('before and after: what a command changed', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/stop`)
  await (await sendOptions(page)).getByRole('checkbox', { name: 'compare before and after' }).check()
  await send(page)
  await expect(result(page, 'stop')).toContainText('query-status')
  await expect(result(page, 'stop')).toContainText(/running.*paused/s)
  await expect(result(page, 'stop')).toContainText(/Asked again when STOP had come, \d+ ms after/)
})

test('before and after: waits for the end of a change, as long as a person wants', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', {
    args: [
      ...['-S', '-device', 'pcie-root-port,id=rp0', '-device', 'virtio-rng-pci,id=rng0,bus=rp0'],
      ...[
        '-blockdev',
        'null-co,node-name=source,size=16777216',
        '-blockdev',
        'null-co,node-name=copy,size=16777216',
      ],
    ],
  })
  const open = async (name: string, args: object): Promise<void> => {
    const given = encodeURIComponent(JSON.stringify(args))
    await page.goto(`${lab.url}#/machine/vm/command/${name}?args=${given}`)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    const box = (await sendOptions(page)).getByRole('checkbox', { name: 'compare before and after' })
    await box.check()
    await page.keyboard.press('Escape')
    await send(page)
    await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
  }
  // A job has ended when it is ready, which its return does not say.
  await open('blockdev-mirror', { 'job-id': 'm0', device: 'source', target: 'copy', sync: 'full' })
  const mirror = page.getByRole('region', { name: 'Before and after blockdev-mirror' })
  await expect(mirror).toContainText(/Asked again when the end of the job m0 had come/)
  await expect(mirror).toContainText('ready')
  // A paused guest lets go of nothing.
  await open('device_del', { id: 'rng0' })
  const unplug = page.getByRole('region', { name: 'Before and after device_del' })
  await expect(unplug).toContainText(/Waiting for DEVICE_DELETED of rng0: .* so far, 1 min at most/)
  await expectAccessible(page)
  await unplug.getByRole('button', { name: 'Ask now' }).click()
  await expect(unplug).toContainText('Asked again without waiting for DEVICE_DELETED of rng0.')
})

test('errors of every kind say what they are, and where', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  const open = async (name: string, args: string): Promise<void> => {
    await page.goto(`${lab.url}#/machine/vm/command/${name}?args=${encodeURIComponent(args)}`)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  }
  // Of another class than the usual one.
  await open('device_del', '{"id":"no-such"}')
  await send(page)
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click()
  await expect(result(page, 'device_del')).toContainText('DeviceNotFound')
  // Found by the page before anything is sent, at its field; sent all the same, refused by QEMU in its words.
  await open('blockdev-del', '{"node-name":7}')
  await expect(
    formOf(page, 'blockdev-del').getByText('expected a string, found a number').first(),
  ).toBeVisible()
  await page.getByRole('button', { name: /^Send anyway/ }).click()
  await expect(result(page, 'blockdev-del')).toContainText(
    "Invalid parameter type for 'node-name', expected: string",
  )
  // A command that this server has not.
  await page.goto(`${lab.url}#/machine/vm/command?several=1`)
  await page.getByRole('textbox', { name: 'Commands to run' }).fill('{"execute": "no-such-command"}')
  await page.getByRole('button', { name: /^Run 1/ }).click()
  // Nobody knows what it would do.
  await page.getByRole('dialog').getByRole('button', { name: 'Run no-such-command' }).click()
  await expect(result(page, 'no-such-command')).toContainText('CommandNotFound')
  // Kept back by the lock, in the form and in the list of several alike.
  await page.getByLabel('Lock', { exact: true }).selectOption('read-only')
  await page.getByRole('textbox', { name: 'Commands to run' }).fill('{"execute": "stop"}')
  await page.getByRole('button', { name: /^Run 1/ }).click()
  await expect(result(page, 'stop')).toContainText('read only')
  await open('cont', '{}')
  await expect(page.getByRole('button', { name: /^Send/ })).toBeDisabled()
  await expect(formOf(page, 'cont').getByText('vm is locked: read only.').last()).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  // What changes nothing passes, and it is said why.
  await open('query-status', '{}')
  await expect(page.getByText('It passes the lock, because it is a query.')).toBeVisible()
  await send(page)
  await expect(result(page, 'query-status')).toContainText('returned')
})

test('arguments follow the address, the driver and what was typed last', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: ['-blockdev', 'null-co,node-name=nodea,size=1048576'] })
  const command = `${lab.url}#/machine/vm/command`
  const at = (name: string, args: object): string =>
    `${command}/${name}?args=${encodeURIComponent(JSON.stringify(args))}`
  // The same command with other arguments.
  await page.goto(at('block_resize', { 'node-name': 'nodea', size: 1 }))
  await expect(wire(page)).toContainText('"size":1}')
  await page.goto(at('block_resize', { 'node-name': 'nodea', size: 22 }))
  await expect(wire(page)).toContainText('"size":22}')
  // Typed, left at once, and back.
  await formOf(page, 'block_resize').getByLabel('size', { exact: true }).fill('777')
  await page.getByRole('link', { name: 'in the schema' }).click()
  await page.goBack()
  await expect(wire(page)).toContainText('"size":777}')
  // A deadline that is none keeps from sending.
  await setDeadline(page, '')
  await expect(page.getByRole('button', { name: /^Send/ })).toBeDisabled()
  await setDeadline(page, '30')
  // An unfinished form survives a reload, as far as it was finished.
  await page.goto(at('blockdev-add', { driver: 'qcow2', 'node-name': 'n' }))
  await formOf(page, 'blockdev-add').getByLabel('node-name', { exact: true }).fill('other')
  await expect(page).toHaveURL(/other/)
  await page.reload()
  await expect(formOf(page, 'blockdev-add').getByLabel('node-name', { exact: true })).toHaveValue('other')
  // A link that was cut off says so.
  await page.goto(`${command}/block_resize?args=${encodeURIComponent('{"size')}`)
  await expect(page.getByText(/Line 1, column/).first()).toBeVisible()
  // Another driver, and the first one again.
  await page.goto(at('device_add', { driver: 'virtio-blk-pci', drive: 'nodea', id: 'q', serial: 'S1' }))
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  const driver = formOf(page, 'device_add').getByLabel('driver', { exact: true })
  await driver.fill('virtio-net-pci')
  await expect(page.getByText(/properties of virtio-net-pci/)).toBeVisible()
  await expect(wire(page)).toHaveText(
    '{"execute":"device_add","arguments":{"driver":"virtio-net-pci","id":"q"}}',
  )
  await driver.fill('virtio-blk-pci')
  await expect(wire(page)).toContainText('"drive":"nodea","serial":"S1"')
  // The value of a property, from a link.
  const balloon = { path: '/machine/peripheral/balloon0', property: 'guest-stats-polling-interval', value: 2 }
  await page.goto(at('qom-set', balloon))
  await expect(page.getByText('guest-stats-polling-interval is of type int')).toBeVisible()
  await expect(wire(page)).toContainText('"value":2}')
})
