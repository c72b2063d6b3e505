/** Recorded versions compared: nothing that differs is left out, and what is told was checked by eye against QEMU. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { verdicts } from './rules.ts'
import type { RuleId } from './rules.ts'
import { compareSchemas } from './compare.ts'
import type { SchemaChange, SchemaComparison } from './compare.ts'
import type { Schema } from '../model/schema.ts'
import { loadList, loadSchema, schemaOf } from '../testing/load.ts'

const files = [
  'qemu-5.2-x86_64',
  'qemu-7.2-x86_64',
  'qemu-10.0-x86_64',
  'qemu-11.1-x86_64',
  'qemu-storage-daemon-7.2',
]

const found = (comparison: Pick<SchemaComparison, 'changes'>, rule: RuleId): SchemaComparison['changes'] =>
  comparison.changes.filter((each) => each.rule === rule)

/** The same schema with other numbers, in another order. */
function shuffled(list: readonly JsonObject[], seed: readonly number[]): Json {
  const order = <Item>(items: readonly Item[], salt: number): Item[] =>
    items
      .map((item, index) => ({
        item,
        at: ((seed[(index + salt) % seed.length] ?? 0) * 7919 + index * salt) % 10_007,
      }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const hidden = list
    .map((each) => each.name)
    .filter((name): name is string => typeof name === 'string' && /^\d+$/.test(name))
  const numbers = new Map(order(hidden, 3).map((name, index) => [name, String(index + 5000)]))
  const rename = (name: Json): Json =>
    typeof name !== 'string'
      ? name
      : name.replace(
          /^(\[*)(\d+)(\]*)$/,
          (_all, a: string, n: string, b: string) => `${a}${numbers.get(n) ?? n}${b}`,
        )
  const walk = (value: Json, key: string): Json => {
    if (Array.isArray(value))
      return order(value as readonly Json[], key.length + 1).map((each) => walk(each, key))
    if (isJsonObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name,
          ['arg-type', 'ret-type', 'element-type', 'type'].includes(name)
            ? rename(member)
            : walk(member, name),
        ]),
      )
    }
    return value
  }
  return order(list, 11).map((each) => ({ ...(walk(each, '') as JsonObject), name: rename(each.name ?? '') }))
}

describe.each(files)('%s', (file) => {
  const list = loadList(file)

  test('is equal to itself under any renumbering and reordering', () => {
    const schema = schemaOf(list)
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 5, maxLength: 50 }), (seed) => {
        const other = schemaOf(shuffled(list, seed))
        expect(other.entities.length).toBe(schema.entities.length)
        expect(compareSchemas(schema, other).changes).toEqual([])
      }),
      { numRuns: runs(5) },
    )
  })
})

/** Everything that can be reached, as paths from commands and events; types that stand in themselves end there. */
function pathsOf(schema: Schema): ReadonlySet<string> {
  const paths = new Set<string>()
  const walk = (type: string, path: string, within: readonly string[]): void => {
    const entity = schema.byName.get(type)
    if (entity === undefined || within.includes(type) || within.length > 4) return
    const inside = [...within, type]
    if (entity.kind === 'array') walk(entity.elementType, path, inside)
    else if (entity.kind === 'enum') for (const each of entity.values) paths.add(`${path} = ${each.name}`)
    else if (entity.kind === 'object') {
      for (const each of entity.members) {
        paths.add(`${path}.${each.name}`)
        walk(each.type, `${path}.${each.name}`, inside)
      }
      for (const each of entity.variants) walk(each.type, `${path}<${entity.tag ?? ''}=${each.case}>`, inside)
    }
  }
  for (const entity of schema.entities) {
    if (entity.kind === 'command') {
      walk(entity.argType, `${entity.name} arguments`, [])
      walk(entity.retType, `${entity.name} return`, [])
    } else if (entity.kind === 'event') walk(entity.argType, `${entity.name} data`, [])
  }
  return paths
}

