/** What QEMU refuses: at the field that is meant, after Send as after Ask, and only what this version refuses. */
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const formOf = (page: Page, name: string): Locator => page.getByRole('form', { name: `Arguments of ${name}` })
const send = (page: Page): Promise<void> => page.getByRole('button', { name: /^Send/ }).click()
const link = (url: string, command: string, args: object): string =>
  `${url}#/machine/vm/command/${command}?args=${encodeURIComponent(JSON.stringify(args))}`

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
  await send(page)
  const question = page.getByRole('dialog')
  const refused = page.getByText('QEMU refused this:')
  await expect(question.or(refused)).toBeVisible()
  if (await question.isVisible()) await question.getByRole('button').last().click()
  await expect(refused).toBeVisible()
  await expect(form.getByText("QEMU: Parameter 'to' expects uint16_t")).toBeVisible()
  await expect(form.getByText('70000 is outside of uint16: 0 to 65535').first()).toBeVisible()
  await expectAccessible(page)
})

test('a refusal that names only a leaf is at the member that is meant', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(link(lab.url, 'blockdev-add', { driver: 'qcow2', 'node-name': 'n', file: { driver: 'x' } }))
  await page.getByRole('button', { name: /^Ask QEMU/ }).click()
  await expect(page.getByText('QEMU would refuse this:')).toBeVisible()
  const verdict = page.getByRole('status').filter({ hasText: 'QEMU would refuse this:' })
  await expect(verdict.getByRole('button', { name: 'file.driver', exact: true })).toBeVisible()
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
