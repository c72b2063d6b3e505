/** Random streams of rows with their texts, and the record as a plain array: what the columns are compared with. */
import fc from 'fast-check'
import type { ConnectionState } from '#qmp/connection.ts'
import type { ExecId, Ticket } from '#qmp/report.ts'
import type { LogRow, StampOrder } from '#record/row.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import type { Store } from '../store.ts'

/** A row and its text. */
export interface Line {
  readonly row: LogRow
  readonly text: string | undefined
}

/** The kept rows of a store from a number on, oldest first. */
export function rowsIn(store: Store, fromSeq = 0, most = 1000): readonly LogRow[] {
  const from = Math.max(store.firstSeq, fromSeq)
  const count = Math.max(0, Math.min(store.nextSeq, from + most) - from)
  return Array.from({ length: count }, (_, index) => store.row(from + index) as LogRow)
}

/** As fc.record, of plain objects. */
function record<Model>(model: {
  readonly [Key in keyof Model]: fc.Arbitrary<Model[Key]>
}): fc.Arbitrary<Model> {
  return fc.record<Model>(model, { noNullPrototype: true })
}

/** A text without lone surrogates, as it comes from the wire. */
export function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))
}

/**
 * Add lines as they come from the wire: five texts lie in one piece, with their line ends, as far as they are ASCII.
 * Events go in without a row where they can, as the worker of a machine adds them.
 */
export function addInPieces(store: Store, lines: readonly Line[]): void {
  for (let from = 0; from < lines.length; from += 5) {
    const piece = lines.slice(from, from + 5)
    const isAscii = (text: string | undefined): text is string =>
      text !== undefined && /^[\0-\x7f]*$/.test(text)
    const ascii = piece.map(({ text }) => text).filter(isAscii)
    const bytes = new TextEncoder().encode(ascii.map((text) => `${text}\r\n`).join(''))
    const source = { bytes, at: 0 }
    for (const { row, text } of piece) {
      if (!isAscii(text) || !addBare(store, row, text, source)) {
        store.add(row, text, isAscii(text) ? source : undefined)
      }
      if (isAscii(text)) source.at += text.length + 2
    }
    // They are read during the call only.
    bytes.fill(0)
  }
}

function addBare(
  store: Store,
  row: LogRow,
  text: string,
  source: { bytes: Uint8Array; at: number },
): boolean {
  if (row.kind !== 'event' || row.timestamp === undefined || row.bytes !== text.length) return false
  const { name: event, at, cause, timestamp, data } = row
  const bare = { name: event, ...timestamp, hasData: data !== undefined, length: text.length }
  const before = store.totals()
  const isAdded = store.addPrinted(bare, at, cause, source)
  if (!isAdded && store.totals().rows !== before.rows) throw new Error('it was added, and is said not to be')
  return isAdded
}

type Body = LogRow extends infer Row
  ? Row extends LogRow
    ? Omit<Row, 'seq' | 'at' | 'bytes'>
    : never
  : never

const exec = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0xffff_ffff, 2 ** 40, 0.5) },
) as unknown as fc.Arbitrary<ExecId>
const ticket = fc.option(fc.oneof(fc.nat(50), fc.constant(2 ** 40)), {
  nil: undefined,
}) as unknown as fc.Arbitrary<Ticket | undefined>
const name = fc.constantFrom(
  'query-status',
  'query-block',
  'device_add',
  'STOP',
  'JOB_STATUS_CHANGE',
  '',
  'é💾',
)
const origin = fc.constantFrom('person' as const, 'page' as const, 'client' as const)
const anyObject = fc.dictionary(fc.string(), anyJson(), { maxKeys: 3, noNullPrototype: true })
const stamp = fc.oneof(
  record({ seconds: fc.integer({ min: 1_700_000_000, max: 1_700_000_002 }), microseconds: fc.nat(2) }),
  fc.constant({ seconds: -1, microseconds: -1 }),
  record({ seconds: fc.constantFrom(0.5, -1, 1e300, Infinity), microseconds: fc.constantFrom(0.5, 1e6, 3) }),
  fc.constant(undefined),
)
const error = record({ class: fc.constantFrom('GenericError', 'DeviceNotFound'), desc: fc.string() })

