import { expect, test } from 'vitest'
import type { ExecId, LogRow, Saving } from '../api.ts'
import { createLog } from '../events/log.ts'
import type { Store } from '../events/store.ts'
import { chromeTraceFoot } from '../trace/chrome-trace.ts'
import { readRecording } from '../trace/import.ts'
import { createSavings } from './saving.ts'

const base = { bytes: 1, exec: 1 as ExecId, ticket: undefined, oob: false, origin: 'person' } as const

/** A record: a command with a secret, its error that repeats it, and some events. */
function record(events = 3): Store {
  const log = createLog()
  const add = (row: LogRow, text: string | undefined): void => log.add(row, text)
  add(
    { ...base, kind: 'command', name: 'set_password', seq: 0, at: 1000 },
    '{"execute": "set_password", "arguments": {"protocol": "vnc", "password": "hunter\\"22"}}',
  )
  const desc = 'no: hunter"22'
  const text = '{"error": {"class": "GenericError", "desc": "no: hunter\\"22"}}'
  const error = { class: 'GenericError', desc }
  const { bytes, exec, origin } = base
  const reply = { bytes, exec, origin, name: 'set_password', latencyMs: 5, late: false }
  add({ ...reply, kind: 'error', error, seq: 1, at: 1005 }, text)
  for (let n = 0; n < events; n += 1) {
    const event = { kind: 'event', name: `E${n % 3}`, data: undefined, cause: undefined, bytes: 1 } as const
    const timestamp = { seconds: 1, microseconds: n }
    add({ ...event, timestamp, seq: 2 + n, at: 1010 + n }, `{"event": "E${n % 3}"}`)
  }
  return log
}

/** Write a whole file; each part gets so many looks at a clock that goes on by 1 ms each time. */
function write(store: Store, wanted: Partial<Saving> = {}, budgetMs = 3): { text: string; parts: number } {
  let clock = 0
  const savings = createSavings(store, () => (clock += 1))
  const saving: Saving = {
    format: 'transcript',
    filter: {},
    withoutSecrets: true,
    machine: 'lab',
    place: 0,
    tracks: [],
    ...wanted,
  }
  const handle = savings.begin(saving)
  const decoder = new TextDecoder()
  let text = ''
  for (let parts = 1; ; parts += 1) {
    const part = savings.part(handle, budgetMs)
    if (part === undefined) throw new Error('unknown')
    text += decoder.decode(part.bytes, { stream: true })
    if (part.over) {
      expect(part.progress).toBe(1)
      expect(savings.part(handle, budgetMs)).toBeUndefined()
      return { text, parts }
    }
  }
}

test('without secrets: no part of the file has one, also where only the reply is saved', () => {
  for (const format of ['transcript', 'chrome-trace', 'csv'] as const) {
    for (const filter of [{}, { kinds: ['error' as const] }]) {
      const { text } = write(record(), { format, filter })
      expect(text).not.toContain('hunter')
      expect(text).toContain('secret left out')
      expect(write(record(), { format, filter, withoutSecrets: false }).text).toContain('hunter')
    }
  }
})

test('in small parts it is the same file as in one', () => {
  const store = record(1000)
  const small = write(store, {}, 3)
  const large = write(store, {}, 1e9)
  expect(small.text).toBe(large.text)
  expect(large.parts).toBe(1)
  expect(small.parts).toBeGreaterThan(10)
  expect(small.text.split('\n')).toHaveLength(1003)
})

test('what is written can be read again, and the filter is kept', () => {
  const { text } = write(record(), { filter: { names: ['E1'] } })
  const read = readRecording('x.jsonl', new TextEncoder().encode(text))
  expect(read.ok && read.value.machines.map(({ id, rows }) => [id, rows.map(({ row }) => row.kind)])).toEqual(
    [['lab', ['event']]],
  )
})

test('machines of one Chrome trace are put together by the page', () => {
  const first = write(record(), { format: 'chrome-trace', place: 0 }).text
  const second = write(record(), { format: 'chrome-trace', place: 1 }).text
  const file = JSON.parse(first + second + chromeTraceFoot) as { traceEvents: { pid: number }[] }
  expect(new Set(file.traceEvents.map(({ pid }) => pid))).toEqual(new Set([1, 2]))
})

test('rows that come later, or are dropped meanwhile, are not written and the latter are counted', () => {
  const store = record(1000)
  let clock = 0
  const savings = createSavings(store, () => (clock += 1))
  const saving = {
    format: 'csv',
    filter: {},
    withoutSecrets: false,
    machine: 'm',
    place: 0,
    tracks: [],
  } as const
  const handle = savings.begin(saving)
  const { rows: begun } = savings.part(handle, 12) ?? { rows: 0 }
  expect(begun).toBeGreaterThan(0)
  store.dropBefore(900)
  const late = { kind: 'raw', exec: 9 as ExecId, bytes: 1, seq: store.nextSeq, at: 5000 } as const
  store.add(late, 'late')
  const last = savings.part(handle, 1e9)
  expect(last).toMatchObject({ rows: begun + 102, gone: 900 - begun, over: true })
})
