import { expect, test } from 'vitest'
import { isTooLarge } from './picture-size.ts'
import { whyClosed, whyFailed, whyTooLarge } from './why-closed.ts'

test.each([
  [640, 480, false],
  [0, 0, false],
  [16_384, 4096, false],
  [16_385, 1, true],
  [1, 65_535, true],
  [16_384, 16_384, true],
])('%i × %i', (width, height, tooLarge) => {
  expect(isTooLarge(width, height)).toBe(tooLarge)
})

test.each([
  [{ code: 1006, reason: '', wasOpen: false }, /did not open/],
  [{ code: 1011, reason: 'Failed to connect', wasOpen: true }, /nobody listens/],
  [{ code: 1000, reason: 'Target closed', wasOpen: true }, /QEMU ended, Target closed$/],
  [{ code: 1006, reason: '', wasOpen: true }, /without a word/],
  [
    { code: 4000, reason: 'x'.repeat(5000), wasOpen: true },
    /^closed with code 4000, x{10,200}… \(5000 characters/,
  ],
])('why closed: %#', (end, words) => {
  expect(whyClosed(end)).toMatch(words)
})

test('why it failed', () => {
  expect(whyFailed('Unsupported security types (types: 18,19,77)', undefined)).toMatch(
    /\(TLS, VeNCrypt, kind 77\)/,
  )
  expect(whyFailed('Security handshake failed', 'Authentication failed')).toMatch(
    /It says: Authentication failed\./,
  )
  expect(whyFailed('Security handshake failed', '')).toMatch(/expired\.$/)
  expect(whyFailed('Invalid server version 999.999', undefined)).toMatch(/no VNC server/)
  expect(whyFailed('Unsupported encoding (encoding: 5)', undefined)).toMatch(/Unsupported encoding/)
  expect(whyTooLarge(65_535, 65_535)).toMatch(/65535 × 65535/)
})
