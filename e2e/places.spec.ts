/** Where one is: Back undoes one step, links lead to the same in another version, tabs and versions keep the place. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const recorded = (version: string): string => `#/recorded/qemu-${version}-x86_64/schema`

const search = (page: Page) => page.getByRole('searchbox', { name: 'Search the schema' })
const entity = (page: Page) => page.getByRole('region', { name: 'Entity' })
const show = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Show as' }).getByRole('button', { name })
const pressed = (page: Page, name: string) => expect(show(page, name)).toHaveAttribute('aria-pressed', 'true')

test('Back undoes one step of the schema view, and only one', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded('7.2')}/query-block`)
  await expect(entity(page).getByRole('heading', { name: 'query-block', level: 1 })).toBeVisible()
  await show(page, 'Graph').click()
  await page.getByLabel('Steps').selectOption('1')
  await show(page, 'Map').click()
  await page
    .getByRole('group', { name: /^Map of the schema/ })
    .getByRole('button', { name: /^Zoom into migration/ })
    .press('Enter')
  await expect(page).toHaveURL(/zoom=migration/)
  await search(page).pressSequentially('migrate')
  await expect(page).toHaveURL(/q=migrate/)
  await page.getByRole('button', { name: /^event / }).click()
  await expect(page).toHaveURL(/kinds=event/)

  await page.goBack()
  await expect(page).not.toHaveURL(/kinds=/)
  await expect(search(page)).toHaveValue('migrate')
  await page.goBack()
  await expect(search(page)).toHaveValue('')
  await expect(page).toHaveURL(/zoom=migration/)
  await page.goBack()
  await expect(page).not.toHaveURL(/zoom=/)
  await pressed(page, 'Map')
  await page.goBack()
  await pressed(page, 'Graph')
  await expect(page.getByLabel('Steps')).toHaveValue('1')
  await page.goBack()
  await expect(page.getByLabel('Steps')).toHaveValue('3')
  await page.goBack()
  await pressed(page, 'Page')
  await expect(entity(page).getByRole('heading', { name: 'query-block', level: 1 })).toBeVisible()
})

test('a comparison goes from older to newer, its filters are in the address, and Back takes them away', async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}${recorded('7.2')}?show=compare`)
  await page.getByLabel('Compare with').selectOption({ label: 'QEMU 10.0 x86_64' })
  await expect(page.getByText('from QEMU 7.2 x86_64 to QEMU 10.0 x86_64')).toBeVisible()
  await expect(page.getByText('177 changes, 35 of them breaking for a client, 18 to be known')).toBeVisible()
  await page.getByRole('button', { name: /^breaking/ }).click()
  await page.getByRole('searchbox', { name: 'Search the changes' }).fill('extents')
  await page.getByRole('option', { name: /^breaking .*extents\[\]/ }).click()
  const chosen = page.getByRole('region', { name: 'Chosen change' })
  await expect(chosen).toContainText('return: breaking')
  await expect(chosen.getByRole('listitem')).toHaveCount(2)
  await expectAccessible(page)
  await expect(page).toHaveURL(/verdict=breaking.*names=extents/)
  await page.reload()
  await expect(page.getByText('1 of 177')).toBeVisible()
  await page.goBack()
  await expect(page.getByText('35 of 177')).toBeVisible()
  await page.goBack()
  await expect(page.getByText('177 of 177')).toBeVisible()
  await page.goBack()
  await expect(page.getByLabel('Compare with')).toHaveValue('')
})

test('a type is called by its name or by the way to it, in every version; an old number is explained', async ({
  page,
  lab,
}) => {
  await page.route('**/manuals.json', (route) => route.fulfill({ status: 404, body: '' }))
  await page.goto(`${lab.url}${recorded('7.2')}/blockdev-add`)
  await entity(page)
    .getByRole('row', { name: /^driver/ })
    .getByRole('link', { name: /^enum/ })
    .click()
  await expect(page).toHaveURL(/7\.2-x86_64\/schema\/blockdev-add\.arguments\.driver$/)
  await expect(entity(page).getByText('qcow2', { exact: true })).toBeVisible()
  // Another version keeps it.
  await page.getByRole('link', { name: 'QEMU 10.0 x86_64' }).click()
  await expect(page).toHaveURL(/10\.0-x86_64\/schema\/blockdev-add\.arguments\.driver$/)
  await expect(entity(page).getByText('qcow2', { exact: true })).toBeVisible()
  // What a version has not is said, with who has it.
  await page.goto(`${lab.url}${recorded('5.2')}/blockdev-set-active`)
  await expect(entity(page).getByText('This schema has no entity “blockdev-set-active”.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('list', { name: 'Schemas that have it' }).getByRole('link', { name: /10\.0/ }).click()
  await expect(entity(page).getByRole('heading', { name: 'blockdev-set-active', level: 1 })).toBeVisible()
  await page.goto(`${lab.url}${recorded('7.2')}/237`)
  await expect(entity(page).getByText(/237 is a number of introspection/)).toBeVisible()
  await entity(page).getByRole('link').first().click()
  await expect(page).not.toHaveURL(/\/237$/)
})

test('tabs keep their place: the command its form, the timeline its filter', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  const tab = (name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
  await page.goto(`${lab.url}#/machine/vm/command/query-block`)
  await expect(page.getByRole('heading', { name: 'query-block', level: 1 })).toBeVisible()
  await tab('Timeline').click()
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('kind:command')
  await filter.press('Enter')
  await expect(page).toHaveURL(/timeline\?.*command/)
  const kept = page.url()
  await tab('Schema').click()
  await expect(search(page)).toBeVisible()
  await tab('Command').click()
  await expect(page.getByRole('heading', { name: 'query-block', level: 1 })).toBeVisible()
  await tab('Timeline').click()
  await expect(page).toHaveURL(kept)
  await qemu.kill()
})
