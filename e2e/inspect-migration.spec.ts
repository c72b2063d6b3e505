/** Inspect: a guest goes from one QEMU to another of the same page; one that is cancelled, and one that fails. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { run } from './timeline-lab.ts'

/** Fill in the form, agree to the commands, and close the dialog. */
async function migrate(page: Page, uri: string, to?: string): Promise<void> {
  const form = page.getByRole('form', { name: 'A new migration' })
  if (to !== undefined) await form.getByRole('combobox', { name: 'To' }).selectOption(to)
  await form.getByRole('textbox', { name: 'Address' }).fill(uri)
  await form.getByRole('button', { name: 'Migrate…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(`{"execute":"migrate","arguments":{"uri":"${uri}"}}`)
  if (to !== undefined) await expect(dialog.getByRole('listitem').first()).toContainText(`to ${to}`)
  await dialog.getByRole('button', { name: 'Migrate' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

const now = (page: Page) => page.getByRole('region', { name: 'Migration now' })

test('from one machine of the page to another, to the end: cont on the source is warned of', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await startQemu(lab.sockets, 'other', { args: ['-incoming', 'defer'] })
  await page.goto(`${lab.url}#/machine/vm/inspect/migration`)
  await expect(now(page)).toContainText('None was begun.')
  await expectAccessible(page)
  await expectSeen(page)
  await migrate(page, `unix:${join(lab.sockets, 'm.sock')}`, 'other')
  await expect(now(page)).toContainText('It is done: the guest is on the other side.')
  await expect(now(page).getByRole('alert')).toContainText('cont here would run it a second time')
  await expect(now(page)).toContainText('Stood still')
  await expect(page.getByRole('navigation', { name: 'Machines' })).toContainText('running')
})

test('one that is too slow is cancelled, and the guest goes on; one without another side fails with its reason', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'migrate-set-parameters', { 'max-bandwidth': 4096 })
  await page.goto(`${lab.url}#/machine/vm/inspect/migration`)
  await migrate(page, 'exec:cat > /dev/null')
  await expect(now(page)).toContainText('The memory goes over while the guest runs.')
  await now(page).getByRole('button', { name: 'Cancel the migration' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Cancel the migration' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(now(page)).toContainText('It was cancelled: the guest goes on here.')

  await migrate(page, 'unix:/no-such-folder/m.sock')
  await expect(now(page)).toContainText('It failed: the guest goes on here.')
  await expect(now(page)).toContainText(/No such file or directory/)
})
