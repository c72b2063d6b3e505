/** CPUs of a machine that is a table: what is asked when, and what registers are compared with. */
import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import { changedRegisters } from '#inside/cpus/registers.ts'
import { MachineCpus } from './cpus-of.svelte.ts'

function machine(count = 2) {
  const asked: string[] = []
  const state = { running: false, eax: 1, now: 0, says: undefined as string | undefined }
  const cpu = (index: number): string => `CPU#${index}\r\nEAX=0000000${state.eax} EIP=00000010 HLT=0\r\n`
  const cpus = new MachineCpus({
    own: (name, args) => {
      const line = String(JSON.parse(JSON.stringify(args?.['command-line'] ?? '')))
      asked.push(
        name === 'human-monitor-command' ? `${line} ${JSON.stringify(args?.['cpu-index'] ?? null)}` : name,
      )
      const reply = (): Json => {
        if (name === 'query-status') return { running: state.running, status: 'x' }
        if (name === 'query-cpus-fast')
          return Array.from({ length: count }, (_, index) => ({ 'cpu-index': index }))
        if (line === 'info registers -a') return state.says ?? [0, 1].map(cpu).join('\r\n')
        if (line === 'info registers') return cpu(Number(JSON.stringify(args?.['cpu-index'])))
        return '0x00000010:  fa    cli\r\n'
      }
      return Promise.resolve(name === 'query-hotpluggable-cpus' ? err('refused') : ok(reply()))
    },
    offers: () => true,
    now: () => (state.now += 1),
  })
  /** Names of registers of a CPU that are not as at the stop before. */
  const changes = (index = 0): readonly string[] => {
    const set = cpus.registers?.sets.get(index)
    return set === undefined ? ['none'] : [...changedRegisters(cpus.before?.sets.get(index), set).keys()]
  }
  return { asked, state, cpus, changes }
}

test('registers are compared with the stop before, however often a stop is read', async () => {
  const { cpus, state, changes } = machine()
  await cpus.refresh()
  expect([cpus.vcpus?.length, cpus.places]).toEqual([2, undefined])
  await cpus.read(0)
  expect([changes(), cpus.before, cpus.isRunning]).toEqual([[], undefined, false])
  cpus.moved()
  cpus.moved()
  state.eax = 2
  await cpus.read(0)
  expect([changes(), changes(1)]).toEqual([['EAX'], ['EAX']])
  await cpus.read(0, true)
  expect(changes()).toEqual(['EAX'])
  cpus.moved()
  await cpus.read(0)
  expect(changes()).toEqual([])
})

test('nothing is read twice, and nothing while the guest runs unless a person wants it', async () => {
  const { cpus, state, asked, changes } = machine()
  await cpus.refresh()
  await cpus.read(0)
  asked.length = 0
  await cpus.read(0)
  expect(asked).toEqual(['query-status'])
  state.running = true
  cpus.moved()
  await cpus.read(0)
  expect(asked).toEqual(['query-status', 'query-status'])
  expect([cpus.isRunning, cpus.registers?.isStopped]).toEqual([true, true])
  state.eax = 3
  await cpus.read(0, true)
  expect([cpus.registers?.isStopped, changes()]).toEqual([false, ['EAX']])
  // Another CPU that was not looked at: its code is read.
  await cpus.read(1)
  expect(cpus.code?.cpu).toBe(1)
})

test('of many CPUs the chosen one is read, and those of one stop stay together', async () => {
  const { cpus, asked } = machine(17)
  await cpus.refresh()
  await cpus.read(3)
  await cpus.read(4)
  expect(asked).toContain('info registers 3')
  expect([...(cpus.registers?.sets.keys() ?? [])]).toEqual([3, 4])
})

test('a guest that moved while it was read, a monitor that says something else, another connection', async () => {
  const { cpus, state } = machine()
  await cpus.refresh()
  const reading = cpus.read(0)
  cpus.moved()
  await reading
  expect(cpus.registers?.isStopped).toBe(false)
  state.says = 'unknown command\r\n'
  await cpus.read(0)
  expect(cpus.registersProblem).toBe('')
  state.says = ''
  await cpus.read(0, true)
  expect(cpus.registersProblem).toMatch(/no registers/)
  const { turn } = cpus
  cpus.connected(5)
  cpus.connected(5)
  expect(cpus.turn).toBe(turn + 1)
})
