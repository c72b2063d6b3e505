/** One machine with all of its channels: the list, letting go, links of earlier versions, machines that are added by hand. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startGuestAgent, startQemu } from '../lab/testing.ts'
import { openDemo, test as demoTest } from './demo.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

const machines = (page: Page) => page.getByRole('navigation', { name: 'Machines' })

demoTest(
  'one entry a machine; only what is shown is connected; a channel is let go of and taken up',
  async ({ page, demo }) => {
    await openDemo(page, demo)
    await expect(machines(page).getByRole('listitem').filter({ hasText: 'lab1' })).toHaveCount(1)
    await machines(page).getByRole('button', { name: 'Channels of lab1' }).click()
    const panel = page.getByRole('group', { name: 'Channels of lab1' })
    const channel = (name: string) =>
      panel.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) })
    await expect(channel('lab1')).toContainText('ready')
    for (const name of ['serial', 'serial1', 'vnc', 'hmp', 'lab1.qga'])
      await expect(channel(name)).toContainText('not connected')
    await expectAccessible(page)
    await page.keyboard.press('Escape')

    await goTo(page, 'Guest')
    await machines(page).getByRole('button', { name: 'Channels of lab1' }).click()
    await expect(channel('lab1.qga')).toContainText('ready')
    await channel('lab1.qga').getByRole('button', { name: 'Disconnect' }).click()
    await expect(channel('lab1.qga')).toContainText('ended')
    await channel('lab1.qga').getByRole('button', { name: 'Connect' }).click()
    await expect(channel('lab1.qga')).toContainText('ready')
    await page.keyboard.press('Escape')
    // Nobody looks at the guest any more: a while later its channel is free for others.
    await goTo(page, 'Overview')
    await machines(page).getByRole('button', { name: 'Channels of lab1' }).click()
    await expect(channel('lab1.qga')).toContainText('ended')
  },
)

test('a link to an agent leads to the guest of its machine, and its commands to the agent', async ({
  page,
  lab,
}) => {
  const agent = await startGuestAgent(lab.sockets, 'vm')
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm.qga/overview`)
  await expect(
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Guest' }),
  ).toHaveAttribute('aria-current', 'page')
  await expect(machines(page).getByRole('link', { name: /^vm/ })).toHaveAttribute('aria-current', 'page')
  await goTo(page, 'Command')
  const whose = page.getByRole('group', { name: 'Whose commands' })
  await expect(whose.getByRole('link', { name: 'Agent' })).toHaveAttribute('aria-current', 'true')
  await whose.getByRole('link', { name: 'QMP' }).click()
  await expect(page.getByRole('searchbox', { name: /Search/ }).first()).toBeVisible()
  expect(page.url()).toContain('/machine/vm/command')
  await agent.kill()
  await qemu.kill()
})

test('a machine that is added by hand has its other channels, and they can be changed', async ({
  page,
  lab,
}) => {
  const serial = join(lab.sockets, 'vm.serial')
  const qemu = await startQemu(lab.sockets, 'vm', {
    args: ['-chardev', `socket,id=line,path=${serial},server=on,wait=off`, '-serial', 'chardev:line'],
  })
  await page.goto(`${lab.url}#/recorded/qemu-7.2-x86_64.json/schema`)
  await machines(page).getByRole('button', { name: '+ Add' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog
    .getByLabel('Address of the bridge')
    .fill(lab.channel('vm.qmp').replace('127.0.0.1', 'localhost'))
  await dialog.getByLabel('Name on this page (optional)').fill('by hand')
  await dialog.getByRole('button', { name: '+ Add a channel' }).click()
  await dialog.getByLabel('Address of channel 1').fill('http://nowhere')
  await dialog.getByRole('button', { name: 'Connect' }).click()
  await expect(dialog).toContainText('Channel 1 (Serial line): It begins with http:')
  await expectAccessible(page)
  await dialog.getByLabel('Address of channel 1').fill(lab.channel('vm.serial'))
  await dialog.getByRole('button', { name: 'Connect' }).click()
  await goTo(page, 'Console')
  await expect(page.getByRole('tab', { name: 'Serial line', exact: true })).toBeVisible()

  await machines(page).getByRole('button', { name: 'Channels of by hand' }).click()
  const panel = page.getByRole('group', { name: 'Channels of by hand' })
  await panel.getByRole('button', { name: '+ Add a channel' }).click()
  await panel.getByLabel('Kind of channel 2').selectOption('Human monitor')
  await panel.getByLabel('Address of channel 2').fill(lab.channel('vm.hmp'))
  await panel.getByRole('button', { name: 'Save channels' }).click()
  await expect(panel.getByText('Saved in this browser.')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tab', { name: 'Human monitor socket' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('tab', { name: 'Human monitor socket' })).toBeVisible()
  await qemu.kill()
})
