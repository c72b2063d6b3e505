import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import { meantBy, offersFor, whyNothing } from './palette.ts'

const parsed = parseJson(
  readFileSync(new URL('../../../public/schemas/qemu-7.2-x86_64.json', import.meta.url), 'utf8'),
)
if (!parsed.ok) throw new Error(parsed.error.message)
const built = buildSchema(parsed.value)
if (!built.ok) throw new Error(built.error)
const schema = built.value

const machines = [
  { id: 'lab1', name: 'lab1', state: 'running' },
  { id: 'stopgap', name: 'stopgap', state: 'lost' },
]
const actions = [
  { id: 'theme', label: 'Change the colour scheme' },
  { id: 'verb-stop', label: 'Run stop on lab1', words: ['pause'] },
  { id: 'verb-cont', label: 'Run cont on lab1', words: ['unpause'] },
]

function labels(text: string, ...from: [] | [typeof schema | undefined]): readonly string[] {
  return offersFor(text, from.length === 0 ? schema : from[0], machines, actions).map((each) => each.label)
}

test.each([
  ['pause', 'stop'],
  ['resu', 'cont'],
  ['reboot', 'system_reset'],
  ['shutd', 'system_powerdown'],
  ['screenshot', 'screendump'],
  ['hotplug', 'device_add'],
  ['/pause', 'stop'],
  ['stop', 'stop'],
  ['quit', 'quit'],
  ['blockdev-add', 'blockdev-add'],
  ['PAUSE', 'stop'],
])('%s offers %s first', (typed, first) => {
  expect(labels(typed)[0]).toBe(first)
})

test('names that differ in case come before what only has the word in it', () => {
  expect(labels('stop').slice(0, 2)).toEqual(['stop', 'STOP'])
  expect(labels('STOP').slice(0, 2)).toEqual(['STOP', 'stop'])
})

test('every name that a synonym leads to is a command of a real QEMU', () => {
  const words = [
    'pau',
    'res',
    'con',
    'unp',
    'reb',
    'shu',
    'pow',
    'kil',
    'exi',
    'hot',
    'scr',
    'mem',
    'cpu',
    'dis',
  ]
  const names = words.flatMap((word) => meantBy(word).map((each) => each.name))
  expect(names.length).toBeGreaterThanOrEqual(words.length)
  for (const name of names) expect(schema.byName.get(name)?.kind, name).toBe('command')
  expect(meantBy('pa')).toEqual([])
})

test('the signs choose what is searched', () => {
  expect(labels('@')).toEqual(['lab1', 'stopgap'])
  expect(labels('@STOP')).toEqual(['stopgap'])
  expect(labels('>')).toEqual(['Change the colour scheme', 'Run stop on lab1', 'Run cont on lab1'])
  // Not cont, though one of its words has "pause" inside.
  expect(labels('>pause')).toEqual(['Run stop on lab1'])
  expect(offersFor('/query', schema, machines, actions).every((each) => each.kind === 'entity')).toBe(true)
})

test('nothing typed: machines and actions; without a schema no entities', () => {
  expect(labels('')).toEqual([
    'lab1',
    'stopgap',
    'Change the colour scheme',
    'Run stop on lab1',
    'Run cont on lab1',
  ])
  expect(labels('pause', undefined)).toEqual(['Run stop on lab1'])
  expect(labels('blockdev', undefined)).toEqual([])
})

test('no more than 30, and no offer twice', () => {
  for (const text of ['', 'e', '/', 'stop', 'query', 'node-name', '/block']) {
    const offers = offersFor(text, schema, machines, actions)
    expect(offers.length).toBeLessThanOrEqual(30)
    expect(new Set(offers.map((each) => each.id)).size).toBe(offers.length)
  }
})

test('an empty list says why', () => {
  expect(whyNothing('xyz', true)).toContain('“xyz”')
  expect(whyNothing('xyz', false)).toMatch(/no schema/)
  expect(whyNothing('@x', true)).toMatch(/No machine/)
  expect(whyNothing('>x', true)).toMatch(/no such action/)
})
