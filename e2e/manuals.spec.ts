/** Manuals of several versions: each schema has the one of its version, and says where it has another. */
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { backportsManual } from '../lab/demo/other-qemu.ts'
import { startGuestAgent, startQemu, startStorageDaemon } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const recorded = (version: string): string => `#/recorded/qemu-${version}-x86_64/schema`
const entity = (page: Page): Locator => page.getByRole('region', { name: 'Entity' })
const place = (page: Page): Locator => page.getByRole('region', { name: 'Reference' })

/** A small manual of a version, as a man page before 10.0. */
function manualOf(version: string, says: string): { name: string; mimeType: string; buffer: Buffer } {
  const text = `.TH DEMO 7 "" "${version}"\n.SH NAME\ndemo \\- Manual of ${version}\n.SH RUN STATE\n.SS \\fBstop\\fP (Command)\n.sp\n${says}\n`
  return { name: `demo-${version}.7`, mimeType: 'text/plain', buffer: Buffer.from(text) }
}

test('a manual that is dropped is for its version only, stays over a reload, and can be removed', async ({
  page,
  lab,
}) => {
  const other = backportsManual()
  const dropped =
    other.kind === 'there'
      ? { name: 'qemu-qmp-ref.7', mimeType: 'text/plain', buffer: Buffer.from(other.text) }
      : manualOf('10.0.2', 'Stops all of it.')
  const installed = gunzipSync(readFileSync('/usr/share/man/man7/qemu-qmp-ref.7.gz')).toString('utf8')
  const version = /^\.TH .*"(\d+\.\d+\.\d+)"/m.exec(installed)?.[1] ?? ''
  await startQemu(lab.sockets, 'vm')

  // The installed one is not of 10.0, and that is said on each page that shows its texts.
  await page.goto(`${lab.url}${recorded('10.0')}/stop`)
  await expect(entity(page).getByText('texts: 7.2, schema: 10.0')).toBeVisible()
  await page.goto(`${lab.url}#/recorded/qemu-10.0-x86_64/command/stop`)
  await expect(page.getByText('texts: 7.2, schema: 10.0')).toBeVisible()
  await page.goto(`${lab.url}${recorded('10.0')}`)
  await expect(place(page).getByText(/It is of another version/)).toBeVisible()
  await expectAccessible(page)
  await place(page).getByLabel('Choose another reference').setInputFiles(dropped)
  await expect(place(page).getByText('Manuals for QEMU: 2')).toBeVisible()
  await expect(place(page).getByText(/It is of another version/)).toBeHidden()

  // Machine and recorded schema of 7.2 keep theirs.
  await page.goto(`${lab.url}#/machine/vm/schema`)
  await expect(place(page).getByText(new RegExp(`Names and texts from .*${version}`))).toBeVisible()
  await expect(entity(page).getByText(/texts:/)).toBeHidden()
  await page.goto(`${lab.url}${recorded('11.1')}/stop`)
  await expect(entity(page).getByText('texts: 10.0, schema: 11.1')).toBeVisible()

  await page.reload()
  await expect(entity(page).getByText('texts: 10.0, schema: 11.1')).toBeVisible()
  await page.goto(`${lab.url}${recorded('10.0')}`)
  await place(page).getByText('Manuals for QEMU: 2').click()
  await expect(place(page).getByText(/kept in this browser/)).toBeVisible()
  await expectAccessible(page)
  await place(page)
    .getByRole('button', { name: /^Remove the manual 10\.0/ })
    .click()
  await expect(place(page).getByText('Manuals for QEMU: 1')).toBeVisible()
  await expect(entity(page).getByText('texts: 7.2, schema: 10.0')).toBeVisible()
  await page.reload()
  await expect(entity(page).getByText('texts: 7.2, schema: 10.0')).toBeVisible()
})

test('a manual without a version says so, and a person can say it', async ({ page, lab }) => {
  await page.route('**/manuals.json', (route) => route.fulfill({ status: 404, body: '' }))
  await page.goto(`${lab.url}${recorded('10.0')}`)
  await place(page).getByLabel('Choose a reference').setInputFiles(manualOf('', 'Stops what runs.'))
  await expect(entity(page).getByText('texts: version unknown, schema: 10.0')).toBeVisible()
  const input = place(page).getByLabel('Of which version of QEMU is it?')
  await input.fill('10.0')
  await input.press('Tab')
  await expect(entity(page).getByText(/^texts:/)).toBeHidden()
  await page.goto(`${lab.url}#/recorded/qemu-5.2-x86_64/command/stop`)
  await expect(page.getByText('texts: 10.0, schema: 5.2')).toBeVisible()
  await expect(page.getByText('Stops what runs.').first()).toBeVisible()
})

