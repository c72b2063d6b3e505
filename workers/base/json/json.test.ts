import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { decimal, isDecimal, normaliseNumber } from './number.ts'
import { equalJson } from './equal.ts'
import { isJsonObject, jsonKind } from './value.ts'
import { mayLose, mayLoseBytes } from './loss.ts'
import { parseInput, parseJson } from './parse.ts'
import { printJson, textOf } from './print.ts'
import type { Json } from './value.ts'
import { parseExactly } from './exact.ts'
import { anyJson, anyLiteral } from '../testing/any-json.ts'

function read(text: string): Json {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

describe('numbers are exact', () => {
  test.each<[string, Json]>([
    ['0', 0],
    ['-0', -0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['0.1', 0.1],
    ['1.0', 1],
    ['1.50', 1.5],
    ['1e22', 1e22],
    ['100e-2', 1],
    ['0e999', 0],
  ])('%s', (text, value) => {
    expect(Object.is(read(text), value) || equalJson(read(text), value)).toBe(true)
    expect(typeof read(text)).toBe(typeof value)
  })

  test.each([
    '0.1000000000000000055',
    '0.12345678901234567890123',
    '1E400',
    '-1e-400',
    '4.9e-324',
    '1e99999999999999999999',
  ])('%s stays as it is written', (text) => {
    const value = read(text)
    expect(isDecimal(value)).toBe(true)
    expect(printJson(value)).toBe(text)
    expect(jsonKind(value)).toBe('number')
    expect(isJsonObject(value)).toBe(false)
    expect(printJson(structuredClone(value))).toBe(text)
  })

  test('a decimal cannot come out of data', () => {
    expect(isDecimal(read('"1E400"'))).toBe(false)
    expect(isDecimal(read('{"__decimal": true}'))).toBe(false)
  })

  test('every literal comes back equal in value', () => {
    fc.assert(
      fc.property(anyLiteral, fc.nat(30), (literal, padding) => {
        // Any alignment: the guard looks at some characters only.
        const text = `${' '.repeat(padding)}{"n": [${literal}, 1]}`
        const value = read(text)
        const exact = parseExactly(text, { dialect: 'json' })
        expect(exact.ok && equalJson(value, exact.value)).toBe(true)
        const again = printJson(value)
        expect(equalJson(read(again), value)).toBe(true)
      }),
      { numRuns: runs(5000) },
    )
  })

  test('the guard on bytes agrees with the guard on text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '.', 'e', '-', '"', ' ', 'x'), maxLength: 60 }),
        (text) => {
          const byBytes = mayLoseBytes(new TextEncoder().encode(text), text)
          expect(byBytes).toBe(mayLose(text))
          expect(mayLose(text)).toBe(/[0-9.]{16}|[0-9][eE][+-]?[0-9]{3}/.test(text))
        },
      ),
      { numRuns: runs(3000) },
    )
  })
})

describe('round trips', () => {
  test('value -> text -> value, in one line and indented, and through structured clone', () => {
    fc.assert(
      fc.property(anyJson(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const text = printJson(value, { indent })
        expect(equalJson(read(text), value)).toBe(true)
        expect(equalJson(structuredClone(value), value)).toBe(true)
        const typed = parseInput(text)
        expect(typed.ok && equalJson(typed.value, value)).toBe(true)
      }),
      { numRuns: runs(2000) },
    )
  })

  test('ordinary values are what JSON.parse makes of them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        const exact = parseExactly(text, { dialect: 'json' })
        expect(exact.ok).toBe(true)
        if (exact.ok && !mayLose(text)) expect(exact.value).toEqual(JSON.parse(text))
      }),
    )
  })

  test('names of prototypes, duplicate keys and lone surrogates are data', () => {
    const value = read('{"__proto__": {"polluted": 1}, "constructor": 2, "a": 1, "a": 12345678901234567890}')
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'a'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((value as Record<string, Json>).a).toBe(12345678901234567890n)
    expect(printJson(read('"\\ud800x"'))).toBe('"\\ud800x"')
    expect(read('{"a": 1, "a": 2}')).toEqual({ a: 2 })
  })

  test('what is no JSON is a bug', () => {
    expect(() => printJson(Number.NaN)).toThrow()
    expect(() => printJson([Number.POSITIVE_INFINITY])).toThrow()
  })
})

test('equality', () => {
  expect(equalJson(decimal('1E400'), decimal('10E399'))).toBe(true)
  expect(equalJson({ a: 1, b: [2n, null] }, { b: [2, null], a: 1 })).toBe(true)
  expect(equalJson({ a: 1 }, { a: 1, b: 1 })).toBe(false)
  expect(equalJson({ a: 1, c: 1 }, { a: 1, b: 1 })).toBe(false)
  expect(equalJson([1], [1, 1])).toBe(false)
  expect(equalJson(null, {})).toBe(false)
  expect(equalJson('1', 1)).toBe(false)
})

test('values in sentences', () => {
  expect([textOf('a'), textOf(undefined), textOf({ a: 1n }), textOf(null)]).toEqual([
    'a',
    '',
    '{"a":1}',
    'null',
  ])
})

