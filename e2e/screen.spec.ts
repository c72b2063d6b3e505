/** Screens by VNC: the real demo machine, QEMUs with a password and with other clients, and servers that mean harm. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeServer, startQemu } from '../lab/testing.ts'
import { atPrompt, openDemo, test as demoTest } from './demo.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'

const picture = (page: Page): Locator => page.getByRole('application', { name: 'Screen of lab1: input' })
const rows = (page: Page): Locator => page.locator('.xterm-rows')
const status = (page: Page): Locator => page.getByRole('main').locator('[data-after]')

async function chooseConsole(page: Page, name: string): Promise<void> {
  await goTo(page, 'Console')
  await page.getByRole('tab', { name, exact: true }).click()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
}

/** How many pixels of the picture are not black. */
function litPixels(page: Page): Promise<number> {
  return picture(page).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let lit = 0
    for (let at = 0; at < data.length; at += 4)
      if ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0) > 60) lit += 1
    return lit
  })
}

async function typeText(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Type text' }).click()
  const panel = page.getByRole('group', { name: 'Type text' })
  await panel.getByRole('textbox', { name: 'Text for the guest' }).fill(text)
  await panel.getByRole('button', { name: 'Type it' }).click()
}

demoTest('the picture of the guest; a text that is typed there arrives', async ({ page, demo }) => {
  await openDemo(page, demo)
  await chooseConsole(page, 'Serial line')
  await atPrompt(page)
  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await expect(picture(page)).toBeVisible()
  await expect.poll(() => litPixels(page)).toBeGreaterThan(500)
  await expectAccessible(page)

  await typeText(page, 'echo "Screen_$((6*7)) | ~{}" > /dev/ttyS0\n')
  await expect(page.getByRole('group', { name: 'Type text' })).toContainText(/\d+ of \d+/)
  await expect(page.getByRole('group', { name: 'Type text' })).toContainText(
    '42 of 42 characters were typed.',
  )
  await expectAccessible(page)
  await page.keyboard.press('Escape')

  // Keys of a person, one with Shift, and the way back to the page.
  await picture(page).focus()
  await page.keyboard.type('dd if=/proc/version of=/dev/tty', { delay: 30 })
  await page.keyboard.press('Shift+S', { delay: 30 })
  await page.keyboard.type('0\n', { delay: 30 })
  await page.keyboard.press('Shift+F6')
  await expect(status(page)).toBeFocused()
  await page.getByRole('tab', { name: 'Serial line', exact: true }).click()
  await expect(rows(page)).toContainText('Screen_42 | ~{}')
  await expect(rows(page)).toContainText('Linux version')
})

demoTest('a screenshot, sizes, keys, and what cannot be typed', async ({ page, demo }) => {
  await openDemo(page, demo)
  await chooseConsole(page, 'Screen')
  await expect.poll(() => litPixels(page)).toBeGreaterThan(500)
  const size = await picture(page).evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])

  await page.getByRole('button', { name: 'Screenshot' }).click()
  const saved = page.waitForEvent('download')
  await page
    .getByRole('group', { name: 'Screenshot' })
    .getByRole('button', { name: 'Save as a file' })
    .click()
  const download = await saved
  expect(download.suggestedFilename()).toMatch(/^lab1-vnc-.*\.png$/)
  const png = readFileSync(await download.path())
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(size)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'View', exact: true }).click()
  const shownWidth = (): Promise<number> =>
    picture(page).evaluate((canvas) => Math.round(canvas.getBoundingClientRect().width))
  await page.getByRole('group', { name: 'Size' }).getByRole('button', { name: '1:1' }).click()
  await expect.poll(shownWidth).toBe(size[0])
  await expectAccessible(page)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Type text' }).click()
  const panel = page.getByRole('group', { name: 'Type text' })
  await panel.getByRole('textbox', { name: 'Text for the guest' }).fill('Grüße 🙂')
  await expect(panel).toContainText('No key for ü (U+00FC), ß (U+00DF), 🙂 (U+1F642): left out.')
  await page.keyboard.press('Escape')

  // The kernel of the guest restarts at once: it has no program that wants to know of these keys.
  await page.getByRole('button', { name: 'Keys', exact: true }).click()
  await expectAccessible(page)
  await page
    .getByRole('group', { name: 'Keys', exact: true })
    .getByRole('button', { name: 'Ctrl-Alt-Del' })
    .click()
  await page.keyboard.press('Escape')
  await goTo(page, 'Timeline')
  await page.getByRole('combobox', { name: 'Filter' }).fill('RESET')
  await page.getByRole('combobox', { name: 'Filter' }).press('Enter')
  await expect(page.getByRole('option', { name: /RESET/ }).first()).toBeVisible({ timeout: 30_000 })
})

