/**
 * Hostile texts in every place of every view: they are shown as texts, nothing of them becomes a part of the page, its own
 * words stand as they were written, nothing leaves its box, and the page answers afterwards.
 */
import type { Locator, Page } from '@playwright/test'
import { evil, expectAlive, expectHarmless, expectTexts, startHostile, startHostileAgent } from './hostile.ts'
import { expect, goTo, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { row } from './timeline-lab.ts'

test('every view of a machine that says hostile texts', async ({ page, lab }) => {
  page.setDefaultTimeout(10_000)
  await startHostile(lab)
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expectTexts(page, 'device-')
  await expectTexts(page, 'package-')

  await page.goto(`${lab.url}#/machine/vm/schema`)
  await expectTexts(page, 'command-')
  await page.getByRole('option', { name: /^command command-/ }).click()
  await expectTexts(page, 'member-')
  for (const name of ['Graph', 'Map', 'Compare']) {
    await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name }).click()
    if (name === 'Compare') await page.getByLabel('Compare with').selectOption({ label: 'QEMU 10.0 x86_64' })
    await expectTexts(page, 'command-')
  }
  await page.goto(`${lab.url}#/machine/vm/schema/${encodeURIComponent(evil('missing-'))}`)
  await expectTexts(page, 'missing-')

  await page.goto(`${lab.url}#/machine/vm/command/query-tpm-models`)
  await expectTexts(page, 'member-')
  await page.getByRole('button', { name: /^Send/ }).click()
  const result = page.getByRole('article', { name: 'Result of query-tpm-models' }).first()
  for (const name of ['Raw', 'Table', 'Tree']) {
    await result.getByRole('button', { name, exact: true }).click()
    await expectTexts(page, 'key-')
  }
  await page.goto(`${lab.url}#/machine/vm/command/query-mice`)
  await page.getByRole('button', { name: /^Send/ }).click()
  await expectTexts(page, 'desc-')
  await page.getByRole('button', { name: 'History' }).first().click()
  await expectTexts(page, 'desc-')

  await goTo(page, 'Timeline')
  // Only rows in sight are drawn: the events alone fit.
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:event')
  await expect(row(page, /BLOCK_IO_ERROR/)).toBeVisible()
  for (const [name, place] of [
    [/event EVENT-/, 'data-'],
    [/event BLOCK_IO_ERROR/, 'why-'],
    [/event DEVICE_DELETED/, 'gone-'],
  ] as const) {
    await page.getByRole('listbox', { name: 'Rows of the timeline' }).press('Home')
    await row(page, name).first().click()
    await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText(place)
    await expectTexts(page, place)
  }

  await goTo(page, 'Console')
  for (const [tab, line, place] of [
    ['QMP', 'query-mice', 'desc-'],
    ['Human', 'info status', 'human-'],
  ] as const) {
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    await page
      .getByRole('textbox', { name: /console|monitor/i })
      .first()
      .focus()
    await page.keyboard.insertText(line)
    await page.keyboard.press('Enter')
    await expect(page.locator('.xterm-rows').filter({ visible: true })).toContainText(place)
    expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  }
  await expect(page).toHaveTitle(/QMP Studio|vm/)
})

test('a guest agent that says hostile texts: its overview', async ({ page, lab }) => {
  await startHostileAgent(lab, 'vm')
  await page.goto(`${lab.url}#/machine/vm.qga/overview`)
  const overview = page.getByRole('region', { name: 'Guest agent' })
  await overview.getByRole('heading', { name: '4 commands' }).click()
  await expectHarmless(page, 'agent-', 'guest-')
  // The glance shows what came of the right type, and says what did not.
  const glance = page.getByRole('region', { name: 'The guest', exact: true })
  await expect(glance).toContainText('host-<img')
  await expect(glance).toContainText('class-<img')
  const answer = page.getByRole('region', { name: 'Answer of the guest agent' })
  await page.getByRole('button', { name: 'Run guest-get-host-name' }).click()
  await expect(answer).toContainText('host-<img')
  await expectHarmless(page, 'host-')
  await page.getByRole('button', { name: 'Run guest-ping' }).click()
  await expect(answer).toContainText('refused-<img')
  await expectHarmless(page, 'refused-', 'class-')
  await expectSeen(page)
  await expectAlive(page)
})

test('two panes of a machine that says hostile texts', async ({ page, lab }) => {
  await startHostile(lab)
  const beside = new URLSearchParams({ beside: '/machine/vm/schema' }).toString()
  await page.goto(`${lab.url}#/machine/vm/overview?${beside}`)
  const second = page.getByRole('region', { name: /^Second pane/ })
  await second.getByRole('option', { name: /^command command-/ }).click()
  await expect(second.getByRole('heading', { level: 1 })).toContainText('command-<img')
  await expectHarmless(page, 'device-', 'member-')
  for (const view of ['Timeline', 'Command', 'Overview']) {
    await second.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click()
    await expect(second).toHaveAccessibleName(`Second pane: vm, ${view}`)
    await expectHarmless(page, 'device-')
  }
  await second.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Timeline' }).click()
  await second
    .getByRole('option', { name: /event EVENT-/ })
    .first()
    .click()
  await expectHarmless(page, 'data-')
  await expectAlive(page)
})

/** What the terminal shows. */
const terminal = (page: Page): Locator => page.locator('.xterm-rows').filter({ visible: true })

test('the human monitor completes from a help that is hostile', async ({ page, lab }) => {
  await startHostile(lab)
  await page.goto(`${lab.url}#/machine/vm/console`)
  await page.getByRole('tab', { name: /^Human/ }).click()
  await page
    .getByRole('textbox', { name: /human monitor/i })
    .first()
    .focus()
  // Names that no command has are left out of what its help says; what is left is completed.
  await page.keyboard.insertText('cm')
  await page.keyboard.press('Tab')
  await expect(page.getByText(/^Nothing to complete: names of commands/)).toBeVisible()
  await page.keyboard.press('Control+C')
  await page.keyboard.insertText('inf')
  await page.keyboard.press('Tab')
  await expect(terminal(page)).toContainText('info')
  await page.keyboard.press('Control+C')
  // The names of devices are the machine's own.
  await page.keyboard.insertText('eject dev')
  await page.keyboard.press('Tab')
  await expect(terminal(page)).toContainText('device-<img')
  // What turns the order of letters, or is obeyed by terminals, is a sign.
  await expect(terminal(page)).toContainText('<U+202E>')
  await expect(terminal(page)).toContainText('<ESC>]0;x<BEL>')
  expect(await terminal(page).textContent()).not.toMatch(/[\u202e\u2066\u0007]/)
  await page.keyboard.press('Control+C')
  await page.keyboard.press('Tab')
  await expectHarmless(page)
  await expect(page).not.toHaveTitle(/x$/)
  await expectAlive(page)
})