describe('what people type', () => {
  test.each<[string, Json]>([
    ["{'a': 'it\\'s'}", { a: "it's" }],
    ['{"a": 1 /* one */, // two\n "b": 2} # three', { a: 1, b: 2 }],
    ['  [ ]  ', []],
    ['"\\u00e9\\/"', 'é/'],
  ])('%s', (text, value) => {
    const typed = parseInput(text)
    expect(typed.ok && equalJson(typed.value, value)).toBe(true)
  })

  test.each<[string, number, number, RegExp]>([
    ['', 1, 1, /nothing here/],
    ['{"a": 1,}', 1, 9, /','.*before the '}'/],
    ['[1 2]', 1, 4, /expected ',' or ']'/],
    ['{"a" 1}', 1, 6, /expected ':'/],
    ['{a: 1}', 1, 2, /name of a member in quotes/],
    ['{"a": stop}', 1, 7, /stop: a string needs quotes/],
    ['{"a": True}', 1, 7, /Python: JSON writes true/],
    ['{"a": 1,\n "a": 2}', 2, 2, /"a" is there twice/],
    ['{\n "a": "x\n"}', 2, 9, /line break inside a string/],
    ['[1', 1, 3, /not closed/],
    ['{"a": 1', 1, 8, /not closed/],
    ['"abc', 1, 1, /not closed/],
    ['01', 1, 1, /leading zeros/],
    ['0x10', 1, 1, /hexadecimal/],
    ['1.', 1, 1, /no JSON number/],
    ['"\\x41"', 1, 2, /no escape/],
    ['"\\u12"', 1, 2, /four hexadecimal digits/],
    ['{} {}', 1, 4, /after the end/],
    ['/* never', 1, 1, /comment is not closed/],
  ])('%j is wrong at %d:%d', (text, line, column, message) => {
    const typed = parseInput(text)
    expect(typed.ok).toBe(false)
    if (typed.ok) return
    expect([typed.error.line, typed.error.column]).toEqual([line, column])
    expect(typed.error.message).toMatch(message)
  })

  test('any text gives a value or an error with a place inside it', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            "'",
            ':',
            ',',
            '\\',
            'u',
            '1',
            '-',
            '/',
            '*',
            '#',
            '\n',
            'true',
            ' ',
          ),
        }),
        (text) => {
          const typed = parseInput(text)
          if (typed.ok) return
          expect(typed.error.offset).toBeGreaterThanOrEqual(0)
          expect(typed.error.offset).toBeLessThanOrEqual(text.length)
        },
      ),
      { numRuns: runs(3000) },
    )
  })

  test('nesting has a limit that is named', () => {
    const typed = parseInput('['.repeat(2000))
    expect(typed.ok ? '' : typed.error.message).toMatch(/deeper than 512 levels/)
    expect(parseInput('['.repeat(512) + ']'.repeat(512)).ok).toBe(true)
  })

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a\\"[": ', '}'],
    ['both', '[{"{": ', '}]'],
  ])('of a server too, whatever reads it: %s', (_, open, close) => {
    const levels = open.startsWith('[{') ? 2 : 1
    for (const [filler, depth] of [
      ['1', 510],
      ['12345678901234567890', 510],
      ['1', 513],
      ['12345678901234567890', 513],
      ['1', 200_000],
    ] as const) {
      const pairs = Math.ceil(depth / levels)
      const text = `${open.repeat(pairs)}["]{}[",${filler}]${close.repeat(pairs)}`
      const read = parseJson(text)
      if (depth === 510) expect(read.ok).toBe(true)
      else expect(read.ok ? '' : read.error.message).toBe('nested deeper than 512 levels')
    }
  })

  test('a number has a length that is named, and comparing it takes no more than in proportion', () => {
    for (const read of [parseJson, parseInput]) {
      for (const literal of ['7'.repeat(50_000), `0.${'0'.repeat(50_000)}1`, `1e${'1'.repeat(50_000)}`]) {
        const found = read(`[${literal}]`)
        expect(found.ok ? '' : found.error.message).toBe(
          `a number of ${literal.length} characters: it may have 1100`,
        )
      }
      expect(read(`[${'7'.repeat(1100)}]`).ok).toBe(true)
    }
    // Quadratic work would take minutes: the test would end at its limit.
    for (let n = 0; n < 20; n += 1) normaliseNumber(`1${'0'.repeat(50_000)}1`)
  })

  test.each([
    '1.0',
    '-0.0',
    '1e3',
    '1.50',
    '0.10',
    '100e-2',
    '1E400',
    '1.5',
    '-0',
    '12',
    '18446744073709551615',
  ])('the number %s stays as it is written', (text) => {
    const typed = parseInput(`{"a": [${text}]}`)
    expect(typed.ok ? printJson(typed.value) : typed.error).toBe(`{"a":[${text}]}`)
    expect(typed.ok && equalJson(typed.value, { a: [read(text)] })).toBe(true)
  })

  test('strict JSON takes neither comments nor single quotes', () => {
    expect(parseJson("{'a': 1}").ok).toBe(false)
    expect(parseJson('1 // x').ok).toBe(false)
  })
})
