/** What is typed becomes plain JSON, or it is said why not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalJson } from '#base/json/equal.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { tidy, withoutTrailingCommas } from './tidy.ts'

/** The text without breaks and how many commas it lost, or the place and the words of the error. */
function tidied(text: string): string {
  const done = tidy(text)
  if (!done.ok) return `${done.error.line}:${done.error.column} ${done.error.message}`
  return `${done.value.text.replace(/\n\s*/g, '')} ${done.value.commas}`
}

describe('Tidy up', () => {
  it.each([
    [`{'a': 1, /* x */ "b": 1.0} // y`, '{"a": 1,"b": 1.0} 0'],
    ['{"a": [1, 2,], "b": {"c": ",}",},}', '{"a": [1,2],"b": {"c": ",}"}} 3'],
    [`{'it\\'s ,}': 1, // ,}\n /* ,] */ }`, `{"it's ,}": 1} 1`],
    ['[[], {},\n\t]', '[[],{}] 1'],
    ['{"a": 1,,}', '1:9 expected the name of a member in quotes, found ","'],
    ['[,]', '1:2 expected a value, found ","'],
    ['{\n "a": 1,\n "b": x,\n}', '3:7 expected a value, found x: a string needs quotes'],
    ['{"a": 1,', "1:9 the '{' of offset 0 is not closed"],
    ['', '1:1 there is nothing here: expected a JSON value'],
  ])('%s', (text, expected) => {
    expect(tidied(text)).toBe(expected)
  })

  it('keeps every value, and a comma more before each bracket changes nothing', () => {
    fc.assert(
      fc.property(anyJson(), fc.constantFrom(',', ', ', ',\n// ,]\n', ', /* , */'), (value, comma) => {
        const text = printJson(value, { indent: 1 })
        const more = text.replace(/([^[{\s])\n( *[\]}])/g, `$1${comma}\n$2`)
        const read = parseInput(withoutTrailingCommas(more).text)
        expect(read.ok && equalJson(read.value, value)).toBe(true)
      }),
    )
  })

  it('a text without such a comma stays as it is, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "'", ',', ']', '}', '[', '1', '\\', '/', '*', '#', '\n') }),
        (text) => {
          const { text: kept, commas } = withoutTrailingCommas(text)
          expect(kept.length).toBe(text.length - commas)
          if (commas === 0) expect(kept).toBe(text)
        },
      ),
    )
  })
})
