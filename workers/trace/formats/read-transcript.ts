/** Reads a transcript (docs/TRANSCRIPT.md) as a stream of bytes. Tested by workers/trace/formats/transcript.test.ts. */
import { memberOf } from '#base/json/members.ts'
import type { LogRow, RowOf } from '#record/row.ts'
import type { QmpError } from '#qmp/message.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { byteLength, readTime } from '#record/row-facts.ts'
import { pictureMember } from '../film/film-lines.ts'
import { readError, readProblem, readState, readVersion } from './transcript-values.ts'
import { transcriptVersion, versionMember } from './transcript.ts'
import type { TranscriptMachine, TranscriptHeader } from './transcript.ts'

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
  /** What stands for a picture of a film (../film/film-lines.ts reads it). The result says what is wrong with it. */
  picture(value: Json): Result<undefined, string>
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
      const picture = memberOf(value.value, pictureMember)
      if (header.kind === 'header' && picture !== undefined) {
        const taken = sink.picture(picture)
        if (!taken.ok) sink.problem(lineNumber, taken.error)
      } else if (header.kind === 'header') sink.header(header.header)
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
  const version = memberOf(value, versionMember)
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'bad', why: 'the version in the header is no whole number from 1 on' }
  if (version > transcriptVersion) {
    const why = `This transcript is of version ${version}; only versions up to ${transcriptVersion} can be read here. A newer QMP Studio wrote it.`
    return { kind: 'newer', why }
  }
  const made = memberOf(value, 'made')
  const list = memberOf(value, 'machines')
  const note = memberOf(value, 'note')
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
      isRedacted: memberOf(value, 'redacted') === true,
    },
  }
}

function readMachine(value: JsonObject): TranscriptMachine | undefined {
  const id = memberOf(value, 'id')
  const name = memberOf(value, 'name')
  if (typeof id !== 'string') return undefined
  return {
    id,
    name: typeof name === 'string' ? name : id,
    protocol: memberOf(value, 'protocol') === 'agent' ? 'agent' : 'qmp',
    version: readVersion(memberOf(value, 'version')),
    schema: memberOf(value, 'schema'),
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
  const value = memberOf(whole.value, 'message')
  if (value !== undefined) return readRow(whole.value, printJson(value), value)
  const own = memberOf(whole.value, 'text')
  if (typeof own !== 'string') return readRow(whole.value, undefined, undefined)
  const parsed = memberOf(whole.value, 'kind') === 'event' ? parseJson(own) : undefined
  return readRow(whole.value, own, parsed?.ok === true ? parsed.value : undefined)
}

function readRow(
  head: JsonObject,
  text: string | undefined,
  message: Json | undefined,
): Result<TranscriptRow, string> {
  const machine = memberOf(head, 'machine')
  const seq = memberOf(head, 'seq')
  const time = memberOf(head, 'time')
  const bytes = memberOf(head, 'bytes')
  if (typeof machine !== 'string') return err('no machine')
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0)
    return err('no number of the row (seq)')
  const at = typeof time === 'string' ? readTime(time) : undefined
  if (at === undefined) return err('no time that can be read')
  const size = typeof bytes === 'number' && bytes >= 0 ? bytes : text === undefined ? 0 : byteLength(text)
  const isRedacted = memberOf(head, 'redacted') === true
  const row = readBody(head, message, seq, at, size)
  return row.ok ? ok({ machine, row: row.value, text, isRedacted }) : row
}

type Exec = RowOf<'raw'>['exec']

const channelPhases = ['ready', 'occupied', 'lost', 'ended'] as const

