/** The end of the bridge is not the end of the lab: the page says so at once, and connects again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { startLab } from '../lab/start.ts'
import { freePort, startQemu } from '../lab/testing.ts'

test('websockify is killed: lost within two seconds, then running again, and the machine went on', async ({
  page,
}) => {
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
    await expect(page.getByText(/^Lost: /)).toBeVisible({ timeout: 2000 })
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
