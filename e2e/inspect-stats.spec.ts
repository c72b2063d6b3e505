/** Statistics of Inspect: query-stats of a scripted server, disks and the dirty rate of a real QEMU, the range with the timeline. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startStatsServer } from '../lab/bench/parts/stats-server.ts'
import { root } from '../lab/paths.ts'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'

const plot = (page: Page, key: string): Locator => page.getByRole('region', { name: key, exact: true })
const picker = (page: Page): Locator => page.getByRole('region', { name: 'Statistics', exact: true })
const find = async (page: Page, text: string): Promise<void> =>
  picker(page).getByRole('searchbox', { name: 'Search statistics' }).fill(text)
/** Tick a statistic. */
const choose = async (page: Page, name: string): Promise<void> =>
  picker(page)
    .getByRole('checkbox', { name: new RegExp(`^${name} `) })
    .check()

async function open(page: Page, lab: TestLab, query = ''): Promise<void> {
  await page.goto(`${lab.url}#/machine/vm/inspect/stats${query}`)
  await expect(picker(page).getByRole('status')).toContainText('on the board')
}

/** Drag over the picture of a plot, from one share of its width to another. */
async function drag(page: Page, key: string, from: number, to: number): Promise<void> {
  const box = await plot(page, key).getByRole('img').boundingBox()
  if (box === null) throw new Error('the plot is not shown')
  const x = (share: number): number => box.x + box.width * share
  await page.mouse.move(x(from), box.y + 40)
  await page.mouse.down()
  await page.mouse.move(x((from + to) / 2), box.y + 40)
  await page.mouse.move(x(to), box.y + 40)
  await page.mouse.up()
}

test('a board is chosen from what the server counts, drawn, read as a table, saved, and kept', async ({
  page,
  lab,
}) => {
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'))
  await open(page, lab)
  await expect(page.getByText('No plot is on the board.')).toBeVisible()
  await find(page, 'vcpu rate exits')
  await choose(page, 'exits')
  await find(page, 'hist')
  await choose(page, 'halt_wait_hist')
  await find(page, 'kvm vm')
  await choose(page, 'remote_tlb_flush')
  await choose(page, 'pages_2m')
  await find(page, '')

  // One question for each target, with the names of the board.
  await expect
    .poll(() => server.asked.some((each) => /"vcpu".*"names":\["exits","halt_wait_hist"\]/.test(each)))
    .toBe(true)
  const exits = plot(page, 'kvm/vcpu/exits')
  await expect(exits).toContainText('rate, 1/s')
  await expect(exits).toContainText(/CPU 0\s*1\.\d+\sk\/s|CPU 0\s*\d+\s?k?\/s/)
  await expect(exits).toContainText(/CPU 1/)
  await expect(exits.getByRole('img')).toHaveAccessibleName(
    /Plot of exits, rate, 1\/s: CPU 0 .*\/s, CPU 1 .*\/s/,
  )
  await expect(plot(page, 'kvm/vm/pages_2m')).toContainText(/machine\s*512/)
  const histogram = plot(page, 'kvm/vcpu/halt_wait_hist')
  await histogram.getByRole('button', { name: 'Bars of halt_wait_hist' }).click()
  await expect(histogram).toContainText(/\d+(\.\d+)?\sµs to \d+(\.\d+)?\sµs/)
  await expectAccessible(page)
  await expectSeen(page)

  // As a table, over what is shown.
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  const row = page.getByRole('row', { name: /exits.*CPU 1/ })
  await expect(row).toContainText(/\/s/)
  await expectAccessible(page)
  await expectSeen(page)
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).click()
  const file = readFileSync(await (await saved).path(), 'utf8')
  const [heading, ...rows] = file.trimEnd().split('\r\n')
  expect(heading).toContain('time,kvm/vcpu/exits of CPU 0 (1/s),kvm/vcpu/exits of CPU 1 (1/s)')
  expect(rows.length).toBeGreaterThan(0)

  // Order, and what is taken off; kept over a reload, names only.
  await page.getByRole('button', { name: 'Plots', exact: true }).click()
  await page.getByRole('button', { name: 'Move exits down' }).click()
  await page.getByRole('button', { name: 'Take pages_2m off the board' }).click()
  await page.reload()
  const titles = page.locator('.board h2')
  await expect(titles).toHaveText(['halt_wait_hist', 'exits', 'remote_tlb_flush'])
  const kept = await page.evaluate(() => localStorage.getItem('qmp-studio.settings'))
  expect(kept).toContain('"board vm":["kvm/vcpu/halt_wait_hist","kvm/vcpu/exits","kvm/vm/remote_tlb_flush"]')

  // Another one's board in an address is shown, and takes the place of the kept one only on request.
  await open(page, lab, '?plots=kvm/vm/pages_2m')
  await expect(titles).toHaveText(['pages_2m'])
  await page.getByRole('button', { name: 'Show the kept one' }).click()
  await expect(titles).toHaveCount(3)
  await server.stop()
})

