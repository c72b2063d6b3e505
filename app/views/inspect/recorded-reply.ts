/** What a recording knows of a query: the last reply in it. Tested by app/views/inspect/asking.test.ts. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { parseJson } from '#base/json/parse.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { MachineRecord } from '#state/machine/parts/record.svelte.ts'

/** Milliseconds of one look through the record: as the timeline's, so that the worker answers others in between. */
const lookMs = 8
/** Replies of one command that are looked at, the newest first: 100 of other arguments are a query that was never made. */
const mostReplies = 100

/** The calls to the worker that are needed. */
export type ReplyCalls = Pick<
  MachineRecord['calls'],
  'openQuery' | 'readQuery' | 'closeQuery' | 'rows' | 'text'
>

/** A value that was replied, and when that came: milliseconds since the epoch. */
export interface RecordedValue {
  readonly value: Json
  readonly at: number
}

/** The newest value that the record has for a command with these arguments; or why there is none, in a sentence. */
export async function recordedReply(
  calls: ReplyCalls,
  name: string,
  args: JsonObject = {},
): Promise<Result<Json, string>> {
  const [newest] = await recordedReplies(calls, name, args, 1)
  return newest === undefined ? err(`The recording has no reply to ${name}.`) : ok(newest.value)
}

/** The newest values that the record has for a command with these arguments: `most` of them, the newest first. */
export async function recordedReplies(
  calls: ReplyCalls,
  name: string,
  args: JsonObject,
  most: number,
): Promise<readonly RecordedValue[]> {
  const values: RecordedValue[] = []
  const found = await repliesOf(calls, name)
  for (const { row, sent } of (await calls.rows(found)).toReversed()) {
    if (values.length >= most) break
    if (sent === undefined) continue
    const asked = readMember(await calls.text(sent.seq), 'arguments') ?? {}
    if (!equalJson(asked, args)) continue
    const value = readMember(await calls.text(row.seq), 'return')
    if (value !== undefined) values.push({ value, at: row.at })
  }
  return values
}

/** The numbers of the last rows that are replies to a command, `most` of them, oldest first. */
export async function repliesOf(calls: ReplyCalls, name: string, most = mostReplies): Promise<number[]> {
  const handle = await calls.openQuery({ kinds: ['return'], names: [name] })
  const seqs: number[] = []
  try {
    for (;;) {
      const found = await calls.readQuery(handle, lookMs)
      if (found === undefined) break
      seqs.push(...found.seq.slice(-most))
      if (found.done >= found.all) break
    }
  } finally {
    calls.closeQuery(handle)
  }
  return seqs.slice(-most)
}

/** A member of a message as it was recorded; undefined where the text is none, or has none. */
export function readMember(text: string | undefined, member: string): Json | undefined {
  const message = text === undefined ? undefined : parseJson(text)
  if (message?.ok !== true || !isJsonObject(message.value)) return undefined
  return Object.hasOwn(message.value, member) ? message.value[member] : undefined
}
