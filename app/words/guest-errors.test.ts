import { expect, test } from 'vitest'
import { guestErrorsShown, guestErrorWords } from './guest-errors.ts'

test('a machine in a state of trouble has an error, though its event came before the page', () => {
  expect(guestErrorsShown(0, { status: 'io-error' })).toBe(1)
  expect(guestErrorsShown(3, { status: 'guest-panicked' })).toBe(3)
  expect(guestErrorsShown(0, { status: 'paused' })).toBe(0)
  expect(guestErrorsShown(0, undefined)).toBe(0)
  expect(guestErrorWords(1, '1')).toBe('1 error of the guest')
  expect(guestErrorWords(2, '2')).toBe('2 errors of the guest')
})
