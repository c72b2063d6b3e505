/** The timeline on real machines: tracks, failures, related rows, and by mouse and keyboard. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { Monitor } from '#qapi/testing/monitor.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import {
  lanesOf,
  openTimeline,
  panel,
  recordMenu,
  row,
  rowsOf,
  run,
  stamp,
  startTalker,
  toLane,
  watchFor,
  disks,
} from './timeline-lab.ts'

// ── tracks ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** While the lanes follow, running tracks reach to the present, near the right edge. */
async function clickRunningJob(page: Page, job: string): Promise<void> {
  const lane = page.getByRole('list', { name: 'Lanes' }).getByRole('listitem').filter({ hasText: 'Jobs' })
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  const picture = await lanesOf(page).boundingBox()
  const name = await lane.boundingBox()
  if (picture === null || name === null) throw new Error('there is no lane of jobs')
  const [x, y] = [picture.x + picture.width * 0.945, name.y + 10]
  // A job that has just begun has a short bar: what is under the pointer says when it has come there.
  await expect(async () => {
    await page.mouse.move(x - 1, y)
    await page.mouse.move(x, y)
    await expect(page.getByText(new RegExp(`^${job} \\(.*running`))).toBeVisible({ timeout: 500 })
  }).toPass()
  await page.mouse.click(x, y)
}

test('a backup is a bar with live progress, from its command to BLOCK_JOB_COMPLETED', async ({
  page,
  lab,
}) => {
  // A second monitor, by which somebody else lets the job end once it was looked at.
  const socket = join(lab.sockets, 'second-monitor')
  const second = ['-qmp', `unix:${socket},server=on,wait=off`]
  const qemu = await startQemu(lab.sockets, 'vm', { args: [...disks, ...second] })
  const args = { 'job-id': 'job0', device: 'source', target: 'target', sync: 'full' }
  // It copies a mebibyte at a time: the bar moves each four seconds, and it takes longer than all the looks at it.
  await run(page, lab, 'blockdev-backup', { ...args, speed: 256 * 1024 })
  await goTo(page, 'Timeline')
  await expect(
    page.getByRole('list', { name: 'Lanes' }).getByRole('button', { name: 'Jobs', exact: true }),
  ).toBeVisible()
  await toLane(page, 'Jobs')
  await page.keyboard.press('.')
  const job = panel(page, 'job')
  await expect(job).toBeVisible()
  await expect(job.getByRole('heading', { name: /Job job0 backup/ })).toBeVisible()
  await expect(job).toContainText('still going on')
  const progress = job.getByRole('progressbar', { name: 'Progress' })
  const value = async (): Promise<number> => Number(await progress.getAttribute('value'))
  await expect.poll(value).toBeGreaterThan(0)
  const first = await value()
  await expect.poll(value).toBeGreaterThan(first)
  await expect(job).toContainText(/\d [KM]iB\/s/)
  await expect(job).toContainText('by id')
  await expectAccessible(page)
  await job.getByRole('button', { name: 'Close' }).click()
  await expect(job).toHaveCount(0)
  await clickRunningJob(page, 'job0')
  await expect(job).toContainText('job0')
  await expect(job).toContainText(/at most; about .+ left/)
  const other = new Monitor(socket)
  await other.run('qmp_capabilities')
  await other.run('block-job-set-speed', { device: 'job0', speed: 0 })
  other.close()
  // The chain, from the bar to its command and on to the event that ended it.
  await expect(job.getByText('Outcome').locator('xpath=following-sibling::dd[1]')).toHaveText('done')
  await job.getByRole('button', { name: /^command #\d+$/ }).click()
  const detail = panel(page, 'row')
  await expect(detail.getByRole('heading', { name: /command blockdev-backup/ })).toBeVisible()
  await detail.getByRole('button', { name: /an event of it, by id: .*BLOCK_JOB_COMPLETED/ }).click()
  await expect(detail.getByRole('heading', { name: /event BLOCK_JOB_COMPLETED/ })).toBeVisible()
  await expect(detail).toContainText('backup job job0 is complete, 64.0 MiB of 64.0 MiB')
  await expect(row(page, /event BLOCK_JOB_COMPLETED/)).toHaveAttribute('aria-selected', 'true')
  await expect(detail.getByRole('button', { name: /its command, by id: .*blockdev-backup/ })).toBeVisible()
  await expectAccessible(page)
  await detail.getByRole('button', { name: /the job: job0/ }).click()
  await expect(job).toContainText('backup job job0: done')
  // Another one, whose bar is clicked at: the verbs of its state are there.
  await run(page, lab, 'blockdev-backup', { ...args, 'job-id': 'job1', speed: 256 * 1024 })
  await goTo(page, 'Timeline')
  await clickRunningJob(page, 'job1')
  await expect(job.getByRole('heading', { name: /Job job1 backup/ })).toBeVisible()
  const verbs = page.getByRole('group', { name: 'Verbs of job job1' })
  await verbs.getByRole('button', { name: 'job-pause' }).click()
  await verbs.getByRole('button', { name: 'job-resume' }).click()
  await expect(verbs.getByRole('button', { name: 'job-pause' })).toBeVisible()
  const phases = async (): Promise<readonly string[]> => job.getByRole('listitem').allTextContents()
  await expect.poll(async () => (await phases()).slice(-2).join()).toMatch(/paused.*running/)
  await expectAccessible(page)
  await qemu.kill()
})

test('stop and cont are a band of states', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'stop')
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME/)).toBeVisible()
  await toLane(page, 'State')
  const state = panel(page, 'run state')
  const detail = panel(page, 'row')
  while (!(await state.isVisible())) {
    await page.keyboard.press('.')
    await expect(state.or(detail)).toBeVisible()
  }
  const phases = state.getByRole('listitem')
  await expect(phases).toHaveText([/running/, /paused/, /running/])
  await expectAccessible(page)
  await phases.nth(1).getByRole('button').click()
  await expect(detail.getByRole('heading', { name: /event STOP/ })).toBeVisible()
  await expect(detail).toContainText('the machine is stopped')
  await expect(detail.getByText('near in time: not certain')).not.toHaveCount(0)
  await qemu.kill()
})

