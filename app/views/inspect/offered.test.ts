/**
 * What each part asks of four versions of QEMU and of the storage daemon: only commands that the server's schema has, with
 * arguments that it takes. What the parts send is in offered-actions.test.ts.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from './asking.ts'
import { BlockWatch } from './blocks/block-watch.svelte.ts'
import { makeCpus } from './cpus/cpus-of.svelte.ts'
import { makeDevices } from './devices/devices-of.svelte.ts'
import { inspectParts, whyNoPart } from './inspect-parts.ts'
import { MigrationWatch } from './migration/migration-watch.svelte.ts'
import { makeObjects } from './objects/objects-of.svelte.ts'
import { makeStatsBoard } from './stats/stats-board.svelte.ts'
import { daemon, servers, wrong } from './testing/servers.ts'

/** A machine of a schema that answers each query with next to nothing, and keeps what it was asked. */
function machineOf(schema: Schema): { machine: Machine; asked: [string, JsonObject | undefined][] } {
  const asked: [string, JsonObject | undefined][] = []
  const replies: ReadonlyMap<string, Json> = new Map<string, Json>([
    ['query-status', { status: 'paused', running: false }],
    ['query-migrate', {}],
    ['query-migrate-parameters', {}],
    ['query-cpus-fast', [{ 'cpu-index': 0 }]],
    ['query-balloon', { actual: 1 }],
    ['query-stats-schemas', []],
    ['human-monitor-command', 'CPU#0\r\nEAX=00000001'],
  ])
  const list = (path: unknown): Json =>
    path === '/machine/peripheral'
      ? [{ name: 'b', type: 'child<virtio-balloon-pci>' }]
      : [{ name: 'type', type: 'string' }]
  const answer = (name: string, args?: JsonObject): Promise<unknown> => {
    asked.push([name, args])
    if (commandOf(schema, name) === undefined) return Promise.resolve(err('CommandNotFound'))
    return Promise.resolve(ok(name === 'qom-list' ? list(args?.path) : (replies.get(name) ?? [])))
  }
  const made = new Map<unknown, unknown>()
  const machine = {
    ...{ fromFile: false, isReady: true, connectionSince: 1, schema: { kind: 'ready', schema } },
    commands: { call: answer, callAgain: answer },
    record: { watchEvents: () => () => undefined },
    of: (make: (machine: unknown) => unknown): unknown => {
      if (!made.has(make)) made.set(make, make(machine))
      return made.get(make)
    },
  }
  return { machine: machine as unknown as Machine, asked }
}

/** What the parts without a class of their own ask, by their files: their effects run in a browser only. */
const componentQueries: Readonly<Record<string, readonly (readonly [name: string, args?: JsonObject])[]>> = {
  'jobs/JobsPart.svelte': [['query-jobs'], ['query-block-jobs']],
  'snapshots/SnapshotsPart.svelte': [['query-block'], ['query-named-block-nodes', { flat: true }]],
  'cpus/SizesPanel.svelte': [
    ...([['query-memory-size-summary'], ['query-memory-devices'], ['query-memdev']] as const),
    ['human-monitor-command', { 'command-line': 'info numa' }],
  ],
  'cpus/DumpPanel.svelte': [['query-dump-guest-memory-capability'], ['query-dump']],
  'cpus/BalloonPanel.svelte': [
    ...([['qom-list', { path: '/machine/peripheral' }], ['query-balloon']] as const),
    ['qom-get', { path: '/x', property: 'guest-stats' }],
  ],
  'objects/ObjectPage.svelte': [['device-list-properties', { typename: 'x' }]],
  'migration/MigrationSides.svelte': [['query-migrate']],
  'monitor/MonitorPart.svelte': [['human-monitor-command', { 'command-line': 'help info' }]],
}

/** The readers of the parts that have one, each asked once for all that it ever asks. */
const readers: Readonly<Record<string, (machine: Machine) => Promise<unknown>>> = {
  blocks: (machine) => new BlockWatch(machine).ask(),
  devices: (machine) => makeDevices(machine).refresh(),
  objects: async (machine) => {
    const objects = makeObjects(machine)
    await objects.read('/')
    await objects.readAll(true)
  },
  cpus: async (machine) => {
    const cpus = makeCpus(machine)
    await cpus.refresh()
    await cpus.read(0)
  },
  stats: async (machine) => {
    const board = makeStatsBoard(machine)
    board.show([
      'block/device/wr_bytes',
      'balloon/vm/actual',
      'balloon/guest/stat-free-memory',
      'dirty-rate/vm/dirty-rate',
    ])
    await board.ask(1000)
  },
  migration: (machine) => new MigrationWatch(machine).ask(),
}

/** The names of what a reader asks of a server, in their order. */
async function namesAsked(file: string, part: string): Promise<readonly string[]> {
  const { machine, asked } = machineOf(loadSchema(file))
  await readers[part]?.(machine)
  return [...new Set(asked.map(([name]) => name))]
}

describe.each(servers)('%s', (file) => {
  const schema = loadSchema(file)

  test('no part asks what it does not have, nor with arguments that it does not take', async () => {
    const problems: string[] = []
    for (const read of Object.values(readers)) {
      const { machine, asked } = machineOf(schema)
      await read(machine)
      problems.push(...asked.flatMap(([name, args]) => wrong(schema, name, args)))
    }
    for (const each of Object.values(componentQueries).flat()) {
      const { machine, asked } = machineOf(schema)
      await askerOf(machine).again(each[0], each[1])
      problems.push(...asked.flatMap(([name, args]) => wrong(schema, name, args)))
    }
    expect(problems).toEqual([])
  })
})

