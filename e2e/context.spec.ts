/** What stands beside a command's form: it follows the focus and the caret, is held, closed, and usable when narrow. */
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const wideView = { width: 1440, height: 900 }

const formOf = (page: Page, name: string) => page.getByRole('form', { name: `Arguments of ${name}` })
const column = (page: Page) => page.getByRole('region', { name: 'Context' })
/** What is told of: the first heading below the column's own. */
const subject = (page: Page) => column(page).getByRole('heading', { level: 3 }).first()
const toggle = (page: Page) => page.getByRole('button', { name: 'Context', exact: true })

test('it follows the focus and the caret, and the pin holds it', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.setViewportSize(wideView)
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add`)
  const form = formOf(page, 'blockdev-add')
  const driver = form.getByRole('combobox', { name: 'driver', exact: true }).first()
  // The command, while no field has the focus.
  await expect(subject(page)).toHaveText('blockdev-add')
  await expect(column(page)).toContainText('Creates a new block device.')
  await expect(column(page)).toContainText('It was not sent to vm yet.')
  await expect(toggle(page)).toHaveAttribute('aria-expanded', 'true')
  // The copies are in one place.
  await expect(page.getByText('Copy as', { exact: true })).toHaveCount(1)
  await expect(column(page).getByRole('button', { name: 'qmp-shell' })).toBeVisible()

  await driver.focus()
  await expect(subject(page)).toHaveText('driver')
  await expect(column(page)).toContainText('required')
  await expect(column(page)).toContainText('block driver name')
  await expect(column(page).getByText(/^\d+ values$/)).toBeVisible()
  const more = column(page).getByText(/^\d+ more$/)
  await more.click()
  await expect(column(page).getByText('vmdk', { exact: true })).toBeVisible()
  await expect(column(page)).toContainText(/Also used by \d+/)
  // The focus is in the column now, and what it shows is the same.
  await expect(subject(page)).toHaveText('driver')
  await page.keyboard.press('Escape')
  await expect(driver).toBeFocused()
  await expect(column(page)).toBeVisible()

  await driver.fill('qcow2')
  await page.getByRole('option', { name: /^qcow2/ }).click()
  await expect(column(page).getByText('chosen')).toBeVisible()
  await form.getByRole('radiogroup', { name: 'Form of file' }).getByText('new node here').click()
  await expect(subject(page)).toHaveText('file')
  await expect(column(page)).toContainText('BlockdevRef')
  const inner = form.getByRole('group', { name: 'file', exact: true }).last()
  await inner.getByRole('combobox', { name: 'driver', exact: true }).focus()
  await expect(subject(page)).toHaveText('file.driver')
  await page.keyboard.type('file')
  await page.keyboard.press('Enter')
  await inner.getByLabel('filename', { exact: true }).fill('/tmp/none.qcow2')
  await expect(subject(page)).toHaveText('file.filename')
  await expect(column(page)).toContainText('path to the image file')
  // The form's own texts are told here, not twice.
  await form.getByRole('button', { name: 'About file.driver' }).click()
  await expect(subject(page)).toHaveText('file.driver')
  await expect(form.locator('.doc')).toHaveCount(0)
  // An optional member before it is added.
  await form.getByRole('combobox', { name: 'Optional members of file', exact: true }).fill('aio')
  await page.keyboard.press('ArrowDown')
  await expect(subject(page)).toHaveText('file.aio')
  await expect(column(page)).toContainText('optional')

  // To the column and back by the keyboard.
  await driver.focus()
  await page.keyboard.press('F6')
  await expect(column(page)).toBeFocused()
  await page.keyboard.press('F6')
  await expect(driver).toBeFocused()
  await expect(subject(page)).toHaveText('driver')

  const pin = column(page).getByRole('button', { name: 'Pin' })
  await pin.click()
  await expect(pin).toHaveAttribute('aria-pressed', 'true')
  await inner.getByLabel('filename', { exact: true }).focus()
  // What is held does not tell of it, so the form does.
  await form.getByRole('button', { name: 'About file.filename' }).click()
  await expect(form.locator('.doc')).toContainText('path to the image file')
  await expect(subject(page)).toHaveText('driver')
  await pin.click()
  await inner.getByLabel('filename', { exact: true }).focus()
  await expect(subject(page)).toHaveText('file.filename')
  // Out of the form: the command again.
  await page.getByRole('button', { name: 'Paste…' }).focus()
  await expect(subject(page)).toHaveText('blockdev-add')
})

test('the caret in the JSON moves it, unfinished as it may be', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.setViewportSize(wideView)
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add?as=json`)
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await editor.fill('{"driver": "qcow2", "file": {"driver": "file", "filename": "/a"}}')
  await page.keyboard.press('Control+Home')
  await expect(subject(page)).toHaveText('blockdev-add')
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight')
  await expect(subject(page)).toHaveText('driver')
  await expect(column(page).getByText('chosen')).toBeVisible()
  await page.keyboard.press('Control+End')
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft')
  await expect(subject(page)).toHaveText('file.filename')
  // Half a key is no error: it is about what it stands in.
  await editor.fill('{"driver": "qcow2", "fi')
  await expect(subject(page)).toHaveText('blockdev-add')
  await editor.fill('{"driver": "qcow2", "file": ')
  await expect(subject(page)).toHaveText('file')
  await editor.fill('{"driver": "qcow2", "strange": 1')
  await expect(column(page)).toContainText('The schema has no member “strange” here')
  // Into the column and back to the caret.
  await page.keyboard.press('F6')
  await expect(column(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(editor).toBeFocused()
})