test('two machines, a migration from one to the other, on one clock', async ({ page, lab }) => {
  const socket = join(lab.sockets, 'migrate.sock')
  const from = await startQemu(lab.sockets, 'from')
  const to = await startQemu(lab.sockets, 'to', { args: ['-incoming', 'defer'] })
  const events = { capabilities: [{ capability: 'events', state: true }] }
  await run(page, lab, 'migrate-set-capabilities', events, 'to')
  await run(page, lab, 'migrate-incoming', { uri: `unix:${socket}` }, 'to')
  await run(page, lab, 'migrate-set-capabilities', events, 'from')
  await run(page, lab, 'migrate', { uri: `unix:${socket}` }, 'from')
  await goTo(page, 'Timeline')
  await page.getByText('Machines (1)').click()
  await page.getByRole('checkbox', { name: 'to', exact: true }).check()
  await expect(page.getByText('Machines (2)')).toBeVisible()
  await expect(
    page.getByText(/clock as this browser’s|clock .* (behind|ahead of) this browser’s/),
  ).toHaveCount(2)
  await expectAccessible(page)
  await page.getByText('Machines (2)').click()
  const rows = rowsOf(page)
  await expect(rows.getByRole('option', { name: /from.*event MIGRATION .*is complete/ })).toBeVisible()
  await expect(rows.getByRole('option', { name: /\bto\b.*event MIGRATION .*is complete/ })).toBeVisible()
  for (const [machine, type] of [
    ['from', 'outgoing'],
    ['to', 'incoming'],
  ] as const) {
    await toLane(page, `Migration of ${machine}`)
    const migration = panel(page, 'migration')
    const chosen = panel(page, 'row')
    // What the machine before left open would pass for what is chosen here.
    if (type === 'incoming') await chosen.getByRole('button', { name: 'Close' }).click()
    await expect(migration.or(chosen)).toHaveCount(0)
    await lanesOf(page).focus()
    await page.keyboard.press(',')
    await expect(migration.or(chosen)).toBeVisible()
    if (await chosen.isVisible()) await chosen.getByRole('button', { name: /the migration:/ }).click()
    await expect(migration.getByRole('heading', { name: new RegExp(`Migration ${type}`) })).toBeVisible()
    await expect(migration.getByRole('listitem').first()).toContainText('setup')
    await expect(migration.getByRole('listitem').filter({ hasText: 'active' })).toHaveCount(1)
    await expect(migration.getByRole('listitem').last()).toContainText('completed')
    await expect(migration).toContainText('near in time: not certain')
    await migration.getByRole('button', { name: /^command #\d+$/ }).click()
    await expect(
      panel(page, 'row').getByRole('heading', {
        name: new RegExp(type === 'outgoing' ? 'migrate #' : 'migrate-incoming #'),
      }),
    ).toBeVisible()
  }
  await expectAccessible(page)
  await from.kill()
  await to.kill()
})

test('a disk that cannot be read: BLOCK_IO_ERROR is an error, and the machine stands', async ({
  page,
  lab,
}) => {
  const bad = {
    ...{ driver: 'blkdebug', 'node-name': 'bad' },
    image: { driver: 'null-co', size: 1 << 20, 'read-zeroes': true },
    'inject-error': [{ event: 'none', iotype: 'read', errno: 5 }],
  }
  // The firmware reads the first sector of the disk that it starts from.
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: [
      ...['-S', '-blockdev', JSON.stringify(bad)],
      ...['-device', 'virtio-blk-pci,id=disk0,drive=bad,rerror=stop,bootindex=0'],
    ],
  })
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  const error = row(page, /event BLOCK_IO_ERROR/)
  await expect(error).toBeVisible()
  await toLane(page, 'Errors')
  await page.keyboard.press(',')
  const detail = panel(page, 'row')
  await expect(detail.getByRole('heading', { name: /event BLOCK_IO_ERROR/ })).toBeVisible()
  await expect(detail).toContainText(
    /reading from (disk|node) .* failed: Input\/output error; the machine is stopped/,
  )
  await expect(error).toHaveAttribute('aria-selected', 'true')
  await detail.getByRole('button', { name: /the run state/ }).click()
  await expect(panel(page, 'run state').getByRole('listitem').last()).toContainText('io-error')
  await expectAccessible(page)
  await qemu.kill()
})

