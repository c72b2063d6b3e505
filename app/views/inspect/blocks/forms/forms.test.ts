/** What the forms of a part send; that QEMU takes it: forms.real.test.ts. */
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import { formsFor } from './forms.ts'
import { freeName, sizeIn, whyNoName } from './block-form.ts'

const node = (name: string, drv: string, children: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  ...{ 'node-name': name, drv, ro: false, file: `/img/${name}`, image: { 'virtual-size': 1 << 20 } },
  children: Object.entries(children).map(([child, to]) => ({ child, 'node-name': to })),
  ...more,
})

const graph = blockGraph({
  nodes: [
    node('s2', 'qcow2', { backing: 's1' }),
    node('s1', 'qcow2', { backing: 'base' }, { write_threshold: 5 }),
    node('base', 'qcow2'),
    node('free', 'raw'),
  ],
  devices: [
    { device: '', qdev: '/machine/peripheral/vd0/virtio-backend', inserted: { 'node-name': 's2', bps: 7 } },
    { device: '', qdev: 'cd0', removable: true },
  ],
  exports: [{ id: 'x', type: 'nbd', 'node-name': 'free' }],
})

function formOf(part: string, id: string) {
  const found = graph.parts.find((each) => each.id === part)
  const form = found === undefined ? undefined : formsFor(graph, found).find((each) => each.id === id)
  if (form === undefined) throw new Error(`${part} has no ${id}`)
  return form
}

/** The commands of a form with these values, a line each; or what is wrong. */
function sent(
  part: string,
  id: string,
  values: Readonly<Record<string, string>> = {},
): readonly string[] | string {
  const form = formOf(part, id)
  const filled = form.fields.map(({ name, value }) => [name, values[name] ?? value] as const)
  const action = form.build(new Map(filled))
  if (typeof action === 'string') return action
  return action.steps.map(({ name, args }) => `${name} ${JSON.stringify(args)}`)
}

