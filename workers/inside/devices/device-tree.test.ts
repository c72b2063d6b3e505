import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyJson } from '#base/testing/any-json.ts'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import { busesIn, devicesIn, kindOfObject, placeDevices } from './device-tree.ts'
import type { DeviceReading, PlacedNode } from './device-tree.ts'
import { cpuPlaces, leftOver, memoryDevices, memoryRoom, netdevsIn, whyStillThere } from './slots.ts'

const reading = (path: string, type: string, values: Readonly<Record<string, Json>>): DeviceReading => ({
  path,
  type,
  kind: 'hotplug-handler' in values ? 'bus' : 'device',
  values: new Map(Object.entries(values)),
})
const dev = (path: string, type: string, bus: string, more: Readonly<Record<string, Json>> = {}) =>
  reading(path, type, { parent_bus: bus, ...more })
const bus = (path: string, type: string, handler = '') => reading(path, type, { 'hotplug-handler': handler })

/** A tree as indented lines. */
function drawn(nodes: readonly PlacedNode[], indent = ''): string[] {
  return nodes.flatMap(({ at, inside }) => [
    `${indent}${at.kind === 'bus' ? `[${at.name} ${at.room}]` : `${at.address ?? '-'} ${at.id ?? at.driver}`}`,
    ...drawn(inside, `${indent}  `),
  ])
}

const q35: readonly DeviceReading[] = [
  dev('/machine/q35', 'q35-pcihost', '/machine/unattached/sysbus'),
  bus('/machine/unattached/sysbus', 'System'),
  bus('/machine/q35/pcie.0', 'PCIE'),
  dev('/machine/q35/mch', 'mch', '/machine/q35/pcie.0', { addr: 0 }),
  dev('/machine/peripheral/rp1', 'pcie-root-port', '/machine/q35/pcie.0', { addr: 16, hotpluggable: false }),
  bus('/machine/peripheral/rp1/rp1', 'PCIE', '/machine/peripheral/rp1'),
  dev('/machine/peripheral/rp0', 'pcie-root-port', '/machine/q35/pcie.0', { addr: 8 }),
  bus('/machine/peripheral/rp0/rp0', 'PCIE', '/machine/peripheral/rp0'),
  dev('/machine/peripheral/vd0', 'virtio-blk-pci', '/machine/peripheral/rp0/rp0', {
    addr: 0,
    drive: 'n0',
    iothread: '/objects/io0',
    hotpluggable: true,
  }),
  bus('/machine/peripheral/vd0/virtio-bus', 'virtio-pci-bus'),
  dev('/machine/peripheral/vd0/virtio-backend', 'virtio-blk-device', '/machine/peripheral/vd0/virtio-bus'),
  dev('/machine/unattached/device[15]', 'ich9-ahci', '/machine/q35/pcie.0', { addr: 250 }),
  dev('/machine/unattached/device[0]', 'qemu64-x86_64-cpu', ''),
  dev('/machine/unattached/device[0]/lapic', 'apic', ''),
]
const pci: Json = [
  {
    bus: 0,
    devices: [
      { bus: 0, slot: 31, function: 2, qdev_id: '', class_info: { class: 262, desc: 'SATA controller' } },
      {
        ...{ bus: 0, slot: 1, function: 0, qdev_id: 'rp0', class_info: { desc: 'PCI bridge' } },
        pci_bridge: {
          devices: [
            { bus: 1, slot: 0, function: 0, qdev_id: 'vd0', class_info: { desc: 'SCSI controller' } },
          ],
        },
      },
    ],
  },
]

test('each device on its bus, each bus at its device; free and taken ports', () => {
  const tree = placeDevices(q35, pci)
  expect(drawn(tree)).toEqual([
    '- qemu64-x86_64-cpu',
    '  - apic',
    '[sysbus fixed]',
    '  - q35-pcihost',
    '    [pcie.0 fixed]',
    '      00.0 mch',
    '      01.0 rp0',
    '        [rp0 taken]',
    '          00.0 vd0',
    '            [virtio-bus fixed]',
    '              - virtio-blk-device',
    '      02.0 rp1',
    '        [rp1 free]',
    '      1f.2 ich9-ahci',
  ])
  const devices = devicesIn(tree)
  expect(devices.find(({ driver }) => driver === 'ich9-ahci')?.about).toBe('SATA controller')
  const disk = devices.find(({ id }) => id === 'vd0')
  expect([disk?.about, disk?.isHotpluggable, disk?.uses]).toEqual([
    'SCSI controller',
    true,
    [
      { kind: 'drive', id: 'n0' },
      { kind: 'iothread', id: 'io0' },
    ],
  ])
  expect(
    busesIn(tree)
      .filter(({ room }) => room === 'free')
      .map(({ name }) => name),
  ).toEqual(['rp1'])
})

