import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { longestLine, SerialLines } from './serial-lines.ts'
import type { EndedLine, LineEncoding } from './serial-lines.ts'

function linesOf(pieces: readonly Uint8Array[], encoding: LineEncoding = 'utf-8'): EndedLine[] {
  const ended: EndedLine[] = []
  const lines = new SerialLines(encoding, (line) => ended.push(line))
  for (const piece of pieces) lines.receive(piece)
  lines.flush()
  return ended
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const texts = (text: string): string[] => linesOf([bytes(text)]).map((line) => line.text)

describe('a line as it stood when it ended', () => {
  test.each([
    ['one\r\ntwo\nthree', ['one', 'two', 'three']],
    ['\n\n', ['', '']],
    // A progress bar draws over itself.
    ['10%\r20%\r100%\r\n', ['100%']],
    ['long text\rnew\n', ['newg text']],
    ['long text\r\u001b[Knew\n', ['new']],
    ['abd\bc\n', ['abc']],
    ['\u001b[1;31mred\u001b[0m text\n', ['red text']],
    // A title, a link, a write to the clipboard: nothing is left of them.
    ['\u001b]0;title\u0007shown\n', ['shown']],
    ['\u001b]8;;http://x.example/\u001b\\link\u001b]8;;\u001b\\\n', ['link']],
    ['\u001b]52;c;ZXZpbA==\u0007\n', ['']],
    ['a\tb\n', ['a       b']],
    ['\u001b(Bplain\n', ['plain']],
    // A program that draws a screen leaves what it wrote, line by line.
    ['\u001b[2J\u001b[1;1Hfirst\u001b[2;1Hsecond\u001b[3;1H', ['first', 'second']],
    ['\u001b[5Cx\u001b[2Dy\n', ['    yx']],
    ['a\u001b[99999Cb\n', [`a${' '.repeat(255)}b`]],
    ['prompt # ', ['prompt #']],
  ])('%j', (text, expected) => {
    expect(texts(text)).toEqual(expected)
  })

  test('a plain line says where its text stands in the bytes; one that was drawn, or is beyond ASCII, does not', () => {
    const said = linesOf([bytes('one\r\n two \n\u001b[1mthree\nfour\n')])
    expect(said.map(({ source }) => source?.at)).toEqual([0, 5, undefined, 21])
    expect(linesOf([bytes('fünf\nsix\n')]).map(({ source }) => source)).toEqual([undefined, undefined])
    // Pieces of a character that make as many units as there are bytes.
    const cut = bytes('\u{1f600}ä\n')
    expect(linesOf([cut.subarray(0, 3), cut.subarray(3)])[0]).toMatchObject({
      text: '\u{1f600}ä',
      source: undefined,
    })
  })

  test('latin-1 is read byte by byte', () => {
    expect(linesOf([Uint8Array.of(0xe4, 0x0a)], 'latin1').map(({ text }) => text)).toEqual(['ä'])
    expect(linesOf([Uint8Array.of(0xe4, 0x0a)]).map(({ text }) => text)).toEqual(['\ufffd'])
  })

  test('failures of a guest are marked, other lines are not', () => {
    const failed = (text: string): boolean => linesOf([bytes(text)]).some((line) => line.failed)
    for (const text of [
      '[    2.5] Kernel panic - not syncing: sysrq triggered crash',
      'Oops: 0002 [#1] PREEMPT SMP',
      'BUG: unable to handle page fault',
      'Buffer I/O error on dev vda, logical block 0',
      'Out of memory: Killed process 1',
    ])
      expect([text, failed(text)]).toEqual([text, true])
    for (const text of ['no panic', 'loops: 3', 'DEBUG: x', 'error'])
      expect([text, failed(text)]).toEqual([text, false])
  })
})

test('a line is bounded, and so is a sequence', () => {
  const long = texts(`${'x'.repeat(longestLine * 2 + 1)}\n`)
  expect(long.map((line) => line.length)).toEqual([longestLine, longestLine, 1])
  expect(texts(`\u001b]0;${'t'.repeat(10_000)}\nafter\n`).join('')).toContain('after')
  expect(texts(`\u001b[${'1'.repeat(10_000)}mafter\n`).join('')).toContain('after')
})

const screens = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\b',
        '\t',
        '\u001b',
        '\u001b[K',
        '\u001b[2C',
        '\u001b[1;31m',
        'Oops: ',
        'BUG: x',
        '\u001b]0;',
        '\u0007',
        '\u009b',
        'ü',
        '漢',
      ),
    ),
  )
  .map((parts) => bytes(parts.join('')))

test('a return to the first column holds although what came with it ended a line', () => {
  const lines = linesOf([bytes('one\u001b[Btwo\r'), bytes('T')])
  expect(lines.map(({ text }) => text)).toEqual(['one', 'Two'])
})

test('the same bytes in other pieces make the same lines, of bounded length, with all bytes counted', () => {
  fc.assert(
    fc.property(screens, fc.array(fc.nat(40)), (whole, cuts) => {
      const pieces: Uint8Array[] = []
      let from = 0
      for (const cut of cuts) {
        pieces.push(whole.subarray(from, from + cut))
        from = Math.min(whole.length, from + cut)
      }
      pieces.push(whole.subarray(from))
      const lines = linesOf([whole])
      const said = ({ text, failed }: EndedLine): unknown[] => [text, failed]
      expect(linesOf(pieces).map(said)).toEqual(lines.map(said))
      for (const { text, source } of lines) {
        if (source !== undefined) {
          const { bytes: from, at } = source
          expect(new TextDecoder().decode(from.subarray(at, at + text.length))).toBe(text)
        }
        expect(text.length).toBeLessThanOrEqual(longestLine * 2)
        expect(text).not.toMatch(/\p{Cc}/u)
      }
    }),
    { numRuns: runs(3000) },
  )
})
