/** Inspect: CPUs, registers from stop to stop, code, memory that is searched, the balloon, and a dump to its end. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { run } from './timeline-lab.ts'

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

/** Press the button of the verb at the top, and wait until the machine is in that state. */
async function turn(page: Page, verb: 'stop' | 'cont', state: string): Promise<void> {
  await page.getByRole('button', { name: `${verb} vm` }).click()
  await expect(page.getByRole('navigation', { name: 'Machines' })).toContainText(state)
}

/** Go to an address by the form. */
async function goTo(page: Page, address: string, space?: 'physical' | 'virtual'): Promise<void> {
  const form = page.getByRole('form', { name: 'Go to an address' })
  if (space !== undefined)
    await form.getByRole('combobox', { name: 'Addresses' }).selectOption({ value: space })
  await form.getByRole('textbox', { name: 'Address' }).fill(address)
  await form.getByRole('button', { name: 'Go', exact: true }).click()
}

/** All bytes of the table that is shown. */
async function shownBytes(page: Page): Promise<Buffer> {
  const cells = await region(page, 'Memory')
    .getByRole('table')
    .locator('tbody td:nth-child(2)')
    .allTextContents()
  return Buffer.from(cells.join('').replaceAll(/\s/g, ''), 'hex')
}

/** Agree to the action that is asked about, see its command, and close the dialog. */
async function agree(page: Page, verb: string, command: string | RegExp): Promise<void> {
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('listitem').first()).toContainText(command)
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done.')
}

