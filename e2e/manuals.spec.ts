/** Manuals of several versions: each schema has the one of its version, and says where it has another. */
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { backportsManual } from '../lab/demo/other-qemu.ts'
import { startQemu } from '../lab/testing.ts'
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

test('a default that the text states is not said beside it again', async ({ page, lab }) => {
  await page.goto(`${lab.url}${recorded('7.2')}/query-named-block-nodes`)
  const row = entity(page).getByRole('row', { name: /^flat/ })
  await expect(row).toContainText('Default is false')
  await expect(row.getByText('default false', { exact: true })).toHaveCount(0)
  await expect(row.getByText('since 5.0', { exact: true })).toHaveCount(0)
})
