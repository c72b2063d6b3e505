import { expect, test, vi } from 'vitest'
import type { EventNews } from '#api/machine.ts'
import type { JsonObject } from '#base/json/value.ts'
import { ok } from '#base/result.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { Results } from './results.svelte.ts'
import { Watches } from './reply/watch/watch.svelte.ts'

const results = new Results({ record: () => Promise.resolve() }, new Watches())

/** A machine with `stop` and `query-status`, which writes down what it is asked. */
function machineOf(id: string): {
  readonly machine: Machine
  readonly asked: string[]
  /** The event that is watched comes. */
  readonly comes: (at: number) => void
} {
  let events: (at: number) => void = () => undefined
  const raw = [
    ...['stop', 'query-status'].map((name) => ({
      name,
      'meta-type': 'command',
      'arg-type': '0',
      'ret-type': '0',
    })),
    { name: '0', 'meta-type': 'object', members: [] },
  ]
  const schema = buildSchema(raw)
  if (!schema.ok) throw new Error(schema.error)
  const asked: string[] = []
  let status = 'running'
  const machine = {
    id,
    name: id,
    protocol: 'qmp',
    schema: { kind: 'ready', schema: schema.value, raw },
    isReady: true,
    record: {
      calls: { family: () => Promise.resolve([]) },
      tracks: new Map(),
      watchBatches: () => () => undefined,
      watchEvents(names: readonly string[], take: (news: EventNews) => void) {
        events = (at) => take({ name: names[0] ?? '', rows: 1, firstAt: at, lastAt: at })
        return () => undefined
      },
    },
    commands: {
      newTicket: () => 1,
      call(name: string) {
        asked.push(name)
        return Promise.resolve(ok({ status }))
      },
      run(name: string, args: JsonObject | undefined) {
        asked.push(name)
        status = 'paused'
        return Promise.resolve(
          args === undefined
            ? { kind: 'returned', exec: 1, value: {}, latencyMs: 1 }
            : { kind: 'refused', why: 'no' },
        )
      },
    },
  } as unknown as Machine
  return { machine, asked, comes: (at: number) => events(at) }
}

test('related queries are taken before and after the change has ended, and both are kept', async () => {
  const { machine, asked, comes } = machineOf('a')
  await results.send(machine, 'stop', undefined, false, 1000, { around: true })
  await vi.waitFor(() => expect(results.of('a')[0]?.awaited).toMatchObject({ what: 'STOP', how: undefined }))
  // One that came before it was sent is another one's.
  comes(Date.now() - 60_000)
  expect(asked).toEqual(['query-status', 'stop'])
  comes(Date.now())
  await vi.waitFor(() => expect(asked).toEqual(['query-status', 'stop', 'query-status']))
  expect(results.of('a')[0]?.awaited?.how).toBe('came')
  expect(results.of('a')[0]?.around).toEqual([
    {
      query: { name: 'query-status' },
      before: ok({ status: 'running' }),
      after: ok({ status: 'paused' }),
    },
  ])
  results.clear('a')
})

test('nobody has to wait: the queries are asked again at once', async () => {
  const { machine, asked } = machineOf('d')
  await results.send(machine, 'stop', undefined, false, 1000, { around: true })
  await vi.waitFor(() => expect(results.of('d')[0]?.awaited).toBeDefined())
  results.stopWaiting(results.of('d')[0]?.number ?? 0)
  await vi.waitFor(() => expect(asked).toHaveLength(3))
  expect(results.of('d')[0]?.awaited?.how).toBe('cut')
  results.clear('d')
})

test('nothing is asked where nobody wants it, and not afterwards where the command was refused', async () => {
  const { machine, asked } = machineOf('b')
  await results.send(machine, 'stop', undefined, false, 1000)
  expect(asked).toEqual(['stop'])
  await results.send(machine, 'stop', {}, false, 1000, { around: true })
  expect(asked).toEqual(['stop', 'query-status', 'stop'])
  expect(results.of('b')[0]?.around?.[0]?.after).toBeUndefined()
  results.clear('b')
})

test('of too many results the oldest go, and it is known', async () => {
  const { machine } = machineOf('c')
  for (let n = 0; n < 50; n += 1) await results.send(machine, 'stop', {}, false, 1000)
  expect(results.isShortened('c')).toBe(false)
  await results.send(machine, 'stop', {}, false, 1000)
  expect(results.of('c')).toHaveLength(50)
  expect(results.isShortened('c')).toBe(true)
  results.clear('c')
  expect(results.isShortened('c')).toBe(false)
})
