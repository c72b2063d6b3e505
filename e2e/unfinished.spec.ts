/** What is typed and not finished is not lost: by the form, by another page of the tab, by a reload. */
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

test('broken JSON survives a form edit, a change of tab and a reload', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/block_resize?as=both`)
  const form = page.getByRole('form', { name: 'Arguments of block_resize' })
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  const takeUp = form.getByRole('button', { name: 'Take it up again' })
  await editor.fill('{"node-name": "disk0", "size": 4096 "')
  await expect(form.getByText('A change here puts the JSON aside')).toBeVisible()

  // The form takes the lead; the text waits.
  await form.getByLabel('size', { exact: true }).fill('1G')
  await expect(form.getByText('Your unfinished JSON is kept.')).toBeVisible()
  await expect(editor).toContainText('"size": 1073741824')
  await expectAccessible(page)
  await takeUp.click()
  await expect(editor).toContainText('"size": 4096 "')
  await expect(editor).toBeFocused()
  await expect(takeUp).toHaveCount(0)

  await goTo(page, 'Overview')
  await goTo(page, 'Command')
  await expect(editor).toContainText('"size": 4096 "')
  // Right after the last key.
  await editor.press('End')
  await page.keyboard.type('x')
  await page.reload()
  await expect(editor).toContainText('"size": 4096 "x')
  // Put aside it survives a reload, too, and is offered where no JSON is on screen.
  await form.getByLabel('size', { exact: true }).fill('2G')
  await page.getByRole('button', { name: 'Form', exact: true }).click()
  await expect(page).toHaveURL(/args=.*2147483648/)
  await page.reload()
  await expect(form.getByLabel('size', { exact: true })).toHaveValue('2147483648')
  await takeUp.click()
  await expect(editor).toContainText('"size": 4096 "x')
  await form.getByLabel('size', { exact: true }).fill('3G')
  await form.getByRole('button', { name: 'Discard' }).click()
  await expect(takeUp).toHaveCount(0)
  await page.reload()
  await expect(form.getByLabel('size', { exact: true })).toHaveValue('3221225472')
  await expect(takeUp).toHaveCount(0)
})

test('an unfinished text that may hold a secret is not kept over a reload, and says so', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/command/object-add?as=both`)
  const editor = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await editor.fill('{"qom-type": "secret", "id": "s0", "data": "hunter2')
  await expect(
    page.getByText('It will be lost when the page is reloaded: it may hold a secret.'),
  ).toBeVisible()
  await page.reload()
  await expect(editor).toBeVisible()
  await expect(editor).not.toContainText('hunter2')
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('hunter2')
})
