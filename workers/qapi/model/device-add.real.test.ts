/**
 * What the page says of the arguments of `device_add`, against what QEMU says: the installed one, which reads texts, and
 * the one of the backports, which reads JSON. The device misses its drive, so that none is made.
 */
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { backportsQemu } from '#lab/demo/other-qemu.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { readProperties, readsFromTexts, readsOnlyTexts, withProperties } from './device-schema.ts'
import { buildSchema, commandOf } from './schema.ts'
import { descOf, Monitor } from '../testing/monitor.ts'
import { validate } from '../check/validate.ts'
import { learnedWidth, readRefusal } from '../check/verdict.ts'
import { widthsOf } from '../check/widths.ts'

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
  ...[[{ iothread: 'io0', vqs: [70_000] }], [{ iothread: 'io0', vqs: [-1] }]],
]

/** QEMU waits with each refusal for about 20 ms, doing nothing: this number of them wait side by side. */
const atOnce = 8

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
      const machine = [
        '-machine',
        'pc',
        '-accel',
        'tcg',
        '-m',
        '64M',
        '-usb',
        '-S',
        '-L',
        '/usr/share/seabios',
      ]
      const running = await Promise.all(
        Array.from({ length: atOnce }, async (_, index) => {
          const vm = `${driver}-${name}-${index}`
          const child = await startQemu(folder.path, vm, {
            ...(program === undefined ? {} : { program }),
            machine,
          })
          const monitor = new Monitor(join(folder.path, `${vm}.qmp`))
          await monitor.run('qmp_capabilities')
          return { child, monitor }
        }),
      )
      const [{ monitor } = { monitor: undefined }] = running
      if (monitor === undefined) throw new Error('none is running')
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
        onlyTexts: readsOnlyTexts('device_add', { major, minor }),
      }
      const wrong: string[] = []
      const kinds = new Set<string>()
      const cases: { readonly args: JsonObject; readonly reply: Promise<JsonObject> }[] = []
      for (const member of members) {
        // Which device it is is no property.
        if (member === 'driver') continue
        const typed = properties.find((each) => each.name === member)
        const kind = typed === undefined ? member : `${typed.type} ${typed.description}`
        // The first member of a type stands for all.
        if (kinds.has(kind)) continue
        kinds.add(kind)
        for (const value of values) {
          const args = { driver, [member]: value }
          const asked = running[cases.length % running.length]?.monitor ?? monitor
          cases.push({ args, reply: asked.run('device_add', args) })
        }
      }
      for (const { args, reply } of cases) {
        const desc = descOf(await reply) ?? 'made'
        const issues = validate(schema, entity?.argType ?? '', args, options)
        // The device misses something, or another thing of that name does not exist: its arguments were read.
        const isRead = /not set|not found|No such|can't find|made/.test(desc)
        const refusal = readRefusal(desc)
        // A width that no description tells is learned of the refusal; those of items of lists are known.
        const isWidth =
          !Array.isArray(Object.values(args)[1]) &&
          refusal !== undefined &&
          learnedWidth(schema, entity?.argType ?? '', args, refusal) !== undefined
        const isRefused = (refusal !== undefined && !isWidth) || /expects 'on' or 'off'/.test(desc)
        if ((isRead && issues.length > 0) || (isRefused && issues.length === 0)) {
          wrong.push(`${printJson(args)}: QEMU: ${desc}; we: ${issues[0]?.message ?? 'fine'}`)
        }
      }
      for (const each of running) {
        each.monitor.close()
        await each.child.kill()
      }
      expect(wrong).toEqual([])
      expect(cases.length).toBeGreaterThan(100)
    },
  )
})
