/**
 * Compares two schemas: additions, removals and changes, and what they mean for a client. Judged by the JSON on the wire,
 * from the arguments, returns and data of commands and events down; the names of types differ in every build and are
 * never compared.
 *
 * Each fact is listed once, with every path from a command or event to it. The same fact may break a sender and not a
 * receiver, so each side has its own verdict.
 * @qapi qapi-code-gen, "Compatibility considerations"
 * @adr 0010
 */
import { pairsOf } from './pairs.ts'
import type { PairNode } from './pairs.ts'
import { WayFinder } from './paths.ts'
import type { Way } from './paths.ts'
import { findReplaced } from './replaced.ts'
import type { Replaced } from './replaced.ts'
import { listed, sides, verdictOf, verdicts, worstOf } from './rules.ts'
import type { SchemaFact, RuleId, ChangeSide, Compatibility } from './rules.ts'
import type { TwoSchemas } from './shapes.ts'
import { labelOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** One change. */
export interface SchemaChange {
  readonly rule: RuleId
  /** The worst of all sides. */
  readonly verdict: Compatibility
  /** What it means on each side that it reaches, in the order of `sides`. */
  readonly sides: readonly { readonly side: ChangeSide; readonly verdict: Compatibility }[]
  /** The member, value, case or alternative; '' where the type, command or event itself changed. */
  readonly item: string
  /** Before and after, where that adds something: `int → number`. */
  readonly detail: string
  /** The types that it is in by their proven names, `A → B` where they differ; '' where none is known. */
  readonly types: string
  /** The entity of each schema that has it. */
  readonly before: string | undefined
  readonly after: string | undefined
  /**
   * All paths to it, from a command or event down, those with the worst verdict first, then the shortest; a hundred at
   * most, but at least one of each command and event.
   */
  readonly paths: readonly string[]
  /** There are more paths than `paths` lists. */
  readonly hasMorePaths: boolean
  /** The commands and events that reach it, sorted. */
  readonly reachedBy: readonly string[]
}

/** All changes between two schemas. */
export interface SchemaComparison {
  /** Breaking ones first, then by their paths. */
  readonly changes: readonly SchemaChange[]
  /** How many commands and events both have. */
  readonly common: number
  /** The types that stand in the same place in both, by name, those first that are each other's counterparts. */
  readonly pairs: readonly { readonly before: string; readonly after: string }[]
  /** The schemas differ in more places than are compared: the rest is left out. */
  readonly isCut: boolean
}

/** Compare two schemas. */
export function compareSchemas(before: Schema, after: Schema): SchemaComparison {
  const schemas: TwoSchemas = { before, after }
  const graph = pairsOf(schemas)
  const told = findReplaced(schemas, graph)
  const finder = new WayFinder()
  const changes = [
    ...graph.rootFacts.map((each): SchemaChange => ({
      ...each.fact,
      ...verdictsOn([each.place.side], (side) => verdictOf(each.fact.rule, side)),
      types: '',
      before: each.before,
      after: each.after,
      paths: [each.place.path],
      hasMorePaths: false,
      reachedBy: [each.place.root],
    })),
    ...factsOf(schemas, told.nodes, finder),
    ...replacedChanges(schemas, told.replaced, finder),
  ]
  changes.sort(
    (a, b) =>
      verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
      compareText(a.paths[0] ?? '', b.paths[0] ?? '') ||
      compareText(a.item, b.item) ||
      compareText(a.rule, b.rule),
  )
  return {
    changes,
    common: graph.common,
    pairs: pairList([told.counterparts, graph.nodes]),
    isCut: graph.isCut,
  }
}

/** The facts about pairs: the same fact of the same types once, whatever path leads there. */
function factsOf(schemas: TwoSchemas, nodes: readonly PairNode[], finder: WayFinder): SchemaChange[] {
  const merged = new Map<string, { readonly fact: SchemaFact; readonly nodes: PairNode[] }>()
  for (const node of nodes) {
    for (const fact of node.facts) {
      const key = JSON.stringify([node.pair.before, node.pair.after, fact.rule, fact.item, fact.detail])
      const known = merged.get(key)
      if (known === undefined) merged.set(key, { fact, nodes: [node] })
      else known.nodes.push(node)
    }
  }
  return [...merged.values()].flatMap(({ fact, nodes: [first, ...others] }) => {
    if (first === undefined) return []
    const { before, after } = first.pair
    const found = [first, ...others].map((each) => finder.waysTo(each))
    const step = stepOf(schemas, first, fact)
    const way = { ways: found.flatMap((each) => each.ways), isCut: found.some((each) => each.isCut) }
    return [
      {
        ...fact,
        ...reached(way, step, (side) => verdictOf(fact.rule, side)),
        types: namesOf(schemas, before, after),
        before: before === '' ? undefined : before,
        after: after === '' ? undefined : after,
      },
    ]
  })
}

/** What a fact about something in a type adds to the path: `.size` for a member, ` = qcow2` for a value. */
function stepOf({ before, after }: TwoSchemas, { pair }: PairNode, { item }: SchemaFact): string {
  const kind = (after.byName.get(pair.after) ?? before.byName.get(pair.before))?.kind
  if (item === '' || kind === 'alternate') return ''
  return kind === 'enum' ? ` = ${item}` : `.${item}`
}

/** The facts about replaced types: once for a member of the same types, whatever path leads there. */
function replacedChanges(
  schemas: TwoSchemas,
  replaced: readonly Replaced[],
  finder: WayFinder,
): SchemaChange[] {
  const merged = new Map<string, Replaced[]>()
  for (const [index, each] of replaced.entries()) {
    const { link, node, facts } = each
    // A type that no member refers to has one entry.
    const place = link === undefined ? index : [link.from.pair.before, link.from.pair.after, link.step]
    const key = JSON.stringify([place, node.pair.before, node.pair.after, inWords(facts)])
    const known = merged.get(key)
    if (known === undefined) merged.set(key, [each])
    else known.push(each)
  }
  return [...merged.values()].flatMap((same) => replacedChange(schemas, same, finder))
}

function replacedChange(schemas: TwoSchemas, same: readonly Replaced[], finder: WayFinder): SchemaChange[] {
  const [first] = same
  if (first === undefined) return []
  const { link, places, node, facts } = first
  const { before, after } = node.pair
  const found = same.map((each) =>
    each.link === undefined
      ? {
          ways: each.places.map(({ root, side, path }): Way => ({ root, side, path, length: 0 })),
          isCut: false,
        }
      : finder.waysTo(each.link.from),
  )
  const ways = { ways: found.flatMap((each) => each.ways), isCut: found.some((each) => each.isCut) }
  const owner = link?.from.pair
  const root = places[0]?.root
  return [
    {
      rule: 'type-replaced',
      item: link?.item ?? '',
      detail: `${labelOf(schemas.before, before)} → ${labelOf(schemas.after, after)}; ${inWords(facts)}`,
      ...reached(ways, link?.step ?? '', (side) => worstOf(facts.map((each) => verdictOf(each.rule, side)))),
      types: owner === undefined ? '' : namesOf(schemas, owner.before, owner.after),
      before: owner?.before ?? root,
      after: owner?.after ?? root,
    },
  ]
}

/** Names that are given in a detail before the rest is counted. */
const mostNamed = 8

/** The differences between two types in a few words: removed, added, changed. */
function inWords(facts: readonly SchemaFact[]): string {
  const namesWith = (test: (rule: RuleId) => boolean): readonly string[] => [
    ...new Set(facts.filter((each) => test(each.rule) && each.item !== '').map((each) => each.item)),
  ]
  const isGone = (rule: RuleId): boolean => rule.endsWith('-removed')
  const isNew = (rule: RuleId): boolean => rule.endsWith('-added')
  const parts = [
    ['without', namesWith(isGone)],
    ['with', namesWith(isNew)],
    ['otherwise', namesWith((rule) => !isGone(rule) && !isNew(rule))],
  ] as const
  const named = parts.filter(([, names]) => names.length > 0)
  return named.map(([word, names]) => `${word} ${listed(names, mostNamed)}`).join('; ')
}

/** Paths with the worst verdict come first, then the shortest. A list shows the first. */
function reached(
  { ways, isCut }: { readonly ways: readonly Way[]; readonly isCut: boolean },
  step: string,
  verdict: (side: ChangeSide) => Compatibility,
): Pick<SchemaChange, 'verdict' | 'sides' | 'paths' | 'hasMorePaths' | 'reachedBy'> {
  const judged = verdictsOn(
    ways.map((each) => each.side),
    verdict,
  )
  const worst = new Set(
    judged.sides.filter((each) => each.verdict === judged.verdict).map((each) => each.side),
  )
  const sorted = ways.toSorted(
    (a, b) =>
      Number(worst.has(b.side)) - Number(worst.has(a.side)) ||
      a.length - b.length ||
      compareText(a.path, b.path),
  )
  return {
    ...judged,
    paths: [...new Set(sorted.map((each) => `${each.path}${step}`))],
    hasMorePaths: isCut,
    reachedBy: [...new Set(ways.map((each) => each.root))].sort(),
  }
}

function verdictsOn(
  all: readonly ChangeSide[],
  verdict: (side: ChangeSide) => Compatibility,
): Pick<SchemaChange, 'verdict' | 'sides'> {
  const used = new Set(all)
  const list = sides.filter((each) => used.has(each)).map((side) => ({ side, verdict: verdict(side) }))
  return { verdict: worstOf(list.map((each) => each.verdict)), sides: list }
}

function namesOf(schemas: TwoSchemas, before: string, after: string): string {
  const [one, other] = [schemas.before.realNames.get(before), schemas.after.realNames.get(after)]
  if (one === undefined || other === undefined || one === other) return other ?? one ?? ''
  return `${one} → ${other}`
}

function pairList(lists: readonly (readonly PairNode[])[]): SchemaComparison['pairs'] {
  const pairs = new Map<string, { readonly before: string; readonly after: string }>()
  for (const { pair } of lists.flat()) {
    const { before, after } = pair
    if (before !== '' && after !== '') pairs.set(`${before}\n${after}`, { before, after })
  }
  return [...pairs.values()]
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