demoTest('read only: no key, no pointer and no text goes out', async ({ page, demo }) => {
  // The bytes that go to the bridge are counted in the page: all of them pass its WebSocket.
  await page.addInitScript(() => {
    const sent: number[] = []
    class Counted extends WebSocket {
      override send(data: Parameters<WebSocket['send']>[0]): void {
        if (this.url.includes('.vnc') && ArrayBuffer.isView(data))
          sent.push(new Uint8Array(data.buffer, data.byteOffset)[0] ?? 0)
        super.send(data)
      }
    }
    window.WebSocket = Counted
    Object.assign(window, { sent })
  })
  const inputs = (): Promise<number> =>
    page.evaluate(() => {
      const { sent } = window as unknown as { sent: number[] }
      // Key, pointer, text, size, power, QEMU's key.
      return sent.filter((kind) => [4, 5, 6, 250, 251, 255].includes(kind)).length
    })
  await openDemo(page, demo)
  await chooseConsole(page, 'Screen')
  await picture(page).click()
  await page.keyboard.press('a')
  await expect.poll(inputs).toBeGreaterThan(1)

  await page.getByLabel('Lock', { exact: true }).selectOption('read only')
  await expect(status(page)).toContainText('locked: read only')
  const before = await inputs()
  await picture(page).click()
  await page.keyboard.type('reboot\n')
  await page.mouse.move(300, 300)
  await page.getByRole('button', { name: 'Keys', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Ctrl-Alt-Del' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Ctrl-Alt-Del' }).click({ force: true })
  await page.keyboard.press('Escape')
  await expectAccessible(page)
  expect(await inputs()).toBe(before)
  await page.getByLabel('Lock', { exact: true }).selectOption('ask')
})

/** A VNC server that lets everybody in and says `init`; undefined: it closes then. */
async function startVnc(
  path: string,
  init: Buffer | undefined,
  security = Buffer.from([1, 1]),
): Promise<void> {
  await startFakeServer(path, (socket) => {
    const answers = [security, Buffer.alloc(4), init]
    socket.write('RFB 003.008\n')
    socket.on('data', () => {
      const answer = answers.shift()
      if (answer === undefined) socket.end()
      else socket.write(answer)
    })
  })
}

/** The size of a picture, 32 bits a pixel, and its name. */
function serverInit(width: number, height: number, name: string): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt16BE(width, 0)
  head.writeUInt16BE(height, 2)
  head.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4)
  head.writeUInt32BE(name.length, 20)
  return Buffer.concat([head, Buffer.from(name)])
}

test('servers that mean harm, close, or want what nobody speaks: said in words', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'lab1')
  await startVnc(join(lab.sockets, 'lab1.vnc'), serverInit(65_535, 65_535, '<img src=x>'))
  await startVnc(join(lab.sockets, 'lab1.vnc1'), undefined)
  await startVnc(join(lab.sockets, 'lab1.vnc2'), undefined, Buffer.from([2, 18, 20]))
  await startFakeServer(join(lab.sockets, 'lab1.vnc3'), (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc`)
  await expect(status(page)).toContainText('its picture has 65535 × 65535 pixels')
  await expect(picture(page)).toHaveCount(0)
  await expect(status(page).getByRole('button', { name: 'Connect again' })).toBeVisible()
  await expectAccessible(page)
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc1`)
  await expect(status(page)).toContainText(/the connection was lost \(.*closed.*tried again automatically/)
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc2`)
  await expect(status(page)).toContainText('security that this page does not speak (TLS, SASL)')
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc3`)
  await expect(status(page)).toContainText('what answers there is no VNC server')
})

