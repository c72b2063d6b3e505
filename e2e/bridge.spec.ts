/**
 * The end of the bridge is not the end of the lab: the page says so at once, and connects again. The bridge also serves the
 * page: while it stands still, views that nobody has opened yet open all the same, or say what they wait for.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { plainServe } from '../lab/serve/serve-options.ts'
import { startLab } from '../lab/start.ts'
import { freePort, startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

test('websockify is killed: lost while the machine goes on, then running again', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  const qemu = await startQemu(folder, 'vm')
  const said: string[] = []
  const lab = await startLab({
    options: {
      sockets: folder,
      port: await freePort(),
      portNamed: true,
      listen: '127.0.0.1',
      demo: false,
      accel: 'tcg',
      newKey: false,
      showKey: false,
      help: false,
      serve: plainServe,
    },
    key: newKey(),
    say: (words) => said.push(words),
  })
  if (!lab.ok) throw new Error(lab.error)
  try {
    await page.goto(lab.value.address)
    const chip = page.getByLabel('Chosen machine')
    await expect(chip).toContainText('running')
    // The states are looked at from before the end on.
    const states = await page.evaluateHandle(() => {
      const seen: string[] = []
      const look = (): void => {
        const text = document.querySelector('[aria-label="Chosen machine"]')?.textContent ?? ''
        const state = /lost|running/.exec(text)?.[0]
        if (state !== undefined && state !== seen.at(-1)) seen.push(state)
      }
      look()
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      })
      return seen
    })
    const first = lab.value.bridgePid()
    // The bridge alone, and not what it forked for the connections: as somebody does who looks for it in a list.
    process.kill(first, 'SIGKILL')
    // Through the connections that it had forked the machine could still be spoken to: they have ended, or this waits.
    await expect.poll(() => states.jsonValue()).toEqual(['running', 'lost', 'running'])
    expect(lab.value.bridgePid()).not.toBe(first)
    expect(qemu.isOver()).toBe(false)
    expect(said.join('\n')).toContain('websockify ended (SIGKILL): starting it again.')
    await expect(page.getByText(/Another QEMU answers/)).toHaveCount(0)
  } finally {
    await lab.value.stop()
    await qemu.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** The page has fetched the code of these parts. */
async function untilFetched(page: Page, ...parts: readonly string[]): Promise<void> {
  const names = (): Promise<string[]> =>
    page.evaluate(() => performance.getEntriesByType('resource').map((each) => each.name))
  for (const part of parts)
    await expect.poll(async () => (await names()).join()).toContain(`/assets/${part}-`)
}

const terminal = (page: Page) => page.getByRole('textbox', { name: /console|monitor/i }).first()

test('the bridge stands still: views never opened before open, and one that cannot says what it waits for', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByLabel('Chosen machine')).toContainText('running')
  await goTo(page, 'Schema')
  await expect(page.getByRole('option', { name: /^command add_client/ })).toBeVisible()
  await goTo(page, 'Overview')
  await untilFetched(page, 'CommandView', 'TimelinePage', 'HistoryPanel', 'MapView', 'CompareView')
  lab.haltBridge()
  try {
    await goTo(page, 'Timeline')
    await expect(page.getByRole('option', { name: /state ready/ })).toBeVisible()
    await goTo(page, 'Command')
    await page.getByRole('button', { name: 'History' }).first().click()
    await expect(page.getByRole('region', { name: 'History' })).toBeVisible()
    await goTo(page, 'Schema')
    await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Map' }).click()
    await expect(page.getByRole('button', { name: 'Map' })).toHaveAttribute('aria-pressed', 'true')
    await expect(page.getByText('Loading the')).toHaveCount(0)

    // The terminal is large, and is not fetched ahead.
    await goTo(page, 'Console')
    await expect(page.getByText('Loading the terminal…')).toBeVisible()
    await expect(page.getByText('The terminal is late.')).toBeVisible()
    await expect(page.getByText('The terminal opens as soon as its code is here.')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByText('Loading the terminal…')).toBeVisible()
    // The rest goes on.
    await goTo(page, 'Overview')
    await expect(page.getByRole('heading', { name: 'vm', level: 1 })).toBeVisible()
    await goTo(page, 'Console')
  } finally {
    lab.resumeBridge()
  }
  await expect(terminal(page)).toBeVisible()
  await expect(page.getByText('The terminal is late.')).toHaveCount(0)
})

test('the code of a view that cannot be fetched: said so, and fetched when somebody tries again', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm')
  const lost = ['**/assets/ConsoleView-*', '**/assets/Editor-*']
  for (const each of lost) await page.route(each, (route) => route.abort())
  await page.goto(`${lab.url}#/machine/vm/console`)
  await expect(page.getByText('The terminal could not be loaded.')).toBeVisible()
  await expect(page.getByText('Something in this page broke')).toBeHidden()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('The terminal could not be loaded.')).toBeVisible()

  // The editor of arguments has a plain form, which is kept until somebody tries again.
  await page.goto(`${lab.url}#/machine/vm/command/blockdev-add`)
  await page
    .getByRole('group', { name: 'How to edit' })
    .getByRole('button', { name: 'JSON', exact: true })
    .click()
  const plain = page.getByRole('textbox', { name: 'Arguments as JSON' })
  await expect(page.getByText('The editor could not be loaded.')).toBeVisible()
  await plain.fill('{"x": 1}')
  await expectAccessible(page)

  for (const each of lost) await page.unroute(each)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('.cm-content')).toContainText('"x": 1')
  await goTo(page, 'Console')
  await expect(terminal(page)).toBeVisible()
  // With its styles, whose file could not be fetched before.
  await expect(page.locator('.console')).toHaveCSS('display', 'flex')
})
