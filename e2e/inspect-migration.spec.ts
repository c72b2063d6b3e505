/**
 * Inspect: a guest goes from one QEMU to another of the same page, in one piece and as post-copy; to a file and back; one that
 * is cancelled, one that fails, one that is not allowed; its settings.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { run } from './timeline-lab.ts'

const now = (page: Page): Locator => page.getByRole('region', { name: 'Migration now' })
const sides = (page: Page): Locator => page.getByRole('table', { name: 'Both sides of the migration' })

async function open(page: Page, lab: TestLab, machine = 'vm'): Promise<void> {
  await page.goto(`${lab.url}#/machine/${machine}/inspect/migration`)
  await expect(now(page)).toBeVisible()
}

/** Agree to the commands of the dialog, which have these names, and close it. */
async function agree(page: Page, verb: string, commands: readonly RegExp[]): Promise<void> {
  const dialog = page.getByRole('dialog')
  const items = dialog.getByRole('listitem')
  await expect(items).toHaveCount(commands.length)
  for (const [index, command] of commands.entries()) await expect(items.nth(index)).toContainText(command)
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** Fill in the form of a new one, as far as it is another one, and ask for the commands. */
async function begin(
  page: Page,
  where: { readonly to?: string; readonly address?: string; readonly file?: string },
): Promise<void> {
  const form = page.getByRole('form', { name: 'A new migration' })
  if (where.to !== undefined) await form.getByRole('combobox', { name: 'To' }).selectOption(where.to)
  if (where.address !== undefined) await form.getByRole('textbox', { name: 'Address' }).fill(where.address)
  if (where.file !== undefined) await form.getByRole('textbox', { name: 'File on the host' }).fill(where.file)
  await form.getByRole('button', { name: 'Migrate…' }).click()
}

const events = /migrate-set-capabilities.*"events","state":true/
/** Bytes a second: slow enough to be looked at on its way. */
const slow = { 'max-bandwidth': 16384 }

test('from one machine of the page to another, to the end: cont on the source is warned of', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await startQemu(lab.sockets, 'other', { args: ['-incoming', 'defer'] })
  await open(page, lab)
  await expect(now(page)).toContainText('None was begun.')
  await expectAccessible(page)
  await expectSeen(page)
  await begin(page, { to: 'other', address: `unix:${join(lab.sockets, 'm.sock')}` })
  await agree(page, 'Migrate', [
    /migrate-set-capabilities.*"events".* to other/,
    /migrate-incoming.* to other/,
    events,
    /"execute":"migrate"/,
  ])
  await expect(now(page)).toContainText('It is done: the guest is on the other side.')
  await expect(now(page).getByRole('alert')).toContainText('cont here would run it a second time')
  await expect(now(page)).toContainText('Stood still')
  // Afterwards what is where.
  await expect(sides(page).getByRole('row', { name: /^vm / })).toContainText(/from\s*postmigrate\s*completed/)
  await expect(sides(page).getByRole('row', { name: /^other / })).toContainText(/to\s*running\s*completed/)
})

