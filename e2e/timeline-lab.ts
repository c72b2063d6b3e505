/** What journeys to the timeline share: how a person gets there, what they see in it, and a server that says anything. */
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeQmp } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect } from './lab.ts'

/** Open the timeline of a machine that is connected. */
export async function openTimeline(page: Page, lab: TestLab, machine = 'vm'): Promise<void> {
  await page.goto(`${lab.url}#/machine/${machine}/timeline`)
  await expect(page.getByRole('region', { name: 'Problems' })).toHaveCount(0)
  await expect(page.getByRole('option', { name: /state ready/ })).toBeVisible()
}

/** Send a command from its form, filled in by the address. */
export async function run(
  page: Page,
  lab: TestLab,
  name: string,
  args?: object,
  machine = 'vm',
): Promise<void> {
  const query = args === undefined ? '' : `?${new URLSearchParams({ args: JSON.stringify(args) }).toString()}`
  await page.goto(`${lab.url}#/machine/${machine}/command/${name}${query}`)
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await page.getByRole('button', { name: /^Send/ }).click()
  const yes = page.getByRole('dialog').getByRole('button', { name: /^Run / })
  const result = page.getByRole('article', { name: `Result of ${name}` }).first()
  await expect(yes.or(result.filter({ hasText: 'returned' })).first()).toBeVisible()
  if (await yes.isVisible()) await yes.click()
  await expect(result).toContainText('returned')
}

/** Two disks of memory between which jobs can copy. */
export const disks = [
  ...['-blockdev', 'null-co,node-name=source,size=67108864,read-zeroes=on'],
  ...['-blockdev', 'null-co,node-name=target,size=67108864'],
]

/** The picture of the lanes. */
export function lanesOf(page: Page): Locator {
  return page.getByRole('application', { name: /Lanes of the timeline/ })
}

/** The list of rows. */
export function rowsOf(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Rows of the timeline' })
}

/** Rows of the list by their words. */
export function row(page: Page, words: RegExp): Locator {
  return rowsOf(page).getByRole('option', { name: words })
}

/** Go to a lane by keys. */
export async function toLane(page: Page, lane: string): Promise<void> {
  await lanesOf(page).focus()
  const said = page.getByRole('status').filter({ hasText: / of / })
  const names = page.getByRole('list', { name: 'Lanes' }).getByRole('listitem')
  for (let step = await names.count(); step > 0; step -= 1) await page.keyboard.press('ArrowUp')
  for (let step = await names.count(); step > 0; step -= 1) {
    if ((await said.filter({ hasText: new RegExp(`^${lane}`) }).count()) > 0) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`there is no lane ${lane}`)
}

/** The panel of the chosen row, job, device, … */
export function panel(page: Page, name: string): Locator {
  return page.getByRole('region', { name: `Chosen ${name}` })
}

/** The timestamp member of a message. */
export const stamp = (seconds: number): string => `"timestamp": {"seconds": ${seconds}, "microseconds": 1}`

/** A QMP server that answers everything with nothing, and hands its line to the test. */
export async function startTalker(
  lab: TestLab,
  name = 'vm',
): Promise<{ say(text: string): void; stop(): Promise<void> }> {
  let line: ((text: string) => void) | undefined
  const server = await startFakeQmp(join(lab.sockets, `${name}.qmp`), ({ id, execute }, socket) => {
    const value = execute === 'query-status' ? '{"status": "running", "running": true}' : '{}'
    socket.write(`{"return": ${value}, "id": ${id}}\r\n`)
    if (execute === 'qmp_capabilities') line = (words) => void socket.write(words)
  })
  return {
    say(text) {
      if (line === undefined) throw new Error('nobody is connected')
      line(text)
    },
    stop: () => server.stop(),
  }
}

/** Open the menu of the record; its check box of what is kept. */
export async function recordMenu(page: Page): Promise<Locator> {
  const keep = page.getByRole('checkbox', { name: 'Keep records over reloads' })
  if (!(await keep.isVisible())) await page.getByRole('button', { name: 'Save, keep' }).click()
  return keep
}

/** Save what the filter says under a name, and let it watch. */
export async function watchFor(page: Page, text: string, name: string, does: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Filter' }).fill(text)
  const saved = page.getByText(/^Saved filters \(\d+\)$/)
  if (!(await page.getByRole('textbox', { name: 'Save this filter as' }).isVisible())) await saved.click()
  await page.getByRole('textbox', { name: 'Save this filter as' }).fill(name)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('combobox', { name: `What ${name} does` }).selectOption(does)
  await page.getByRole('combobox', { name: 'Filter' }).fill('')
}
