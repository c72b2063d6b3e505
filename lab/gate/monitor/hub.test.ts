/**
 * Many clients on one monitor, against a model: random clients, commands, ids, deaths and ends of the machine, with a
 * monitor that is played here. Each answer goes to its asker, in the order of its questions.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { GateEntry } from '../audit/entry.ts'
import type { Rights } from '../rights/rights.ts'
import { MonitorHub } from './hub.ts'
import type { JoinedClient } from './hub.ts'

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}\r\n'

/** A client of a test: what it has sent, what it should hear, what it has heard. */
class TestClient {
  readonly heard: string[] = []
  readonly events: string[] = []
  isOver = false
  isReading = true
  greeting: unknown
  joined: JoinedClient | undefined

  take(bytes: Uint8Array | string): void {
    expect(this.isOver).toBe(false)
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
    for (const line of text.split('\r\n').slice(0, -1)) {
      if (this.greeting === undefined) this.greeting = JSON.parse(line)
      else if (line.includes('"event"')) this.events.push(line)
      else this.heard.push(line)
    }
    expect(text.endsWith('\r\n')).toBe(true)
  }

  send(text: string): void {
    this.joined?.receive(Buffer.from(text))
  }
}

/** A hub with a machine that is played by the test. */
class Room {
  readonly entries: GateEntry[] = []
  readonly asked: { id: number; oob: boolean; name: string; args: Record<string, unknown> }[] = []
  /** All names that ever reached the machine. */
  readonly reached: string[] = []
  readonly clients: TestClient[] = []
  readonly hub = new MonitorHub({
    send: (text) => this.#machine(text),
    giveUp: () => undefined,
    record: (entry) => this.entries.push(entry),
    now: () => 0,
  })

  open(): void {
    this.hub.opened()
    this.say(greeting)
  }

  say(text: string, cut = 0): void {
    const bytes = Buffer.from(text)
    const at = cut % (bytes.length + 1)
    this.hub.receive(bytes.subarray(0, at))
    this.hub.receive(bytes.subarray(at))
  }

  join(key: Rights): TestClient {
    const client = new TestClient()
    this.clients.push(client)
    client.joined = this.hub.join(
      { channel: 'vm.qmp', key, client: this.clients.length },
      {
        write: (bytes) => client.take(bytes),
        end: () => (client.isOver = true),
        setReading: (on) => (client.isReading = on),
      },
    )
    return client
  }

  #machine(text: string): void {
    const line = JSON.parse(text) as Record<string, unknown>
    const name = (line.execute ?? line['exec-oob']) as string
    if (name === 'qmp_capabilities') {
      this.hub.receive(Buffer.from(`{"return": {}, "id": ${String(line.id)}}\r\n`))
      return
    }
    this.reached.push(name)
    this.asked.push({
      ...{ id: line.id as number, oob: 'exec-oob' in line, name },
      args: (line.arguments ?? {}) as Record<string, unknown>,
    })
    expect(this.asked.filter(({ oob }) => !oob).length).toBeLessThanOrEqual(7)
  }

  /** Answer the next in-band command, or an out-of-band one. `style`: where the id stands. */
  answer(style: number, oob: boolean, cut: number): void {
    const at = this.asked.findIndex((each) => each.oob === oob)
    const [next] = at < 0 ? [] : this.asked.splice(at, 1)
    if (next === undefined) return
    const mark = JSON.stringify(next.args.mark ?? null)
    const texts = [
      `{"return": {"mark": ${mark}, "id": ${next.id}}, "id": ${next.id}}`,
      `{"id": ${next.id}, "error": {"class": "GenericError", "desc": ${mark}}}`,
      `{"return":{"mark":${mark}},"id":${next.id}}`,
      `{"id": ${next.id}, "return": {"mark": ${mark}}}`,
      // What QEMU says to a text that it does not read.
      `{"error": {"class": "GenericError", "desc": ${mark}}}`,
    ]
    this.say(`${texts[oob ? style % 4 : style % 5] ?? ''}\r\n`, cut)
  }
}