test('a device that is plugged and unplugged, and one that the guest does not give back', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: ['-device', 'qemu-xhci,id=xhci', '-device', 'pcie-root-port,id=port0'],
  })
  await run(page, lab, 'device_add', { driver: 'usb-tablet', id: 'tablet', bus: 'xhci.0' })
  await run(page, lab, 'device_del', { id: 'tablet' })
  await run(page, lab, 'device_add', { driver: 'virtio-rng-pci', id: 'rng', bus: 'port0' })
  await run(page, lab, 'device_del', { id: 'rng' })
  await goTo(page, 'Timeline')
  await row(page, /event DEVICE_DELETED/)
    .first()
    .click()
  const detail = panel(page, 'row')
  await expect(detail).toContainText('device tablet is unplugged')
  await expect(detail.getByRole('button', { name: /its command, by id: .*device_del/ })).toBeVisible()
  await detail.getByRole('button', { name: /the device: tablet/ }).click()
  const device = panel(page, 'device')
  await expect(device.getByRole('listitem')).toHaveText([/plugged/, /unplug-asked/, /deleted/])
  await expect(device).toContainText('by id')
  await expectAccessible(page)
  await toLane(page, 'Devices')
  await row(page, /command device_del.*rng/).click()
  await detail.getByRole('button', { name: /the device: rng/ }).click()
  await expect(device.getByRole('listitem')).toHaveText([/plugged/, /unplug-asked/])
  await expect(device).toContainText('asked to be unplugged')
  await qemu.kill()
})

test('a reset, a panic and a watchdog of the guest', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: ['-device', 'pvpanic', '-device', 'ib700', '-action', 'watchdog=pause,panic=pause'],
  })
  await run(page, lab, 'system_reset')
  // What a driver in the guest would write to its watchdog: bite at once.
  await run(page, lab, 'human-monitor-command', { 'command-line': 'o /b 0x443 15' })
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESET/).first()).toBeVisible()
  await row(page, /event WATCHDOG/).click()
  const detail = panel(page, 'row')
  await expect(detail).toContainText('the watchdog was not fed: the machine is stopped')
  await run(page, lab, 'cont')
  await run(page, lab, 'human-monitor-command', { 'command-line': 'o /b 0x505 1' })
  await goTo(page, 'Timeline')
  await row(page, /event GUEST_PANICKED/).click()
  await expect(detail).toContainText('the guest panicked; the machine is stopped')
  await detail.getByRole('button', { name: /the run state/ }).click()
  await expect(panel(page, 'run state').getByRole('listitem')).toHaveText([
    /running/,
    /watchdog/,
    /running/,
    /guest-panicked/,
  ])
  await expectAccessible(page)
  await qemu.kill()
})

// ── order, and what nobody knows ─────────────────────────────────────────────────────────────────────────────────

test('an event that nobody knows is in the list, in a lane, and can be filtered', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  talker.say(
    `{"event": "FROBNICATED", "data": {"depth": {"level": 7}, "who": "me"}, ${stamp(1_700_000_000)}}\r\n`,
  )
  talker.say(`{"event": "FROBNICATED", "data": {"who": "you"}, ${stamp(1_700_000_001)}}\r\n`)
  await expect(row(page, /event FROBNICATED/)).toHaveCount(2)
  await toLane(page, 'Other events')
  await page.keyboard.press('.')
  const detail = panel(page, 'row')
  await expect(detail.getByRole('heading', { name: /event FROBNICATED/ })).toBeVisible()
  await expectAccessible(page)
  await detail
    .getByRole('button', { name: 'data.who="me"' })
    .or(detail.getByRole('button', { name: 'data.who=me' }))
    .click()
  await expect(row(page, /event FROBNICATED/)).toHaveCount(1)
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await expect(filter).toHaveValue(/data\.who=me/)
  await filter.fill('')
  // No schema has the name; the record has.
  await filter.blur()
  await filter.pressSequentially('type:frob')
  await page
    .getByRole('listbox', { name: 'What fits here' })
    .getByRole('option', { name: /FROBNICATED/ })
    .click()
  await expect(filter).toHaveValue('type:FROBNICATED')
  await filter.press('End')
  await filter.pressSequentially(' data.depth.level=7')
  await expect(row(page, /event/)).toHaveCount(1)
  await expect(row(page, /event FROBNICATED/)).toHaveCount(1)
  await talker.stop()
})

