/** The filters of the schema view as they stand in the address. */
import { own } from '#base/own.ts'
import { flags, kindOrder } from '#qapi/search/entity-index.ts'
import type { Flag } from '#qapi/search/entity-index.ts'
import type { EntityKind } from '#qapi/model/schema-info.ts'

/** The filters in the address. */
export interface FilterChoice {
  readonly kinds: readonly EntityKind[]
  readonly flags: readonly Flag[]
  readonly subsystem: string | undefined
  readonly uses: string | undefined
  /** Versions. */
  readonly newSince: string | undefined
  readonly availableIn: string | undefined
}

/** The words for the flags. */
export const flagNames: Readonly<Record<Flag, string>> = {
  deprecated: 'deprecated',
  unstable: 'unstable',
  oob: 'out-of-band',
  'no-arguments': 'takes no arguments',
  job: 'starts a job',
}

/** Read the query part of an address. What is unknown is left out. */
export function filtersOf(query: Readonly<Record<string, string>>): FilterChoice {
  const listed = <Item extends string>(text: string | undefined, all: readonly Item[]): readonly Item[] => {
    const given = new Set((text ?? '').split(','))
    return all.filter((each) => given.has(each))
  }
  const text = (key: string): string | undefined => (own(query, key) === '' ? undefined : own(query, key))
  return {
    kinds: listed(query.kinds, kindOrder),
    flags: listed(query.flags, flags),
    subsystem: text('sub'),
    uses: text('uses'),
    newSince: text('since'),
    availableIn: text('in'),
  }
}

/** How many filters are set beside the kinds. */
export function filterCount(choice: FilterChoice): number {
  const single = [choice.subsystem, choice.uses, choice.newSince, choice.availableIn]
  return choice.flags.length + single.filter((each) => each !== undefined).length
}

/** A list with an item put in or taken out, as it stands in the address. */
export function toggled<Item extends string>(list: readonly Item[], item: Item): string {
  return (list.includes(item) ? list.filter((each) => each !== item) : [...list, item]).join(',')
}

/** The change of the address that takes all filters away. */
export const noFilters: Record<string, string> = {
  kinds: '',
  flags: '',
  sub: '',
  uses: '',
  since: '',
  in: '',
}
