/**
 * The address of a type: its name where one is proven, else the way by which one gets to it, `blockdev-add.arguments.file`.
 * Introspection's numbers differ in every build and are in no address.
 *
 * A way is a command or event with `arguments`, `return` or `data`, then members (`.file`), elements of arrays (`[]`), cases
 * of unions (`(driver=qcow2)`) and, where a type that stands in an alternate is meant itself, its JSON type (`~object`).
 * The places of a comparison are ways, too.
 * @adr 0010
 */
import { jsonClass } from '../compare/shapes.ts'
import { hasRealName, usesOf } from './schema.ts'
import type { Schema, Use } from './schema.ts'
import type { Entity } from './schema-info.ts'

/** What an address leads to. */
export type Resolved =
  | { readonly kind: 'found'; readonly name: string }
  /** A way whose end is not there: `rest` is what nothing has. */
  | { readonly kind: 'partly'; readonly name: string; readonly rest: string }
  /** An old link with a number of introspection. `name` is what has it here, which need not be what was meant. */
  | { readonly kind: 'number'; readonly name: string | undefined }
  | { readonly kind: 'missing' }

/** Longer texts are no addresses: the longest way in QEMU's schemas has 200 characters. */
const longestAddress = 2000
/** Names by which a type is known that nothing refers to: in QEMU's schemas four tell them apart. */
const namesOfUnused = 4

interface Addresses {
  /** By entity name, those without a proven name. */
  readonly ways: ReadonlyMap<string, string>
  /** The other way. */
  readonly byWay: ReadonlyMap<string, string>
  /** Entity names by proven name; a name that two types have is none. */
  readonly byRealName: ReadonlyMap<string, string>
}

const known = new WeakMap<Schema, Addresses>()

function addressesOf(schema: Schema): Addresses {
  const made = known.get(schema)
  if (made !== undefined) return made
  const ways = waysIn(schema)
  const byWay = new Map([...ways].map(([name, way]) => [way, name]))
  const addresses = { ways, byWay, byRealName: realNamesOf(schema) }
  known.set(schema, addresses)
  return addresses
}

/** The address of an entity. */
export function addressOf(schema: Schema, name: string): string {
  const entity = schema.byName.get(name)
  if (entity === undefined || hasRealName(entity)) return name
  const { ways, byRealName } = addressesOf(schema)
  const real = schema.realNames.get(name)
  if (real !== undefined && byRealName.get(real) === name) return real
  // What nothing reaches has no way: its number is all there is.
  return ways.get(name) ?? name
}

/** The shortest way to a type, whether or not it has a name. Undefined for what no command and no event reaches. */
export function wayTo(schema: Schema, name: string): string | undefined {
  return addressesOf(schema).ways.get(name)
}

function realNamesOf(schema: Schema): ReadonlyMap<string, string> {
  const byRealName = new Map<string, string>()
  const twice = new Set<string>()
  for (const [name, real] of schema.realNames) {
    if (byRealName.has(real) || schema.byName.has(real)) twice.add(real)
    byRealName.set(real, name)
  }
  for (const each of twice) byRealName.delete(each)
  return byRealName
}

/** Breadth first, commands and events by name, so that a way is the same in every build and shortest. */
function waysIn(schema: Schema): ReadonlyMap<string, string> {
  const ways = new Map<string, string>()
  const roots = schema.entities
    .filter((each) => each.kind === 'command' || each.kind === 'event')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const root of roots) {
    for (const [type, { role }] of usesOf(root)) {
      if (!ways.has(type) && schema.byName.has(type)) ways.set(type, `${root.name}.${role}`)
    }
  }
  goOn(schema, ways, [...ways.keys()])
  // QEMU's schemas have a few types that nothing refers to: they are called by what is in them.
  const taken = new Set<string>()
  for (const { name } of schema.entities.filter(
    (each) => !hasRealName(each) && !schema.users.has(each.name),
  )) {
    const way = `unused:${namesIn(schema, name).slice(0, namesOfUnused).join(',')}`
    if (ways.has(name) || taken.has(way)) continue
    taken.add(way)
    ways.set(name, way)
    goOn(schema, ways, [name])
  }
  return ways
}

/** Give ways to what is inside, breadth first. */
function goOn(schema: Schema, ways: Map<string, string>, begin: readonly string[]): void {
  const open = new Set(begin)
  // Types that are added on the way are visited too.
  for (const name of open) {
    const entity = schema.byName.get(name)
    const way = ways.get(name) ?? ''
    if (entity === undefined || way.length > longestAddress / 2) continue
    for (const [type, use] of usesOf(entity)) {
      if (ways.has(type) || !schema.byName.has(type)) continue
      ways.set(type, `${way}${stepOf(schema, entity, type, use)}`)
      open.add(type)
    }
  }
}

