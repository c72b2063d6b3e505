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
import type { QemuVersion, QmpError } from '#qmp/message.ts'
import { assertNever } from '#base/assert-never.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { redactRow } from '../rows/redaction.ts'
import type { Redaction } from '../rows/redaction.ts'
import { byteLength, directionOf, execOf, nameOf, readTime, roundSpan, timeText } from '#record/row-facts.ts'
import { readError, readProblem, readState, readVersion } from './transcript-values.ts'

/** The version that is written, and the highest that is read. */
export const transcriptVersion = 1

const versionMember = 'qmp-studio-transcript'

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

function line(machine: string, row: LogRow, text: string | undefined, isRedacted: boolean): string {
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
      if (cause !== undefined) parts.push(`,"cause":{"id":${number(cause.exec)},"proof":"${cause.proof}"}`)
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
function number(value: number): string {
  return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : `"${value}"`
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A row that was read. */
export interface TranscriptRow {
  /** Its machine's id, which the header may not have named. */
  readonly machine: string
  readonly row: LogRow
  readonly text: string | undefined
  readonly isRedacted: boolean
}

/** Receives what a reader reads, in the order of the file. */
export interface TranscriptSink {
  /** A header: the first line, or a later one where files were put together. */
  header(header: TranscriptHeader): void
  row(row: TranscriptRow): void
  /** A line that could not be read, from 1, and why. Reading goes on with the next. */
  problem(line: number, why: string): void
}

/** A reader of one transcript. */
export interface TranscriptReader {
  /** The next bytes, cut anywhere. */
  push(chunk: Uint8Array): void
  /** The file has ended: read a last line without a line feed. */
  end(): void
  /** Why reading stopped: the file is of a newer version. A sentence. */
  readonly refused: string | undefined
}

/** Make a reader. Work is linear in the size of the file; only one line is held at a time. */
export function createTranscriptReader(sink: TranscriptSink): TranscriptReader {
  const decoder = new TextDecoder('utf-8')
  let pieces: string[] = []
  let lineNumber = 0
  let refused: string | undefined
  let sawHeader = false

  function take(text: string): void {
    lineNumber += 1
    if (refused !== undefined) return
    const trimmed = text.trim()
    if (trimmed === '') return
    if (!trimmed.startsWith('{')) {
      sink.problem(lineNumber, 'no JSON object')
      return
    }
    // A row's line begins with its machine; looking for the header in it would cost a search through every message.
    const isHeader = !trimmed.startsWith('{"machine":') && trimmed.includes(`"${versionMember}"`)
    const value = isHeader ? parseJson(trimmed) : undefined
    if (value?.ok === true && isJsonObject(value.value) && Object.hasOwn(value.value, versionMember)) {
      const header = readHeader(value.value)
      if (header.kind === 'header') sink.header(header.header)
      else if (header.kind === 'newer') refused = header.why
      else sink.problem(lineNumber, header.why)
      sawHeader = true
      return
    }
    if (!sawHeader) {
      sawHeader = true
      sink.problem(lineNumber, 'the header is missing')
    }
    const row = readLine(trimmed)
    if (row.ok) sink.row(row.value)
    else sink.problem(lineNumber, row.error)
  }

  function takeText(text: string): void {
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const last = text.slice(from, at)
      take(pieces.length === 0 ? last : pieces.join('') + last)
      pieces = []
      from = at + 1
    }
    if (from < text.length) pieces.push(text.slice(from))
  }

  return {
    push(chunk) {
      takeText(decoder.decode(chunk, { stream: true }))
    },
    end() {
      takeText(decoder.decode())
      if (pieces.length > 0) take(pieces.join(''))
      pieces = []
    },
    get refused() {
      return refused
    },
  }
}

type HeaderRead =
  | { readonly kind: 'header'; readonly header: TranscriptHeader }
  | { readonly kind: 'newer'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string }

function readHeader(value: JsonObject): HeaderRead {
  const version = member(value, versionMember)
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'bad', why: 'the version in the header is no whole number from 1 on' }
  if (version > transcriptVersion) {
    const why = `This transcript is of version ${version}; only versions up to ${transcriptVersion} can be read here. A newer QMP Studio wrote it.`
    return { kind: 'newer', why }
  }
  const made = member(value, 'made')
  const list = member(value, 'machines')
  const note = member(value, 'note')
  const machines: TranscriptMachine[] = []
  for (const each of Array.isArray(list) ? (list as readonly Json[]) : []) {
    const machine = isJsonObject(each) ? readMachine(each) : undefined
    if (machine !== undefined) machines.push(machine)
  }
  return {
    kind: 'header',
    header: {
      made: (typeof made === 'string' ? readTime(made) : undefined) ?? 0,
      machines,
      note: typeof note === 'string' ? note : undefined,
      isRedacted: member(value, 'redacted') === true,
    },
  }
}

function readMachine(value: JsonObject): TranscriptMachine | undefined {
  const id = member(value, 'id')
  const name = member(value, 'name')
  if (typeof id !== 'string') return undefined
  return {
    id,
    name: typeof name === 'string' ? name : id,
    protocol: member(value, 'protocol') === 'agent' ? 'agent' : 'qmp',
    version: readVersion(member(value, 'version')),
    schema: member(value, 'schema'),
  }
}

const messageMark = ',"message":'