describe('between two versions, everything that differs is named', () => {
  test.each([
    ['qemu-5.2-x86_64', 'qemu-7.2-x86_64'],
    ['qemu-7.2-x86_64', 'qemu-10.0-x86_64'],
    ['qemu-10.0-x86_64', 'qemu-11.1-x86_64'],
    ['qemu-11.1-x86_64', 'qemu-5.2-x86_64'],
  ])('%s and %s', (one, other) => {
    const before = loadSchema(one)
    const after = loadSchema(other)
    const { changes } = compareSchemas(before, after)
    const names = (schema: Schema, kind: string): Set<string> =>
      new Set(schema.entities.filter((each) => each.kind === kind).map((each) => each.name))
    for (const kind of ['command', 'event'] as const) {
      const [had, has] = [names(before, kind), names(after, kind)]
      expect(new Set(found({ changes }, `${kind}-added`).map((each) => each.paths[0]))).toEqual(
        new Set([...has].filter((each) => !had.has(each))),
      )
      expect(new Set(found({ changes }, `${kind}-removed`).map((each) => each.paths[0]))).toEqual(
        new Set([...had].filter((each) => !has.has(each))),
      )
    }
    // Counted in another way: a path that only one has is explained by a change that its root reaches, which names one
    // of its steps.
    const [had, has] = [pathsOf(before), pathsOf(after)]
    const byRoot = new Map<string, Set<string>>()
    const whole = new Set<string>()
    for (const each of changes) {
      if (each.sides.some(({ side }) => side === 'interface')) whole.add(each.reachedBy[0] ?? '')
      for (const root of each.reachedBy) {
        const items = byRoot.get(root) ?? new Set<string>()
        for (const item of [each.item, ...each.detail.split(/[ ,?;]+/)]) items.add(item)
        byRoot.set(root, items)
      }
    }
    // What moves into a case or out of it with the tag itself is told with the tag.
    const anyCase = (paths: ReadonlySet<string>): ReadonlySet<string> =>
      new Set([...paths].map((each) => each.replace(/<[^>]*>/g, '')))
    const [hadSomewhere, hasSomewhere] = [anyCase(had), anyCase(has)]
    const unexplained = [...had, ...has].filter((path) => {
      if (had.has(path) && has.has(path)) return false
      const root = path.split(' ')[0] ?? ''
      if (whole.has(root)) return false
      const plain = path.replace(/<[^>]*>/g, '')
      if (byRoot.has(root) && hadSomewhere.has(plain) && hasSomewhere.has(plain)) return false
      const steps = path.split(/[ .<>=]+/).filter((each) => each !== '')
      return !steps.some((step) => byRoot.get(root)?.has(step) === true)
    })
    expect(unexplained).toEqual([])
  })
})

/** A change in one line. */
const line = ({ rule, paths, detail }: SchemaChange): string =>
  `${paths[0] ?? ''}: ${rule}${detail === '' ? '' : ` ${detail}`}${paths.length > 1 ? ` (${paths.length})` : ''}`