test('stamps that are equal, go back or are missing: the order is that of arrival, and it says so', async ({
  page,
  lab,
}) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  for (const [name, seconds] of [
    ['FIRST', 1_700_000_100],
    ['EQUAL', 1_700_000_100],
    ['BACK', 1_600_000_000],
    ['CLOCKLESS', -1],
    ['LAST', 1_700_000_200],
  ] as const) {
    talker.say(
      `{"event": "${name}", "timestamp": {"seconds": ${seconds}, "microseconds": ${seconds < 0 ? -1 : 5}}}\r\n`,
    )
  }
  await expect(row(page, /event LAST/)).toBeVisible()
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:event type:FIRST,EQUAL,BACK,CLOCKLESS,LAST')
  await expect(row(page, /event/)).toHaveText([/FIRST/, /EQUAL/, /⟲.*BACK/, /⟲.*CLOCKLESS/, /LAST/])
  const detail = panel(page, 'row')
  await row(page, /BACK/).click()
  await expect(detail).toContainText('before the stamp of an earlier event: the order is that of arrival')
  await expect(row(page, /BACK/).getByTitle(/clock of the host was set back/)).toBeVisible()
  await expectAccessible(page)
  await row(page, /EQUAL/).click()
  await expect(detail).toContainText('the same as that of the event before; the order is that of arrival')
  await row(page, /CLOCKLESS/).click()
  await expect(detail).toContainText('the host of the server had no clock')
  await expect(row(page, /CLOCKLESS/).getByTitle('The server had no clock for its stamp.')).toBeVisible()
  await talker.stop()
})

// ── filters, ranges, marks ───────────────────────────────────────────────────────────────────────────────────────

test('a filter is typed with completion, saved, and used again after a reload', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'stop')
  await run(page, lab, 'cont')
  await run(page, lab, 'query-block')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME/)).toBeVisible()
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.focus()
  await filter.pressSequentially('ty')
  await expect(filter).toHaveAttribute('aria-expanded', 'true')
  await expectAccessible(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(filter).toHaveValue('type:')
  await filter.pressSequentially('RESU')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(filter).toHaveValue('type:RESUME')
  await expect(row(page, /./)).toHaveCount(1)
  // The lanes show the same: nothing is left of the commands.
  await toLane(page, 'Commands')
  await page.keyboard.press(',')
  await expect(
    page.getByRole('status').filter({ hasText: 'Nothing earlier in Commands of vm.' }),
  ).toHaveCount(1)
  await page.getByText('Saved filters (0)').click()
  await page.getByRole('textbox', { name: 'Save this filter as' }).fill('Runs again')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved filters (1)')).toBeVisible()
  await expectAccessible(page)
  await filter.fill('type:')
  await filter.fill('latency>')
  await expect(page.getByRole('alert').filter({ hasText: 'Until then the last filter stays.' })).toBeVisible()
  await filter.fill('')
  await expect(row(page, /command query-block/)).toBeVisible()
  await page.reload()
  await expect(row(page, /state ready/)).toBeVisible()
  await page.getByText('Saved filters (1)').click()
  await page.getByRole('button', { name: /^Runs again type:RESUME/ }).click()
  await expect(filter).toHaveValue('type:RESUME')
  await expect(page.getByText('No row passes the filter')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect(row(page, /state ready/)).toBeVisible()
  await qemu.kill()
})

