/** The lock "read only", counted at the other end: by QEMU itself, by who listens on the serial line, by the agent. */
import { existsSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeServer, startGuestAgent, startQemu, temporaryFolder } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

const picture = (page: Page): Locator => page.getByRole('application', { name: 'Screen of lab1: input' })
const lock = (page: Page): Locator => page.getByLabel('Lock', { exact: true })

/** A QEMU with a screen. It writes down each key and button that reaches its guest: `shift 1`, `left 0`. */
async function startListed(lab: TestLab): Promise<() => readonly string[]> {
  const list = join(lab.web, 'input.txt')
  await startQemu(lab.sockets, 'lab1', {
    args: [
      ...['-device', 'VGA', '-device', 'qemu-xhci', '-device', 'usb-tablet'],
      ...['-vnc', `unix:${join(lab.sockets, 'lab1.vnc')}`],
      ...['-trace', 'input_event_key_qcode', '-trace', 'input_event_btn', '-D', list],
    ],
  })
  return () =>
    existsSync(list)
      ? [...readFileSync(list, 'utf8').matchAll(/(?:qcode|button|btn) ([\w-]+), down (\d)/g)].map(
          ([, key = '', down = '']) => `${key} ${down}`,
        )
      : []
}

async function openScreen(page: Page, lab: TestLab): Promise<void> {
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc`)
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(picture(page)).toBeVisible()
}

test('keys and buttons that are held are released in the guest before nothing goes out', async ({
  page,
  lab,
}) => {
  const inputs = await startListed(lab)
  await openScreen(page, lab)
  await picture(page).hover({ position: { x: 40, y: 40 } })
  await page.mouse.down()
  await page.keyboard.down('Shift')
  await page.keyboard.down('KeyA')
  await page.keyboard.down('F5')
  await expect.poll(inputs).toEqual(['left 1', 'shift 1', 'a 1', 'f5 1'])
  await lock(page).selectOption('read only')
  await expect
    .poll(() => [...inputs()].filter((each) => each.endsWith('0')).sort())
    .toEqual(['a 0', 'f5 0', 'left 0', 'shift 0'])
  const before = inputs()
  await page.keyboard.up('F5')
  await page.keyboard.up('KeyA')
  await page.keyboard.up('Shift')
  await page.mouse.up()
  await picture(page).click()
  await page.keyboard.type('reboot\n')
  await page.mouse.wheel(0, 100)
  await lock(page).selectOption('free')
  // What is sent now comes after all that was not sent before.
  await picture(page).focus()
  await page.keyboard.press('F9')
  await expect.poll(() => inputs().at(-1)).toBe('f9 0')
  expect(inputs().slice(before.length)).toEqual(['f9 1', 'f9 0'])
})

test('no key, no click, no serial byte and no program goes out', async ({ page, lab }) => {
  const inputs = await startListed(lab)
  const typed: string[] = []
  await startFakeServer(join(lab.sockets, 'lab1.serial'), (socket) =>
    socket.on('data', (data) => typed.push(data.toString())),
  )
  // The agent is a real one, in a folder that is not served; what passes is read on its way.
  const aside = temporaryFolder()
  const agent = await startGuestAgent(aside.path, 'lab1')
  const asked: string[] = []
  await startFakeServer(join(lab.sockets, 'lab1.qga'), (socket) => {
    const real = createConnection(join(aside.path, 'lab1.qga'))
    real.on('error', () => socket.destroy())
    socket.on('data', (data) => asked.push(data.toString('latin1')))
    socket.pipe(real).pipe(socket)
  })
  const programs = (): number => asked.join('').split('"guest-exec"').length - 1

  await openScreen(page, lab)
  await lock(page).selectOption('read only')
  await expect(page.getByRole('main')).toContainText('No key, no pointer and no text goes to the guest.')
  await picture(page).click()
  await page.keyboard.type('reboot\n')
  await page.mouse.wheel(0, 100)
  await page.getByRole('button', { name: 'Keys', exact: true }).click()
  await page.getByRole('button', { name: 'Ctrl-Alt-Del' }).click({ force: true })
  await page.keyboard.press('Escape')

  await page.getByRole('tab', { name: 'Serial line', exact: true }).click()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await page.getByRole('textbox', { name: 'Serial line of lab1: input' }).focus()
  await page.keyboard.type('reboot\n')
  await expect(page.getByText('lab1 is locked: read only. Nothing was sent.')).toBeVisible()
  await expectAccessible(page)

  await goTo(page, 'Guest')
  const region = page.getByRole('region', { name: 'Run a command' })
  await region.getByLabel('Line of the shell').fill('echo never')
  await region.getByRole('button', { name: 'Run in the guest' }).click()
  await expect(region).toContainText('is locked: read only')

  // The lock is taken away: what arrives first is what is done from now on.
  await lock(page).selectOption('free')
  await region.getByRole('button', { name: 'Run in the guest' }).click()
  await expect(region).toContainText('exit code 0')
  expect(programs()).toBe(1)
  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'Serial line', exact: true }).click()
  await page.getByRole('textbox', { name: 'Serial line of lab1: input' }).focus()
  await page.keyboard.type('x')
  await expect.poll(() => typed.join('')).toBe('x')
  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await picture(page).focus()
  await page.keyboard.press('F9')
  await expect.poll(inputs).toEqual(['f9 1', 'f9 0'])
  await agent.kill()
  aside.remove()
})
