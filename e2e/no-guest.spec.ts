/** Where the demo guest cannot be made: a machine without a guest OS serves, and it is said. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { plainServe } from '../lab/serve/serve-options.ts'
import { startLab } from '../lab/start.ts'
import { freePort } from '../lab/testing.ts'

test('no packages to make the guest of: a machine without a guest OS', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  // The archive cannot be reached: what would fetch packages says so and fails.
  for (const name of ['apt-get', 'apt-cache']) {
    writeFileSync(join(bin, name), '#!/bin/sh\necho "E: the archive cannot be reached" >&2\nexit 100\n')
    chmodSync(join(bin, name), 0o755)
  }
  const { PATH, XDG_CACHE_HOME } = process.env
  Object.assign(process.env, { PATH: `${bin}:${PATH ?? ''}`, XDG_CACHE_HOME: join(folder, 'cache') })
  const said: string[] = []
  try {
    const lab = await startLab({
      options: {
        sockets: undefined,
        port: await freePort(),
        portNamed: true,
        listen: '127.0.0.1',
        demo: true,
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
      expect(said.join('\n')).toContain('without a guest OS')
      await page.goto(lab.value.address)
      await expect(
        page.getByText(/could not be made: .*the archive cannot be reached.*has no guest OS\./),
      ).toBeVisible()
      const machine = page.getByRole('region', { name: 'Machine', exact: true })
      await expect(machine.getByRole('heading', { name: 'lab1' })).toBeVisible()
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      await expect(page.getByLabel('Chosen machine')).toContainText('paused')
    } finally {
      await lab.value.stop()
    }
  } finally {
    process.env.PATH = PATH
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME
    rmSync(folder, { recursive: true, force: true })
  }
})