function namesIn(schema: Schema, type: string): readonly string[] {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'object') return entity.members.map((each) => each.name)
  return entity?.kind === 'enum' ? entity.values.map((each) => each.name) : []
}

function stepOf(schema: Schema, entity: Entity, type: string, use: Use): string {
  switch (use.role) {
    case 'member':
      return `.${use.member}`
    case 'element':
      return '[]'
    case 'variant':
      return `(${entity.kind === 'object' ? (entity.tag ?? '') : ''}=${use.case})`
    case 'alternative':
      return `~${jsonClass(schema.byName.get(type))}`
    default:
      return `.${use.role}`
  }
}

/** What an address leads to in a schema. */
export function resolveAddress(schema: Schema, address: string): Resolved {
  const entity = schema.byName.get(address)
  if (entity !== undefined && hasRealName(entity)) return { kind: 'found', name: address }
  const { byRealName, byWay } = addressesOf(schema)
  const named = byRealName.get(address) ?? byWay.get(address)
  if (named !== undefined) return { kind: 'found', name: named }
  if (/^\[?\d+\]?$/.test(address)) return { kind: 'number', name: entity?.name }
  if (entity !== undefined) return { kind: 'found', name: address }
  return address.length > longestAddress ? { kind: 'missing' } : followWay(schema, address)
}

function followWay(schema: Schema, way: string): Resolved {
  const begin = beginOf(schema, way)
  if (begin === undefined) return { kind: 'missing' }
  let { name, rest } = begin
  while (rest !== '') {
    const next = nextOf(schema, name, rest)
    if (next === undefined) return { kind: 'partly', name, rest }
    name = next.name
    rest = next.rest
  }
  return { kind: 'found', name }
}

interface PathStep {
  readonly name: string
  readonly rest: string
}

/** The command or event: names may have dots themselves. */
function beginOf(schema: Schema, way: string): PathStep | undefined {
  for (const role of ['arguments', 'return', 'data'] as const) {
    for (let at = way.indexOf(`.${role}`); at >= 0; at = way.indexOf(`.${role}`, at + 1)) {
      const root = schema.byName.get(way.slice(0, at))
      const rest = way.slice(at + 1 + role.length)
      if (root === undefined || !isBoundary(rest)) continue
      const type = usesOf(root).find(([, use]) => use.role === role)?.[0]
      if (type !== undefined && schema.byName.has(type)) return { name: type, rest }
    }
  }
  return undefined
}

function isBoundary(rest: string): boolean {
  return rest === '' || '.[(~ '.includes(rest[0] ?? '')
}

function nextOf(schema: Schema, name: string, rest: string): PathStep | undefined {
  const entity = schema.byName.get(name)
  if (rest.startsWith(' = ')) {
    // A value of an enum, as a comparison has it: its type is what has a page.
    return { name, rest: '' }
  }
  if (rest.startsWith('[]')) {
    return entity?.kind === 'array' ? { name: entity.elementType, rest: rest.slice(2) } : undefined
  }
  if (rest.startsWith('(')) {
    const end = rest.indexOf(')')
    const value = rest.slice(rest.indexOf('=') + 1, end).split('|')[0]
    const type =
      entity?.kind === 'object' && end > 0
        ? entity.variants.find((each) => each.case === value)?.type
        : undefined
    return type === undefined || !schema.byName.has(type)
      ? undefined
      : { name: type, rest: rest.slice(end + 1) }
  }
  if (entity?.kind === 'alternate') {
    // A member can only be that of the branch that is an object.
    const wanted = rest.startsWith('~') ? (/^~[a-z]*/.exec(rest)?.[0] ?? '') : '~object'
    const branch = entity.branches.find((each) => `~${jsonClass(schema.byName.get(each))}` === wanted)
    return branch === undefined
      ? undefined
      : { name: branch, rest: rest.startsWith('~') ? rest.slice(wanted.length) : rest }
  }
  if (!rest.startsWith('.') || entity?.kind !== 'object') return undefined
  const text = rest.slice(1)
  let best: { readonly name: string; readonly type: string } | undefined
  for (const member of entity.members) {
    const fits = text.startsWith(member.name) && isBoundary(text.slice(member.name.length))
    if (fits && member.name.length > (best?.name.length ?? 0)) best = member
  }
  if (best === undefined || !schema.byName.has(best.type)) return undefined
  return { name: best.type, rest: text.slice(best.name.length) }
}