describe('what is told, checked by eye', () => {
  test.each<[one: string, other: string, counts: readonly number[], breaking: readonly string[]]>([
    [
      'qemu-7.2-x86_64',
      'qemu-10.0-x86_64',
      [35, 18, 124],
      [
        'MEM_UNPLUG_ERROR: event-removed',
        'RDMA_GID_STATUS_CHANGED: event-removed',
        'chardev-add.arguments.backend.type = console: value-removed (2)',
        'migrate-set-capabilities.arguments.capabilities[].capability = block: value-removed (2)',
        'migrate-set-capabilities.arguments.capabilities[].capability = compress: value-removed (2)',
        'migrate-set-parameters.arguments.block-incremental: member-removed',
        'migrate-set-parameters.arguments.compress-level: member-removed',
        'migrate-set-parameters.arguments.compress-threads: member-removed',
        'migrate-set-parameters.arguments.compress-wait-thread: member-removed',
        'migrate-set-parameters.arguments.decompress-threads: member-removed',
        'migrate.arguments.blk: member-removed',
        'migrate.arguments.inc: member-removed',
        'object-add.arguments(qom-type=secret).loaded: member-removed',
        'object-add.arguments(qom-type=secret_keyring).loaded: member-removed',
        'object-add.arguments(qom-type=tls-creds-anon).loaded: member-removed',
        'object-add.arguments(qom-type=tls-creds-psk).loaded: member-removed',
        'object-add.arguments(qom-type=tls-creds-x509).loaded: member-removed',
        'query-migrate-parameters.return.block-incremental: member-removed',
        'query-migrate-parameters.return.compress-level: member-removed',
        'query-migrate-parameters.return.compress-threads: member-removed',
        'query-migrate-parameters.return.compress-wait-thread: member-removed',
        'query-migrate-parameters.return.decompress-threads: member-removed',
        'query-migrate.return.compression: member-removed',
        'query-migrate.return.disk: member-removed',
        'query-migrate.return.ram.skipped: member-removed',
        'query-named-block-nodes.return[].image.format-specific(type=vmdk).data.extents[]: type-replaced image in element of return of query-named-block-nodes → element of extents … of query-named-block-nodes; without dirty-flag, actual-size, encrypted, backing-filename, full-backing-filename, backing-filename-format, snapshots, backing-image and 1 more (2)',
        'query-sev.return.handle: member-now-in-case only when sev-type is sev',
        'query-sev.return.policy: member-now-in-case only when sev-type is sev',
        'query-sgx-capabilities.return.section-size: member-removed (2)',
        'query-status.return.singlestep: member-removed',
        'trace-event-get-state.arguments.vcpu: member-removed',
        'trace-event-get-state.return[].vcpu: member-removed',
        'trace-event-set-state.arguments.vcpu: member-removed',
        'x-query-profile: command-removed',
        'x-query-rdma: command-removed',
      ],
    ],
    [
      'qemu-10.0-x86_64',
      'qemu-11.1-x86_64',
      [17, 19, 89],
      [
        'blockdev-add.arguments.driver = gluster: value-removed (19)',
        'chardev-add.arguments.backend(type=socket).data.reconnect: member-removed (2)',
        'cxl-inject-dram-event.arguments.sub-type: required-member-added int',
        'cxl-inject-general-media-event.arguments.sub-type: required-member-added int',
        'cxl-inject-memory-module-event.arguments.sub-type: required-member-added int',
        'migrate-set-capabilities.arguments.capabilities[].capability = zero-blocks: value-removed (2)',
        'migrate.arguments.detach: member-removed',
        'netdev_add.arguments(type=stream).reconnect: member-removed',
        'query-migrate-parameters.return.tls-authz: type-widened str → iothread in arguments of x-blockdev-set-iothread',
        'query-migrate-parameters.return.tls-creds: type-widened str → iothread in arguments of x-blockdev-set-iothread',
        'query-migrate-parameters.return.tls-hostname: type-widened str → iothread in arguments of x-blockdev-set-iothread',
        'query-migrationthreads: command-removed',
        'x-query-opcount: command-removed',
        'x-query-virtio-status.return.vhost-dev.backend-features: member-removed',
        'x-query-virtio-vhost-queue-status.return.avail: member-removed',
        'x-query-virtio-vhost-queue-status.return.desc: member-removed',
        'x-query-virtio-vhost-queue-status.return.used: member-removed',
      ],
    ],
  ])('%s and %s', (one, other, counts, breaking) => {
    const { changes } = compareSchemas(loadSchema(one), loadSchema(other))
    expect(verdicts.map((verdict) => changes.filter((each) => each.verdict === verdict).length)).toEqual(
      counts,
    )
    expect(changes.filter((each) => each.verdict === 'breaking').map(line)).toEqual(breaking)
  })
})

test('a member whose type was replaced is told once, although its type is met as two pairs', () => {
  const list = loadList('qemu-7.2-x86_64')
  const before = schemaOf(list)
  const other = before.byName.get('x-query-virtio-queue-element')
  const argumentsOfOther = other?.kind === 'command' ? other.argType : ''
  // `server` of the options of NFS: they are opened, and they are made.
  const after = schemaOf(
    list.map((each) => {
      const members = (each.members ?? []) as readonly JsonObject[]
      const isNfs =
        members.some(({ name }) => name === 'server') &&
        members.some(({ name }) => name === 'page-cache-size')
      if (!isNfs) return each
      return {
        ...each,
        members: members.map((member) =>
          member.name === 'server' ? { ...member, type: argumentsOfOther } : member,
        ),
      }
    }),
  )
  const { changes } = compareSchemas(before, after)
  expect(changes.map(({ rule, item }) => `${rule} ${item}`)).toEqual(['type-replaced server'])
  expect(changes[0]?.paths).toEqual(
    expect.arrayContaining([
      'blockdev-add.arguments(driver=nfs).server',
      'blockdev-create.arguments.options(driver=nfs).location.server',
    ]),
  )
})
