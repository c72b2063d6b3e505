/**
 * What a link of a stranger can do is show something: nothing runs but what only reads, as the view that is opened does,
 * no address is connected to that this page did not have, and no lock changes. Counted between the bridge and a real QEMU, and at a server that links name.
 */
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { JsonObject } from '#base/json/value.ts'
import { commandEffect } from '#qapi/check/effect.ts'
import { whyNotUnasked } from '#qapi/check/own-queries.ts'
import { newKey } from '../lab/bridge/key.ts'
import { startFakeServer, startQemu } from '../lab/testing.ts'
import { expect, test } from './lab.ts'

/** Texts that an address could name as something to run. */
const dangerous = ['quit', 'system_reset', 'stop', 'savevm x', 'migrate exec:id', 'pmemsave 0 1 /tmp/x']

const encoded = (value: unknown): string =>
  encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))

/** Fragments that try to make the page do something. `elsewhere` is an address that it does not have. */
function links(elsewhere: string): string[] {
  const ws = `ws://${elsewhere}/?token=vm.qmp`
  const names = [
    'run',
    'send',
    'execute',
    'exec',
    'do',
    'action',
    'confirm',
    'yes',
    'ask',
    'again',
    'lock',
    'mode',
  ]
  const everything = names.map((name) => `${name}=1`).join('&')
  const places = [
    'bridge',
    'url',
    'address',
    'host',
    'hosts',
    'lab',
    'channel',
    'manual',
    'src',
    'file',
    'load',
    'open',
  ]
  const addresses = places.map((name) => `${name}=${encoded(ws)}`).join('&')
  const lines = encoded('{"execute":"quit"}\n{"execute":"system_reset"}\n')
  return [
    `#/machine/vm/overview?${everything}&lock=free&action=system_reset`,
    ...dangerous.map((line) => `#/machine/vm/command/${encoded(line)}?${everything}`),
    `#/machine/vm/command/quit?args=%7B%7D&oob=1&as=json&${everything}`,
    `#/machine/vm/command/human-monitor-command?args=${encoded({ 'command-line': 'quit' })}&${everything}`,
    `#/machine/vm/command/device_add?args=${encoded({ driver: 'virtio-vga-gl' })}&${everything}`,
    `#/machine/vm/command/object-add?args=${encoded({ 'qom-type': 'secret', id: 's', file: '/etc/passwd' })}`,
    `#/machine/vm/command?several=1&text=${lines}&args=${lines}&${everything}`,
    `#/machine/vm/command?collection=x&check=x&saved=${lines}&${everything}`,
    ...['hmp', 'qmp', 'serial', 'vnc', 'qga'].map(
      (each) => `#/machine/vm/console?console=${each}&line=quit%0D%0A&text=quit%0A&${everything}`,
    ),
    ...dangerous.map((line) => `#/machine/vm/inspect/monitor?page=${encoded(line)}&${everything}`),
    `#/machine/vm/inspect/objects?path=${encoded('/machine')}&set=x&value=1&${everything}`,
    ...['jobs', 'blocks', 'devices', 'snapshots', 'migration', 'stats', 'cpus', 'memory'].map(
      (each) => `#/machine/vm/inspect/${each}?node=x&device=x&to=${encoded('exec:id')}&${everything}`,
    ),
    `#/machine/vm/guest?exec=reboot&${everything}`,
    `#/machine/vm/timeline?q=quit&watch=quit&alert=quit&${everything}`,
    `#/machine/vm/schema?against=${encoded(`recorded:http://${elsewhere}/x`)}&show=compare`,
    `#/machine/vm/overview?beside=${encoded(`/machine/vm/command/quit?${everything}`)}`,
    `#/machine/${encoded(ws)}/overview?${addresses}`,
    `#/machine/vm/overview?${addresses}`,
    `#/recorded/${encoded(`//${elsewhere}/x.json`)}/schema`,
    `#/recorded/${encoded(`http://${elsewhere}/x.json`)}/schema?${addresses}`,
    `#key=${newKey()}/machine/vm/command/quit?${everything}&${addresses}`,
    `#bridge=${encoded(ws)}`,
    `#/open/${'0'.repeat(32)}/x.json`,
    `#/open/${encoded(`http://${elsewhere}`)}/x.json`,
    `#open=${encoded(`http://${elsewhere}/x.json`)}`,
  ]
}

test('no link runs a command that does more than read, connects elsewhere, or changes the lock', async ({
  page,
  lab,
}) => {
  test.slow()
  const real = join(lab.sockets, '..', 'real')
  mkdirSync(real)
  const qemu = await startQemu(real, 'vm')
  const sent: string[] = []
  const between = await startFakeServer(join(lab.sockets, 'vm.qmp'), (near) => {
    const far = createConnection(join(real, 'vm.qmp'))
    let rest = ''
    near.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\n')
      rest = lines.pop() ?? ''
      sent.push(...lines.filter((line) => line.trim() !== ''))
    })
    near.pipe(far).pipe(near)
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  const callers: string[] = []
  const decoy = createServer((socket) => {
    callers.push(String(socket.remoteAddress))
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(decoy, 'listening')
  const elsewhere = `127.0.0.1:${(decoy.address() as AddressInfo).port}`
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && new URL(request.url()).origin !== new URL(lab.url).origin)
      foreign.push(request.url())
  })

  await page.goto(lab.address())
  const chip = page.getByLabel('Chosen machine')
  await expect(chip).toContainText('running')
  await page.getByLabel('Lock', { exact: true }).selectOption('read-only')
  await page.getByLabel('Lock', { exact: true }).selectOption('ask')
  const kept = (): Promise<string> => page.evaluate(() => JSON.stringify(Object.entries(localStorage).sort()))
  const before = await kept()
  for (const link of links(elsewhere)) {
    await page.evaluate((hash) => (location.hash = hash), link)
    // The page takes presses again: it has read the address, and drawn what it leads to.
    await page.evaluate(() => new Promise((done) => setTimeout(done)))
    await expect(page.locator('html'), link).not.toHaveAttribute('data-unarmed')
    await expect(page.getByRole('navigation', { name: 'Machines' })).toBeVisible()
  }
  // Opened again, as from a mail.
  for (const link of links(elsewhere).filter((_, index) => index % 5 === 0)) {
    await page.goto('about:blank')
    await page.goto(`${lab.url}${link}`)
    await expect(page.getByRole('navigation', { name: 'Machines' }).getByText('running')).toBeVisible()
  }
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByLabel('Lock', { exact: true })).toHaveValue('ask')
  await expect(chip).toContainText('running')
  expect(await kept()).toBe(before)
  expect(callers).toEqual([])
  expect(foreign).toEqual([])
  expect(qemu.isOver()).toBe(false)
  // What has reached QEMU is what the page asks anyway, and what only reads: values of objects, a page of “info”.
  expect(sent.length).toBeGreaterThan(10)
  const others: string[] = []
  for (const line of sent) {
    const { execute, arguments: given } = JSON.parse(line) as { execute: string; arguments?: JsonObject }
    const why = await whyNotUnasked(execute, given, undefined)
    if (why !== undefined && commandEffect(execute, given).kind !== 'reads') others.push(line)
  }
  expect(others).toEqual([])
  // The count is one that can be another: a person's command is seen.
  await page.goto(`${lab.url}#/machine/vm/command/stop`)
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(chip).toContainText('paused')
  expect(sent.some((line) => line.includes('"stop"'))).toBe(true)
  decoy.close()
  await qemu.kill()
  await between.stop()
})
