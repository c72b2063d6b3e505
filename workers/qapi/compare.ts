/**
 * Compares two schemas: what came, went and changed, and what that means for a client. Matched by structure, from
 * commands and events down: the names of types differ in every build and are never compared.
 *
 * A pair of types that several commands share is compared once. What differs in it is said for arguments and for what is
 * returned separately, since the same change may break one and not the other.
 * @qapi qapi-code-gen, "Compatibility considerations"
 */
import { labelOf } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity, Member } from './schema-info.ts'

/** Whether a client that works with the old schema works with the new one. */
export type Verdict = 'compatible' | 'breaking'

/** Where a change is: in what is sent, in what comes back, in an event, or in the list of commands and events itself. */
export type Side = 'arguments' | 'return' | 'data' | 'interface'

interface Rule {
  /** What changed, in a few words. */
  readonly words: string
  /** For what a client sends (or for the interface). */
  readonly sent: Verdict
  /** For what a client receives. */
  readonly received: Verdict
  /** What a client should know although nothing breaks. */
  readonly hint?: string
}

/** Every kind of change and its verdict: the one place. */
export const rules = {
  'command-added': { words: 'new command', sent: 'compatible', received: 'compatible' },
  'command-removed': { words: 'command removed', sent: 'breaking', received: 'breaking' },
  'event-added': { words: 'new event', sent: 'compatible', received: 'compatible' },
  'event-removed': { words: 'event removed', sent: 'breaking', received: 'breaking' },
  'oob-allowed': { words: 'out-of-band allowed', sent: 'compatible', received: 'compatible' },
  'oob-refused': { words: 'out-of-band no longer allowed', sent: 'breaking', received: 'breaking' },
  'optional-member-added': { words: 'new optional member', sent: 'compatible', received: 'compatible' },
  'required-member-added': { words: 'new required member', sent: 'breaking', received: 'compatible' },
  'member-removed': { words: 'member removed', sent: 'breaking', received: 'breaking' },
  'member-now-optional': { words: 'member became optional', sent: 'compatible', received: 'breaking' },
  'member-now-required': { words: 'member became required', sent: 'breaking', received: 'compatible' },
  'type-widened': { words: 'type takes more values', sent: 'compatible', received: 'breaking' },
  'type-narrowed': { words: 'type takes fewer values', sent: 'breaking', received: 'compatible' },
  'type-changed': { words: 'another type', sent: 'breaking', received: 'breaking' },
  'value-added': {
    words: 'new value',
    sent: 'compatible',
    received: 'compatible',
    hint: 'clients have to expect values that they do not know',
  },
  'value-removed': { words: 'value removed', sent: 'breaking', received: 'compatible' },
  'case-added': { words: 'new case with members', sent: 'compatible', received: 'compatible' },
  'case-removed': { words: 'case without members now', sent: 'breaking', received: 'breaking' },
  'tag-changed': { words: 'another tag', sent: 'breaking', received: 'breaking' },
  'alternative-added': { words: 'new alternative', sent: 'compatible', received: 'breaking' },
  'alternative-removed': { words: 'alternative removed', sent: 'breaking', received: 'compatible' },
  'feature-added': { words: 'new feature flag', sent: 'compatible', received: 'compatible' },
  'feature-removed': {
    words: 'feature flag removed',
    sent: 'breaking',
    received: 'compatible',
    hint: 'clients that look for the flag do without what it stands for',
  },
  deprecated: {
    words: 'deprecated now',
    sent: 'compatible',
    received: 'compatible',
    hint: 'it may be removed in a later version',
  },
  undeprecated: { words: 'no longer deprecated', sent: 'compatible', received: 'compatible' },
} as const satisfies Readonly<Record<string, Rule>>

/** The kinds of changes. */
export type RuleId = keyof typeof rules

/** One change. */
export interface Change {
  readonly rule: RuleId
  readonly side: Side
  readonly verdict: Verdict
  /** The command, event or type that it is in, by the name that is shown. */
  readonly where: string
  /** The member, value, case or feature; '' where the entity itself came or went. */
  readonly item: string
  /** What it was and what it is, where that says more: `int → number`. */
  readonly detail: string
  /** The entity of each schema that has it. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** The commands and events that reach it on this side, sorted. */
  readonly reachedBy: readonly string[]
}

