import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { ExecId, WireProblem } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { anyLines } from '#store/testing/any-rows.ts'
import type { Line } from '#store/testing/any-rows.ts'
import { readTime, timeText } from '#record/row-facts.ts'
import { createFilmReader } from '../film/film-lines.ts'
import type { FilmInFile } from '../film/film-lines.ts'
import { redactRow } from '../rows/redaction.ts'
import type { Redaction } from '../rows/redaction.ts'
import { createTranscriptReader } from './read-transcript.ts'
import { transcriptHeader, transcriptLine, transcriptPicture } from './transcript.ts'
import type { TranscriptHeader } from './transcript.ts'
import type { TranscriptRow } from './read-transcript.ts'

interface Read {
  readonly headers: TranscriptHeader[]
  readonly rows: TranscriptRow[]
  readonly problems: { readonly line: number; readonly why: string }[]
  readonly refused: string | undefined
  readonly film: FilmInFile
}

/** Read a file in pieces that end at the cuts. */
function read(text: string, cuts: readonly number[] = []): Read {
  const headers: TranscriptHeader[] = []
  const rows: TranscriptRow[] = []
  const problems: { line: number; why: string }[] = []
  const film = createFilmReader()
  const reader = createTranscriptReader({
    header: (header) => headers.push(header),
    row: (row) => rows.push(row),
    picture: (value) => film.take(value),
    problem: (line, why) => problems.push({ line, why }),
  })
  const bytes = new TextEncoder().encode(text)
  let from = 0
  for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.slice(from, to))
    from = to
  }
  reader.end()
  return { headers, rows, problems, refused: reader.refused, film: film.all() }
}

const header: TranscriptHeader = {
  made: 1_700_000_000_000.123,
  machines: [
    {
      id: 'a',
      name: 'Lab «1»',
      protocol: 'qmp',
      version: { major: 7, minor: 2, micro: 22, package: 'Debian' },
      schema: [{ name: 'x', 'meta-type': 'command', big: 18446744073709551615n }],
    },
    { id: 'b', name: 'agent', protocol: 'agent', version: undefined, schema: undefined },
  ],
  note: 'first\nsecond',
  isRedacted: false,
}

/** What comes back of a row: times to the microsecond, no ticket, numbers as the parser makes them. */
function kept(row: LogRow): LogRow {
  const at = Math.round(row.at * 1000) / 1000
  if (row.kind === 'event' && row.data !== undefined) {
    const again = parseJson(printJson(row.data))
    expect(again.ok && equalJson(again.value, row.data)).toBe(true)
    return { ...row, at, data: again.ok && isJsonObject(again.value) ? again.value : undefined }
  }
  if (row.kind === 'command') return { ...row, at, ticket: undefined }
  if (row.kind === 'return' || row.kind === 'error')
    return { ...row, at, latencyMs: Math.round(row.latencyMs * 1000) / 1000 }
  return { ...row, at }
}

function file(lines: readonly Line[]): string {
  return [transcriptHeader(header), ...lines.map(({ row, text }) => transcriptLine('a', row, text)), ''].join(
    '\n',
  )
}

const base = { seq: 4, at: 1_700_000_000_000.5, bytes: 10 }
const exec = 7 as ExecId

