/**
 * Two hosts in one page: two labs with a bridge and a key each. Nothing is connected to before a question that names it, each
 * key goes to its own host, and one that is away does not slow the other.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { readOptions } from '../lab/options.ts'
import { startLab } from '../lab/start.ts'
import type { Lab } from '../lab/start.ts'
import { freePort, startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, send, test } from './lab.ts'

const ends: (() => unknown)[] = []
test.afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A folder with a machine `vm` in it. */
async function folderWithMachine(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const qemu = await startQemu(folder, 'vm')
  ends.push(() => qemu.kill())
  return folder
}

async function start(key: string, args: readonly string[]): Promise<Lab> {
  const options = readOptions(['--no-demo', ...args])
  if (!options.ok) throw new Error(options.error)
  const lab = await startLab({ options: options.value, key, say: () => undefined })
  if (!lab.ok) throw new Error(lab.error)
  ends.push(() => lab.value.stop())
  return lab.value
}

const group = (page: Page) => page.getByRole('region', { name: 'hostB' })

test('two hosts: asked before the first connection, a key each, and apart from each other', async ({
  page,
}) => {
  const [one, other] = [await folderWithMachine(), await folderWithMachine()]
  const [portA, portB] = [await freePort(), await freePort()]
  const [keyA, keyB] = [newKey(), newKey()]
  const [urlA, urlB] = [`http://127.0.0.1:${portA}/`, `http://127.0.0.1:${portB}/`]
  const argsB = ['--port', String(portB), '--sockets', other, '--origin', urlA]
  const labB = await start(keyB, argsB)
  const labA = await start(keyA, ['--port', String(portA), '--sockets', one, '--host', `hostB=${urlB}`])
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(urlB)) asked.push(request.url())
  })

  await page.goto(labA.address)
  const chip = page.getByLabel('Chosen machine')
  await expect(chip).toContainText('running')
  await expect(group(page)).toContainText('not connected')
  await group(page).getByRole('button', { name: 'Connect…' }).click()
  const question = page.getByRole('dialog', { name: 'Connect to hostB?' })
  await expect(question).toContainText(urlB)
  await expectAccessible(page)
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(question).toBeHidden()
  await expect(group(page)).toContainText('not connected')
  expect(asked).toEqual([])

  await group(page).getByRole('button', { name: 'Connect…' }).click()
  await question.getByRole('button', { name: 'Connect' }).click()
  await expect(group(page)).toContainText('needs its key')
  const field = group(page).locator('input[type=password]')
  const use = group(page).getByRole('button', { name: 'Use this key' })
  await expectAccessible(page)
  // The address of another host, and its key.
  await field.fill(labA.address)
  await use.click()
  await expect(group(page)).toContainText('This is the address of another host')
  await field.fill(keyA)
  await use.click()
  await expect(group(page)).toContainText('wrong key')
  await field.fill(labB.address)
  await use.click()
  const machineB = group(page).getByRole('link', { name: /^vm/ })
  await expect(machineB).toContainText('running')
  await expectAccessible(page)

  // A command goes to the one that is chosen.
  await machineB.click()
  await expect(page).toHaveURL(/vm%40hostB/)
  await chooseCommand(page, 'stop')
  await expect(await send(page, 'stop')).toContainText('returned')
  await expect(machineB).toContainText('paused')
  const machineA = page
    .getByRole('navigation', { name: 'Machines' })
    .getByRole('link', { name: /^vm/ })
    .first()
  await expect(machineA).toContainText('running')

  // The key of the other host is kept for this tab, under its address, and is in no place that is seen or listed.
  expect(page.url()).not.toContain(keyB)
  expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(keyB)
  expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toContain(keyB)
  expect(await page.evaluate((at) => sessionStorage.getItem(`qmp-studio.key ${at}`), urlB)).toBe(keyB)
  expect(await page.evaluate(() => sessionStorage.getItem('qmp-studio.key'))).toBe(keyA)
  expect(await (await fetch(`${urlA}lab.json`)).text()).not.toContain(keyB)

  // It goes away: said, and the other goes on as before.
  await labB.stop()
  await expect(group(page)).toContainText('away')
  await machineA.click()
  await chooseCommand(page, 'query-status')
  await expect(await send(page, 'query-status')).toContainText('returned')
  await start(keyB, argsB)
  await expect(group(page)).toContainText('there')
  await expect(machineB).toContainText('paused')

  // Asked once: the next time it is connected to at once.
  await page.reload()
  await expect(machineB).toContainText('paused')
  await group(page).getByRole('button', { name: 'Forget the key of hostB' }).click()
  await expect(group(page)).toContainText('needs its key')
  await expect(machineA).toContainText('running')
})

test('a host that does not allow the page is away, with the way to allow it', async ({
  page,
  consoleErrors,
}) => {
  const one = await folderWithMachine()
  const [portA, portB] = [await freePort(), await freePort()]
  await start(newKey(), ['--port', String(portB), '--sockets', one])
  const labA = await start(newKey(), ['--port', String(portA), '--host', `hostB=http://127.0.0.1:${portB}/`])
  await page.goto(labA.address)
  await group(page).getByRole('button', { name: 'Connect…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Connect' }).click()
  await expect(group(page)).toContainText('away')
  await expect(group(page)).toContainText('--origin')
  // The browser's own words on each try.
  expect(consoleErrors.splice(0).every((each) => each.includes('CORS policy'))).toBe(true)
})
