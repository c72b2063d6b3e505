/** How much of what came back the page keeps in memory, over all machines. No runes. */
import { jsonSize } from '#base/json/size.ts'
import type { Json } from '#base/json/value.ts'
import { keptWithin } from '#state/machine/bounded.ts'
import { withoutReply } from '#words/outcome.ts'
import type { SentCommand } from './sent.ts'

/** How many results a machine has. More are a long page, and the history has what was sent. */
export const mostResults = 50
/**
 * Characters of all arguments, replies and texts together. Values take several times of that in memory: 32 Mi are some
 * 200 MB of page at most. Less would lose one reply of 10 MB with its text too soon, which is what a large query returns.
 */
export const mostResultSize = 32 * 1024 * 1024
/** Characters of arguments that stay where the rest had to go: they say which of several commands it was. */
const longestArguments = 10_000

/** The sizes of values: each is measured once, however often its result changes. */
export type Sizes = WeakMap<object, number>

/** Results with no more in them than is kept: the newest is whole, of the oldest only what they were is left. */
export function withinBounds(
  byMachine: ReadonlyMap<string, readonly SentCommand[]>,
  mostSize = mostResultSize,
  measured: Sizes = new WeakMap(),
): ReadonlyMap<string, readonly SentCommand[]> {
  const newestFirst = [...byMachine.values()].flat().sort((a, b) => b.number - a.number)
  const kept = keptWithin(newestFirst, (each) => sizeOf(each, measured), {
    most: newestFirst.length,
    mostSize,
  })
  const last = newestFirst[Math.max(1, kept)]?.number
  if (last === undefined) return byMachine
  return new Map(
    [...byMachine].map(([machine, list]) => [
      machine,
      list.map((each) => (each.number <= last ? emptied(each, measured) : each)),
    ]),
  )
}

function emptied(sent: SentCommand, measured: Sizes): SentCommand {
  const size = sizeOf(sent, measured)
  // A waiting one has no reply yet; a small one, or one that was emptied before, stays.
  if (sent.result === undefined || size <= 2 * longestArguments) return sent
  return {
    ...sent,
    dropped: size + (sent.dropped ?? 0),
    arguments: valueSize(sent.arguments, measured) > longestArguments ? undefined : sent.arguments,
    result: withoutReply(sent.result),
    text: undefined,
    late: sent.late === undefined ? undefined : { ...sent.late, text: undefined, value: undefined },
    around: undefined,
  }
}

/** Characters that a result holds. */
function sizeOf({ arguments: args, result, text, late, around = [] }: SentCommand, measured: Sizes): number {
  let size = text?.length ?? 0
  size += valueSize(args, measured) + (late?.text?.length ?? 0) + valueSize(late?.value, measured)
  if (result?.kind === 'returned') size += valueSize(result.value, measured)
  else if (result?.kind === 'failed') size += result.error.desc.length
  for (const { before, after } of around) {
    for (const each of [before, after]) if (each?.ok === true) size += valueSize(each.value, measured)
  }
  return size
}

function valueSize(value: Json | undefined, measured: Sizes): number {
  if (value === undefined) return 0
  if (typeof value !== 'object' || value === null) return jsonSize(value)
  const known = measured.get(value) ?? jsonSize(value)
  measured.set(value, known)
  return known
}
