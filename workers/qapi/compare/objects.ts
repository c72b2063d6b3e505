/**
 * Compares two object types by the JSON that can be on the wire. A union is compared for each value of its tag, with the members of that
 * case, so that a member which moves into a case or out of one is missing or new only for the other values. Such a
 * member is compared as if each case had it.
 * Tested by workers/qapi/compare/compare.test.ts and workers/qapi/compare/recorded.test.ts.
 * @qapi SchemaInfoObject
 */
import { isEmptyObject } from '../model/schema-info.ts'
import { featureFacts, listed } from './rules.ts'
import type { SchemaFact } from './rules.ts'
import { comparePlace } from './shapes.ts'
import type { TwoSchemas } from './shapes.ts'
import { describeType } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Member, EntityOf } from '../model/schema-info.ts'

/** Two types to compare. */
export interface Pair {
  readonly before: string
  readonly after: string
  /** They are cases of unions: their members are beside those of the union. */
  readonly isCase: boolean
  /** Members of the union that a case is of, which are its own in the other schema. */
  readonly carriedBefore: readonly Member[]
  readonly carriedAfter: readonly Member[]
  /** Added or removed members that are not listed, because the change of their tag is. */
  readonly silent: 'added' | 'removed' | undefined
  /** Unions around it. */
  readonly depth: number
}

/** From a pair to one inside. */
export interface Inward {
  /** What is added to the path: `.file`, `.list[]`, `(driver=qcow2)`, or '' for the branch of an alternate. */
  readonly step: string
  /** The member or the case that leads there; '' for the branch of an alternate. */
  readonly item: string
  readonly pair: Pair
}

/** The facts about a pair, and the pairs inside. */
export interface Inspected {
  readonly facts: readonly SchemaFact[]
  readonly inward: readonly Inward[]
}

/** A pair of types in a place of their own. */
export function pairOf(before: string, after: string): Pair {
  return {
    before,
    after,
    isCase: false,
    carriedBefore: [],
    carriedAfter: [],
    silent: undefined,
    depth: 0,
  }
}

/** A union that is a case of a union: QAPI has two levels, deeper ones are compared without what moves through them. */
const deepestUnion = 8
/**
 * Members of a union times values of its tag: beyond it members are not looked for in the cases. QEMU's largest union has
 * 1,000; ten million take a tenth of a second.
 */
const mostLookups = 10_000_000
/** Names that are collected of the cases of one schema: those of QEMU have 10,000, and more is not looked through. */
const mostNames = 1_000_000
/** Values of a tag that are named before the rest is counted. */
const namedValues = 4

/** How the members of two objects depend on a value. */
type Split =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'cases'
      readonly tag: string
      readonly values: readonly string[]
      /** Only one of both has the tag. */
      readonly only: 'before' | 'after' | undefined
    }
  /** Another member decides: values of the one say nothing of the other's cases. */
  | { readonly kind: 'other-tag'; readonly before: string; readonly after: string }

/** Both objects with the members that they have outside of cases. An entity is undefined for a case without a type. */
interface TwoObjects {
  readonly schemas: TwoSchemas
  readonly pair: Pair
  readonly before: EntityOf<'object'> | undefined
  readonly after: EntityOf<'object'> | undefined
  readonly had: ReadonlyMap<string, Member>
  readonly has: ReadonlyMap<string, Member>
}

/** Compare two objects. Either may be missing: a case that adds nothing. */
export function compareObjects(schemas: TwoSchemas, pair: Pair): Inspected {
  const [before, after] = [objectOf(schemas.before, pair.before), objectOf(schemas.after, pair.after)]
  const both: TwoObjects = {
    schemas,
    pair,
    before,
    after,
    had: withCarried(before, pair.carriedBefore),
    has: withCarried(after, pair.carriedAfter),
  }
  const facts: SchemaFact[] = []
  if (before !== undefined && after !== undefined)
    facts.push(...featureFacts(before.features, after.features, ''))
  const whole = wholeCase(both)
  if (whole !== undefined) return { facts: [...facts, ...whole], inward: [] }

  const inward: Inward[] = []
  for (const [name, was] of both.had) {
    const now = both.has.get(name)
    if (now !== undefined) compareMember(schemas, was, now, facts, inward)
  }
  const split = splitOf(both)
  if (split.kind === 'cases') compareCases(both, split, facts, inward)
  else {
    if (split.kind === 'other-tag') {
      facts.push({ rule: 'tag-changed', item: split.after, detail: `${split.before} → ${split.after}` })
    }
    const isTold = (schema: Schema, type: EntityOf<'object'> | undefined, name: string): boolean =>
      split.kind === 'other-tag' &&
      (name === split.before || name === split.after || namesOf(schema, type?.name ?? '').has(name))
    for (const member of onlyIn(both.had, both.has)) {
      if (!isTold(schemas.after, after, member.name)) pushGone(both, member, '', facts)
    }
    for (const member of onlyIn(both.has, both.had)) {
      if (!isTold(schemas.before, before, member.name)) pushNew(both, member, '', facts)
    }
  }
  return { facts, inward }
}

