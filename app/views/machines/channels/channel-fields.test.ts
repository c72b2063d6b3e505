import { expect, test } from 'vitest'
import { readChannelFields } from './channel-fields.ts'

const at = (token: string): string => `ws://127.0.0.1:6080/?token=${token}`

test('each gets a name of its own', () => {
  const read = readChannelFields(
    [
      { kind: 'serial', address: at('a.serial') },
      { kind: 'vnc', address: at('a.vnc') },
      { kind: 'serial', address: at('a.serial1') },
    ],
    'http:',
  )
  expect(read.ok && read.value).toEqual([
    { name: 'serial', kind: 'serial', url: at('a.serial') },
    { name: 'vnc', kind: 'vnc', url: at('a.vnc') },
    { name: 'serial1', kind: 'serial', url: at('a.serial1') },
  ])
})

test('the row that is wrong is named', () => {
  const read = readChannelFields([{ kind: 'vnc', address: 'http://127.0.0.1/' }], 'http:')
  expect(!read.ok && read.error).toMatch(/^Channel 1 \(Screen\): It begins with http:/)
})
