/** The guest through its agent, on the real demo machine. */
import type { Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import type { Lab } from '../lab/start.ts'
import { expect, expectAccessible, goTo } from './lab.ts'
import { expectInside } from './hostile.ts'

async function openGuest(page: Page, demo: Lab): Promise<void> {
  await openDemo(page, demo)
  await goTo(page, 'Guest')
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('qemu-ga')
}

async function run(page: Page, line: string, limit = '30'): Promise<void> {
  const region = page.getByRole('region', { name: 'Run a command' })
  await region.getByLabel('Line of the shell').fill(line)
  await region.getByLabel('Time limit').fill(limit)
  await region.getByRole('button', { name: 'Run in the guest' }).click()
}

async function agree(page: Page, command: string): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Run ${command}` })
    .click()
}

test('the guest at one glance', async ({ page, demo }) => {
  await openGuest(page, demo)
  const glance = page.getByRole('region', { name: 'The guest', exact: true })
  await expect(glance).toContainText('10.0.2.15/24')
  await expect(glance.getByText('lab1', { exact: true }).first()).toBeVisible()
  await expect(glance).toContainText(/\d of \d online/)
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expectInside(page)
  await expectAccessible(page)
})

test('a command: output, errors and exit code; a time limit kills', async ({ page, demo }) => {
  await openGuest(page, demo)
  const region = page.getByRole('region', { name: 'Run a command' })
  await run(page, 'echo to out; echo to err >&2; exit 3')
  await agree(page, 'guest-exec')
  await expect(region).toContainText('exit code 3')
  await expect(region.getByRole('region', { name: 'Standard output' })).toHaveText('to out\n')
  await expect(region.getByRole('region', { name: 'Standard error' })).toHaveText('to err\n')
  await expectAccessible(page)
  // The question is asked once: the end belongs to it.
  await run(page, 'exec sleep 1000', '1')
  await agree(page, 'guest-exec')
  await expect(region).toContainText(/ended by signal 9 .*killed: time limit of 1 s/)
  await run(page, 'exec sleep 1000', '100')
  await agree(page, 'guest-exec')
  await expect(region).toContainText('running as process')
  await region.getByRole('button', { name: 'Cancel and kill' }).click()
  await expect(region).toContainText(/ended by signal 9 .*killed: cancelled/)

  // A program with arguments comes back as one, not as a line of the shell.
  await region.getByLabel('In a shell').uncheck()
  await region.getByLabel('Program', { exact: true }).fill('/bin/echo')
  await region.getByLabel('Arguments, one a line').fill('two words\n$HOME')
  await region.getByRole('button', { name: 'Run in the guest' }).click()
  await agree(page, 'guest-exec')
  await expect(region.getByRole('region', { name: 'Standard output' })).toHaveText('two words $HOME\n')
  await region.getByLabel('In a shell').check()
  await run(page, 'echo a line')
  await agree(page, 'guest-exec')
  await expect(region.getByRole('region', { name: 'Standard output' })).toHaveText('a line\n')
  await region.getByText('Earlier in this visit').click()
  await region.getByRole('button', { name: 'Fill in /bin/echo two words $HOME' }).click()
  await expect(region.getByLabel('In a shell')).not.toBeChecked()
  await expect(region.getByLabel('Program', { exact: true })).toHaveValue('/bin/echo')
  await expect(region.getByLabel('Arguments, one a line')).toHaveValue('two words\n$HOME')
})

test('a machine that is locked to read only: no program is run', async ({ page, demo }) => {
  await openGuest(page, demo)
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('read-only')
  await run(page, 'echo never')
  await expect(page.getByRole('region', { name: 'Run a command' })).toContainText(
    'lab1 guest agent is locked: read only',
  )
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('in both panes, and beside a serial line: each part has a name of its own', async ({ page, demo }) => {
  await openDemo(page, demo)
  const beside = page.getByRole('region', { name: /^Second pane/ })
  for (const [place, words] of [
    ['guest', 'qemu-ga'],
    ['console?console=serial', 'Serial line'],
  ] as const) {
    const query = new URLSearchParams({ beside: `/machine/lab1/${place}` }).toString()
    await page.goto(`${demo.address}/machine/lab1/guest?${query}`)
    await expect(beside).toContainText(words)
    await expectAccessible(page)
  }
})
