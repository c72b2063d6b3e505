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

test('QEMU is killed and started again: all channels come back, and the record says so', async ({
  page,
  lab,
}) => {
  const at = (name: string): string => join(lab.sockets, `lab1.${name}`)
  const args = [
    ...['-chardev', `socket,id=line,path=${at('serial')},server=on,wait=off`, '-serial', 'chardev:line'],
    ...['-monitor', `unix:${at('hmp')},server=on,wait=off`],
    ...['-device', 'VGA', '-vnc', `unix:${at('vnc')}`],
  ]
  const first = await startQemu(lab.sockets, 'lab1', { args })
  const ready = page.getByRole('main').getByText('ready', { exact: true })
  // Lines and the monitor's socket stay connected; a screen is while it is shown.
  await page.goto(`${lab.url}#/machine/lab1/console?console=serial`)
  await expect(ready).toBeVisible()
  await page.getByRole('tab', { name: 'Human monitor socket' }).click()
  await expect(ready).toBeVisible()
  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await expect(ready).toBeVisible()
  await machines(page).getByRole('button', { name: 'Channels of lab1' }).click()
  const panel = page.getByRole('group', { name: 'Channels of lab1' })
  const channel = (name: string) =>
    panel.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) })
  const all = ['lab1', 'serial', 'hmp', 'vnc']
  for (const name of all) await expect(channel(name)).toContainText('ready')
  await first.kill()
  for (const name of all) await expect(channel(name)).toContainText('lost')
  await expectAccessible(page)
  const second = await startQemu(lab.sockets, 'lab1', { args })
  for (const name of all) await expect(channel(name)).toContainText('ready')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('application', { name: 'Screen of lab1: input' })).toBeVisible()

  await goTo(page, 'Timeline')
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:channel')
  await page.getByRole('combobox', { name: 'Filter' }).press('Enter')
  const row = (words: RegExp) => page.getByRole('option', { name: words })
  for (const name of ['serial', 'hmp', 'vnc']) {
    await expect(row(new RegExp(`channel ${name} connected`))).toHaveCount(2)
    await expect(row(new RegExp(`channel ${name} lost: `))).toHaveCount(1)
  }
  // Lost and connected again is the order of the record.
  const words = await page.getByRole('option', { name: / serial / }).allInnerTexts()
  expect(words.map((each) => /connected|lost/.exec(each)?.[0])).toEqual(['connected', 'lost', 'connected'])
  await row(/channel vnc lost: /).click()
  await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText('lost: ')
  await expectAccessible(page)
  await second.kill()
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