describe('a transcript', () => {
  test('gives back any rows and texts, whatever the chunks are', () => {
    fc.assert(
      fc.property(anyLines, fc.array(fc.nat(), { maxLength: 20 }), (lines, cuts) => {
        const out = read(file(lines), cuts)
        expect(out.problems).toEqual([])
        expect(out.headers).toEqual([header])
        expect(out.rows.map(({ row }) => row)).toEqual(lines.map(({ row }) => kept(row)))
        expect(out.rows.map(({ text }) => text)).toEqual(lines.map(({ text }) => text))
      }),
      { numRuns: runs(300) },
    )
  })

  test('a bad line loses no good one, and is counted by its number', () => {
    const bad = fc.constantFrom(
      '{',
      'x',
      '{}',
      '{"machine":"a","message":1}',
      '[1]',
      '{"machine":1,"seq":2}',
      '}{',
    )
    fc.assert(
      fc.property(anyLines, fc.array(fc.tuple(fc.nat(100), bad), { maxLength: 8 }), (lines, wrong) => {
        const good = file(lines).trimEnd().split('\n')
        const at = new Map(wrong.map(([place, text]) => [1 + (place % good.length), text]))
        const mixed = good.flatMap((each, index) => {
          const text = at.get(index + 1)
          return text === undefined ? [each] : [each, text]
        })
        const out = read(mixed.join('\n'))
        expect(out.rows.map(({ row }) => row)).toEqual(lines.map(({ row }) => kept(row)))
        const values = [...at.values()]
        expect(out.problems.map(({ line }) => mixed[line - 1]).sort()).toEqual(values.sort())
      }),
    )
  })

  test.each([
    '{"return": {}, "id": 1}',
    '{"return":{"a":1,"a":2},"b":1.0e5}',
    '{"return": 9007199254740993, "x": 1E400, "y": -0.0}',
    '{"a": "\\u00e9\\ud800"}',
    '{"a": "\ud800"}',
    ' {"blank": 1}\t',
    '{"a":{"message":1},"message":{"b":",\\"message\\":"}}',
    '"a string"',
    '{\n    "return": {}\n}',
    "{'execute': 'stop'}",
    'not JSON, "message": {',
    '',
    'é💾\u2028\u0000\ufeff',
  ])('keeps the text %j to the byte', (text) => {
    const row: LogRow = { ...base, kind: 'raw', exec }
    const line = transcriptLine('m,"message":', row, text)
    expect(line).not.toContain('\n')
    expect(() => void JSON.parse(line)).not.toThrow()
    const out = read(`${transcriptHeader(header)}\n${line}`)
    expect(out.rows).toEqual([{ machine: 'm,"message":', row, text, isRedacted: false }])
  })

  test('the message is JSON in the line, last, and one that is not is a string', () => {
    const row: LogRow = { ...base, kind: 'raw', exec }
    expect(transcriptLine('a', row, '{"x": 1}')).toMatch(/,"message":\{"x": 1\}\}$/)
    expect(transcriptLine('a', row, '{"x"')).toMatch(/,"text":"\{\\"x\\""\}$/)
  })

  test('a file that another program wrote again is read: same values, other blanks', () => {
    const row: LogRow = {
      ...base,
      kind: 'event',
      name: 'STOP',
      data: { big: 18446744073709551615n },
      timestamp: { seconds: -1, microseconds: -1 },
      cause: { exec, proof: 'nearness', verb: 9 as ExecId },
    }
    const line = transcriptLine('a', row, '{"event": "STOP", "data": {"big": 18446744073709551615}}')
    const again = line.replace(/^\{(.*),"message":(.*)\}$/, '{ "message" : $2 , $1 }')
    expect(again).not.toBe(line)
    const out = read(`${transcriptHeader(header)}\r\n${again}\r\n`)
    expect(out.rows[0]?.row).toEqual(row)
    expect(out.rows[0]?.text).toBe('{"event":"STOP","data":{"big":18446744073709551615}}')
  })

  test('pictures of a film stand between rows; one that is none is counted, and loses no row', () => {
    const row: LogRow = { ...base, kind: 'raw', exec }
    const jpeg = new Uint8Array([255, 216, 255, 192, 0, 8, 8, 0, 2, 0, 3, 7])
    const picture = { machine: 'a', screen: 'vnc', at: 1_700_000_000_000.5, jpeg }
    const lines = [
      transcriptHeader(header),
      transcriptPicture(picture),
      transcriptLine('a', row, '{"x": 1}'),
      transcriptPicture({ ...picture, jpeg: new Uint8Array([1, 2, 3]) }),
      transcriptLine('a', { ...row, seq: 1 }, '{"x": 2}'),
    ]
    const out = read(lines.join('\n'))
    expect(out.headers).toEqual([header])
    expect(out.rows.map(({ text }) => text)).toEqual(['{"x": 1}', '{"x": 2}'])
    expect(out.film).toEqual({ pictures: [{ ...picture, bytes: jpeg.length }], gone: 0 })
    expect(out.problems).toEqual([{ line: 4, why: 'a picture that is no JPEG' }])
    // A reader of before takes such a line for a header of no machine.
    expect(JSON.parse(transcriptPicture(picture))).toMatchObject({ 'qmp-studio-transcript': 1 })
    expect(transcriptPicture(picture)).not.toMatch(/^\{"machine"/)
  })

  test('a newer version is refused with a sentence', () => {
    const out = read('{"qmp-studio-transcript":2,"made":"x"}\n{"machine":"a"}\n')
    expect(out.refused).toBe(
      'This transcript is of version 2; only versions up to 1 can be read here. A newer QMP Studio wrote it.',
    )
    expect(out).toMatchObject({ headers: [], rows: [], problems: [] })
  })

  test('without a header the rows are read and the lack is said', () => {
    const row: LogRow = { ...base, kind: 'raw', exec }
    const out = read(transcriptLine('a', row, 'x'))
    expect(out.problems).toEqual([{ line: 1, why: 'the header is missing' }])
    expect(out.rows).toHaveLength(1)
  })

  const greeting = { version: { major: 7, minor: 2, micro: 0, package: '' }, capabilities: ['oob'] }
  test.each<ConnectionState>([
    { kind: 'idle' },
    { kind: 'connecting', attempt: 2 },
    { kind: 'greeting' },
    { kind: 'occupied', afterMs: 3000 },
    { kind: 'negotiating', greeting },
    { kind: 'synchronising', tries: 1 },
    { kind: 'silent', tries: 3 },
    { kind: 'ready', greeting, oob: true },
    { kind: 'ready', greeting: undefined, oob: false },
    {
      kind: 'lost',
      reason: { kind: 'not-opened', url: 'ws://x', detail: 'refused' },
      retryInMs: 5,
      attempt: 1,
    },
    { kind: 'lost', reason: { kind: 'target-refused', url: 'ws://x' }, retryInMs: 5, attempt: 1 },
    {
      kind: 'lost',
      reason: { kind: 'closed', code: 1006, reason: '', beforeGreeting: true },
      retryInMs: 5,
      attempt: 1,
    },
    { kind: 'lost', reason: { kind: 'shut-down' }, retryInMs: 5, attempt: 1 },
    { kind: 'ended', reason: { kind: 'disconnected' } },
    { kind: 'ended', reason: { kind: 'not-qmp', excerpt: 'SSH', hint: 'ssh' } },
    { kind: 'ended', reason: { kind: 'negotiation-refused', desc: 'no' } },
    { kind: 'ended', reason: { kind: 'bad-address', url: 'x', why: 'y' } },
  ])('keeps the state %j', (state) => {
    const row: LogRow = { ...base, kind: 'state', state }
    const line = transcriptLine('a', row, undefined)
    expect(read(line).rows[0]?.row).toEqual(row)
    // Without any one of its members it is no such state.
    for (const name of Object.keys(state).filter((each) => each !== 'greeting' || state.kind !== 'ready')) {
      const broken: unknown = { ...state, [name]: undefined }
      const without = transcriptLine(
        'a',
        { ...base, kind: 'state', state: broken as ConnectionState },
        undefined,
      )
      expect(read(without).rows).toEqual([])
    }
  })

  test.each<WireProblem>([
    { kind: 'garbage', excerpt: 'x', offset: 1, bytes: 2, why: 'w' },
    { kind: 'too-large', limitBytes: 5, offset: 1, excerpt: 'x' },
    { kind: 'truncated', offset: 1, bytes: 2, excerpt: 'x' },
    { kind: 'discarded', offset: 1, bytes: 2, excerpt: 'x' },
    { kind: 'server-parse-error', error: { class: 'GenericError', desc: 'd' }, repeated: 2 },
    { kind: 'unknown-id', id: '"x"' },
    { kind: 'unrecognised', why: 'w' },
  ])('keeps the problem %j', (problem) => {
    const row: LogRow = { ...base, kind: 'problem', problem }
    expect(read(transcriptLine('a', row, '{"a": 1}')).rows[0]?.row).toEqual(row)
    for (const name of Object.keys(problem)) {
      const broken: unknown = { ...problem, [name]: undefined }
      const without = transcriptLine('a', { ...base, kind: 'problem', problem: broken as WireProblem }, 'x')
      expect(read(without).rows).toEqual([])
    }
  })
})

