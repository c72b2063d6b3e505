/**
 * The pairs of types that stand in the same places of two schemas, as a graph from commands and events down. Each pair is
 * looked at once, whatever leads to it; a type may stand in a pair with several.
 * Tested by workers/qapi/compare/compare.test.ts and workers/qapi/compare/recorded.test.ts.
 * @adr 0010
 */
import { compareObjects, memberKey, pairOf } from './objects.ts'
import type { Inspected, Inward, Pair } from './objects.ts'
import { featureFacts } from './rules.ts'
import type { SchemaFact, ChangeSide } from './rules.ts'
import { comparePlace, jsonClass } from './shapes.ts'
import type { TwoSchemas } from './shapes.ts'
import { describeType } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { EntityOf } from '../model/schema-info.ts'

/** A pair with what was found in it. */
export interface PairNode {
  readonly pair: Pair
  readonly facts: readonly SchemaFact[]
  readonly to: Link[]
  readonly from: Link[]
  /** The commands and events whose arguments, return or data it is. */
  readonly roots: RootPlace[]
}

/** From a pair to one inside. */
export interface Link {
  readonly from: PairNode
  readonly to: PairNode
  readonly step: string
  readonly item: string
}

/** Where a path begins. */
export interface RootPlace {
  readonly root: string
  readonly side: ChangeSide
  /** `blockdev-add.arguments`, `query-block.return[]` */
  readonly path: string
}

/** A fact about a command or event itself, or about the type that stands at its place. */
export interface RootFact {
  readonly place: RootPlace
  readonly fact: SchemaFact
  readonly before: string | undefined
  readonly after: string | undefined
}

/** All pairs. */
export interface PairGraph {
  readonly nodes: readonly PairNode[]
  readonly rootFacts: readonly RootFact[]
  /** Commands and events that both have. */
  readonly common: number
  /** The limit of pairs was reached: not all were looked at. */
  readonly isCut: boolean
}

/**
 * Pairs that are looked at: a multiple of the entities, since schemas that are alike have about one pair for each. Two
 * schemas that were made to be hard to compare may have one for any two entities.
 */
const pairsForEntity = 4
const pairsAtLeast = 20_000
/** Members, values and cases that are looked at: 11.1 has 6,000; ten million take a few seconds. */
const mostItems = 10_000_000

/** Find all pairs, breadth first. */
export function pairsOf(schemas: TwoSchemas): PairGraph {
  const finder = new PairFinder(schemas)
  finder.run()
  return { nodes: finder.nodes, rootFacts: finder.rootFacts, common: finder.common, isCut: finder.isCut }
}

class PairFinder {
  readonly nodes: PairNode[] = []
  readonly rootFacts: RootFact[] = []
  common = 0
  isCut = false
  readonly #schemas: TwoSchemas
  readonly #byKey = new Map<string, PairNode>()
  readonly #mostPairs: number
  #itemsLeft = mostItems

  constructor(schemas: TwoSchemas) {
    this.#schemas = schemas
    const entities = schemas.before.entities.length + schemas.after.entities.length
    this.#mostPairs = Math.max(pairsAtLeast, pairsForEntity * entities)
  }

  run(): void {
    this.#roots()
    // Nodes that are added on the way are visited too, the nearest first.
    for (const node of this.nodes) {
      for (const { step, item, pair } of inwardOf.get(node) ?? []) {
        const to = this.#nodeOf(pair)
        if (to === undefined) continue
        const link = { from: node, to, step, item }
        node.to.push(link)
        to.from.push(link)
      }
    }
  }

  #nodeOf(pair: Pair): PairNode | undefined {
    const key = keyOf(pair)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    this.#itemsLeft -= sizeOf(this.#schemas.before, pair.before) + sizeOf(this.#schemas.after, pair.after)
    if (this.nodes.length >= this.#mostPairs || this.#itemsLeft < 0) {
      this.isCut = true
      return undefined
    }
    const { facts, inward } = inspect(this.#schemas, pair)
    const node: PairNode = { pair, facts, to: [], from: [], roots: [] }
    inwardOf.set(node, inward)
    this.#byKey.set(key, node)
    this.nodes.push(node)
    return node
  }

