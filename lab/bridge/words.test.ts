/** The last words of a program: whole, bounded, and without the tokens of websockify. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newKey } from './key.ts'
import { tokenLines, whyNoTarget, withoutTokens } from './tokens.ts'
import { createLastWords } from './words.ts'

function wordsOf(pieces: readonly Buffer[], filter?: (line: string) => string): string {
  const words = createLastWords(filter)
  const stream = words.stream()
  for (const piece of pieces) stream.push(piece)
  return words.text()
}

/** A text in pieces, cut at these places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text)
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

test('what was said in pieces is whole, whatever the pieces', () => {
  const text = 'Error: «déjà vu»\nthe second line\nand one without an end'
  fc.assert(
    fc.property(fc.array(fc.nat()), (places) => {
      expect(wordsOf(cut(text, places))).toBe(text)
    }),
  )
})

test('of much the last lines are kept, each from its beginning', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${'word '.repeat(30).trim()}`)
  const kept = wordsOf([Buffer.from(lines.join('\n'))]).split('\n')
  expect(kept.length).toBeGreaterThan(10)
  expect(kept).toEqual(lines.slice(-kept.length))
  expect(kept.join('\n').length).toBeLessThanOrEqual(4000)
})

test('an endless line is cut between two words, and is not kept whole', () => {
  const words = createLastWords()
  const stream = words.stream()
  for (let piece = 0; piece < 1000; piece += 1) stream.push(Buffer.from('abcdefg '.repeat(1000)))
  expect(words.text()).toMatch(/^(abcdefg )+…$/)
  expect(words.text().length).toBeLessThan(1100)
})

test('two outputs do not cut into each other’s lines', () => {
  const words = createLastWords()
  const [one, two] = [words.stream(), words.stream()]
  one.push(Buffer.from('first '))
  two.push(Buffer.from('other\n'))
  one.push(Buffer.from('line\n'))
  expect(words.text()).toBe('other\nfirst line')
})

test('no key and no token is left of what websockify says, in whatever pieces it comes', () => {
  const key = newKey()
  const said = [
    `127.0.0.1 - - [29/Nov/2026 07:00:00] 127.0.0.1: Path: '/?token=${key}.vm.qmp'`,
    `127.0.0.1 - - [29/Nov/2026 07:00:00] connecting to unix socket: /run/lab/vm.qmp`,
    `Token '${key}.nobody.qmp' not found`,
    `code 400, message Bad request syntax ('GET /?%74oken=${key.replace('0', '%30')} a b')`,
    `code 400, message Bad request syntax ('GET /${key} a b')`,
    `127.0.0.1: Path: '/?x=${'y'.repeat(2000)}&token=${key}'`,
  ].join('\n')
  fc.assert(
    fc.property(fc.array(fc.nat()), (places) => {
      const kept = wordsOf(cut(said, places), withoutTokens(key))
      expect(kept).not.toContain(key.slice(0, 8))
      expect(kept).not.toContain('oken=')
      expect(kept).toContain('connecting to unix socket: /run/lab/vm.qmp')
    }),
  )
})

test('a line of the token file for each socket with a name that is one', () => {
  const found = ['vm.qmp', 'a.b-c_d.serial', 'a b.qmp', 'x: y.qmp', '#x.qmp', 'x\ny.qmp', 'other'].map(
    (file) => ({
      file,
      listening: true,
      madeAt: 0,
    }),
  )
  expect(tokenLines(found, '/run/lab', 'KEY')).toBe(
    'KEY.vm.qmp: unix_socket:/run/lab/vm.qmp\nKEY.a.b-c_d.serial: unix_socket:/run/lab/a.b-c_d.serial\n',
  )
})

test.each([
  ['/run/lab', undefined],
  ['/run/my lab #1', undefined],
  ['/run/lab:1', /has a “:” in it/],
  ['/run/lab\n', /has a control character in it/],
  ['/run/lab\u2028x', /has a control character in it/],
  ['/run/lab ', /ends with a blank/],
])('%j as a path in the token file', (path, why) => {
  if (why === undefined) expect(whyNoTarget(path)).toBeUndefined()
  else expect(whyNoTarget(path)).toMatch(why)
})
