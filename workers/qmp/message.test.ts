import { expect, test } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import type { JsonObject } from '#base/json/value.ts'
import { printCommand, readMessage } from './message.ts'

function read(text: string): unknown {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return readMessage(parsed.value as JsonObject)
}

test.each([
  ['{"return": null, "id": 1}', { kind: 'return', value: null, id: 1 }],
  ['{"return": {}}', { kind: 'return', value: {}, id: undefined }],
  ['{"id": {"a": [1]}, "return": 1}', { kind: 'return', value: 1, id: { a: [1] } }],
  [
    '{"error": {"class": "C", "desc": "d"}, "id": null}',
    { kind: 'error', error: { class: 'C', desc: 'd' }, id: null },
  ],
  ['{"error": {"desc": "d"}}', { kind: 'error', error: { class: 'GenericError', desc: 'd' }, id: undefined }],
  ['{"event": "STOP"}', { kind: 'event', name: 'STOP', data: undefined, timestamp: undefined }],
  [
    '{"event": "E", "data": {"x": 1}, "timestamp": {"seconds": 1, "microseconds": 2}}',
    { kind: 'event', name: 'E', data: { x: 1 }, timestamp: { seconds: 1, microseconds: 2 } },
  ],
  // libvirt's proxy hands the data of an event on as a text.
  [
    '{"event": "E", "data": "{\\"x\\":1}"}',
    { kind: 'event', name: 'E', data: { x: 1 }, timestamp: undefined },
  ],
  ['{"event": "E", "data": "{x"}', { kind: 'event', name: 'E', data: undefined, timestamp: undefined }],
  ['{"event": "E", "data": "[1]"}', { kind: 'event', name: 'E', data: undefined, timestamp: undefined }],
  [
    '{"QMP": {"version": {"qemu": {"major": 2, "minor": 5, "micro": 0}, "package": " (Debian)"}, "capabilities": []}}',
    {
      kind: 'greeting',
      greeting: { version: { major: 2, minor: 5, micro: 0, package: ' (Debian)' }, capabilities: [] },
    },
  ],
  [
    '{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""}, "capabilities": [], "x-gate": {"rights": "watch"}}}',
    {
      kind: 'greeting',
      greeting: {
        version: { major: 7, minor: 2, micro: 0, package: '' },
        capabilities: [],
        gated: true,
        watches: true,
      },
    },
  ],
  ['{"QMP": {"version": {}}}', { kind: 'unrecognised', why: 'the greeting has no version' }],
  ['{"event": 5}', { kind: 'unrecognised', why: 'the name of an event is not a string' }],
  ['{"error": 5}', { kind: 'unrecognised', why: 'the error of a reply is not an object' }],
  ['{"constructor": {}}', { kind: 'unrecognised', why: 'a message without return, error, event or QMP' }],
  [
    '{"__proto__": {"return": 1}}',
    { kind: 'unrecognised', why: 'a message without return, error, event or QMP' },
  ],
])('%s', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

test('a command is one line, in the order people read it, exact', () => {
  const command = { name: 'x', arguments: { n: 18446744073709551615n, s: 'a\nb' }, oob: false, id: 7 }
  expect(printCommand(command)).toBe(
    String.raw`{"execute":"x","arguments":{"n":18446744073709551615,"s":"a\nb"},"id":7}`,
  )
  expect(printCommand({ ...command, arguments: undefined, oob: true })).toBe('{"exec-oob":"x","id":7}')
  expect(printCommand({ ...command, arguments: {} })).toBe('{"execute":"x","arguments":{},"id":7}')
})
