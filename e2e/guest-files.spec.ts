/** Files of the guest through its agent, on the real demo machine. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import type { Lab } from '../lab/start.ts'
import { expect, expectAccessible, goTo } from './lab.ts'
import { expectInside } from './hostile.ts'

async function openFiles(page: Page, demo: Lab): Promise<Locator> {
  await openDemo(page, demo)
  await goTo(page, 'Guest')
  const guest = page.getByRole('region', { name: 'The guest', exact: true })
  await expect(guest).toContainText('qemu-ga')
  // The last of its parts: those below it move no more.
  await expect(guest).toContainText('MiB each')
  return page.getByRole('region', { name: 'Files' })
}

async function agree(page: Page, command: string): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Run ${command}` })
    .click()
}

test('a file of 5 MB up and down again, equal', async ({ page, demo }, testInfo) => {
  const files = await openFiles(page, demo)
  const content = randomBytes(5_000_000)
  const local = testInfo.outputPath('five.bin')
  writeFileSync(local, content)
  await files.getByLabel('Path in the guest').fill('/tmp/')
  await files.getByLabel('File to upload').setInputFiles(local)
  await agree(page, 'guest-file-open')
  await expect(files.getByRole('progressbar')).toBeVisible()
  await agree(page, 'guest-exec')
  await expect(files).toContainText('All 5000000 bytes are there, as the guest says.')
  await expect(files).toContainText('SHA-256 is equal')

  await files.getByLabel('Path in the guest').fill('/tmp/five.bin')
  const waiting = page.waitForEvent('download')
  await files.getByRole('button', { name: 'Download' }).click()
  await agree(page, 'guest-file-open')
  await agree(page, 'guest-exec')
  const saved = await waiting
  expect(saved.suggestedFilename()).toBe('five.bin')
  expect(readFileSync(await saved.path()).equals(content)).toBe(true)
  await expect(files).toContainText('SHA-256 is equal')
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expectInside(page)
  await expectAccessible(page)
})

test('a cancel closes the file; a machine that is locked reads none', async ({ page, demo }) => {
  const files = await openFiles(page, demo)
  await files.getByLabel(/Compare SHA-256/).uncheck()
  // A file without an end.
  await files.getByLabel('Path in the guest').fill('/dev/zero')
  await files.getByRole('button', { name: 'Download' }).click()
  await agree(page, 'guest-file-open')
  await expect(files.getByText(/MiB.*\/s/)).toBeVisible()
  await files.getByRole('button', { name: 'Cancel' }).click()
  await expect(files).toContainText(/Cancelled after [\d.]+ [KM]iB/)
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('read-only')
  await files.getByRole('button', { name: 'Download' }).click()
  await expect(files).toContainText('lab1 guest agent is locked: read only')
})

test('a page that is loaded again in the middle of a download closes what it had open', async ({
  page,
  demo,
}) => {
  const files = await openFiles(page, demo)
  await files.getByLabel(/Compare SHA-256/).uncheck()
  await files.getByLabel('Path in the guest').fill('/dev/zero')
  await files.getByRole('button', { name: 'Download' }).click()
  await agree(page, 'guest-file-open')
  await expect(files.getByText(/MiB.*\/s/)).toBeVisible()
  const open = () => page.evaluate(() => localStorage.getItem('qmp-studio.open-handles'))
  expect(await open()).toMatch(/^\[\["lab1\.qga",\d+,\d+\]\]$/)
  await page.reload()
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('qemu-ga')
  await expect.poll(open).toBeNull()
  await expect(files.getByRole('alert')).toHaveCount(0)
  // Not only forgotten: the agent has no such file open any more.
  const program = page.getByRole('region', { name: 'Run a command' })
  await program
    .getByLabel('Line of the shell')
    .fill('ls -l /proc/$(pidof qemu-ga)/fd | grep -c /dev/zero; echo counted')
  await program.getByRole('button', { name: 'Run in the guest' }).click()
  await agree(page, 'guest-exec')
  await expect(program).toContainText(/0\s*counted/)
})

test('a small text is opened, edited and saved', async ({ page, demo }) => {
  const files = await openFiles(page, demo)
  await files.getByLabel('Path in the guest').fill('/etc/motd')
  await files.getByRole('button', { name: 'Open as text' }).click()
  await agree(page, 'guest-file-open')
  const text = files.getByLabel('Text of /etc/motd')
  await expect(text).toHaveValue(/QMP Studio demo guest/)
  await text.fill('edited <b>here</b>\n')
  await files.getByRole('button', { name: 'Save in the guest' }).click()
  // It is read once more, to see whether somebody else has changed it.
  await agree(page, 'guest-file-open')
  await agree(page, 'guest-file-open')
  await expect(files).toContainText('Saved: all 19 bytes are there')
  await expectAccessible(page)
  await files.getByRole('button', { name: 'Close', exact: true }).click()
  await files.getByRole('button', { name: 'Open as text' }).click()
  await agree(page, 'guest-file-open')
  await expect(text).toHaveValue('edited <b>here</b>\n')
})
