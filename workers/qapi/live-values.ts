/**
 * Which values a running machine knows for a member: block nodes, devices, jobs, QOM paths, … One table: what a member
 * means is told by its name and by the command or type that has it, and which query answers it. Suggestions only.
 */
import { isJsonObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { builtInTypes, deviceTypes, readTypes } from './device-types.ts'
import type { OwnQuery } from './own-queries.ts'

/** A value that the machine knows. */
export interface LiveValue {
  readonly value: string
  /** What it is, in a few words. */
  readonly note: string
}

/** What values are read from: queries of the page's table, and the types, which only a person can have listed. */
export type Asked = OwnQuery | 'qom-list-types'

/** Runs a query of the machine; undefined where it fails, is not asked, or the machine has none of that name. */
export type Query = (name: Asked, args?: JsonObject) => Promise<Json | undefined>

/** Where a value is to be typed. */
export interface LiveContext {
  readonly command: string
  /** The real name of the type that has the member, where it is known, else its hidden one. */
  readonly owner: string
  readonly member: string
  /** Dotted, from the arguments. */
  readonly path: string
  /** The arguments so far. */
  readonly args: Json | undefined
  /** What is typed in the place now. */
  readonly typed: string
}

/** A kind of thing that machines have. */
export type LiveKind =
  | 'node'
  | 'block device'
  | 'device'
  | 'chardev'
  | 'netdev'
  | 'object'
  | 'iothread'
  | 'memory backend'
  | 'secret'
  | 'job'
  | 'block job'
  | 'bitmap'
  | 'export'
  | 'QOM path'
  | 'QOM property'
  | 'QOM type'
  | 'device type'
  | 'bus'
  | 'CPU model'
  | 'CPU'
  | 'free CPU slot'
  | 'trace event'
  | 'snapshot'
  | 'file descriptor set'
  | 'NIC'

interface Rule {
  readonly kind: LiveKind
  readonly member: RegExp
  /** The command, or the type by its real name. Undefined: any. */
  readonly of?: RegExp
  /** Not for these: there the member names what is to be made. */
  readonly not?: RegExp
}

/** The first rule that fits is taken. */
const rules: readonly Rule[] = [
  {
    kind: 'bitmap',
    member: /^(name|target|bitmap|bitmaps)$/,
    of: /bitmap/i,
    not: /^block-dirty-bitmap-add$/,
  },
  { kind: 'bitmap', member: /^bitmap$/, of: /backup|mirror|nbd|export/i },
  { kind: 'QOM property', member: /^property$/, of: /^qom-/ },
  { kind: 'QOM path', member: /^(path|paths)$/, of: /^qom-|^cxl-|^x-query-virtio|^query-virtio/ },
  {
    kind: 'QOM path',
    member: /^(qom-path|id)$/,
    of: /^(block_set_io_throttle|block-latency|blockdev-|eject)/,
  },
  { kind: 'QOM type', member: /^(implements|typename)$/ },
  { kind: 'device type', member: /^driver$/, of: /^device_add/ },
  { kind: 'bus', member: /^bus$/, of: /^device_add/ },
  { kind: 'CPU', member: /^(cpu-index|cpu)$/ },
  { kind: 'free CPU slot', member: /^(socket|die|cluster|core|thread|node)-id$/, of: /^device_add/ },
  { kind: 'CPU model', member: /^name$/, of: /cpu-?model/i },
  { kind: 'trace event', member: /^name$/, of: /^trace-event/ },
  {
    kind: 'snapshot',
    member: /^(tag|snapshot|name)$/,
    of: /snapshot-(load|delete)|snapshot-delete-internal/,
  },
  { kind: 'node', member: /^vmstate$|^devices$/, of: /^snapshot-/ },
  { kind: 'export', member: /^id$/, of: /^block-export-del$/ },
  { kind: 'export', member: /^name$/, of: /^nbd-server-remove$/ },
  { kind: 'job', member: /^id$/, of: /^job-/ },
  { kind: 'block job', member: /^device$/, of: /^block-job-/ },
  { kind: 'device', member: /^id$/, of: /^(device_del|device-sync-config|failover)/ },
  { kind: 'device', member: /^(device|path)$/, of: /^set-numa|^dump-skeys|^query-sev|^x-colo/ },
  { kind: 'object', member: /^id$/, of: /^object-del$/ },
  { kind: 'chardev', member: /^id$/, of: /^chardev-(remove|change|send-break)$/ },
  { kind: 'chardev', member: /^device$/, of: /^ringbuf-/ },
  { kind: 'chardev', member: /^chardev$/ },
  { kind: 'netdev', member: /^id$/, of: /^netdev_del$/ },
  { kind: 'netdev', member: /^(netdev|peer)$/ },
  { kind: 'NIC', member: /^name$/, of: /^(set_link|query-rx-filter|announce)/ },
  { kind: 'node', member: /^drive$/ },
  { kind: 'object', member: /^(rng|canbus\d*|cryptodev|vhost-user-server)$/, of: /^device_add/ },
  { kind: 'iothread', member: /^iothread$/ },
  { kind: 'memory backend', member: /^memdev$/ },
  { kind: 'secret', member: /secret$|^secretid$/ },
  { kind: 'object', member: /^(tls-creds|tls-authz|throttle-group|authz|group)$/ },
  { kind: 'file descriptor set', member: /^fdset-id$/ },
  {
    kind: 'node',
    member: /^(node-name|node)$/,
    not: /^(blockdev-add|BlockdevOptions|arguments of blockdev-add|query-|blockdev-create)/,
  },
  {
    kind: 'node',
    member:
      /^(top-node|base-node|backing|overlay|source|target|replaces|child|parent|file|data-file|test|raw|bottom|image|children|log|metadata-file|snapshot-node-name|new-node)$/,
    of: /block|Blockdev|BlockDirty|drive|mirror|commit|stream|export|snapshot|^transaction$/i,
    not: /^(BlockdevOptionsFile|BlockdevCreate|snapshot-node-name)/,
  },
  {
    kind: 'block device',
    member: /^device$/,
    of: /block|drive|eject|tray|medium|change|commit|stream|mirror|backup|snapshot/i,
  },
  { kind: 'device', member: /^(device|id)$/, of: /^(blockdev-|eject|block_)/ },
]

/** What kind of value a member wants, by the table. Undefined: it is free. */
export function liveKind(context: Pick<LiveContext, 'command' | 'owner' | 'member'>): LiveKind | undefined {
  const { command, owner, member } = context
  return rules.find(
    (rule) =>
      rule.member.test(member) &&
      (rule.of === undefined || rule.of.test(command) || rule.of.test(owner)) &&
      !(
        rule.not !== undefined &&
        (rule.not.test(owner) || (rule.not.test(command) && !context.owner.includes('Ref')))
      ),
  )?.kind
}

/** The values of a kind. Empty where the machine cannot be asked. */
export async function liveValues(
  kind: LiveKind,
  context: LiveContext,
  query: Query,
): Promise<readonly LiveValue[]> {
  const found = await sources[kind](query, context)
  const values = new Map<string, LiveValue>()
  for (const { value, note } of found) {
    if (values.size >= mostValues) break
    if (value === '' || value.length > longestLine || values.has(value)) continue
    values.set(value, { value, note: note.slice(0, longestNote) })
  }
  return [...values.values()]
}

/** Values that are offered: QEMU has some 2,000 device types. What is beyond can be typed all the same. */
const mostValues = 5000
/** Characters of a note: it stands beside the value on one line. */
const longestNote = 200
/** Characters of what the human monitor says that are looked at: `info qtree` of a large machine has some 100,000. */
const longestHuman = 1_000_000
/** Characters of a line of it, of a QOM type and of a value: ids have at most 127, paths some hundred. */
const longestLine = 1000

type Source = (query: Query, context: LiveContext) => Promise<readonly LiveValue[]>

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : []
}

