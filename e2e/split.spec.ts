/** Two panes side by side: each with its machine, its view and its place in the address. */
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const first = (page: Page): Locator => page.getByRole('region', { name: /^First pane/ })
const second = (page: Page): Locator => page.getByRole('region', { name: /^Second pane/ })
const tab = (pane: Locator, name: string): Locator =>
  pane.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true })
const lanes = (pane: Locator): Locator => pane.getByRole('application', { name: /Lanes of the timeline/ })

/** The address of a page with two panes. */
function addressOf(lab: TestLab, main: string, beside?: string): string {
  return `${lab.url}#${main}${beside === undefined ? '' : `?${new URLSearchParams({ beside }).toString()}`}`
}

async function startTwo(lab: TestLab): Promise<void> {
  await startQemu(lab.sockets, 'lab1')
  await startQemu(lab.sockets, 'lab2')
}

test('the split: opened, its links stay in it, Back undoes, a reload keeps it, swapped and closed', async ({
  page,
  lab,
}) => {
  await startTwo(lab)
  await page.goto(addressOf(lab, '/machine/lab1/overview'))
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
  await page.getByRole('button', { name: 'Split' }).click()

  // The same machine, its timeline; the new pane has the focus, and says so.
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Timeline')
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Overview')
  await expect(second(page)).toHaveAttribute('aria-current', 'true')
  await expect(first(page)).not.toHaveAttribute('aria-current')
  await expect(page.locator('#pane-beside')).toBeFocused()
  await expect(page.getByRole('main')).toHaveCount(1)
  await expect(page).toHaveTitle('lab1: Overview | lab1: Timeline · QMP Studio')
  expect(page.url()).toContain('/machine/lab1/overview?beside=%2Fmachine%2Flab1%2Ftimeline')

  // Its machine is chosen in its own tabs, and the top bar follows.
  await second(page).getByRole('combobox', { name: 'Machine of the second pane' }).selectOption('lab2')
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Timeline')
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Overview')
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('lab2')

  // Links of a pane stay in it.
  await tab(second(page), 'Overview').click()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Overview')
  await second(page).getByRole('link', { name: 'blockdev-add' }).click()
  await expect(second(page).getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Overview')
  await second(page).getByRole('link', { name: 'in the schema' }).click()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Schema')
  await tab(first(page), 'Console').click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Console')
  await expect(second(page).getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()

  // The list of machines acts on the pane that was used last.
  await page.getByRole('navigation', { name: 'Machines' }).getByRole('link', { name: /lab2/ }).click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab2, Console')

  // Back undoes one step after the other, of whichever pane it was.
  await page.goBack()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Console')
  await page.goBack()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Overview')
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Schema')
  await page.goBack()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Command')
  await page.goForward()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Schema')

  await page.reload()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Overview')
  await expect(second(page).getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()

  await second(page).getByRole('button', { name: 'Swap' }).click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab2, Schema')
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Overview')
  await expect(first(page).getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()

  await second(page).getByRole('button', { name: 'Close' }).click()
  await expect(second(page)).toHaveCount(0)
  await expect(page.locator('#pane-main')).toBeFocused()
  await expect(page.getByRole('heading', { name: 'blockdev-add', level: 1 })).toBeVisible()
  expect(page.url()).not.toContain('beside')
  await page.goBack()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Overview')
})

test('keys: opened and changed over by Alt+\\, and each key acts in the pane with the focus', async ({
  page,
  lab,
}) => {
  await startTwo(lab)
  await page.goto(addressOf(lab, '/machine/lab1/timeline'))
  await expect(page.getByRole('option', { name: /state ready/ })).toBeVisible()
  await page.keyboard.press('Alt+\\')
  // The timeline is there already: the next view.
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Overview')
  await page.keyboard.press('Alt+7')
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Timeline')
  await page.getByRole('navigation', { name: 'Machines' }).getByRole('link', { name: /lab2/ }).click()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Timeline')

  // Two timelines: each list has the rows of its own machine, and keys act in one.
  const rows = (pane: Locator): Locator => pane.getByRole('listbox', { name: 'Rows of the timeline' })
  await expect(rows(first(page)).getByRole('option').first()).toBeVisible()
  await expect(rows(second(page)).getByRole('option').first()).toBeVisible()
  await rows(first(page)).getByRole('option').first().click()
  await rows(second(page)).getByRole('option').first().click()
  const details = (pane: Locator): Locator => pane.getByRole('region', { name: 'Chosen row' })
  await expect(details(first(page))).toBeVisible()
  await expect(details(second(page))).toBeVisible()
  await details(second(page)).getByRole('button').first().focus()
  await page.keyboard.press('Escape')
  await expect(details(second(page))).toHaveCount(0)
  await expect(details(first(page))).toBeVisible()

  // In half a page the tools make room for a chosen row.
  await details(first(page)).getByRole('button').first().focus()
  await page.keyboard.press('Escape')
  await expect(details(first(page))).toHaveCount(0)

  // L follows: in the lanes that have the focus, not in the others. (A chosen row ends following where it is out of sight.)
  const follow = (pane: Locator): Locator => pane.getByRole('button', { name: 'Follow', exact: true })
  for (const pane of [first(page), second(page)]) {
    if ((await follow(pane).getAttribute('aria-pressed')) === 'true') await follow(pane).click()
    await expect(follow(pane)).toHaveAttribute('aria-pressed', 'false')
  }
  await lanes(first(page)).focus()
  await page.keyboard.press('l')
  await expect(follow(first(page))).toHaveAttribute('aria-pressed', 'true')
  await expect(follow(second(page))).toHaveAttribute('aria-pressed', 'false')

  // A filter is of its pane.
  await first(page).getByRole('combobox', { name: 'Filter' }).fill('type:nothing-at-all')
  await first(page).getByRole('combobox', { name: 'Filter' }).press('Enter')
  await expect(first(page).getByText('No row passes the filter')).toBeVisible()
  await expect(rows(second(page)).getByRole('option').first()).toBeVisible()

  // From pane to pane, and back.
  await first(page).getByRole('combobox', { name: 'Filter' }).focus()
  await page.keyboard.press('Alt+\\')
  await expect(page.locator('#pane-beside')).toBeFocused()
  await page.keyboard.press('Alt+5')
  await expect(second(page)).toHaveAccessibleName('Second pane: lab2, Schema')
  await page.keyboard.press('Alt+\\')
  await expect(page.locator('#pane-main')).toBeFocused()
  await page.keyboard.press('Alt+5')
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Schema')

  // "/" goes to the search of the pane with the focus, and the palette acts there too.
  const search = (pane: Locator): Locator => pane.getByRole('searchbox', { name: 'Search the schema' })
  await expect(search(first(page))).toBeVisible()
  await expect(search(second(page))).toBeVisible()
  await page.keyboard.press('/')
  await expect(search(first(page))).toBeFocused()
  await page.keyboard.press('Alt+\\')
  await page.keyboard.press('/')
  await expect(search(second(page))).toBeFocused()
  await page.keyboard.type('query-status')
  await expect(search(first(page))).toHaveValue('')
  await page.keyboard.press('Enter')
  await expect(second(page).getByRole('heading', { name: 'query-status', level: 1 })).toBeVisible()
  await expect(first(page).getByRole('heading', { name: 'query-status', level: 1 })).toHaveCount(0)
  await page.keyboard.press('Control+k')
  await page
    .getByRole('combobox', { name: 'Search' })
    .or(page.getByRole('dialog').locator('input'))
    .first()
    .fill('>close the second')
  await page.keyboard.press('Enter')
  await expect(second(page)).toHaveCount(0)
})

test('the divider is moved by keys and by dragging, and the widths are remembered', async ({ page, lab }) => {
  await startTwo(lab)
  await page.goto(addressOf(lab, '/machine/lab1/overview', '/machine/lab2/overview'))
  const divider = page.getByRole('separator', { name: 'Width of the first pane' })
  await expect(divider).toHaveAttribute('aria-valuenow', '50')
  const widthOf = async (pane: Locator): Promise<number> => (await pane.boundingBox())?.width ?? 0
  expect(Math.abs((await widthOf(first(page))) - (await widthOf(second(page))))).toBeLessThan(4)
  await divider.focus()
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight')
  await expect(divider).toHaveAttribute('aria-valuenow', '60')
  expect((await widthOf(first(page))) / (await widthOf(second(page)))).toBeGreaterThan(1.4)
  await page.keyboard.press('Home')
  await expect(divider).toHaveAttribute('aria-valuenow', '20')
  await page.keyboard.press('End')
  await expect(divider).toHaveAttribute('aria-valuenow', '80')
  const box = (await divider.boundingBox())!
  const all = (await page.getByRole('main').boundingBox())!
  await page.mouse.move(box.x + 4, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(all.x + all.width * 0.3, box.y + 100, { steps: 4 })
  await page.mouse.up()
  await expect(divider).toHaveAttribute('aria-valuenow', '30')
  await page.reload()
  await expect(divider).toHaveAttribute('aria-valuenow', '30')
})

test('two consoles of one machine both work, and keep their text', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'lab1')
  await page.goto(addressOf(lab, '/machine/lab1/console', '/machine/lab1/console'))
  const line = (pane: Locator): Locator => pane.getByRole('textbox', { name: /Human monitor of lab1: input/ })
  const said = (pane: Locator): Locator => pane.getByRole('log', { name: 'Output of the human monitor' })
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
  await line(first(page)).focus()
  await page.keyboard.type('info status')
  await page.keyboard.press('Enter')
  await expect(said(first(page))).toContainText('VM status: running')
  await line(second(page)).focus()
  await page.keyboard.type('info name')
  await page.keyboard.press('Enter')
  await expect(said(second(page))).toContainText('lab1')
  await expect(said(second(page))).not.toContainText('VM status')
  // Each pane shows what the other did, with its text; of one machine the first pane has the first console.
  await tab(second(page), 'Timeline').click()
  await expect(lanes(second(page))).toBeVisible()
  await second(page).getByRole('button', { name: 'Swap' }).click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Timeline')
  await expect(said(second(page))).toContainText('VM status: running')
  await second(page).getByRole('button', { name: 'Swap' }).click()
  await expect(said(first(page))).toContainText('VM status: running')
  await tab(second(page), 'Console').click()
  await expect(said(second(page))).toContainText('info name')
  // The keys of the page work from within a console.
  await line(first(page)).focus()
  await page.keyboard.press('Alt+\\')
  await expect(page.locator('#pane-beside')).toBeFocused()
  // The console beside the timeline, and back: its text is there again.
  await tab(second(page), 'Timeline').click()
  await expect(lanes(second(page))).toBeVisible()
  await tab(second(page), 'Console').click()
  await expect(said(second(page))).toContainText('info name')
  await expect(said(first(page))).toContainText('VM status: running')
})

test('the same view of the same machine twice: forms with their own fields', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'lab1')
  const command = '/machine/lab1/command/device_del'
  await page.goto(addressOf(lab, command, command))
  for (const pane of [first(page), second(page)]) {
    await expect(pane.getByRole('heading', { name: 'device_del', level: 1 })).toBeVisible()
  }
  const ids = await page
    .locator('main [id]')
    .evaluateAll((all) => all.map((each) => each.id).filter((id, at, list) => list.indexOf(id) !== at))
  expect(ids).toEqual([])
  await second(page).getByText('id', { exact: true }).first().click()
  await page.keyboard.type('net7')
  await expect(second(page).getByRole('form').or(second(page)).getByText('net7').first()).toBeAttached()
  await expect(page).toHaveURL(/beside=.*net7/)
  expect(decodeURIComponent(new URL(page.url()).hash.split('?')[0]!)).toBe(`#${command}`)
})

test('accessible with every view in both panes, in both schemes', async ({ page, lab }) => {
  test.slow()
  await startTwo(lab)
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const view of ['overview', 'schema/query-status', 'command/query-status', 'timeline', 'console']) {
      await page.goto(addressOf(lab, `/machine/lab1/${view}`, `/machine/lab1/${view}`))
      await expect(second(page)).toBeVisible()
      await expect(second(page).getByRole('heading', { level: 1 }).first()).toBeAttached()
      await expectAccessible(page)
    }
    await page.goto(addressOf(lab, '/machine/lab1/timeline', '/machine/lab2/console'))
    await expect(lanes(first(page))).toBeVisible()
    await expectAccessible(page)
    // Nothing chosen, and a machine that is not there.
    await page.goto(addressOf(lab, '/machine/lab1/timeline', '/'))
    await expect(second(page)).toContainText('Nothing is chosen for this pane')
    await expectAccessible(page)
    await page.goto(addressOf(lab, '/machine/lab1/timeline', '/machine/gone/timeline'))
    await expect(second(page)).toContainText('There is no machine “gone” here')
  }
})