test('a range is dragged and read; marks, stretch and filter go with the address', async ({
  page,
  lab,
  context,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  for (const name of ['stop', 'cont', 'query-block']) await run(page, lab, name)
  await goTo(page, 'Timeline')
  await page.getByRole('button', { name: 'Show all' }).click()
  const lanes = lanesOf(page)
  const box = await lanes.boundingBox()
  if (box === null) throw new Error('there are no lanes')
  await page.mouse.move(box.x + 2, box.y + box.height - 4)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 4, { steps: 4 })
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 4, { steps: 4 })
  await page.mouse.up()
  const stats = page.getByRole('region', { name: 'Statistics of the range' })
  await expect(stats).toContainText(/\d+ answered or given up; least [^]* median [^]* p99[^]* most/)
  await expect(stats.getByRole('row', { name: /STOP run-state 1/ })).toBeVisible()
  await expect(stats).toContainText('Longest gap')
  const commands = stats.getByRole('table', { name: 'Commands' })
  await expect(commands.getByRole('row', { name: /^stop 1 .+ .+ .+/ })).toBeVisible()
  await expectAccessible(page)
  await stats.getByRole('button', { name: 'STOP', exact: true }).click()
  await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveValue('type:STOP')
  await expect(stats.getByRole('row', { name: /RESUME/ })).toHaveCount(0)
  await expect(stats.getByRole('row', { name: /STOP/ })).toHaveCount(1)
  // A mark where the cursor is: on the event, by keys. Back to it or to the first of the lane, and then on.
  await expect(row(page, /event STOP/)).toBeVisible()
  await toLane(page, 'State')
  const said = page.getByRole('status').filter({ hasText: /State of vm/ })
  for (const [key, end] of [
    [',', /: STOP,|^Nothing earlier/],
    ['.', /: STOP,/],
  ] as const) {
    for (let before = await said.innerText(); !end.test(before); before = await said.innerText()) {
      await page.keyboard.press(key)
      await expect(said).not.toHaveText(before)
    }
  }
  await page.keyboard.press('m')
  await page.getByRole('textbox', { name: 'Note for the mark' }).fill('here; it stood 100 %')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: '⚑ here; it stood 100 %' })).toBeVisible()
  await page.getByRole('button', { name: 'Keep in address' }).click()
  await expect(page.getByText(/The address of this page has the stretch/)).toBeVisible()
  await expectAccessible(page)
  const address = page.url()
  await page.close()
  const other = await context.newPage()
  await other.goto(address)
  await expect(other.getByRole('combobox', { name: 'Filter' })).toHaveValue('type:STOP')
  await expect(other.getByRole('button', { name: '⚑ here; it stood 100 %' })).toBeVisible()
  await expect(other.getByRole('button', { name: 'Statistics of the range' })).toBeVisible()
  await expect(other.getByText('No row passes the filter')).toBeVisible()
  expect(new URL(other.url()).hash).toBe(new URL(address).hash)
  await other.getByRole('button', { name: /Take here; it stood 100 % away/ }).click()
  await expect(other.getByRole('button', { name: /⚑/ })).toHaveCount(0)
  await qemu.kill()
})

test('errors are counted and gone to by a key; a range limits the list until it is let go', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  /** A query that this machine refuses. */
  const refused = async (): Promise<void> => {
    await page.goto(`${lab.url}#/machine/vm/command/query-sev-launch-measure`)
    await expect(page.getByRole('heading', { name: 'query-sev-launch-measure', level: 1 })).toBeVisible()
    await page.getByRole('button', { name: /^Send/ }).click()
    const result = page.getByRole('article', { name: 'Result of query-sev-launch-measure' }).first()
    await expect(result).toContainText('query-sev-launch-measure failed')
  }
  await refused()
  await run(page, lab, 'query-block')
  await run(page, lab, 'stop')
  await refused()
  await goTo(page, 'Timeline')
  const offer = page.getByText(/These rows end with a reload/)
  await expect(offer).toBeVisible()
  await page.getByRole('button', { name: 'Do not ask again' }).click()
  await expect(offer).toHaveCount(0)
  // The errors: how many they are, and the way from one to the next.
  await expect(page.getByText('▲ 2 errors')).toBeVisible()
  const chosen = rowsOf(page).getByRole('option', { selected: true })
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('button', { name: 'Next error' }).click()
  await expect(chosen).toContainText(/error\s+query-sev-launch-measure/)
  const first = (await chosen.textContent()) ?? ''
  await page.keyboard.press('e')
  await expect(chosen).not.toHaveText(first)
  await expect(chosen).toContainText(/error\s+query-sev-launch-measure/)
  await page.keyboard.press('e')
  await expect(page.getByText('No later error.')).toBeVisible()
  await page.keyboard.press('Shift+E')
  await expect(chosen).toHaveText(first)
  await expectAccessible(page)
  // The first moments of all that was recorded. The page's own queries go on, so that what a person sent may be in the
  // first tenth by now.
  await page.getByRole('button', { name: 'Show all' }).click()
  const box = await lanesOf(page).boundingBox()
  if (box === null) throw new Error('there are no lanes')
  await page.mouse.move(box.x + 2, box.y + box.height - 4)
  await page.mouse.down()
  await page.mouse.move(box.x + 20, box.y + box.height - 4, { steps: 4 })
  await page.mouse.up()
  await expect(page.getByText(/^Only the range of .+ beyond it$/)).toBeVisible()
  const shown = page.getByTestId('timeline-counts')
  const limited = parseInt(await shown.innerText(), 10)
  await page.getByRole('button', { name: 'Let the range go' }).click()
  await expect.poll(async () => parseInt(await shown.innerText(), 10)).toBeGreaterThan(limited)
  // A filter for a machine that is not there says so.
  await page.getByRole('combobox', { name: 'Filter' }).fill('machine:nowhere')
  await expect(page.getByText(/there is no machine “nowhere”: vm/)).toBeVisible()
  await qemu.kill()
})

