import { expect, test } from 'vitest'
import { freeId, plugPlan, removePlan, whyNotPlug } from './plug.ts'
import type { PlugChoice } from './plug.ts'

const choice: PlugChoice = {
  ...{
    id: 'x1',
    bus: 'rp1',
    driver: 'virtio-blk-pci',
    file: ' /a b.qcow2 ',
    format: 'qcow2',
    isReadOnly: false,
  },
  ...{ net: 'user', cpu: undefined, mebibytes: '256' },
}
const facts = { taken: new Set(['disk1']), hasProps: false }

const sent = (kind: Parameters<typeof plugPlan>[0], more: Partial<PlugChoice> = {}, hasProps = false) =>
  plugPlan(kind, { ...choice, ...more }, { ...facts, hasProps }).steps.map(({ name, args, undo }) => [
    `${name} ${JSON.stringify(args)}`,
    `${undo?.name ?? ''} ${JSON.stringify(undo?.args)}`,
  ])

test('a disk: file, node, device, each with its way back', () => {
  expect(sent('disk')).toEqual([
    [
      'blockdev-add {"driver":"file","node-name":"x1-file","filename":"/a b.qcow2"}',
      'blockdev-del {"node-name":"x1-file"}',
    ],
    [
      'blockdev-add {"driver":"qcow2","node-name":"x1-node","file":"x1-file"}',
      'blockdev-del {"node-name":"x1-node"}',
    ],
    [
      'device_add {"driver":"virtio-blk-pci","id":"x1","drive":"x1-node","bus":"rp1"}',
      'device_del {"id":"x1"}',
    ],
  ])
  expect(sent('disk', { isReadOnly: true })[0]?.[0]).toContain('"read-only":true')
})

test('a network card, a USB device, a CPU, memory', () => {
  const props = { 'socket-id': 0, 'core-id': 1 }
  const cpu = { type: 'qemu64-x86_64-cpu', props, words: '', path: undefined }
  expect(sent('nic', { driver: 'e1000' }).map(([each]) => each)).toEqual([
    'netdev_add {"type":"user","id":"x1-net"}',
    'device_add {"driver":"e1000","id":"x1","netdev":"x1-net","bus":"rp1"}',
  ])
  expect(sent('usb', { driver: 'usb-kbd', bus: '' }).map(([each]) => each)).toEqual([
    'device_add {"driver":"usb-kbd","id":"x1"}',
  ])
  expect(sent('cpu', { cpu, bus: '' }).map(([each]) => each)).toEqual([
    'device_add {"driver":"qemu64-x86_64-cpu","id":"x1","socket-id":0,"core-id":1}',
  ])
  expect(sent('memory')[0]?.[0]).toBe(
    'object-add {"qom-type":"memory-backend-ram","id":"x1-mem","size":268435456}',
  )
  // Before QEMU 6.0.
  expect(sent('memory', {}, true)[0]?.[0]).toContain('"props":{"size":268435456}')
})

test.each([
  ['disk', {}, undefined],
  ['disk', { id: 'disk1' }, /taken/],
  ['disk', { id: '' }, /begins with a letter/],
  ['disk', { id: '1a' }, /begins with a letter/],
  ['disk', { file: ' ' }, /path of the image/],
  ['cpu', {}, /free place/],
  ['memory', { mebibytes: '0' }, /MiB/],
  ['memory', { mebibytes: '1.5' }, /MiB/],
  ['memory', { mebibytes: '64' }, undefined],
] as const)('%s with %j: %s', (kind, more, why) => {
  const told = whyNotPlug(kind, { ...choice, ...more }, facts)
  if (why === undefined) expect(told).toBeUndefined()
  else expect(told).toMatch(why)
})

test('ids that are free, and what is left over removed in order', () => {
  expect([freeId('disk', facts.taken), freeId('memory', facts.taken)]).toEqual(['disk2', 'dimm1'])
  // What a device of that id left over is in the way of another one.
  expect(freeId('nic', new Set(['nic1-net']))).toBe('nic2')
  const left = { kind: 'netdev', id: 'n', command: 'netdev_del', args: { id: 'n' } } as const
  expect(removePlan('x', [left], () => undefined).steps).toEqual([{ name: 'netdev_del', args: { id: 'n' } }])
})
