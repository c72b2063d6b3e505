/** Web sockets of QEMU's own in the reply of query-chardev. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { openChardevs } from './open-chardevs.ts'

/** As QEMU 7.2 said it. */
const reply = [
  { 'frontend-open': false, filename: 'disconnected:telnet:127.0.0.1:45873,server=on', label: 't' },
  { 'frontend-open': true, filename: 'disconnected:websocket::::45872,server=on', label: 'h' },
  { 'frontend-open': true, filename: 'unix:/run/websocket:/m.qmp,server=on', label: 'websocket:' },
  {
    'frontend-open': true,
    filename: 'websocket:127.0.0.1:45871,server=on <-> 127.0.0.1:32810',
    label: 'w',
  },
  { 'frontend-open': false, filename: 'disconnected:tcp:127.0.0.1:45874,server=on', label: 'n' },
]

test('those that are there, with somebody connected and without', () => {
  expect(openChardevs(reply)).toEqual([
    { label: 'h', address: ':::45872', isLoopback: false },
    { label: 'w', address: '127.0.0.1:45871', isLoopback: true },
  ])
  expect(openChardevs([])).toEqual([])
})

test.each([
  ['[::1]:4', true],
  ['::1:4', true],
  ['localhost:4', true],
  ['127.0.0.1:4', true],
  ['127.0.0.1.example.org:4', false],
  ['127.example:4', false],
  ['[::]:4', false],
  ['0.0.0.0:4', false],
  ['192.168.7.1:4', false],
  ['4', false],
  ['', false],
])('%s is reached from its host alone: %s', (address, isLoopback) => {
  expect(openChardevs([{ label: 'w', filename: `websocket:${address},server` }])).toEqual([
    { label: 'w', address, isLoopback },
  ])
})

test('whatever the reply is, it is read in no time, and what is shown is short', () => {
  const hostile = [{ label: 'w', filename: 'websocket:' }, 1, null, [], { label: 1, filename: 'websocket:' }]
  expect(openChardevs(hostile)).toEqual([{ label: 'w', address: '', isLoopback: false }])
  for (const bad of [null, {}, 'websocket:', 1, [[reply]]]) expect(openChardevs(bad)).toEqual([])
  const long = Array.from({ length: 50_000 }, () => ({
    label: '['.repeat(200),
    filename: `disconnected:websocket:${'[:'.repeat(200)}`,
  }))
  const found = openChardevs(long)
  expect(found).toHaveLength(1000)
  for (const { label, address } of found.slice(0, 5)) {
    expect(label.length).toBeLessThan(140)
    expect(address.length).toBeLessThan(140)
  }
  fc.assert(
    fc.property(anyJson(), (value) => void openChardevs(value)),
    { numRuns: runs(2000) },
  )
})
