/** Rows of a record in a few columns, each with what it is about: for laying two recordings over each other. */
import type { Filter } from '#record/filter/filter.ts'
import type { Outline } from '#record/outline.ts'
import { blockRows } from '#store/columns.ts'
import { createScan } from '#store/scan/scan.ts'
import type { Store } from '#store/store.ts'
import { overlayKey } from '#trace/overlay/overlay-key.ts'

/** How long it may take before the worker reads from the wire again, in milliseconds. */
const budgetMs = 15

/** Make the outline of the first `most` rows that pass a filter. `rest` lets other work be done. */
export async function outlineOf(
  store: Store,
  filter: Filter,
  most: number,
  now: () => number,
  rest: () => Promise<void>,
): Promise<Outline> {
  const scan = createScan(store, filter, now)
  while (!scan.step(budgetMs)) await rest()
  const found = scan.found()
  const count = Math.min(most, found.length)
  const at = new Float64Array(count)
  const lane = new Uint8Array(count)
  const key = new Uint32Array(count)
  const latencyMs = new Float64Array(count).fill(Number.NaN)
  const keys = new Map<string, number>()
  let until = now() + budgetMs
  for (let index = 0; index < count; index += 1) {
    if (index % 64 === 0 && now() >= until) {
      await rest()
      until = now() + budgetMs
    }
    const seq = found[index] as number
    const row = store.row(seq)
    // What was dropped meanwhile is like nothing.
    const words = row === undefined ? 'gone -' : overlayKey(row)
    at[index] = row?.at ?? 0
    if (row !== undefined) lane[index] = store.block(seq).lane[seq % blockRows] as number
    if (row !== undefined && 'latencyMs' in row) latencyMs[index] = row.latencyMs
    let number = keys.get(words)
    if (number === undefined) {
      number = keys.size
      keys.set(words, number)
    }
    key[index] = number
  }
  return {
    seq: found.slice(0, count),
    at,
    lane,
    key,
    latencyMs,
    keys: [...keys.keys()],
    more: found.length - count,
  }
}
