/** What QEMU refuses: at the field that is meant, after Send as after Ask, and only what this version refuses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { backportsQemu } from '../lab/demo/other-qemu.ts'
import { root } from '../lab/paths.ts'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import { addMember, expect, expectAccessible, test } from './lab.ts'

const formOf = (page: Page, name: string): Locator => page.getByRole('form', { name: `Arguments of ${name}` })
const link = (url: string, command: string, args: object): string =>
  `${url}#/machine/vm/command/${command}?args=${encodeURIComponent(JSON.stringify(args))}`

/** Send, and say yes where the lock asks. */
async function sendAnyway(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Send/ }).click()
  const question = page.getByRole('dialog')
  const refused = page.getByText('QEMU refused this:')
  await expect(question.or(refused)).toBeVisible()
  if (await question.isVisible()) await question.getByRole('button').last().click()
  await expect(refused).toBeVisible()
}

test('a refusal after Send is at its field, and the width that it tells is known from then on', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  const addr = { type: 'inet', data: { host: 'h', port: '1', to: 70_000 } }
  await page.goto(
    link(lab.url, 'chardev-add', { id: 'c', backend: { type: 'socket', data: { addr, server: false } } }),
  )
  const form = formOf(page, 'chardev-add')
  await expect(page.getByText('Valid against vm.')).toBeVisible()
  await sendAnyway(page)
  await expect(form.getByText("QEMU: Parameter 'to' expects uint16_t")).toBeVisible()
  await expect(form.getByText('70000 is outside of uint16: 0 to 65535').first()).toBeVisible()
  await expectAccessible(page)
})

for (const [command, args, path, desc] of [
  [
    'blockdev-add',
    { driver: 'qcow2', 'node-name': 'n', file: { driver: 'x' } },
    'file.driver',
    "Parameter 'driver' does not accept value 'x'",
  ],
  [
    'netdev_add',
    { type: 'stream', id: 'n', addr: { type: 'x' } },
    'addr.type',
    "Parameter 'type' does not accept value 'x'",
  ],
] as const) {
  test(`${command}: a refusal that names only a leaf is at ${path}, asked or sent`, async ({ page, lab }) => {
    await startQemu(lab.sockets, 'vm')
    await page.goto(link(lab.url, command, args))
    const field = (at: string): Locator => formOf(page, command).locator(`[data-path="${at}"]`)
    const leaf = path.split('.').at(-1) ?? ''
    await page.getByRole('button', { name: /^Ask QEMU/ }).click()
    const asked = page.getByRole('status').filter({ hasText: 'QEMU would refuse this:' })
    await expect(asked.getByRole('button', { name: path, exact: true })).toBeVisible()
    await expect(field(path).getByText(`QEMU: ${desc}`)).toBeVisible()
    await expect(field(leaf).getByText('QEMU:')).toHaveCount(0)

    await sendAnyway(page)
    const sent = page.getByRole('status').filter({ hasText: 'QEMU refused this:' })
    await expect(sent.getByRole('button', { name: path, exact: true })).toBeVisible()
    await expect(field(path).getByText(`QEMU: ${desc}`)).toBeVisible()
    await expect(field(leaf).getByText('QEMU:')).toHaveCount(0)
    await expectAccessible(page)
  })
}

/**
 * A machine whose devices have properties that are lists: the QEMU of the backports. Where it cannot be had, a server with
 * the recorded schema of 10.0 and what that QEMU says of the property. What QEMU itself takes there is tried in
 * workers/qapi/model/device-add.real.test.ts.
 */
