/** The timeline on real machines: what lasts, what failed, what belongs together, and by mouse and keyboard. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeServer, startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

// ── as a person does ─────────────────────────────────────────────────────────────────────────────────────────────

async function openTimeline(page: Page, lab: TestLab, machine = 'vm'): Promise<void> {
  await page.goto(`${lab.url}#/machine/${machine}/timeline`)
  await expect(page.getByRole('region', { name: 'Problems' })).toHaveCount(0)
  await expect(page.getByRole('option', { name: /state ready/ })).toBeVisible()
}

/** Send a command from its form, filled in by the address. */
async function run(
  page: Page,
  lab: TestLab,
  name: string,
  args: object | undefined = undefined,
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

function lanesOf(page: Page): Locator {
  return page.getByRole('application', { name: /Lanes of the timeline/ })
}

function rowsOf(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Rows of the timeline' })
}

function row(page: Page, words: RegExp): Locator {
  return rowsOf(page).getByRole('option', { name: words })
}

/** Go to a lane by keys. */
async function toLane(page: Page, lane: string): Promise<void> {
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

function panel(page: Page, name: string): Locator {
  return page.getByRole('region', { name: `Chosen ${name}` })
}

const stamp = (seconds: number): string => `"timestamp": {"seconds": ${seconds}, "microseconds": 1}`

/** A QMP server that answers everything with nothing, and hands its line to the test. */
async function startTalker(
  lab: TestLab,
  name = 'vm',
): Promise<{ say(text: string): void; stop(): Promise<void> }> {
  const greeting =
    '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}\r\n'
  let line: ((text: string) => void) | undefined
  const server = await startFakeServer(join(lab.sockets, `${name}.qmp`), (socket) => {
    socket.write(greeting)
    socket.on('data', (data) => {
      for (const text of data.toString().split('\r\n')) {
        if (text === '') continue
        const { id, execute } = JSON.parse(text) as { id: number; execute: string }
        const value = execute === 'query-status' ? '{"status": "running", "running": true}' : '{}'
        socket.write(`{"return": ${value}, "id": ${id}}\r\n`)
        if (execute === 'qmp_capabilities') line = (words) => void socket.write(words)
      }
    })
  })
  return {
    say(text) {
      if (line === undefined) throw new Error('nobody is connected')
      line(text)
    },
    stop: () => server.stop(),
  }
}

/** Two disks of memory between which jobs can copy. */
const disks = [
  ...['-blockdev', 'null-co,node-name=source,size=67108864,read-zeroes=on'],
  ...['-blockdev', 'null-co,node-name=target,size=67108864'],
]

// ── what lasts ───────────────────────────────────────────────────────────────────────────────────────────────────

test('a backup is a bar with live progress, from its command to BLOCK_JOB_COMPLETED', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm', { args: disks })
  const args = { 'job-id': 'job0', device: 'source', target: 'target', sync: 'full' }
  await run(page, lab, 'blockdev-backup', { ...args, speed: 16 * 1024 * 1024 })
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
  await expect(job).toContainText(/MiB\/s/)
  await expect(job).toContainText('by id')
  await expectAccessible(page)
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
  await qemu.kill()
})

test('stop and cont are a band of states', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'stop')
  await run(page, lab, 'cont')
  await goTo(page, 'Timeline')
  await expect(row(page, /event RESUME.*the machine runs|event RESUME/)).toBeVisible()
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
  await expect(rows.getByRole('option', { name: /from.*event MIGRATION .*completed/ })).toBeVisible()
  await expect(rows.getByRole('option', { name: /\bto\b.*event MIGRATION .*completed/ })).toBeVisible()
  for (const [machine, type] of [
    ['from', 'outgoing'],
    ['to', 'incoming'],
  ] as const) {
    await toLane(page, `Migration of ${machine}`)
    for (const migration = panel(page, 'migration'); !(await migration.isVisible());) {
      await page.keyboard.press(',')
      await expect(migration.or(panel(page, 'row'))).toBeVisible()
      if (await panel(page, 'row').isVisible()) {
        await panel(page, 'row')
          .getByRole('button', { name: /the migration:/ })
          .click()
      }
    }
    const migration = panel(page, 'migration')
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