describe('sizes and names', () => {
  test.each([
    ['4096', 4096n],
    ['64M', 67_108_864n],
    ['1.5 GiB', 1_610_612_736n],
    ['2kb', 2048n],
    ['', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['99999999999T', undefined],
  ])('%s', (text, size) => {
    expect(sizeIn(text)).toBe(size)
  })

  test('a name is free, and one that QEMU takes', () => {
    expect(freeName('#block12-copy', () => false)).toBe('nblock12-copy')
    expect(freeName('disk', (name) => name === 'disk' || name === 'disk2')).toBe('disk3')
    expect(whyNoName('disk0')).toBeUndefined()
    for (const wrong of ['', '0disk', 'a b', 'x'.repeat(32)]) expect(whyNoName(wrong)).toMatch(/begins with/)
  })
})

describe('a new image in the same flow', () => {
  test('a mirror makes the file, its format and its node, each job dismissed, then copies', () => {
    expect(sent('node:s2', 'mirror', { filename: '/img/new' })).toEqual([
      'blockdev-create {"job-id":"create-s2-copy-file","options":{"driver":"file","filename":"/img/new","size":0}}',
      'job-dismiss {"id":"create-s2-copy-file"}',
      'blockdev-add {"node-name":"s2-copy-file","driver":"file","filename":"/img/new"}',
      'blockdev-create {"job-id":"create-s2-copy","options":{"driver":"qcow2","file":"s2-copy-file","size":1048576}}',
      'job-dismiss {"id":"create-s2-copy"}',
      'blockdev-add {"node-name":"s2-copy","driver":"qcow2","file":"s2-copy-file"}',
      'blockdev-mirror {"job-id":"mirror-s2-copy","device":"s2","target":"s2-copy","sync":"full"}',
    ])
  })

  test('raw needs no second job', () => {
    expect(sent('node:s2', 'backup', { filename: '/img/new', format: 'raw' })).toHaveLength(5)
  })

  test('an overlay says what it stands on, and is opened on nothing', () => {
    const lines = sent('node:s2', 'snapshot', { filename: '/img/over' })
    expect(lines[3]).toContain('"backing-file":"/img/s2","backing-fmt":"qcow2"')
    expect(lines[5]).toContain('"backing":null')
    expect(lines[6]).toBe('blockdev-snapshot {"node":"s2","overlay":"s2-snap"}')
  })

  test.each([
    [{ filename: ' ' }, /needs a path/],
    [{ filename: '/a', node: '9' }, /begins with/],
  ])('%o is refused', (values: Record<string, string>, words) => {
    expect(sent('node:s2', 'mirror', values)).toMatch(words)
  })
})

describe('chains', () => {
  test('a commit into the middle, with what it leaves', () => {
    expect(sent('node:s1', 'commit')).toEqual([
      'block-commit {"job-id":"commit-s1","device":"s2","top-node":"s1","base-node":"base"}',
    ])
    const preview = formOf('node:s1', 'commit').preview?.(
      new Map([
        ['top', 's1'],
        ['base', 'base'],
      ]),
    )
    expect(preview).toMatchObject({ before: ['s2', 's1', 'base'], after: ['s2', 'base'] })
    expect(sent('node:s1', 'commit', { top: 'base', base: 's2' })).toMatch(/below the top/)
  })

  test('the base alone offers the pair above it; an image alone cannot be committed', () => {
    expect(sent('node:base', 'commit')).toEqual(sent('node:s1', 'commit'))
    expect(formOf('node:free', 'commit').why).toMatch(/stands on no other/)
  })

  test('a stream', () => {
    expect(sent('node:s2', 'stream', { base: 'base' })).toEqual([
      'block-stream {"job-id":"stream-s2","device":"s2","base-node":"base"}',
    ])
    expect(sent('node:s2', 'stream')).toEqual(['block-stream {"job-id":"stream-s2","device":"s2"}'])
  })
})

describe('one part', () => {
  test.each<[string, string, Record<string, string>, readonly string[]]>([
    ['node:s2', 'resize', { size: '2M' }, ['block_resize {"node-name":"s2","size":2097152}']],
    [
      'node:free',
      'export',
      { at: 'localhost:10809' },
      [
        'nbd-server-start {"addr":{"type":"inet","data":{"host":"localhost","port":"10809"}}}',
        'block-export-add {"type":"nbd","id":"free-nbd","name":"free-nbd","node-name":"free"}',
      ],
    ],
    ['export:x', 'unexport', {}, ['block-export-del {"id":"x","mode":"hard"}']],
    ['node:free', 'bitmap', {}, ['block-dirty-bitmap-add {"node":"free","name":"bitmap0"}']],
    [
      'node:s1',
      'threshold',
      { size: '1G' },
      ['block-set-write-threshold {"node-name":"s1","write-threshold":1073741824}'],
    ],
    ['device:cd0', 'histogram', { what: 'end' }, ['block-latency-histogram-set {"id":"cd0"}']],
    ['device:cd0', 'medium', {}, ['eject {"id":"cd0"}']],
    ['node:s2', 'delete', {}, ['blockdev-del {"node-name":"s2"}']],
  ])('%s: %s', (part, id, values, commands) => {
    expect(sent(part, id, values)).toEqual(commands)
  })

  test('a limit is taken back to what was there', () => {
    const form = formOf('device:/machine/peripheral/vd0/virtio-backend', 'throttle')
    const action = form.build(
      new Map([
        ['bps', '1M'],
        ['iops', '0'],
      ]),
    )
    expect(typeof action === 'string' ? [] : action.steps).toMatchObject([
      { args: { bps: 1_048_576, iops: 0 }, undo: { args: { bps: 7, iops: 0 } } },
    ])
  })

  test('a node that is held says by whom, and cannot be deleted', () => {
    expect(formOf('node:s2', 'delete').why).toBe('held by device vd0 (root)')
    expect(formOf('node:free', 'delete').why).toBe('held by nbd export x (root)')
  })
})
