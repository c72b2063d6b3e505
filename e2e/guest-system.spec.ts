/** The guest as a whole through its agent, on the real demo machine: power, clock, trim, users. */
import type { Locator, Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import type { Lab } from '../lab/start.ts'
import { expect, expectAccessible, goTo } from './lab.ts'
import { expectInside } from './hostile.ts'

// A guest that was suspended finds no device that is plugged in later.
test.use({ usesUp: true })

async function openGuest(page: Page, demo: Lab, part: string): Promise<Locator> {
  await openDemo(page, demo)
  await goTo(page, 'Guest')
  await expect(page.getByRole('region', { name: 'The guest', exact: true })).toContainText('/data')
  return page.getByRole('region', { name: part, exact: true })
}

async function agree(page: Page, command: string): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Run ${command}` })
    .click()
}

test('trim and clock', async ({ page, demo }) => {
  const system = await openGuest(page, demo, 'System')
  await system.getByRole('button', { name: 'Give back what is not used' }).click()
  await expect(system.getByRole('listitem')).toHaveText(/\/data: .*given back/)
  await expect(system).toContainText(/The guest’s clock is .*computer’s/)
  await system.getByRole('button', { name: 'Set to this computer’s time' }).click()
  await expect(system).toContainText('The clock is set.')
  await expect(system).toContainText(/The guest’s clock is .*computer’s/)
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expectInside(page)
  await expectAccessible(page)
})

test('suspended to RAM, and woken by the monitor', async ({ page, demo }) => {
  const system = await openGuest(page, demo, 'System')
  const wake = system.getByRole('button', { name: 'Wake up' })
  await expect(wake).toHaveAttribute('title', 'It is not suspended')
  await system.getByRole('button', { name: 'Suspend to RAM' }).click()
  await agree(page, 'guest-suspend-ram')
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('suspended')
  await expect(wake).not.toHaveAttribute('aria-disabled')
  await wake.click()
  await expect(page.getByRole('group', { name: 'Chosen machine' })).toContainText('running')
})

test('a password is set and kept nowhere; keys come and go', async ({ page, demo }) => {
  const users = await openGuest(page, demo, 'Users')
  const secret = 'correct horse'
  const encoded = Buffer.from(secret).toString('base64')
  await users.getByLabel('User in the guest').fill('root')
  await users.getByLabel('New password').fill(secret)
  expect(await page.locator('body').innerText()).not.toContain(encoded)
  await users.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('dialog')).not.toContainText(encoded)
  await agree(page, 'guest-set-user-password')
  await expect(users).toContainText('The password of root is set.')
  await expect(users.getByLabel('New password')).toHaveValue('')
  expect(page.url()).not.toContain(encoded)
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))
  expect(kept).not.toContain(encoded)
  expect(kept).not.toContain(secret)

  await users.getByLabel('Public keys to add, one a line').fill('ssh-ed25519 AAAA me@here')
  await users.getByRole('button', { name: 'Add', exact: true }).click()
  await agree(page, 'guest-ssh-add-authorized-keys')
  await expect(users.getByRole('listitem')).toContainText('ssh-ed25519 AAAA me@here')
  await expectAccessible(page)
  await users.getByRole('button', { name: 'Remove key 1' }).click()
  await agree(page, 'guest-ssh-remove-authorized-keys')
  await expect(users).toContainText('root has no keys.')
})

test('a machine that is locked to read only is not rebooted', async ({ page, demo }) => {
  const system = await openGuest(page, demo, 'System')
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('read-only')
  await system.getByRole('button', { name: 'Reboot' }).click()
  await expect(system).toContainText('lab1 guest agent is locked: read only')
})