test('a greeting as of QEMU itself, negotiation for each client, ids as they were sent', () => {
  const room = new Room()
  room.open()
  const [one, two] = [room.join('full'), room.join('watch')]
  expect(one.greeting).toMatchObject({
    QMP: {
      version: { qemu: { micro: 22, minor: 2, major: 7 }, package: 'Debian' },
      capabilities: ['oob'],
      'x-gate': { version: 1, rights: 'full' },
    },
  })
  expect(two.greeting).toMatchObject({ QMP: { 'x-gate': { rights: 'watch' } } })
  one.send('{"execute":"query-status","id":1}')
  one.send('{"execute":"qmp_capabilities","arguments":{"enable":["x"]},"id":2}')
  one.send('{"execute":"qmp_capabilities","id":[3]}{"execute":"qmp_capabilities","id":4}')
  expect(one.heard).toEqual([
    `{"error": {"class": "CommandNotFound", "desc": "Expecting capabilities negotiation with 'qmp_capabilities'"}, "id": 1}`,
    `{"error": {"class": "GenericError", "desc": "Parameter 'null' does not accept value 'x'"}, "id": 2}`,
    '{"return": {}, "id": [3]}',
    '{"error": {"class": "CommandNotFound", "desc": "Capabilities negotiation is already complete, command ignored"}, "id": 4}',
  ])
  room.say('{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}\r\n')
  expect([one.events.length, two.events.length]).toEqual([1, 0])
})

test('a client that has not enabled out-of-band commands has none; one that has passes ahead', () => {
  const room = new Room()
  room.open()
  const [one, two] = [room.join('full'), room.join('full')]
  one.send('{"execute":"qmp_capabilities"}{"exec-oob":"migrate-pause","id":1}')
  expect(one.heard.at(-1)).toContain("QMP input member 'exec-oob' is unexpected")
  two.send('{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}')
  for (let n = 0; n < 20; n += 1) two.send(`{"execute":"stop","id":${n}}`)
  two.send('{"exec-oob":"migrate-pause","id":"o"}')
  expect(room.asked.at(-1)).toMatchObject({ name: 'migrate-pause', oob: true })
  room.answer(0, true, 0)
  expect(two.heard.at(-1)).toContain('"id": "o"')
})

test('one that asks much does not keep others waiting', () => {
  const room = new Room()
  room.open()
  const [greedy, modest] = [room.join('full'), room.join('full')]
  for (const each of [greedy, modest]) each.send('{"execute":"qmp_capabilities"}')
  for (let n = 0; n < 100; n += 1) greedy.send('{"execute":"stop"}')
  expect(greedy.isReading).toBe(false)
  modest.send('{"execute":"cont"}')
  for (let n = 0; n < 8; n += 1) room.answer(0, false, 0)
  expect(modest.heard).toHaveLength(2)
  for (let n = 0; n < 80; n += 1) room.answer(0, false, 0)
  expect(greedy.isReading).toBe(true)
})

test('what a client has asked for goes on record when it has left; what was not sent says so', () => {
  const room = new Room()
  room.open()
  const client = room.join('full')
  client.send('{"execute":"qmp_capabilities"}')
  for (let n = 0; n < 9; n += 1) client.send('{"execute":"stop"}')
  client.joined?.left()
  for (let n = 0; n < 6; n += 1) room.answer(n === 0 ? 1 : 0, false, 0)
  room.hub.closed()
  const ends = room.entries.flatMap((each) =>
    each.did === 'command' ? [`${each.end.outcome} ${String(each.gone)}`] : [],
  )
  expect(ends).toEqual([
    ...['not sent true', 'not sent true', 'failed true'],
    ...[...Array<string>(5).fill('returned true'), 'unknown true'],
  ])
})

test('clients that come while the machine is away are greeted when it is back', () => {
  const room = new Room()
  const early = room.join('full')
  early.send('{"execute":"qmp_capabilities","id":1}')
  expect(early.greeting).toBeUndefined()
  room.open()
  expect(early.greeting).toBeDefined()
  expect(early.heard).toEqual(['{"return": {}, "id": 1}'])
  const waiting = room.join('full')
  room.hub.closed()
  expect([early.isOver, waiting.isOver]).toEqual([true, true])
  const next = room.join('full')
  room.open()
  expect([early.heard.length, next.greeting === undefined]).toEqual([1, false])
})

const idText = fc.oneof(
  fc.constant(undefined),
  fc.constant('9007199254740993'),
  fc.constant('-1.50'),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value).replace(/[^\0-\x7e]/g, 'x')),
)
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('join' as const), watch: fc.boolean(), oob: fc.boolean() }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who: fc.nat(),
      name: fc.constantFrom('query-status', 'stop', 'query-block', 'x-new', 'human-monitor-command'),
      oob: fc.boolean(),
      id: idText,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      style: fc.nat(),
      oob: fc.boolean(),
      cut: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('event' as const), cut: fc.nat(), printed: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('machine ends' as const) }) },
)

