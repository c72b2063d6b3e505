/** The list of the timeline: bursts of state changes on one line, which opens; everything else takes each row alone. */
import type { Page } from '@playwright/test'
import { expect, expectAccessible, test } from './lab.ts'
import { openTimeline, panel, row, rowsOf, stamp, startTalker, toLane } from './timeline-lab.ts'

function change(id: string, status: string): string {
  return `{${stamp(1_700_000_000)}, "event": "JOB_STATUS_CHANGE", "data": {"status": "${status}", "id": "${id}"}}\r\n`
}

const counts = (page: Page) => page.getByTestId('timeline-counts')

test('state changes of a job at once are one line; it opens, and each of its rows is itself', async ({
  page,
  lab,
}) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  talker.say(
    ['created', 'running', 'ready'].map((each) => change('job0', each)).join('') +
      `{${stamp(1_700_000_001)}, "event": "BLOCK_JOB_READY", "data": {"device": "job0"}}\r\n` +
      change('job1', 'created'),
  )
  const burst = row(page, /folded.*job0: created → running → ready/)
  await expect(burst).toBeVisible()
  await expect(burst).toContainText('3 events')
  await expect(row(page, /job1 is created/)).toBeVisible()
  await expect(row(page, /job job0 runs/)).toHaveCount(0)
  await expect(counts(page)).toContainText('; 2 are folded')
  await expectAccessible(page)
  // By keyboard: opened, and its rows are chosen one by one.
  await rowsOf(page).focus()
  await page.keyboard.press('Home')
  const active = async (): Promise<string> =>
    page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant')
      return typeof id !== 'string' ? '' : (document.getElementById(id)?.textContent ?? '')
    })
  while (!/created → running/.test(await active())) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(row(page, /job job0 runs/)).toBeVisible()
  await expect(row(page, /opened.*job0: created → running → ready/)).toBeVisible()
  await expect(counts(page)).not.toContainText('folded')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(panel(page, 'row')).toContainText('job job0 runs')
  await expect(row(page, /job job0 runs/)).toHaveAttribute('aria-selected', 'true')
  await expectAccessible(page)
  // Folded again: the line is the one that is selected.
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(row(page, /job job0 runs/)).toHaveCount(0)
  await expect(burst).toHaveAttribute('aria-selected', 'true')
  await expect(counts(page)).toContainText('; 2 are folded')
  await panel(page, 'row').getByRole('button', { name: 'Close' }).click()
  // A row that the lanes go to opens its burst.
  await toLane(page, 'Jobs')
  await expect(async () => {
    await page.keyboard.press('.')
    await expect(row(page, /opened.*job0/)).toBeVisible({ timeout: 1000 })
  }).toPass()
  await talker.stop()
})

test('the row that is pressed is the one that is chosen, also where others come before the release', async ({
  page,
  lab,
}) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  const say = (name: string, count: number): void => {
    talker.say(`{${stamp(1_700_000_000)}, "event": "${name}", "data": {}}\r\n`.repeat(count))
  }
  say('BEFORE_IT', 200)
  say('WANTED', 1)
  const wanted = row(page, /event WANTED/)
  await expect(wanted).toBeVisible()
  const box = await wanted.boundingBox()
  if (box === null) throw new Error('the row has no box')
  await page.mouse.move(box.x + 100, box.y + box.height / 2)
  await page.mouse.down()
  say('AFTER_IT', 200)
  await expect(counts(page)).toContainText(/40\d of /)
  // The list is emptied under the mouse: the row that was pressed is gone from it.
  await page.evaluate(() => (location.hash += '?f=type%3AAFTER_IT'))
  await expect(wanted).toHaveCount(0)
  await page.mouse.up()
  await expect(panel(page, 'row')).toContainText('WANTED')
  await talker.stop()
})