test.each(['paused', 'closed', 'worker-died', 'imported'] as const)('keeps a gap: %s', (why) => {
  for (const rows of [undefined, 0, 12]) {
    const row: LogRow = { ...base, kind: 'gap', why, since: 1_699_999_999_000.125, rows }
    const line = transcriptLine('a', row, undefined)
    expect(read(line).rows[0]?.row).toEqual(row)
    expect(read(line.replace(`"why":"${why}"`, '"why":"else"')).rows).toEqual([])
    expect(read(line.replace('"since":"', '"since":"x')).rows).toEqual([])
  }
})

test('keeps how long a command without an answer had waited', () => {
  const row: LogRow = {
    ...base,
    kind: 'outcome',
    exec,
    name: 'stop',
    outcome: 'timed-out',
    latencyMs: 30_000.5,
  }
  expect(read(transcriptLine('a', row, undefined)).rows[0]?.row).toEqual(row)
})

describe('redaction', () => {
  const redaction: Redaction = {
    arguments: (name, text) => (name === 'set_password' ? text.replace('hunter22', '«»') : text),
    text: (text) => text.replaceAll('hunter22', '«»'),
  }
  const command: LogRow = {
    ...base,
    kind: 'command',
    exec,
    ticket: undefined,
    name: 'set_password',
    oob: false,
    origin: 'person',
  }
  const secret = '{"execute": "set_password", "arguments": {"password": "hunter22"}, "id": 9007199254740993}'

  test('takes secrets out of commands and marks the row', () => {
    const out = read(transcriptLine('a', command, secret, redaction)).rows[0]
    expect(out?.text).toBe('{"execute":"set_password","arguments":{"password":"«»"},"id":9007199254740993}')
    expect(out?.isRedacted).toBe(true)
    expect(out?.row).toEqual(command)
  })

  test('leaves the text of others to the byte', () => {
    const text = '{"execute": "stop",  "arguments": {"x":1.0}}'
    const out = read(transcriptLine('a', { ...command, name: 'stop' }, text, redaction)).rows[0]
    expect(out).toMatchObject({ text, isRedacted: false })
  })

  test('what cannot be read is left out', () => {
    expect(transcriptLine('a', command, secret.slice(0, -1), redaction)).not.toContain('hunter22')
    expect(transcriptLine('a', { ...base, kind: 'raw', exec }, secret, redaction)).not.toContain('hunter22')
    const cut = redactRow(command, secret, { arguments: () => 'no JSON' })
    expect(cut).toEqual({ row: command, text: undefined, isRedacted: true })
  })

  test('nothing that a server repeats stays, in no part of the line', () => {
    const error = { class: 'GenericError', desc: 'hunter22 is too short' }
    const rows: LogRow[] = [
      { ...base, kind: 'error', exec, name: 'x', error, latencyMs: 1, late: false, origin: 'person' },
      { ...base, kind: 'event', name: 'X', data: { a: 'hunter22' }, timestamp: undefined, cause: undefined },
      { ...base, kind: 'problem', problem: { kind: 'server-parse-error', error, repeated: 1 } },
    ]
    for (const row of rows) {
      for (const text of [undefined, '{"a": "hunter22"}', 'hunter22']) {
        const line = transcriptLine('a', row, text, redaction)
        expect(line).not.toContain('hunter22')
        const out = read(line).rows[0]
        expect(out).toMatchObject({ isRedacted: true, row: { kind: row.kind } })
      }
    }
  })
})

test('a time comes back to the microsecond, and its text is the same again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }), (micros) => {
      const text = timeText(micros / 1000)
      expect(readTime(text)).toBe(micros / 1000)
      expect(timeText(readTime(text) ?? 0)).toBe(text)
    }),
  )
  expect(timeText(1_700_000_000_000.001)).toBe('2023-11-14T22:13:20.000001Z')
  expect(readTime('2023-11-14T22:13:20Z')).toBe(1_700_000_000_000)
  expect(readTime('2023-11-14 22:13:20')).toBeUndefined()
  expect(readTime('2023-99-14T22:13:20Z')).toBeUndefined()
})
