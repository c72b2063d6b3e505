/**
 * The rows of the timeline as JSON Lines: one object a line, each ended by a line feed, UTF-8.
 *
 *     machine     string   id of the machine
 *     seq         number   the row's number in the record of that machine
 *     time        string   time of arrival, ISO 8601 in UTC, to the microsecond
 *     direction   string   "sent", "received" or "here" (nothing was on the wire)
 *     kind        string   command, return, error, outcome, event, raw, state, problem
 *     name        string   of the command, event, state or problem
 *     id          number?  the number of the command that the row belongs to
 *     latency_ms  number?  from sending to the reply
 *     cause       object?  { id, proof } of an event: proof is "id" or "nearness", and nearness is no proof
 *     bytes       number   size of the message on the wire
 *     summary     string?  what the row says, where it has no message
 *     message     any?     the message, every number exact
 *     text        string?  the message where it is not one JSON value
 *
 * Nothing is left out or made unreadable: passwords in messages are in the file.
 */
import { parseJson, printJson } from '../../../workers/base/json.ts'
import type { Json } from '../../../workers/base/json.ts'
import { exactTime } from '../../ui/format.ts'
import { latencyOf } from './lines.ts'
import type { Line } from './lines.ts'
import { directionOf, execOf, nameOf } from './words.ts'

/** One line of the file, without its line feed. `text` is the message as it was on the wire, where there is one. */
export function exportLine(line: Line, text: string | undefined): string {
  const { row } = line
  const entries: Record<string, Json> = {
    machine: line.machine,
    seq: row.seq,
    time: exactTime(row.at),
    direction: directionOf(row),
    kind: row.kind,
    name: nameOf(row),
  }
  const exec = execOf(row)
  if (exec !== undefined) entries.id = exec
  const latency = latencyOf(line)
  if (latency !== undefined) entries.latency_ms = Math.round(latency * 1000) / 1000
  if (row.kind === 'event' && row.cause !== undefined) {
    entries.cause = { id: row.cause.exec, proof: row.cause.proof }
  }
  entries.bytes = row.bytes
  if (text === undefined) {
    if (line.summary !== undefined) entries.summary = line.summary
    return printJson(entries)
  }
  const parsed = parseJson(text)
  if (parsed.ok) entries.message = parsed.value
  else entries.text = text
  return printJson(entries)
}

/**
 * The whole file, in parts for a Blob. `read` gives the text of a line's message; `progress` is told how many lines
 * are done. Ends early with undefined once `signal` is aborted.
 */
export async function exportLines(
  lines: readonly Line[],
  read: (line: Line) => Promise<string | undefined>,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const parts: string[] = []
  const atOnce = 100
  for (let from = 0; from < lines.length; from += atOnce) {
    const some = lines.slice(from, from + atOnce)
    const texts = await Promise.all(
      some.map((line) => (line.row.bytes > 0 ? read(line) : Promise.resolve(undefined))),
    )
    if (signal.aborted) return undefined
    parts.push(some.map((line, index) => `${exportLine(line, texts[index])}\n`).join(''))
    progress(from + some.length)
  }
  return parts
}
