import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64In, isBase64Member } from './base64-members.ts'
import { base64Of, decodeBase64, encodeBase64, mostDecoded, mostHexRows, readable } from './base64-bytes.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeBase64(Buffer.from(bytes).toString('base64'))
      expect([...(decoded?.bytes ?? [])]).toEqual([...bytes])
      expect(decoded?.size).toBe(bytes.length)
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(encodeBase64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'))
    }),
  )
})

test('what is no base64 is none', () => {
  for (const text of ['a', 'abc', 'a b=', '====', 'ab\n=', 'äöüß', 'YWJj\n'])
    expect(decodeBase64(text), text).toBeUndefined()
  expect(decodeBase64('')).toEqual({ bytes: new Uint8Array(), size: 0 })
})

test('a browser that reads base64 itself is asked; what it passes over, or refuses, is looked at here', () => {
  const asked: string[] = []
  const browser = Uint8Array as { fromBase64?: (text: string) => Uint8Array }
  const own = browser.fromBase64
  browser.fromBase64 = (text) => {
    asked.push(text)
    if (!/^[\w+/\s=]*$/.test(text)) throw new SyntaxError('none')
    return Uint8Array.from(Buffer.from(text, 'base64'))
  }
  try {
    expect(decodeBase64('YWJj')).toEqual({ bytes: bytesOf('abc'), size: 3 })
    for (const text of ['YW  ', '\n\n\n\nYWJj', '?WJj']) expect(decodeBase64(text), text).toBeUndefined()
    expect(asked).toEqual(['YWJj', 'YW  ', '\n\n\n\nYWJj', '?WJj'])
  } finally {
    if (own === undefined) delete browser.fromBase64
    else browser.fromBase64 = own
  }
})

test('of a long text the beginning is decoded, and its whole size is known', () => {
  const long = Buffer.alloc(mostDecoded + 1000, 'ä').toString('base64')
  const decoded = decodeBase64(long)
  expect(decoded?.bytes).toHaveLength(mostDecoded)
  expect(decoded?.size).toBe(mostDecoded + 1000)
  // The last character is cut in the middle, and that makes no binary of it.
  const odd = decodeBase64(Buffer.from(`x${'ä'.repeat(100)}`).toString('base64'), 100)
  expect(odd === undefined ? undefined : readable(odd).kind).toBe('text')
})

describe('readable', () => {
  const show = (bytes: Uint8Array): ReturnType<typeof readable> =>
    readable({ bytes: new Uint8Array(bytes), size: bytes.length })

  test('text is text, and controls do nothing', () => {
    expect(show(bytesOf('Grüße,\n\tWelt\r\n'))).toEqual({ kind: 'text', text: 'Grüße,\n\tWelt\r\n' })
    expect(show(bytesOf('\u001b[31mred\u0007\u007f\u009b'))).toEqual({
      kind: 'text',
      text: '␛[31mred␇␡\ufffd',
    })
    expect(show(bytesOf('<b>😀</b>'))).toEqual({ kind: 'text', text: '<b>😀</b>' })
  })

  test('what is no UTF-8, or has zeros, is shown as bytes', () => {
    expect(show(new Uint8Array([0x41, 0xff, 0x7e]))).toEqual({
      kind: 'hex',
      rows: [`000000  ${'41 ff 7e'.padEnd(47)}  A.~`],
    })
    expect(show(new Uint8Array([0x41, 0])).kind).toBe('hex')
    const large = show(new Uint8Array(100_000))
    expect(large.kind === 'hex' ? large.rows : []).toHaveLength(mostHexRows)
  })
})

describe('which members', () => {
  test('by the command, and by their name', () => {
    expect(isBase64Member('guest-file-write', 'buf-b64')).toBe(true)
    expect(isBase64Member('guest-exec', 'input-data')).toBe(true)
    expect(isBase64Member('guest-exec', 'path')).toBe(false)
    expect(isBase64Member('ringbuf-write', 'data')).toBe(false)
    expect(isBase64Member('ringbuf-write', 'data', { format: 'base64' })).toBe(true)
    expect(isBase64Member('constructor', 'toString')).toBe(false)
  })

  test('in replies of any shape', () => {
    const reply = { exited: true, exitcode: 0, 'out-data': 'YWJj', 'err-data': '' }
    expect(base64In('guest-exec-status', undefined, reply)).toEqual([{ path: 'out-data', text: 'YWJj' }])
    expect(base64In('guest-file-read', undefined, { count: 3, 'buf-b64': 'YWJj', eof: true })).toEqual([
      { path: 'buf-b64', text: 'YWJj' },
    ])
    expect(base64In('ringbuf-read', { format: 'base64' }, 'YWJj')).toEqual([{ path: '', text: 'YWJj' }])
    expect(base64In('ringbuf-read', undefined, 'YWJj')).toEqual([])
    expect(base64In('x', undefined, { a: [{ 'b-b64': 'YQ==' }, 1.5, null] })).toEqual([
      { path: 'a.0.b-b64', text: 'YQ==' },
    ])
    const many = Array.from({ length: 100_000 }, () => ({ 'x-b64': 'YQ==' }))
    expect(base64In('x', undefined, many)).toHaveLength(20)
  })
})
