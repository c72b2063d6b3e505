import fc from 'fast-check'
import { expect, test } from 'vitest'
import { channelKinds, channelLabel, compareChannels, readChannelName } from './channel-name.ts'

test.each([
  ['qmp', { kind: 'qmp', number: undefined }],
  ['serial0', { kind: 'serial', number: 0 }],
  ['vnc12', { kind: 'vnc', number: 12 }],
  ['serial123', undefined],
  ['other', undefined],
  ['', undefined],
  ['0', undefined],
  ['constructor', undefined],
  ['Serial', undefined],
])('%s', (text, expected) => {
  expect(readChannelName(text)).toEqual(expected)
})

test('labels name the kind, and the number where there is one', () => {
  expect([...channelKinds, 'serial0', 'odd'].map(channelLabel)).toEqual([
    'QMP monitor',
    'Human monitor',
    'Serial line',
    'Screen',
    'Guest agent',
    'Serial line 0',
    'odd',
  ])
})

test('channels are listed by kind and number, whatever order they came in', () => {
  const names = ['qmp', 'hmp', 'serial', 'serial0', 'serial2', 'serial10', 'vnc', 'vnc1', 'qga']
  fc.assert(
    fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (mixed) => {
      expect([...mixed].sort(compareChannels)).toEqual(names)
    }),
  )
})