test('the storage daemon has the manual of its own', async ({ page, lab }) => {
  await startStorageDaemon(lab.sockets, 'store')
  await page.goto(`${lab.url}#/machine/store/schema`)
  await expect(
    place(page).getByText(/Names and texts from QEMU Storage Daemon QMP Reference Manual/i),
  ).toBeVisible()
  await expect(place(page).getByText('Manuals for the storage daemon: 1')).toBeVisible()
  await expectAccessible(page)
  // Its texts and the real names of its types.
  await page.goto(`${lab.url}#/machine/store/schema/blockdev-add`)
  await expect(entity(page)).toContainText('Creates a new block device')
  await expect(entity(page)).toContainText('BlockdevOptions')
  await expect(entity(page).getByText(/^texts:/)).toHaveCount(0)
  // One that is dropped is the daemon's, since it says so, wherever it is dropped.
  await page.goto(`${lab.url}${recorded('7.2')}`)
  await place(page)
    .getByLabel('Choose another reference')
    .setInputFiles({
      name: 'qemu-storage-daemon-qmp-ref.7',
      mimeType: 'text/plain',
      buffer: gunzipSync(readFileSync('/usr/share/man/man7/qemu-storage-daemon-qmp-ref.7.gz')),
    })
  await expect(place(page).getByText(/is of the storage daemon: it is kept for that/)).toBeVisible()
  await page.goto(`${lab.url}#/machine/store/schema`)
  await expect(place(page).getByText('Manuals for the storage daemon: 2')).toBeVisible()
})

test('a guest agent has its schema file; its manual is refused in words', async ({ page, lab }) => {
  await page.route('**/manuals.json', async (route) => {
    const response = await route.fetch()
    const list = (await response.json()) as { manuals: { of: string }[] }
    const manuals = list.manuals.filter((each) => each.of !== 'agent')
    await route.fulfill({ json: { ...list, manuals } })
  })
  await startGuestAgent(lab.sockets, 'guest')
  await page.goto(`${lab.url}#/machine/guest.qga/command`)
  await expect(page.getByLabel('Chosen machine')).toContainText('ready')
  // Without its schema file there are names of commands, and no schema.
  await expect(
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Schema' }),
  ).toHaveCount(0)
  await page.goto(`${lab.url}${recorded('7.2')}`)
  await place(page)
    .getByLabel('Choose another reference')
    .setInputFiles({
      name: 'qemu-ga-ref.7',
      mimeType: 'text/plain',
      buffer: gunzipSync(readFileSync('/usr/share/man/man7/qemu-ga-ref.7.gz')),
    })
  await expect(place(page).getByText(/made from its schema file, qapi-schema\.json/)).toBeVisible()
  await expectAccessible(page)
  await place(page)
    .getByLabel('Choose another reference')
    .setInputFiles({
      name: 'qapi-schema.json',
      mimeType: 'application/json',
      buffer: gunzipSync(readFileSync('/usr/share/doc/qemu-guest-agent/qapi-schema.json.gz')),
    })
  await expect(place(page).getByText(/is of the guest agent: it is kept for that/)).toBeVisible()
  // The agent that is connected gets its schema now.
  await page.goto(`${lab.url}#/machine/guest.qga/schema`)
  await expect(place(page).getByText('Manuals for the guest agent: 1')).toBeVisible()
  await page.goto(`${lab.url}#/machine/guest.qga/schema/guest-file-open`)
  await expect(entity(page)).toContainText('Open a file in the guest')
  await expectAccessible(page)
})

test('other tabs learn of a manual, and every view with its texts says their version', async ({
  page,
  lab,
  context,
}) => {
  await page.goto(`${lab.url}${recorded('10.0')}`)
  await expect(place(page).getByText(/It is of another version/)).toBeVisible()
  const other = await context.newPage()
  await other.goto(`${lab.url}#/recorded/qemu-10.0-x86_64/command`)
  await other.getByRole('button', { name: 'Several commands' }).click()
  await expect(other.getByRole('heading', { name: 'Several commands' })).toBeVisible()
  const note = other.getByText('texts: 7.2, schema: 10.0')
  await expect(note).toBeVisible()
  await place(page)
    .getByLabel('Choose another reference')
    .setInputFiles(manualOf('10.0.2', 'Stops all of it.'))
  await expect(note).toHaveCount(0)
  await place(page).getByText('Manuals for QEMU: 2').click()
  await place(page)
    .getByRole('button', { name: /^Remove the manual 10\.0/ })
    .click()
  await expect(note).toBeVisible()

  // A collection is judged by a schema whose names are from the manual, here and against another one.
  await other.getByRole('button', { name: 'History', exact: true }).click()
  const panel = other.getByRole('region', { name: 'History' })
  await panel.getByRole('tab', { name: 'Collections' }).click()
  await panel.getByLabel('Import').setInputFiles({
    name: 'c.json',
    mimeType: 'application/json',
    buffer: Buffer.from(
      JSON.stringify({
        format: 'qmp-studio collection',
        version: 1,
        name: 'Night run',
        commands: [{ execute: 'stop' }],
      }),
    ),
  })
  await expect(panel.getByRole('heading', { name: 'Night run' })).toBeVisible()
  await expect(panel.getByText('texts: 7.2, schema: 10.0')).toBeVisible()
  await panel.getByRole('button', { name: 'Check…' }).click()
  const dialog = other.getByRole('dialog')
  await dialog.getByLabel('Against').selectOption({ label: 'QEMU 11.1 x86_64' })
  await expect(dialog.getByText('texts: 7.2, schema: 11.1')).toBeVisible()
  await expectAccessible(other)
})

test('a default that the text states is not said beside it again', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded('7.2')}/query-named-block-nodes`)
  const row = entity(page).getByRole('row', { name: /^flat/ })
  await expect(row).toContainText('Default is false')
  await expect(row.getByText('default false', { exact: true })).toHaveCount(0)
  await expect(row.getByText('since 5.0', { exact: true })).toHaveCount(0)
})
