import { expect, test } from 'vitest'
import type { LogRow } from '#record/row.ts'
import { hasPrintedText, isShown, isUnfinished, linesOf, printRow } from './wire-text.ts'

const row = (of: object): LogRow => ({ bytes: 20, ...of }) as LogRow

test.each([
  ['{"execute": "stop"}', false],
  ['{"execute": "stop"', true],
  ['{"a": "}"', true],
  ["{'a': '{'}", false],
  ['}', false],
])('%s is unfinished: %s', (line, unfinished) => {
  expect(isUnfinished(line)).toBe(unfinished)
})

test('blank lines and blanks around lines go', () => {
  expect(linesOf(' {\n\n  "a": 1 \n}\n')).toEqual(['{', '"a": 1', '}'])
})

test('the page’s own traffic and events are printed where they are wanted', () => {
  const shown = { events: false, own: false, pretty: false }
  expect(isShown(row({ kind: 'return', origin: 'person' }), shown)).toBe(true)
  expect(isShown(row({ kind: 'return', origin: 'page' }), shown)).toBe(false)
  expect(isShown(row({ kind: 'return', origin: 'page' }), { ...shown, own: true })).toBe(true)
  expect(isShown(row({ kind: 'event', name: 'STOP' }), shown)).toBe(false)
  expect(isShown(row({ kind: 'event', name: 'STOP' }), { ...shown, events: true })).toBe(true)
})

test('a message is printed as it was, or pretty; a long one is cut, a large one is only named', () => {
  const reply = row({ kind: 'return', origin: 'person' })
  expect(printRow(reply, '{"return": {}}', false)).toEqual({ text: '← {"return": {}}', tone: 'plain' })
  expect(printRow(reply, '{"return": {"a": 1}}', true).text).toContain('\n    "a": 1\n')
  const long = printRow(reply, 'x'.repeat(70_000), false).text
  expect(long).toMatch(/4\D?464 characters more are in the timeline/)
  const large = row({ kind: 'return', origin: 'person', bytes: 2 ** 21 })
  expect(hasPrintedText(large)).toBe(false)
  expect(printRow(large, undefined, false)).toMatchObject({ tone: 'note' })
  expect(printRow(large, undefined, false).text).toContain('it is in the timeline')
})
