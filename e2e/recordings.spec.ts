/** Recordings, on real QEMUs wherever one can say it: saved, opened again without the machine, played, and laid over each other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

interface File {
  readonly name: string
  readonly text: string
}

/** Run commands, given as lines of JSON, on the machine that is chosen. */
async function run(page: Page, commands: readonly object[]): Promise<void> {
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  const line = page.getByRole('textbox', { name: /QMP console of/ })
  const screen = page.locator('.xterm-rows')
  for (const [index, command] of commands.entries()) {
    const id = `typed-${index}`
    await line.focus()
    // The terminal takes inserted text when the key before has come up in it: after a question it came up elsewhere.
    await page.keyboard.press('End')
    await page.keyboard.insertText(JSON.stringify({ ...command, id }))
    await page.keyboard.press('Enter')
    // As it was typed, and in the answer.
    await expect(async () => {
      const yes = page.getByRole('dialog').getByRole('button', { name: /^Run / })
      if (await yes.isVisible()) await yes.click()
      expect((await screen.textContent())?.split(id).length ?? 0).toBeGreaterThan(2)
    }).toPass()
  }
}

/** Save what the timeline has, and return the file. */
async function save(page: Page, choose: () => Promise<void> = () => Promise.resolve()): Promise<File> {
  await page.getByRole('button', { name: 'Save, keep' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save what is recorded' })
  await choose()
  await expectAccessible(page)
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  const file = await download
  const path = await file.path()
  await expect(dialog.getByRole('status')).toContainText('rows are in')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('Escape')
  return { name: file.suggestedFilename(), text: readFileSync(path, 'utf8') }
}

async function open(page: Page, { name, text }: File): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

/** The words of an element once they stay the same for half a second. */
async function settled(element: Locator): Promise<string> {
  let words = ''
  let since = Date.now()
  await expect
    .poll(
      async () => {
        const now = (await element.textContent()) ?? ''
        if (now !== words) since = Date.now()
        words = now
        return Date.now() - since
      },
      { intervals: [50] },
    )
    .toBeGreaterThan(500)
  return words
}

const list = (page: Page) => page.getByRole('listbox', { name: 'Rows of the timeline' })

async function toTimeline(page: Page, lab: TestLab): Promise<void> {
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
}

test('a real QEMU: saved, opened without it, with lanes, schema and everything that happened', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  const image = join(lab.sockets, 'disk.raw')
  await toTimeline(page, lab)
  await run(page, [
    { execute: 'stop' },
    { execute: 'cont' },
    { execute: 'device_add', arguments: { driver: 'no-such-device', id: 'x1' } },
    {
      execute: 'blockdev-create',
      arguments: { 'job-id': 'make-disk', options: { driver: 'file', filename: image, size: 1048576 } },
    },
    { execute: 'object-add', arguments: { 'qom-type': 'secret', id: 's0', data: 'hunter22' } },
  ])
  await goTo(page, 'Timeline')
  await expect(
    list(page)
      .getByRole('option', { name: /JOB_STATUS_CHANGE/ })
      .first(),
  ).toBeVisible()
  await expect(list(page).getByRole('option', { name: /reply.*object-add/ })).toBeVisible()
  const transcript = await save(page)
  expect(transcript.name).toMatch(/^vm-\d{4}-\d\d-\d\dT\d\d-\d\d\.qmp\.jsonl$/)
  expect(transcript.text).not.toContain('hunter22')
  expect(transcript.text).toContain('secret left out')
  const trace = await save(page, () => page.getByRole('radio', { name: /^Chrome trace/ }).check())
  const { traceEvents } = JSON.parse(trace.text) as { traceEvents: { name: string; ph: string }[] }
  expect(traceEvents.some(({ name, ph }) => name === 'stop' && ph === 'X')).toBe(true)
  expect(traceEvents.some(({ name }) => name.includes('make-disk'))).toBe(true)
  await page.getByRole('combobox', { name: 'Filter' }).fill('type:stop')
  await expect(list(page).getByRole('option')).toHaveCount(3)
  const table = await save(page, async () => {
    await page.getByRole('radio', { name: /^CSV/ }).check()
    await page.getByRole('radio', { name: /^What the timeline shows/ }).check()
  })
  expect(table.text.trimEnd().split('\r\n')).toHaveLength(4)
  await qemu.kill()
  // It leaves its socket behind: the lab sees a moment later that nobody listens on it.
  await expect.poll(async () => (await fetch(`${lab.url}lab.json`)).text()).not.toContain('"vm"')

  // Another visit, without the machine.
  await page.goto('about:blank')
  await page.goto(lab.url)
  await expect(page.getByRole('heading', { name: 'Open a file' })).toBeVisible()
  await expectAccessible(page)
  await open(page, transcript)
  await expect(page.getByText('vm: a recording, no machine.')).toBeVisible()
  await expect(page.getByLabel('Chosen machine')).toContainText('recording, read only')
  const errorRow = list(page).getByRole('option', { name: /error.*device_add/ })
  await expect(list(page).getByRole('option', { name: /sent command stop/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Lanes' })).toContainText('Jobs')
  await expectAccessible(page)
  // The cause of the event, and its job.
  const filter = page.getByRole('combobox', { name: 'Filter' })
  await filter.fill('type:STOP')
  await list(page)
    .getByRole('option', { name: /event STOP/ })
    .click()
  await expect(page.getByText('near in time: not certain').first()).toBeVisible()
  await expect(page.getByRole('button', { name: /^the run state: / }).first()).toBeVisible()
  await filter.fill('type:JOB_STATUS_CHANGE')
  // What the job said at once is one line.
  await list(page)
    .getByRole('option', { name: /make-disk: created → .* → concluded/ })
    .click()
  await list(page)
    .getByRole('option', { name: /JOB_STATUS_CHANGE.*has ended/ })
    .click()
  await page.getByRole('button', { name: /^the job: .*make-disk/ }).click()
  await expect(page.getByText('concluded').first()).toBeVisible()
  await filter.fill('type:device_add')
  await errorRow.click()
  await expect(page.getByText(/no-such-device/).first()).toBeVisible()
  // Nothing can be sent, and the schema is there.
  await expect(page.getByRole('combobox', { name: 'Lock' })).toHaveCount(0)
  await goTo(page, 'Command')
  await page.getByRole('searchbox', { name: 'Search commands' }).fill('query-status')
  await page.getByRole('option', { name: 'query-status', exact: true }).first().click()
  await expect(page.getByRole('button', { name: /^Send/ })).toBeDisabled()
  await expect(page.getByText('there is no machine to send to').first()).toBeVisible()
  await goTo(page, 'Schema')
  await expect(page.getByRole('heading', { name: /\d+ commands, \d+ events/ })).toBeVisible()
  await expectAccessible(page)
  // Closed again.
  await page.getByRole('button', { name: /^Close the recording/ }).click()
  await expect(page.getByRole('heading', { name: 'Open a file' })).toBeVisible()
})

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}'

test('logs and captures of other programs, and files that are none', async ({ page, lab }) => {
  await page.goto(lab.url)
  const nav = page.getByRole('navigation', { name: 'Machines' })
  await open(page, {
    name: 'shell.log',
    text: [
      'Welcome to the QMP low-level shell!',
      'Connected to QEMU 7.2.0',
      '',
      '(QEMU) stop',
      '{"return": {}}',
      '(QEMU) ',
      "{'timestamp': {'seconds': 1700000000, 'microseconds': 2}, 'event': 'STOP'}",
      '(QEMU) device_del id=none',
      '{"error": {"class": "DeviceNotFound", "desc": "Device \'none\' not found"}}',
      '',
    ].join('\n'),
  })
  await expect(list(page).getByRole('option', { name: /event STOP/ })).toBeVisible()
  await expect(nav).toContainText('session of qmp-shell, times from the stamps of events')
  await expect(page.getByRole('list', { name: 'Lanes' })).toContainText('State')
  await list(page)
    .getByRole('option', { name: /event STOP/ })
    .click()
  await expect(page.getByText('near in time: not certain').first()).toBeVisible()
  await expect(page.getByRole('button', { name: /^the run state: / })).toBeVisible()
  await expectAccessible(page)

  const libvirt = (time: string, what: string, message: string): string =>
    `2026-11-21 10:41:${time}+0000: 132549: info : qemuMonitor:995 : QEMU_MONITOR_${what}=${message}`
  await open(page, {
    name: 'libvirtd.log',
    text: [
      libvirt('00.100', 'RECV_REPLY: mon=0x7f01 reply', greeting),
      libvirt('00.934', 'SEND_MSG: mon=0x7f01 msg', '{"execute":"query-status","id":"libvirt-1"}'),
      libvirt(
        '00.936',
        'RECV_REPLY: mon=0x7f01 reply',
        '{"return": {"status": "running"}, "id": "libvirt-1"}',
      ),
      libvirt('01.000', 'SEND_MSG: mon=0x7f02 msg', '{"execute":"cont","id":"libvirt-9"}'),
      libvirt('01.001', 'SEND_MSG: mon=0x7f02 msg', '{"execute":"cont","id'),
      '',
    ].join('\n'),
  })
  await expect(nav).toContainText('log of libvirt, times as recorded')
  const libvirtList = nav.getByRole('region', { name: 'Recording libvirtd.log' })
  await expect(libvirtList.getByRole('link')).toHaveCount(2)
  await libvirtList.getByText('1 place could not be read').click()
  await expect(libvirtList).toContainText('line 5: a message that is cut')
  await expect(list(page).getByRole('option', { name: /reply.*query-status/ })).toBeVisible()

  await open(page, {
    name: 'capture.txt',
    text: [
      `< 2026/11/21 14:58:12.000060  length=${greeting.length + 2} from=0 to=${greeting.length + 1}`,
      `${greeting}\\r`,
      '> 2026/11/21 14:58:12.100065  length=32 from=0 to=31',
      '{"execute":"qmp_capabilities"}\\r',
      '< 2026/11/21 14:58:12.100900  length=16 from=142 to=157',
      '{"return": {}}\\r',
      '',
    ].join('\n'),
  })
  await expect(nav).toContainText('capture of socat, times as recorded')
  await page.getByLabel('the page’s own queries').check()
  await expect(
    list(page)
      .getByRole('option', { name: /qmp_capabilities/ })
      .first(),
  ).toBeVisible()
  await expectAccessible(page)

  await open(page, { name: 'holiday.txt', text: 'Dear all,\nit rains.\n' })
  await expect(nav.getByRole('alert')).toContainText(
    'Nothing in holiday.txt is known. Expected is a transcript of QMP Studio',
  )
  await open(page, { name: 'new.jsonl', text: '{"qmp-studio-transcript":7,"made":"x","machines":[]}\n' })
  await expect(nav.getByRole('alert')).toContainText('A newer QMP Studio wrote it.')
  await expectAccessible(page)
  await page.reload()
  await expect(page.getByText('It was a recording that was opened before')).toBeVisible()
})

/** A transcript of some rows: `[ms, kind, name, exec]`. */
function transcript(name: string, rows: readonly (readonly [number, string, string, number?])[]): File {
  const start = Date.UTC(2026, 10, 21, 12)
  const lines = rows.map(([ms, kind, what, id], seq) => {
    const time = new Date(start + ms).toISOString().replace('Z', '000Z')
    const base = { machine: 'm', seq, time, direction: 'received', kind, name: what }
    if (kind === 'event')
      return { ...base, stamp: { seconds: 1_763_726_400, microseconds: 1 }, message: { event: what } }
    const command = { ...base, id, origin: 'person', oob: false, late: false, latency_ms: ms % 100 }
    return { ...command, message: kind === 'command' ? { execute: what, id } : { return: {}, id } }
  })
  const header = {
    'qmp-studio-transcript': 1,
    made: '2026-11-21T12:00:00.000000Z',
    machines: [{ id: 'm', name }],
  }
  return {
    name: `${name}.qmp.jsonl`,
    text: [header, ...lines].map((each) => JSON.stringify(each)).join('\n'),
  }
}

test('a recording is played again', async ({ page, lab }) => {
  await page.goto(lab.url)
  // Ten rows in five seconds, then one in twenty: at ten times the speed there is a minute to press Pause in.
  const atMs = (n: number): number => (n < 10 ? n * 500 : 4500 + (n - 9) * 20_000)
  const rows = Array.from({ length: 40 }, (_, n) => [atMs(n), 'event', `E${n}`] as const)
  await open(page, transcript('run', rows))
  await expect(page.getByTestId('timeline-counts')).toContainText('40 of 40 rows')
  const player = page.getByRole('group', { name: 'Replay' })
  const state = page.getByTestId('replay-state')
  await expect(state).toHaveText('everything is shown')
  await player.getByRole('button', { name: 'Play' }).click()
  await expect(page.getByTestId('timeline-counts')).toContainText(/^\s*[1-9] of [1-9] rows/)
  await player.getByRole('combobox', { name: 'Speed' }).selectOption('× 10')
  await expect(page.getByTestId('timeline-counts')).toContainText(/^\s*[1-3]\d of [1-3]\d rows/)
  await player.getByRole('button', { name: 'Pause' }).click()
  await expect(state).toContainText('of 40 rows')
  // What was due is shown, and then nothing more comes: for as long as two rows would take now.
  await player.getByRole('combobox', { name: 'Speed' }).selectOption('× 100')
  const standing = await settled(state)
  expect(standing).not.toContain('40 of 40')
  await expectAccessible(page)
  await player.getByRole('slider', { name: 'Position' }).fill('500')
  await expect(state).toContainText('24 of 40 rows')
  await expect(page.getByTestId('timeline-counts')).toContainText('24 of 24 rows')
  await player.getByRole('button', { name: 'Show everything' }).click()
  await expect(page.getByTestId('timeline-counts')).toContainText('40 of 40 rows')
  await expect(page.getByTestId('timeline-counts')).not.toContainText('dropped')
  await player.getByRole('combobox', { name: 'Speed' }).selectOption('as fast as it can')
  await player.getByRole('button', { name: 'Play' }).click()
  await expect(state).toContainText('40 of 40 rows')
})

test('two recordings are laid over each other: what only one has is marked', async ({ page, lab }) => {
  await page.goto(lab.url)
  await open(
    page,
    transcript('bad', [
      [50_000, 'event', 'RTC_CHANGE'],
      [60_000, 'command', 'stop', 1],
      [60_090, 'return', 'stop', 1],
      [60_100, 'event', 'BLOCK_IO_ERROR'],
      [60_200, 'event', 'STOP'],
    ]),
  )
  await open(
    page,
    transcript('good', [
      [0, 'command', 'stop', 1],
      [10, 'return', 'stop', 1],
      [20, 'event', 'STOP'],
    ]),
  )
  await expect(page.getByTestId('timeline-counts')).toContainText('3 of 3 rows')
  await page.getByRole('button', { name: 'Compare with…' }).click()
  const summary = page.getByTestId('overlay-summary')
  await expect(summary).toContainText('3 rows in both.')
  await expect(summary).toContainText('Only in bad: 1 × RTC_CHANGE, 1 × BLOCK_IO_ERROR.')
  await expect(summary).toContainText('1 command took more than twice as long in bad.')
  const both = page.getByRole('listbox', { name: 'Rows of both' })
  await expect(both.getByRole('option')).toHaveCount(5)
  await expect(both.getByRole('option', { name: /both.*\+0.00 ms.*command stop/ })).toBeVisible()
  await expect(both.getByRole('option', { name: /B only.*BLOCK_IO_ERROR/ })).toBeVisible()
  await expectAccessible(page)
  // The same as lanes on one scale, beside the list: by keys from difference to difference, by a click to one.
  const lanes = page.getByRole('application', { name: /^Lanes of both/ })
  for (const name of ['bad', 'good']) {
    const names = page.getByRole('list', { name: `Lanes of ${name}` })
    await expect(names.getByRole('button', { name: 'Errors', exact: true })).toBeVisible()
  }
  await lanes.focus()
  await page.keyboard.press('.')
  await expect(both.getByRole('option', { name: /RTC_CHANGE/ })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByText(/^event RTC_CHANGE only in bad$/)).toBeAttached()
  await page.keyboard.press('.')
  // The reply to stop took longer; then the error.
  await page.keyboard.press('.')
  await expect(both.getByRole('option', { name: /BLOCK_IO_ERROR/ })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: 'Next difference' }).click()
  await expect(page.getByText('No later difference.')).toBeAttached()
  await page.keyboard.press('f')
  await lanes.focus()
  await page.keyboard.press('f')
  const [picture, lane] = await Promise.all([
    lanes.boundingBox(),
    page
      .getByRole('list', { name: 'Lanes of bad' })
      .getByRole('listitem')
      .filter({ hasText: 'Machine' })
      .boundingBox(),
  ])
  if (picture === null || lane === null) throw new Error('there are no lanes')
  // All of both is shown, from 10 s before stop to 0.2 s after it, with a margin of a fiftieth.
  await lanes.click({
    position: { x: (204 / 10_608) * picture.width, y: lane.y + lane.height / 2 - picture.y },
  })
  await expect(both.getByRole('option', { name: /RTC_CHANGE/ })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText('RTC_CHANGE')
  await expectAccessible(page)
  const [left, right] = await Promise.all([lanes.boundingBox(), both.boundingBox()])
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0)
  await page.getByLabel('Only what one of them has').check()
  await expect(both.getByRole('option')).toHaveCount(2)
  await both.getByRole('option', { name: /BLOCK_IO_ERROR/ }).click()
  await page.getByRole('button', { name: 'In the timeline of bad' }).click()
  await expect(page.getByLabel('Chosen machine')).toContainText('bad')
  await expect(list(page).getByRole('option', { name: /BLOCK_IO_ERROR/ })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  // Aligned at another event.
  await page.getByRole('button', { name: 'Compare with…' }).click()
  await page.getByRole('combobox', { name: 'A is aligned at' }).selectOption('event STOP')
  await expect(page.getByRole('combobox', { name: 'B is aligned at' })).toHaveValue('event STOP')
  await expect(both.getByRole('option', { name: /both.*\+0.00 ms.*event STOP/ })).toBeVisible()
  await expectAccessible(page)
})

test('a machine is laid over itself; the address says how', async ({ page, lab }) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await toTimeline(page, lab)
  await run(page, [{ execute: 'stop' }, { execute: 'cont' }, { execute: 'stop' }, { execute: 'cont' }])
  await goTo(page, 'Timeline')
  await expect(list(page).getByRole('option', { name: /event RESUME/ })).toHaveCount(2)
  await page.getByRole('button', { name: 'Compare with…' }).click()
  const b = page.getByRole('group', { name: /^B: vm/ })
  await b.getByRole('combobox', { name: 'Compare with' }).selectOption('vm: another stretch')
  await page.getByRole('combobox', { name: 'A is aligned at' }).selectOption('event STOP')
  await b.getByRole('spinbutton').fill('2')
  await b.getByRole('spinbutton').press('Enter')
  const both = page.getByRole('listbox', { name: 'Rows of both' })
  // The first stop of the one is the second of the other: what came before the first is only in the other.
  const stopped = both.getByRole('option', { name: /both.*\+0.00 ms.*event STOP/ })
  await expect(stopped).toHaveCount(1)
  await expect(page).toHaveURL(/compare=.*STOP/)
  await expectAccessible(page)
  await goTo(page, 'Overview')
  await expect(both).toHaveCount(0)
  await page.goBack()
  await expect(page.getByRole('combobox', { name: 'B is aligned at' })).toHaveValue('event STOP')
  await expect(b.getByRole('spinbutton')).toHaveValue('2')
  await expect(stopped).toHaveCount(1)
  // Two choices at once: the second is made while the first is worked on, and neither is lost.
  const fields = await Promise.all([
    page.getByRole('combobox', { name: 'A is aligned at' }).elementHandle(),
    b.getByRole('spinbutton').elementHandle(),
  ])
  await page.evaluate((elements) => {
    for (const [index, value] of ['event RESUME', '1'].entries()) {
      const element = elements[index] as HTMLInputElement | HTMLSelectElement
      element.value = value
      element.dispatchEvent(new Event('change', { bubbles: true }))
    }
  }, fields)
  await expect(both.getByRole('option', { name: /\+0.00 ms.*event RESUME/ })).toHaveCount(1)
  await expect(page.getByRole('combobox', { name: 'B is aligned at' })).toHaveValue('event STOP')
  await expect(b.getByRole('spinbutton')).toHaveValue('1')
  // Narrow, the lanes are above the list, and what a row is can still be read.
  await page.setViewportSize({ width: 400, height: 800 })
  const lanes = page.getByRole('application', { name: /^Lanes of both/ })
  await page.getByRole('button', { name: 'Machines and alignment', expanded: false }).click()
  await expect(b.getByRole('spinbutton')).toBeVisible()
  await page.getByRole('button', { name: 'Machines and alignment', expanded: true }).click()
  const [above, below] = await Promise.all([lanes.boundingBox(), both.boundingBox()])
  expect(above?.y ?? 0).toBeLessThan(below?.y ?? 0)
  const resumed = both.getByRole('option', { name: /event RESUME/ }).first()
  await resumed.scrollIntoViewIfNeeded()
  await expect(resumed.getByText('RESUME')).toBeInViewport({ ratio: 1 })
  await expectAccessible(page)
  await qemu.kill()
})

test('recordings are dropped on the list of machines, and shown on one clock', async ({ page, lab }) => {
  await page.goto(lab.url)
  const files = [
    transcript('source', [
      [0, 'event', 'STOP'],
      [2000, 'event', 'RESUME'],
    ]),
    transcript('destination', [[1000, 'event', 'RTC_CHANGE']]),
  ]
  const dropped = await page.evaluateHandle((each) => {
    const transfer = new DataTransfer()
    for (const { name, text } of each) transfer.items.add(new File([text], name))
    return transfer
  }, files)
  const machines = page.getByRole('navigation', { name: 'Machines' })
  await machines.dispatchEvent('drop', { dataTransfer: dropped })
  await expect(machines.getByRole('link', { name: /source/ })).toBeVisible()
  await machines.getByRole('link', { name: /destination/ }).click()
  await expect(list(page).getByRole('option')).toHaveCount(1)
  await page.getByText('Machines (1)', { exact: true }).click()
  await page.getByRole('checkbox', { name: /source/ }).check()
  await page.keyboard.press('Escape')
  // In the order of their times, each with its machine.
  await expect(list(page).getByRole('option')).toContainText([
    /source.*event STOP/,
    /destination.*event RTC_CHANGE/,
    /source.*event RESUME/,
  ])
  await expectAccessible(page)
})

interface SavedRow {
  readonly machine: string
  readonly time: string
  readonly kind: string
}

/** The rows of a transcript. */
function rowsIn({ text }: File): SavedRow[] {
  const [, ...lines] = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as SavedRow)
}

test('the selected range of two machines is saved alone', async ({ page, lab }) => {
  const qemus = await Promise.all(['one', 'two'].map((name) => startQemu(lab.sockets, name)))
  await page.goto(`${lab.url}#/machine/one/timeline`)
  await expect(page.getByRole('option', { name: /state ready/ })).toBeVisible()
  // Something happens to each, later than their connections: to both of them in the last half of the time.
  for (const command of ['stop', 'cont']) {
    for (const machine of ['one', 'two']) {
      await page.goto(`${lab.url}#/machine/${machine}/command/${command}`)
      await page.getByRole('button', { name: /^Send/ }).click()
      const result = page.getByRole('article', { name: `Result of ${command}` }).first()
      await expect(result).toContainText('returned')
    }
  }
  await page.goto(`${lab.url}#/machine/one/timeline`)
  await page.getByText('Machines (1)').click()
  await page.getByRole('checkbox', { name: 'two', exact: true }).check()
  await page.getByText('Machines (2)').click()
  await page.getByRole('button', { name: 'Show all' }).click()
  const box = await page.getByRole('application', { name: /Lanes of the timeline/ }).boundingBox()
  if (box === null) throw new Error('there are no lanes')
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height - 4)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height - 4, { steps: 4 })
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 4, { steps: 4 })
  await page.mouse.up()
  await expect(page.getByRole('region', { name: 'Statistics of the range' })).toBeVisible()
  const dialog = page.getByRole('dialog', { name: 'Save what is recorded' })
  const range = dialog.getByRole('checkbox', { name: /Only the selected range/ })
  const part = rowsIn(await save(page, () => range.check()))
  const all = rowsIn(await save(page, () => range.uncheck()))
  expect(new Set(part.map(({ machine }) => machine))).toEqual(new Set(['one', 'two']))
  expect(part.filter(({ kind }) => kind === 'state')).toEqual([])
  expect(all.filter(({ kind }) => kind === 'state')).not.toEqual([])
  // All that came between its first and its last row, and nothing else.
  const times = part.map(({ time }) => time).toSorted()
  const between = all.filter(({ time }) => time >= (times[0] ?? '') && time <= (times.at(-1) ?? ''))
  expect(between).toEqual(part)
  await Promise.all(qemus.map((each) => each.kill()))
})

test('a save that takes long is cancelled: no file, and it can be begun again', async ({ page, lab }) => {
  const events = Array.from(
    { length: 200_000 },
    (_, n) =>
      `{"timestamp": {"seconds": ${1_732_153_431 + n}, "microseconds": 1}, "event": "FLOOD", "data": {"n": ${n}}}\r\n`,
  ).join('')
  const server = await startFakeQmp(join(lab.sockets, 'vm.qmp'), ({ id, execute }, socket) => {
    socket.write(`{"return": {}, "id": ${id}}\r\n`)
    if (execute === 'qmp_capabilities') socket.write(events)
  })
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  await expect(page.getByText(/of 200[\s\u202f]\d{3} rows/)).toBeVisible()
  let files = 0
  page.on('download', () => (files += 1))
  await page.getByRole('button', { name: 'Save, keep' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save what is recorded' })
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  await expect(dialog.getByRole('progressbar', { name: 'Written' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog.getByRole('progressbar', { name: 'Written' })).toHaveCount(0)
  await expect(dialog.getByRole('status')).toBeEmpty()
  expect(files).toBe(0)
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  await download
  await expect(dialog.getByRole('status')).toContainText(/200[\s\u202f]\d{3} rows are in/)
  await server.stop()
})
