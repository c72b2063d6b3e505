import { expect, test } from 'vitest'
import { readBalloon, readBlockCounters, readDirtyRate, readGuestMemory } from './device-counters.ts'

test('disks: counters, mean times as two sums, histograms where they are set; a name once', () => {
  const stats = {
    rd_bytes: 512,
    wr_bytes: 2n ** 60n,
    wr_total_time_ns: 9000,
    wr_operations: 3,
    wr_latency_histogram: { boundaries: [1000, 2000], bins: [1, 0, 2] },
    rd_latency_histogram: { boundaries: [1000], bins: [1, 2, 3] },
  }
  const reading = readBlockCounters([
    { device: 'disk0', stats },
    { device: '', qdev: '/machine/x', stats: { rd_bytes: 1 } },
    { device: 'disk0', stats: { rd_bytes: 9 } },
    'nothing',
  ])
  expect([...(reading.get('block/device/rd_bytes') ?? [])]).toEqual([
    ['disk0', { kind: 'number', value: 512 }],
    ['/machine/x', { kind: 'number', value: 1 }],
  ])
  expect(reading.get('block/device/wr_mean_time')?.get('disk0')).toEqual({
    kind: 'ratio',
    sum: 9000,
    count: 3,
  })
  expect(reading.get('block/device/wr_latency_histogram')?.get('disk0')).toEqual({
    ...{ kind: 'bins', boundaries: [1000, 2000], bins: [1, 0, 2] },
  })
  // One bin too many for its boundaries.
  expect(reading.has('block/device/rd_latency_histogram')).toBe(false)
  expect(readBlockCounters({}).size).toBe(0)
})

test('the balloon, and what the guest did not tell', () => {
  expect(readBalloon({ actual: 1024 }).get('balloon/vm/actual')?.get('')).toEqual({
    kind: 'number',
    value: 1024,
  })
  expect(readBalloon({ actual: 'much' }).size).toBe(0)
  const told = readGuestMemory({
    'last-update': 1,
    stats: { 'stat-free-memory': 4096, 'stat-swap-in': 2n ** 64n - 1n, 'stat-total-memory': -1 },
  })
  expect([...told.keys()]).toEqual(['balloon/guest/stat-free-memory'])
  expect(readGuestMemory('no').size).toBe(0)
})

test('a measurement of the dirty rate: of the machine and of vCPUs; -1 is not known yet', () => {
  const measured = readDirtyRate({
    ...{ status: 'measured', 'start-time': 5, 'calc-time': 1, 'dirty-rate': 12 },
    'vcpu-dirty-rate': [{ id: 0, 'dirty-rate': 3 }, { id: 1, 'dirty-rate': -1 }, 7],
  })
  expect(measured?.startTime).toBe(5)
  expect(measured?.reading.get('dirty-rate/vm/dirty-rate')?.get('')).toEqual({ kind: 'number', value: 12 })
  expect([...(measured?.reading.get('dirty-rate/vcpu/vcpu-dirty-rate') ?? [])]).toEqual([
    ['CPU 0', { kind: 'number', value: 3 }],
  ])
  expect(readDirtyRate({ status: 'measuring', 'dirty-rate': -1 })?.reading.size).toBe(0)
  expect(readDirtyRate([])).toBeUndefined()
})
