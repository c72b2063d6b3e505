import { expect, test } from 'vitest'
import { readSettings } from './settings-text.ts'

test('an alert of an earlier version watches every machine; one of this version the machine that it names', () => {
  const before = { name: 'It was reset', text: 'type:RESET', alert: 'stop', keepMs: 60_000 }
  const read = readSettings(
    JSON.stringify({ filters: [before, { ...before, machine: 'vm' }, { ...before, machine: 5 }] }),
  )
  expect(read.filters.map(({ machine }) => machine)).toEqual([undefined, 'vm', undefined])
  expect(read.filters[0]).toMatchObject(before)
})