/** The members that all rows have are written out each time: a spread takes five times as long. */
function readBody(
  head: JsonObject,
  message: Json | undefined,
  seq: number,
  at: number,
  bytes: number,
): Result<LogRow, string> {
  const kind = memberOf(head, 'kind')
  if (kind === 'state') {
    const state = readState(memberOf(head, 'state'))
    return state === undefined ? err('a state that is not known') : ok({ seq, at, bytes, kind, state })
  }
  if (kind === 'problem') {
    const problem = readProblem(memberOf(head, 'problem'))
    return problem === undefined ? err('a problem that is not known') : ok({ seq, at, bytes, kind, problem })
  }
  if (kind === 'gap') {
    const gap = readGap(memberOf(head, 'gap'))
    return gap === undefined ? err('a gap that is not known') : ok({ seq, at, bytes, kind, ...gap })
  }
  const name = memberOf(head, 'name')
  if (typeof name !== 'string') return err('no name')
  if (kind === 'event') {
    const found = memberOf(head, 'data') ?? (message === undefined ? undefined : memberOf(message, 'data'))
    const data = found !== undefined && isJsonObject(found) ? found : undefined
    const timestamp = readStamp(memberOf(head, 'stamp'))
    const cause = readCause(memberOf(head, 'cause'))
    return ok({ seq, at, bytes, kind, name, data, timestamp, cause })
  }
  if (kind === 'channel') {
    const phase = channelPhases.find((each) => each === memberOf(head, 'phase'))
    const why = memberOf(head, 'why')
    return phase === undefined
      ? err('a state of a channel that is not known')
      : ok({ seq, at, bytes, kind, name, phase, why: typeof why === 'string' ? why : undefined })
  }
  if (kind === 'line') return ok({ seq, at, bytes, kind, name, failed: memberOf(head, 'failed') === true })
  const id = readNumber(memberOf(head, 'id'))
  if (id === undefined) return err('no number of the command (id)')
  const exec = id as Exec
  const said = memberOf(head, 'origin')
  const origin = said === 'page' || said === 'client' ? said : 'person'
  switch (kind) {
    case 'raw':
      return ok({ seq, at, bytes, kind, exec })
    case 'command': {
      const oob = memberOf(head, 'oob') === true
      return ok({ seq, at, bytes, kind, exec, ticket: undefined, name, oob, origin })
    }
    case 'return':
    case 'error': {
      const latencyMs = readNumber(memberOf(head, 'latency_ms')) ?? 0
      const late = memberOf(head, 'late') === true
      const error = readError(memberOf(head, 'error')) ?? (kind === 'error' ? errorOf(message) : undefined)
      return ok({ seq, at, bytes, kind, exec, name, error, latencyMs, late, origin })
    }
    case 'outcome': {
      const outcome = memberOf(head, 'outcome')
      const latencyMs = readNumber(memberOf(head, 'latency_ms')) ?? 0
      return outcome === 'timed-out' || outcome === 'unknown' || outcome === 'dropped'
        ? ok({ seq, at, bytes, kind, exec, name, outcome, latencyMs })
        : err('an outcome that is not known')
    }
    default:
      return err('a kind of row that is not known')
  }
}

function errorOf(message: Json | undefined): QmpError | undefined {
  return message === undefined ? undefined : readError(memberOf(message, 'error'))
}

function readStamp(value: Json | undefined): { seconds: number; microseconds: number } | undefined {
  if (value === undefined) return undefined
  const seconds = readNumber(memberOf(value, 'seconds'))
  const microseconds = readNumber(memberOf(value, 'microseconds'))
  return seconds === undefined || microseconds === undefined ? undefined : { seconds, microseconds }
}

function readCause(value: Json | undefined): RowOf<'event'>['cause'] {
  if (value === undefined) return undefined
  const id = readNumber(memberOf(value, 'id'))
  const proof = memberOf(value, 'proof')
  if (id === undefined || (proof !== 'id' && proof !== 'nearness')) return undefined
  const verb = readNumber(memberOf(value, 'verb'))
  return { exec: id as Exec, proof, ...(verb === undefined ? {} : { verb: verb as Exec }) }
}

function readGap(value: Json | undefined): Pick<RowOf<'gap'>, 'why' | 'since' | 'rows'> | undefined {
  if (value === undefined) return undefined
  const why = memberOf(value, 'why')
  const time = memberOf(value, 'since')
  const since = typeof time === 'string' ? readTime(time) : undefined
  if (why !== 'paused' && why !== 'closed' && why !== 'worker-died' && why !== 'imported') return undefined
  return since === undefined ? undefined : { why, since, rows: readNumber(memberOf(value, 'rows')) }
}

/** Read a number that `number` wrote. */
function readNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  return value === 'Infinity' || value === '-Infinity' || value === 'NaN' ? Number(value) : undefined
}
