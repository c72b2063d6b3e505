/** Files and texts of other programs, opened and pasted as a person does it; and consoles in a browser that keeps nothing. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const logs = new URL('../workers/trace/testing/logs/', import.meta.url)
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, logs))

const list = (page: Page) => page.getByRole('listbox', { name: 'Rows of the timeline' })

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

test('logs of other programs, packed and in UTF-16, show each reply at its own command', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url)
  await choose(page, 'virt-launcher.log.gz', gzipSync(bytesOf('kubevirt-virt-launcher.txt')))
  await expect(list(page).getByRole('option', { name: /reply.*query-status/ })).toBeVisible()
  await expect(list(page).getByRole('option', { name: /NIC_RX_FILTER_CHANGED/ })).toBeVisible()
  await choose(page, 'shell.txt', bytesOf('utf16-qmp-shell.txt'))
  await expect(page).toHaveURL(/recording-2/)
  await expect(list(page).getByRole('option', { name: /reply.*query-status/ })).toBeVisible()
  await choose(page, 'libvirtd.log', bytesOf('libvirt-same-address-unanswered.txt'))
  await expect(page).toHaveURL(/recording-3/)
  await expect(list(page).getByRole('option', { name: /reply.*query-status/ })).toBeVisible()
  await expect(list(page).getByRole('option', { name: /reply.*device_del/ })).toHaveCount(0)
  await expectAccessible(page)
})

test('commands are pasted with their prompt, what runs them, and their output', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command`)
  await page.getByRole('button', { name: 'Paste…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Paste commands' })
  const text = dialog.getByLabel('Text to read commands from')
  await text.fill('query\u200b-status')
  await expect(dialog.getByRole('status')).toContainText('A zero-width space (U+200B) stands in column 6')
  await text.fill(
    'me@host:~$ ssh root@kvm1 "virsh qemu-monitor-command lab query-status"\n{"return":{"status":"running"}}\n' +
      'me@host:~$ sudo -u qemu virsh qemu-monitor-command lab query-named-block-nodes \'"flat":true\'\n',
  )
  await expect(dialog.getByRole('status')).toHaveText('2 commands; left out: 1 replies')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('button', { name: /^Run 2/ }).click()
  await expect(page.getByText('2 returned, 0 did not.')).toBeVisible()
})

test('a console works where the browser keeps nothing for the page', async ({ page, lab }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    })
  })
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/console`)
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of/ }).focus()
  await page.keyboard.press('End')
  await page.keyboard.insertText('query-status')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows')).toContainText('"status"')
})