function objectOf(schema: Schema, type: string): EntityOf<'object'> | undefined {
  const entity = schema.byName.get(type)
  return entity?.kind === 'object' ? entity : undefined
}

function withCarried(
  entity: EntityOf<'object'> | undefined,
  carried: readonly Member[],
): ReadonlyMap<string, Member> {
  return new Map([...carried, ...(entity?.members ?? [])].map((each) => [each.name, each]))
}

function onlyIn(one: ReadonlyMap<string, Member>, other: ReadonlyMap<string, Member>): readonly Member[] {
  return [...one.values()].filter((each) => !other.has(each.name))
}

/** `detail` says with which values it is still there; '' where it is not. */
function pushGone({ pair }: TwoObjects, { name }: Member, detail: string, facts: SchemaFact[]): void {
  if (pair.silent === 'removed') return
  facts.push({ rule: detail === '' ? 'member-removed' : 'member-now-in-case', item: name, detail })
}

function pushNew({ schemas, pair }: TwoObjects, member: Member, when: string, facts: SchemaFact[]): void {
  if (pair.silent === 'added') return
  const type = describeType(schemas.after, member.type)
  facts.push({
    rule: member.optional ? 'optional-member-added' : 'required-member-added',
    item: member.name,
    detail: when === '' ? type : `${type}, ${when}`,
  })
}

/** A case that had no members and has several now, or the other way round, is one fact. */
function wholeCase({
  schemas,
  pair,
  before,
  after,
  had,
  has,
}: TwoObjects): readonly SchemaFact[] | undefined {
  if (!pair.isCase) return undefined
  const cameWhole = had.size === 0 && tagOf(schemas.before, before) === undefined
  const wentWhole = has.size === 0 && tagOf(schemas.after, after) === undefined
  if (cameWhole === wentWhole) return undefined
  const members = [...(cameWhole ? has : had).values()]
  const splits = tagOf(cameWhole ? schemas.after : schemas.before, cameWhole ? after : before) !== undefined
  if (members.length < 2 && !splits) return undefined
  if (pair.silent === (cameWhole ? 'added' : 'removed')) return []
  const names = members.map((each) => `${each.name}${each.optional ? '?' : ''}`)
  const detail = listed(names, 12)
  if (wentWhole) return [{ rule: 'members-of-case-removed', item: '', detail }]
  const isFree = members.every((each) => each.optional)
  return [
    { rule: isFree ? 'optional-members-of-case-added' : 'required-members-of-case-added', item: '', detail },
  ]
}

function compareMember(
  schemas: TwoSchemas,
  was: Member,
  now: Member,
  facts: SchemaFact[],
  inward: Inward[],
): void {
  const item = was.name
  if (was.optional !== now.optional) {
    facts.push({ rule: now.optional ? 'member-now-optional' : 'member-now-required', item, detail: '' })
  }
  const { rule, detail, inside } = comparePlace(schemas, was.type, now.type)
  if (rule !== undefined) facts.push({ rule, item, detail })
  facts.push(...featureFacts(was.features, now.features, item))
  if (inside !== undefined) {
    inward.push({ step: `.${item}${inside.step}`, item, pair: pairOf(inside.before, inside.after) })
  }
}

/** The member that decides, where any value of it adds members. */
function tagOf(schema: Schema, entity: EntityOf<'object'> | undefined): string | undefined {
  return entity?.variants.some((each) => !isEmpty(schema, each.type)) === true ? entity.tag : undefined
}

function isEmpty(schema: Schema, type: string): boolean {
  const entity = objectOf(schema, type)
  return entity === undefined || isEmptyObject(entity)
}

function splitOf({ schemas, before, after, had, has }: TwoObjects): Split {
  const [was, now] = [tagOf(schemas.before, before), tagOf(schemas.after, after)]
  const tag = now ?? was
  if (tag === undefined) return { kind: 'none' }
  if (was !== undefined && now !== undefined && was !== now) {
    return { kind: 'other-tag', before: was, after: now }
  }
  const old = valuesOf(schemas.before, had.get(tag))
  const current = valuesOf(schemas.after, has.get(tag))
  // A tag that is no enum on a side may have any value there.
  const cases = [...(before?.variants ?? []), ...(after?.variants ?? [])].map((each) => each.case)
  const either = current ?? old ?? [...new Set(cases)]
  if (!had.has(tag)) return { kind: 'cases', tag, values: either, only: 'after' }
  if (!has.has(tag)) return { kind: 'cases', tag, values: old ?? either, only: 'before' }
  const known = new Set(old ?? either)
  return { kind: 'cases', tag, values: either.filter((each) => known.has(each)), only: undefined }
}