/** One row from its line. The error says in a few words what is wrong. */
function readLine(text: string): Result<TranscriptRow, string> {
  // As it was written here: the message is the last member, and its text is taken as it stands.
  const at = text.indexOf(messageMark)
  if (at > 0) {
    const head = parseJson(`${text.slice(0, at)}}`)
    const message = text.slice(at + messageMark.length, -1)
    if (head.ok && isJsonObject(head.value)) {
      const value = parseJson(message)
      if (value.ok) return readRow(head.value, message, value.value)
    }
  }
  // Another program may have rewritten the line, with other blanks and another order of members.
  const whole = parseJson(text)
  if (!whole.ok) return err(`no JSON: ${whole.error.message}`)
  if (!isJsonObject(whole.value)) return err('no JSON object')
  const value = member(whole.value, 'message')
  if (value !== undefined) return readRow(whole.value, printJson(value), value)
  const own = member(whole.value, 'text')
  if (typeof own !== 'string') return readRow(whole.value, undefined, undefined)
  const parsed = member(whole.value, 'kind') === 'event' ? parseJson(own) : undefined
  return readRow(whole.value, own, parsed?.ok === true ? parsed.value : undefined)
}

function readRow(
  head: JsonObject,
  text: string | undefined,
  message: Json | undefined,
): Result<TranscriptRow, string> {
  const machine = member(head, 'machine')
  const seq = member(head, 'seq')
  const time = member(head, 'time')
  const bytes = member(head, 'bytes')
  if (typeof machine !== 'string') return err('no machine')
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0)
    return err('no number of the row (seq)')
  const at = typeof time === 'string' ? readTime(time) : undefined
  if (at === undefined) return err('no time that can be read')
  const size = typeof bytes === 'number' && bytes >= 0 ? bytes : text === undefined ? 0 : byteLength(text)
  const isRedacted = member(head, 'redacted') === true
  const row = readBody(head, message, seq, at, size)
  return row.ok ? ok({ machine, row: row.value, text, isRedacted }) : row
}

type Exec = Extract<LogRow, { kind: 'raw' }>['exec']

/** The members that all rows have are written out each time: a spread takes five times as long. */
function readBody(
  head: JsonObject,
  message: Json | undefined,
  seq: number,
  at: number,
  bytes: number,
): Result<LogRow, string> {
  const kind = member(head, 'kind')
  if (kind === 'state') {
    const state = readState(member(head, 'state'))
    return state === undefined ? err('a state that is not known') : ok({ seq, at, bytes, kind, state })
  }
  if (kind === 'problem') {
    const problem = readProblem(member(head, 'problem'))
    return problem === undefined ? err('a problem that is not known') : ok({ seq, at, bytes, kind, problem })
  }
  if (kind === 'gap') {
    const gap = readGap(member(head, 'gap'))
    return gap === undefined ? err('a gap that is not known') : ok({ seq, at, bytes, kind, ...gap })
  }
  const name = member(head, 'name')
  if (typeof name !== 'string') return err('no name')
  if (kind === 'event') {
    const found = member(head, 'data') ?? (message === undefined ? undefined : member(message, 'data'))
    const data = found !== undefined && isJsonObject(found) ? found : undefined
    const timestamp = readStamp(member(head, 'stamp'))
    const cause = readCause(member(head, 'cause'))
    return ok({ seq, at, bytes, kind, name, data, timestamp, cause })
  }
  const id = readNumber(member(head, 'id'))
  if (id === undefined) return err('no number of the command (id)')
  const exec = id as Exec
  const said = member(head, 'origin')
  const origin = said === 'page' || said === 'client' ? said : 'person'
  switch (kind) {
    case 'raw':
      return ok({ seq, at, bytes, kind, exec })
    case 'command': {
      const oob = member(head, 'oob') === true
      return ok({ seq, at, bytes, kind, exec, ticket: undefined, name, oob, origin })
    }
    case 'return':
    case 'error': {
      const latencyMs = readNumber(member(head, 'latency_ms')) ?? 0
      const late = member(head, 'late') === true
      const error = readError(member(head, 'error')) ?? (kind === 'error' ? errorOf(message) : undefined)
      return ok({ seq, at, bytes, kind, exec, name, error, latencyMs, late, origin })
    }
    case 'outcome': {
      const outcome = member(head, 'outcome')
      const latencyMs = readNumber(member(head, 'latency_ms')) ?? 0
      return outcome === 'timed-out' || outcome === 'unknown' || outcome === 'dropped'
        ? ok({ seq, at, bytes, kind, exec, name, outcome, latencyMs })
        : err('an outcome that is not known')
    }
    default:
      return err('a kind of row that is not known')
  }
}

function errorOf(message: Json | undefined): QmpError | undefined {
  return message === undefined ? undefined : readError(member(message, 'error'))
}

function readStamp(value: Json | undefined): { seconds: number; microseconds: number } | undefined {
  if (value === undefined) return undefined
  const seconds = readNumber(member(value, 'seconds'))
  const microseconds = readNumber(member(value, 'microseconds'))
  return seconds === undefined || microseconds === undefined ? undefined : { seconds, microseconds }
}

function readCause(value: Json | undefined): Extract<LogRow, { kind: 'event' }>['cause'] {
  if (value === undefined) return undefined
  const id = readNumber(member(value, 'id'))
  const proof = member(value, 'proof')
  if (id === undefined || (proof !== 'id' && proof !== 'nearness')) return undefined
  return { exec: id as Exec, proof }
}

function readGap(
  value: Json | undefined,
): Pick<Extract<LogRow, { kind: 'gap' }>, 'why' | 'since' | 'rows'> | undefined {
  if (value === undefined) return undefined
  const why = member(value, 'why')
  const time = member(value, 'since')
  const since = typeof time === 'string' ? readTime(time) : undefined
  if (why !== 'paused' && why !== 'closed' && why !== 'worker-died' && why !== 'imported') return undefined
  return since === undefined ? undefined : { why, since, rows: readNumber(member(value, 'rows')) }
}

/** Read a number that `number` wrote. */
function readNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  return value === 'Infinity' || value === '-Infinity' || value === 'NaN' ? Number(value) : undefined
}

function member(value: Json, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
