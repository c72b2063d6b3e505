import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import { anyLines } from '#store/testing/any-rows.ts'
import type { Line } from '#store/testing/any-rows.ts'
import { chromeTraceFoot, createChromeTrace } from './chrome-trace.ts'

interface TraceEvent {
  readonly ph: string
  readonly name: unknown
  readonly pid: unknown
  readonly tid: unknown
  readonly ts?: unknown
  readonly dur?: unknown
  readonly id?: unknown
  readonly cat?: unknown
  readonly s?: unknown
  readonly cname?: unknown
  readonly args?: Record<string, unknown>
}

/** The rules of the format, as far as viewers depend on them. Throws at the first that is broken. */
function validate(text: string): TraceEvent[] {
  const file = JSON.parse(text) as { traceEvents: TraceEvent[] }
  const events = file.traceEvents
  const open = new Map<string, string[]>()
  const lastTs = new Map<string, number>()
  const slices = new Map<string, [number, number][]>()
  const names = new Set<string>()
  for (const event of events) {
    const say = JSON.stringify(event)
    if (typeof event.name !== 'string') throw new Error(`name: ${say}`)
    if (!Number.isSafeInteger(event.pid) || !Number.isSafeInteger(event.tid))
      throw new Error(`pid, tid: ${say}`)
    if (event.cname !== undefined && event.cname !== 'terrible' && event.cname !== 'bad')
      throw new Error(`cname: ${say}`)
    const thread = `${String(event.pid)}/${String(event.tid)}`
    if (event.ph === 'M') {
      names.add(event.name === 'process_name' ? String(event.pid) : thread)
      continue
    }
    if (!names.has(String(event.pid))) throw new Error(`a process without a name: ${say}`)
    if (event.ph !== 'C' && !names.has(thread)) throw new Error(`a thread without a name: ${say}`)
    if (typeof event.ts !== 'number' || !Number.isSafeInteger(event.ts)) throw new Error(`ts: ${say}`)
    const key = `${String(event.cat)}/${String(event.id)}`
    switch (event.ph) {
      case 'X': {
        if (typeof event.dur !== 'number' || !Number.isSafeInteger(event.dur) || event.dur < 0)
          throw new Error(`dur: ${say}`)
        const all = slices.get(thread) ?? []
        for (const [from, to] of all) {
          const isApart = event.ts >= to || event.ts + event.dur <= from
          if (!isApart) throw new Error(`overlaps: ${say}`)
        }
        all.push([event.ts, event.ts + event.dur])
        slices.set(thread, all)
        break
      }
      case 'b':
      case 'e':
      case 'n': {
        if (typeof event.id !== 'string' || typeof event.cat !== 'string') throw new Error(`id, cat: ${say}`)
        if (event.ts < (lastTs.get(key) ?? -Infinity)) throw new Error(`goes back: ${say}`)
        lastTs.set(key, event.ts)
        const stack = open.get(key) ?? []
        if (event.ph === 'b') stack.push(event.name)
        if (event.ph === 'e' && stack.pop() !== event.name) throw new Error(`ends nothing: ${say}`)
        open.set(key, stack)
        break
      }
      case 'i':
        if (event.s !== 't') throw new Error(`scope: ${say}`)
        break
      case 'C':
        for (const value of Object.values(event.args ?? {}))
          if (typeof value !== 'number') throw new Error(`counter: ${say}`)
        break
      default:
        throw new Error(`ph: ${say}`)
    }
  }
  for (const [key, stack] of open) if (stack.length > 0) throw new Error(`never ends: ${key} ${stack.join()}`)
  return events
}

function write(
  machines: readonly { readonly lines: readonly Line[]; readonly tracks: readonly Track[] }[],
): string {
  const parts: string[] = machines.length === 0 ? [createChromeTrace().machineEnd()] : []
  machines.forEach(({ lines, tracks }, index) => {
    const writer = createChromeTrace(index)
    parts.push(writer.machine(`lab "${index}"`))
    for (const { row, text } of lines) parts.push(writer.row(row, text))
    for (const track of tracks) parts.push(writer.track(track))
    parts.push(writer.machineEnd())
  })
  parts.push(chromeTraceFoot)
  return parts.join('')
}