test('registers from stop to stop: what changed is marked and told, with the code that is next', async ({
  page,
  lab,
}) => {
  const disk = join(lab.sockets, 'counter.img')
  // A boot sector that counts in AX forever: inc %ax; jmp 0x7c00.
  const sector = Buffer.alloc(1024 * 1024)
  sector.set([0x40, 0xeb, 0xfd])
  sector.set([0x55, 0xaa], 510)
  writeFileSync(disk, sector)
  await startQemu(lab.sockets, 'vm', {
    args: ['-smp', '2,maxcpus=3', '-drive', `file=${disk},format=raw,if=ide`],
  })
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus`)
  const cpus = page.getByRole('table', { name: 'Virtual CPUs' })
  await expect(cpus.getByRole('row')).toHaveCount(3)
  await expect(cpus.getByRole('row', { name: /CPU 1/ })).toContainText('socket 0, core 1, thread 0')
  await expect(region(page, 'CPUs')).toContainText('2 CPUs (x86_64) of 3 places')
  const registers = region(page, 'Registers')
  await expect(registers).toContainText('values move')

  // The program of the first sector runs once the firmware is through.
  await expect(async () => {
    await registers.getByRole('button', { name: 'Read again' }).click()
    await expect(page.getByRole('table', { name: /^Instructions/ })).toContainText('incw', { timeout: 1000 })
  }).toPass()
  await turn(page, 'stop', 'paused')
  await expect(registers.getByRole('status')).toContainText('What changes by the next stop will be marked.')
  await turn(page, 'cont', 'running')
  await expect(registers.getByRole('status')).toContainText('The guest runs now: values move.')
  await turn(page, 'stop', 'paused')
  await expect(registers.getByRole('status')).toContainText(/changed since the stop at [\d:.]+: .*EAX/)
  const changed = registers.locator('.changed', { hasText: 'EAX' })
  await expect(changed).toHaveAttribute('title', /^was [0-9a-f]{8}$/)
  await expect(changed).toContainText(/was [0-9a-f]{8}/)
  await expect(registers).toContainText('real mode, 16-bit')
  const code = page.getByRole('table', { name: /^Instructions/ })
  await expect(code.locator('[aria-current]')).toHaveCount(1)
  await expect(code.locator('[aria-current]')).toContainText(/0x7c0[013].*(incw|jmp)/)
  await expect(cpus.getByRole('row', { name: /CPU 1/ })).toContainText('waits for an interrupt')
  await expectAccessible(page)
  await expectSeen(page)

  // The other CPU has registers of its own, and an address.
  await cpus.getByRole('link', { name: 'CPU 1' }).click()
  await expect(registers.getByRole('heading')).toHaveText('Registers of CPU 1')
  await expect(page).toHaveURL(/cpu=1/)
  await expect(registers).toContainText('protected mode')
  // A register leads to memory.
  await registers.getByRole('link', { name: /^Memory at EIP/ }).click()
  await expect(page).toHaveURL(/in=virtual/)
  await expect(page.getByRole('table', { name: /^Memory from 0x\w+, virtual of CPU 1/ })).toBeVisible()
})

test('memory is what QEMU has there; a search finds, the way back comes back, the address brings it again', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: ['-S'] })
  const file = join(lab.sockets, 'bios.bin')
  await run(page, lab, 'pmemsave', { val: 0xffff_fe00, size: 512, filename: file })
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus`)
  await goTo(page, '0xfffffe00', 'physical')
  const memory = region(page, 'Memory')
  await expect(memory.getByRole('table')).toBeVisible()
  await expect(memory.getByRole('status').first()).toContainText('pc.bios (rom)')
  expect(await shownBytes(page)).toEqual(readFileSync(file))
  await expect(page).toHaveURL(/at=0xfffffe00&in=physical/)

  // Registers and sums are addresses; what is none says so.
  await goTo(page, 'eip+0x10', 'virtual')
  await expect(page).toHaveURL(/at=0x100000/)
  await goTo(page, 'nonsense')
  await expect(memory.getByRole('alert').first()).toContainText('no register of this CPU')

  // The date of the firmware stands at its end: a search from its begin finds it.
  await goTo(page, '0xfffc0000', 'physical')
  const search = page.getByRole('form', { name: 'Search memory' })
  await search.getByRole('textbox', { name: 'Search for' }).fill('06/23/99')
  await search.getByRole('button', { name: 'Search forward' }).click()
  await expect(search.getByRole('status')).toContainText('Found at 0xfffffff5.')
  await expect(memory.locator('mark.found').first()).toHaveText(/30 36 2f/)
  await expect(page).toHaveURL(/at=0xfffffff0/)
  await memory.getByRole('button', { name: 'Back', exact: true }).click()
  await expect(page).toHaveURL(/at=0xfffc0000/)
  await expect(page.getByRole('table', { name: /^Memory from 0xfffc0000/ })).toBeVisible()
  await memory.getByRole('button', { name: 'Forward', exact: true }).click()
  await expect(page).toHaveURL(/at=0xfffffff0/)
  await memory.getByRole('button', { name: 'Page before' }).click()
  await expect(page).toHaveURL(/at=0xfffffdf0/)
  await search.getByRole('textbox', { name: 'Search for' }).fill('zz')
  await search.getByRole('combobox', { name: 'as' }).selectOption('hex')
  await search.getByRole('button', { name: 'Search forward' }).click()
  await expect(search.getByRole('alert')).toContainText('pairs of hexadecimal digits')

  // The address alone brings it back.
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus?at=0xfffffe00&in=physical`)
  await page.reload()
  await expect(page.getByRole('table', { name: /^Memory from 0xfffffe00, physical/ })).toBeVisible()
  expect(await shownBytes(page)).toEqual(readFileSync(file))
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expectSeen(page)
  const outside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(outside).toBeLessThanOrEqual(0)
  // The part scrolls, the page does not: its bars stay where they are.
  const below = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)
  expect(below).toBeLessThanOrEqual(0)
})

test('what cannot be read says why; a device is asked about first; read only refuses', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: ['-S'] })
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus?at=0x100000000000&in=physical`)
  const memory = region(page, 'Memory')
  await expect(memory.getByRole('alert')).toContainText(
    'From 0x100000000000 on it cannot be read. The machine has nothing at this address.',
  )
  await goTo(page, '0xfed00000')
  await expect(memory.getByRole('alert')).toContainText('registers of a device: hpet')
  await expect(memory.getByRole('table')).toHaveCount(0)
  await memory.getByRole('button', { name: 'Read anyway' }).click()
  await expect(page.getByRole('table', { name: /^Memory from 0xfed00000/ })).toBeVisible()
  await page.getByLabel('Lock').selectOption('read-only')
  await goTo(page, '0x7c00')
  await expect(memory.getByRole('alert')).toContainText('read only')
  // Registers and code only read.
  await expect(region(page, 'Registers')).toContainText('EIP')
  await expect(page.getByRole('table', { name: /^Instructions/ })).toBeVisible()
})