function text(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : ''
}

function inside(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  let at = value
  for (const name of names)
    at = at !== undefined && isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return at
}

/** A source that is one query: the member with the value, and those that say what it is. */
function table(command: Asked, member: string, ...notes: readonly string[]): Source {
  return async (query) =>
    listOf(await query(command)).map((each) => ({
      value: text(each[member]),
      note: notes
        .map((note) => text(inside(each, ...note.split('.'))))
        .filter((note) => note !== '')
        .join(', '),
    }))
}

async function qomChildren(query: Query, path: string): Promise<readonly LiveValue[]> {
  return listOf(await query('qom-list', { path }))
    .map((each) => ({ value: text(each.name), type: text(each.type).slice(0, longestLine) }))
    .filter(({ type }) => /^child<|^link</.test(type))
    .map(({ value, type }) => ({ value, note: type.replace(/^\w+<(.*)>$/, '$1') }))
}

async function qomObjects(query: Query, type?: RegExp): Promise<readonly LiveValue[]> {
  const all = await qomChildren(query, '/objects')
  return type === undefined ? all : all.filter((each) => type.test(each.note))
}

/** The lines of the human monitor, for what QMP has no query for, cut to what such lines can be. */
async function human(query: Query, line: string): Promise<readonly string[]> {
  const said = text(await query('human-monitor-command', { 'command-line': line })).slice(0, longestHuman)
  return said.split(/\r?\n/).map((each) => each.slice(0, longestLine).trimStart())
}

/** The lines of `info network`: `net1: index=0,type=user,…`, and in a hub ` \\ net0: nic0: index=0,type=nic,…`. */
async function network(query: Query): Promise<readonly LiveValue[]> {
  return (await human(query, 'info network')).flatMap((line) => {
    const [, names = '', type = ''] =
      /^((?:\S+: )+)index=\d+,type=(\w+)/.exec(line.replace(/^\\\s*/, '')) ?? []
    const ids = names.split(': ').filter((each) => each !== '')
    return ids.map((value, index) => ({ value, note: index === ids.length - 1 ? type : 'hub port' }))
  })
}

