import { describe, expect, test } from 'vitest'
import { blockStatistics } from '#inside/stats/device-counters.ts'
import { PlotData } from '#inside/stats/plot-data.ts'
import type { StatValues } from '#inside/stats/stat-reply.ts'
import type { Statistic } from '#inside/stats/statistic.ts'
import { quantity, unitWord } from '#ui/plot/quantity.ts'
import { choiceOf, windows } from './board-address.ts'
import { boardCsv } from './board-csv.ts'
import { binWord, findStatistics, kindWord, subjectWord, usualBoard } from './stat-words.ts'

const exits: Statistic = {
  ...{ key: 'kvm/vcpu/exits', provider: 'kvm', target: 'vcpu', name: 'exits' },
  ...{ kind: 'cumulative', unit: 'none', scale: 1 },
}

describe('an amount has its unit, and the prefix of it', () => {
  test.each([
    [0, 'none', true, '0/s'],
    [0.25, 'none', true, '0.25/s'],
    [12, 'none', false, '12'],
    [1234, 'none', true, '1.23 k/s'],
    [999.6, 'none', false, '1 k'],
    [1536, 'bytes', true, '1.5 KiB/s'],
    [1023.9, 'bytes', false, '1 KiB'],
    [512, 'bytes', false, '512 B'],
    [0.0000015, 'seconds', false, '1.5 µs'],
    [0.5, 'seconds', true, '500 ms/s'],
    [2.5e9, 'cycles', true, '2.5 Gcycles/s'],
    [1, 'boolean', false, 'yes'],
    [0, 'boolean', false, 'no'],
    [0.5, 'boolean', false, '50 %'],
    [Number.NaN, 'none', true, '–'],
    [-2048, 'bytes', false, '-2 KiB'],
    [1e60, 'bytes', false, /ZiB$/],
  ] as const)('%d %s, rate %s: %s', (value, unit, isRate, words) => {
    expect(quantity(value, unit, isRate).replaceAll('\u00a0', ' ')).toMatch(words)
  })

  test('the unit alone', () => {
    expect([unitWord('bytes', true), unitWord('none', true), unitWord('none', false)]).toEqual([
      'B/s',
      '1/s',
      '',
    ])
  })
})

test('a search finds by name, provider, kind and unit', () => {
  const all = [exits, ...blockStatistics]
  const names = (query: string): readonly string[] => findStatistics(all, query).map(({ name }) => name)
  expect(names('kvm EXITS')).toEqual(['exits'])
  expect(names('disks B/s rd')).toEqual(['rd_bytes'])
  expect(names('histogram')).toHaveLength(3)
  expect(names('')).toHaveLength(all.length)
  expect(names('nothing of it')).toEqual([])
})

test('words of kinds, subjects and bins', () => {
  expect(kindWord(exits)).toBe('rate, 1/s')
  expect(subjectWord('/cpu0', new Map([['/cpu0', 'CPU 0']]))).toBe('CPU 0')
  expect(subjectWord('', new Map())).toBe('machine')
  expect(binWord({ from: 1e-6, to: 2e-6 }, { unit: 'seconds' }).replaceAll('\u00a0', ' ')).toBe(
    '1 µs to 2 µs',
  )
  expect(usualBoard(new Map([[exits.key, exits]]))).toEqual(['kvm/vcpu/exits'])
})

test('an address chooses only what there is', () => {
  expect([choiceOf(windows, '60'), choiceOf(windows, '61'), choiceOf(windows, undefined)]).toEqual([
    60, 300, 300,
  ])
})

test('a board as CSV: a row a time, nothing of it a formula', () => {
  const evil = '=HYPERLINK("x")'
  const data = new PlotData({ ...exits, key: `=kvm/vcpu/${evil}`, kind: 'instant' })
  const values = (value: number): StatValues => new Map([[evil, { kind: 'number', value }]])
  const at = Date.UTC(2026, 0, 1)
  data.push(at, 0, values(1))
  data.gap(at + 500)
  data.push(at + 1000, 1, values(2.5))
  const bins = new PlotData({ ...exits, key: 'kvm/vcpu/hist', kind: 'log2-histogram' })
  bins.push(at, 0, new Map([['', { kind: 'bins', bins: [1, 1] }]]))
  bins.push(at + 1000, 1, new Map([['', { kind: 'bins', bins: [1, 4] }]]))
  const lines = boardCsv([data, bins], { from: at, to: at + 1000 }, new Map()).split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toBe(
    `time,"'=kvm/vcpu/=HYPERLINK(""x"") of =HYPERLINK(""x"")","kvm/vcpu/hist, 0 to 1","kvm/vcpu/hist, 1 and more"`,
  )
  expect(lines[2]).toBe('2026-01-01T00:00:01.000000Z,2.5,0,3')
  // Only what is in the stretch.
  expect(boardCsv([data], { from: at + 900, to: at + 2000 }, new Map()).split('\r\n')).toHaveLength(3)
})
