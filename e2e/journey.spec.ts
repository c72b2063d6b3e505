/** The main journey on the real demo machine, as `npm start` brings it up. */
import { openDemo as open, test } from './demo.ts'
import { addMember, chooseCommand, expect, expectAccessible, goTo, send } from './lab.ts'

test('name, version and state appear', async ({ page, demo }) => {
  await open(page, demo)
  const machine = page.getByRole('region', { name: 'Machine', exact: true })
  await expect(machine.getByRole('heading', { name: 'lab1' })).toBeVisible()
  await expect(machine.getByText('running', { exact: true })).toBeVisible()
  await expect(machine.getByText('256 MiB')).toBeVisible()
  await expect(
    page.getByRole('table', { name: 'Block statistics, live' }).getByRole('rowheader', { name: 'disk0' }),
  ).toBeVisible()
  await expectAccessible(page)
})

test('stop says paused and shows a STOP event; cont returns', async ({ page, demo }) => {
  await open(page, demo)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText(/stop: done, STOP after/)).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('paused')
  await goTo(page, 'Timeline')
  await expect(page.getByRole('option', { name: /event STOP/ })).toBeVisible()
  await expect(page.getByRole('option', { name: /command stop/ })).toBeVisible()
  await page.getByRole('option', { name: /event STOP/ }).click()
  const detail = page.getByRole('region', { name: 'Chosen row' })
  await expect(detail.getByText('near in time: not certain')).toHaveCount(2)
  await expect(detail.getByRole('group', { name: 'Message' })).toContainText('"STOP"')
  await expectAccessible(page)
  await goTo(page, 'Overview')
  const power = page.getByRole('region', { name: 'Power' })
  await expect(power).toContainText(/paused for .*, since STOP at \d\d:\d\d/)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText(/cont: done, RESUME after/)).toBeVisible()
  await expect(power).toContainText(/running for .*, since RESUME at/)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
})

test('the balloon moves and is confirmed by its event', async ({ page, demo }) => {
  await open(page, demo)
  const verbs = page.getByRole('region', { name: 'Power' })
  await expect(verbs.getByText('The guest has 256 MiB')).toBeVisible()
  await verbs.getByLabel('Target').fill('12 parsecs')
  await verbs.getByRole('button', { name: 'Set balloon' }).click()
  await expect(verbs.getByText(/12 parsecs is no integer/)).toBeVisible()
  await verbs.getByLabel('Target').fill('200M')
  await verbs.getByRole('button', { name: 'Set balloon' }).click()
  await expect(verbs.getByText(/balloon: done, BALLOON_CHANGE after/)).toBeVisible()
  await expect(verbs.getByText(/The guest has 2\d\d MiB/)).toBeVisible()
})

test('a dangerous verb asks first, and no means no', async ({ page, demo }) => {
  await open(page, demo)
  await page.getByRole('button', { name: 'Reset' }).click()
  const dialog = page.getByRole('dialog', { name: 'system_reset on lab1?' })
  await expect(dialog).toContainText('what it has not written is lost')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  // A no of one's own is no error: nothing is said of it.
  await expect(dialog).toBeHidden()
  await page.getByRole('combobox', { name: /^Lock/ }).selectOption('read only')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled()
  await page.getByRole('combobox', { name: /^Lock/ }).selectOption('ask')
})

test('the schema of the machine is listed, searched and read', async ({ page, demo }) => {
  await open(page, demo)
  await goTo(page, 'Schema')
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search the schema' }).fill('blockdev-add')
  await page
    .getByRole('option', { name: /blockdev-add/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: 'blockdev-add' })).toBeVisible()
  await expect(page.getByRole('rowheader', { name: 'node-name' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('table').getByRole('link', { name: 'BlockdevDriver' }).first().click()
  await expect(page.getByText(/\d+ values/)).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'blockdev-add' })).toBeVisible()
})

test('blockdev-add of a null-co node by its form; query-named-block-nodes shows it; Undo', async ({
  page,
  demo,
}) => {
  await open(page, demo)
  await chooseCommand(page, 'blockdev-add')
  const form = page.getByRole('form', { name: 'Arguments of blockdev-add' })
  await form.getByRole('combobox', { name: 'driver' }).fill('null-co')
  await page.keyboard.press('Enter')
  await addMember(form, 'node-name')
  await form.getByRole('textbox', { name: 'node-name' }).fill('null0')
  await addMember(form, 'size')
  await form.getByRole('textbox', { name: 'size' }).fill('4G')
  await expect(form).toContainText('= 4294967296')
  await expect(form).toContainText(
    '{"execute":"blockdev-add","arguments":{"driver":"null-co","node-name":"null0","size":4294967296}}',
  )
  await expectAccessible(page)
  const added = await send(page, 'blockdev-add')
  await expect(added).toContainText('returned')

  await chooseCommand(page, 'query-named-block-nodes')
  const nodes = await send(page, 'query-named-block-nodes')
  await expect(nodes.getByText('"null0"').first()).toBeVisible()

  await page.getByRole('button', { name: 'Undo: blockdev-del' }).click()
  // One question, which shows what is sent.
  const question = page.getByRole('dialog')
  await expect(question).toContainText('blockdev-del {"node-name":"null0"}')
  await question.getByRole('button', { name: 'Run blockdev-del' }).click()
  const removed = page.getByRole('article', { name: 'Result of blockdev-del' })
  await expect(removed).toContainText('returned')
})