test('the wrong way: the server refuses, a counter goes back, a statistic is not there', async ({
  page,
  lab,
}) => {
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'))
  await open(page, lab, '?plots=kvm/vcpu/exits,kvm/vcpu/nonsense')
  const exits = plot(page, 'kvm/vcpu/exits')
  await expect(exits).toContainText(/CPU 0\s*[\d.]+\s?k?\/s/)
  await expect(page.getByText('This machine does not have kvm/vcpu/nonsense')).toBeVisible()
  server.reset()
  await expect(exits).toContainText(/the counter went back \d+ ×: it began again there/)
  server.refuse('counters are away')
  await expect(page.getByRole('alert').filter({ hasText: 'query-stats: counters are away' })).toBeVisible()
  await expect(exits).toContainText(/CPU 0\s*–/)
  server.refuse(undefined)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(exits).toContainText(/CPU 0\s*[\d.]+\s?k?\/s/)
  await server.stop()
})

test('a range that is selected in a plot is selected in the timeline, and the other way', async ({
  page,
  lab,
}) => {
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'))
  await open(page, lab, '?plots=kvm/vcpu/exits&w=60')
  await expect(plot(page, 'kvm/vcpu/exits')).toContainText(/CPU 0\s*[\d.]+\s?k?\/s/)
  await drag(page, 'kvm/vcpu/exits', 0.4, 0.9)
  await expect(page.getByText(/^Range of /)).toBeVisible()
  const range = /range=([\d.]+%7E[\d.]+)/.exec(page.url())?.[1] ?? 'none'
  await page
    .getByRole('tab', { name: 'Timeline' })
    .or(page.getByRole('link', { name: 'Timeline', exact: true }))
    .first()
    .click()
  await expect(page.getByText(/Only the range of/)).toBeVisible()
  expect(page.url()).toContain(range)
  // Let go there, it is let go here.
  await page.getByRole('button', { name: 'Let the range go' }).first().click()
  await expect(page).not.toHaveURL(/range=/)
  await page.goto(`${page.url()}${page.url().includes('?') ? '&' : '?'}range=${range}`)
  await page
    .getByRole('tab', { name: 'Inspect' })
    .or(page.getByRole('link', { name: 'Inspect', exact: true }))
    .first()
    .click()
  await expect(page.getByText(/^Range of /)).toBeVisible()
  await page.getByRole('button', { name: 'Let the range go' }).click()
  await expect(page.getByText(/^Range of /)).toHaveCount(0)

  // Side by side they move together.
  const beside = encodeURIComponent('/machine/vm/timeline')
  await page.goto(`${lab.url}#/machine/vm/inspect/stats?plots=kvm/vcpu/exits&w=60&beside=${beside}`)
  await expect(plot(page, 'kvm/vcpu/exits')).toContainText(/CPU 0\s*[\d.]+\s?k?\/s/)
  await drag(page, 'kvm/vcpu/exits', 0.3, 0.95)
  await expect(page.getByText(/Only the range of/)).toBeVisible()
  // By the keyboard alone.
  await page.getByRole('button', { name: 'Let the range go' }).last().click()
  await expect(page.getByText(/^Range of /)).toHaveCount(0)
  await page.getByText('Cursor and range by keyboard').click()
  await page.getByRole('slider', { name: 'Cursor' }).press('Home')
  await page.getByRole('button', { name: 'Range from here' }).click()
  await expect(page.getByText(/^Range of /)).toBeVisible()
  await server.stop()
})

