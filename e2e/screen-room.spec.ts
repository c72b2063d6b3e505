/** The screen of a real QEMU, looked at from its other side: its own picture, other clients, pointers, and full screen. */
import { readFileSync } from 'node:fs'
import { connect, createConnection } from 'node:net'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'

const picture = (page: Page): Locator => page.getByRole('application', { name: 'Screen of lab1: input' })
const status = (page: Page): Locator => page.getByRole('main').locator('[data-after]')

async function openScreen(page: Page, lab: TestLab, ...args: readonly string[]): Promise<void> {
  await startQemu(lab.sockets, 'lab1', {
    args: ['-device', 'VGA', '-vnc', `unix:${join(lab.sockets, 'lab1.vnc')}`, ...args],
  })
  await page.goto(`${lab.url}#/machine/lab1/console?console=vnc`)
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
  await expect(picture(page)).toBeVisible()
}

/** Run a command by a monitor that the page does not have. */
function ask(path: string, execute: string, args: object = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    socket.on('error', reject)
    socket.on('data', (data) => {
      text += data.toString()
      if (!text.includes('"id": "last"')) return
      socket.destroy()
      if (text.includes('"error"')) reject(new Error(text))
      else resolve()
    })
    socket.write('{"execute":"qmp_capabilities"}')
    socket.write(JSON.stringify({ execute, arguments: args, id: 'last' }))
  })
}

test('the pixels of a screenshot are those of the guest', async ({ page, lab }) => {
  // In the folder that is served as the page, not in that of the machines.
  const aside = join(lab.web, 'aside.qmp')
  const dump = join(lab.web, 'dump.ppm')
  await openScreen(page, lab, '-qmp', `unix:${aside},server=on,wait=off`)
  // The firmware has written something; then nothing moves any more.
  await expect
    .poll(() =>
      picture(page).evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        }
        let lit = 0
        for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 100) lit += 1
        return lit
      }),
    )
    .toBeGreaterThan(500)
  await ask(aside, 'stop')
  await ask(aside, 'screendump', { filename: dump })
  const [, width = '', height = ''] = /^P6\n(\d+) (\d+)\n255\n/.exec(readFileSync(dump, 'latin1')) ?? []
  const pixels = readFileSync(dump).subarray(-3 * Number(width) * Number(height))
  await page.getByRole('button', { name: 'Screenshot' }).click()
  const save = page.getByRole('group', { name: 'Screenshot' }).getByRole('button', { name: 'Save as a file' })
  // The last frame may still be on its way.
  await expect(async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
    const different = await page.evaluate(
      async ([png, ppm]) => {
        const bytes = (text: string): Uint8Array<ArrayBuffer> =>
          Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
        const image = await createImageBitmap(new Blob([bytes(png)], { type: 'image/png' }))
        const canvas = new OffscreenCanvas(image.width, image.height)
        const context = canvas.getContext('2d')
        context?.drawImage(image, 0, 0)
        const seen = context?.getImageData(0, 0, image.width, image.height).data ?? []
        const real = bytes(ppm)
        if (seen.length / 4 !== real.length / 3) return -1
        let count = 0
        for (let at = 0; at < real.length / 3; at += 1)
          for (const part of [0, 1, 2]) if (seen[4 * at + part] !== real[3 * at + part]) count += 1
        return count
      },
      [readFileSync(await download.path()).toString('base64'), pixels.toString('base64')] as const,
    )
    expect(different).toBe(0)
  }).toPass({ timeout: 30_000 })
})

test('another client is said; so is that nobody else watches any more', async ({ page, lab }) => {
  await openScreen(page, lab)
  await expect(status(page)).not.toContainText('other client')
  const other = createConnection(join(lab.sockets, 'lab1.vnc'))
  let heard = 0
  other.on('data', () => {
    heard += 1
    // Version, kind of security (none), that others may stay.
    if (heard === 1) other.write('RFB 003.008\n')
    else if (heard === 2) other.write(Buffer.from([1]))
    else if (heard === 3) other.write(Buffer.from([1]))
  })
  await expect(status(page)).toContainText('1 other client watches.')
  await page.getByRole('button', { name: 'View', exact: true }).click()
  await expect(page.getByRole('group', { name: 'View' })).toContainText('All who watch:')
  await expectAccessible(page)
  other.destroy()
  await expect(page.getByRole('group', { name: 'View' })).toContainText('Nobody else watches')
})

test('a pointer that jumps is explained, and what mends it; the clipboard says what it needs', async ({
  page,
  lab,
}) => {
  await openScreen(page, lab, '-device', 'qemu-xhci')
  await expect(status(page)).toContainText('The pointer may jump: the guest has only a mouse')
  await status(page).getByRole('button', { name: 'Plug in a USB tablet' }).click()
  // There is no system in this guest that could use it.
  await expect(status(page)).toContainText('the machine has a tablet, which its guest does not use (yet)')
  await expect(status(page).getByRole('button', { name: 'Plug in a USB tablet' })).toHaveCount(0)
  await page.getByRole('button', { name: 'View', exact: true }).click()
  const view = page.getByRole('group', { name: 'View' })
  await view.getByText('Clipboard of the guest').click()
  await expect(view).toContainText('It needs an agent in the guest (spice-vdagent)')
  await expect(view).toContainText('The guest has sent no text.')
  await view.getByLabel('Text to offer').fill('from here')
  await view.getByRole('button', { name: 'Offer it to the guest' }).click()
  await page.keyboard.press('Escape')
  await expect(status(page)).toContainText('Its agent takes it, where it has one.')
})

test('full screen has a small bar: name, state, keys, screenshot, and the way out', async ({ page, lab }) => {
  await openScreen(page, lab)
  await page.getByRole('button', { name: 'Full screen' }).click()
  const leave = page.getByRole('button', { name: 'Leave full screen' })
  await expect(leave).toBeVisible()
  const whole = page.locator(':fullscreen')
  await expect(whole.getByText('lab1', { exact: true })).toBeVisible()
  await expect(whole.getByText('ready', { exact: true })).toBeVisible()
  for (const name of ['Keys', 'Screenshot'])
    await expect(whole.getByRole('button', { name, exact: true })).toBeVisible()
  await expect(whole.getByRole('tab')).toHaveCount(0)
  // The menus open above it, and the way back is said there, too.
  await whole.getByRole('button', { name: 'Keys', exact: true }).click()
  await expect(whole.getByRole('button', { name: 'Ctrl-Alt-Del' })).toBeVisible()
  await expect(whole).toContainText('gives the keyboard back')
  await leave.click()
  await expect(page.getByRole('tab', { name: 'Screen', exact: true })).toBeVisible()
  await expect(page.locator(':fullscreen')).toHaveCount(0)
})