test('a wrong argument shows QEMU’s own error', async ({ page, demo }) => {
  await open(page, demo)
  await chooseCommand(page, 'blockdev-del')
  await page.getByRole('combobox', { name: 'node-name' }).fill('no-such-node')
  const result = await send(page, 'blockdev-del')
  await expect(result).toContainText('failed')
  await expect(result).toContainText(/no-such-node/)
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await page.getByLabel('Arguments as JSON').fill('{"node-name": "x", "extra": 1}')
  await expect(page.getByText(/extra is unexpected/)).toBeVisible()
  await page.getByRole('button', { name: /^Send anyway/ }).click()
  await expect(page.getByRole('article', { name: 'Result of blockdev-del' }).first()).toContainText(
    "Parameter 'extra' is unexpected",
  )
})

test('exact integers go out and come back as they are', async ({ page, demo }) => {
  await open(page, demo)
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  const terminal = page.getByRole('textbox', { name: /QMP console of lab1/ })
  await terminal.focus()
  await page.keyboard.type('{"execute": "query-name", "id": 9007199254740993}')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows')).toContainText('"id": 9007199254740993')
})

test('the human monitor prints info block, completes, and suspends its prompt', async ({ page, demo }) => {
  await open(page, demo)
  await goTo(page, 'Console')
  const rows = page.locator('.xterm-rows')
  await page.getByRole('textbox', { name: /Human monitor of lab1/ }).focus()
  await page.keyboard.type('info block')
  await page.keyboard.press('Enter')
  await expect(rows).toContainText('empty.qcow2')
  await expect(rows).toContainText('(qemu)')
  await page.keyboard.type('system_po')
  await page.keyboard.press('Tab')
  await expect(rows).toContainText('(qemu) system_powerdown')
  await page.keyboard.press('Control+C')
  await page.keyboard.press('ArrowUp')
  await expect(rows).toContainText(/\(qemu\) info block\s*$/)
  await page.keyboard.press('Control+C')
  await expectAccessible(page)
})

test('hot-plug and unplug of a disk with the guest answering', async ({ page, demo }) => {
  await open(page, demo)
  await chooseCommand(page, 'blockdev-add')
  const add = page.getByRole('form', { name: 'Arguments of blockdev-add' })
  await add.getByRole('combobox', { name: 'driver' }).fill('null-co')
  await page.keyboard.press('Enter')
  await addMember(add, 'node-name')
  await add.getByRole('textbox', { name: 'node-name' }).fill('hotdisk')
  await expect(await send(page, 'blockdev-add')).toContainText('returned')

  await chooseCommand(page, 'device_add')
  const device = page.getByRole('form', { name: 'Arguments of device_add' })
  await device.getByRole('combobox', { name: 'driver' }).fill('virtio-blk-pci')
  await expect(page.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await page.keyboard.press('Escape')
  for (const [member, value] of [
    ['id', 'hot0'],
    ['drive', 'hotdisk'],
    ['bus', 'rp1'],
  ] as const) {
    await addMember(device, member)
    await device.getByLabel(member, { exact: true }).fill(value)
    await page.keyboard.press('Escape')
  }
  await expect(await send(page, 'device_add')).toContainText('returned')
  await chooseCommand(page, 'query-block')
  await expect(await send(page, 'query-block')).toContainText('/machine/peripheral/hot0')
  // The guest lets go of a device when its driver has met it: asked before, it would keep it.
  const backend = encodeURIComponent('{"path":"/machine/peripheral/hot0/virtio-backend"}')
  await page.goto(page.url().replace(/\/command\/.*$/, `/command/x-query-virtio-status?args=${backend}`))
  await expect(page.getByRole('heading', { name: 'x-query-virtio-status', level: 1 })).toBeVisible()
  await expect(async () => {
    const status = await send(page, 'x-query-virtio-status')
    await status.getByRole('button', { name: 'Raw' }).click()
    await expect(status).toContainText('DRIVER_OK', { timeout: 5000 })
  }).toPass({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Undo: device_del' }).click()
  // The lock's question is the only one, and names the device.
  await expect(page.getByRole('dialog')).toContainText('device_del {"id":"hot0"}')
  await page.getByRole('dialog').getByRole('button', { name: 'Run device_del' }).click()
  await goTo(page, 'Timeline')
  await expect(page.getByRole('option', { name: /event DEVICE_DELETED.*hot0/ }).first()).toBeVisible()
})

test('the guest agent answers through its own channel', async ({ page, demo }) => {
  await open(page, demo)
  await goTo(page, 'Guest')
  await expect(page.getByRole('heading', { name: /\d+ commands/ })).toBeVisible()
  await expectAccessible(page)
  await goTo(page, 'Command')
  await page.getByRole('group', { name: 'Whose commands' }).getByRole('link', { name: 'Agent' }).click()
  await chooseCommand(page, 'guest-get-host-name')
  await expect(await send(page, 'guest-get-host-name')).toContainText('"lab1"')
})

test('quit asks, ends QEMU, and the machine that is started again is picked up', async ({ page, demo }) => {
  await open(page, demo)
  await page.getByRole('button', { name: 'Quit QEMU' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run quit' }).click()
  await expect(page.getByText('Lost: lab1 has shut down.')).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('running', { timeout: 120_000 })
})
