import { expect, test } from 'vitest'
import { offersFor, whyNothing } from './palette.ts'
import { loadSchema } from '#qapi/testing/load.ts'

const schema = loadSchema('qemu-7.2-x86_64')

const machines = [
  { id: 'lab1', name: 'lab1', state: 'running' },
  { id: 'stopgap', name: 'stopgap', state: 'lost' },
]
const actions = [
  { id: 'theme', label: 'Change the colour scheme' },
  { id: 'verb-stop', label: 'Run stop on lab1', words: ['pause'] },
  { id: 'verb-cont', label: 'Run cont on lab1', words: ['unpause'] },
]

const marks = [
  { at: 1000, text: 'it hangs', time: '12:01:00' },
  { at: 2000, text: '', time: '12:02:00' },
]
const stock = { schema, machines, actions, marks, human: 'lab1' }

/** Without the offers of signs. */
function labels(text: string, ...from: [] | [typeof schema | undefined]): readonly string[] {
  return offersFor(text, from.length === 0 ? stock : { ...stock, schema: from[0] })
    .filter((each) => each.kind !== 'sign')
    .map((each) => each.label)
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

test('an action that is one of many is offered where its words were typed, with or without hyphens', () => {
  const many = [
    { id: 's', label: 'Starter: Hot-plug a disk with a limit', words: ['throttled'], isAsked: true },
    { id: 'c', label: 'What breaks in QEMU 11.1: “Nightly”', words: ['upgrade'], isAsked: true },
  ]
  const of = (text: string): readonly string[] =>
    offersFor(text, { ...stock, actions: [...actions, ...many] })
      .filter((each) => each.kind === 'action')
      .map((each) => each.id)
  expect(of('hotplug throttled')).toEqual(['action s'])
  expect(of('hot-plug a throttled disk')).toEqual(['action s'])
  expect(of('what breaks in 11.1')).toEqual(['action c'])
  expect(of('nightly upgrade')).toEqual(['action c'])
  expect(of('>')).toEqual(['action theme', 'action verb-stop', 'action verb-cont'])
  expect(of('nightly hotplug')).toEqual([])
})

test('a case that is typed goes with the offer', () => {
  const [first] = offersFor('blockdev-add driver=luks', stock)
  expect(first).toMatchObject({ name: 'blockdev-add', chosen: { tag: 'driver', value: 'luks' } })
  expect(offersFor('blockdev-add', stock)[0]).toMatchObject({ chosen: undefined })
})

test('names that differ in case come before what only has the word in it', () => {
  expect(labels('stop').slice(0, 2)).toEqual(['stop', 'STOP'])
  expect(labels('STOP').slice(0, 2)).toEqual(['STOP', 'stop'])
})

test('an offer by a phrase says so, and one with a typing error what was read', () => {
  const note = (text: string): string => offersFor(text, stock)[0]?.note ?? ''
  expect(note('take a picture')).toBe('command, synonym take picture')
  expect(note('screnshot')).toBe('command, synonym screenshot')
})

test('the signs choose what is searched', () => {
  expect(labels('@')).toEqual(['lab1', 'stopgap'])
  expect(labels('@STOP')).toEqual(['stopgap'])
  expect(labels('>')).toEqual(['Change the colour scheme', 'Run stop on lab1', 'Run cont on lab1'])
  // Not cont, though one of its words has "pause" inside.
  expect(labels('>pause')).toEqual(['Run stop on lab1'])
  expect(offersFor('/query', stock).every((each) => each.kind === 'entity')).toBe(true)
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
    const offers = offersFor(text, stock)
    expect(offers.length).toBeLessThanOrEqual(30)
    expect(new Set(offers.map((each) => each.id)).size).toBe(offers.length)
  }
})

test('an empty palette shows the signs, each of which is there to be chosen', () => {
  const offers = offersFor('', stock)
  expect(offers.slice(0, 5).map((each) => (each.kind === 'sign' ? each.sign : ''))).toEqual([
    ...['>', '/', '@', '#', ':'],
  ])
  expect(offersFor(' ', stock).some((each) => each.kind === 'sign')).toBe(false)
})

test('marks by their words or times; a line for the human monitor is what was typed, then common ones', () => {
  expect(labels('#')).toEqual(['it hangs', 'a mark'])
  expect(labels('#hang')).toEqual(['it hangs'])
  expect(labels('#12:02')).toEqual(['a mark'])
  expect(labels('hangs')).toContain('it hangs')
  expect(labels(':info b')).toEqual(['info b', 'info block'])
  expect(labels(':info block')).toEqual(['info block'])
  expect(labels(':')[0]).toBe('info status')
  expect(offersFor(':info', { ...stock, human: undefined })).toEqual([])
})

test('an empty list says why', () => {
  expect(whyNothing('#x', schema)).toMatch(/no such mark/)
  expect(whyNothing(':x', schema)).toMatch(/no human monitor/)
  expect(whyNothing('xyz', schema)).toMatch(/“xyz”.*other words/)
  expect(whyNothing('xyz', undefined)).toMatch(/no schema/)
  expect(whyNothing('@x', schema)).toMatch(/No machine/)
  expect(whyNothing('>x', schema)).toMatch(/no such action/)
})
