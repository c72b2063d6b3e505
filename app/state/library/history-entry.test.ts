import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import {
  argumentsOf,
  keptEntries,
  longestArguments,
  makeEntry,
  outcomeWord,
  searchEntries,
  toneOf,
} from './history-entry.ts'
import type { HistoryInput } from './history-entry.ts'

function input(name: string, args?: JsonObject, error?: string): HistoryInput {
  return {
    machine: { id: 'm', name: 'M' },
    name,
    arguments: args,
    oob: false,
    at: 1,
    outcome: error === undefined ? 'returned' : 'failed',
    error,
    latencyMs: 2,
  }
}

const entry = (name: string, args?: JsonObject) => ({ ...makeEntry(input(name, args), false), id: 1 })

test('arguments come back exactly', () => {
  fc.assert(
    fc.property(anyJson(), (value) => {
      const made = { ...makeEntry(input('x', { value }), true), id: 1 }
      expect(printJson(argumentsOf(made) ?? {})).toBe(printJson({ value }))
    }),
  )
  expect(argumentsOf(entry('stop'))).toBeUndefined()
})

test('a secret is neither in the arguments nor in the error, unless it is asked for', () => {
  const sent = input('set_password', { protocol: 'vnc', password: 'hunter2' }, 'hunter2 is too short')
  const made = makeEntry(sent, false)
  expect(JSON.stringify(made)).not.toContain('hunter2')
  expect(made.redacted).toBe(true)
  const kept = makeEntry(sent, true)
  expect(kept).toMatchObject({ redacted: false, error: 'hunter2 is too short' })
  expect(kept.arguments).toContain('hunter2')
})

test('all words, in the name or in the arguments', () => {
  const entries = [
    entry('blockdev-add', { driver: 'null-co', 'node-name': 'Disk0' }),
    entry('blockdev-del', { 'node-name': 'disk1' }),
    entry('stop'),
  ]
  const found = (search: string) => searchEntries(entries, search).map((each) => each.name)
  expect(found('')).toHaveLength(3)
  expect(found('DISK0 add')).toEqual(['blockdev-add'])
  expect(found('disk')).toEqual(['blockdev-add', 'blockdev-del'])
  expect(found('disk0 del')).toEqual([])
})

test('a person’s own no is no failure; what a console sent says so, and is found by it', () => {
  expect(toneOf({ outcome: 'declined' })).toBe('muted')
  expect(outcomeWord({ outcome: 'declined' })).toBe('not sent')
  expect(toneOf({ outcome: 'refused' })).toBe('error')
  expect(toneOf({ outcome: 'returned' })).toBe('ok')
  const typed = {
    ...input('human-monitor-command', { 'command-line': 'info block' }),
    from: 'console' as const,
  }
  const made = { ...makeEntry(typed, false), id: 1 }
  expect(made.from).toBe('console')
  expect(searchEntries([made, entry('stop')], 'console')).toEqual([made])
  const secret = { 'command-line': 'set_password vnc hunter2' }
  expect(JSON.stringify(makeEntry({ ...typed, arguments: secret }, false))).not.toContain('hunter2')
})

test('bounds: the number of entries, their characters, the length of one', () => {
  const entries = [entry('a', { x: 'y'.repeat(90) }), entry('b'), entry('c', { x: 'y'.repeat(90) })]
  expect(keptEntries(entries, { most: 5, mostSize: 1000 })).toHaveLength(3)
  expect(keptEntries(entries, { most: 2, mostSize: 1000 })).toHaveLength(2)
  expect(keptEntries(entries, { most: 5, mostSize: 150 })).toHaveLength(2)
  const names = [entry('a'), entry('n'.repeat(1000))]
  expect(keptEntries(names, { most: 5, mostSize: 1000 })).toHaveLength(1)
  const long = makeEntry(input('x', { x: 'y'.repeat(longestArguments) }), false)
  expect(long).toMatchObject({ arguments: undefined, cut: true })
})
