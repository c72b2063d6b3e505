/** The filters of a comparison as they stand in the address. */
import { rules, sides, verdicts } from '#qapi/compare/rules.ts'
import type { RuleId, ChangeSide, Compatibility } from '#qapi/compare/rules.ts'
import type { SchemaChange } from '#qapi/compare/compare.ts'

/** The filters. Undefined or '' filters nothing. */
export interface CompareFilters {
  readonly verdict: Compatibility | undefined
  readonly side: ChangeSide | undefined
  readonly rule: RuleId | undefined
  readonly text: string
}

/** Read the query part of an address. What is unknown is left out. */
export function compareFiltersOf(query: Readonly<Record<string, string>>): CompareFilters {
  const { verdict, side, change, names } = query
  return {
    verdict: verdicts.find((each) => each === verdict),
    side: sides.find((each) => each === side),
    rule: (Object.keys(rules) as RuleId[]).find((each) => each === change),
    text: names ?? '',
  }
}

/** Tells a change from the others of its comparison, also after types have got other names. */
export function keyOf({ rule, item, paths, types }: SchemaChange): string {
  return JSON.stringify([rule, item, paths[0] ?? types])
}

/** Whether a change passes all filters but one. */
export function passes(
  change: SchemaChange,
  { verdict, side, rule, text }: CompareFilters,
  but?: 'verdict' | 'side' | 'rule',
): boolean {
  if (but !== 'verdict' && verdict !== undefined && change.verdict !== verdict) return false
  if (but !== 'side' && side !== undefined && change.sides.every((each) => each.side !== side)) return false
  if (but !== 'rule' && rule !== undefined && change.rule !== rule) return false
  if (text === '') return true
  const wanted = text.toLowerCase()
  const { paths, types, item, detail, reachedBy } = change
  return [types, item, detail, ...paths, ...reachedBy].some((each) => each.toLowerCase().includes(wanted))
}
