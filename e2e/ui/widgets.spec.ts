/** Each widget by keyboard, in both schemes, wide and narrow; axe; boxes. The page is the gallery, without a lab. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { dist } from '../../lab/paths.ts'
import { expect, expectAccessible, expectInPlace, openGallery, test, widths } from './gallery.ts'

/** Files of a built page that speak of the gallery. */
function speakingOfIt(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:js|css|html)$/.test(name))
    .filter((name) => /gallery|Dark scheme/.test(name + readFileSync(join(folder, name), 'utf8')))
}

test('the gallery is not in the page that is built for people', ({ built }) => {
  expect(speakingOfIt(built.files)).not.toEqual([])
  expect(readdirSync(join(dist, 'assets')).length).toBeGreaterThan(10)
  expect(speakingOfIt(dist)).toEqual([])
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of widths) {
    test(`all widgets have no fault, ${scheme}, ${width} px`, async ({ page, gallery }) => {
      const half = await openGallery(page, gallery, scheme, width)
      await expectAccessible(page)
      await expectInPlace(half)
      // What opens lies in the page, too, and has no fault.
      for (const name of ['Power', 'Details', 'Dialog…', 'Sheet…', 'Palette…']) {
        const opener = half.getByRole('button', { name, exact: true })
        await opener.click()
        const opened = half.locator('[popover]:popover-open, dialog[open]')
        await expect(opened).toBeVisible()
        const box = await opened.boundingBox()
        expect(box?.x).toBeGreaterThanOrEqual(0)
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(720)
        await expectInPlace(opened)
        await expectAccessible(page)
        await page.keyboard.press('Escape')
        await expect(opened).toHaveCount(0)
        await expect(opener).toBeFocused()
      }
    })
  }

  test.describe(`by keyboard, ${scheme}`, () => {
    let half: Locator
    test.beforeEach(async ({ page, gallery }) => {
      half = await openGallery(page, gallery, scheme, scheme === 'light' ? 1280 : 320)
    })

    const says = (text: string): Promise<void> =>
      expect(half.getByRole('status').filter({ hasText: text })).toHaveCount(1)

    async function press(page: Page, on: Locator, ...keys: readonly string[]): Promise<void> {
      await on.focus()
      for (const key of keys) await page.keyboard.press(key)
    }

    test('a button is pressed; one that cannot be used says why and is not', async ({ page }) => {
      await press(page, half.getByRole('button', { name: 'Send', exact: true }), 'Enter', 'Space')
      await says('2 presses')
      const off = half.getByRole('button', { name: 'Not now' })
      await press(page, off, 'Enter', 'Space')
      await off.click({ force: true })
      await says('2 presses')
      await expect(off).toBeDisabled()
      await expect(off).toHaveAccessibleDescription('The machine is not connected.')
      await expect(half.getByRole('button', { name: 'Close', exact: true })).toHaveAttribute('title', 'Close')
      const follow = half.getByRole('button', { name: 'Follow' })
      await press(page, follow, 'Space')
      await expect(follow).toHaveAttribute('aria-pressed', 'true')
    })

    test('a choice has one on, or several', async ({ page }) => {
      const shape = half.getByRole('group', { name: 'Shown as' })
      await press(page, shape.getByRole('button', { name: 'Text' }), 'Enter')
      await press(page, shape.getByRole('button', { name: 'Table' }), 'Enter')
      await expect(shape.getByRole('button', { pressed: true })).toHaveText('Text')
      const kinds = half.getByRole('group', { name: 'Kinds' })
      await press(page, kinds.getByRole('button', { name: 'event' }), 'Enter')
      await expect(kinds.getByRole('button', { pressed: true })).toHaveText(['command', 'event'])
      await press(page, kinds.getByRole('button', { name: 'command' }), 'Enter')
      await expect(kinds.getByRole('button', { pressed: true })).toHaveText(['event'])
    })

    test('a menu: arrows, ends, letters; a choice closes it and the focus goes back', async ({ page }) => {
      const power = half.getByRole('button', { name: 'Power', exact: true })
      const at = (name: string) => half.getByRole('menuitem', { name })
      await press(page, power, 'ArrowDown')
      await expect(at('stop')).toBeFocused()
      await page.keyboard.press('ArrowUp')
      await expect(at('quit')).toBeFocused()
      // It cannot be chosen, and says why.
      await expect(at('quit')).toHaveAccessibleDescription('Not now: the machine is locked.')
      await page.keyboard.press('Enter')
      await says('nothing chosen')
      await page.keyboard.press('Home')
      await expect(at('stop')).toBeFocused()
      await page.keyboard.type('system_p')
      await expect(at('system_powerdown')).toBeFocused()
      await page.keyboard.press('Enter')
      await says('system_powerdown chosen')
      await expect(half.getByRole('menu')).toHaveCount(0)
      await expect(power).toBeFocused()
      // Tab goes on from the button, a press elsewhere closes.
      await page.keyboard.press('Enter')
      await expect(at('stop')).toBeFocused()
      await page.keyboard.press('Tab')
      await expect(half.getByRole('menu')).toHaveCount(0)
      await expect(half.getByRole('button', { name: 'Ask first' })).toBeFocused()
      await power.click()
      await expect(at('stop')).toBeFocused()
      await page.getByRole('heading', { name: 'Widgets' }).click()
      await expect(half.getByRole('menu')).toHaveCount(0)
      await power.click()
      await power.click()
      await expect(half.getByRole('menu')).toHaveCount(0)
    })

    test('a menu that asks: the dialog gives the focus back to its button', async ({ page }) => {
      const asks = half.getByRole('button', { name: 'Ask first' })
      await press(page, asks, 'Enter')
      await expect(half.getByRole('menuitem')).toBeFocused()
      await page.keyboard.press('Enter')
      await expect(half.getByRole('dialog', { name: 'Delete it?' })).toBeVisible()
      await expect(half.getByRole('menu')).toHaveCount(0)
      await page.keyboard.press('Escape')
      await expect(half.getByRole('dialog')).toHaveCount(0)
      await expect(asks).toBeFocused()
    })

    test('menu over dialog over popover: Escape closes only the top one', async ({ page }) => {
      const details = half.getByRole('button', { name: 'Details' })
      const panel = half.getByRole('group', { name: 'Details' })
      const menu = half.getByRole('menu')
      const dialog = half.getByRole('dialog', { name: 'Rename it?' })
      await details.click()
      await panel.getByRole('button', { name: 'More' }).click()
      await expect(menu).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(menu).toHaveCount(0)
      await expect(panel).toBeVisible()
      await panel.getByRole('button', { name: 'Rename…' }).click()
      await dialog.getByRole('button', { name: 'Names' }).click()
      await expect(menu).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(menu).toHaveCount(0)
      await expect(dialog).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog).toHaveCount(0)
      await expect(panel).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(panel).toHaveCount(0)
      await expect(details).toBeFocused()
      await expect(details).toHaveAttribute('aria-expanded', 'false')
    })

    test('dialogs: the button and a press beside leave them, the focus stays inside', async ({ page }) => {
      await half.getByRole('button', { name: 'Dialog…' }).click()
      const question = half.getByRole('dialog', { name: 'Delete it?' })
      // A press beside a question is no answer.
      await page.mouse.click(5, 5)
      await expect(question).toBeVisible()
      await press(page, question.getByRole('button', { name: 'Cancel' }), 'Tab')
      await expect(question.getByRole('button', { name: 'Delete' })).toBeFocused()
      await page.keyboard.press('Enter')
      await says('delete chosen')
      for (const name of ['Sheet…', 'Palette…']) {
        await half.getByRole('button', { name }).click()
        await expect(half.getByRole('dialog')).toBeVisible()
        await page.mouse.click(5, 5)
        await expect(half.getByRole('dialog')).toHaveCount(0)
      }
    })

    test('a combobox narrows, is walked by arrows, and keeps what was there on Escape', async ({ page }) => {
      const driver = half.getByRole('combobox', { name: 'driver' })
      const list = half.getByRole('listbox', { name: 'driver: values' })
      await press(page, driver, 'ArrowDown')
      await expect(list.getByRole('option')).toHaveCount(8)
      await page.keyboard.type('bl')
      await expect(list.getByRole('option')).toHaveText([/^blkdebug/, /^blkverify/])
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await expect(driver).toHaveAttribute('aria-activedescendant', /-option-1$/)
      await expect(list).toBeInViewport()
      await page.keyboard.press('Enter')
      await says('driver “blkverify”')
      await expect(list).toHaveCount(0)
      await page.keyboard.type('x')
      await expect(half.getByText('None of 8 matches.')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(driver).toHaveValue('blkverify')
      // Text of its own is a value only where it may be.
      const node = half.getByRole('combobox', { name: 'node-name' })
      await node.fill('mine')
      await page.keyboard.press('Tab')
      await says('node “mine”')
      await driver.fill('mine')
      await page.keyboard.press('Tab')
      await expect(half.getByText('“mine” is none of the 8 values: nothing was chosen.')).toBeVisible()
    })

    test('a field says what is wrong and what it is for', async ({ page }) => {
      const name = half.getByRole('textbox', { name: 'Name' })
      await expect(name).toHaveAccessibleDescription('Letters, digits and “-”.')
      await press(page, name, 'a', 'Space')
      await expect(name).toHaveAttribute('aria-invalid', 'true')
      await expect(name).toHaveAccessibleDescription(/other characters than letters.*Letters, digits/)
      await page.keyboard.press('Backspace')
      await expect(name).not.toHaveAttribute('aria-invalid')
      await half.getByText('Deadline').click()
      await expect(half.getByRole('spinbutton', { name: 'Deadline' })).toBeFocused()
    })

    test('a list of many rows has few in the page, and keys for all of them', async ({ page }) => {
      const list = half.getByRole('listbox', { name: 'Rows' })
      const row = (name: string) => list.getByRole('option', { name, exact: true })
      await press(page, list, 'ArrowDown', 'ArrowDown', 'Enter')
      await says('row 2 selected')
      await page.keyboard.press('End')
      await expect(row('row 10000')).toBeInViewport()
      await expect(row('row 10000')).toHaveAttribute('aria-posinset', '10000')
      expect(await list.getByRole('option').count()).toBeLessThan(30)
      await page.keyboard.press('PageUp')
      await page.keyboard.press('Enter')
      await says('row 9995 selected')
      await page.keyboard.press('Home')
      await page.keyboard.press('Space')
      await says('row 1 selected')
    })

    test('a table is sorted by its heads and scrolled by keys', async ({ page }) => {
      const table = half.getByRole('table', { name: 'Nodes' })
      await expect(table.getByRole('row').nth(1)).toContainText('node0')
      const head = table.getByRole('columnheader', { name: 'name' })
      await press(page, head.getByRole('button'), 'Enter')
      await expect(head).toHaveAttribute('aria-sort', 'ascending')
      await page.keyboard.press('Enter')
      await expect(head).toHaveAttribute('aria-sort', 'descending')
      await expect(table.getByRole('row').nth(1)).toContainText('node999')
      expect(await table.getByRole('row').count()).toBeLessThan(30)
      await press(page, half.getByRole('group', { name: 'Nodes, as a table' }), 'End')
      await expect(table.getByRole('cell', { name: 'node0', exact: true })).toBeInViewport()
      await expect(head).toBeInViewport()
    })

    test('tabs and a splitter are moved by arrows and ends', async ({ page }) => {
      const tab = (name: string) => half.getByRole('tab', { name })
      await press(page, tab('History'), 'ArrowRight')
      await expect(tab('Collections')).toBeFocused()
      await expect(half.getByRole('tabpanel', { name: 'Collections' })).toContainText('collections')
      await page.keyboard.press('ArrowRight')
      await expect(tab('History')).toHaveAttribute('aria-selected', 'true')
      await page.keyboard.press('End')
      await expect(tab('Collections')).toHaveAttribute('aria-selected', 'true')
      await page.keyboard.press('Tab')
      await expect(tab('History')).not.toBeFocused()

      const line = half.getByRole('separator', { name: 'Width of the first half' })
      await press(page, line, 'ArrowRight')
      await expect(line).toHaveAttribute('aria-valuenow', '52')
      await page.keyboard.press('Home')
      await expect(line).toHaveAttribute('aria-valuenow', '20')
      await page.keyboard.press('Enter')
      await expect(line).toHaveAttribute('aria-valuenow', '50')
      await line.scrollIntoViewIfNeeded()
      const box = await line.boundingBox()
      const whole = await line.locator('..').boundingBox()
      if (box === null || whole === null) throw new Error('the splitter is not in sight')
      await page.mouse.move(box.x + 4, box.y + 10)
      await page.mouse.down()
      await page.mouse.move(whole.x + whole.width * 0.7, box.y + 10)
      await page.mouse.up()
      await expect(line).toHaveAttribute('aria-valuenow', '70')
    })

    test('a button that chooses files: by keyboard, several, and the same ones again', async ({ page }) => {
      const button = half.getByRole('button', { name: 'Choose files…' })
      const file = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('x') })
      for (const files of [['a.txt', 'b.txt'], ['a.txt'], ['a.txt', 'b.txt'], ['a.txt', 'b.txt']]) {
        const chooser = page.waitForEvent('filechooser')
        await press(page, button, 'Enter')
        await (await chooser).setFiles(files.map(file))
        const words = files.length === 1 ? '1 file chosen' : `${files.length} files chosen`
        await expect(half.getByText(words, { exact: true })).toBeVisible()
      }
    })

    test('an empty place has the button that fills it', async ({ page }) => {
      await press(page, half.getByRole('button', { name: 'Send something' }), 'Enter')
      await expect(half.getByText('Filled', { exact: true })).toBeVisible()
    })
  })
}