/** All changes between two schemas. */
export interface Comparison {
  readonly changes: readonly Change[]
  /** How many commands and events both have. */
  readonly common: number
  /** The types that stand in the same place in both, by name. One type may have several counterparts. */
  readonly pairs: readonly { readonly before: string; readonly after: string }[]
}

/** Compare two schemas. */
export function compareSchemas(before: Schema, after: Schema): Comparison {
  const comparer = new Comparer(before, after)
  comparer.roots()
  return comparer.end()
}

/** A pair of types that stand in the same place, and from where they are reached. */
interface Pair {
  readonly before: Entity
  readonly after: Entity
  readonly reached: Map<Side, Set<string>>
}

/** A change inside a pair: on which side it is, is said by how the pair is reached. */
interface Local {
  readonly rule: RuleId
  readonly item: string
  readonly detail: string
}

class Comparer {
  readonly #before: Schema
  readonly #after: Schema
  readonly #pairs = new Map<string, Pair>()
  readonly #changes: Change[] = []
  #common = 0

  constructor(before: Schema, after: Schema) {
    this.#before = before
    this.#after = after
  }

  roots(): void {
    for (const entity of this.#before.entities) {
      if (entity.kind !== 'command' && entity.kind !== 'event') continue
      const other = this.#after.byName.get(entity.name)
      if (other?.kind !== entity.kind) {
        this.#interface(`${entity.kind}-removed`, entity.name, '', entity.name, undefined)
        continue
      }
      this.#common += 1
      this.#root(entity, other)
    }
    for (const entity of this.#after.entities) {
      if (entity.kind !== 'command' && entity.kind !== 'event') continue
      if (this.#before.byName.get(entity.name)?.kind === entity.kind) continue
      this.#interface(`${entity.kind}-added`, entity.name, '', undefined, entity.name)
    }
  }

  #root(before: Entity, after: Entity): void {
    const { name } = before
    for (const { rule, item } of featureChanges(before.features, after.features, '')) {
      this.#interface(rule, name, item, name, name)
    }
    if (before.kind === 'event' && after.kind === 'event') {
      this.#rootType(name, 'data', before.argType, after.argType)
    }
    if (before.kind !== 'command' || after.kind !== 'command') return
    if (before.allowOob !== after.allowOob) {
      this.#interface(after.allowOob ? 'oob-allowed' : 'oob-refused', name, '', name, name)
    }
    this.#rootType(name, 'arguments', before.argType, after.argType)
    this.#rootType(name, 'return', before.retType, after.retType)
  }

