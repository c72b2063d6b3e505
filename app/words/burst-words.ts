/** A burst of state changes of one job in words: `job0: created → running → ready`. Pure. */
import type { RowView } from '#record/row.ts'
import { EventData } from '#trace/say-data.ts'

/** What is known of a row of a burst: nothing until the worker has answered. */
export type BurstView = RowView | undefined

/** The states in their order. `between`: rows from `first` to `last` that are not read, which are counted. */
export function burstWords(first: readonly BurstView[], between: number, last: readonly BurstView[]): string {
  const known = first.find((view) => view !== undefined)
  const states = [...first.map(stateOf), ...(between > 0 ? [`${between} more`] : []), ...last.map(stateOf)]
  return `${dataOf(known).text('id')}: ${states.join(' → ')}`
}

function stateOf(view: BurstView): string {
  return dataOf(view).text('status')
}

function dataOf(view: BurstView): EventData {
  return new EventData(view?.row.kind === 'event' ? view.row.data : undefined)
}