test('the size of the balloon and its way back; memory devices and NUMA', async ({ page, lab }) => {
  const numa = [
    ...['-object', 'memory-backend-ram,id=m0,size=64M', '-numa', 'node,memdev=m0'],
    ...['-object', 'memory-backend-ram,id=m1,size=32M', '-device', 'pc-dimm,id=d1,memdev=m1,node=0'],
  ]
  await startQemu(lab.sockets, 'vm', {
    machine: [
      '-machine',
      'q35',
      '-accel',
      'tcg',
      '-m',
      '64M,slots=2,maxmem=1G',
      '-device',
      'virtio-balloon-pci,id=b',
    ],
    args: numa,
  })
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus`)
  await expect(page.getByRole('table', { name: 'Memory devices' })).toContainText('d1')
  await expect(
    page.getByRole('table', { name: 'NUMA nodes' }).getByRole('row', { name: /^0/ }),
  ).toContainText('96 MB')
  await expect(page.getByRole('table', { name: 'Memory back ends' })).toContainText('m1')
  const balloon = region(page, 'Balloon')
  await expect(balloon).toContainText('It is not asked.')
  await balloon.getByRole('button', { name: 'Ask every 2 s…' }).click()
  await agree(page, 'Ask', '"property":"guest-stats-polling-interval","value":2')
  await expect(balloon).toContainText('It is asked every 2 s.')
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('Taken back.')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(balloon).toContainText('It is not asked.')
  await balloon.getByRole('textbox', { name: 'Leave it' }).fill('48')
  await balloon.getByRole('button', { name: 'Set…' }).click()
  await agree(page, 'Set', '{"execute":"balloon","arguments":{"value":50331648}}')
})

test('a dump to a file, to its end; one that cannot be written', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm')
  const file = join(lab.sockets, 'guest.elf')
  await page.goto(`${lab.url}#/machine/vm/inspect/cpus`)
  const dump = region(page, 'Dump to a file')
  await expect(dump).toContainText('No dump was begun.')
  const form = page.getByRole('form', { name: 'A new dump' })
  await form.getByRole('textbox', { name: 'File on the host' }).fill('/no-such-folder/guest.elf')
  await form.getByRole('button', { name: 'Dump…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Dump', exact: true }).click()
  await expect(dialog).toContainText('No such file or directory')
  await expect(dialog.getByRole('status')).toContainText('It failed')
  await dialog.getByRole('button', { name: 'Close' }).click()

  await form.getByRole('textbox', { name: 'File on the host' }).fill(file)
  await form.getByRole('button', { name: 'Dump…' }).click()
  await expect(dialog).toContainText('passwords and keys too')
  expect(existsSync(file)).toBe(false)
  await agree(page, 'Dump', '{"execute":"dump-guest-memory","arguments":{"paging":false,"protocol":"file:')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(dump.getByRole('status')).toContainText(/completed It is written\. .* of 64\.\d MiB/)
  const bytes = readFileSync(file)
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('\u007fELF')
  expect(bytes.length).toBeGreaterThan(64 * 1024 * 1024)
  // A part, with what is missing told.
  await form.getByRole('textbox', { name: 'Only from' }).fill('0xf0000')
  await expect(form.getByRole('button', { name: 'Dump…' })).toHaveAttribute('title', /a part needs both/)
})
