import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyJson } from '#base/testing/any-json.ts'
import { chardevOf } from './chardev.ts'

const reply = [
  { 'frontend-open': true, filename: 'unix:/run/lab/lab1.qmp,server=on', label: 'compat_monitor0' },
  { 'frontend-open': true, filename: 'disconnected:unix:/run/lab/lab1.serial,server=on', label: 'serial0' },
  { 'frontend-open': true, filename: 'unix:/run/lab/lab1.serial1', label: 'serial1' },
  { 'frontend-open': true, filename: 'pty:/dev/pts/1', label: 'lab1.serial2' },
]

test('by the file of its socket, connected or not', () => {
  expect(chardevOf(reply, 'lab1.serial')).toEqual({ id: 'serial0', isConnected: false })
  expect(chardevOf(reply, 'lab1.serial1')).toEqual({ id: 'serial1', isConnected: true })
  expect(chardevOf(reply, 'serial1')).toBeUndefined()
  expect(chardevOf(reply, 'lab1.serial2')).toBeUndefined()
})

test('whatever the reply is', () => {
  fc.assert(fc.property(anyJson(), (value) => void chardevOf(value, 'lab1.serial')))
})
