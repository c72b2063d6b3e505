/** Inspect: each part shows what is in a recording, opened where no machine is. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { run } from './timeline-lab.ts'

test('every part of a recording says what the machine said, without its machine', async ({ page, lab }) => {
  const disk = join(lab.sockets, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '8M'])
  execFileSync('qemu-img', ['snapshot', '-c', 'kept', disk])
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: [
      ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0'],
      ...['-blockdev', 'null-co,node-name=source,size=67108864,read-zeroes=on'],
      ...['-blockdev', 'null-co,node-name=target,size=67108864'],
    ],
  })
  await run(page, lab, 'blockdev-mirror', {
    ...{ 'job-id': 'mirror0', device: 'source', target: 'target', sync: 'full', speed: 65536 },
  })
  await goTo(page, 'Inspect')
  const part = (name: string) =>
    page.getByRole('navigation', { name: 'Parts' }).getByRole('link', { name, exact: true }).click()
  const main = page.getByRole('main')
  const region = (name: string) => page.getByRole('region', { name, exact: true })

  /** Each part says the same of the machine and of its recording. */
  async function look(): Promise<void> {
    await part('Jobs')
    await expect(page.getByRole('article', { name: 'Job mirror0' })).toContainText('mirror')
    await part('Block graph')
    await expect(main.getByRole('button', { name: /^qcow2 disk0/ })).toBeVisible()
    await expect(main.getByRole('button', { name: /^device vd0/ })).toBeVisible()
    await part('Devices')
    await expect(
      page.getByRole('tree', { name: /^Devices of / }).getByRole('treeitem', { name: /^vd0 virtio-blk-pci/ }),
    ).toBeAttached()
    await part('Objects')
    await expect(page.getByRole('treeitem', { name: /machine/ }).first()).toBeVisible()
    await part('CPUs and memory')
    await expect(region('CPUs')).toContainText('1 CPU (x86_64)')
    await expect(region('Registers')).toContainText(/E?R?IP/)
    await expect(
      page
        .getByRole('table', { name: /^Instructions/ })
        .getByRole('row')
        .nth(1),
    ).toBeVisible()
    await expect(region('Balloon')).toContainText('64')
    await expect(region('Dump to a file').getByRole('status')).toContainText('No dump was begun.')
    await part('Statistics')
    await region('Statistics').getByRole('searchbox', { name: 'Search statistics' }).fill('wr_bytes')
    const written = region('Statistics').getByRole('checkbox', { name: /^wr_bytes / })
    await written.check()
    await expect(region('block/device/wr_bytes')).toContainText('rate, B/s')
    await written.uncheck()
    await part('Monitor text')
    await main.getByRole('combobox', { name: 'Page' }).fill('status')
    await page.getByRole('option', { name: /^status/ }).click()
    await expect(page.getByRole('listbox', { name: 'Lines of info status' })).toContainText(
      'VM status: running',
    )
    await part('Snapshots')
    await expect(main).toContainText('kept')
    await part('Migration')
    await expect(page.getByRole('region', { name: 'Migration now' })).toContainText('None was begun.')
    await expect(main.getByRole('textbox', { name: 'downtime-limit' })).toHaveValue('300')
  }
  await look()

  await goTo(page, 'Timeline')
  await page.getByRole('button', { name: 'Save, keep' }).click()
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save what is recorded' })
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  const file = await download
  const buffer = readFileSync(await file.path())
  await expect(dialog.getByRole('status')).toContainText('rows are in')
  await qemu.kill()
  // It leaves its socket behind: the lab sees a moment later that nobody listens on it.
  await expect.poll(async () => (await fetch(`${lab.url}lab.json`)).text()).not.toContain('"vm"')

  await page.goto('about:blank')
  await page.goto(lab.url)
  await page
    .getByRole('navigation', { name: 'Machines' })
    .getByLabel('Files to open')
    .setInputFiles({ name: file.suggestedFilename(), mimeType: 'text/plain', buffer })
  await expect(page.getByText('vm: a recording, no machine.')).toBeVisible()
  await goTo(page, 'Inspect')
  await look()
  // Nothing can be sent, and each button says why.
  await expect(main.getByRole('button', { name: 'Set…' })).toHaveAttribute('aria-disabled', 'true')
  // Memory that was not read is not in it, and a page of the monitor that was not read neither.
  await page.goto(page.url().replace(/inspect.*/, 'inspect/cpus?at=0x7c00&in=physical'))
  await expect(region('Memory').getByRole('alert').first()).toContainText('The recording has no reply to')
  await page.goto(page.url().replace(/inspect.*/, 'inspect/monitor?page=mtree'))
  await expect(main.getByRole('alert')).toContainText('info mtree: the recording has no reply to it.')
  await part('Jobs')
  await expect(page.getByRole('button', { name: 'Give up: mirror0' })).toHaveAttribute(
    'title',
    'a recording: nothing can be sent',
  )
  await part('Block graph')
  await main.getByRole('button', { name: /^qcow2 disk0/ }).click()
  await expect(
    page.getByRole('complementary', { name: 'Chosen part' }).getByRole('button', { name: 'Snapshot…' }),
  ).toHaveAttribute('title', 'a recording: nothing can be sent')
  await expectAccessible(page)
})
