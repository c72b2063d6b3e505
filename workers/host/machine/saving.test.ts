import { expect, test } from 'vitest'
import type { ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { Saving } from '#api/machine.ts'
import { createStore } from '#store/store.ts'
import type { Store } from '#store/store.ts'
import { chromeTraceFoot } from '#trace/formats/chrome-trace.ts'
import { readRecording } from '#trace/formats/import.ts'
import { createSavings } from './saving.ts'

const base = { bytes: 1, exec: 1 as ExecId, ticket: undefined, oob: false, origin: 'person' } as const

/** A record: a command with a secret, its error that repeats it, and some events. */
function record(events = 3): Store {
  const log = createStore()
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

/** Write a whole file. The clock moves by 1 ms each time it is read, so `budgetMs` limits how often a part reads it. */
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

test('without secrets: addresses in replies, what qom-get returns, and the address of the connection', () => {
  const log = createStore()
  const add = (row: LogRow, text: string | undefined): void => log.add(row, text)
  const { bytes, exec, origin } = base
  const address = { kind: 'not-opened', url: 'ws://me:hunter1@h/?token=hunter2', detail: 'refused' } as const
  const lost = { kind: 'lost', reason: address, retryInMs: 1, attempt: 1 } as const
  add({ kind: 'state', state: lost, seq: 0, at: 1000, bytes: 0 }, undefined)
  const get = '{"execute": "qom-get", "arguments": {"path": "/objects/s", "property": "data"}}'
  add({ ...base, kind: 'command', name: 'qom-get', seq: 1, at: 1001 }, get)
  const reply = { kind: 'return', bytes, origin, latencyMs: 5, late: false, error: undefined } as const
  add({ ...reply, exec, name: 'qom-get', seq: 2, at: 1002 }, '{"return": "hunter3"}')
  const file = 'iscsi://me%hunter4@h/iqn/0'
  const name = 'json:{\\"driver\\": \\"https\\", \\"cookie\\": \\"hunter5\\"}'
  const block = `{"return": [{"inserted": {"file": "${file}", "image": {"filename": "${name}"}}}]}`
  add({ ...reply, exec: 2 as ExecId, name: 'query-block', seq: 3, at: 1003 }, block)
  for (const format of ['transcript', 'chrome-trace', 'csv'] as const) {
    const { text } = write(log, { format })
    expect(text.match(/hunter\d/g)).toBeNull()
    // The cookie's name is inside of a text of JSON: it was read as what QEMU says.
    expect(text).toContain('iscsi://me%')
    expect(write(log, { format, withoutSecrets: false }).text).toContain('hunter4')
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
