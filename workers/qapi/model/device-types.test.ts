import { describe, expect, test } from 'vitest'
import { deviceTypes, isA, isBuiltIn, readTypes, whyNotAskAbout } from './device-types.ts'

const types = readTypes([
  { name: 'device', parent: 'object', abstract: true },
  { name: 'pci-device', parent: 'device', abstract: true },
  { name: 'virtio-pci', parent: 'pci-device', abstract: true },
  { name: 'virtio-vga-base', parent: 'virtio-pci', abstract: true },
  { name: 'virtio-vga', parent: 'virtio-vga-base' },
  { name: 'virtio-vga-gl', parent: 'virtio-vga-base' },
  { name: 'virtio-gpu-gl-pci', parent: 'virtio-pci' },
  { name: 'virtio-gpu-device', parent: 'device' },
  { name: 'vhost-user-fs-pci', parent: 'virtio-pci' },
  { name: 'vhost-user-fs-device', parent: 'device' },
  { name: 'qxl', parent: 'pci-device' },
  { name: 'iothread', parent: 'object' },
  { name: 'ring', parent: 'ring' },
  { name: 5 },
  'no type',
])

test.each([
  ['virtio-vga', /^$/],
  ['vhost-user-fs-pci', /^$/],
  ['qxl', /^$/],
  ['virtio-vga-gl', /part virtio-gpu-gl-device or virtio-gpu-gl, which this machine does not have/],
  ['virtio-gpu-gl-pci', /part virtio-gpu-gl-device/],
  ['virtio-vga-base', /no type of a device/],
  ['iothread', /no type of a device/],
  ['ring', /no type of a device/],
  ['constructor', /has no type constructor/],
  // In no module, whatever is listed.
  ['virtio-blk-pci', /^$/],
])('%s, where the types are known', (name, why) => {
  expect(whyNotAskAbout(types, name) ?? '').toMatch(why)
})

describe('where nobody had the types listed', () => {
  test.each(['virtio-vga-gl', 'virtio-vga', 'qxl', 'usb-host', 'virtio-bl', '', 'toString'])(
    '%j is left alone',
    (name) => {
      expect(whyNotAskAbout(undefined, name)).toMatch(/not asked about automatically/)
    },
  )

  test.each(['virtio-blk-pci', 'scsi-hd', 'qemu64-x86_64-cpu'])('%s is asked about', (name) => {
    expect(isBuiltIn(name)).toBe(true)
    expect(whyNotAskAbout(undefined, name)).toBeUndefined()
  })
})

test('devices that can be made, and chains that end nowhere', () => {
  expect(deviceTypes(types).map((each) => each.name)).toContain('qxl')
  expect(deviceTypes(types).map((each) => each.name)).not.toContain('virtio-pci')
  expect(isA(types, 'ring', 'device')).toBe(false)
})
