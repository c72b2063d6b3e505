/**
 * Categories and buses of the drivers of `device_add`, against all types of real QEMUs: the installed one, and the one of the
 * backports. What a category leaves over is named here, driver by driver: a new version that brings others fails.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { backportsQemu } from '#lab/demo/other-qemu.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { Monitor } from '../testing/monitor.ts'
import { deviceCategory, isPluggable } from './device-category.ts'
import { isA, readTypes } from './device-types.ts'
import { busesByName, busesOf } from '../draft/live-rules.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

/** Drivers that are for nothing that has a category: sources of chance, watchdogs, channels between machines, things for tests. */
const others: ReadonlySet<string> = new Set([
  ...['AMDVI-PCI', 'ctucan_pci', 'edu', 'i6300esb', 'ivshmem-doorbell', 'ivshmem-plain', 'kvaser_pci'],
  ...['mioe3680_pci', 'pci-testdev', 'pcm3680_pci', 'pvpanic-pci', 'virtio-crypto-pci', 'x-pci-proxy-dev'],
  ...['vhost-user-rng-pci', 'vhost-user-device-pci', 'xen-platform'],
  ...['virtio-rng-pci', 'virtio-rng-pci-non-transitional', 'virtio-rng-pci-transitional'],
])

const other = backportsQemu()
const servers: readonly (readonly [name: string, program: string | undefined])[] = [
  ['installed', undefined],
  ...(other.kind === 'there' ? ([[other.version, other.program]] as const) : []),
]

/** Modules of the installed QEMU end another one: it finds files without content before them, and goes on without. */
function withoutModules(): void {
  const installed = '/usr/lib/x86_64-linux-gnu/qemu'
  for (const name of existsSync(installed) ? readdirSync(installed) : [])
    writeFileSync(join(folder.path, name), '')
  vi.stubEnv('QEMU_MODULE_DIR', folder.path)
}

describe.each(servers)('QEMU %s', (name, program) => {
  test(
    'every driver has a category and a bus, or is one of those that have none',
    { timeout: 60_000 },
    async () => {
      if (program !== undefined) withoutModules()
      const child = await startQemu(folder.path, name, {
        ...(program === undefined ? {} : { program }),
        machine: ['-machine', 'q35', '-accel', 'tcg', '-S', '-L', '/usr/share/seabios'],
      })
      const monitor = new Monitor(join(folder.path, `${name}.qmp`))
      await monitor.run('qmp_capabilities')
      const types = readTypes((await monitor.run('qom-list-types', { abstract: true })).return ?? null)
      const drivers = [...types.values()].filter((type) => !type.abstract && isA(types, type.name, 'device'))
      const names = drivers.map((type) => type.name)
      const pluggable = names.filter((each) => isPluggable(each, types))
      const over = pluggable.filter((each) => deviceCategory(each, types) === 'Other')
      expect(over.filter((each) => !others.has(each))).toEqual([])
      // What can be added while a machine runs stands on a bus, or is a CPU or memory.
      const homeless = pluggable.filter((each) => !busesOf.some(([parent]) => isA(types, each, parent)))
      expect(homeless.filter((each) => !/-cpu$|dimm/.test(each))).toEqual([])
      // A name leads to the bus that the type fits on, or to none; and is called pluggable only where its type is.
      for (const each of names) {
        const bus = busesByName.find(([driver]) => driver.test(each))?.[1]
        const byType = busesOf.filter(([parent]) => isA(types, each, parent)).map(([, fits]) => fits.source)
        if (bus !== undefined) expect(byType, each).toContain(bus.source)
        if (isPluggable(each, undefined)) expect(pluggable, each).toContain(each)
      }
      monitor.close()
      await child.kill()
      expect(drivers.length).toBeGreaterThan(300)
    },
  )
})
