import { expect, test } from 'vitest'
import { cpuLoads, mostCpus, readCpuTimes } from './cpu-load.ts'

const linux = { type: 'linux', user: 100, nice: 0, system: 50, idle: 800, iowait: 50, irq: 0 }

test('work and rest of each CPU', () => {
  expect(
    readCpuTimes([
      { ...linux, cpu: 0 },
      { ...linux, cpu: 1, user: 9n },
    ]),
  ).toEqual([
    { cpu: 0, busy: 150, idle: 850 },
    { cpu: 1, busy: 59, idle: 850 },
  ])
})

test.each([
  [null],
  [{}],
  [[]],
  [[{ cpu: 0 }]],
  [[{ cpu: 'x', user: 1, idle: 1 }]],
  [[{ cpu: 0, user: -1, idle: 5 }]],
  [['a', 3]],
])('%j is no list of CPUs', (reply) => {
  expect(readCpuTimes(reply)).toBeUndefined()
})

test('a list is bounded', () => {
  const many = Array.from({ length: 5000 }, (_, cpu) => ({ ...linux, cpu }))
  expect(readCpuTimes(many)).toHaveLength(mostCpus)
})

test('the load is the share between two looks; one that counts from 0 again has none', () => {
  const before = [
    { cpu: 0, busy: 100, idle: 900 },
    { cpu: 1, busy: 100, idle: 900 },
    { cpu: 2, busy: 100, idle: 900 },
  ]
  const after = [
    { cpu: 0, busy: 175, idle: 925 },
    { cpu: 1, busy: 5, idle: 900 },
    { cpu: 2, busy: 100, idle: 900 },
    { cpu: 3, busy: 1, idle: 1 },
  ]
  expect(cpuLoads(before, after)).toEqual([{ cpu: 0, load: 0.75 }])
})
