/**
 * Which values a running machine knows for a member: block nodes, devices, jobs, QOM paths, … One table: the kind
 * of a member (live-rules.ts), and the query that lists that kind. Suggestions only.
 * @adr 0036
 */
import { own } from '#base/own.ts'
import { objectsIn, isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { deviceCategories, deviceCategory, isPluggable } from '../model/device-category.ts'
import { builtInTypes, deviceTypes, isA, readTypes } from '../model/device-types.ts'
import type { QomTypes } from '../model/device-types.ts'
import type { OwnQuery } from '../check/own-queries.ts'
import { busPlaces, readTree } from './bus-places.ts'
import { busesByName, busesOf, rules } from './live-rules.ts'
import type { LiveKind } from './live-rules.ts'

/** A value that the machine knows. */
export interface LiveValue {
  readonly value: string
  /** What it is, in a few words. */
  readonly note: string
  /** What it belongs to; values of one group stand together. */
  readonly group?: string | undefined
}

/** What values are read from: queries of the page's table, and the types, which only a person can have listed. */
export type ValueQuery = OwnQuery | 'qom-list-types'

/** Runs a query of the machine; undefined where it fails, is not asked, or the machine has none of that name. */
export type Query = (name: ValueQuery, args?: JsonObject) => Promise<Json | undefined>

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
  /** The text typed so far. */
  readonly typed: string
}

export type { LiveKind } from './live-rules.ts'

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
  for (const { value, note, group } of found) {
    if (values.size >= mostValues) break
    if (value === '' || value.length > longestLine || values.has(value)) continue
    const kept = { value, note: note.slice(0, longestNote) }
    values.set(value, group === undefined ? kept : { ...kept, group })
  }
  return [...values.values()]
}

/** Values that are offered: QEMU has some 2,000 device types. Others can still be typed. */
const mostValues = 5000
/** Characters of a note: it stands beside the value on one line. */
const longestNote = 200
/** Characters of the human monitor's output that are read: `info qtree` of a large machine has some 100,000. */
const longestHuman = 1_000_000
/** Characters of a line of it, of a QOM type and of a value: ids have at most 127, paths some hundred. */
const longestLine = 1000

type ValueSource = (query: Query, context: LiveContext) => Promise<readonly LiveValue[]>

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
function table(command: ValueQuery, member: string, ...notes: readonly string[]): ValueSource {
  return async (query) =>
    objectsIn(await query(command)).map((each) => ({
      value: text(own(each, member)),
      note: notes
        .map((note) => text(inside(each, ...note.split('.'))))
        .filter((note) => note !== '')
        .join(', '),
    }))
}

async function qomChildren(query: Query, path: string): Promise<readonly LiveValue[]> {
  return objectsIn(await query('qom-list', { path }))
    .map((each) => ({ value: text(each.name), type: text(each.type).slice(0, longestLine) }))
    .filter(({ type }) => /^child<|^link</.test(type))
    .map(({ value, type }) => ({ value, note: type.replace(/^\w+<(.*)>$/, '$1') }))
}

async function qomObjects(query: Query, type?: RegExp): Promise<readonly LiveValue[]> {
  const all = await qomChildren(query, '/objects')
  return type === undefined ? all : all.filter((each) => type.test(each.note))
}

async function humanText(query: Query, line: string): Promise<string> {
  return text(await query('human-monitor-command', { 'command-line': line }))
}

