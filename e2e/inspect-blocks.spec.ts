/** The block graph of Inspect: a mirror from its start to its pivot, a chain that is shortened, a node that is busy. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu, startStorageDaemon } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'

const picture = (page: Page): Locator => page.getByRole('group', { name: /^Block graph of / })
/** A card of the picture, by kind and name. */
const card = (page: Page, name: string): Locator =>
  picture(page).getByRole('button', { name: new RegExp(`^${name}(,|$)`) })
const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Chosen part' })

/** A QEMU whose disk0 is an image of this size. */
async function startWithDisk(lab: TestLab, size: string, more: readonly string[] = []): Promise<void> {
  const disk = join(lab.sockets, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, size])
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write 0 ${size}`, disk])
  await startQemu(lab.sockets, 'lab1', {
    args: [
      ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0', ...more],
    ],
  })
}

async function open(page: Page, lab: TestLab, query = ''): Promise<void> {
  await page.goto(`${lab.url}#/machine/lab1/inspect/blocks${query}`)
  await expect(page.getByText(/\d+ parts, \d+ edges/)).toBeVisible()
}

/** Fill a form of the chosen part, look at its commands and send them. */
async function act(
  page: Page,
  label: string,
  values: Readonly<Record<string, string>>,
  commands: readonly string[],
  verb = label,
): Promise<void> {
  await panel(page)
    .getByRole('button', { name: `${label}…`, exact: true })
    .click()
  const form = panel(page).getByRole('form', { name: label })
  for (const [name, value] of Object.entries(values)) {
    const field = form.getByLabel(name, { exact: true })
    if ((await field.evaluate((each) => each.tagName)) === 'SELECT') await field.selectOption(value)
    else await field.fill(value)
  }
  await form.getByRole('button', { name: 'Show the commands' }).click()
  const dialog = page.getByRole('dialog')
  const items = dialog.getByRole('listitem')
  await expect(items).toHaveCount(commands.length)
  for (const [index, command] of commands.entries()) {
    await expect(items.nth(index)).toContainText(`{"execute":"${command}"`)
  }
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
}

const newImage = [
  ...['blockdev-create', 'job-dismiss', 'blockdev-add'],
  ...['blockdev-create', 'job-dismiss', 'blockdev-add'],
]

