/**
 * What the page says of the arguments of `device_add`, against what QEMU says: the installed one, which reads texts, and
 * the one of the backports, which reads JSON. The device misses its drive, so that none is made.
 */
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { backportsQemu } from '../../lab/other-qemu.ts'
import { killStartedIn, startQemu, temporaryFolder } from '../../lab/testing.ts'
import { printJson } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { readProperties, readsFromTexts, withProperties } from './device-schema.ts'
import { buildSchema, commandOf } from './schema.ts'
import { descOf, Monitor } from './testing/monitor.ts'
import { validate } from './validate.ts'
import { learnedWidth, readRefusal } from './verdict.ts'
import { widthsOf } from './widths.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

const values: readonly Json[] = [
  ...[5, -1, 0, 65_536, 4_294_967_296, 1.5, true, false, null],
  ...[
    '',
    '5',
    ' 5',
    '0x10',
    '-1',
    '4k',
    '0.5k',
    '1-3',
    'on',
    'off',
    'yes',
    'n',
    'TRUE',
    'auto',
    'words',
    'x',
  ],
  ...[[], {}, [5], ['x'], [{ iothread: 'io0' }], [{ iothread: 'io0', vqs: ['a'] }], [{ bogus: 1 }]],
]

const other = backportsQemu()
const servers: readonly (readonly [
  name: string,
  program: string | undefined,
  version: readonly [number, number],
])[] = [
  ['installed', undefined, [7, 2]],
  ...(other.kind === 'there'
    ? ([
        [
          other.version,
          other.program,
          [Number(other.version.split('.')[0]), Number(other.version.split('.')[1])],
        ],
      ] as const)
    : []),
]

describe.each(servers)('QEMU %s', (name, program, [major, minor]) => {
  test.each(['virtio-blk-pci'])(
    '%s: every property with every kind of value',
    { timeout: 120_000 },
    async (driver) => {
      const vm = `${driver}-${name}`
      const child = await startQemu(folder.path, vm, {
        ...(program === undefined ? {} : { program }),
        machine: ['-machine', 'pc', '-accel', 'tcg', '-m', '64M', '-usb', '-S', '-L', '/usr/share/seabios'],
      })
      const monitor = new Monitor(join(folder.path, `${vm}.qmp`))
      await monitor.run('qmp_capabilities')
      const built = buildSchema((await monitor.run('query-qmp-schema')).return ?? null)
      if (!built.ok) throw new Error(built.error)
      const properties = readProperties(
        (await monitor.run('device-list-properties', { typename: driver })).return ?? null,
      )
      expect(properties.length).toBeGreaterThan(10)
      const schema = withProperties(built.value, 'device_add', driver, properties)
      const entity = commandOf(schema, 'device_add')
      const type = entity === undefined ? undefined : schema.byName.get(entity.argType)
      const members = type?.kind === 'object' ? type.members.map((each) => each.name) : []
      const options = {
        widthOf: widthsOf(schema, {}),
        texts: readsFromTexts('device_add', { major, minor }),
      }
      const wrong: string[] = []
      let tried = 0
      const kinds = new Set<string>()
      for (const member of members) {
        // Where it is put and what it is called is no property.
        if (member === 'driver' || member === 'id' || member === 'bus') continue
        const typed = properties.find((each) => each.name === member)
        const kind = `${typed?.type ?? ''} ${typed?.description ?? ''}`
        // Each refusal takes QEMU about 20 ms (it waits for its RCU thread): the first member of a type stands for all.
        if (kinds.has(kind)) continue
        kinds.add(kind)
        const replies = values.map((value) => monitor.run('device_add', { driver, [member]: value }))
        for (const [index, value] of values.entries()) {
          const args = { driver, [member]: value }
          const desc = descOf((await replies[index]) ?? {}) ?? 'made'
          const issues = validate(schema, entity?.argType ?? '', args, options)
          tried += 1
          // The device misses something, or another thing of that name does not exist: its arguments were read.
          const isRead = /not set|not found|No such|can't find|made/.test(desc)
          const refusal = readRefusal(desc)
          // A width that no description tells is learned of the refusal.
          const isWidth =
            refusal !== undefined && learnedWidth(schema, entity?.argType ?? '', args, refusal) !== undefined
          const isRefused = (refusal !== undefined && !isWidth) || /expects 'on' or 'off'/.test(desc)
          if ((isRead && issues.length > 0) || (isRefused && issues.length === 0)) {
            wrong.push(`${printJson(args)}: QEMU: ${desc}; we: ${issues[0]?.message ?? 'fine'}`)
          }
        }
      }
      monitor.close()
      await child.kill()
      expect(wrong).toEqual([])
      expect(tried).toBeGreaterThan(100)
    },
  )
})