/** The values of a tag; undefined where its type is no enum. */
function valuesOf(schema: Schema, tag: Member | undefined): readonly string[] | undefined {
  const type = tag === undefined ? undefined : schema.byName.get(tag.type)
  return type?.kind === 'enum' ? type.values.map((each) => each.name) : undefined
}

/** The cases of one value or of several that have the same. */
interface Case {
  readonly before: string
  readonly after: string
  readonly carriedBefore: readonly Member[]
  readonly carriedAfter: readonly Member[]
  readonly values: string[]
}

function compareCases(
  both: TwoObjects,
  split: Extract<Split, { kind: 'cases' }>,
  facts: SchemaFact[],
  inward: Inward[],
): void {
  const { schemas, pair } = both
  const casesBefore = new Map(both.before?.variants.map((each) => [each.case, each.type]))
  const casesAfter = new Map(both.after?.variants.map((each) => [each.case, each.type]))
  const oneSided = Math.abs(both.had.size - both.has.size) + both.had.size
  const canCarry = pair.depth < deepestUnion && oneSided * split.values.length < mostLookups
  /** The members that moved, with the values whose case has them in the other schema. */
  const moved = (
    members: readonly Member[],
    schema: Schema,
    cases: ReadonlyMap<string, string>,
    tell: (member: Member, held: readonly string[]) => void,
  ): readonly (readonly [Member, ReadonlySet<string>])[] =>
    members.flatMap((member) => {
      const holds = (value: string): boolean => namesOf(schema, cases.get(value) ?? '').has(member.name)
      const held = canCarry ? split.values.filter(holds) : []
      if (held.length < split.values.length || held.length === 0) tell(member, held)
      return held.length === 0 ? [] : [[member, new Set(held)] as const]
    })
  const gone = moved(onlyIn(both.had, both.has), schemas.after, casesAfter, (member, held) => {
    const still = `only when ${split.tag} is ${listed(held, namedValues)}`
    pushGone(both, member, held.length === 0 ? '' : still, facts)
  })
  const came = moved(onlyIn(both.has, both.had), schemas.before, casesBefore, (member, held) => {
    // Members that depend on a removed tag are covered by its removal.
    if (split.only === 'before' && held.length > 0) return
    const had = `there already when ${split.tag} is ${listed(held, namedValues)}`
    pushNew(both, member, held.length === 0 ? '' : had, facts)
  })

  const groups = new Map<string, Case>()
  for (const value of split.values) {
    const [one, other] = [casesBefore.get(value) ?? '', casesAfter.get(value) ?? '']
    const carriedBefore = gone.filter(([, held]) => held.has(value)).map(([member]) => member)
    const carriedAfter = came.filter(([, held]) => held.has(value)).map(([member]) => member)
    const isCarried = carriedBefore.length + carriedAfter.length > 0
    if (!isCarried && (split.only !== undefined || (one === '' && other === ''))) continue
    const key = [one, other, carriedBefore.map(memberKey), carriedAfter.map(memberKey)].join('\n')
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, { before: one, after: other, carriedBefore, carriedAfter, values: [value] })
    } else group.values.push(value)
  }
  const silent = split.only === 'after' ? 'added' : split.only === 'before' ? 'removed' : pair.silent
  for (const { values, ...each } of groups.values()) {
    inward.push({
      step: `(${split.tag}=${valuesInStep(values)})`,
      item: values[0] ?? '',
      pair: { ...each, isCase: true, silent, depth: pair.depth + 1 },
    })
  }
}

/** A member as part of a key. */
export function memberKey({ name, type, optional, features }: Member): string {
  return JSON.stringify([name, type, optional, features])
}

function valuesInStep(values: readonly string[]): string {
  const more = values.length - namedValues
  return `${values.slice(0, namedValues).join('|')}${more > 0 ? `|… ${more} more` : ''}`
}

interface KnownNames {
  readonly byType: Map<string, ReadonlySet<string>>
  left: number
}

const knownNames = new WeakMap<Schema, KnownNames>()

/** The names of all members of an object and of its cases. */
function namesOf(schema: Schema, type: string): ReadonlySet<string> {
  const known = knownNames.get(schema) ?? { byType: new Map<string, ReadonlySet<string>>(), left: mostNames }
  knownNames.set(schema, known)
  const made = known.byType.get(type)
  if (made !== undefined) return made
  const names = new Set<string>()
  // Types that are added on the way are visited too, each once.
  const open = new Set([type])
  for (const each of open) {
    if (known.left < 0) break
    const entity = objectOf(schema, each)
    known.left -= 1 + (entity?.members.length ?? 0) + (entity?.variants.length ?? 0)
    for (const member of entity?.members ?? []) names.add(member.name)
    for (const variant of entity?.variants ?? []) open.add(variant.type)
  }
  known.byType.set(type, names)
  return names
}