/** What the model expects of a client. */
interface Expected {
  readonly client: TestClient
  readonly isWatcher: boolean
  readonly oob: boolean
  readonly inBand: { id: string | undefined; mark: number; isRefused: boolean }[]
  readonly outOfBand: Map<string, { id: string | undefined; isRefused: boolean }>
  events: number
  isGone: boolean
}

const harmless = new Set(['query-status', 'query-block'])

test('random clients, commands, deaths and ends, against the model', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const room = new Room()
      room.open()
      const all: Expected[] = []
      let mark = 0
      let sent = 0
      const pick = (who: number): Expected | undefined => {
        const here = all.filter((each) => !each.isGone)
        return here[who % Math.max(1, here.length)]
      }
      for (const each of steps) {
        if (each.do === 'join') {
          const client = room.join(each.watch ? 'watch' : 'full')
          client.send(`{"execute":"qmp_capabilities"${each.oob ? ',"arguments":{"enable":["oob"]}' : ''}}`)
          expect(client.heard.splice(0)).toEqual(['{"return": {}}'])
          all.push({
            client,
            isWatcher: each.watch,
            oob: each.oob,
            inBand: [],
            outOfBand: new Map(),
            events: 0,
            isGone: false,
          })
        } else if (each.do === 'send') {
          const from = pick(each.who)
          if (from === undefined) continue
          mark += 1
          sent += 1
          const oob = each.oob && from.oob
          const id = each.id === undefined ? '' : `,"id":${each.id}`
          const isRefused = from.isWatcher && !harmless.has(each.name)
          if (oob && !isRefused) from.outOfBand.set(String(mark), { id: each.id, isRefused })
          else from.inBand.push({ id: each.id, mark, isRefused })
          from.client.send(
            `{"${oob ? 'exec-oob' : 'execute'}":"${each.name}","arguments":{"mark":"m${mark}."}${id}}`,
          )
        } else if (each.do === 'answer') room.answer(each.style, each.oob, each.cut)
        else if (each.do === 'event') {
          const text = each.printed
            ? '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}\r\n'
            : '{"event":"STOP","timestamp":{"seconds":1,"microseconds":2}}\r\n'
          room.say(text, each.cut)
          for (const one of all) if (!one.isGone) one.events += 1
        } else if (each.do === 'leave') {
          const from = pick(each.who)
          if (from === undefined) continue
          from.isGone = true
          from.client.joined?.left()
        } else {
          room.hub.closed()
          room.asked.splice(0)
          for (const one of all) {
            if (!one.isGone) expect(one.client.isOver).toBe(true)
            one.isGone = true
          }
          room.open()
        }
      }
      while (room.asked.length > 0) {
        room.answer(0, true, 0)
        room.answer(0, false, 0)
      }
      for (const each of all) check(each)
      if (all.every(({ isWatcher }) => isWatcher))
        expect(room.reached.every((name) => harmless.has(name))).toBe(true)
      // Every command is on record exactly once.
      expect(room.entries.filter(({ did }) => did === 'command')).toHaveLength(sent)
    }),
    { numRuns: runs(1200) },
  )
})

function check({ client, inBand, outOfBand, events, isGone }: Expected): void {
  expect(client.events).toHaveLength(events)
  let next = 0
  for (const line of client.heard) {
    const mark = /m(\d+)\./.exec(line)?.[1]
    const oob = mark === undefined ? undefined : outOfBand.get(mark)
    const expected = oob ?? inBand[next]
    if (oob === undefined) {
      // In the order of the questions.
      if (mark !== undefined) expect(Number(mark)).toBe(inBand[next]?.mark)
      expect(mark === undefined).toBe(inBand[next]?.isRefused)
      next += 1
    } else outOfBand.delete(mark ?? '')
    JSON.parse(line)
    const id = expected?.id
    const isThere =
      id === undefined
        ? !/^\{"id"|, "id": [^}]*\}$/.test(line.replace(/\{"mark".*?\}/, ''))
        : line.includes(`"id": ${id}`)
    expect([line, id, isThere]).toEqual([line, id, true])
  }
  if (!isGone) expect([next, outOfBand.size]).toEqual([inBand.length, 0])
}
