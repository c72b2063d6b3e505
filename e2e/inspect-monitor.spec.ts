/** Inspect: pages of the human monitor, with search and what changed. */
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'

test('a page is chosen, searched and read again: what changed is marked', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: ['-boot', 'menu=on'] })
  await page.goto(`${lab.url}#/machine/vm/inspect/monitor`)
  await expect(page.getByText('Choose a page of the human monitor.')).toBeVisible()
  const box = page.getByRole('combobox', { name: 'Page' })
  await box.fill('mtree')
  await page.getByRole('option', { name: /^mtree/ }).click()
  const lines = page.getByRole('listbox', { name: 'Lines of info mtree' })
  await expect(lines).toContainText('address-space: ')
  await expect(page).toHaveURL(/inspect\/monitor\?page=mtree/)
  await page.getByRole('searchbox', { name: 'Find in this page' }).fill('address-space: memory')
  await expect(page.getByText(/\d+ lines at .*, 1 shown/)).toBeVisible()
  await expectAccessible(page)
  await expectSeen(page)

  // What changed from one reading to the next is marked, word by word.
  await page.goto(`${lab.url}#/machine/vm/inspect/monitor?page=status`)
  const status = page.getByRole('listbox', { name: 'Lines of info status' })
  await expect(status).toContainText('VM status: running')
  await page.getByRole('button', { name: 'stop vm' }).click()
  await expect(page.getByRole('navigation', { name: 'Machines' })).toContainText('paused')
  await page.getByRole('button', { name: 'Read again' }).click()
  await expect(page.getByText(/1 changed since .*, 1 gone/)).toBeVisible()
  await expect(status.locator('mark')).toHaveText('paused')

  // Something that is no page is QEMU's own answer, and nothing else runs.
  await page.goto(`${lab.url}#/machine/vm/inspect/monitor?page=nonsense%3B%20quit`)
  await expect(page.getByRole('listbox', { name: /Lines of info nonsense/ })).toContainText(/unknown command/)
  await expect(page.getByRole('navigation', { name: 'Machines' }).getByText('paused')).toBeVisible()
})