test('lanes are folded and pinned, and stay so', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openTimeline(page, lab)
  const lanes = page.getByRole('list', { name: 'Lanes' })
  const names = lanes.getByRole('listitem')
  await expect(names).toHaveText([/State/, /Commands/])
  await lanes.getByRole('button', { name: 'State', exact: true }).click()
  await expect(lanes.getByRole('button', { name: 'State', exact: true })).toHaveAttribute(
    'aria-expanded',
    'false',
  )
  await lanes.getByRole('button', { name: 'Pin Commands of vm' }).click()
  await expect(names).toHaveText([/Commands/, /State/])
  await expectAccessible(page)
  await page.reload()
  await expect(names).toHaveText([/Commands/, /State/])
  await expect(lanes.getByRole('button', { name: 'State', exact: true })).toHaveAttribute(
    'aria-expanded',
    'false',
  )
  await expect(lanes.getByRole('button', { name: 'Pin Commands of vm' })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await qemu.kill()
})

test('zoom, pan, follow and not, by keys, wheel and buttons', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openTimeline(page, lab)
  /** The stretch that the lanes show, as the address would have it. */
  const stretch = async (): Promise<{ from: number; to: number }> => {
    await page.getByRole('button', { name: 'Keep in address' }).click()
    const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
    const [from, to] = (query.get('t') ?? '').split('~').map(Number)
    return { from: from ?? 0, to: to ?? 0 }
  }
  await page.getByRole('button', { name: 'Follow', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toHaveAttribute(
    'aria-pressed',
    'false',
  )
  const still = await stretch()
  expect(await stretch()).toEqual(still)
  const width = still.to - still.from
  await lanesOf(page).focus()
  await page.keyboard.press('w')
  const closer = await stretch()
  expect((closer.to - closer.from) / width).toBeCloseTo(0.7, 3)
  await lanesOf(page).focus()
  await page.keyboard.press('d')
  const later = await stretch()
  expect((later.from - closer.from) / width).toBeCloseTo(0.14, 3)
  await lanesOf(page).focus()
  await page.keyboard.press('ArrowLeft')
  expect((await stretch()).from).toBeLessThan(later.from)
  const before = await stretch()
  const box = await lanesOf(page).boundingBox()
  if (box === null) throw new Error('there are no lanes')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.wheel(0, -200)
  await expect
    .poll(async () => {
      const now = await stretch()
      return now.to - now.from
    })
    .toBeLessThan(before.to - before.from)
  const aside = await stretch()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.keyboard.down('Shift')
  await page.mouse.wheel(0, 200)
  await page.keyboard.up('Shift')
  await expect.poll(async () => (await stretch()).from).toBeGreaterThan(aside.from)
  const moved = await stretch()
  expect((moved.to - moved.from) / (aside.to - aside.from)).toBeCloseTo(1, 3)
  await lanesOf(page).focus()
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await lanesOf(page).focus()
  await page.keyboard.press('l')
  // What came meanwhile is one click away.
  await page.getByRole('button', { name: 'Follow', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Follow', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  const first = await stretch()
  await expect.poll(async () => (await stretch()).to).toBeGreaterThan(first.to)
  await qemu.kill()
})

// ── alerts ───────────────────────────────────────────────────────────────────────────────────────────────────────

test('a filter stops the recording when it hits, another only says so', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openTimeline(page, lab)
  await watchFor(page, 'type:RESET', 'It was reset', 'watches: stops the recording')
  await watchFor(page, 'kind:event type:STOP', 'It stands', 'watches: says so in the page')
  await expectAccessible(page)
  await run(page, lab, 'stop')
  await expect(page.getByText('It stands on vm: 1 row since')).toBeVisible()
  await page.getByRole('link', { name: 'Show', exact: true }).click()
  await expect(panel(page, 'row').getByRole('heading', { name: /event STOP/ })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveValue('kind:event type:STOP')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await run(page, lab, 'system_reset')
  await expect(page.getByText(/It was reset\s+on vm: 1\s+row since .*; recording has stopped/)).toBeVisible()
  await goTo(page, 'Timeline')
  await expect(page.getByText('vm is not recorded: stopped by “It was reset”')).toBeVisible()
  // The tab has kept the filter of what was shown.
  await page.getByRole('combobox', { name: 'Filter' }).fill('')
  await expect(row(page, /event RESET/)).toBeVisible()
  await expectAccessible(page)
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Record again' }).first().click()
  const gap = row(page, /gap.*recording was paused; \d+ rows were not recorded/)
  await expect(gap).toBeVisible()
  await gap.click()
  await expect(panel(page, 'row')).toContainText(/nothing is recorded for .*: recording was paused/)
  await expectAccessible(page)
  await run(page, lab, 'stop')
  await goTo(page, 'Timeline')
  // The list may stand at an earlier row: only rows in sight are drawn.
  await page.getByRole('combobox', { name: 'Filter' }).fill('type:STOP')
  await expect(row(page, /event STOP/)).toHaveCount(2)
  await qemu.kill()
})

// ── kept over reloads ────────────────────────────────────────────────────────────────────────────────────────────

/** A number as the page writes it. */
function numberOf(text: string | undefined): number {
  return Number(text?.replace(/\s/g, ''))
}

/** How many rows of vm are kept, as the menu says. */
async function keptRows(page: Page): Promise<number> {
  await recordMenu(page)
  const words = await page
    .getByRole('listitem')
    .filter({ hasText: /^\s*vm: / })
    .innerText()
  return words.includes('rows kept') ? numberOf(/([\d\s]+) rows/.exec(words)?.[1]) : 0
}

/** The numbers in `… of … rows`. */
async function counted(page: Page): Promise<{ shown: number; all: number }> {
  const words = await page.getByText(/^[\d\s]+ of [\d\s]+ rows/).innerText()
  const [, shown, all] = /^([\d\s]+) of ([\d\s]+) rows/.exec(words) ?? []
  return { shown: numberOf(shown), all: numberOf(all) }
}

test('a record is kept over a reload, behind a gap, without secrets, until it is cleared', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openTimeline(page, lab)
  await (await recordMenu(page)).check()
  const before = (await counted(page)).all
  await expectAccessible(page)
  await run(page, lab, 'stop')
  const secret = 'correct horse battery'
  await run(page, lab, 'object-add', { 'qom-type': 'secret', id: 'sec0', data: secret })
  await goTo(page, 'Timeline')
  await expect(row(page, /reply object-add/)).toBeVisible()
  // What came since it is kept is written.
  await expect
    .poll(async () => (await keptRows(page)) - (await counted(page)).all + before)
    .toBeGreaterThanOrEqual(0)
  await page.reload()
  await expect(row(page, /gap.*this page was closed .* or another tab had the machine/)).toBeVisible()
  await expect(row(page, /event STOP/)).toBeVisible()
  await row(page, /command object-add/).click()
  const detail = panel(page, 'row')
  await expect(detail.getByRole('heading', { name: /command object-add/ })).toBeVisible()
  await detail.getByRole('button', { name: 'Raw', exact: true }).click()
  await expect(detail.getByRole('region', { name: 'Text of the message' })).toContainText('sec0')
  await expect(detail).not.toContainText(secret)
  expect(await everythingKept(page)).not.toContain(secret)
  await expectAccessible(page)
  await recordMenu(page)
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect(row(page, /event STOP/)).toHaveCount(0)
  await page.reload()
  await expect(row(page, /state ready/)).toBeVisible()
  await expect(row(page, /event STOP/)).toHaveCount(0)
  await qemu.kill()
})

test('what came in the moment before a reload is kept as well', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  await (await recordMenu(page)).check()
  await expect.poll(() => keptRows(page)).toBeGreaterThan(0)
  for (const name of ['FIRST', 'SECOND', 'THIRD']) {
    talker.say(`{${stamp(1_732_153_431)}, "event": "${name}"}\r\n`)
    await expect(row(page, new RegExp(`event ${name}`))).toBeVisible()
    await page.reload()
    await expect(row(page, new RegExp(`event ${name}`))).toBeVisible()
    await expect(row(page, /state ready/).last()).toBeVisible()
  }
  await talker.stop()
})

/** Everything that the browser keeps for the page, as text. */
function everythingKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts: string[] = []
    const latin = new TextDecoder('latin1')
    const add = (value: unknown): void => {
      if (value instanceof ArrayBuffer) texts.push(latin.decode(value))
      else if (ArrayBuffer.isView(value)) {
        texts.push(latin.decode(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
      } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add)
      else texts.push(String(value))
    }
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const open = indexedDB.open(name ?? '')
        open.onsuccess = () => resolve(open.result)
        open.onerror = () => reject(new Error(String(open.error)))
      })
      for (const store of database.objectStoreNames) {
        const all = await new Promise<unknown>((resolve, reject) => {
          const got = database.transaction(store).objectStore(store).getAll()
          got.onsuccess = () => resolve(got.result)
          got.onerror = () => reject(new Error(String(got.error)))
        })
        add(all)
      }
      database.close()
    }
    add(Object.entries(localStorage))
    add(Object.entries(sessionStorage))
    return texts.join('\n')
  })
}

