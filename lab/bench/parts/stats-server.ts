/**
 * A QMP server of our own that has query-stats as a QEMU with KVM: this page's tests and benchmarks run where there is no KVM.
 * Names, kinds and units are those of Linux 6.1 on x86; values grow with the time.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../paths.ts'
import { startFakeQmp } from '../../testing.ts'

interface Told {
  readonly name: string
  readonly type: string
  readonly unit?: string
  readonly base?: number
  readonly exponent: number
  readonly 'bucket-size'?: number
}

const counter = (name: string): Told => ({ name, type: 'cumulative', exponent: 0 })
const nano = { unit: 'seconds', base: 10, exponent: -9 }
const vcpuStats: readonly Told[] = [
  ...['exits', 'io_exits', 'mmio_exits', 'irq_exits', 'halt_exits', 'irq_injections', 'tlb_flush'].map(
    counter,
  ),
  ...['invlpg', 'pf_fixed', 'pf_guest', 'request_irq_exits', 'signal_exits', 'irq_window_exits'].map(counter),
  ...['nmi_window_exits', 'l1d_flush', 'fpu_reload', 'host_state_reload', 'hypercalls'].map(counter),
  ...['halt_poll_success_ns', 'halt_poll_fail_ns', 'halt_wait_ns'].map((name) => ({
    ...{ name, type: 'cumulative' },
    ...nano,
  })),
  { name: 'halt_wait_hist', type: 'log2-histogram', ...nano },
  { name: 'guest_mode', type: 'instant', unit: 'boolean', exponent: 0 },
  { name: 'blocking', type: 'instant', unit: 'boolean', exponent: 0 },
]
const vmStats: readonly Told[] = [
  ...['remote_tlb_flush', 'mmu_shadow_zapped', 'mmu_pte_write', 'mmu_flooded'].map(counter),
  { name: 'pages_2m', type: 'instant', exponent: 0 },
  { name: 'max_mmu_page_hash_collisions', type: 'peak', exponent: 0 },
]

/** Keys of what it counts of its vCPUs, and of itself. */
export const manyStatistics: readonly string[] = [
  ...vcpuStats.map(({ name }) => `kvm/vcpu/${name}`),
  ...vmStats.map(({ name }) => `kvm/vm/${name}`),
]

interface Asked {
  readonly id: number
  readonly execute: string
  readonly arguments?: {
    readonly target?: string
    readonly providers?: readonly { readonly names?: readonly string[] }[]
  }
}

/** A server that runs. */
export interface StatsServer {
  /** Refuse query-stats from now on, with these words; undefined: answer again. */
  refuse(desc: string | undefined): void
  /** All counters begin again, as after another QEMU came. */
  reset(): void
  /** What query-stats was asked, the newest last. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/** Start one that has this many vCPUs. */
export async function startStatsServer(path: string, vcpus = 2): Promise<StatsServer> {
  const schema = readFileSync(join(root, 'public', 'schemas', 'qemu-10.0-x86_64.json'), 'utf8').trim()
  let began = Date.now() - 60_000
  let refused: string | undefined
  const asked: string[] = []
  const pathOf = (cpu: number): string => `/machine/unattached/device[${cpu}]`

  const valueOf = ({ name, type }: Told, cpu: number): unknown => {
    const seconds = (Date.now() - began) / 1000
    const busy = 0.25 * (cpu + 1)
    if (name === 'blocking') return busy < 0.5
    if (name === 'guest_mode') return true
    // Half of the time is spent halted on the first, less on the others.
    if (name === 'halt_wait_ns') return Math.round(seconds * (1 - busy) * 1e9)
    if (name.startsWith('halt_poll')) return 0
    if (type === 'instant' || type === 'peak') return 512
    const ticks = seconds * 1000 * (cpu + 1)
    if (type === 'log2-histogram')
      return Array.from({ length: 32 }, (_, bin) =>
        Math.round(bin < 8 || bin > 20 ? 0 : (ticks * (bin - 7)) / 50),
      )
    return Math.round(ticks * (1 + (name.length % 5)) + 500 * Math.sin(seconds))
  }

  const statsOf = ({ target, providers }: NonNullable<Asked['arguments']>): unknown => {
    const names = providers?.[0]?.names
    const of = (list: readonly Told[], cpu: number): unknown =>
      list
        .filter(({ name }) => names === undefined || names.includes(name))
        .map((each) => ({ name: each.name, value: valueOf(each, cpu) }))
    if (target === 'vm') return [{ provider: 'kvm', stats: of(vmStats, 0) }]
    return Array.from({ length: vcpus }, (_, cpu) => ({
      ...{ provider: 'kvm', 'qom-path': pathOf(cpu) },
      stats: of(vcpuStats, cpu),
    }))
  }

  const values: Readonly<Record<string, () => unknown>> = {
    qmp_capabilities: () => ({}),
    'query-status': () => ({ status: 'running', running: true }),
    'query-stats-schemas': () => [
      { provider: 'kvm', target: 'vm', stats: vmStats },
      { provider: 'kvm', target: 'vcpu', stats: vcpuStats },
    ],
    'query-cpus-fast': () =>
      Array.from({ length: vcpus }, (_, cpu) => ({
        ...{ 'cpu-index': cpu, 'qom-path': pathOf(cpu), 'thread-id': 100 + cpu, target: 'x86_64' },
      })),
    'query-blockstats': () => [],
    'query-dirty-rate': () => ({ status: 'unstarted', 'start-time': 0, 'calc-time': 0 }),
  }

  const server = await startFakeQmp(
    path,
    (command, socket) => {
      const { id, execute, arguments: args = {} } = command as Asked
      const reply = (value: object): void => void socket.write(`${JSON.stringify({ ...value, id })}\r\n`)
      const value = Object.hasOwn(values, execute) ? values[execute] : undefined
      if (execute === 'query-qmp-schema') socket.write(`{"return": ${schema}, "id": ${id}}\r\n`)
      else if (execute === 'query-stats') {
        asked.push(JSON.stringify(args))
        if (refused === undefined) reply({ return: statsOf(args) })
        else reply({ error: { class: 'GenericError', desc: refused } })
      } else if (value === undefined) reply({ error: { class: 'GenericError', desc: 'not scripted' } })
      else reply({ return: value() })
    },
    [10, 0],
  )
  return {
    refuse: (desc) => (refused = desc),
    reset: () => (began = Date.now()),
    asked,
    stop: () => server.stop(),
  }
}
