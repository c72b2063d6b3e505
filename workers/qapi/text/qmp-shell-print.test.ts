import { expect, test } from 'vitest'
import { decimal } from '#base/json/number.ts'
import type { JsonObject } from '#base/json/value.ts'
import { printQmpShell } from './qmp-shell-print.ts'

// The title has the line: Vitest prints no integer of 64 bits.
const lines: readonly (readonly [JsonObject, string])[] = [
  [
    { driver: 'e1000', addr: '0x10', mac: '52:54:00:12:34:56', romfile: '' },
    'x driver=e1000 addr=0x10 mac=52:54:00:12:34:56 romfile=',
  ],
  [{ a: 5, b: true, c: -1, d: 18446744073709551615n }, 'x a=5 b=true c=-1 d=18446744073709551615'],
  [
    { driver: 'qcow2', file: { driver: 'file', filename: '/my disk' } },
    'x driver=qcow2 file={"driver":"file","filename":"/my disk"}',
  ],
  [{ driver: 'qcow2', file: { backing: null } }, 'x driver=qcow2 file={"backing":null}'],
  [{ a: { b: { c: 'd' } } }, 'x a.b.c=d'],
  [{ a: { b: 'c' }, d: 'e' }, 'x a={"b":"c"} d=e'],
  [{ a: { b: '5' } }, 'x a={"b":"5"}'],
  [{ list: ['a b', 1] }, 'x list=["a b",1]'],
  [{ file: 'json:{"driver":"null-co"}' }, 'x file=json:{"driver":"null-co"}'],
  [{ a: [decimal('1.50')] }, 'x a=[1.50]'],
]

test.each(lines.map(([args, line]) => [line, args] as const))('%s', (line, args) => {
  expect(printQmpShell({ name: 'x', arguments: args, oob: false })).toEqual({ ok: true, value: line })
})

test.each<[JsonObject, string]>([
  [{ backing: null }, 'backing is null, which it does not know'],
  [{ id: '5' }, 'id is a text that it would take for something else'],
  [{ id: 'true' }, 'id is a text that it would take for something else'],
  [{ name: 'a b' }, 'name is a text that it would take for something else'],
  [{ value: 0.5 }, 'value is a number that is not an integer'],
  [{ 'a.b': 1 }, 'the name “a.b” has signs that part words'],
])('%j cannot be said', (args, why) => {
  expect(printQmpShell({ name: 'x', arguments: args, oob: false })).toEqual({
    ok: false,
    error: `Cannot be said in qmp-shell: ${why}.`,
  })
})

test('out-of-band cannot be said', () => {
  expect(printQmpShell({ name: 'migrate-pause', arguments: undefined, oob: true }).ok).toBe(false)
})