test('former runs fill the form, without their secrets', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.setViewportSize(wideView)
  const args = encodeURIComponent('{"driver":"null-co","node-name":"n0"}')
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add?args=${args}`)
  await page.getByRole('button', { name: /^Send/ }).click()
  const runs = column(page).getByRole('button', { name: /ago|just now/ })
  await expect(runs).toHaveCount(1)
  await expect(runs).toContainText('returned')
  // The second time there is such a node already.
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(runs).toHaveCount(2)
  await expect(runs.first()).toContainText('failed')
  const name = formOf(page, 'blockdev-add').getByLabel('node-name', { exact: true })
  await name.fill('other')
  await runs.last().click()
  await expect(name).toHaveValue('n0')
  await page.goto(`${lab.url}#/machine/vm/command/set_password`)
  const form = formOf(page, 'set_password')
  await form.getByRole('combobox', { name: 'protocol' }).selectOption('vnc')
  await form.getByLabel('password', { exact: true }).fill('hunter2')
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run set_password' }).click()
  await expect(runs).toHaveCount(1)
  await expect(runs).toContainText('secret left out')
  await expect(column(page)).not.toContainText('hunter2')
})

test('closed stays closed; narrow it is opened when it is wanted; nothing axe-core finds', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.setViewportSize(wideView)
  const args = encodeURIComponent('{"driver":"null-co","node-name":"n0"}')
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add?args=${args}`)
  const driver = formOf(page, 'blockdev-add').getByRole('combobox', { name: 'driver', exact: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await driver.focus()
    await expect(subject(page)).toHaveText('driver')
    await expectAccessible(page)
  }
  await column(page).getByRole('button', { name: 'Close the context' }).click()
  await expect(column(page)).toHaveCount(0)
  await expect(toggle(page)).toBeFocused()
  await expect(page.getByText('Copy as', { exact: true })).toHaveCount(1)
  await page.reload()
  await expect(driver).toHaveValue('null-co')
  await expect(toggle(page)).toHaveAttribute('aria-expanded', 'false')
  await expect(column(page)).toHaveCount(0)
  await toggle(page).click()
  await expect(column(page)).toBeVisible()

  // There is room for the history or for this.
  const history = page.getByRole('button', { name: 'History', exact: true })
  await history.click()
  await expect(column(page)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'History' })).toBeVisible()
  await toggle(page).click()
  await expect(column(page)).toBeVisible()
  await expect(page.getByRole('region', { name: 'History' })).toHaveCount(0)

  // Of a narrower view it is no part until it is wanted, and Escape takes it away.
  for (const width of [1280, 1000, 400]) {
    await page.setViewportSize({ width, height: 800 })
    await expect(column(page)).toHaveCount(0)
    // Opened from a field it is about the field.
    await driver.focus()
    await toggle(page).click()
    await expect(subject(page)).toHaveText('driver')
    await driver.focus()
    await expect(driver).toBeInViewport()
    await expect(subject(page)).toBeInViewport()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    )
    if (width === 400) await expectAccessible(page)
    await page.keyboard.press('F6')
    await page.keyboard.press('Escape')
    await expect(column(page)).toHaveCount(0)
    await expect(driver).toBeFocused()
  }
})
