/**
 * What a recording has of the statistics on a board: all replies to their queries, each a sample at the time at which it
 * came. Tested by app/views/inspect/stats/stats-board.test.ts.
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { readDirtyRate } from '#inside/stats/device-counters.ts'
import type { StatReading } from '#inside/stats/stat-reply.ts'
import type { RowView } from '#record/row.ts'
import { readMember, repliesOf } from '../recorded-reply.ts'
import type { ReplyCalls } from '../recorded-reply.ts'
import { questionsFor } from './stat-sources.ts'
import type { StatCatalogue, StatQuestion } from './stat-sources.ts'

/** Replies of one query that are read, the newest: as many as a plot keeps. */
const mostReplies = 3600
/** Rows that are asked for at once. */
const atOnce = 200

/** What one reply told. */
export interface RecordedSample {
  readonly keys: readonly string[]
  readonly reading: StatReading
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** All samples of a recording, the oldest first. */
export async function recordedSamples(
  calls: ReplyCalls,
  keys: readonly string[],
  catalogue: Pick<StatCatalogue, 'statistics' | 'balloon'>,
): Promise<readonly RecordedSample[]> {
  const samples: RecordedSample[] = []
  for (const question of questionsFor(keys, catalogue)) {
    const seqs = await repliesOf(calls, question.name, mostReplies)
    let dirtyAt: unknown
    for (let from = 0; from < seqs.length; from += atOnce) {
      const views = await calls.rows(seqs.slice(from, from + atOnce))
      const found = await Promise.all(views.map((view) => valueOf(calls, question, view)))
      for (const [index, value] of found.entries()) {
        const at = views[index]?.row.at
        if (value === undefined || at === undefined) continue
        if (question.name === 'query-dirty-rate') {
          // The same measurement is told until the next one.
          const { status, startTime } = readDirtyRate(value) ?? {}
          if (status !== 'measured' || startTime === dirtyAt) continue
          dirtyAt = startTime
        }
        const reading = question.read(value)
        // Somebody else may have asked for other names: those are no gaps of these.
        samples.push({ keys: question.keys.filter((key) => reading.has(key)), reading, at })
      }
    }
  }
  return samples.toSorted((a, b) => a.at - b.at)
}

/** The value of a reply; undefined where it is one to other arguments. */
async function valueOf(
  calls: ReplyCalls,
  { name, args }: StatQuestion,
  { row, sent }: RowView,
): Promise<Json | undefined> {
  const told = sent === undefined ? undefined : readMember(await calls.text(sent.seq), 'arguments')
  const given = told !== undefined && isJsonObject(told) ? told : {}
  if (name === 'query-stats' && given.target !== args?.target) return undefined
  if (name === 'qom-get' && given.property !== 'guest-stats') return undefined
  if (name === 'query-blockstats' && given['query-nodes'] === true) return undefined
  return readMember(await calls.text(row.seq), 'return')
}