async function startWithLists(sockets: string): Promise<void> {
  const other = backportsQemu()
  if (other.kind === 'there') {
    await startQemu(sockets, 'vm', { program: other.program })
    return
  }
  const schema = readFileSync(join(root, 'public', 'schemas', 'qemu-10.0-x86_64.json'), 'utf8')
  const answers: ReadonlyMap<string, string> = new Map([
    ['query-qmp-schema', schema.trim()],
    ['qom-list-types', '[{"name": "virtio-blk-pci", "parent": "virtio-blk-pci-base-type"}]'],
    [
      'device-list-properties',
      '[{"name": "iothread-vq-mapping", "type": "IOThreadVirtQueueMappingList", "description": "IOThread virtqueue mapping list [{\\"iothread\\":\\"<id>\\", \\"vqs\\":[1,2,3,...]},...]"}]',
    ],
  ])
  const answer = ({ id, execute }: { readonly id: number; readonly execute: string }): string =>
    `{"return": ${answers.get(execute) ?? '{}'}, "id": ${id}}\r\n`
  await startFakeQmp(
    join(sockets, 'vm.qmp'),
    (command, socket) => void socket.write(answer(command)),
    [10, 0],
  )
}

test('a property that is a list is given in the form, item by item, and checked', async ({ page, lab }) => {
  await startWithLists(lab.sockets)
  await page.goto(link(lab.url, 'device_add', { driver: 'virtio-blk-pci' }))
  const form = formOf(page, 'device_add')
  await expect(form.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await addMember(form, 'iothread-vq-mapping')
  const list = form.locator('[data-path="iothread-vq-mapping"]')
  await expect(list.getByText('empty array: []')).toBeVisible()
  await list.getByRole('button', { name: /^\+ / }).first().click()
  const issues = page.getByRole('list', { name: 'What QEMU would refuse' })
  await expect(issues.getByRole('button', { name: 'iothread-vq-mapping.0.iothread' })).toBeVisible()
  await list.getByLabel('iothread', { exact: true }).fill('io0')
  // What the machine has is suggested under the field until one goes on.
  await page.keyboard.press('Tab')
  await expect(page.getByText('Valid against vm.')).toBeVisible()

  // The queues of the item are a list, too, of integers of 16 bits.
  await addMember(list, 'vqs', 'iothread-vq-mapping.0')
  const vqs = list.locator('[data-path="iothread-vq-mapping.0.vqs"]')
  await vqs.getByRole('button', { name: /^\+ / }).click()
  await vqs.getByRole('textbox').fill('70000')
  await expect(issues.getByRole('button', { name: 'iothread-vq-mapping.0.vqs.0' })).toBeVisible()
  await expect(vqs.getByText('70000 is outside of uint16: 0 to 65535')).toBeVisible()
  await vqs.getByRole('textbox').fill('1')
  await expect(page.getByText('Valid against vm.')).toBeVisible()
  await expect(form.locator('pre').or(page.locator('.wire pre')).first()).toContainText(
    '"iothread-vq-mapping":[{"iothread":"io0","vqs":[1]}]',
  )
  await expectAccessible(page)
  for (const [value, path] of [
    ['io0', 'iothread-vq-mapping'],
    [[{ iothread: 'io0', vqs: ['a'] }], 'iothread-vq-mapping.0.vqs.0'],
  ] as const) {
    const wrong = { driver: 'virtio-blk-pci', 'iothread-vq-mapping': value }
    await page.goto(link(lab.url, 'device_add', wrong))
    await expect(issues.getByRole('button', { name: path, exact: true })).toBeVisible()
  }
})

test('device_add of QEMU 7.2: what it reads from texts is not called wrong', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  const args = { driver: 'virtio-blk-pci', addr: 5, vectors: '4', 'share-rw': 'on' }
  await page.goto(link(lab.url, 'device_add', args))
  const form = formOf(page, 'device_add')
  await expect(form.getByText(/properties of virtio-blk-pci/)).toBeVisible()
  await expect(page.getByText('Valid against vm.')).toBeVisible()
  await expect(page.getByRole('list', { name: 'What QEMU would refuse' })).toHaveCount(0)
  await page.goto(link(lab.url, 'device_add', { ...args, vectors: 'four', serial: '\uffff' }))
  await expect(form.getByText('expected an integer, found "four"').first()).toBeVisible()
  await expect(form.getByText('U+FFFF is no character that QEMU takes in a text').first()).toBeVisible()
})