test('a PCI bus takes devices by its own bridge, or where ACPI counts it: pcie.0 of a newer q35 has a handler and takes none', () => {
  const [acpi, counted] = ['/machine/unattached/device[2]', { 'acpi-pcihp-bsel': 0 }]
  const room = (path: string, type: string, handler: string, more: Readonly<Record<string, Json>> = {}) =>
    busesIn(placeDevices([reading(path, type, { 'hotplug-handler': handler, ...more })], [])).map(
      (each) => each.room,
    )
  expect(room('/machine/q35/pcie.0', 'PCIE', acpi)).toEqual(['fixed'])
  expect(room('/machine/i440fx/pci.0', 'PCI', acpi, counted)).toEqual(['free'])
  expect(room('/machine/peripheral/rp0/rp0', 'PCIE', acpi, counted)).toEqual(['free'])
  expect(room('/machine/peripheral/rp0/rp0', 'PCIE', '/machine/peripheral/rp0')).toEqual(['free'])
  expect(room('/machine/peripheral/usb0/usb0.0', 'usb-bus', '/machine/peripheral/usb')).toEqual(['free'])
})

test.each([
  [['type', 'parent_bus', 'realized'], 'device'],
  [['type', 'realized', 'hotplug-handler'], 'bus'],
  [['type', 'size'], undefined],
])('%j is a %s', (names, kind) => expect(kindOfObject(new Set(names))).toBe(kind))

test('devices that stand on each other: each has one place, none is lost', () => {
  const path = fc.constantFrom('/a', '/a/b', '/a/b/c', '/d', '/d/e', '/f')
  const one = fc.record({
    path,
    isBus: fc.boolean(),
    on: fc.oneof(path, fc.constant(''), anyJson()),
    addr: anyJson(),
  })
  fc.assert(
    fc.property(fc.uniqueArray(one, { selector: (each) => each.path }), anyJson(), (all, reply) => {
      const readings = all.map((each) =>
        each.isBus
          ? reading(each.path, 't', { 'hotplug-handler': each.on })
          : reading(each.path, 't', { parent_bus: each.on, addr: each.addr }),
      )
      const tree = placeDevices(readings, reply)
      const paths = [...busesIn(tree), ...devicesIn(tree)].map((each) => each.path)
      expect(paths.toSorted()).toEqual(readings.map((each) => each.path).toSorted())
    }),
    { numRuns: runs(2000) },
  )
})

test('places of CPUs by their numbers, free ones without a path', () => {
  const props = (core: number) => ({ 'socket-id': 0, 'core-id': core, 'thread-id': 0, 'node-id': 0 })
  const places = cpuPlaces([
    { type: 'cpu', props: props(10), 'vcpus-count': 1 },
    { type: 'cpu', props: props(2), 'vcpus-count': 1, 'qom-path': '/machine/x' },
    'x',
    { type: 'cpu' },
  ])
  expect(places.map(({ words, path }) => [words, path])).toEqual([
    ['socket 0, core 2, thread 0', '/machine/x'],
    ['socket 0, core 10, thread 0', undefined],
  ])
})

test('memory devices and the room for more', () => {
  expect(
    memoryDevices([
      { type: 'dimm', data: { id: 'd1', size: 64, slot: 0, memdev: '/objects/m1', hotplugged: true } },
      7,
    ]),
  ).toEqual([{ id: 'd1', kind: 'dimm', size: 64, slot: 0, memdev: 'm1', wasHotplugged: true }])
  expect(memoryRoom({ size: 10, slots: 4, 'max-size': 20 })).toEqual({ size: 10, slots: 4, most: 20 })
  expect(memoryRoom('x')).toBeUndefined()
})

test('what is left over is what is still there', () => {
  const nets = netdevsIn(
    'nic0: index=0,type=nic,model=virtio-net-pci\r\n \\ net0: index=0,type=user,net=10.0.2.0\r\nnet1: index=0,type=user',
  )
  expect([...nets]).toEqual(['net0', 'net1'])
  const there = {
    netdevs: nets,
    nodes: new Set(['n0']),
    chardevs: new Set<string>(),
    objects: new Set(['m1']),
  }
  const left = leftOver(
    [
      { kind: 'netdev', id: 'net1' },
      { kind: 'drive', id: 'gone' },
      { kind: 'chardev', id: 'c0' },
      { kind: 'memdev', id: 'm1' },
      { kind: 'iothread', id: 'io0' },
    ],
    there,
  )
  expect(left.map(({ command, args }) => [command, args])).toEqual([
    ['netdev_del', { id: 'net1' }],
    ['object-del', { id: 'm1' }],
  ])
})

test.each([
  [{ isPaused: true }, /paused.*reset of the machine.*completes/],
  [{ isPaused: true, isPci: false }, /paused(?!.*system_reset)/],
  [{ seconds: 1 }, /a moment/],
  [{ seconds: 20 }, /may still be starting.*system_reset/],
  [{ isRefused: true }, /^The guest refused/],
  [{ seconds: 20, isMemory: true }, /in this memory/],
])('%j: what helps', (about, words) => {
  const all = { isPaused: false, isPci: true, isMemory: false, isRefused: false, seconds: 0 }
  expect(whyStillThere({ ...all, ...about })).toMatch(words)
})

test('any reply is read without a throw', () => {
  fc.assert(
    fc.property(anyJson(), fc.string(), (json, text) => {
      cpuPlaces(json)
      memoryDevices(json)
      memoryRoom(json)
      netdevsIn(text)
      placeDevices([], json)
    }),
    { numRuns: runs(500) },
  )
})
