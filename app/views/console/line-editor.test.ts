import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { complete, newLine, press, readHelp, remember } from './line-editor.ts'
import type { Line } from './line-editor.ts'
import { sanitize } from './sanitize.ts'

/** Keys by name between angle brackets, the rest typed; the cursor is shown as `|`. */
const keys: Readonly<Record<string, string>> = {
  left: '\u001b[D',
  right: '\u001b[C',
  up: '\u001b[A',
  down: '\u001b[B',
  home: '\u001b[H',
  end: '\u001b[F',
  bs: '\u007f',
  del: '\u001b[3~',
  'c-u': '\u0015',
  'c-k': '\u000b',
  'c-w': '\u0017',
  'c-y': '\u0019',
  'c-a': '\u0001',
  'c-e': '\u0005',
  f5: '\u001b[15~',
}

function type(script: string, history: readonly string[] = []): Line {
  let line = newLine(history)
  for (const [whole, key] of script.matchAll(/<([\w-]+)>|[^<]/g)) {
    line = press(line, key === undefined ? whole : (keys[key] ?? '')).line
  }
  return line
}

test.each([
  ['info', 'info|'],
  ['info<left><left>x', 'inxfo|'.replace('|', '').replace('inxfo', 'inx|fo')],
  ['info<home>x', 'x|info'],
  ['info<home><end>x', 'infox|'],
  ['info<bs><bs>', 'in|'],
  ['info<home><del>', '|nfo'],
  ['info block<c-w>', 'info |'],
  ['info block<c-w><c-w>', '|'],
  ['info block<c-u>', '|'],
  ['info block<c-a><right><right><c-k>', 'in|'],
  ['info block<c-w>x<c-y>', 'info xblock|'],
  ['a😀<bs>', 'a|'],
  ['a😀<left>b', 'ab|😀'],
  ['a<f5>b', 'ab|'],
  ['<bs><left><del><up><down>', '|'],
])('%s', (script, expected) => {
  const { text, cursor } = type(script)
  expect(`${text.slice(0, cursor)}|${text.slice(cursor)}`).toBe(expected)
})

test('the history keeps what was being typed', () => {
  const history = ['one', 'two']
  expect(type('typed<up>', history).text).toBe('two')
  expect(type('typed<up><up><up>', history).text).toBe('one')
  expect(type('typed<up><up><down><down>', history).text).toBe('typed')
  expect(type('typed<down>', history).text).toBe('typed')
})

test('Enter, Ctrl-C, Tab and Ctrl-L have effects', () => {
  const line = type('info')
  expect(press(line, '\r')).toMatchObject({ effect: { kind: 'submit', text: 'info' }, line: { text: '' } })
  expect(press(line, '\u0003')).toMatchObject({ effect: { kind: 'abandon' }, line: { text: '' } })
  expect(press(line, '\t').effect.kind).toBe('complete')
  expect(press(line, '\u000c').effect.kind).toBe('clear')
})

test('a history has no secrets, no repetitions, and an end', () => {
  expect(remember(['a'], 'a')).toEqual(['a'])
  expect(remember(['a'], '  ')).toEqual(['a'])
  expect(remember(['a'], 'set_password vnc geheim')).toEqual(['a'])
  const many = Array.from({ length: 600 }, (_, n) => `line ${n}`)
  expect(many.reduce<readonly string[]>(remember, [])).toHaveLength(500)
})

test('completion', () => {
  expect(complete(type('inf'), ['info', 'quit']).line.text).toBe('info ')
  const several = complete(type('sy'), ['system_reset', 'system_powerdown', 'quit'])
  expect(several.line.text).toBe('system_')
  expect(several.candidates).toEqual(['system_reset', 'system_powerdown'])
  expect(complete(type('zz'), ['info']).line.text).toBe('zz')
})

test('help of the human monitor', () => {
  expect(readHelp('balloon target -- request VM\nq|quit  -- quit\nhelp|? [cmd]\n\n  \n')).toEqual([
    '?',
    'balloon',
    'help',
    'q',
    'quit',
  ])
})

test('whatever is pressed, the cursor stays inside the line', () => {
  const anyKey = fc.oneof(
    fc.constantFrom(...Object.values(keys)),
    fc.string(),
    fc.string({ unit: 'binary', maxLength: 2 }),
  )
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 40 }), (pressed) => {
      let line = newLine(['one', 'two'])
      for (const key of pressed) {
        ;({ line } = press(line, key))
        expect(line.cursor).toBeGreaterThanOrEqual(0)
        expect(line.cursor).toBeLessThanOrEqual(line.text.length)
        expect(line.text).not.toMatch(/[\u0000-\u001f\u007f]/)
      }
    }),
  )
})

describe('what a machine says', () => {
  test.each([
    ['one\ntwo\r\n', 'one\r\ntwo\r\n'],
    ['\u001b]52;c;ZXZpbA==\u0007', '^[]52;c;ZXZpbA==^G'],
    ['over\rwritten', 'over^Mwritten'],
    ['\u009b31m', '<9B>31m'],
    ['\u202egnp', '<202E>gnp'],
    ['tab\tstays', 'tab\tstays'],
    ['\u007f\u0000', '^?^@'],
  ])('%j', (text, shown) => {
    expect(sanitize(text)).toBe(shown)
  })

  test('nothing that a terminal obeys comes through, but line ends and tabs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitize(text).replaceAll('\r\n', '').replaceAll('\t', '')).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f]/,
        )
      }),
    )
  })
})