test('400 px: one pane at a time, and a switch between them', async ({ page, lab }) => {
  await startTwo(lab)
  await page.setViewportSize({ width: 400, height: 800 })
  await page.goto(addressOf(lab, '/machine/lab1/overview'))
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
  await page.getByRole('button', { name: 'Split' }).click()
  await expect(second(page)).toHaveAccessibleName('Second pane: lab1, Timeline')
  await expect(first(page)).toHaveCount(0)
  const choice = page.getByRole('group', { name: 'Panes' })
  await expect(choice.getByRole('button', { name: 'lab1: Timeline' })).toHaveAttribute('aria-pressed', 'true')
  await choice.getByRole('button', { name: 'lab1: Overview' }).click()
  await expect(first(page)).toBeVisible()
  await expect(second(page)).toHaveCount(0)
  // The tabs at the lower edge are those of the pane that is shown.
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Console' }).click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Console')
  await expect(choice.getByRole('button', { name: 'lab1: Timeline' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
  await expectAccessible(page)
  await choice.getByRole('button', { name: 'Swap' }).click()
  await expect(first(page)).toHaveAccessibleName('First pane: lab1, Timeline')
  await choice.getByRole('button', { name: 'Close' }).click()
  await expect(choice).toHaveCount(0)
  expect(page.url()).not.toContain('beside')
})
