/** Inspect: a CPU and memory that are plugged in are seen by a real guest, and used by it. */
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { buildGuest } from '../lab/demo/guest.ts'
import { startQemu } from '../lab/testing.ts'
import { expect, test } from './lab.ts'

/** A shell of the guest at its serial line. */
interface GuestShell {
  /** Run a line, and return what it printed. */
  ask(line: string): Promise<string>
  end(): void
}

async function guestShell(path: string): Promise<GuestShell> {
  // QEMU makes it after the monitor.
  await expect.poll(() => existsSync(path)).toBe(true)
  const socket = connect(path)
  let said = ''
  let lines = 0
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => (said += text))
  // The prompt of its shell: the guest is up.
  await expect.poll(() => said, { timeout: 120_000 }).toContain('/ # ')
  return {
    async ask(line) {
      lines += 1
      said = ''
      // In two words: what is typed comes back too, and is not the end.
      socket.write(`echo begin''${lines}; ${line}; echo end''${lines}\n`)
      await expect.poll(() => said, { timeout: 60_000 }).toContain(`end${lines}`)
      return said
        .slice(said.indexOf(`begin${lines}`) + `begin${lines}`.length, said.indexOf(`end${lines}`))
        .trim()
    },
    end: () => socket.destroy(),
  }
}

/** Agree to what the open form asks for. */
async function plugIn(page: Page, form: string): Promise<void> {
  const region = page.getByRole('region', { name: form })
  await region.getByRole('button', { name: 'Plug in…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Plug in', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Done')
  await dialog.getByRole('button', { name: 'Close' }).click()
}

test('a guest sees a CPU and memory that come while it runs, and takes both into use', async ({
  page,
  lab,
}) => {
  test.setTimeout(400_000)
  const guest = buildGuest(() => undefined)
  if (!guest.ok) throw new Error(guest.error)
  const line = join(lab.web, 'line')
  await startQemu(lab.sockets, 'vm', {
    machine: ['-machine', 'q35', '-accel', 'tcg', '-m', '256M,slots=2,maxmem=1G', '-smp', '1,maxcpus=2'],
    args: [
      ...['-serial', `unix:${line},server=on,wait=off`],
      ...['-kernel', guest.value.kernel, '-initrd', guest.value.initramfs],
      ...['-append', 'console=ttyS0 quiet panic=5'],
    ],
  })
  const shell = await guestShell(line)
  const memory = async (): Promise<number> =>
    Number(/MemTotal: +(\d+)/.exec(await shell.ask('grep MemTotal /proc/meminfo'))?.[1])
  expect(await shell.ask('cat /sys/devices/system/cpu/present')).toBe('0')
  const before = await memory()

  await page.goto(`${lab.url}#/machine/vm/inspect/devices`)
  const cpus = page.getByRole('region', { name: 'Places for CPUs' })
  await cpus.getByRole('button', { name: 'Plug in a CPU…' }).click()
  await plugIn(page, 'Plug in a CPU')
  await expect(cpus).toContainText('2 of 2 places are taken.')
  // The guest is told by ACPI; its kernel makes the CPU, and a person takes it into use.
  await expect.poll(() => shell.ask('cat /sys/devices/system/cpu/present')).toBe('0-1')
  await shell.ask('echo 1 > /sys/devices/system/cpu/cpu1/online')
  expect(await shell.ask('cat /sys/devices/system/cpu/online')).toBe('0-1')

  const places = page.getByRole('region', { name: 'Places for memory' })
  await places.getByRole('button', { name: 'Plug in memory…' }).click()
  await page
    .getByRole('region', { name: 'Plug in memory' })
    .getByRole('textbox', { name: 'Size in MiB' })
    .fill('128')
  await plugIn(page, 'Plug in memory')
  await expect(places.getByRole('table', { name: 'Memory devices' })).toContainText('128 MiB')
  const online =
    'for m in /sys/devices/system/memory/memory*/state; do grep -q offline $m && echo online > $m; done'
  await expect
    .poll(
      async () => {
        await shell.ask(online)
        return (await memory()) - before
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(120_000)
  shell.end()
})