const t0 = 1_700_000_000_000

function command(seq: number, exec: number, at: number): Line {
  const row: LogRow = {
    seq,
    at: t0 + at,
    bytes: 1,
    kind: 'command',
    exec: exec as ExecId,
    ticket: undefined,
    name: `c${exec}`,
    oob: false,
    origin: 'person',
  }
  return { row, text: '{"execute":"c","arguments":{"n":18446744073709551615}}' }
}

function reply(seq: number, exec: number, at: number, error?: string): Line {
  const row: LogRow = {
    seq,
    at: t0 + at,
    bytes: 1,
    kind: error === undefined ? 'return' : 'error',
    exec: exec as ExecId,
    name: `c${exec}`,
    error: error === undefined ? undefined : { class: 'GenericError', desc: error },
    latencyMs: 5,
    late: false,
    origin: 'person',
  }
  return { row, text: '{"return": [1]}' }
}

const track: Track = {
  id: 1,
  kind: 'job',
  name: 'drive0',
  type: 'mirror',
  start: t0,
  end: t0 + 50,
  phases: [
    { at: t0, state: 'created', seq: 1 },
    { at: t0, state: 'running', seq: 2 },
    { at: t0 + 40, state: 'ready', seq: 3 },
  ],
  progress: [{ at: t0 + 10, current: 30, total: 100 }],
  limit: undefined,
  outcome: 'failed',
  error: 'No space left',
  cause: { exec: 3 as ExecId, proof: 'id' },
  rows: [],
}

function of(events: readonly TraceEvent[], ph: string): TraceEvent[] {
  return events.filter((event) => event.ph === ph)
}