  #roots(): void {
    const { before, after } = this.#schemas
    for (const entity of before.entities) {
      if (entity.kind !== 'command' && entity.kind !== 'event') continue
      const now = after.byName.get(entity.name)
      if (now?.kind !== entity.kind) {
        this.#interface({ rule: `${entity.kind}-removed`, item: '', detail: '' }, entity.name, undefined)
        continue
      }
      this.common += 1
      for (const fact of featureFacts(entity.features, now.features, '')) {
        this.#interface(fact, entity.name, entity.name)
      }
      if (entity.kind === 'event' && now.kind === 'event') {
        this.#root(entity.name, 'data', entity.argType, now.argType)
      }
      if (entity.kind !== 'command' || now.kind !== 'command') continue
      if (entity.allowOob !== now.allowOob) {
        const rule = now.allowOob ? 'oob-allowed' : 'oob-refused'
        this.#interface({ rule, item: '', detail: '' }, entity.name, entity.name)
      }
      this.#root(entity.name, 'arguments', entity.argType, now.argType)
      this.#root(entity.name, 'return', entity.retType, now.retType)
    }
    for (const entity of after.entities) {
      if (entity.kind !== 'command' && entity.kind !== 'event') continue
      if (before.byName.get(entity.name)?.kind === entity.kind) continue
      this.#interface({ rule: `${entity.kind}-added`, item: '', detail: '' }, undefined, entity.name)
    }
  }

  #interface(fact: SchemaFact, before: string | undefined, after: string | undefined): void {
    const root = after ?? before ?? ''
    this.rootFacts.push({ place: { root, side: 'interface', path: root }, fact, before, after })
  }

  #root(root: string, side: ChangeSide, before: string, after: string): void {
    const { rule, detail, inside } = comparePlace(this.#schemas, before, after)
    const path = `${root}.${side}`
    if (rule !== undefined) {
      const fact: SchemaFact = { rule, item: '', detail }
      this.rootFacts.push({ place: { root, side, path }, fact, before: root, after: root })
    }
    if (inside === undefined) return
    this.#nodeOf(pairOf(inside.before, inside.after))?.roots.push({
      root,
      side,
      path: `${path}${inside.step}`,
    })
  }
}

/** What is inside a node, until it is linked. */
const inwardOf = new WeakMap<PairNode, readonly Inward[]>()

function keyOf(pair: Pair): string {
  const { before, after, isCase, silent, carriedBefore, carriedAfter, depth } = pair
  const plain = `${before}\n${after}`
  if (!isCase) return plain
  const isCarried = carriedBefore.length + carriedAfter.length > 0
  // How deep it stands matters only where something is carried further.
  const carried = isCarried ? [depth, carriedBefore.map(memberKey), carriedAfter.map(memberKey)] : []
  return `${plain}\ncase ${silent ?? ''}\n${JSON.stringify(carried)}`
}

function sizeOf(schema: Schema, type: string): number {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'object') return 1 + entity.members.length + entity.variants.length
  if (entity?.kind === 'enum') return 1 + entity.values.length
  return entity?.kind === 'alternate' ? 1 + entity.branches.length : 1
}

function inspect(schemas: TwoSchemas, pair: Pair): Inspected {
  const [before, after] = [schemas.before.byName.get(pair.before), schemas.after.byName.get(pair.after)]
  if (before?.kind === 'enum' && after?.kind === 'enum')
    return { facts: compareEnums(before, after), inward: [] }
  if (before?.kind === 'alternate' && after?.kind === 'alternate') {
    return compareAlternates(schemas, before, after)
  }
  return compareObjects(schemas, pair)
}

function compareEnums(before: EntityOf<'enum'>, after: EntityOf<'enum'>): readonly SchemaFact[] {
  const facts: SchemaFact[] = [...featureFacts(before.features, after.features, '')]
  const had = new Map(before.values.map((each) => [each.name, each]))
  const has = new Map(after.values.map((each) => [each.name, each]))
  for (const [name, value] of had) {
    const now = has.get(name)
    if (now === undefined) facts.push({ rule: 'value-removed', item: name, detail: '' })
    else facts.push(...featureFacts(value.features, now.features, name))
  }
  for (const name of has.keys()) {
    if (!had.has(name)) facts.push({ rule: 'value-added', item: name, detail: '' })
  }
  return facts
}

/** Alternates by the JSON types of their branches: these are how QEMU tells them apart. @qapi SchemaInfoAlternate */
function compareAlternates(
  schemas: TwoSchemas,
  before: EntityOf<'alternate'>,
  after: EntityOf<'alternate'>,
): Inspected {
  const facts: SchemaFact[] = [...featureFacts(before.features, after.features, '')]
  const inward: Inward[] = []
  const byClass = (schema: Schema, branches: readonly string[]): ReadonlyMap<string, string> =>
    new Map(branches.map((each) => [jsonClass(schema.byName.get(each)), each]))
  const had = byClass(schemas.before, before.branches)
  const has = byClass(schemas.after, after.branches)
  for (const [json, type] of had) {
    const now = has.get(json)
    const item = describeType(schemas.before, type)
    if (now === undefined) {
      facts.push({ rule: 'alternative-removed', item, detail: '' })
      continue
    }
    const { rule, detail, inside } = comparePlace(schemas, type, now)
    if (rule !== undefined) facts.push({ rule, item, detail })
    if (inside !== undefined) {
      inward.push({ step: inside.step, item: '', pair: pairOf(inside.before, inside.after) })
    }
  }
  for (const [json, type] of has) {
    if (had.has(json)) continue
    facts.push({ rule: 'alternative-added', item: describeType(schemas.after, type), detail: '' })
  }
  return { facts, inward }
}
