import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { savedName, shownPath } from './saved-name.ts'

test.each([
  ['/etc/motd', 'motd'],
  ['C:\\Users\\x\\a.txt', 'a.txt'],
  ['/a/../../..', '_'],
  ['../..\\../.bashrc', '_bashrc'],
  ['/tmp/<img src=x>.html', '-img-src-x-.html'],
  ['/tmp/a\u0000\u202egpj.exe', 'a--gpj.exe'],
  ['/con', '_con'],
  ['/x/LPT1.txt', '_LPT1.txt'],
  ['', 'file'],
  ['///', 'file'],
])('%j is saved as %j', (path, name) => {
  expect(savedName(path)).toBe(name === '_' ? 'file' : name)
})

const odd = fc.constantFrom(
  '.',
  '..',
  '/',
  '\\',
  'a',
  'con',
  '-',
  '\0',
  '\u202e',
  '\ud800',
  '<',
  ' ',
  'é',
  '~',
)

test('no name is a way to another folder', () => {
  fc.assert(
    fc.property(fc.array(odd), (parts) => {
      expect(savedName(parts.join(''))).toMatch(/^[\w-][\w.-]*$/)
    }),
    { numRuns: runs(1000) },
  )
})

test('a path is shown on one line, with its length', () => {
  expect(shownPath('/a\n\u001b[31m\u202eb')).toBe('/a\ufffd\ufffd[31m\ufffdb')
  expect(shownPath('/a'.repeat(300)).length).toBeLessThan(340)
})
