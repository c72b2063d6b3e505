/** The real demo machine, as `npm start` brings it up: one for all tests of a file. */
import { test as base } from '@playwright/test'
import type { Page } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { plainServe } from '../lab/serve/serve-options.ts'
import { startLab } from '../lab/start.ts'
import type { Lab } from '../lab/start.ts'
import { freePort } from '../lab/testing.ts'
import { expect } from './lab.ts'

/** A test with the demo machine. */
export const test = base.extend<object, { demo: Lab; usesUp: boolean }>({
  /** Its guest is of no use for others afterwards: a file that says so has a machine of its own. */
  usesUp: [false, { option: true, scope: 'worker' }],
  demo: [
    async ({}, use) => {
      const said: string[] = []
      const lab = await startLab({
        options: {
          sockets: undefined,
          port: await freePort(),
          portNamed: true,
          listen: '127.0.0.1',
          demo: true,
          // KVM is not to be trusted where tests run.
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
      expect(said.join('\n')).toContain('its guest is up')
      await use(lab.value)
      await lab.value.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})

/** Open its overview, and wait until it is there. */
export async function openDemo(page: Page, demo: Lab): Promise<void> {
  await page.goto(demo.address)
  await expect(page.getByRole('region', { name: 'Machine' }).getByText(/QEMU \d+\.\d+\.\d+/)).toBeVisible()
}

/** At the open serial line: the guest's shell is there. Another test may have started the machine again a moment ago. */
export async function atPrompt(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Serial line of lab1: input' }).focus()
  await expect(async () => {
    await page.keyboard.press('Enter')
    await expect(page.locator('.xterm-rows')).toContainText('/ # ', { timeout: 1000 })
  }).toPass({ timeout: 90_000 })
}