test('a real QEMU: what is written to a disk, its mean time, and the dirty rate on request', async ({
  page,
  lab,
}) => {
  const disk = join(lab.sockets, 'disk.qcow2')
  const second = join(lab.sockets, 'second.socket')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '64M'])
  await startQemu(lab.sockets, 'vm', {
    args: [
      ...[
        '-drive',
        `if=none,id=disk0,format=qcow2,file=${disk}`,
        '-device',
        'virtio-blk-pci,id=vd0,drive=disk0',
      ],
      ...['-chardev', `socket,id=m2,path=${second},server=on,wait=off`, '-mon', 'chardev=m2,mode=control'],
    ],
  })
  await open(page, lab, '?plots=block/device/wr_bytes,dirty-rate/vm/dirty-rate,balloon/vm/actual')
  // TCG counts nothing, and says so.
  await expect(picker(page)).toContainText('KVM counts them, and TCG does not')
  const written = plot(page, 'block/device/wr_bytes')
  await expect(written).toContainText('rate, B/s')
  await expect(written).toContainText(/disk0\s*0\sB\/s/)
  await expect(plot(page, 'balloon/vm/actual')).toContainText(/machine\s*\d+\sMiB/)
  // Something is written, by another client.
  const client = createConnection(second)
  const say = (execute: string, args: object = {}): void =>
    void client.write(`${JSON.stringify({ execute, arguments: args })}\r\n`)
  say('qmp_capabilities')
  say('human-monitor-command', { 'command-line': 'qemu-io disk0 "aio_write 0 8M"' })
  await expect(written.getByRole('img')).toHaveAccessibleName(/disk0/)
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  const most = page
    .getByRole('row', { name: /wr_bytes.*disk0/ })
    .getByRole('cell')
    .nth(4)
  await expect(most).toHaveText(/MiB\/s/)
  await page.getByRole('button', { name: 'Plots', exact: true }).click()
  client.destroy()
  await page.getByRole('button', { name: 'Measure', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('{"execute":"calc-dirty-rate","arguments":{"calc-time":1}}')
  await dialog.getByRole('button', { name: 'Measure', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  const dirty = plot(page, 'dirty-rate/vm/dirty-rate')
  await expect(dirty).toContainText('measured')
  await expect(dirty).toContainText(/machine\s*[\d.]+\s[KMG]?i?B\/s/)
  await expectAccessible(page)

  // What the guest tells of its memory comes once its driver is asked, and that is taken back.
  await find(page, 'stat-free-memory')
  await choose(page, 'stat-free-memory')
  await plot(page, 'balloon/guest/stat-free-memory')
    .getByRole('button', { name: /^Have the guest tell/ })
    .click()
  await expect(dialog).toContainText('"property":"guest-stats-polling-interval","value":2}')
  await dialog.getByRole('button', { name: 'Ask every 2 s', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Take it back' }).click()
  await expect(dialog).toContainText('Taken back.')
})

test('on a narrow page the list is above the plots', async ({ page, lab }) => {
  await page.setViewportSize({ width: 400, height: 800 })
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'))
  await open(page, lab, '?plots=kvm/vcpu/exits,kvm/vcpu/halt_wait_hist')
  await expect(plot(page, 'kvm/vcpu/exits')).toContainText(/CPU 0\s*[\d.]+\s?k?\/s/)
  await expectAccessible(page)
  await expectSeen(page)
  await server.stop()
})

test('the overview tells the load of vCPUs where KVM counts it, and leads to it over time', async ({
  page,
  lab,
}) => {
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'))
  await page.goto(`${lab.url}#/machine/vm/overview`)
  const card = page.getByRole('region', { name: 'Load of vCPUs' })
  // The first is halted for three quarters of the time, the second for half of it.
  await expect(card).toContainText(/CPU 0\s*2[3-7] %/)
  await expect(card).toContainText(/CPU 1\s*(4[7-9]|5[0-3]) %/)
  await expectAccessible(page)
  await card.getByRole('link', { name: 'Over time' }).click()
  await expect(plot(page, 'kvm/vcpu/halt_wait_ns')).toContainText(/CPU 0\s*7[3-7]\d\sms\/s/)
  await server.stop()
})

test('a recording shows the replies that are in it, each at its time', async ({ page, lab }) => {
  // A recording has an inside where it has a schema.
  const schema: unknown = JSON.parse(
    readFileSync(join(root, 'public', 'schemas', 'qemu-7.2-x86_64.json'), 'utf8'),
  )
  const header = {
    ...{ 'qmp-studio-transcript': 1, made: '2026-01-01T00:00:00.000000Z' },
    machines: [{ id: 'old', name: 'old', protocol: 'qmp', schema }],
  }
  const rows = Array.from({ length: 6 }, (_, n) => {
    const time = (ms: number): string =>
      new Date(Date.UTC(2026, 0, 1, 12, 0, n) + ms).toISOString().replace('Z', '000Z')
    const of = { machine: 'old', name: 'query-blockstats', id: n, origin: 'page' }
    const reply = [{ device: 'disk0', stats: { wr_bytes: n * 1_048_576, wr_operations: n } }]
    return [
      {
        ...of,
        ...{ seq: 2 * n, time: time(0), direction: 'sent', kind: 'command', oob: false, bytes: 40 },
        message: { execute: 'query-blockstats', id: n },
      },
      {
        ...of,
        ...{
          seq: 2 * n + 1,
          time: time(1),
          direction: 'received',
          kind: 'return',
          latency_ms: 1,
          late: false,
        },
        ...{ bytes: 90, message: { return: reply, id: n } },
      },
    ]
  }).flat()
  const text = [header, ...rows].map((each) => JSON.stringify(each)).join('\n')
  await page.goto(lab.url)
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name: 'old.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) })
  await expect(page.getByLabel('Chosen machine')).toContainText('recording')
  await page.getByRole('link', { name: 'Inspect', exact: true }).click()
  await page.getByRole('link', { name: 'Statistics', exact: true }).click()
  await find(page, 'disks wr_bytes')
  await choose(page, 'wr_bytes')
  await expect(plot(page, 'block/device/wr_bytes')).toContainText(/disk0\s*1\sMiB\/s/)
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await expect(page.getByRole('row', { name: /wr_bytes.*disk0/ })).toContainText(/1\sMiB\/s.*5$/)
  await expectAccessible(page)
})