const command = record({ exec, ticket, name, oob: fc.boolean(), origin, args: anyObject }).map(
  ({ args, ...rest }) => ({
    body: { kind: 'command' as const, ...rest },
    text: printJson({ execute: rest.name, arguments: args, id: 1 }),
  }),
)
const reply = record({
  exec,
  name,
  error: fc.option(error, { nil: undefined }),
  latencyMs: fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.nat(5)),
  late: fc.boolean(),
  origin,
  value: anyJson(),
  withText: fc.integer({ min: 0, max: 4 }),
}).map(({ value, withText, error: failure, ...rest }) => ({
  body: { kind: failure === undefined ? ('return' as const) : ('error' as const), ...rest, error: failure },
  text:
    withText === 0
      ? undefined
      : withText === 1
        ? 'not what was said'
        : printJson(
            failure === undefined
              ? { return: value }
              : { error: { class: failure.class, desc: failure.desc } },
          ),
}))
const event = record({
  name,
  data: fc.option(anyObject, { nil: undefined }),
  timestamp: stamp,
  cause: fc.option(
    record({
      exec,
      proof: fc.constantFrom('id' as const, 'nearness' as const),
      verb: fc.option(exec, { nil: undefined }),
    }).map(({ verb, ...cause }) => (verb === undefined ? cause : { ...cause, verb })),
    { nil: undefined },
  ),
  withText: fc.integer({ min: 0, max: 4 }),
}).map(({ data, withText, ...rest }) => {
  const text =
    withText === 0
      ? undefined
      : printJson(data === undefined ? { event: rest.name } : { event: rest.name, data: data })
  // What the session hands on is what the parser made of the text.
  const read = text === undefined ? data : dataOf(text)
  return { body: { kind: 'event' as const, ...rest, data: read }, text }
})
const state = fc
  .constantFrom<ConnectionState>(
    { kind: 'idle' },
    { kind: 'connecting', attempt: 1 },
    { kind: 'lost', reason: { kind: 'shut-down' }, retryInMs: 10, attempt: 2 },
    { kind: 'ended', reason: { kind: 'disconnected' } },
  )
  .map((each) => ({ body: { kind: 'state' as const, state: each }, text: undefined }))
const rest = fc.oneof(
  state,
  record({ exec, text: fc.string() }).map((each) => ({
    body: { kind: 'raw' as const, exec: each.exec },
    text: each.text,
  })),
  record({
    exec,
    name,
    outcome: fc.constantFrom('timed-out' as const, 'unknown' as const),
    latencyMs: fc.nat(5),
  }).map((each) => ({ body: { kind: 'outcome' as const, ...each }, text: undefined })),
  record({
    why: fc.constantFrom('paused' as const, 'closed' as const),
    since: fc.constant(1_700_000_000_000),
    rows: fc.option(fc.nat(5), { nil: undefined }),
  }).map((each) => ({ body: { kind: 'gap' as const, ...each }, text: undefined })),
  record({ name: fc.constantFrom('serial', 'serial1'), failed: fc.boolean(), text: fc.string() }).map(
    ({ text, ...each }) => ({ body: { kind: 'line' as const, ...each }, text }),
  ),
  record({
    name: fc.constantFrom('serial', 'vnc'),
    phase: fc.constantFrom('ready' as const, 'lost' as const),
    why: fc.option(fc.string().map(wellFormed), { nil: undefined }),
  }).map((each) => ({ body: { kind: 'channel' as const, ...each }, text: undefined })),
  record({ why: fc.string(), text: fc.option(fc.string(), { nil: undefined }) }).map(({ why, text }) => ({
    body: { kind: 'problem' as const, problem: { kind: 'unrecognised' as const, why } },
    text,
  })),
)

/** Random lines: `seq` from 0 on, times of arrival that seldom go back. */
export const anyLines: fc.Arbitrary<Line[]> = fc
  .array(
    record({
      line: fc.oneof<fc.Arbitrary<{ body: Body; text: string | undefined }>[]>(command, reply, event, rest),
      after: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(0, 0, 0.25, 1, 3, 100) },
        { weight: 1, arbitrary: fc.constant(-2) },
      ),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let at = 1_700_000_000_000
    return steps.map(({ line, after }, seq) => {
      at += after
      const text = line.text === undefined ? undefined : wellFormed(line.text)
      return { row: { ...line.body, seq, at, bytes: text?.length ?? 0 }, text }
    })
  })

function dataOf(text: string): JsonObject | undefined {
  const parsed = parseJson(text)
  const value: Json = parsed.ok ? parsed.value : null
  const data = isJsonObject(value) && Object.hasOwn(value, 'data') ? value.data : undefined
  return data !== undefined && isJsonObject(data) ? data : undefined
}

/** When rows arrived as far as their order goes: a clock that goes back stands still. */
export function arrivals(lines: readonly Line[]): number[] {
  let latest = Number.NEGATIVE_INFINITY
  return lines.map(({ row }) => (latest = Math.max(latest, row.at)))
}

/** How the stamp of each line stands to those before. */
export function naiveStampOrders(lines: readonly Line[]): StampOrder[] {
  let last: number | undefined
  return lines.map(({ row }) => {
    if (row.kind !== 'event' || row.timestamp === undefined) return 'none'
    const { seconds, microseconds } = row.timestamp
    if (!Number.isInteger(seconds) || !Number.isInteger(microseconds)) return 'failed'
    if (seconds < 0 || seconds > 9e9 || microseconds < 0 || microseconds > 999_999) return 'failed'
    const now = seconds * 1e6 + microseconds
    const before = last
    last = now
    return before === undefined || now > before ? 'later' : now === before ? 'equal' : 'earlier'
  })
}
