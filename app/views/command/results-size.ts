/** How much of what came back the page keeps in memory, over all machines. No runes. */
import { jsonSize } from '#base/json/size.ts'
import type { Json } from '#base/json/value.ts'
import { keptWithin } from '#state/machine/bounded.ts'
import { withoutReply } from '#words/outcome.ts'
import type { Sent } from './sent.ts'

/** How many results a machine has. More are a long page, and the history has what was sent. */
export const mostResults = 50
/**
 * Characters of all arguments, replies and texts together. Values take several times of that in memory: 32 Mi are some
 * 200 MB of page at most. Less would lose one reply of 10 MB with its text too soon, which is what a large query returns.
 */
export const mostResultSize = 32 * 1024 * 1024
/** Characters of arguments that stay where the rest had to go: they say which of several commands it was. */
const longestArguments = 10_000

/** Results with no more in them than is kept: the newest is whole, of the oldest only what they were is left. */
export function withinBounds(
  byMachine: ReadonlyMap<string, readonly Sent[]>,
  mostSize = mostResultSize,
): ReadonlyMap<string, readonly Sent[]> {
  const newestFirst = [...byMachine.values()].flat().sort((a, b) => b.number - a.number)
  const kept = keptWithin(newestFirst, sizeOf, { most: newestFirst.length, mostSize })
  const last = newestFirst[Math.max(1, kept)]?.number
  if (last === undefined) return byMachine
  return new Map(
    [...byMachine].map(([machine, list]) => [
      machine,
      list.map((each) => (each.number <= last ? emptied(each) : each)),
    ]),
  )
}

function emptied(sent: Sent): Sent {
  // A waiting one has no reply yet; a small one, or one that was emptied before, stays.
  if (sent.result === undefined || sizeOf(sent) <= 2 * longestArguments) return sent
  return {
    ...sent,
    dropped: sizeOf(sent) + (sent.dropped ?? 0),
    arguments: valueSize(sent.arguments) > longestArguments ? undefined : sent.arguments,
    result: withoutReply(sent.result),
    text: undefined,
    late: sent.late === undefined ? undefined : { ...sent.late, text: undefined, value: undefined },
    around: undefined,
  }
}

/** Characters that a result holds. */
function sizeOf({ arguments: args, result, text, late, around = [] }: Sent): number {
  let size = valueSize(args) + (text?.length ?? 0) + (late?.text?.length ?? 0) + valueSize(late?.value)
  if (result?.kind === 'returned') size += valueSize(result.value)
  else if (result?.kind === 'failed') size += result.error.desc.length
  for (const { before, after } of around) {
    for (const each of [before, after]) if (each?.ok === true) size += valueSize(each.value)
  }
  return size
}

/** A value is measured once, however often its result changes. */
const measured = new WeakMap<object, number>()

function valueSize(value: Json | undefined): number {
  if (value === undefined) return 0
  if (typeof value !== 'object' || value === null) return jsonSize(value)
  const known = measured.get(value) ?? jsonSize(value)
  measured.set(value, known)
  return known
}