test('a live mirror of a disk, from start to pivot', async ({ page, lab }) => {
  await startWithDisk(lab, '64M')
  await open(page, lab)
  await expect(card(page, 'device vd0')).toBeVisible()
  await card(page, 'qcow2 disk0').click()
  await expect(panel(page)).toContainText('64.0 MiB')
  await expect(panel(page).getByRole('region', { name: 'Held by' })).toContainText('device, as root: needs')
  await act(
    page,
    'Mirror',
    { 'New file on the host': join(lab.sockets, 'copy.qcow2'), 'Name of its node': 'copy' },
    [...newImage, 'blockdev-mirror'],
  )
  // The job stands between its source and its target, with how far it is.
  await expect(picture(page)).toContainText(/mirror-copy: disk0 → copy, (running|ready)/)
  await expect(picture(page)).toContainText('source')
  await card(page, 'mirror job mirror-copy').click()
  await expect(panel(page)).toContainText('ready')
  await expectAccessible(page)
  await expectSeen(page)
  await panel(page).getByRole('button', { name: 'Complete', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('"execute":"job-complete"')
  await dialog.getByRole('button', { name: 'Complete', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(card(page, 'mirror job mirror-copy')).toHaveCount(0)
  await card(page, 'device vd0').click()
  await expect(panel(page).getByRole('region', { name: 'Uses' })).toContainText('copy')
})

test('a chain of three snapshots, committed into the middle', async ({ page, lab }) => {
  await startWithDisk(lab, '1M')
  await open(page, lab, '?node=disk0')
  let below = 'disk0'
  for (const name of ['s1', 's2', 's3']) {
    await card(page, `qcow2 ${below}`).click()
    await expect(panel(page).getByRole('heading', { name: new RegExp(`^${below} `) })).toBeVisible()
    await act(
      page,
      'Snapshot',
      { 'New file on the host': join(lab.sockets, name), 'Name of its node': name },
      [...newImage, 'blockdev-snapshot'],
    )
    await expect(card(page, `qcow2 ${name}`)).toBeVisible()
    below = name
  }
  await card(page, 'qcow2 s2').click()
  await panel(page).getByRole('button', { name: 'Commit…', exact: true }).click()
  const form = panel(page).getByRole('form', { name: 'Commit' })
  await expect(form.getByLabel('What it leaves')).toContainText(/Now\s*s3\s*→\s*s2\s*→\s*s1\s*→\s*disk0/)
  await expect(form.getByLabel('What it leaves')).toContainText(/Then\s*s3\s*→\s*s1\s*→\s*disk0/)
  await expectAccessible(page)
  await panel(page).getByRole('button', { name: 'Commit…', exact: true }).click()
  await act(page, 'Commit', { 'Into (base)': 's1' }, ['block-commit'])
  // The middle is no longer below the top.
  await expect(picture(page)).not.toContainText('commit')
  await card(page, 'qcow2 s3').click()
  await expect(panel(page).getByRole('region', { name: 'Uses' })).toContainText('s1 qcow2, as backing')
  await expect(panel(page).getByRole('region', { name: 'Uses' })).not.toContainText('s2')
})

test('a node that is held cannot be deleted, and says by whom; its table, its address, and its keys', async ({
  page,
  lab,
}) => {
  await startWithDisk(lab, '1M', ['-device', 'ide-cd,id=cd0'])
  await open(page, lab, '?node=disk0&as=table')
  const remove = panel(page).getByRole('button', { name: 'Delete…' })
  await expect(remove).toHaveAttribute('aria-disabled', 'true')
  await expect(remove).toHaveAttribute('title', /held by device vd0 \(root\)/)
  const row = page.getByRole('row', { name: /disk0 qcow2/ })
  await expect(row).toContainText('vd0 (root)')
  await expectAccessible(page)
  await page.getByRole('row', { name: /cd0/ }).getByRole('button').click()
  await expect(page).toHaveURL(/node=device%3Acd0|node=device:cd0/)
  await expect(panel(page)).toContainText('none')
  await page.getByRole('button', { name: 'Graph', exact: true }).click()
  await card(page, 'device vd0').focus()
  await page.keyboard.press('ArrowRight')
  await expect(card(page, 'qcow2 disk0')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel(page).getByRole('heading', { level: 2 })).toContainText('disk0')
  // What has the focus stays reachable by Tab, and says its permissions in the panel.
  await expect(panel(page).getByRole('region', { name: 'Held by' })).toContainText('needs')
})

test('the storage daemon: a node is exported, and the export is stopped', async ({ page, lab }) => {
  await startStorageDaemon(lab.sockets, 'lab1')
  await page.goto(`${lab.url}#/machine/lab1/inspect/blocks`)
  await expect(page.getByText('No block node is there.')).toBeVisible()
  await page.getByRole('link', { name: 'Add one' }).click()
  await expect(page).toHaveURL(/command\/blockdev-add/)
  await page.goto(
    `${lab.url}#/machine/lab1/command/blockdev-add?args=${encodeURIComponent('{"driver":"null-co","node-name":"n0","size":1048576}')}`,
  )
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(page.getByRole('main')).toContainText('returned')
  await open(page, lab, '?node=n0')
  await act(
    page,
    'Export over NBD',
    { 'Name of the export': 'x', 'Start the server at': join(lab.sockets, 'nbd') },
    ['nbd-server-start', 'block-export-add'],
    'Export',
  )
  await card(page, 'nbd export x').click()
  await expect(panel(page).getByRole('region', { name: 'Uses' })).toContainText('n0')
  await act(page, 'Stop this export', {}, ['block-export-del'], 'Stop it')
  await expect(page.getByText('There is no part “export:x” any more.')).toBeVisible()
})

test('a histogram of latency fills while the guest reads, and is ended', async ({ page, lab }) => {
  await startWithDisk(lab, '1M')
  await open(page, lab)
  await card(page, 'device vd0').click()
  await act(page, 'Latency histogram', {}, ['block-latency-histogram-set'], 'Set it')
  const reads = panel(page).getByRole('region', { name: 'Latency of reads' })
  await expect(reads).toContainText('None since it was set.')
  // The firmware looks for something to boot.
  await page.getByRole('button', { name: 'Power', exact: true }).click()
  await page.getByRole('menuitem', { name: /reset/i }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Run / }).click()
  await expect(reads.getByRole('definition').first()).toContainText(/[1-9]/)
  // It has seen the bins grow.
  // Something is drawn at the right edge, where the newest column is.
  const isDrawn = (canvas: HTMLCanvasElement): boolean => {
    const { width, height } = canvas
    const data = canvas
      .getContext('2d')
      ?.getImageData(Math.floor(width * 0.8), 0, Math.floor(width * 0.2), height)
    return data?.data.some((value, index) => index % 4 === 3 && value > 0) ?? false
  }
  await expect
    .poll(() => reads.getByRole('img').locator('canvas').evaluate(isDrawn), { message: 'the heat is drawn' })
    .toBe(true)
  await expectAccessible(page)
  await act(page, 'Latency histogram', { Do: 'end' }, ['block-latency-histogram-set'], 'End it')
  await expect(reads).toHaveCount(0)
})

/** A boot sector that writes the second sector of its disk over and over: int 13h, %ah 3. */
const writer = Buffer.from('bb007c31c08ec0b80103b90200b600cd13ebf4', 'hex')

test('a histogram of latency fills while the guest writes', async ({ page, lab }) => {
  const [raw, disk] = [join(lab.sockets, 'writer.img'), join(lab.sockets, 'writer.qcow2')]
  const image = Buffer.alloc(1024 * 1024)
  image.set(writer)
  image.set([0x55, 0xaa], 510)
  writeFileSync(raw, image)
  execFileSync('qemu-img', ['convert', '-q', '-O', 'qcow2', raw, disk])
  await startQemu(lab.sockets, 'lab1', {
    args: [
      ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0'],
    ],
  })
  await open(page, lab)
  await card(page, 'device vd0').click()
  await act(page, 'Latency histogram', {}, ['block-latency-histogram-set'], 'Set it')
  const writes = panel(page).getByRole('region', { name: 'Latency of writes' })
  await expect(writes.getByRole('definition').filter({ hasText: /[1-9]/ }).first()).toBeVisible()
  // What is busy is marked, with how long a write takes where that is wanted.
  await expect(card(page, 'device vd0')).toHaveAccessibleName(/, [\d.]+ \w*B\/s$/)
  await page.getByRole('group', { name: 'Heat' }).getByRole('button', { name: 'Latency' }).click()
  await expect(page).toHaveURL(/heat=latency/)
  await expect(card(page, 'device vd0')).toHaveAccessibleName(/, write [\d.]+ m?s$/)
  await expectAccessible(page)
  await expectSeen(page)
})

test('histograms of two disks are compared where their boundaries are the same', async ({ page, lab }) => {
  await startWithDisk(lab, '1M', [
    ...['-blockdev', 'driver=null-co,node-name=n1,size=1048576,read-zeroes=on'],
    ...['-device', 'virtio-blk-pci,id=vd1,drive=n1'],
  ])
  await open(page, lab)
  for (const name of ['vd0', 'vd1']) {
    await card(page, `device ${name}`).click()
    await expect(panel(page).getByRole('heading', { level: 2 })).toContainText(name)
    await act(page, 'Latency histogram', {}, ['block-latency-histogram-set'], 'Set it')
  }
  await page.getByRole('button', { name: 'Power', exact: true }).click()
  await page.getByRole('menuitem', { name: /reset/i }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Run / }).click()
  await panel(page)
    .getByRole('group', { name: 'Compare reads with' })
    .getByRole('checkbox', { name: 'vd0' })
    .check()
  const table = panel(page).getByRole('table', { name: 'Comparison of reads' })
  await expect(table.getByRole('columnheader')).toHaveText(['Latency', 'vd1', 'vd0'])
  // The firmware has read from both.
  await expect(table.getByRole('row').nth(1)).toContainText(/\d %/)
  await expectAccessible(page)
  await expectSeen(page)
})
