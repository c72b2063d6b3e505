import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import { recordedSamples } from './recorded-samples.ts'
import { questionsFor, readCatalogue } from './stat-sources.ts'
import type { StatQueries } from './stat-sources.ts'
import { StatsBoard } from './stats-board.svelte.ts'

const schemas = [
  {
    ...{ provider: 'kvm', target: 'vcpu' },
    stats: [
      { name: 'exits', type: 'cumulative', exponent: 0 },
      { name: 'blocking', type: 'instant', unit: 'boolean', exponent: 0 },
    ],
  },
  { provider: 'kvm', target: 'vm', stats: [{ name: 'pages', type: 'instant', exponent: 0 }] },
]

interface Scripted extends StatQueries {
  readonly asked: string[]
}

/** A machine that answers by a table; what is not in it, it does not have. */
function scripted(table: Readonly<Record<string, () => Result<Json, string>>>): Scripted {
  const asked: string[] = []
  const ask = (name: string, args?: JsonObject): Promise<Result<Json, string>> => {
    asked.push(args === undefined ? name : `${name} ${printJson(args)}`)
    const answer = Object.hasOwn(table, name) ? table[name] : undefined
    return Promise.resolve(answer === undefined ? err('not there') : answer())
  }
  return { asked, ask, again: ask, offers: (name) => Object.hasOwn(table, name) }
}

const cpus = [{ 'cpu-index': 0, 'qom-path': '/cpu0' }]

test('a catalogue is what the server offers, and says what it does not', async () => {
  const old = await readCatalogue(scripted({ 'query-blockstats': () => ok([]) }))
  expect(old.notes).toEqual(['This server does not have query-stats (it is there from 7.1 on).'])
  expect(old.statistics.has('block/device/rd_bytes')).toBe(true)
  expect(old.statistics.has('balloon/vm/actual')).toBe(false)

  const tcg = await readCatalogue(
    scripted({ 'query-stats': () => ok([]), 'query-stats-schemas': () => ok([]) }),
  )
  expect(tcg.notes).toEqual(['query-stats has none for this machine: KVM counts them, and TCG does not.'])

  const kvm = await readCatalogue(
    scripted({
      'query-stats': () => ok([]),
      'query-stats-schemas': () => ok(schemas),
      'query-cpus-fast': () => ok(cpus),
      'query-balloon': () => ok({ actual: 1 }),
      'qom-list': () => ok([{ name: 'b0', type: 'child<virtio-balloon-pci>' }]),
    }),
  )
  expect([...kvm.statistics.keys()].slice(0, 3)).toEqual([
    'kvm/vcpu/exits',
    'kvm/vcpu/blocking',
    'kvm/vm/pages',
  ])
  expect(kvm.balloon).toBe('/machine/peripheral/b0')
  expect(kvm.vcpus.get('/cpu0')).toBe('CPU 0')
  expect(kvm.notes).toEqual([])
})

test('one question for each target, with the names of the board', async () => {
  const catalogue = await readCatalogue(
    scripted({
      ...{ 'query-stats': () => ok([]), 'query-stats-schemas': () => ok(schemas) },
      'query-blockstats': () => ok([]),
    }),
  )
  const keys = ['kvm/vcpu/exits', 'block/device/rd_bytes', 'kvm/vm/pages', 'kvm/vcpu/blocking', 'kvm/vm/none']
  expect(questionsFor(keys, catalogue).map(({ name, args }) => [name, args])).toEqual([
    ['query-stats', { target: 'vcpu', providers: [{ provider: 'kvm', names: ['exits', 'blocking'] }] }],
    ['query-stats', { target: 'vm', providers: [{ provider: 'kvm', names: ['pages'] }] }],
    ['query-blockstats', undefined],
  ])
  expect(questionsFor([], catalogue)).toEqual([])
})

