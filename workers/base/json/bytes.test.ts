import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { JsonBytes } from './bytes.ts'
import { equalJson } from './equal.ts'
import { parseJson } from './parse.ts'
import { printJson } from './print.ts'
import type { Json, JsonObject } from './value.ts'
import { anyJson, anyLiteral } from '../testing/any-json.ts'

const encoder = new TextEncoder()

/** Read a text that is followed by a line end, with something else before and after. */
function read(parser: JsonBytes, text: string, before = '', behind = '\n{"a": "'): JsonObject | undefined {
  const from = encoder.encode(before).length
  return parser.object(encoder.encode(before + text + behind), from, from + encoder.encode(text).length)
}

const anyObject = fc
  .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'id', '7')), anyJson()), {
    maxLength: 5,
  })
  .map((members) => Object.fromEntries(members) as Json)

/** JSON with such blanks between its parts. */
function printWith(value: Json, blanks: readonly string[]): string {
  let at = 0
  const blank = (): string => blanks[at++ % blanks.length] ?? ''
  const print = (each: Json): string => {
    if (Array.isArray(each)) return `[${blank()}${each.map(print).join(`${blank()},${blank()}`)}${blank()}]`
    if (each !== null && typeof each === 'object' && !(each instanceof String)) {
      const members = Object.entries(each).map(
        ([name, one]) => `${JSON.stringify(name)}${blank()}:${blank()}${print(one)}`,
      )
      return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`
    }
    return printJson(each)
  }
  return print(value)
}

describe('an object in bytes', () => {
  test('is what parseJson makes of its text, to the last digit', () => {
    // One for all: what it remembers of texts must not get into others.
    const parser = new JsonBytes()
    const blanks = fc.array(fc.constantFrom('', '', ' ', '  ', '\n    '), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(anyObject, blanks, fc.constantFrom('', '{}', 'é"'), (value, between, before) => {
        const text = printWith(value, between)
        const found = read(parser, text, before)
        const parsed = parseJson(text)
        expect(found !== undefined && parsed.ok && equalJson(found, parsed.value)).toBe(true)
        expect(printJson(found ?? null)).toBe(printJson(parsed.ok ? parsed.value : null))
      }),
      { numRuns: runs(4000) },
    )
  })

  test('has its numbers as they are written', () => {
    const parser = new JsonBytes()
    fc.assert(
      fc.property(anyLiteral, (literal) => {
        const parsed = parseJson(`{"n": ${literal}}`)
        expect(printJson(read(parser, `{"n": ${literal}}`) ?? null)).toBe(
          printJson(parsed.ok ? parsed.value : null),
        )
      }),
      { numRuns: runs(3000) },
    )
  })

  test('is none where the text is none, whatever is wrong', () => {
    const parser = new JsonBytes()
    const edit = fc.record({
      at: fc.nat(300),
      drop: fc.nat(2),
      put: fc.string({
        unit: fc.constantFrom(...Array.from('{}[]",:\\ 0189-+.eEtrufalsn\r\u0000\u001f\u007fé')),
        maxLength: 3,
      }),
    })
    fc.assert(
      fc.property(anyObject, fc.array(edit, { minLength: 1, maxLength: 2 }), (value, edits) => {
        let text = printWith(value, ['', ' '])
        for (const { at, drop, put } of edits) {
          const place = at % (text.length + 1)
          text = text.slice(0, place) + put + text.slice(place + drop)
        }
        // Half a pair of surrogates has no bytes.
        text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoder.encode(text))
        const found = read(parser, text)
        const parsed = parseJson(text)
        if (found !== undefined) expect(parsed.ok && equalJson(found, parsed.value)).toBe(true)
        // What is one is found, but for a line end that somebody put between its parts.
        else if (!text.includes('\r')) expect(parsed.ok && /^\{.*\}$/.test(text)).toBe(false)
      }),
      { numRuns: runs(6000) },
    )
  })

  test.each([
    ['nothing behind a comma', '{"a": [1, ]}'],
    ['a comma behind a member', '{"a": 1,}'],
    ['no value', '{"a": }'],
    ['no colon', '{"a" 1}'],
    ['a zero in front', '{"a": 01}'],
    ['a lone minus', '{"a": -}'],
    ['a point without digits', '{"a": 1.}'],
    ['an exponent without digits', '{"a": 1e}'],
    ['another word', '{"a": nul}'],
    ['a word that goes on', '{"a": truely}'],
    ['an escape that is none', '{"a": "\\x"}'],
    ['a control character', '{"a": "\u0001"}'],
    ['a string that does not end', '{"a": "b}'],
    ['one that does not end', '{"a": {}'],
    ['one that ends in a number', '{"a": 1'],
    ['another after it', '{} {}'],
    ['an array', '[]'],
    ['another blank than a space', '{\t}'],
    ['nesting beyond what it holds', `{"a": ${'['.repeat(300)}${']'.repeat(300)}}`],
  ])('%s', (_, text) => {
    const parser = new JsonBytes()
    expect(read(parser, text)).toBeUndefined()
    // Nor does it search forever where nothing follows.
    expect(read(parser, text, '', '')).toBeUndefined()
  })

  test('with more strings than are remembered, and with the next ones that take their places', () => {
    const parser = new JsonBytes()
    for (let round = 0; round < 8; round += 1) {
      const value = Array.from({ length: 2000 }, (_, n) => ({ [`name${n % 1500}`]: `text ${round} ${n}` }))
      const text = JSON.stringify({ value, again: value.slice(0, 50) })
      expect(printJson(read(parser, text) ?? null)).toBe(text)
    }
  })

  test('is left to a text where nearly all its strings are new, and what comes next is read', () => {
    const parser = new JsonBytes()
    const text = JSON.stringify({ value: Array.from({ length: 9000 }, (_, n) => ({ n: `text ${n}` })) })
    expect(read(parser, text)).toBeUndefined()
    expect(read(parser, '{"a": ["text 8999"]}')).toEqual({ a: ['text 8999'] })
  })

  test('with thousands of names, far apart, and the next one', () => {
    const parser = new JsonBytes()
    const text = JSON.stringify(
      Object.fromEntries(
        Array.from({ length: 6000 }, (_, n) => [`name ${n}`, ['a text that comes again'.repeat(2), '']]),
      ),
    )
    for (const each of [text, '{"name 0":1,"name 2":2}', text]) {
      expect(printJson(read(parser, each) ?? null)).toBe(each)
    }
  })

  test('is not changed by the one that is read next', () => {
    const parser = new JsonBytes()
    const first = read(parser, '{"a": [1, [2, 3], {"b": [4]}], "c": []}')
    read(parser, '{"a": [5, [6, 7], {"b": [8]}], "c": [9]}')
    expect(first).toEqual({ a: [1, [2, 3], { b: [4] }], c: [] })
  })
})
