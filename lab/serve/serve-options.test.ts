/** The options on who reaches a lab: what is taken, what is refused, and with which words. */
import { expect, test } from 'vitest'
import { readOptions } from '../options.ts'
import { plainServe } from './serve-options.ts'
import type { ServeOptions } from './serve-options.ts'

function serveOf(...args: string[]): ServeOptions {
  const read = readOptions(args)
  if (!read.ok) throw new Error(read.error)
  return read.value.serve
}

test('all of them, in both ways of writing a value', () => {
  expect(serveOf()).toEqual(plainServe)
  expect(
    serveOf(
      ...['--key-file', 'k', '--cert=c.pem', '--key', 'c.key', '--insecure', '--unix=/run/x'],
      ...['--origin', 'https://lab.example/', '--origin=http://127.0.0.1:8080'],
      ...['--host', 'b=https://b.example:7000/lab', '--host=c=/hostC/'],
    ),
  ).toEqual({
    keyFile: 'k',
    insecure: true,
    cert: 'c.pem',
    certKey: 'c.key',
    unix: '/run/x',
    origins: ['https://lab.example', 'http://127.0.0.1:8080'],
    hosts: [
      { name: 'b', url: 'https://b.example:7000/lab/' },
      { name: 'c', url: '/hostC/' },
    ],
  })
})

test.each([
  [['--key-file'], /--key-file needs a value/],
  [['--origin', 'lab.example'], /an origin is written like https:/],
  [['--origin', 'https://a https://b'], /an origin is written like/],
  [['--origin', 'https://a.example/page'], /an origin is written like/],
  [['--origin', 'javascript:alert(1)'], /an origin is written like/],
  [['--origin', 'null'], /an origin is written like/],
  [['--host', 'https://b.example/'], /write NAME=ADDRESS/],
  [['--host', 'b=b.example'], /write NAME=ADDRESS/],
  [['--host', 'b=//evil.example/'], /write NAME=ADDRESS/],
  [['--host', 'b=javascript:alert(1)'], /write NAME=ADDRESS/],
  [['--host', 'a b=https://b.example/'], /write NAME=ADDRESS/],
  [['--host', 'b=https://b.example/#key=0123456789abcdef0123456789abcdef'], /the address of the page alone/],
  [['--host', 'b=https://me:secret@b.example/'], /the address of the page alone/],
  [['--host', 'b=/x/', '--host', 'b=/y/'], /there is a b already/],
])('%j is refused, and no key is repeated', (args, words) => {
  const read = readOptions(args)
  const said = read.ok ? '' : read.error
  expect(said).toMatch(words)
  expect(said).not.toMatch(/[0-9a-f]{32}|secret/)
})