describe('a Chrome trace', () => {
  test('commands that do not overlap are complete events', () => {
    const events = validate(
      write([
        { lines: [command(0, 1, 0), reply(1, 1, 5), command(2, 2, 5), reply(3, 2, 7, 'd')], tracks: [] },
      ]),
    )
    expect(of(events, 'X')).toMatchObject([
      {
        name: 'c1',
        ts: t0 * 1000,
        dur: 5000,
        cat: 'command',
        args: { id: 1, return: [1], seq: 0, reply_seq: 1 },
      },
      { name: 'c2', ts: t0 * 1000 + 5000, dur: 2000, cname: 'terrible', args: { error: { desc: 'd' } } },
    ])
    expect(of(events, 'X')[0]).not.toHaveProperty('cname')
    expect(
      of(events, 'M')
        .map(({ args }) => args?.name)
        .filter(Boolean),
    ).toEqual(['lab "0"', 'command'])
  })

  test('one that overlaps another is an async pair; an unanswered one ends with the machine', () => {
    const lines = [command(0, 1, 0), command(1, 2, 1), reply(2, 2, 3), reply(3, 1, 9), command(4, 3, 10)]
    const events = validate(write([{ lines, tracks: [] }]))
    expect(of(events, 'X').map(({ name }) => name)).toEqual(['c2'])
    expect(of(events, 'b').map(({ name }) => name)).toEqual(['c1', 'c3'])
    expect(of(events, 'e').map(({ ts }) => ts)).toEqual([(t0 + 9) * 1000, (t0 + 10) * 1000])
    expect(of(events, 'b')[1]?.args).toMatchObject({ outcome: 'no reply in this selection' })
  })

  test('a reply without its command begins where its latency says', () => {
    const events = validate(write([{ lines: [reply(0, 1, 9)], tracks: [] }]))
    expect(of(events, 'b')).toMatchObject([{ name: 'c1', ts: (t0 + 4) * 1000 }])
  })

  test('a gap lasts from its beginning to its row', () => {
    const gap: LogRow = { seq: 9, at: t0 + 30, bytes: 0, kind: 'gap', why: 'paused', since: t0 + 10, rows: 4 }
    const events = validate(write([{ lines: [{ row: gap, text: undefined }], tracks: [] }]))
    expect(of(events, 'X')).toMatchObject([
      {
        name: 'not recorded: paused',
        ts: (t0 + 10) * 1000,
        dur: 20_000,
        cat: 'connection',
        args: { rows: 4 },
      },
    ])
  })

  test('numbers that a double does not hold are exact', () => {
    expect(write([{ lines: [command(0, 1, 0)], tracks: [] }])).toContain('"n":18446744073709551615')
  })

  test('a job: a pair with its phases in it, and its progress', () => {
    const events = validate(write([{ lines: [], tracks: [track] }]))
    expect(
      events.filter(({ ph }) => /[ben]/.test(ph)).map(({ ph, name }) => `${ph} ${String(name)}`),
    ).toEqual([
      'b job mirror drive0',
      'n created',
      'b running',
      'e running',
      'b ready',
      'e ready',
      'e job mirror drive0',
    ])
    expect(of(events, 'b')[0]).toMatchObject({
      cname: 'terrible',
      args: { outcome: 'failed', error: 'No space left', cause: { id: 3, proof: 'id' } },
    })
    expect(of(events, 'C')).toMatchObject([{ ts: (t0 + 10) * 1000, args: { done: 30, left: 70 } }])
  })

  test('the run state: complete events one after the other', () => {
    const band = { ...track, kind: 'run-state', name: '', type: '', end: undefined, progress: [] } as const
    const events = validate(write([{ lines: [command(0, 1, 90)], tracks: [band] }]))
    expect(of(events, 'X').map(({ name, dur }) => [name, dur])).toEqual([
      ['created', 0],
      ['running', 40_000],
      ['ready', 50_000],
    ])
  })

  test('what is large is left out, and that is said', () => {
    const long: Line = { ...reply(1, 1, 5), text: `{"return": "${'x'.repeat(100_000)}"}` }
    const text = write([{ lines: [command(0, 1, 0), long], tracks: [] }])
    expect(text.length).toBeLessThan(2000)
    expect(text).toContain('left out: a message of 100014 characters')
  })

  test('an empty file is one too', () => {
    expect(validate(write([]))).toEqual([])
  })

  test('any rows and tracks keep the rules of the format', () => {
    const at = fc.double({ min: 0, max: 100, noNaN: true }).map((ms) => t0 + ms)
    const anyTrack = fc
      .record({
        kind: fc.constantFrom('run-state' as const, 'job' as const, 'dump' as const, 'device' as const),
        start: at,
        end: fc.option(at, { nil: undefined }),
        phases: fc.array(fc.record({ at, state: fc.string(), seq: fc.nat() }), { maxLength: 6 }),
        progress: fc.array(fc.record({ at, current: fc.nat(), total: fc.nat() }), { maxLength: 3 }),
      })
      .map((some): Track => ({ ...track, ...some }))
    // There is one run state a machine.
    const tracks = fc.array(anyTrack, { maxLength: 4 }).map((all) => {
      return all.filter(
        ({ kind }, index) => kind !== 'run-state' || all.findIndex((each) => each.kind === kind) === index,
      )
    })
    fc.assert(
      fc.property(fc.array(fc.record({ lines: anyLines, tracks }), { maxLength: 3 }), (machines) => {
        const events = validate(write(machines))
        const rows = machines.flatMap(({ lines }) => lines.map(({ row }) => row))
        const commands = rows.filter(({ kind }) => kind === 'command').length
        expect(events.filter(({ args }) => args !== undefined && 'oob' in args)).toHaveLength(commands)
        const began = machines.flatMap(({ lines }) => lines).filter(({ row }) => row.kind === 'event').length
        expect(of(events, 'i').length).toBeGreaterThanOrEqual(began)
      }),
    )
  })
})
