import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { compareReadings, linesOf, mostLines, readPages } from './monitor-text.ts'

test('the pages of help info, by name; what is none is left out', () => {
  const help = [
    'info version  -- show the version of QEMU',
    'info mtree [-f][-d][-o][-D] -- show memory tree (-f: dump flat view for address spaces;)',
    'info block [-n] [-v] [device] -- show info of one block device or all block devices',
    'help|? [cmd] -- show the help',
    'nonsense',
    '',
  ].join('\r\n')
  expect(readPages(help)).toEqual([
    {
      name: 'block',
      takes: '[-n] [-v] [device]',
      about: 'show info of one block device or all block devices',
    },
    {
      name: 'mtree',
      takes: '[-f][-d][-o][-D]',
      about: 'show memory tree (-f: dump flat view for address spaces;)',
    },
    { name: 'version', takes: '', about: 'show the version of QEMU' },
  ])
})

test('the words that changed are marked, the line keeps its looks', () => {
  const before = ['IRQ statistics for ioapic:', ' 0: 75', ' 1: 3']
  const { lines, gone } = compareReadings(before, ['IRQ statistics for ioapic:', ' 0: 76', ' 1: 3'])
  expect(lines.map(({ change }) => change)).toEqual(['same', 'new', 'same'])
  expect(lines[1]?.parts).toEqual([
    { text: ' 0: ', isNew: false },
    { text: '76', isNew: true },
  ])
  expect(gone).toEqual([' 0: 75'])
})

test('a line that moved is the same; one more of its kind is new', () => {
  const moved = compareReadings(['a', 'b'], ['b', 'a'])
  expect(moved.lines.every(({ change }) => change === 'same')).toBe(true)
  expect(moved.gone).toEqual([])
  const twice = compareReadings(['a'], ['a', 'a'])
  expect(twice.lines.map(({ change }) => change)).toEqual(['same', 'new'])
})

test('any two texts: parts are the line, and new and gone account for the difference', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'a=1', 'a=2', ' x: 5, y', '', '=', '(')).map((all) => all)
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { lines, gone } = compareReadings(before, after)
      expect(lines.map((line) => line.text)).toEqual(after)
      for (const line of lines)
        if (line.parts !== undefined) expect(line.parts.map((part) => part.text).join('')).toBe(line.text)
      const fresh = lines.filter(({ change }) => change === 'new').length
      expect(after.length - fresh).toBe(before.length - gone.length)
    }),
    { numRuns: runs(2000) },
  )
})

test('a hostile text is cut: lines, their length, and all of it', () => {
  expect(linesOf('x\n'.repeat(mostLines + 5))).toHaveLength(mostLines)
  expect(linesOf('y'.repeat(20_000))[0]?.length).toBe(10_001)
  expect(linesOf('a\r\nb\n')).toEqual(['a', 'b'])
  expect(readPages('info a -- b\n'.repeat(10))).toHaveLength(1)
})
