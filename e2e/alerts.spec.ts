/** A stop-alert: for one machine, over a reload, until recording goes on. */
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { openTimeline, recordMenu, row, run, watchFor } from './timeline-lab.ts'

test('a stop-alert: for its machine, said before, once, over a reload of what is kept, until resumed', async ({
  page,
  lab,
}) => {
  const one = await startQemu(lab.sockets, 'vm')
  const two = await startQemu(lab.sockets, 'other')
  await openTimeline(page, lab)
  await (await recordMenu(page)).check()
  // The firmware resets once more without being asked, sooner or later.
  await watchFor(page, 'type:RESET data.guest=false', 'It was reset', 'watches: stops the recording')
  await expect(page.getByRole('combobox', { name: 'Machines that It was reset watches' })).toHaveValue('vm')
  await expect(
    page.getByText(/the recording of vm stops until you record again. Nothing is deleted/),
  ).toBeVisible()
  await page
    .getByRole('combobox', { name: 'How much is kept before a hit of It was reset' })
    .selectOption('the last hour')
  await expect(page.getByText(/more than 1 h.* before are deleted from the record/)).toBeVisible()
  await expectAccessible(page)

  // Another machine is none of its business.
  await run(page, lab, 'system_reset', undefined, 'other')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESET/).first()).toBeVisible()
  await expect(page.getByText('is not recorded')).toHaveCount(0)

  await run(page, lab, 'system_reset')
  const banner = page.getByText(
    /It was reset\s+on vm: \d+\s+rows? since .*; recording has stopped, and rows before .* were deleted/,
  )
  await expect(banner).toBeVisible()
  await goTo(page, 'Timeline')
  await page.getByRole('button', { name: 'Record again' }).first().click()
  await expect(banner).toHaveCount(0)
  await expect(row(page, /gap.*recording was paused/)).toBeVisible()

  await page.reload()
  await expect(row(page, /gap.*this page was closed/)).toBeVisible()
  await expect(row(page, /event RESET/).first()).toBeVisible()
  await expect(row(page, /state ready/).last()).toBeVisible()
  // Had it hit, nothing of this would be recorded.
  await run(page, lab, 'stop')
  await goTo(page, 'Timeline')
  await expect(row(page, /event STOP/)).toBeVisible()
  await expect(page.getByText('is not recorded')).toHaveCount(0)
  await expect(page.getByText(/It was reset\s+on vm/)).toHaveCount(0)
  await one.kill()
  await two.kill()
})