const nodes: Source = async (query) =>
  listOf(
    await query('query-named-block-nodes', { flat: true }).then(
      (flat) => flat ?? query('query-named-block-nodes'),
    ),
  ).map((each) => ({
    value: text(each['node-name']),
    note: [text(each.drv), text(each.file)].filter(Boolean).join(', '),
  }))

const sources: Readonly<Record<LiveKind, Source>> = {
  node: nodes,
  'block device': async (query, context) => {
    const drives = listOf(await query('query-block')).map((each) => ({
      value: text(each.device) === '' ? text(each.qdev) : text(each.device),
      note: text(inside(each, 'inserted', 'file')),
    }))
    // Most commands that take a device take the name of a node too.
    return [...drives, ...(await nodes(query, context))]
  },
  device: async (query) => [
    ...(await qomChildren(query, '/machine/peripheral')),
    ...listOf(await query('query-block')).flatMap((each) =>
      text(each.qdev) === '' ? [] : [{ value: text(each.qdev), note: text(each.device) || 'block device' }],
    ),
  ],
  chardev: table('query-chardev', 'label', 'filename'),
  netdev: async (query) => (await network(query)).filter(({ note }) => note !== 'nic'),
  NIC: (query) => network(query),
  object: (query) => qomObjects(query),
  iothread: table('query-iothreads', 'id'),
  'memory backend': table('query-memdev', 'id', 'size'),
  secret: (query) => qomObjects(query, /^secret/),
  job: table('query-jobs', 'id', 'type', 'status'),
  'block job': table('query-block-jobs', 'device', 'type', 'status'),
  bitmap: async (query, context) => {
    const parent = context.path.split('.').slice(0, -1)
    const node =
      text(inside(context.args, ...parent, 'node')) || text(inside(context.args, ...parent, 'device'))
    return listOf(await query('query-named-block-nodes')).flatMap((each) => {
      if (node !== '' && text(each['node-name']) !== node) return []
      return listOf(each['dirty-bitmaps']).map((bitmap) => ({
        value: text(bitmap.name),
        note: `on ${text(each['node-name'])}`,
      }))
    })
  },
  export: table('query-block-exports', 'id', 'type', 'node-name'),
  'QOM path': async (query, context) => {
    const folder = context.typed.replace(/\/[^/]*$/, '')
    const children = await qomChildren(query, folder === '' ? '/' : folder)
    return children.map(({ value, note }) => ({ value: `${folder}/${value}`, note }))
  },
  'QOM property': async (query, context) => {
    const parent = context.path.split('.').slice(0, -1)
    const path = text(inside(context.args, ...parent, 'path'))
    if (path === '') return []
    return listOf(await query('qom-list', { path }))
      .filter((each) => !/^child</.test(text(each.type)))
      .map((each) => ({ value: text(each.name), note: text(each.type) }))
  },
  'QOM type': table('qom-list-types', 'name', 'parent'),
  'device type': async (query) => {
    const listed = await query('qom-list-types', { abstract: true })
    if (listed === undefined) return builtInTypes.map((value) => ({ value, note: 'part of every build' }))
    return deviceTypes(readTypes(listed))
      .map(({ name, parent }) => ({ value: name, note: parent ?? '' }))
      .sort((a, b) => (a.value < b.value ? -1 : 1))
  },
  bus: async (query) =>
    (await human(query, 'info qtree')).flatMap((line, index, lines) => {
      const value = /^bus: (\S+)/.exec(line)?.[1]
      return value === undefined
        ? []
        : [{ value, note: /^type (\S+)/.exec(lines[index + 1] ?? '')?.[1] ?? '' }]
    }),
  'CPU model': async (query) =>
    listOf(await query('query-cpu-definitions')).map((each) => ({
      value: text(each.name),
      note: text(each.typename),
    })),
  CPU: table('query-cpus-fast', 'cpu-index', 'qom-path'),
  'free CPU slot': async (query, context) =>
    listOf(await query('query-hotpluggable-cpus')).flatMap((each) =>
      Object.hasOwn(each, 'qom-path')
        ? []
        : [{ value: text(inside(each, 'props', context.member)), note: text(each.type) }],
    ),
  'trace event': async (query) =>
    listOf(await query('trace-event-get-state', { name: '*' })).map((each) => ({
      value: text(each.name),
      note: text(each.state),
    })),
  snapshot: async (query) =>
    listOf(await query('query-named-block-nodes')).flatMap((each) =>
      listOf(inside(each, 'image', 'snapshots')).map((snapshot) => ({
        value: text(snapshot.name),
        note: `on ${text(each['node-name'])}`,
      })),
    ),
  'file descriptor set': table('query-fdsets', 'fdset-id'),
}
