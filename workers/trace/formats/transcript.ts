/**
 * The transcript: a recording of machines as JSON Lines, from which the rows and their texts can be made again. The
 * format is described in docs/TRANSCRIPT.md; a change to it is a new version. Tracks are not in it: they are derived.
 *
 * Written line by line (`transcriptHeader`, `transcriptLine`), read as a stream (`createTranscriptReader`).
 *
 * `message` is always the last member of its line and holds the message byte for byte, so that `jq` reads it as JSON
 * and the reader here takes the exact text out of the line. A text that cannot stand there (not one JSON value, or
 * with line breaks) is a string, `text`.
 */
import type { LogRow } from '#record/row.ts'
import type { QemuVersion } from '#qmp/message.ts'
import { assertNever } from '#base/assert-never.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { pictureMember, pictureValue } from '../film/film-lines.ts'
import type { FilmedPicture } from '../film/film-lines.ts'
import { redactRow } from '../rows/redaction.ts'
import type { Redaction } from '../rows/redaction.ts'
import { directionOf, execOf, nameOf, roundSpan, timeText } from '#record/row-facts.ts'

/** The version that is written, and the highest that is read. */
export const transcriptVersion = 1

export const versionMember = 'qmp-studio-transcript'

/** A machine of a transcript. */
export interface TranscriptMachine {
  /** What the rows call it. */
  readonly id: string
  readonly name: string
  readonly protocol: 'qmp' | 'agent'
  readonly version: QemuVersion | undefined
  /** A string: the fingerprint of its schema. An array: what query-qmp-schema returned. */
  readonly schema: Json | undefined
}

/** The first line. */
export interface TranscriptHeader {
  /** When the file was made, milliseconds since the epoch. */
  readonly made: number
  readonly machines: readonly TranscriptMachine[]
  readonly note: string | undefined
  /** Rows may have been redacted. */
  readonly isRedacted: boolean
}

/** The first line of a transcript, without its line feed. */
export function transcriptHeader(header: TranscriptHeader): string {
  const entries: Record<string, Json> = {
    [versionMember]: transcriptVersion,
    made: timeText(header.made),
    machines: header.machines.map((machine) => {
      const { id, name, protocol, version, schema } = machine
      return {
        id,
        name,
        protocol,
        ...(version === undefined ? {} : { version: { ...version } }),
        ...(schema === undefined ? {} : { schema }),
      }
    }),
  }
  if (header.note !== undefined) entries.note = header.note
  if (header.isRedacted) entries.redacted = true
  return printJson(entries)
}

/**
 * A picture of a film as one line, without its line feed: a header of no machine with one member more. Readers that do not
 * know that member read nothing in it, and go on.
 */
export function transcriptPicture(picture: Omit<FilmedPicture, 'bytes'>): string {
  return printJson({ [versionMember]: transcriptVersion, [pictureMember]: pictureValue(picture) })
}

/**
 * A row as one line, without its line feed. `text` is the exact message, where there is one. Times and latencies are
 * kept to the microsecond; the ticket is not kept, it means nothing in another page.
 *
 * With `redaction` the line is `redacted: true` where something was taken out. A raw line of a person
 * cannot be searched for secrets: its text is left out.
 */
export function transcriptLine(
  machine: string,
  row: LogRow,
  text: string | undefined,
  redaction?: Redaction,
): string {
  if (redaction !== undefined) {
    const clean = redactRow(row, text, redaction)
    return line(machine, clean.row, clean.text, clean.isRedacted)
  }
  return line(machine, row, text, false)
}

export function line(machine: string, row: LogRow, text: string | undefined, isRedacted: boolean): string {
  const head = `{"machine":${quote(machine)},"seq":${row.seq},"time":"${timeText(row.at)}","direction":"${directionOf(row)}","kind":"${row.kind}","name":${quote(nameOf(row))}`
  const exec = execOf(row)
  const parts = [exec === undefined ? head : `${head},"id":${number(exec)}`]
  const message = text === undefined ? undefined : oneValue(text)
  switch (row.kind) {
    case 'command':
      parts.push(`,"origin":"${row.origin}","oob":${row.oob}`)
      break
    case 'return':
    case 'error':
      parts.push(
        `,"origin":"${row.origin}","latency_ms":${number(roundSpan(row.latencyMs))},"late":${row.late}`,
      )
      if (row.error !== undefined) parts.push(`,"error":${JSON.stringify(row.error)}`)
      break
    case 'event': {
      const { cause, timestamp, data } = row
      if (cause !== undefined) {
        const verb = cause.verb === undefined ? '' : `,"verb":${number(cause.verb)}`
        parts.push(`,"cause":{"id":${number(cause.exec)},"proof":"${cause.proof}"${verb}}`)
      }
      if (timestamp !== undefined) {
        const { seconds, microseconds } = timestamp
        parts.push(`,"stamp":{"seconds":${number(seconds)},"microseconds":${number(microseconds)}}`)
      }
      // Elsewhere it is read from the message.
      if (data !== undefined && (text === undefined || !parseJson(text).ok))
        parts.push(`,"data":${printJson(data)}`)
      break
    }
    case 'raw':
      break
    case 'line':
      if (row.failed) parts.push(',"failed":true')
      break
    case 'channel':
      parts.push(`,"phase":"${row.phase}"`)
      if (row.why !== undefined) parts.push(`,"why":${quote(row.why)}`)
      break
    case 'state':
      parts.push(`,"state":${JSON.stringify(row.state)}`)
      break
    case 'outcome':
      parts.push(`,"latency_ms":${number(roundSpan(row.latencyMs))},"outcome":"${row.outcome}"`)
      break
    case 'gap': {
      const rows = row.rows === undefined ? '' : `,"rows":${number(row.rows)}`
      parts.push(`,"gap":{"why":"${row.why}","since":"${timeText(row.since)}"${rows}}`)
      break
    }
    case 'problem':
      parts.push(`,"problem":${JSON.stringify(row.problem)}`)
      break
    default:
      assertNever(row)
  }
  parts.push(`,"bytes":${number(row.bytes)}`)
  if (isRedacted) parts.push(',"redacted":true')
  if (message !== undefined) parts.push(',"message":', message)
  else if (text !== undefined) parts.push(',"text":', quote(text))
  parts.push('}')
  return parts.join('')
}

/** The text where it can stand in a line as it is: one JSON value, on one line, nothing that UTF-8 would change. */
function oneValue(text: string): string | undefined {
  if (/[\r\n]/.test(text) || /[\ud800-\udfff]/u.test(text)) return undefined
  return parseJson(text).ok ? text : undefined
}

function quote(text: string): string {
  return JSON.stringify(text)
}

/** A number as JSON; Infinity and NaN as a string. */
export function number(value: number): string {
  return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : `"${value}"`
}
