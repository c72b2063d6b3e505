/** QEMU is killed and comes back, with a real guest: all of its channels come back without being asked, the guest agent's too. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { openDemo, test } from './demo.ts'
import { expect, expectAccessible } from './lab.ts'

test.use({ usesUp: true })

/** The process of the demo machine: a child of this one, which brought up the lab. */
function demoProcess(): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => {
      try {
        const parent = /\nPPid:\t(\d+)\n/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return Number(parent) === process.pid && words[words.indexOf('-name') + 1] === 'lab1'
      } catch {
        // No process, or one that is over by now.
        return false
      }
    })
}

const channel = (page: Page, name: string) =>
  page
    .getByRole('group', { name: 'Channels of lab1' })
    .getByRole('listitem')
    .filter({ has: page.getByText(name, { exact: true }) })

test('killed in the middle: monitor, screen, serial lines and guest agent are all back, and the guest is told of again', async ({
  page,
  demo,
}) => {
  await openDemo(page, demo)
  const beside = encodeURIComponent('/machine/lab1/guest')
  await page.goto(`${demo.url}#/machine/lab1/console?console=serial&beside=${beside}`)
  const left = page.getByRole('region', { name: /^First pane/ })
  const ready = left.getByText('ready', { exact: true })
  for (const tab of ['Serial line', 'Serial line 1', 'Human monitor socket', 'Screen']) {
    await left.getByRole('tab', { name: tab, exact: true }).click()
    await expect(ready).toBeVisible()
  }
  await page.getByRole('button', { name: 'Channels of lab1' }).click()
  const all = ['lab1', 'serial', 'serial1', 'hmp', 'vnc', 'lab1.qga']
  for (const name of all) await expect(channel(page, name)).toContainText('ready')

  const first = demoProcess()
  if (first === undefined) throw new Error('there is no process of the demo machine')
  process.kill(first, 'SIGKILL')
  for (const name of all) await expect(channel(page, name)).not.toContainText('ready')
  for (const name of all) await expect(channel(page, name)).toContainText('ready', { timeout: 120_000 })
  expect(demoProcess()).not.toBe(first)
  await page.keyboard.press('Escape')
  await expect(left.getByRole('application', { name: 'Screen of lab1: input' })).toBeVisible()
  // The agent of the new guest answers, and what is shown is its own.
  const right = page.getByRole('region', { name: /^Second pane/ })
  await expect(right.getByText('10.0.2.15/24').first()).toBeVisible()
  await expectAccessible(page)
})
