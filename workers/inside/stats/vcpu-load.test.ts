import { expect, test } from 'vitest'
import { readStats } from './stat-reply.ts'
import { haltTimes, vcpuLoads, vcpuNames } from './vcpu-load.ts'
import type { HaltTimes } from './vcpu-load.ts'

const times = (cpus: readonly { readonly wait: number; readonly blocking?: boolean }[]): HaltTimes =>
  haltTimes(
    readStats(
      cpus.map(({ wait, blocking = false }, cpu) => ({
        ...{ provider: 'kvm', 'qom-path': `/cpu${cpu}` },
        stats: [
          { name: 'halt_wait_ns', value: wait },
          { name: 'halt_poll_success_ns', value: 0 },
          { name: 'halt_poll_fail_ns', value: 100 },
          { name: 'blocking', value: blocking },
        ],
      })),
      'vcpu',
    ),
  ) ?? { halted: new Map(), blocking: new Set() }

test('the share of the time that was not halted', () => {
  const [before, after] = [times([{ wait: 0 }, { wait: 0 }]), times([{ wait: 750e6 }, { wait: 5e9 }])]
  expect(vcpuLoads(before, after, 1000)).toEqual([
    { path: '/cpu0', load: 0.25 },
    { path: '/cpu1', load: 0 },
  ])
})

test('a halt that goes on is no load; a count that went back is none', () => {
  expect(vcpuLoads(times([{ wait: 5, blocking: true }]), times([{ wait: 5, blocking: true }]), 1000)).toEqual(
    [{ path: '/cpu0', load: 0 }],
  )
  expect(vcpuLoads(times([{ wait: 5 }]), times([{ wait: 5 }]), 1000)).toEqual([{ path: '/cpu0', load: 1 }])
  expect(vcpuLoads(times([{ wait: 500 }]), times([{ wait: 5 }]), 1000)).toEqual([])
  expect(vcpuLoads(times([{ wait: 0 }]), times([{ wait: 5 }]), 0)).toEqual([])
})

test('a machine that does not count halts has no load', () => {
  expect(
    haltTimes(readStats([{ provider: 'kvm', stats: [{ name: 'exits', value: 1 }] }], 'vcpu')),
  ).toBeUndefined()
})

test('names of vCPUs come from the machine, and may be anything', () => {
  expect(vcpuNames([{ 'cpu-index': 'x', 'qom-path': '/a' }, 3]).size).toBe(0)
  expect(vcpuNames({}).size).toBe(0)
})