  #rootType(root: string, side: Side, before: string, after: string): void {
    const difference = this.#difference(before, after)
    if (difference !== undefined) {
      this.#push({ ...difference, item: side }, side, root, root, root, [root])
    }
    this.#visit(before, after, side, root)
  }

  /** Remember that two types stand in the same place, and go on to what they refer to. */
  #visit(before: string, after: string, side: Side, root: string): void {
    const open: (readonly [string, string])[] = [[before, after]]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [one, other] = [inner(this.#before, next[0]), inner(this.#after, next[1])]
      const [a, b] = [this.#before.byName.get(one), this.#after.byName.get(other)]
      if (a === undefined || b?.kind !== a.kind || a.kind === 'builtin') continue
      const key = `${one}\n${other}`
      let pair = this.#pairs.get(key)
      if (pair === undefined) {
        pair = { before: a, after: b, reached: new Map() }
        this.#pairs.set(key, pair)
      }
      const reached = pair.reached.get(side)
      if (reached?.has(root) === true) continue
      if (reached === undefined) pair.reached.set(side, new Set([root]))
      else reached.add(root)
      open.push(...sharedTypes(a, b, this.#before, this.#after))
    }
  }

  end(): Comparison {
    for (const { before, after, reached } of this.#pairs.values()) {
      const locals = this.#inside(before, after)
      if (locals.length === 0) continue
      for (const [side, roots] of reached) {
        const sorted = [...roots].sort()
        const where = this.#whereOf(before, after, sorted)
        for (const local of locals) this.#push(local, side, where, before.name, after.name, sorted)
      }
    }
    const order = { breaking: 0, compatible: 1 }
    this.#changes.sort(
      (a, b) =>
        order[a.verdict] - order[b.verdict] ||
        compareText(a.where, b.where) ||
        compareText(a.item, b.item) ||
        compareText(a.side, b.side),
    )
    const pairs = [...this.#pairs.values()].map((each) => ({
      before: each.before.name,
      after: each.after.name,
    }))
    return { changes: this.#changes, common: this.#common, pairs }
  }

  /** The type by its real name; what only one command has, by the command. */
  #whereOf(before: Entity, after: Entity, roots: readonly string[]): string {
    const real = this.#after.realNames.get(after.name) ?? this.#before.realNames.get(before.name)
    if (real !== undefined) return real
    const label = labelOf(this.#after, after.name)
    return roots.length === 1 && label.startsWith('arguments of ') ? (roots[0] ?? label) : label
  }

  #inside(before: Entity, after: Entity): readonly Local[] {
    const changes: Local[] = [...featureChanges(before.features, after.features, '')]
    if (before.kind === 'enum' && after.kind === 'enum') {
      const had = new Map(before.values.map((each) => [each.name, each]))
      const has = new Map(after.values.map((each) => [each.name, each]))
      for (const [name, value] of had) {
        const now = has.get(name)
        if (now === undefined) changes.push({ rule: 'value-removed', item: name, detail: '' })
        else changes.push(...featureChanges(value.features, now.features, name))
      }
      for (const name of has.keys()) {
        if (!had.has(name)) changes.push({ rule: 'value-added', item: name, detail: '' })
      }
    } else if (before.kind === 'alternate' && after.kind === 'alternate') {
      const had = new Map(before.branches.map((each) => [shapeOf(this.#before, each), each]))
      const has = new Map(after.branches.map((each) => [shapeOf(this.#after, each), each]))
      for (const [shape, type] of had) {
        if (!has.has(shape)) {
          changes.push({ rule: 'alternative-removed', item: labelOf(this.#before, type), detail: '' })
        }
      }
      for (const [shape, type] of has) {
        if (!had.has(shape)) {
          changes.push({ rule: 'alternative-added', item: labelOf(this.#after, type), detail: '' })
        }
      }
    } else if (before.kind === 'object' && after.kind === 'object') {
      changes.push(...this.#members(before.members, after.members), ...this.#cases(before, after))
    }
    return changes
  }

  #members(before: readonly Member[], after: readonly Member[]): Local[] {
    const changes: Local[] = []
    const had = new Map(before.map((each) => [each.name, each]))
    const has = new Map(after.map((each) => [each.name, each]))
    for (const [name, member] of had) {
      const now = has.get(name)
      if (now === undefined) {
        changes.push({ rule: 'member-removed', item: name, detail: '' })
        continue
      }
      if (member.optional !== now.optional) {
        changes.push({
          rule: now.optional ? 'member-now-optional' : 'member-now-required',
          item: name,
          detail: '',
        })
      }
      const difference = this.#difference(member.type, now.type)
      if (difference !== undefined) changes.push({ ...difference, item: name })
      changes.push(...featureChanges(member.features, now.features, name))
    }
    for (const [name, member] of has) {
      if (had.has(name)) continue
      changes.push({
        rule: member.optional ? 'optional-member-added' : 'required-member-added',
        item: name,
        detail: labelOf(this.#after, member.type),
      })
    }
    return changes
  }

  #cases(before: Extract<Entity, { kind: 'object' }>, after: Extract<Entity, { kind: 'object' }>): Local[] {
    const changes: Local[] = []
    if (before.tag !== after.tag) {
      changes.push({
        rule: 'tag-changed',
        item: after.tag ?? before.tag ?? '',
        detail: `${before.tag ?? 'no tag'} → ${after.tag ?? 'no tag'}`,
      })
    }
    // A case that adds nothing is the same as no case.
    const cases = (schema: Schema, entity: Extract<Entity, { kind: 'object' }>): Set<string> =>
      new Set(entity.variants.filter((each) => !isEmpty(schema, each.type)).map((each) => each.case))
    const [had, has] = [cases(this.#before, before), cases(this.#after, after)]
    for (const name of had) if (!has.has(name)) changes.push({ rule: 'case-removed', item: name, detail: '' })
    for (const name of has) if (!had.has(name)) changes.push({ rule: 'case-added', item: name, detail: '' })
    return changes
  }

  /** How two types in the same place differ by what values they take at all; what is inside is compared elsewhere. */
  #difference(before: string, after: string): Omit<Local, 'item'> | undefined {
    const [had, has] = [shapeOf(this.#before, before), shapeOf(this.#after, after)]
    if (had === has) return undefined
    const detail = `${labelOf(this.#before, before)} → ${labelOf(this.#after, after)}`
    if (takesAlso(this.#after, after, had)) return { rule: 'type-widened', detail }
    if (takesAlso(this.#before, before, has)) return { rule: 'type-narrowed', detail }
    return { rule: 'type-changed', detail }
  }

  #interface(
    rule: RuleId,
    where: string,
    item: string,
    before: string | undefined,
    after: string | undefined,
  ): void {
    this.#push({ rule, item, detail: '' }, 'interface', where, before, after, [where])
  }

  #push(
    { rule, item, detail }: Local,
    side: Side,
    where: string,
    before: string | undefined,
    after: string | undefined,
    reachedBy: readonly string[],
  ): void {
    const isSent = side === 'arguments' || side === 'interface'
    const verdict = isSent ? rules[rule].sent : rules[rule].received
    this.#changes.push({ rule, side, verdict, where, item, detail, before, after, reachedBy })
  }
}

function featureChanges(before: readonly string[], after: readonly string[], item: string): Local[] {
  const changes: Local[] = []
  const of = (feature: string): string => (item === '' ? feature : `${item}: ${feature}`)
  for (const each of before) {
    if (after.includes(each)) continue
    if (each === 'deprecated') changes.push({ rule: 'undeprecated', item, detail: '' })
    else changes.push({ rule: 'feature-removed', item: of(each), detail: '' })
  }
  for (const each of after) {
    if (before.includes(each)) continue
    if (each === 'deprecated') changes.push({ rule: 'deprecated', item, detail: '' })
    else changes.push({ rule: 'feature-added', item: of(each), detail: '' })
  }
  return changes
}

/** The type inside arrays. */
function inner(schema: Schema, type: string): string {
  let name = type
  // An array of itself ends it.
  for (let step = 0; step < 16; step += 1) {
    const entity = schema.byName.get(name)
    if (entity?.kind !== 'array') break
    name = entity.elementType
  }
  return name
}

function isEmpty(schema: Schema, type: string): boolean {
  const entity = schema.byName.get(type)
  return entity?.kind === 'object' && entity.members.length + entity.variants.length === 0
}

/** What kind of values a type takes, without names: `int`, `enum`, `array of object`. */
function shapeOf(schema: Schema, type: string, depth = 0): string {
  const entity = schema.byName.get(type)
  if (entity === undefined) return 'missing'
  switch (entity.kind) {
    case 'builtin':
      return entity.jsonType
    case 'array':
      return depth > 16 ? 'array' : `array of ${shapeOf(schema, entity.elementType, depth + 1)}`
    case 'unknown':
      return entity.metaType
    default:
      return entity.kind
  }
}

/** Whether a type takes the values of a shape too, besides others. */
function takesAlso(schema: Schema, type: string, shape: string): boolean {
  const entity = schema.byName.get(type)
  const mine = shapeOf(schema, type)
  if (mine === 'value') return true
  if (mine === 'number' && shape === 'int') return true
  if (mine === 'string' && shape === 'enum') return true
  return entity?.kind === 'alternate' && entity.branches.some((each) => shapeOf(schema, each) === shape)
}

/** The types that two entities of a kind refer to from the same place. */
function sharedTypes(
  before: Entity,
  after: Entity,
  one: Schema,
  other: Schema,
): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  if (before.kind === 'object' && after.kind === 'object') {
    const has = new Map(after.members.map((each) => [each.name, each.type]))
    for (const { name, type } of before.members) {
      const now = has.get(name)
      if (now !== undefined) pairs.push([type, now])
    }
    const cases = new Map(after.variants.map((each) => [each.case, each.type]))
    for (const variant of before.variants) {
      const now = cases.get(variant.case)
      if (now !== undefined) pairs.push([variant.type, now])
    }
  } else if (before.kind === 'alternate' && after.kind === 'alternate') {
    const has = new Map(after.branches.map((each) => [shapeOf(other, each), each]))
    for (const branch of before.branches) {
      const now = has.get(shapeOf(one, branch))
      if (now !== undefined) pairs.push([branch, now])
    }
  }
  return pairs
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
