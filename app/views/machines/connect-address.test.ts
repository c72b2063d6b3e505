import { expect, test } from 'vitest'
import { readAddress } from './connect-address.ts'

test.each([
  ['ws://127.0.0.1:6080/?token=lab1.qmp', 'http:', 'lab1.qmp', 'ws://127.0.0.1:6080/?token=lab1.qmp'],
  [
    '  wss://lab.example/bridge?token=a%20b  ',
    'https:',
    'lab.example',
    'wss://lab.example/bridge?token=a%20b',
  ],
  [
    'ws://127.0.0.1:6080/?token=00112233445566778899aabbccddeeff.lab1.qmp',
    'http:',
    'lab1.qmp',
    'ws://127.0.0.1:6080/?token=00112233445566778899aabbccddeeff.lab1.qmp',
  ],
  ['ws://host:6080', 'http:', 'host:6080', 'ws://host:6080/'],
  ['ws://host/?token=', 'http:', 'host', 'ws://host/?token='],
  ['ws://127.0.0.1:6080/', 'https:', '127.0.0.1:6080', 'ws://127.0.0.1:6080/'],
  ['ws://localhost/', 'https:', 'localhost', 'ws://localhost/'],
])('%s from a page by %s', (typed, page, name, url) => {
  expect(readAddress(typed, page)).toEqual({ ok: true, value: { url, name } })
})

test.each([
  ['', 'http:', /^Type an address such as ws:/],
  ['lab1', 'http:', /^That is no address: write it like ws:/],
  ['http://127.0.0.1/', 'http:', /begins with http:\/\/ and a bridge is reached by ws:\/\/ or wss:/],
  ['unix:/tmp/lab1.qmp', 'http:', /begins with unix:/],
  ['ws://host/#x', 'http:', /ends before that/],
  ['ws://10.0.0.1:6080/', 'https:', /opens only wss:/],
])('%s from a page by %s is refused', (typed, page, words) => {
  const read = readAddress(typed, page)
  expect(read.ok ? '' : read.error).toMatch(words)
})
