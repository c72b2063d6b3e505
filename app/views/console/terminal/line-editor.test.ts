import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineEditor, readKeys, windowOf } from './line-editor.ts'
import type { Key } from './line-editor.ts'

/** Type `keys` at an editor and give its line with `|` for the cursor. */
function typed(keys: readonly string[], history: readonly string[] = []): string {
  const editor = new LineEditor(history)
  for (const key of keys) {
    const named = key.startsWith('<') ? ({ kind: key.slice(1, -1) } as Key) : undefined
    for (const each of named === undefined ? readKeys(key) : [named]) editor.press(each)
  }
  return `${editor.text.slice(0, editor.cursor)}|${editor.text.slice(editor.cursor)}`
}

describe('editing', () => {
  it.each<[readonly string[], string]>([
    [['info block'], 'info block|'],
    [['ac', '<left>', 'b'], 'ab|c'],
    [['abc', '<home>', '<delete>'], '|bc'],
    [['abc', '<home>', '<backspace>'], '|abc'],
    [['abc', '<home>', '<right>', '<backspace>'], '|bc'],
    [['abc', '<home>', '<end>', 'd'], 'abcd|'],
    [['info block -v', '<kill-word>'], 'info block |'],
    [['info block  ', '<kill-word>'], 'info |'],
    [['info block', '<word-left>', '<kill-to-end>'], 'info |'],
    [['info block', '<word-left>', '<kill-to-start>'], '|block'],
    [['info block', '<word-left>', '<kill-to-start>', '<end>', ' ', '<yank>'], 'block info |'],
    [['info block', '<word-left>', '<word-left>', '<word-right>', 's'], 'infos| block'],
    [['a😀', '<left>', 'b'], 'ab|😀'],
    [['a😀', '<backspace>'], 'a|'],
    [['😀b', '<home>', '<delete>'], '|b'],
    [['abc', '<kill-to-end>', '<yank>'], 'abc|'],
  ])('case %#: %s', (keys, expected) => {
    expect(typed(keys)).toBe(expected)
  })
})

describe('history', () => {
  const history = ['info block', 'info pci']

  it.each<[readonly string[], string]>([
    [['<older>'], 'info pci|'],
    [['<older>', '<older>'], 'info block|'],
    [['<older>', '<older>', '<older>'], 'info block|'],
    [['draft', '<older>', '<newer>'], 'draft|'],
    [['draft', '<newer>'], 'draft|'],
    [['dr', '<older>', '!', '<older>', '<newer>'], 'info pci|'],
  ])('case %#: %s', (keys, expected) => {
    expect(typed(keys, history)).toBe(expected)
  })
})

describe('keys from a terminal', () => {
  it.each<[string, readonly Key[]]>([
    ['a', [{ kind: 'text', text: 'a' }]],
    ['äb😀', [{ kind: 'text', text: 'äb😀' }]],
    ['\r', [{ kind: 'enter' }]],
    ['\x03', [{ kind: 'interrupt' }]],
    ['\x1b[A', [{ kind: 'older' }]],
    ['\x1bOA', [{ kind: 'older' }]],
    ['\x1b[1;5D', [{ kind: 'word-left' }]],
    ['\x1b\x7f', [{ kind: 'kill-word' }]],
    [
      'ab\x1b[Dc\r',
      [{ kind: 'text', text: 'ab' }, { kind: 'left' }, { kind: 'text', text: 'c' }, { kind: 'enter' }],
    ],
    // Unknown sequences are left out as a whole: nothing of them is typed.
    ['\x1b[15~x', [{ kind: 'text', text: 'x' }]],
    ['\x1b[<0;1;1M', []],
    ['\x1b', []],
    ['\x1b[200~a\rb\r\nc\x1b[201~', [{ kind: 'paste', text: 'a\nb\nc' }]],
    ['\x1b[200~x\x1b[201~\rquit\x1b[201~', [{ kind: 'paste', text: 'x\x1b[201~\nquit' }]],
    ['constructor', [{ kind: 'text', text: 'constructor' }]],
  ])('%j', (data, keys) => {
    expect(readKeys(data)).toEqual(keys)
  })

  it('are never a reason to fail, and the cursor is never inside a pair', () => {
    const kinds = [
      'left',
      'right',
      'word-left',
      'word-right',
      'backspace',
      'delete',
      'kill-word',
      'kill-to-end',
      'yank',
      'older',
      'newer',
    ] as const
    const step = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', ' ', '😀', '\x1b', '[', 'A', '\x7f') }),
      fc.constantFrom(...kinds).map((kind) => `<${kind}>`),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const editor = new LineEditor(['old 😀 one', 'two'])
        for (const each of steps) {
          const kind = kinds.find((name) => each === `<${name}>`)
          for (const key of kind === undefined ? readKeys(each) : [{ kind } as Key]) editor.press(key)
          expect(editor.cursor).toBeGreaterThanOrEqual(0)
          expect(editor.cursor).toBeLessThanOrEqual(editor.text.length)
          const around = editor.text.slice(Math.max(0, editor.cursor - 1), editor.cursor + 1)
          expect(/^[\ud800-\udbff][\udc00-\udfff]$/.test(around)).toBe(false)
        }
      }),
    )
  })
})

describe('a window on a long line', () => {
  it('shows all that fits', () => {
    expect(windowOf('ab', 'cd', 10)).toEqual({ before: 'ab', after: 'cd' })
  })

  it('cuts on both sides and says so', () => {
    const { before, after } = windowOf('a'.repeat(100), 'b'.repeat(100), 30)
    expect(before).toMatch(/^…a+$/)
    expect(after).toMatch(/^b+…$/)
  })

  it('never takes more than it was given', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, fc.integer({ min: 12, max: 60 }), (a, b, cells) => {
        const { before, after } = windowOf(a, b, cells)
        const width = Array.from(before + after).reduce(
          (sum, char) => sum + (char.codePointAt(0)! >= 0x1100 && char !== '…' ? 2 : 1),
          0,
        )
        expect(width).toBeLessThanOrEqual(cells)
        if (a.length + b.length <= cells / 2) expect(before + after).toBe(a + b)
      }),
    )
  })
})
