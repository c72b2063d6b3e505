/** Memory of a machine that is a table: what is read at once and what is asked about, the way back, the search, the plans. */
import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import { balloonPlan, dumpPlan, statsPlan } from './cpu-plans.ts'
import { MachineMemory } from './memory-of.svelte.ts'
import type { MemoryPlace } from './memory-of.svelte.ts'

const map = [
  'FlatView #1',
  ' AS "memory", root: system',
  '  0000000000000000-000000000001ffff (prio 0, ram): pc.ram',
  '  00000000fed00000-00000000fed003ff (prio 0, i/o): hpet',
].join('\r\n')

function machine(maps = map, isRecorded = false) {
  const asked: string[] = []
  const bytes = new Uint8Array(0x20000)
  const words = Buffer.from(bytes.buffer)
  const state = { now: 0, refuses: '' }
  const memory = new MachineMemory({
    isRecorded,
    look: (line, cpu) => {
      asked.push(`${line} @${cpu}`)
      if (line.startsWith('info mtree')) return Promise.resolve(ok(maps))
      const address = Number(line.split(' ')[1])
      // Virtual 0x400000 is physical 0x1000, 0x401000 the timer; nothing else is mapped.
      const physical = new Map([
        [0x400, 0x1000],
        [0x401, 0xfed00000],
      ]).get(Math.floor(address / 4096))
      if (physical === undefined) return Promise.resolve(ok('Unmapped\r\n'))
      return Promise.resolve(ok(`gpa: 0x${(physical + (address % 4096)).toString(16)}\r\n`))
    },
    read: (line) => {
      asked.push(line)
      if (state.refuses !== '') return Promise.resolve(err(state.refuses))
      const [, space = '', count = '', width = '', address = ''] =
        /^(xp?) \/(\d+)x([bg]) (0x[0-9a-f]+)$/.exec(line) ?? []
      const word = width === 'g' ? 8 : 1
      let text = ''
      for (let at = Number(address), left = Number(count); left > 0; at += word, left -= 1) {
        const from = space === 'x' ? at - 0x400000 + 0x1000 : at
        const hex = at.toString(16).padStart(16, '0')
        if (from < 0 || from + word > bytes.length)
          return Promise.resolve(ok(`${text}${hex}: Cannot access memory\r\n`))
        const value = word === 8 ? words.readBigUInt64LE(from) : BigInt(words[from] ?? 0)
        text += `${hex}: 0x${value.toString(16).padStart(2 * word, '0')}
`
      }
      return Promise.resolve(ok(text))
    },
    now: () => state.now,
  })
  return { asked, bytes, state, memory }
}

const physical = (address: bigint): MemoryPlace => ({ space: 'physical', cpu: 0, address })
const virtual = (address: bigint): MemoryPlace => ({ space: 'virtual', cpu: 0, address })

test('memory is read at once; what changed since is marked', async () => {
  const { memory, bytes, asked } = machine()
  bytes[0x7c01] = 0xaa
  await memory.go(physical(0x7c00n))
  expect(asked).toEqual(['info mtree -f @0', 'xp /512xb 0x7c00'])
  expect(memory.view).toMatchObject({ kind: 'read', changed: new Set(), facts: { physical: 0x7c00n } })
  bytes[0x7c02] = 1
  await memory.go(physical(0x7c00n))
  expect(memory.view).toMatchObject({ kind: 'read', changed: new Set([2]) })
  // The map is believed for a while.
  expect(asked.filter((each) => each.startsWith('info'))).toHaveLength(1)
})

test('a device is asked about, by virtual addresses too; nothing is read before', async () => {
  const { memory, asked } = machine()
  await memory.go(physical(0xfed00000n))
  await memory.go(virtual(0x401000n))
  expect(memory.view).toMatchObject({
    kind: 'asks',
    facts: { regions: [{ name: 'hpet' }], isUnknown: false },
  })
  // The page ends in the one of the device.
  await memory.go(virtual(0x400f00n))
  expect(memory.view.kind).toBe('asks')
  expect(asked.filter((each) => each.startsWith('x'))).toEqual([])
  await memory.go(physical(0xfed00000n), true)
  expect(asked.at(-1)).toBe('xp /512xb 0xfed00000')
})

test('where the monitor tells nothing of what stands there, it is asked as well', async () => {
  const { memory } = machine('unknown command')
  await memory.go(physical(0n))
  expect(memory.view).toMatchObject({ kind: 'asks', facts: { isUnknown: true } })
  expect(await memory.searchFrom(physical(0n), Uint8Array.of(1), 8)).toBeUndefined()
  expect(memory.search.kind).toBe('failed')
  const recorded = machine('unknown command', true)
  await recorded.memory.go(physical(0x7c00n))
  expect(recorded.memory.view.kind).toBe('read')
})

test('an address that is not mapped, one at the end of all, and a lock that refuses', async () => {
  const { memory, state, asked } = machine()
  await memory.go(virtual(0x10n))
  expect(memory.view).toMatchObject({ kind: 'read', read: { unreadable: 0x10n }, facts: { regions: [] } })
  await memory.go(physical(0xffff_ffff_ffff_fff0n))
  expect(asked.at(-1)).toBe('xp /16xb 0xfffffffffffffff0')
  state.refuses = 'vm is locked: read only.'
  await memory.go(physical(0n))
  expect(memory.view).toMatchObject({ kind: 'failed', why: 'vm is locked: read only.' })
  memory.leave()
  expect(memory.view.kind).toBe('none')
})

test('the way back, and forward again; a new place cuts it', async () => {
  const { memory } = machine()
  for (const address of [0n, 0x100n, 0x200n]) await memory.go(physical(address))
  expect([memory.previous?.address, memory.next]).toEqual([0x100n, undefined])
  await memory.go(physical(0x100n))
  expect([memory.previous?.address, memory.next?.address]).toEqual([0n, 0x200n])
  await memory.go(physical(0x300n))
  expect([memory.previous?.address, memory.next]).toEqual([0x100n, undefined])
})

test('a search finds what stands across two blocks, and steps over devices', async () => {
  const { memory, bytes, asked } = machine()
  bytes.set([1, 2, 3, 4], 0xfffe)
  expect(await memory.searchFrom(physical(0n), Uint8Array.of(1, 2, 3, 4), 8)).toMatchObject({
    kind: 'found',
    at: 0xfffen,
  })
  expect(await memory.searchFrom(physical(0xffffn), Uint8Array.of(1, 2), 8)).toMatchObject({ kind: 'end' })
  expect(asked.filter((each) => each.startsWith('xp') && each.includes('fed0'))).toEqual([])
  bytes.set([7, 7], 0x1800)
  expect(await memory.searchFrom(virtual(0x3f0000n), Uint8Array.of(7, 7), 1)).toMatchObject({
    kind: 'found',
    at: 0x400800n,
  })
  const search = memory.searchFrom(virtual(0n), Uint8Array.of(8), 1)
  memory.stopSearch()
  expect(await search).toMatchObject({ kind: 'stopped', looked: 0 })
})

test('plans have their way back', () => {
  expect(balloonPlan(32, 64 * 1024 * 1024)).toMatchObject({
    isDangerous: true,
    steps: [{ name: 'balloon', args: { value: 33_554_432 }, undo: { args: { value: 67_108_864 } } }],
  })
  expect(statsPlan('/machine/peripheral/b', 2, 0)).toMatchObject({
    steps: [{ name: 'qom-set', args: { value: 2 }, undo: { args: { value: 0 } } }],
  })
  expect(dumpPlan('vm', '/tmp/a', { paging: false, detach: true })).toMatchObject({ isDangerous: true })
})
