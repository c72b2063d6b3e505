/** Each starter, run on a real QEMU: every command is taken, and what it is for has happened. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { printJson } from '#base/json/print.ts'
import { waitFor } from '#lab/processes.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { Monitor } from '../testing/monitor.ts'
import { readyCommands } from './collection.ts'
import { starters } from './starters.ts'

const folder = temporaryFolder()

/** The path of an image of a machine. Each machine has its own: QEMU locks them. */
const imageOf = (machine: string, name: string): string => join(folder.path, `${machine}-${name}.qcow2`)

afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

async function startWithDisk(name: string, ...more: string[]): Promise<Monitor> {
  for (const image of ['disk', 'extra', 'copy']) {
    const made = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', imageOf(name, image), '16M'])
    expect(made.status).toBe(0)
  }
  await startQemu(folder.path, name, {
    args: [
      ...['-device', 'pcie-root-port,id=rp0,slot=1'],
      ...[
        '-blockdev',
        `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${imageOf(name, 'disk')}`,
      ],
      ...['-device', 'virtio-blk-pci,drive=disk0,id=vd0', ...more],
    ],
  })
  const monitor = new Monitor(join(folder.path, `${name}.qmp`))
  expect(await monitor.run('qmp_capabilities')).toHaveProperty('return')
  return monitor
}

/** Run one: each of its commands returns. */
async function runStarter(
  monitor: Monitor,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const starter = starters.find((each) => each.name === name)
  if (starter === undefined) throw new Error(`There is no starter ${name}.`)
  const ready = readyCommands(starter, new Map(Object.entries(values)))
  if (!ready.ok) throw new Error(`missing: ${ready.error.missing.join()}`)
  for (const command of ready.value) {
    expect(await monitor.run(command.name, command.arguments), command.name).toHaveProperty('return')
  }
}

/** Ask until the printed reply has a text. */
async function untilSays(monitor: Monitor, name: string, text: string): Promise<void> {
  let said = ''
  for (let tries = 0; tries < 400 && !said.includes(text); tries += 1) {
    said = printJson(await monitor.run(name))
    await waitFor(50, () => (said.includes(text) ? true : undefined))
  }
  expect(said).toContain(text)
}

test('a disk is hot-plugged', async () => {
  const monitor = await startWithDisk('plug')
  await runStarter(monitor, 'Hot-plug a disk', { file: imageOf('plug', 'extra'), bus: 'rp0' })
  expect(printJson(await monitor.run('query-block'))).toContain('"hot0-node"')
  expect(printJson(await monitor.run('qom-list', { path: '/machine/peripheral' }))).toContain('"hot0"')
  monitor.close()
})

test('a disk behind a speed limit is hot-plugged', async () => {
  const monitor = await startWithDisk('slow')
  await runStarter(monitor, 'Hot-plug a qcow2 disk with a speed limit', {
    file: imageOf('slow', 'extra'),
    bus: 'rp0',
  })
  expect(printJson(await monitor.run('query-block'))).toContain('"slow0-node"')
  const limits = await monitor.run('qom-get', { path: '/objects/slow0-limits', property: 'limits' })
  expect(printJson(limits)).toContain('"bps-total":10485760')
  monitor.close()
})

test('a disk is backed up while the machine goes on', async () => {
  const monitor = await startWithDisk('backup')
  await runStarter(monitor, 'Live backup of a disk', { node: 'disk0', file: imageOf('backup', 'copy') })
  await untilSays(monitor, 'query-block-jobs', '"return":[]')
  expect(await monitor.run('blockdev-del', { 'node-name': 'backup0-target' })).toHaveProperty('return')
  monitor.close()
})

test('a disk gets a snapshot', async () => {
  const monitor = await startWithDisk('snapshot')
  await runStarter(monitor, 'Snapshot of a disk', { node: 'disk0', file: imageOf('snapshot', 'overlay') })
  expect(printJson(await monitor.run('query-block'))).toContain('"overlay0"')
  monitor.close()
})

test('a machine is migrated', async () => {
  const uri = `unix:${join(folder.path, 'migration')}`
  await startQemu(folder.path, 'target', { args: ['-incoming', uri] })
  await startQemu(folder.path, 'source')
  const monitor = new Monitor(join(folder.path, 'source.qmp'))
  expect(await monitor.run('qmp_capabilities')).toHaveProperty('return')
  await runStarter(monitor, 'Live migration', { uri })
  await untilSays(monitor, 'query-migrate', '"status":"completed"')
  expect(printJson(await monitor.run('query-status'))).toContain('"postmigrate"')
  monitor.close()
})
