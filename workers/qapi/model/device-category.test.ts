import { expect, test } from 'vitest'
import { deviceCategory, isPluggable } from './device-category.ts'
import type { DeviceCategory } from './device-category.ts'
import { readTypes } from './device-types.ts'

test.each<[string, DeviceCategory, boolean]>([
  ['virtio-blk-pci', 'Storage', true],
  ['scsi-hd', 'Storage', true],
  ['ide-hd', 'Storage', false],
  ['virtio-net-pci-transitional', 'Network', true],
  ['e1000e', 'Network', true],
  ['usb-tablet', 'Input and serial', true],
  ['qemu-xhci', 'USB controllers', true],
  ['ich9-usb-uhci1', 'USB controllers', false],
  ['virtio-vga', 'Display', false],
  ['pc-dimm', 'Memory', true],
  ['virtio-mem-pci', 'Memory', true],
  ['host-x86_64-cpu', 'CPUs', true],
  ['vfio-pci', 'Devices of the host', true],
  ['vfio-pci-nohotplug', 'Devices of the host', false],
  ['pcie-root-port', 'Ports and bridges', true],
  ['pxb-pcie', 'Ports and bridges', false],
  ['pci-testdev', 'Other', true],
  // Only in old versions, and only in new ones.
  ['ide-drive', 'Storage', false],
  ['scsi-disk', 'Storage', true],
  ['virtio-sound-pci', 'Sound', true],
  ['vhost-user-snd-pci', 'Sound', true],
  ['vhost-user-vsock-pci', 'Network', true],
  ['vhost-user-spi-pci', 'Input and serial', true],
  ['virtio-balloon-pci', 'Memory', true],
  ['vfio-user-pci', 'Devices of the host', true],
  ['ufs', 'Storage', false],
  ['igb', 'Network', true],
  ['some-new-thing-pci', 'Other', true],
  ['no-such', 'Other', false],
])('%s by its name: %s, %s', (name, category, pluggable) => {
  expect(deviceCategory(name, undefined)).toBe(category)
  expect(isPluggable(name, undefined)).toBe(pluggable)
})

test('with the types of the machine by their parents', () => {
  const types = readTypes([
    { name: 'new-disk', parent: 'scsi-device' },
    { name: 'new-card', parent: 'pci-device' },
    { name: 'new-clock', parent: 'sys-bus-device' },
    { name: 'circle', parent: 'circle' },
  ])
  expect([deviceCategory('new-disk', types), isPluggable('new-disk', types)]).toEqual(['Storage', true])
  expect([deviceCategory('new-card', types), isPluggable('new-card', types)]).toEqual(['Other', true])
  expect([deviceCategory('new-clock', types), isPluggable('new-clock', types)]).toEqual(['Other', false])
  expect([deviceCategory('circle', types), isPluggable('circle', types)]).toEqual(['Other', false])
  expect(isPluggable(`${'a'.repeat(1000)}-pci`, undefined)).toBe(false)
})