test('two tabs do not disturb what is kept', async ({ page, lab, context }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await openTimeline(page, lab)
  await (await recordMenu(page)).check()
  await run(page, lab, 'query-block')
  await goTo(page, 'Timeline')
  await expect.poll(() => keptRows(page)).toBeGreaterThan(0)
  const other = await context.newPage()
  await other.goto(`${lab.url}#/machine/vm/timeline`)
  await expect(other.getByText(/Another tab of this browser holds the monitor of vm/)).toBeVisible()
  await expectAccessible(other)
  await run(page, lab, 'stop')
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME/)).toBeVisible()
  await expect(row(other, /event STOP/)).toHaveCount(0)
  await page.reload()
  // Either tab may get the monitor now; what was recorded is in the first one again.
  await expect(row(page, /event STOP/)).toBeVisible()
  await expect(row(page, /event RESUME/)).toBeVisible()
  await other.close()
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await qemu.kill()
})

test('a worker that dies is started again: the gap is seen, and commands work', async ({
  page,
  lab,
  consoleErrors,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'stop')
  await goTo(page, 'Timeline')
  await expect(row(page, /event STOP/)).toBeVisible()
  for (const worker of page.workers()) {
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error('made to die by a test')
      })
    })
  }
  await expect(page.getByText(/The worker of vm died \(.*\) and was started again/)).toBeVisible()
  await expect(row(page, /gap.*the worker of this machine died/)).toBeVisible()
  await expect(row(page, /event STOP/)).toBeVisible()
  await expect(row(page, /state ready/).last()).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'I have seen it' }).click()
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME/)).toBeVisible()
  consoleErrors.splice(0)
  await qemu.kill()
})

