/**
 * The domains of a libvirt as machines: a real one of an ordinary user (`qemu:///session`), with the demo guest in a domain, so
 * that its serial line, its screen and its agent speak. What the page does is looked at by virsh.
 */
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { newKey } from '../lab/bridge/key.ts'
import { startSessionLibvirt } from '../lab/attach/testing/session-libvirt.ts'
import type { SessionLibvirt } from '../lab/attach/testing/session-libvirt.ts'
import { buildGuest } from '../lab/demo/guest.ts'
import { readOptions } from '../lab/options.ts'
import { startLab } from '../lab/start.ts'
import type { Lab } from '../lab/start.ts'
import { freePort } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test as base } from './lab.ts'

/** A test with a libvirt in which the domain `web` runs, and a lab that attaches it. */
const test = base.extend<{ libvirt: SessionLibvirt; attached: Lab }>({
  libvirt: async ({}, use) => {
    const libvirt = await startSessionLibvirt()
    try {
      create(libvirt, 'web')
      await use(libvirt)
    } finally {
      await libvirt.stop()
    }
    expect(processesWith(libvirt.folder)).toEqual([])
  },
  attached: async ({ libvirt }, use) => {
    const args = ['--no-demo', '--port', String(await freePort()), '--libvirt', libvirt.uri]
    const options = readOptions(args)
    if (!options.ok) throw new Error(options.error)
    const lab = await startLab({ options: options.value, key: newKey(), say: () => undefined })
    if (!lab.ok) throw new Error(lab.error)
    try {
      await use(lab.value)
    } finally {
      await lab.value.stop()
    }
    // The proxies and their sockets end with the lab, the domains do not.
    expect(processesWith(libvirt.uri)).toEqual([])
  },
})

/** Create a domain with the demo guest, which its user can read. */
function create(libvirt: SessionLibvirt, name: string): void {
  const guest = buildGuest(() => undefined)
  if (!guest.ok) throw new Error(guest.error)
  const [kernel, initrd] = [join(libvirt.folder, 'kernel'), join(libvirt.folder, 'initrd')]
  copyFileSync(guest.value.kernel, kernel)
  copyFileSync(guest.value.initramfs, initrd)
  libvirt.create(name, {
    memoryMiB: 192,
    os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=tty0 console=ttyS0 quiet</cmdline>`,
    devices: "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
  })
}

/** Processes with a word in their arguments, other than this one. */
function processesWith(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each) && Number(each) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return line.includes(word) ? [line] : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}

const list = (page: Page): Locator => page.getByRole('navigation', { name: 'Machines' })
const rows = (page: Page): Locator => page.locator('.xterm-rows')
const note = (page: Page): Locator => page.getByRole('status').filter({ hasText: /^libvirt runs web/ })

async function chooseConsole(page: Page, name: string): Promise<void> {
  await goTo(page, 'Console')
  await page.getByRole('tab', { name, exact: true }).click()
  await expect(page.getByRole('main').getByText('ready', { exact: true })).toBeVisible()
}

/** How many pixels of the picture are not black. */
function litPixels(page: Page): Promise<number> {
  return page
    .getByRole('application', { name: 'Screen of web: input' })
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      }
      let lit = 0
      for (let at = 0; at < data.length; at += 4)
        if ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0) > 60) lit += 1
      return lit
    })
}

test('a domain appears, is stopped and continued, its channels work, and it goes', async ({
  page,
  libvirt,
  attached,
}) => {
  const domstate = (): string => libvirt.virsh('domstate', 'web').trim()
  await page.goto(attached.address)
  await expect(list(page).getByRole('heading', { name: 'libvirt' })).toBeVisible()
  const entry = list(page).getByRole('link', { name: /^web/ }).first()
  await expect(entry).toContainText('running')
  const about = page.getByRole('region', { name: 'Machine' })
  await expect(about).toContainText('libvirt’s proxy answers one command at a time')
  await expect(about).toContainText('It offers out-of-band execution, which libvirt’s proxy does not give')
  await expectAccessible(page)

  // Asking upsets nobody. The first command that changes something says once what it may do to libvirt.
  await expect(note(page)).toHaveCount(0)
  const power = page.getByRole('region', { name: 'Power' })
  await power.getByRole('button', { name: 'Stop' }).click()
  await expect(entry).toContainText('paused')
  await expect.poll(domstate).toBe('paused')
  await expect(note(page)).toContainText('is not told of what is changed here')
  await expectAccessible(page)
  await note(page).getByRole('button', { name: 'Dismiss' }).click()
  await power.getByRole('button', { name: 'Continue' }).click()
  await expect(entry).toContainText('running')
  await expect.poll(domstate).toBe('running')
  await expect(note(page)).toHaveCount(0)

  // Its serial line is a pseudo terminal of libvirt's: text comes, and what is typed goes in.
  await chooseConsole(page, 'Serial line 0')
  const terminal = page.getByRole('textbox', { name: 'Serial line 0 of web: input' })
  await terminal.focus()
  await expect(async () => {
    await page.keyboard.press('Enter')
    await expect(rows(page)).toContainText('/ # ', { timeout: 1000 })
  }).toPass({ timeout: 120_000 })
  await page.keyboard.type('echo typed-$((40+2)) $(tty)\n')
  await expect(rows(page)).toContainText(/typed-42 \/dev\/ttyS0/)
  await expectAccessible(page)

  await page.getByRole('tab', { name: 'Screen', exact: true }).click()
  await expect.poll(() => litPixels(page), { timeout: 60_000 }).toBeGreaterThan(500)
  await expectAccessible(page)

  // The agent's channel is libvirt's: it answers through virsh.
  await goTo(page, 'Guest')
  const glance = page.getByRole('region', { name: 'The guest', exact: true })
  await expect(glance).toContainText('qemu-ga', { timeout: 90_000 })
  await expect(glance).toContainText('lab1')
  await expectAccessible(page)

  // Domains come and go with libvirt.
  libvirt.create('second')
  await expect(
    list(page)
      .getByRole('link', { name: /^second/ })
      .first(),
  ).toContainText('running')
  libvirt.destroy('second')
  await expect(
    list(page)
      .getByRole('link', { name: /^second/ })
      .first(),
  ).toContainText('lost')
  await expect(entry).toContainText('running')
  libvirt.destroy('web')
  await expect(entry).toContainText('lost')
  await expect(page.getByText('Lost: the bridge knows no machine “web.qmp” now.')).toBeVisible()
  await expectAccessible(page)
})