test('a machine without a screen says what to add; keys and texts reach it by its monitor', async ({
  page,
  lab,
}) => {
  // QEMU writes down each key that reaches its guest.
  const list = join(lab.web, 'keys.txt')
  await startQemu(lab.sockets, 'lab1', { args: ['-trace', 'input_event_key_qcode', '-D', list] })
  const pressed = (): string =>
    [...(existsSync(list) ? readFileSync(list, 'utf8') : '').matchAll(/qcode ([\w-]+), down (\d)/g)]
      .map(([, key = '', down = '']) => (down === '1' ? key : `/${key}`))
      .join(' ')
  await page.goto(`${lab.url}#/machine/lab1/console?console=no-screen`)
  const main = page.getByRole('main')
  await expect(main).toContainText('lab1 has no screen here.')
  await expect(main).toContainText('-vnc unix:/run/lab/lab1.vnc')
  await expect(main.getByRole('button', { name: 'Copy' })).toBeVisible()
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Type text' }).click()
  const panel = page.getByRole('group', { name: 'Type text' })
  await panel.getByLabel('Keyboard of the guest').selectOption('German')
  await panel.getByRole('textbox', { name: 'Text for the guest' }).fill('yÜê{ñ')
  await expect(panel).toContainText('No key for ñ (U+00F1): left out.')
  await expectAccessible(page)
  await panel.getByRole('button', { name: 'Type it' }).click()
  await expect(panel).toContainText('4 of 4 characters were typed.')
  await expect
    .poll(pressed)
    .toBe('z /z shift bracket_left /bracket_left /shift grave_accent /grave_accent e /e alt_r 7 /7 /alt_r')

  // A long one is cancelled in the middle; nothing stays held, and nothing more comes.
  await panel.getByRole('textbox', { name: 'Text for the guest' }).fill('A'.repeat(240))
  await panel.getByRole('button', { name: 'Type it' }).click()
  await expect(panel).toContainText(/\d+ of 240/)
  await panel.getByRole('button', { name: 'Cancel' }).click()
  await expect(panel).toContainText(/Cancelled: \d+ of 240 characters were typed\./)
  const typed = Number(/Cancelled: (\d+)/.exec(await panel.innerText())?.[1])
  expect(typed).toBeLessThan(240)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keys', exact: true }).click()
  await page.getByRole('button', { name: 'Ctrl-Alt-Del' }).click()
  await expect.poll(pressed).toMatch(/ctrl alt delete \/delete \/alt \/ctrl$/)
  expect(pressed().split('/shift').length - 1).toBe(1 + typed)
  expect(pressed().split(' shift').length - 1).toBe(1 + typed)
  await page.keyboard.press('Escape')

  await page.getByLabel('Lock', { exact: true }).selectOption('read only')
  await page.getByRole('button', { name: 'Type text' }).click()
  await expect(panel.getByRole('button', { name: 'Type it' })).toHaveAttribute('aria-disabled', 'true')
})

test('a password is asked for; a wrong one is said to be wrong', async ({ page, lab }) => {
  const socket = join(lab.sockets, 'lab1.vnc')
  await startQemu(lab.sockets, 'lab1', {
    args: [
      '-device',
      'VGA',
      '-object',
      'secret,id=pw,data=right',
      '-vnc',
      `unix:${socket},password-secret=pw`,
    ],
  })
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc`)
  const password = page.getByLabel('VNC password')
  await password.fill('wrong')
  await password.press('Enter')
  await expect(status(page)).toContainText('the server refused the login')
  await status(page).getByRole('button', { name: 'Connect again' }).click()
  await expectAccessible(page)
  await expect(password).toHaveValue('')
  await password.fill('right')
  await password.press('Enter')
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(picture(page)).toBeVisible()
})
