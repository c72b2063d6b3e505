/** Devices of a machine that is a table: what is asked for, and how a device on its way out goes on. */
import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import { devicesIn } from '#inside/devices/device-tree.ts'
import { deviceRows } from './device-rows.ts'
import { MachineDevices } from './devices-of.svelte.ts'

type Objects = Map<string, Readonly<Record<string, readonly [type: string, value?: Json]>>>

function machine() {
  const objects: Objects = new Map([
    ['/machine', { peripheral: ['child<container>'], bus: ['child<PCIE>'], chip: ['child<irq>'] }],
    [
      '/machine/bus',
      {
        'hotplug-handler': ['link<x>', '/machine/x'],
        'acpi-pcihp-bsel': ['uint32', 0],
        realized: ['bool'],
      },
    ],
    ['/machine/peripheral', { nic1: ['child<virtio-net-pci>'] }],
    [
      '/machine/peripheral/nic1',
      {
        parent_bus: ['link<bus>', '/machine/bus'],
        addr: ['int32', 8],
        netdev: ['str', 'net1'],
        secret: ['str', 'x'],
      },
    ],
    ['/objects', {}],
  ])
  const asked: string[] = []
  let now = 0
  let network = 'net1: index=0,type=user\r\n'
  const devices = new MachineDevices({
    own: (name, args) => {
      asked.push(`${name} ${JSON.stringify(args?.path ?? '')}`)
      if (name === 'human-monitor-command') return Promise.resolve(ok(network))
      if (name !== 'qom-list') return Promise.resolve(ok([]))
      const found = objects.get(String(JSON.parse(JSON.stringify(args?.path ?? ''))))
      if (found === undefined) return Promise.resolve(err('no such object'))
      return Promise.resolve(ok(Object.entries(found).map(([name, [type]]) => ({ name, type }))))
    },
    get: (path, property) => {
      asked.push(`qom-get ${path} ${property}`)
      const value = objects.get(path)?.[property]?.[1]
      return Promise.resolve(value === undefined ? err('no such property') : ok(value))
    },
    offers: () => true,
    now: () => now,
  })
  return {
    ...{ devices, objects, asked },
    at: (time: number) => (now = time),
    setNetwork: (text: string) => (network = text),
  }
}

test('devices, buses and their rows; interrupt lines are not looked into, other values not asked for', async () => {
  const { devices, asked } = machine()
  await devices.refresh()
  const rows = deviceRows(devices.read?.nodes ?? [], new Set(), 'vm')
  expect(rows.map(({ name, type, level }) => [level, name, type])).toEqual([
    [1, 'vm', 'places for more'],
    [2, 'bus', 'bus · PCIE · takes more'],
    [3, 'nic1', 'virtio-net-pci · 01.0'],
  ])
  expect(asked).not.toContain('qom-list "/machine/chip"')
  expect(asked).not.toContain('qom-get /machine/peripheral/nic1 secret')
  expect([...(devices.read?.ids ?? [])]).toEqual(['nic1'])
})

test('a device that was asked to go: asked, refused, gone, with what it left over', async () => {
  const { devices, objects, at, setNetwork } = machine()
  await devices.refresh()
  const [nic] = devicesIn(devices.read?.nodes ?? [])
  if (nic === undefined) throw new Error('no device')
  at(1000)
  devices.wasAsked(nic)
  await devices.look()
  expect(devices.unplugs.map(({ id, state }) => [id, state])).toEqual([
    ['nic1', { kind: 'asked', isRefused: false }],
  ])
  devices.wasRefused()
  expect(devices.unplugs[0]?.state).toEqual({ kind: 'asked', isRefused: true })
  objects.set('/machine/peripheral', {})
  objects.delete('/machine/peripheral/nic1')
  at(5000)
  await devices.look()
  const left = { kind: 'netdev', id: 'net1', command: 'netdev_del', args: { id: 'net1' } }
  expect(devices.unplugs[0]?.state).toEqual({ kind: 'gone', at: 5000, left: [left] })
  expect(devicesIn(devices.read?.nodes ?? [])).toEqual([])
  setNetwork('')
  await devices.lookForLeftOvers()
  expect(devices.unplugs[0]?.state).toEqual({ kind: 'gone', at: 5000, left: [] })
  devices.forget('nic1')
  expect(devices.unplugs).toEqual([])
})

test('a machine without objects says why', async () => {
  const { devices, objects } = machine()
  objects.clear()
  await devices.refresh()
  expect([devices.read, devices.problem, devices.isReading]).toEqual([undefined, 'no such object', false])
})
