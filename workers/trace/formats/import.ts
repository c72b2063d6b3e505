/**
 * Reads files of recordings: our own transcripts, and the logs and captures of other programs. The content tells the
 * format; the file's name only names the machine.
 *
 *     transcript     docs/TRANSCRIPT.md
 *     qmp-shell      a session as the terminal shows it (qmp-shell.ts), or its log (-l): command and reply in one object
 *     qemu.qmp       the debug log of the Python library        ┐
 *     libvirt        libvirtd's log with the qemu filter at info ├ marked-log.ts
 *     qemu-trace     QEMU's trace of the monitor                 ┘
 *     log            a log of others with a prefix before each message ┘
 *     socat          `socat -v`, `socat -x -v` (socat.ts)
 *     json-stream    messages one after the other, compact or pretty, from both sides or one
 */
import type {
  RecordedSummary,
  RecordingSummary,
  Recording,
  RecordedMachine,
  RecordingFormat,
  RecordingProblem,
} from './recording.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { loneArrow, unwrapped } from '#base/json/log-lines.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { assemble, stampOfText } from './assemble.ts'
import type { Assembled, BareMessage, TimesAre } from './assemble.ts'
import { textOfFile } from './file-text.ts'
import { createFilmReader, noFilm } from '../film/film-lines.ts'
import { lineCounter, splitObjects } from './json-stream.ts'
import { markedFormats, readMarkedLog } from './marked-log.ts'
import { readShellSession } from './shell-session.ts'
import type { BareLine } from '#record/row-facts.ts'
import { readSocat, socatMark } from './socat.ts'
import { createTranscriptReader } from './read-transcript.ts'
import type { TranscriptMachine } from './transcript.ts'

/** The largest file: 64 MiB. */
export const recordingLimitBytes = 64 * 1024 * 1024
const mostProblems = 100
const chunkBytes = 1024 * 1024

const expected =
  'Expected is a transcript of QMP Studio, a session or log of qmp-shell, a debug log of qemu.qmp, a log of libvirt, a trace of QEMU, a capture of socat -v, a log with QMP messages on its lines, or QMP messages one after the other.'

/**
 * Read a recording. `name` is the file's, with or without folders. Linear in its size.
 *
 * The error is a sentence: too large, of a newer version, or an unknown format, with the known ones.
 */
export function readRecording(
  name: string,
  bytes: Uint8Array,
  limitBytes = recordingLimitBytes,
): Result<Recording, string> {
  if (bytes.length > limitBytes) {
    const mib = (value: number): string => (value / 1024 / 1024).toFixed(1)
    return err(`${name} has ${mib(bytes.length)} MiB; a recording may have ${mib(limitBytes)} MiB.`)
  }
  const title = machineName(name)
  if (isTranscript(bytes)) return readTranscript(bytes, name)
  const text = textOfFile(bytes)
  const out = readForeign(unwrapped(text) ?? text, title)
  if (out !== undefined) return ok(out)
  return err(
    text.trim() === '' ? `${name} is empty. ${expected}` : `Nothing in ${name} is known. ${expected}`,
  )
}

/** The file's name without folders and its last ending. */
function machineName(name: string): string {
  const file = name.replace(/^.*[/\\]/, '')
  return file.replace(/(.)\.\w+$/, '$1') || 'recording'
}

