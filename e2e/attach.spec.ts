/** Machines that are listed in a file, monitors that belong to another program, and QEMUs that take web sockets themselves. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { connectUnix } from '../workers/qmp/testing/unix-client.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

/** Write the file of machines, as an editor does it: another file takes its place. */
function list(lab: TestLab, machines: readonly object[]): void {
  writeFileSync(`${lab.machinesFile}.new`, JSON.stringify({ version: 1, machines }, null, 2))
  renameSync(`${lab.machinesFile}.new`, lab.machinesFile)
}

/** A path for the socket of a monitor that no folder of a lab has. */
const elsewhere = (lab: TestLab, name: string): string => join(lab.web, '..', `${name}-monitor.sock`)

test('machines of a file have groups, notes and any paths; a fault is said, and mended', async ({
  page,
  lab,
}) => {
  for (const name of ['alpha', 'beta']) {
    await startQemu(lab.sockets, `plain-${name}`, {
      args: ['-qmp', `unix:${elsewhere(lab, name)},server=on,wait=off`],
    })
  }
  const alpha = { name: 'alpha', group: 'Rack 3', note: 'Ask Ann before it is stopped.' }
  const beta = { name: 'beta', channels: { qmp: elsewhere(lab, 'beta') } }
  list(lab, [{ ...alpha, channels: { qmp: elsewhere(lab, 'alpha') } }, beta])
  await page.goto(lab.url)
  const machines = page.getByRole('navigation', { name: 'Machines' })
  await expect(machines.getByRole('heading', { name: 'Rack 3' })).toBeVisible()
  await expect(machines.getByRole('link', { name: /^alpha.*running/ })).toContainText('Ask Ann before')
  await expect(machines.getByRole('link', { name: /^beta.*running/ })).toBeVisible()
  await expectAccessible(page)
  // Another group, while the page is open.
  list(lab, [{ ...alpha, group: 'Rack 4', note: 'Free.', channels: { qmp: elsewhere(lab, 'alpha') } }, beta])
  await expect(machines.getByRole('heading', { name: 'Rack 4' })).toBeVisible()
  await expect(machines.getByRole('heading', { name: 'Rack 3' })).toBeHidden()
  await expect(machines.getByRole('link', { name: /^alpha.*running/ })).toContainText('Free.')
  writeFileSync(lab.machinesFile, '{\n  "version": 1,\n  "machines": [,]\n}')
  await expect(machines.getByText(/machines\.json, line 3, column 16/)).toBeVisible()
  await expect(machines.getByRole('link', { name: /^beta.*running/ })).toBeVisible()
  list(lab, [beta])
  await expect(machines.getByText(/machines\.json, line 3/)).toBeHidden()
})

test('a monitor of another program is held for what a person sends, and let go after that', async ({
  page,
  lab,
}) => {
  const path = elsewhere(lab, 'theirs')
  await startQemu(lab.sockets, 'plain', { args: ['-qmp', `unix:${path},server=on,wait=off`] })
  list(lab, [{ name: 'theirs', channels: { qmp: { at: path, polite: true } } }])
  await page.goto(lab.url)
  const entry = page.getByRole('navigation', { name: 'Machines' }).getByRole('link', { name: /^theirs/ })
  await expect(entry).toContainText('let go')
  // Nobody has looked at it: its owner has it.
  const owner = connectUnix(path)
  expect(await owner.reach('ready')).toBe(true)
  owner.close()
  await owner.over
  // Looked at, it is connected once, and let go.
  await entry.click()
  const pane = page.getByRole('main')
  await expect(pane.getByText(/^Let go: the monitor of theirs belongs to another program/)).toBeVisible()
  const bar = page.getByRole('group', { name: 'Chosen machine' })
  await expect(bar).toContainText('7.2')
  const second = connectUnix(path)
  expect(await second.reach('ready')).toBe(true)
  // While its owner has it a command waits; then it is sent, and the monitor is let go again.
  await page.goto(lab.address('/machine/theirs/command/query-version'))
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(entry).toContainText(/occupied|greeting/)
  second.close()
  await expect(page.getByRole('main')).toContainText('query-version: returned')
  await expect(entry).toContainText('let go')
  const third = connectUnix(path)
  expect(await third.reach('ready')).toBe(true)
  third.close()
})

test('a QEMU that takes web sockets itself is warned of, with the chardev and what to change', async ({
  page,
  lab,
}) => {
  const [port, quiet] = [await freePort(), await freePort()]
  await startQemu(lab.sockets, 'open', {
    args: [
      ...['-chardev', `socket,id=web-mon,host=127.0.0.1,port=${port},server=on,wait=off,websocket=on`],
      ...['-mon', 'chardev=web-mon,mode=control'],
    ],
  })
  await startQemu(lab.sockets, 'plain', {
    args: ['-chardev', `socket,id=t,host=127.0.0.1,port=${quiet},server=on,wait=off`],
  })
  await page.goto(lab.address('/machine/open/overview'))
  const note = page.getByRole('status').filter({ hasText: 'takes web sockets' })
  await expect(note).toContainText(`chardev web-mon (127.0.0.1:${port})`)
  await expect(note).toContainText('any web page that somebody on its host visits can connect there')
  await expect(note).toContainText('Take websocket=on out of its -chardev')
  await expectAccessible(page)
  // It is a note on the machine, whatever is looked at.
  await goTo(page, 'Timeline')
  await expect(note).toBeVisible()
  // The other one was asked as well, and has none.
  await page.goto(lab.address('/machine/plain/timeline?f=query-chardev'))
  await page.getByRole('checkbox', { name: /own queries/ }).check()
  await expect(page.getByRole('option', { name: /query-chardev/ }).first()).toBeVisible()
  await expect(note).toHaveCount(0)
  await page.goto(lab.address('/machine/open/overview'))
  await note.getByRole('button', { name: 'Dismiss' }).click()
  await expect(note).toHaveCount(0)
})

test('a monitor that comes after the other channels of its machine is shown with its address', async ({
  page,
  lab,
}) => {
  const [qmp, serial] = [elsewhere(lab, 'late'), elsewhere(lab, 'late-line')]
  const qemu = await startQemu(lab.sockets, 'plain', {
    args: ['-qmp', `unix:${qmp},server=on,wait=off`, '-serial', `unix:${serial},server=on,wait=off`],
  })
  list(lab, [{ name: 'late', channels: { serial } }])
  await page.goto(lab.address('/machine/late/overview'))
  const entry = page.getByRole('navigation', { name: 'Machines' }).getByRole('link', { name: /^late/ })
  await expect(entry).toContainText('not connected')
  list(lab, [{ name: 'late', channels: { serial, qmp } }])
  await expect(entry).toContainText('running')
  await expect(page.getByRole('region', { name: 'Machine' })).toContainText('/?token=late.qmp')
  await expect(entry).toHaveAttribute('title', /token=late\.qmp$/)
  await qemu.kill()
  list(lab, [])
  await expect(page.getByText('Lost: the bridge knows no machine “late.qmp” now.')).toBeVisible()
})
