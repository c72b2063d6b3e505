import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { runs } from '#base/testing/runs.ts'
import { mostBins, readStats } from './stat-reply.ts'

test('numbers, flags and bins by statistic and vCPU, exactly', () => {
  const reading = readStats(
    [
      {
        provider: 'kvm',
        'qom-path': '/cpu0',
        stats: [
          { name: 'exits', value: 2n ** 63n + 1n },
          { name: 'blocking', value: true },
          { name: 'hist', value: [1, 2n ** 60n] },
        ],
      },
      { provider: 'kvm', 'qom-path': '/cpu1', stats: [{ name: 'exits', value: 7 }] },
    ],
    'vcpu',
  )
  expect(reading.get('kvm/vcpu/exits')).toEqual(
    new Map([
      ['/cpu0', { kind: 'number', value: 2n ** 63n + 1n }],
      ['/cpu1', { kind: 'number', value: 7 }],
    ]),
  )
  expect(reading.get('kvm/vcpu/blocking')?.get('/cpu0')).toEqual({ kind: 'number', value: 1 })
  expect(reading.get('kvm/vcpu/hist')?.get('/cpu0')).toEqual({ kind: 'bins', bins: [1, 2n ** 60n] })
})

test.each<[string, Json]>([
  ['a text', 'many'],
  ['a fraction', 0.5],
  ['no bins', []],
  ['bins of texts', ['1']],
  ['more bins than any histogram has', Array.from({ length: mostBins + 1 }, () => 1)],
  ['nothing', null],
])('%s is no value', (_, value) => {
  expect(readStats([{ provider: 'kvm', stats: [{ name: 'x', value }] }], 'vm').size).toBe(0)
})

test('names of every object are names like others, and whatever a server says is read', () => {
  const stats = ['__proto__', 'constructor'].map((name) => ({ name, value: 1 }))
  expect([...readStats([{ provider: 'kvm', stats }], 'vm').keys()]).toEqual([
    'kvm/vm/__proto__',
    'kvm/vm/constructor',
  ])
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readStats(value as Json, 'vm')
      readStats([{ provider: 'kvm', stats: value as Json }], 'vm')
    }),
    { numRuns: runs(2000) },
  )
})