// ── floods ───────────────────────────────────────────────────────────────────────────────────────────────────────

function floodOf(from: number, to: number): string {
  let text = ''
  for (let n = from; n < to; n += 1) {
    text += `{"event": "FLOOD", "data": {"n": ${n}}, ${stamp(1_700_000_000 + Math.floor(n / 1000))}}\r\n`
  }
  return text
}

test('300,000 events while the list is read: all are counted, none is lost', async ({ page, lab }) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('type:FLOOD')
  talker.say(floodOf(0, 1000))
  await expect.poll(async () => (await counted(page)).shown).toBe(1000)
  await rowsOf(page).focus()
  await page.keyboard.press('Home')
  await expect(row(page, / n=0$/)).toBeVisible()
  for (let n = 1000; n < 300_000; n += 13_000) {
    talker.say(floodOf(n, Math.min(300_000, n + 13_000)))
    await page.keyboard.press('PageDown')
  }
  await expect.poll(async () => (await counted(page)).shown, { timeout: 120_000 }).toBe(300_000)
  await expect(page.getByText('older ones were dropped')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^To the newest \([\d\s]+ more\)/ })).toBeVisible()
  await rowsOf(page).focus()
  await page.keyboard.press('End')
  await expect(row(page, / n=299999$/)).toBeVisible()
  await filter.fill('type:FLOOD data.n>=123456 data.n<123461')
  await expect.poll(async () => (await counted(page)).shown).toBe(5)
  await talker.stop()
})

test('a reload in the middle of a flood: what was kept is there again, and counted', async ({
  page,
  lab,
}) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  await (await recordMenu(page)).check()
  let n = 0
  const flood = setInterval(() => {
    talker.say(floodOf(n, n + 1000))
    n += 1000
  }, 50)
  // What is written trails behind what is recorded.
  await expect.poll(() => keptRows(page)).toBeGreaterThan(10_000)
  await expect.poll(async () => (await counted(page)).all).toBeGreaterThan(30_000)
  await page.reload()
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('-type:FLOOD')
  const gap = row(page, /gap.*this page was closed/)
  await expect(gap).toBeVisible()
  clearInterval(flood)
  await gap.click()
  // As many rows as were kept are before it.
  await expect(panel(page, 'row')).toContainText(/vm, row \d{4,6} of its record/)
  await filter.fill('type:FLOOD')
  await expect.poll(async () => (await counted(page)).shown).toBeGreaterThan(10_000)
  await expectAccessible(page)
  await talker.stop()
})

test('when the browser has no room for what is kept, it says so, and recording goes on', async ({
  page,
  lab,
}) => {
  const talker = await startTalker(lab)
  await openTimeline(page, lab)
  const browser = await page.context().newCDPSession(page)
  await browser.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(lab.url).origin,
    quotaSize: 200_000,
  })
  await (await recordMenu(page)).check()
  const rows = 15_000
  talker.say(floodOf(0, rows))
  const words = page.getByRole('listitem').filter({ hasText: /^\s*vm: / })
  await expect(words).toContainText('not kept any more: the storage that the browser gives this page is full')
  await expect.poll(async () => (await counted(page)).all).toBeGreaterThanOrEqual(rows)
  talker.say(`{"event": "AFTERWARDS", ${stamp(1_700_000_000)}}\r\n`)
  await expect(row(page, /event AFTERWARDS/)).toBeVisible()
  await expectAccessible(page)
  // Once there is room it is switched on again.
  await browser.send('Storage.overrideQuotaForOrigin', { origin: new URL(lab.url).origin })
  await (await recordMenu(page)).uncheck()
  await (await recordMenu(page)).check()
  await expect.poll(() => keptRows(page)).toBeGreaterThan(rows)
  await talker.stop()
})
