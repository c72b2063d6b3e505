import { expect, test } from 'vitest'
import { busPlaces, readTree } from './bus-places.ts'

const tree = `bus: main-system-bus
  type System
  dev: q35-pcihost, id ""
    MCFG = 2952790016 (0xb0000000)
    bus: pcie.0
      type PCIE
      dev: pcie-root-port, id "rp0"
        x-pci-express-writeable-slt-bug = false
        bus: rp0
          type PCIE
          dev: virtio-blk-pci, id "disk0"
            drive = "node0"
            bus: virtio-bus
              type virtio-pci-bus
              dev: virtio-blk-device, id ""
      dev: pcie-root-port, id "rp1"
        bus: rp1
          type PCIE
      dev: qemu-xhci, id "xhci"
        bus: xhci.0
          type usb-bus
          dev: usb-kbd, id ""
            port = ""
          dev: usb-tablet, id "tablet"
      dev: pcie-pci-bridge, id "bridge"
        bus: bridge
          type PCI
`.replaceAll('\n', '\r\n')

test('the buses of a tree, with what has them and what is on them', () => {
  const buses = readTree(tree)
  expect(buses.map((each) => `${each.owner?.driver ?? ''} ${each.name} ${each.type}`)).toEqual([
    ' main-system-bus System',
    'q35-pcihost pcie.0 PCIE',
    'pcie-root-port rp0 PCIE',
    'virtio-blk-pci virtio-bus virtio-pci-bus',
    'pcie-root-port rp1 PCIE',
    'qemu-xhci xhci.0 usb-bus',
    'pcie-pci-bridge bridge PCI',
  ])
  expect(buses[5]?.devices).toEqual([
    { driver: 'usb-kbd', id: '' },
    { driver: 'usb-tablet', id: 'tablet' },
  ])
})

test('free ones first, then those that are taken, by whom; last what takes nothing now', () => {
  expect(busPlaces(readTree(tree), (type) => /^PCIE?$/.test(type))).toEqual([
    { value: 'rp1', note: 'PCIE, nothing on it', group: 'Free' },
    { value: 'bridge', note: 'PCI, nothing on it', group: 'Free' },
    { value: 'rp0', note: 'PCIE, taken by disk0 (virtio-blk-pci)', group: 'Taken' },
    { value: 'pcie.0', note: 'PCIE, 4 devices on it', group: 'Take no device while the machine runs' },
  ])
  expect(busPlaces(readTree(tree), (type) => /^usb-bus$/.test(type))).toEqual([
    { value: 'xhci.0', note: 'usb-bus, 2 devices on it', group: 'Free' },
  ])
})

test('anything may be said', () => {
  expect(readTree('')).toEqual([])
  expect(readTree('type x\ndev: , id ""\nbus: \n  bus:   \n}')).toEqual([])
  const deep = Array.from({ length: 500 }, (_, level) => `${'  '.repeat(level)}bus: b${level}`).join('\n')
  expect(readTree(deep).length).toBe(100)
  const [only] = busPlaces(readTree(`bus: a\n  type T\n  dev: ${'d'.repeat(900)}, id ""`), () => true)
  expect(only?.note).toBe('T, 1 device on it')
})
