import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globTest, parseFilter } from './filter.ts'
import type { FilterSubject } from './filter.ts'

const subject = (over: Partial<FilterSubject> = {}): FilterSubject => ({
  machine: 'lab1',
  kind: 'command',
  name: 'blockdev-add',
  haystack: 'blockdev-add node-name=disk0 driver=qcow2',
  exec: 41,
  latencyMs: 4,
  bytes: 212,
  ...over,
})

const stop: Partial<FilterSubject> = {
  kind: 'event',
  name: 'STOP',
  haystack: 'stop',
  exec: undefined,
  latencyMs: undefined,
}

function matches(text: string, over: Partial<FilterSubject> = {}): boolean {
  const filter = parseFilter(text)
  if (!filter.ok) throw new Error(filter.error.message)
  return filter.value.matches(subject(over))
}

describe('matching', () => {
  it.each<[string, Partial<FilterSubject>, boolean]>([
    ['', {}, true],
    ['   ', {}, true],
    ['block', {}, true],
    ['BLOCK disk0', {}, true],
    ['block nothere', {}, false],
    ['-disk0', {}, false],
    ['"node-name=disk0 driver"', {}, true],
    ['"disk0 node"', {}, false],
    ['-"disk0 node"', {}, true],
    ['"a \\"quoted\\" word"', { haystack: 'a "quoted" word' }, true],
    ['type:STOP', stop, true],
    ['type:stop', stop, true],
    ['type:STOP', {}, false],
    ['type:STOP type:blockdev-add', {}, true],
    ['type:STOP,RESUME', stop, true],
    ['type:ST*', stop, true],
    ['type:*add', {}, true],
    ['type:*-*', {}, true],
    ['-type:STOP', stop, false],
    ['-type:STOP', {}, true],
    ['type:* -type:STOP', stop, false],
    ['machine:lab1', {}, true],
    ['machine:lab*', {}, true],
    ['machine:lab2', {}, false],
    ['machine:"my lab"', { machine: 'my lab' }, true],
    ['kind:command', {}, true],
    ['kind:event', {}, false],
    ['kind:event kind:command', {}, true],
    ['kind:reply', { kind: 'error' }, true],
    ['kind:reply', { kind: 'outcome' }, true],
    ['kind:reply', {}, false],
    ['-kind:state', {}, true],
    ['id:41', {}, true],
    ['id:#41', {}, true],
    ['id:42', {}, false],
    ['id:41', stop, false],
    ['latency>3', {}, true],
    ['latency>3ms', {}, true],
    ['latency>4ms', {}, false],
    ['latency>=4ms', {}, true],
    ['latency>0.003s', {}, true],
    ['latency<5000us', {}, true],
    ['latency>1ms', stop, false],
    ['-latency>1ms', stop, true],
    ['size>0.2kB', {}, true],
    ['size>1KiB', {}, false],
    ['size=212', {}, true],
    ['kind:command latency>3ms disk0 -type:query-*', {}, true],
    // A hyphen inside a word, or a colon in front, is text.
    ['node-name', {}, true],
    [':x', { haystack: 'a:x' }, true],
  ])('%j on %j is %s', (text, over, expected) => {
    expect(matches(text, over)).toBe(expected)
  })
})

describe('what is wrong is named, with its place', () => {
  it.each<[string, number, RegExp]>([
    ['stop "abc', 5, /closing quotation mark/],
    ['a -', 2, /leave out/],
    ['a type:', 7, /missing after “type:”/],
    ['foo:bar', 0, /no field “foo”/],
    ['x -foo:bar', 2, /no field “foo”/],
    ['kind:command,evnt', 13, /no kind “evnt”/],
    ['latency>', 8, /number is missing/],
    ['-latency>5parsec', 9, /no unit “parsec”/],
    ['id:abc', 3, /no number/],
    ['""', 0, /nothing between/],
    ['machine:"a"b', 11, /blank is needed/],
  ])('%j at %i', (text, at, message) => {
    const filter = parseFilter(text)
    expect(filter.ok).toBe(false)
    if (filter.ok) return
    expect(filter.error.at).toBe(at)
    expect(filter.error.message).toMatch(message)
  })
})

describe('properties', () => {
  it('never throws, and an error is inside the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const filter = parseFilter(text)
        if (filter.ok) {
          filter.value.matches(subject())
        } else {
          expect(filter.error.at).toBeGreaterThanOrEqual(0)
          expect(filter.error.at).toBeLessThanOrEqual(text.length)
        }
      }),
    )
  })

  it('a quoted text is found exactly where it is contained', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (wanted, hay) => {
        const filter = parseFilter(`"${wanted.replace(/[\\"]/g, '\\$&')}"`)
        expect(filter.ok && filter.value.matches(subject({ haystack: hay.toLowerCase() }))).toBe(
          hay.toLowerCase().includes(wanted.toLowerCase()),
        )
      }),
    )
  })

  it('a minus sign turns one term round', () => {
    const term = fc.constantFrom(
      'type:STOP',
      'kind:event',
      'latency>3',
      'disk0',
      '"x y"',
      'machine:l*',
      'size<9',
    )
    fc.assert(
      fc.property(term, fc.constantFrom({}, stop), (text, over) => {
        expect(matches(`-${text}`, over)).toBe(!matches(text, over))
      }),
    )
  })

  it('globs agree with regular expressions', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(piece, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.split('*').join('.*')}$`)
        expect(globTest(pattern)(text)).toBe(expression.test(text))
      }),
    )
  })

  it('a pattern made to be slow is not', () => {
    const from = performance.now()
    expect(globTest(`${'a*'.repeat(40)}b`)('a'.repeat(20_000))).toBe(false)
    expect(performance.now() - from).toBeLessThan(200)
  })
})