test('post-copy: begun, its connection cut, recovered, and to the end on both sides', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await startQemu(lab.sockets, 'other', { args: ['-incoming', 'defer'] })
  await run(page, lab, 'migrate-set-parameters', { ...slow, 'max-postcopy-bandwidth': 16384 })
  await open(page, lab)
  const mayBePostcopy = page.getByRole('checkbox', { name: /It may go on as post-copy/ })
  await mayBePostcopy.check()
  await begin(page, { to: 'other', address: `unix:${join(lab.sockets, 'm.sock')}` })
  await agree(page, 'Migrate', [
    /migrate-set-capabilities.*"postcopy-ram","state":true.* to other/,
    /migrate-incoming.* to other/,
    /migrate-set-capabilities.*"postcopy-ram","state":true/,
    /"execute":"migrate"/,
  ])
  await expect(now(page)).toContainText('The memory goes over while the guest runs.')
  await now(page).getByRole('button', { name: 'Start post-copy' }).click()
  await agree(page, 'Start post-copy', [/migrate-start-postcopy/])
  await expect(now(page)).toContainText('The guest runs on the other side, and fetches memory from here.')
  await expect(sides(page).getByRole('row', { name: /^other / })).toContainText('running')

  await now(page).getByRole('button', { name: 'Pause' }).click()
  await agree(page, 'Pause', [/migrate-pause/])
  await expect(now(page)).toContainText('The connection is broken')
  // It says so, unless its main loop waits for memory of the guest: then it says nothing until that has come.
  await expect(sides(page).getByRole('row', { name: /^other / })).toContainText(
    /postcopy-paused|it may wait for memory of the other side/,
  )
  await expectAccessible(page)
  await expectSeen(page)
  const form = page.getByRole('form', { name: 'Recover' })
  await expect(form.getByRole('combobox', { name: 'The guest is in' })).toHaveValue(/other/)
  await form.getByRole('button', { name: 'Recover…' }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Recover', exact: true })).toBeVisible()
  // Both go out-of-band: they are taken also by a server that waits for memory.
  const isUnsure = (await page.getByRole('dialog').getByRole('listitem').count()) === 3
  await agree(page, 'Recover', [
    ...(isUnsure ? [/"exec-oob":"migrate-pause".* to other/] : []),
    /"exec-oob":"migrate-recover".* to other/,
    /"execute":"migrate".*"resume":true/,
  ])
  await expect(now(page)).toContainText('The guest runs on the other side, and fetches memory from here.')

  // The rest goes as fast as it can: a parameter is set while it is under way.
  const settings = page.getByRole('form', { name: 'Settings of the migration' })
  await settings.getByRole('textbox', { name: 'max-postcopy-bandwidth' }).fill('0')
  await settings.getByRole('button', { name: 'Set…' }).click()
  await agree(page, 'Set', [/migrate-set-parameters","arguments":{"max-postcopy-bandwidth":0}/])
  await expect(now(page)).toContainText('It is done: the guest is on the other side.')
  await expect(sides(page).getByRole('row', { name: /^other / })).toContainText(/running\s*completed/)
})

test('settings: texts of the manual, one command of each kind, refused in words, and taken back', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await open(page, lab)
  const form = page.getByRole('form', { name: 'Settings of the migration' })
  // Words of the manual.
  await expect(form).toContainText('QEMU will automatically throttle down the guest')
  await form.getByRole('searchbox', { name: 'Filter settings' }).fill('downtime')
  await expect(form.getByRole('checkbox', { name: 'events' })).toHaveCount(0)
  const downtime = form.getByRole('textbox', { name: 'downtime-limit' })
  await expect(downtime).toHaveValue('300')
  await downtime.fill('soon')
  await expect(form).toContainText('Write a whole number, 0 or more.')
  await expect(form.getByRole('button', { name: 'Set…' })).toHaveAttribute('aria-disabled', 'true')
  await downtime.fill('1500')
  await form.getByRole('searchbox', { name: 'Filter settings' }).fill('')
  await form.getByRole('checkbox', { name: 'auto-converge' }).check()
  await expect(form.getByRole('status')).toContainText('2 changed.')
  await expectAccessible(page)
  await expectSeen(page)
  await form.getByRole('button', { name: 'Set…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('listitem').first()).toContainText(
    '{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"auto-converge","state":true}]}}',
  )
  await expect(dialog.getByRole('listitem').last()).toContainText(
    '{"execute":"migrate-set-parameters","arguments":{"downtime-limit":1500}}',
  )
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await expect(form.getByRole('checkbox', { name: 'auto-converge', includeHidden: true })).toBeChecked()
  await dialog.getByRole('button', { name: 'Take it back' }).click()
  await expect(dialog.getByRole('status')).toContainText('Taken back.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(downtime).toHaveValue('300')
  await expect(form.getByRole('checkbox', { name: 'auto-converge' })).not.toBeChecked()

  // QEMU has limits of its own: what it refuses is said, and what was set before it is taken back.
  await form.getByRole('checkbox', { name: 'auto-converge' }).check()
  await form.getByRole('textbox', { name: 'max-cpu-throttle' }).fill('5')
  await form.getByRole('button', { name: 'Set…' }).click()
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('It failed, and what was done before is taken back.')
  await expect(dialog).toContainText(/max_cpu_throttle|max-cpu-throttle/)
})

test('to a file, and from the file into a machine that waits', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  await startQemu(lab.sockets, 'other', { args: ['-incoming', 'defer'] })
  const file = join(lab.sockets, "it's a file")
  await open(page, lab)
  await page.getByRole('combobox', { name: 'To' }).selectOption('a file')
  await page.getByRole('textbox', { name: 'File on the host' }).fill('relative')
  await expect(page.getByRole('button', { name: 'Migrate…' })).toHaveAttribute('title', /begins with \//)
  await begin(page, { file })
  await expect(page.getByText(/^exec: runs a shell on the host of QEMU/)).toBeVisible()
  await agree(page, 'Write', [events, /"uri":"exec:cat > '/])
  await expect(now(page)).toContainText('It is done')
  await expect(now(page).getByRole('alert')).toContainText('cont here goes on with it')
  expect(existsSync(file)).toBe(true)

  await open(page, lab, 'other')
  const form = page.getByRole('form', { name: 'It waits for a guest' })
  await form.getByRole('combobox', { name: 'From' }).selectOption('a file')
  await form.getByRole('textbox', { name: 'File on the host' }).fill(file)
  await form.getByRole('button', { name: 'Receive…' }).click()
  await agree(page, 'Read it', [events, /migrate-incoming.*exec:cat < '/])
  await expect(now(page)).toContainText('completed')
  await expect(page.getByRole('form', { name: 'A new migration' })).toBeVisible()
})

test('one that is too slow is drawn and cancelled, and the guest goes on; one without another side fails with its reason', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await run(page, lab, 'migrate-set-parameters', { 'max-bandwidth': 4096 })
  await open(page, lab)
  await begin(page, { address: 'exec:cat > /dev/null' })
  await agree(page, 'Migrate', [events, /"uri":"exec:cat > \/dev\/null"/])
  await expect(now(page)).toContainText('The memory goes over while the guest runs.')
  await expect(now(page).getByRole('figure').filter({ hasText: 'Memory left' })).toContainText(/left \d/)
  await now(page).getByText('As a table').click()
  const looks = page.getByRole('table', { name: 'Course of the migration' }).getByRole('row')
  await expect(looks.nth(2)).toContainText('active')
  await expectAccessible(page)
  await expectSeen(page)
  await now(page).getByRole('button', { name: 'Cancel the migration' }).click()
  await agree(page, 'Cancel the migration', [/migrate_cancel/])
  await expect(now(page)).toContainText('It was cancelled: the guest goes on here.')

  // The dialog's own way back is the same, and gives the capabilities back as they were.
  await begin(page, { address: 'exec:cat > /dev/null' })
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Migrate' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Take it back' }).click()
  await expect(dialog.getByRole('status')).toContainText('Taken back.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(now(page)).toContainText('It was cancelled')

  await begin(page, { address: 'unix:/no-such-folder/m.sock' })
  await dialog.getByRole('button', { name: 'Migrate' }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(now(page)).toContainText('It failed: the guest goes on here.')
  await expect(now(page)).toContainText(/No such file or directory/)
})

test('what cannot be migrated says why before anything is sent', async ({ page, lab }) => {
  const disk = join(lab.sockets, 'disk.vdi')
  execFileSync('qemu-img', ['create', '-q', '-f', 'vdi', disk, '1M'])
  await startQemu(lab.sockets, 'vm', {
    args: ['-blockdev', `driver=vdi,node-name=disk0,file.driver=file,file.filename=${disk}`],
  })
  await open(page, lab)
  await expect(now(page)).toContainText(
    /This machine cannot be migrated: The vdi format used by node 'disk0'/,
  )
  await expect(page.getByRole('button', { name: 'Migrate…' })).toHaveAttribute('title', /disk0/)
})

/** A client on the host: it passes QEMU a descriptor of a file under the name `out`, and leaves. */
const passing = `
import os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
said = line.makefile('r')
def answered():
    while '"return"' not in said.readline(): pass
said.readline()
line.send(b'{"execute":"qmp_capabilities"}')
answered()
file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT, 0o600)
socket.send_fds(line, [b'{"execute":"getfd","arguments":{"fdname":"out"}}'], [file])
answered()
`

test('into a descriptor that a program of the host has passed; one that was not passed fails with its name', async ({
  page,
  lab,
}) => {
  const file = join(lab.sockets, 'guest.state')
  await startQemu(lab.sockets, 'vm')
  execFileSync('python3', ['-c', passing, join(lab.sockets, 'vm.qmp'), file])
  await open(page, lab)
  await begin(page, { address: 'fd:none' })
  await expect(page.getByText(/^fd: is a descriptor that a program on the host/)).toBeVisible()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Migrate', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('It failed, and what was done before is taken back.')
  await expect(dialog).toContainText(/failed: .*none/)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await begin(page, { address: 'fd:out' })
  await agree(page, 'Migrate', [events, /"uri":"fd:out"/])
  await expect(now(page)).toContainText('It is done')
  expect(existsSync(file)).toBe(true)
})

/**
 * A boot sector that writes half a MiB over and over, from 0x10000 to 0x90000: for each segment of 64 KiB inc %bx, mov %bx,%ax,
 * rep stosw. Before each it turns WP of CR0 over: TCG of QEMU 7.2 sees further writes to a page only after its TLB is flushed.
 */
const writer = Buffer.from(
  'b800108ec00f20c06635000001000f22c031ffb900804389d8f3ab8cc00500103d00907203b800108ec0ebd9',
  'hex',
)

test('a guest that writes faster than it is sent: said so, slowed down more and more, and drawn', async ({
  page,
  lab,
}) => {
  const disk = join(lab.sockets, 'writer.img')
  const sector = Buffer.alloc(1024 * 1024)
  sector.set(writer)
  sector.set([0x55, 0xaa], 510)
  writeFileSync(disk, sector)
  await startQemu(lab.sockets, 'vm', { args: ['-drive', `file=${disk},format=raw,if=ide`] })
  await run(page, lab, 'migrate-set-capabilities', {
    capabilities: [{ capability: 'auto-converge', state: true }],
  })
  // A second passes between two looks of QEMU; what is left would take longer than the guest may stand still.
  await run(page, lab, 'migrate-set-parameters', { 'max-bandwidth': 1024 * 1024, 'downtime-limit': 1 })
  await open(page, lab)
  await begin(page, { address: 'exec:cat > /dev/null' })
  await agree(page, 'Migrate', [events, /"execute":"migrate"/])
  const figure = (title: string): Locator => now(page).getByRole('figure').filter({ hasText: title })
  await expect(figure('CPUs slowed down')).toContainText(/by [1-9]\d* %/)
  await expect(figure('Sent against written again')).toContainText(/written again by the guest [1-9]/)
  await expect(figure('Standing still, estimated')).toContainText(/allowed 1\.0\sms/)
  // More than at first, and the course keeps both.
  await now(page).getByText('As a table').click()
  const looks = page.getByRole('table', { name: 'Course of the migration' }).getByRole('row')
  const slowed = async (): Promise<number> =>
    new Set(await looks.locator('td:last-child').allTextContents()).size
  await expect.poll(slowed).toBeGreaterThanOrEqual(3)
  await expectAccessible(page)
  await expectSeen(page)
  await now(page).getByRole('button', { name: 'Cancel the migration' }).click()
  await agree(page, 'Cancel the migration', [/migrate_cancel/])
  await expect(now(page)).toContainText('It was cancelled: the guest goes on here.')
})