test('a filter, a link and a file take each row of a burst alone', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  talker.say(['created', 'running', 'ready'].map((each) => change('job0', each)).join(''))
  await expect(row(page, /job0: created → running → ready/)).toBeVisible()
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('type:JOB_STATUS_CHANGE data.status=running')
  await expect(row(page, /job job0 runs/)).toBeVisible()
  await expect(counts(page)).toContainText(/^\s*1 of \d+ rows/)
  await filter.fill('type:JOB_STATUS_CHANGE')
  await expect(counts(page)).toContainText(/^\s*3 of \d+ rows; 2 are folded/)
  await expect(rowsOf(page).getByRole('option')).toHaveCount(1)
  await page.getByRole('button', { name: 'Fold job states', pressed: true }).click()
  await expect(rowsOf(page).getByRole('option')).toHaveCount(3)
  await expect(counts(page)).toContainText(/^\s*3 of \d+ rows$/)
  await row(page, /job job0 is ready/).click()
  const place = panel(page, 'row').getByText(/row \d+ of its record/)
  const seq = /row (\d+) of/.exec(await place.innerText())?.[1] ?? ''
  await page.getByRole('button', { name: 'Fold job states', pressed: false }).click()
  await panel(page, 'row').getByRole('button', { name: 'Close' }).click()
  await expect(rowsOf(page).getByRole('option')).toHaveCount(1)
  // A link to the row, followed in the page.
  await page.evaluate((hash) => (location.hash = hash), `#/machine/vm/timeline?row=${seq}`)
  await expect(row(page, /job job0 is ready/)).toHaveAttribute('aria-selected', 'true')
  await expect(row(page, /opened.*job0/)).toBeVisible()
  await talker.stop()
})

test('a flood of state changes is a list of lines, each of which opens', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  await page.getByRole('combobox', { name: 'Filter' }).fill('type:JOB_STATUS_CHANGE')
  const rows = 64_000
  for (let n = 0; n < rows; n += 8000) {
    talker.say(
      Array.from({ length: 8000 }, (_, each) =>
        change(`job${Math.floor((n + each) / 8)}`, `s${each % 8}`),
      ).join(''),
    )
  }
  await expect(counts(page)).toContainText(/^\s*64[\s,. ]000 of /, { timeout: 120_000 })
  await expect(counts(page)).toContainText(/; 56[\s,. ]000 are folded/)
  await rowsOf(page).focus()
  await page.keyboard.press('End')
  const last = row(page, /job7999: s0 → s1 → .* → s7/)
  await expect(last).toBeVisible()
  await last.click()
  await expect(row(page, /job job7999 is s3/)).toBeVisible()
  await page.keyboard.press('Home')
  await expect(row(page, /job0: s0 → s1 → .* → s7/)).toBeVisible()
  await talker.stop()
})

test('on a narrow page what was chosen has room; the tools come back when it is closed', async ({
  page,
  lab,
}) => {
  await page.setViewportSize({ width: 400, height: 800 })
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await expect(filter).toBeVisible()
  await rowsOf(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const chosen = panel(page, 'row')
  await expect(chosen).toBeVisible()
  await expect(filter).toBeHidden()
  const [whole, list] = await Promise.all([chosen.boundingBox(), rowsOf(page).boundingBox()])
  expect(whole?.height).toBeGreaterThan(300)
  expect(list?.height).toBeGreaterThan(80)
  await expect(rowsOf(page)).toBeFocused()
  await expectAccessible(page)
  await chosen.getByRole('button', { name: 'Close' }).click()
  await expect(filter).toBeVisible()
  await expect(rowsOf(page)).toBeFocused()
  await talker.stop()
})

test('a mark that is chosen once more brings the lanes back to it', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  const at = Date.now() - 5000
  await page.goto(`${lab.url}#/machine/vm/timeline?marks=${at}%20here`)
  const choose = async (): Promise<void> => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('#here')
    await expect(page.getByRole('option', { name: /here.*mark/ })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('option', { name: /here.*mark/ })).toHaveCount(0)
  }
  const shown = async (): Promise<string> => {
    await page.getByRole('button', { name: 'Keep in address' }).click()
    return new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('t') ?? ''
  }
  await choose()
  await expect(page).toHaveURL(/t=/)
  const first = new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('t')
  await page.getByRole('application', { name: /Lanes of the timeline/ }).focus()
  for (const key of ['w', 'w', 'a']) await page.keyboard.press(key)
  await choose()
  expect(await shown()).toBe(first)
  await talker.stop()
})
