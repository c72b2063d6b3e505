/** Requests: the errors that QEMU 7.2 answers (seen on a real one), and ids as they were sent. */
import { expect, test } from 'vitest'
import { asciiJson, readRequest } from './envelope.ts'

test.each<[string, string, string | undefined]>([
  ['[1]', 'QMP input must be a JSON object', undefined],
  ['{"execute":3}', "QMP input member 'execute' must be a string", undefined],
  ['{"execute":"a","arguments":3}', "QMP input member 'arguments' must be an object", undefined],
  ['{"x":3,"id":1}', "QMP input member 'x' is unexpected", '1'],
  ['{"id":3}', "QMP input lacks member 'execute'", '3'],
  ['{"execute":"a","exec-oob":"b"}', "QMP input member 'exec-oob' is unexpected", undefined],
  ['{"execute":"query-status","control":{}}', "QMP input member 'control' is unexpected", undefined],
])('%s', (text, desc, id) => {
  expect(readRequest(text, false)).toEqual({ kind: 'fault', fault: { desc, id } })
})

test.each(['{"execute":"stop" "id":7}', '{"execute":"stop","id":1,"id":2}', '{"execute":stop}'])(
  '%s is a parse error without an id',
  (text) => {
    expect(readRequest(text, false)).toMatchObject({
      kind: 'fault',
      fault: { desc: expect.stringMatching(/^JSON parse error, /) as string, id: undefined },
    })
  },
)

test('with out-of-band commands', () => {
  expect(readRequest('{"exec-oob":"a","id":1}', true)).toMatchObject({
    command: { name: 'a', oob: true, id: '1' },
  })
  expect(readRequest('{"execute":"a","exec-oob":"b"}', true)).toMatchObject({
    fault: { desc: "QMP input member 'exec-oob' clashes with 'execute'" },
  })
})

test.each<[string, string]>([
  ['{"execute":"a","id":9007199254740993}', '9007199254740993'],
  ['{"id":1.0,"execute":"a"}', '1.0'],
  ['{"id": 1E400 ,"execute":"a"}', '1E400'],
  ['{"execute":"a","id":{"b":1,"a":2,"1":[null,true]}}', '{"b":1,"a":2,"1":[null,true]}'],
  ['{"execute":"a","arguments":{"id":5,"x":"\\"id\\":6"},"id":"x,}"}', '"x,}"'],
  ['{"execute":"a","arguments":{"x":["id",{"id":2}]},"id":null}', 'null'],
  ['{"execute":"id","id":false}', 'false'],
  ["{'execute':'a','id':'it\\'s'}", '"it\'s"'],
  ['{"execute":"a","\\u0069d":[2,1]}', '[2,1]'],
  ['{"execute":"a","id":"é😀"}', '"\\u00E9\\uD83D\\uDE00"'],
  ['{"execute":"a","id":[1,\n2]}', '[1,2]'],
])('the id of %s', (text, id) => {
  expect(readRequest(text, false)).toMatchObject({ kind: 'command', command: { id } })
})

test('ASCII reads as the same', () => {
  const text = JSON.stringify({ ключ: 'значение 😀', plain: '~' })
  expect(asciiJson(text)).toMatch(/^[\0-\x7e]*$/)
  expect(JSON.parse(asciiJson(text))).toEqual(JSON.parse(text))
})
