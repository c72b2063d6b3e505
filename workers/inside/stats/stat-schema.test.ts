import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { runs } from '#base/testing/runs.ts'
import { readStatSchemas } from './stat-schema.ts'

const of = (stats: Json, provider: Json = 'kvm', target: Json = 'vcpu'): Json => [{ provider, target, stats }]

test('kinds, units and scales as KVM has them', () => {
  const { statistics, leftOut } = readStatSchemas(
    of([
      { name: 'exits', type: 'cumulative', exponent: 0 },
      { name: 'halt_wait_ns', type: 'cumulative', unit: 'seconds', base: 10, exponent: -9 },
      { name: 'size', type: 'instant', unit: 'bytes', base: 2, exponent: 10 },
      { name: 'linear', type: 'linear-histogram', 'bucket-size': 5, exponent: 0 },
      { name: 'blocking', type: 'instant', unit: 'boolean', exponent: 0 },
    ]),
  )
  expect(leftOut).toEqual([])
  expect(statistics.map(({ key, kind, unit, scale }) => [key, kind, unit, scale])).toEqual([
    ['kvm/vcpu/exits', 'cumulative', 'none', 1],
    ['kvm/vcpu/halt_wait_ns', 'cumulative', 'seconds', 1e-9],
    ['kvm/vcpu/size', 'instant', 'bytes', 1024],
    ['kvm/vcpu/linear', 'linear-histogram', 'none', 1],
    ['kvm/vcpu/blocking', 'instant', 'boolean', 1],
  ])
  expect(statistics[3]?.bucketSize).toBe(5)
})

test.each<[string, Json]>([
  ['no name', { type: 'cumulative', exponent: 0 }],
  ['a long name', { name: 'x'.repeat(200), type: 'cumulative', exponent: 0 }],
  ['another kind', { name: 'x', type: 'quantile', exponent: 0 }],
  ['another unit', { name: 'x', type: 'instant', unit: 'furlongs', exponent: 0 }],
  [
    'an exponent beyond all prefixes',
    { name: 'x', type: 'instant', unit: 'bytes', base: 2, exponent: 30_000 },
  ],
  ['a base of no prefix', { name: 'x', type: 'instant', unit: 'bytes', base: 7, exponent: 2 }],
  ['a linear histogram without a width', { name: 'x', type: 'linear-histogram', exponent: 0 }],
])('%s is left out, and counted', (_, stat) => {
  const read = readStatSchemas(of([stat, { name: 'y', type: 'peak', exponent: 0 }]))
  expect(read.statistics.map(({ name }) => name)).toEqual(['y'])
  expect(read.leftOut).toHaveLength(1)
})

test('a provider with a slash, and one of another shape, have none; a key is there once', () => {
  const stat = { name: 'x', type: 'peak', exponent: 0 }
  expect(readStatSchemas(of([stat], 'a/b')).statistics).toEqual([])
  expect(readStatSchemas([3, { provider: 'kvm' }]).statistics).toEqual([])
  expect(readStatSchemas(of([stat, stat])).statistics).toHaveLength(1)
})

test('whatever a server says is read within bounds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { statistics } = readStatSchemas(of(value as Json))
      expect(statistics.every(({ scale }) => Number.isFinite(scale) && scale > 0)).toBe(true)
      readStatSchemas(value as Json)
    }),
    { numRuns: runs(2000) },
  )
  const many = Array.from({ length: 5000 }, (_, n) => ({ name: `s${n}`, type: 'peak', exponent: 0 }))
  expect(readStatSchemas(of(many)).statistics).toHaveLength(2000)
})