test('answers become samples; refused ones a gap and a sentence; another connection begins again', async () => {
  let now = 1_000_000
  let since = 1
  let value = 100
  let isRefused = false
  const queries = scripted({
    'query-stats': () =>
      isRefused
        ? err('away')
        : ok([{ provider: 'kvm', 'qom-path': '/cpu0', stats: [{ name: 'exits', value }] }]),
    'query-stats-schemas': () => ok(schemas),
  })
  const board = new StatsBoard({
    queries,
    since: () => since,
    clock: { now: () => now, monotonic: () => now },
  })
  board.show(['kvm/vcpu/exits', 'kvm/vm/gone'])
  const step = async (ms: number, to: number): Promise<void> => {
    now += ms
    value = to
    await board.ask(1000)
  }
  const values = (): (number | undefined)[] =>
    [...(board.dataOf('kvm/vcpu/exits')?.lines[0]?.values ?? [])].map((each) =>
      Number.isNaN(each) ? undefined : each,
    )
  await step(1000, 100)
  await step(1000, 150)
  expect(values()).toEqual([undefined, 50])
  expect(board.dataOf('kvm/vm/gone')).toBeUndefined()
  isRefused = true
  await step(1000, 150)
  expect(board.problems).toEqual(['query-stats: away'])
  isRefused = false
  await step(1000, 400)
  await step(1000, 410)
  expect(board.problems).toEqual([])
  expect(values()).toEqual([undefined, 50, undefined, undefined, 10])
  // Nobody looked for a minute.
  await step(60_000, 9000)
  expect(values().slice(-2)).toEqual([undefined, undefined])
  // Another QEMU: what it counts has nothing to do with what was counted.
  since = 2
  await step(1000, 9001)
  expect(values().at(-1)).toBeUndefined()
  expect(queries.asked.filter((each) => each === 'query-stats-schemas')).toHaveLength(2)
  // What is taken off is forgotten, and is asked no more.
  board.show([])
  expect(board.plots).toEqual([])
  const before = queries.asked.length
  await step(1000, 0)
  expect(queries.asked).toHaveLength(before)
})

test('a measurement of the dirty rate is one sample, however often it is told', async () => {
  let [now, start] = [0, 5]
  const board = new StatsBoard({
    queries: scripted({
      'query-dirty-rate': () => ok({ status: 'measured', 'start-time': start, 'dirty-rate': 3 }),
    }),
    since: () => 1,
    clock: { now: () => now, monotonic: () => now },
  })
  board.show(['dirty-rate/vm/dirty-rate'])
  for (start of [5, 5, 5, 9]) {
    now += 1000
    await board.ask(1000)
  }
  expect(
    board.dataOf('dirty-rate/vm/dirty-rate')?.lines[0]?.values.filter((each) => each === 3 * 2 ** 20),
  ).toHaveLength(2)
  expect(board.dirtyStatus).toBe('measured')
})

test('a recording gives the replies that are in it, each at its time', async () => {
  const texts = [
    '{"execute":"query-stats","arguments":{"target":"vcpu"}}',
    '{"return":[{"provider":"kvm","qom-path":"/cpu0","stats":[{"name":"exits","value":5}]}]}',
    '{"execute":"query-stats","arguments":{"target":"vm"}}',
    '{"return":[{"provider":"kvm","stats":[{"name":"pages","value":7}]}]}',
    '{"execute":"query-stats","arguments":{"target":"vcpu"}}',
    'no JSON',
  ]
  expect(parseJson(texts[1] ?? '').ok).toBe(true)
  const catalogue = await readCatalogue(
    scripted({ 'query-stats': () => ok([]), 'query-stats-schemas': () => ok(schemas) }),
  )
  const view = (seq: number): object => ({
    row: { seq, at: 1000 * seq, kind: 'return' },
    sent: { seq: seq - 1, oob: false },
  })
  const calls = {
    openQuery: () => Promise.resolve(1),
    readQuery: () => Promise.resolve({ seq: Float64Array.of(1, 3, 5), done: 6, all: 6 }),
    closeQuery: () => undefined,
    rows: (seqs: readonly number[]) => Promise.resolve(seqs.map(view)),
    text: (seq: number) => Promise.resolve(texts[seq]),
  } as unknown as Parameters<typeof recordedSamples>[0]
  const samples = await recordedSamples(calls, ['kvm/vcpu/exits', 'kvm/vm/pages'], catalogue)
  expect(samples.map(({ keys, at }) => [keys, at])).toEqual([
    [['kvm/vcpu/exits'], 1000],
    [['kvm/vm/pages'], 3000],
  ])
})