// ── our own ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a file that begins with these bytes (4096 are enough) is a transcript of ours. */
export function isTranscript(bytes: Uint8Array): boolean {
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, 4096)).trimStart()
  if (!head.startsWith('{')) return false
  const first = head.split('\n', 1)[0] ?? ''
  if (/^\{\s*"qmp-studio-transcript"\s*:/.test(first)) return true
  // Rows without a header: of a part of a file.
  return /^\{\s*"machine"\s*:\s*"/.test(first) && first.includes('"seq"') && first.includes('"direction"')
}

/** Reads a transcript of any size and hands on its rows as they are read. */
export interface TranscriptPieces {
  push(chunk: Uint8Array): void
  /** The file has ended. The error is a sentence. */
  end(): Result<RecordingSummary, string>
}

/** Make one. `take` gets every row, with the id of its machine. */
export function createTranscriptPieces(
  name: string,
  take: (machine: string, line: BareLine) => void,
): TranscriptPieces {
  const known = new Map<string, TranscriptMachine>()
  const counts = new Map<string, number>()
  const problems = createProblems()
  const film = createFilmReader()
  let note: string | undefined
  const reader = createTranscriptReader({
    header(header) {
      for (const machine of header.machines) known.set(machine.id, machine)
      note ??= header.note
    },
    row({ machine, row, text }) {
      counts.set(machine, (counts.get(machine) ?? 0) + 1)
      take(machine, { row, text })
    },
    picture: (value) => film.take(value),
    problem: (line, why) => problems.add(line, why),
  })
  return {
    push: (chunk) => reader.push(chunk),
    end() {
      reader.end()
      if (reader.refused !== undefined) return err(reader.refused)
      const ids = new Set([...known.keys(), ...counts.keys()])
      const machines = [...ids].map((id): RecordedSummary => {
        const { name: called, protocol, version, schema } = known.get(id) ?? unnamed(id)
        return { id, name: called, protocol, version, schema, rows: counts.get(id) ?? 0 }
      })
      if (machines.length === 0)
        return err(`${machineName(name)} has no machine and no row that can be read. ${expected}`)
      return ok({
        format: 'transcript',
        machines,
        timesAre: 'recorded',
        ...problems.all(),
        note,
        film: film.all(),
      })
    },
  }
}

function readTranscript(bytes: Uint8Array, name: string): Result<Recording, string> {
  const rows = new Map<string, BareLine[]>()
  const pieces = createTranscriptPieces(name, (machine, line) => {
    const lines = rows.get(machine)
    if (lines === undefined) rows.set(machine, [line])
    else lines.push(line)
  })
  for (let from = 0; from < bytes.length; from += chunkBytes)
    pieces.push(bytes.subarray(from, from + chunkBytes))
  const summary = pieces.end()
  if (!summary.ok) return summary
  const machines = summary.value.machines.map((each) => ({ ...each, rows: rows.get(each.id) ?? [] }))
  return ok({ ...summary.value, machines })
}

function unnamed(id: string): TranscriptMachine {
  return { id, name: id, protocol: 'qmp', version: undefined, schema: undefined }
}

// ── others ───────────────────────────────────────────────────────────────────────────────────────────────────────

type LineMessage = BareMessage & { readonly line: number }

interface MessageSource {
  readonly id: string
  readonly name: string
  readonly messages: readonly BareMessage[]
}

function readForeign(text: string, title: string): Recording | undefined {
  // A stream begins with an object; marks in its strings do not count.
  const start = /[^\s\ufffd\u0000]/.exec(text)
  if (start?.[0] === '{') {
    const stream = readStream(text, title)
    if (stream !== undefined) return stream
  }
  if (socatMark.test(text)) {
    const messages = inUtc(readSocat(text))
    if (messages.length > 0)
      return made('socat', [{ id: 'recorded', name: title, messages }], createProblems())
  }
  if (/^(?:[^\n]{0,40}[\r\u0007hl])?\(QEMU\) ?/m.test(text)) {
    const messages = readShellSession(text)
    if (messages.length > 0) {
      const problems = createProblems()
      for (const { text: said, line } of messages) if (!parseJson(said).ok) problems.add(line, 'no message')
      return made('qmp-shell', [{ id: 'recorded', name: title, messages }], problems)
    }
  }
  for (const format of markedFormats) {
    const { machines, isLocalTime, cut } = readMarkedLog(text, format)
    // A mark alone occurs in texts of all kinds.
    if (!machines.some(({ messages }) => messages.some(({ text: said }) => isMessageText(said)))) continue
    const problems = createProblems()
    for (const line of cut) problems.add(line, 'a message that is cut')
    const shift = isLocalTime ? zoneShift(machines.flatMap(({ messages }) => messages)) : 0
    const isOne = machines.length === 1
    const sources = machines.map(({ id, name, messages }) => {
      return { id, name: name ?? (isOne ? title : id), messages: shifted(messages, shift) }
    })
    return made(format.format, sources, problems)
  }
  return start?.[0] === '{' ? undefined : readStream(text, title)
}

/** Objects one after the other. Undefined where none of them is a message. */
function readStream(text: string, title: string): Recording | undefined {
  const messages: LineMessage[] = []
  const problems = createProblems()
  const lineOf = lineCounter(text)
  const seen = { log: false, message: false }
  splitObjects(text, {
    object(from, to) {
      const said = text.slice(from, to)
      const line = lineOf(from)
      const both = shellLogEntry(said)
      if (both !== undefined) {
        seen.log = true
        messages.push({ at: undefined, direction: 'sent', text: both.command, line })
        messages.push({ at: undefined, direction: 'received', text: both.reply, line })
        return
      }
      const parsed = parseJson(said)
      if (!parsed.ok) problems.add(line, `no JSON: ${parsed.error.message}`)
      else if (isMessage(parsed.value)) seen.message = true
      else problems.add(line, 'no QMP message')
      messages.push({ at: undefined, direction: undefined, text: said, line })
    },
    garbage(from, to) {
      const said = text.slice(from, to)
      // The guest agent's mark of a new beginning, or an arrow: the members say the same.
      if (/^\ufffd+$/.test(said) || loneArrow.test(said)) return
      const line = lineOf(from)
      problems.add(line, 'no JSON object')
      messages.push({ at: undefined, direction: undefined, text: said, line })
    },
  })
  if (!seen.log && !seen.message) return undefined
  const source = { id: 'recorded', name: title, messages }
  return made(seen.log ? 'qmp-shell' : 'json-stream', [source], problems)
}

function isMessageText(text: string): boolean {
  const parsed = parseJson(text)
  return parsed.ok && isMessage(parsed.value)
}

function isMessage(value: Json): boolean {
  if (!isJsonObject(value)) return false
  if (isJsonObject(value.QMP ?? null) && Object.hasOwn(value, 'QMP')) return true
  const isNamed = ['execute', 'exec-oob', 'event'].some(
    (name) => Object.hasOwn(value, name) && typeof value[name] === 'string',
  )
  if (isNamed || Object.hasOwn(value, 'return')) return true
  const error = Object.hasOwn(value, 'error') ? value.error : undefined
  return error !== undefined && isJsonObject(error) && Object.hasOwn(error, 'class')
}

/** An entry of qmp-shell's log has the members of the command and of its reply. */
function shellLogEntry(text: string): { readonly command: string; readonly reply: string } | undefined {
  if (!text.includes('"execute"') || !/"(?:return|error)"/.test(text)) return undefined
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const entries = Object.entries(parsed.value)
  const isSent = ([name]: readonly [string, Json]): boolean => name === 'execute' || name === 'arguments'
  const sent = entries.filter(isSent)
  const received = entries.filter((entry) => !isSent(entry))
  if (!sent.some(([name]) => name === 'execute')) return undefined
  if (!received.some(([name]) => name === 'return' || name === 'error')) return undefined
  const id = received.filter(([name]) => name === 'id')
  return {
    command: printJson(jsonObject([...sent.sort(([a], [b]) => (a < b ? 1 : -1)), ...id])),
    reply: printJson(jsonObject(received)),
  }
}

/** The recording of these messages, with times that fit each other. */
function made(format: RecordingFormat, sources: readonly MessageSource[], problems: Problems): Recording {
  const first = sources.map(({ messages }) => assemble(messages))
  const begins = first
    .filter(({ timesAre }) => timesAre !== 'made up')
    .map(({ lines }) => lines[0]?.row.at ?? 0)
  const base = begins.reduce((least, each) => Math.min(least, each), begins[0] ?? 0)
  const all = first.map((each, index): Assembled => {
    if (each.timesAre !== 'made up' || base === 0) return each
    return assemble(sources[index]?.messages ?? [], base)
  })
  const machines = all.map(({ lines, version, schema, protocol }, index): RecordedMachine => {
    const { id = '', name = '' } = sources[index] ?? {}
    return { id, name, protocol, version, schema, rows: lines }
  })
  const order: readonly TimesAre[] = ['made up', 'from stamps', 'recorded']
  const timesAre = order.find((kind) => all.some((each) => each.timesAre === kind)) ?? 'recorded'
  return { format, machines, timesAre, ...problems.all(), note: undefined, film: noFilm }
}

// ── times without a zone ─────────────────────────────────────────────────────────────────────────────────────────

const quarterMs = 15 * 60 * 1000

/** How far the clock of a log is from UTC, in quarters of an hour: by the first event, which has the server's stamp. */
function zoneShift(messages: readonly BareMessage[]): number {
  for (const { at, text } of messages) {
    if (at === undefined) continue
    const stamp = stampOfText(text)
    if (stamp !== undefined) return Math.round((stamp - at) / quarterMs) * quarterMs
  }
  return 0
}

function shifted(messages: readonly BareMessage[], shift: number): readonly BareMessage[] {
  if (shift === 0) return messages
  return messages.map((each) => (each.at === undefined ? each : { ...each, at: each.at + shift }))
}

function inUtc(messages: readonly BareMessage[]): readonly BareMessage[] {
  return shifted(messages, zoneShift(messages))
}

interface Problems {
  add(line: number, why: string): void
  all(): { readonly problems: readonly RecordingProblem[]; readonly problemCount: number }
}

function createProblems(): Problems {
  const problems: RecordingProblem[] = []
  let problemCount = 0
  return {
    add(line, why) {
      problemCount += 1
      if (problems.length < mostProblems) problems.push({ line, why })
    },
    all: () => ({ problems, problemCount }),
  }
}