test('the parts of each server, and why one has none', () => {
  const absent = (file: string): readonly string[] => {
    const { byName } = loadSchema(file)
    return inspectParts
      .filter((part) => whyNoPart(part, (name) => byName.has(name)) !== undefined)
      .map(({ id }) => id)
  }
  expect(servers.slice(0, 4).map(absent)).toEqual([[], [], [], []])
  // A daemon of disks has no guest: what a machine has besides is not there.
  expect(absent(daemon)).toEqual(['devices', 'cpus', 'snapshots', 'migration', 'monitor'])
})

test('what each part asks of a server: by what it has, not by its version', async () => {
  const table = Object.fromEntries(
    await Promise.all(
      Object.keys(readers).map(
        async (part) =>
          [
            part,
            Object.fromEntries(
              await Promise.all(
                servers.map(
                  async (file) =>
                    [file.replace(/-x86_64$/, ''), (await namesAsked(file, part)).join(' ')] as const,
                ),
              ),
            ),
          ] as const,
      ),
    ),
  )
  expect(table).toMatchInlineSnapshot(`
    {
      "blocks": {
        "qemu-10.0": "query-blockstats query-jobs query-block-jobs query-named-block-nodes query-block query-block-exports x-debug-query-block-graph",
        "qemu-11.1": "query-blockstats query-jobs query-block-jobs query-named-block-nodes query-block query-block-exports x-debug-query-block-graph",
        "qemu-5.2": "query-blockstats query-jobs query-block-jobs query-named-block-nodes query-block query-block-exports x-debug-query-block-graph",
        "qemu-7.2": "query-blockstats query-jobs query-block-jobs query-named-block-nodes query-block query-block-exports x-debug-query-block-graph",
        "qemu-storage-daemon-7.2": "query-blockstats query-jobs query-block-jobs query-named-block-nodes query-block query-block-exports x-debug-query-block-graph",
      },
      "cpus": {
        "qemu-10.0": "query-cpus-fast query-hotpluggable-cpus query-status human-monitor-command",
        "qemu-11.1": "query-cpus-fast query-hotpluggable-cpus query-status human-monitor-command",
        "qemu-5.2": "query-cpus-fast query-hotpluggable-cpus query-status human-monitor-command",
        "qemu-7.2": "query-cpus-fast query-hotpluggable-cpus query-status human-monitor-command",
        "qemu-storage-daemon-7.2": "",
      },
      "devices": {
        "qemu-10.0": "qom-list query-pci query-hotpluggable-cpus query-memory-devices qom-get",
        "qemu-11.1": "qom-list query-pci query-hotpluggable-cpus query-memory-devices qom-get",
        "qemu-5.2": "qom-list query-pci query-hotpluggable-cpus query-memory-devices qom-get",
        "qemu-7.2": "qom-list query-pci query-hotpluggable-cpus query-memory-devices qom-get",
        "qemu-storage-daemon-7.2": "qom-list qom-get",
      },
      "migration": {
        "qemu-10.0": "query-migrate query-migrate-capabilities query-migrate-parameters",
        "qemu-11.1": "query-migrate query-migrate-capabilities query-migrate-parameters",
        "qemu-5.2": "query-migrate query-migrate-capabilities query-migrate-parameters",
        "qemu-7.2": "query-migrate query-migrate-capabilities query-migrate-parameters",
        "qemu-storage-daemon-7.2": "",
      },
      "objects": {
        "qemu-10.0": "qom-list qom-get",
        "qemu-11.1": "qom-list qom-list-get qom-get",
        "qemu-5.2": "qom-list qom-get",
        "qemu-7.2": "qom-list qom-get",
        "qemu-storage-daemon-7.2": "qom-list qom-get",
      },
      "stats": {
        "qemu-10.0": "query-stats-schemas query-balloon qom-list query-cpus-fast query-blockstats qom-get query-dirty-rate",
        "qemu-11.1": "query-stats-schemas query-balloon qom-list query-cpus-fast query-blockstats qom-get query-dirty-rate",
        "qemu-5.2": "query-balloon qom-list query-cpus-fast query-blockstats qom-get query-dirty-rate",
        "qemu-7.2": "query-stats-schemas query-balloon qom-list query-cpus-fast query-blockstats qom-get query-dirty-rate",
        "qemu-storage-daemon-7.2": "query-blockstats",
      },
    }
  `)
})

test('the table of what components ask has each of them', () => {
  const folder = import.meta.dirname
  const asking = /\b(?:ask|again|get|callAgain)\(\s*'((?:query|qom|device|human)-[\w-]+)'/g
  const found = Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.svelte'))
      .flatMap((each) => {
        const names = [...readFileSync(join(folder, each), 'utf8').matchAll(asking)].map(([, name]) => name)
        return names.length === 0 ? [] : [[each, [...new Set(names)].toSorted()] as const]
      }),
  )
  const table = Object.entries(componentQueries).map(
    ([each, list]) => [each, [...new Set(list.map(([name]) => name))].toSorted()] as const,
  )
  expect(found).toEqual(Object.fromEntries(table))
})
