import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { LogRow } from '../../../workers/api.ts'
import { parseFilter } from './filter.ts'

const base = { seq: 1, at: 0, bytes: 10 }
const stop: LogRow = {
  ...base,
  kind: 'event',
  name: 'STOP',
  data: undefined,
  timestamp: undefined,
  cause: undefined,
}
const job: LogRow = {
  ...base,
  kind: 'event',
  name: 'BLOCK_JOB_COMPLETED',
  data: { device: 'drive 0' },
  timestamp: undefined,
  cause: undefined,
}
const slow: LogRow = {
  ...base,
  kind: 'return',
  exec: 1 as never,
  name: 'query-block',
  error: undefined,
  latencyMs: 12,
  late: false,
  origin: 'person',
}
const failed: LogRow = {
  ...slow,
  kind: 'error',
  error: { class: 'GenericError', desc: 'no such thing' },
  latencyMs: 1,
}
const all = { stop, job, slow, failed }

function passing(text: string, machine = 'lab1'): string {
  const filter = parseFilter(text)
  if (!filter.ok) throw new Error(filter.error.message)
  return Object.entries(all)
    .filter(([, row]) => filter.value({ machine, row }))
    .map(([name]) => name)
    .join(' ')
}

test.each([
  ['', 'stop job slow failed'],
  ['stop', 'stop'],
  ['type:BLOCK_JOB_*', 'job'],
  ['type:block', ''],
  ['-type:BLOCK_JOB_*', 'stop slow failed'],
  ['kind:event', 'stop job'],
  ['kind:event -stop', 'job'],
  ['kind:reply', 'slow'],
  ['latency>5ms', 'slow'],
  ['latency<=0.001s', 'failed'],
  ['"drive 0"', 'job'],
  ['"such thing" kind:error', 'failed'],
  ['machine:lab2', ''],
  ['machine:lab*', 'stop job slow failed'],
  ['type:query-blo.k', ''],
])('%s', (text, expected) => {
  expect(passing(text)).toBe(expected)
})

describe('what is no filter says where', () => {
  test.each([
    ['stop kind:nope', 5, /no kind “nope”/],
    ['size:5', 0, /no “size”/],
    ['a "open', 2, /not closed/],
    ['latency>1.2.3ms', 0, /no number/],
  ])('%s', (text, offset, message) => {
    const filter = parseFilter(text)
    expect(filter.ok).toBe(false)
    if (!filter.ok) {
      expect(filter.error.offset).toBe(offset)
      expect(filter.error.message).toMatch(message)
    }
  })

  test('any text gives a filter or an error, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const filter = parseFilter(text)
        if (filter.ok) filter.value({ machine: 'm', row: stop })
      }),
    )
  })
})