/** The lines of the human monitor, for what QMP has no query for, cut to what such lines can be. */
async function human(query: Query, line: string): Promise<readonly string[]> {
  const said = (await humanText(query, line)).slice(0, longestHuman)
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

const nodes: ValueSource = async (query) =>
  objectsIn(
    await query('query-named-block-nodes', { flat: true }).then(
      (flat) => flat ?? query('query-named-block-nodes'),
    ),
  ).map((each) => ({
    value: text(each['node-name']),
    note: [text(each.drv), text(each.file)].filter(Boolean).join(', '),
  }))

/** The drives of the machine, by the name of the block device or by the guest's device. */
async function drives(
  query: Query,
  by: 'device' | 'qdev',
  removable: boolean,
): Promise<readonly LiveValue[]> {
  return objectsIn(await query('query-block'))
    .filter((each) => !removable || each.removable === true)
    .map((each) => ({
      value: text(each[by]),
      note: text(inside(each, 'inserted', 'file')) || (by === 'qdev' ? text(each.device) : text(each.qdev)),
    }))
}

/** The internal snapshots of the images, by their name or number. */
async function snapshots(query: Query, by: 'name' | 'id'): Promise<readonly LiveValue[]> {
  return objectsIn(await query('query-named-block-nodes')).flatMap((each) =>
    objectsIn(inside(each, 'image', 'snapshots')).map((snapshot) => ({
      value: text(snapshot[by]),
      note: `on ${text(each['node-name'])}`,
    })),
  )
}

/** Which types of buses a device fits on. Undefined where no type of device is said yet. */
async function fittingBuses(query: Query, driver: string): Promise<readonly RegExp[] | undefined> {
  if (driver === '') return undefined
  const listed = await query('qom-list-types', { abstract: true })
  if (listed === undefined) {
    const known = busesByName.find(([name]) => name.test(driver))
    return known === undefined ? [] : [known[1]]
  }
  const types = readTypes(listed)
  return busesOf.flatMap(([implemented, bus]) => (isA(types, driver, implemented) ? [bus] : []))
}

/** The group of drivers that QEMU refuses while a machine runs. */
const notPluggable = 'Not while the machine runs'

/** Drivers by what they are for, by name in each; those that can be added while the machine runs first. */
function byCategory(values: readonly LiveValue[], types: QomTypes | undefined): readonly LiveValue[] {
  return values
    .map((each) => {
      const category = deviceCategory(each.value, types)
      const isLast = !isPluggable(each.value, types)
      const rank = isLast ? deviceCategories.length : deviceCategories.indexOf(category)
      const note = isLast ? `${category}, ${each.note}` : each.note
      return { rank, value: { ...each, note, group: isLast ? notPluggable : category } }
    })
    .sort((a, b) => a.rank - b.rank || (a.value.value < b.value.value ? -1 : 1))
    .map(({ value }) => value)
}

const sources: Readonly<Record<LiveKind, ValueSource>> = {
  node: nodes,
  'block device': (query) => drives(query, 'device', false),
  'block device or node': async (query, context) => [
    ...(await drives(query, 'device', false)),
    ...(await nodes(query, context)),
  ],
  'removable block device': (query) => drives(query, 'device', true),
  drive: (query) => drives(query, 'qdev', false),
  'removable drive': (query) => drives(query, 'qdev', true),
  device: async (query) => [
    ...(await qomChildren(query, '/machine/peripheral')),
    ...(await qomChildren(query, '/machine/peripheral-anon')).map((each) => ({
      ...each,
      value: `/machine/peripheral-anon/${each.value}`,
    })),
  ],
  chardev: table('query-chardev', 'label', 'filename'),
  netdev: async (query) => (await network(query)).filter(({ note }) => note !== 'nic'),
  'network client': (query) => network(query),
  NIC: async (query) => (await network(query)).filter(({ note }) => note === 'nic'),
  object: (query) => qomObjects(query),
  'random source': (query) => qomObjects(query, /^rng-/),
  'CAN bus': (query) => qomObjects(query, /^can-bus$/),
  'crypto device': (query) => qomObjects(query, /^cryptodev-/),
  'throttle group': (query) => qomObjects(query, /^throttle-group$/),
  'TLS credentials': (query) => qomObjects(query, /^tls-creds/),
  authorization: (query) => qomObjects(query, /^authz-/),
  iothread: table('query-iothreads', 'id'),
  'memory backend': table('query-memdev', 'id', 'size'),
  secret: (query) => qomObjects(query, /^secret/),
  job: table('query-jobs', 'id', 'type', 'status'),
  'block job': table('query-block-jobs', 'device', 'type', 'status'),
  bitmap: async (query, context) => {
    const parent = context.path.split('.').slice(0, -1)
    const node =
      text(inside(context.args, ...parent, 'node')) || text(inside(context.args, ...parent, 'device'))
    return objectsIn(await query('query-named-block-nodes')).flatMap((each) => {
      if (node !== '' && text(each['node-name']) !== node) return []
      return objectsIn(each['dirty-bitmaps']).map((bitmap) => ({
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
    return objectsIn(await query('qom-list', { path }))
      .filter((each) => !/^child</.test(text(each.type)))
      .map((each) => ({ value: text(each.name), note: text(each.type) }))
  },
  'QOM type': table('qom-list-types', 'name', 'parent'),
  'device type': async (query) => {
    const listed = await query('qom-list-types', { abstract: true })
    if (listed === undefined) {
      return byCategory(
        builtInTypes.map((value) => ({ value, note: 'part of every build' })),
        undefined,
      )
    }
    const types = readTypes(listed)
    return byCategory(
      deviceTypes(types).map(({ name, parent }) => ({ value: name, note: parent ?? '' })),
      types,
    )
  },
  bus: async (query, context) => {
    const parent = context.path.split('.').slice(0, -1)
    const fitting = await fittingBuses(query, text(inside(context.args, ...parent, 'driver')))
    const tree = readTree(await humanText(query, 'info qtree'))
    return busPlaces(tree, (type) => fitting === undefined || fitting.some((each) => each.test(type)))
  },
  'CPU model': async (query) =>
    objectsIn(await query('query-cpu-definitions')).map((each) => ({
      value: text(each.name),
      note: text(each.typename),
    })),
  CPU: table('query-cpus-fast', 'cpu-index', 'qom-path'),
  'free CPU slot': async (query, context) =>
    objectsIn(await query('query-hotpluggable-cpus')).flatMap((each) =>
      Object.hasOwn(each, 'qom-path')
        ? []
        : [{ value: text(inside(each, 'props', context.member)), note: text(each.type) }],
    ),
  'trace event': async (query) =>
    objectsIn(await query('trace-event-get-state', { name: '*' })).map((each) => ({
      value: text(each.name),
      note: text(each.state),
    })),
  snapshot: (query) => snapshots(query, 'name'),
  'snapshot id': (query) => snapshots(query, 'id'),
  'file descriptor set': table('query-fdsets', 'fdset-id'),
}
