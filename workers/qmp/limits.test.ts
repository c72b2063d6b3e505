/** Messages beyond the limits of reading: one row says so, their command ends, and the stream goes on. */
import { describe, expect, test } from 'vitest'
import { createAgentSession } from './agent.ts'
import { createFramer } from './wire/framer.ts'
import type { FramingProblem } from './wire/framing.ts'
import { createSession } from './session.ts'
import { Bench } from './testing/fake-server.ts'

const deep = `${'[{"a": '.repeat(10_000)}1${'}]'.repeat(10_000)}`
const digits = '7'.repeat(50_000)
const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n'

const values: readonly (readonly [what: string, value: string, why: string])[] = [
  ['nested 20,000 deep', deep, 'nested deeper than 512 levels'],
  ['with a number of 50,000 digits', digits, 'a number of 50000 characters: it may have 1100'],
]

function monitor(): Bench {
  const bench = new Bench((ports, sink) => createSession(ports, sink))
  bench.session.opened()
  bench.receive(greeting)
  bench.receive('{"return": {}, "id": 1}\r\n')
  return bench
}

function whyOf(bench: Bench): string[] {
  return bench.rows.flatMap(({ body }) =>
    body.kind === 'problem' && body.problem.kind === 'garbage' ? [body.problem.why] : [],
  )
}

describe.each(values)('a value %s', (_, value, why) => {
  test.each([
    ['in a line', `{"return": ${value}}\r\n`],
    ['without a line end', `{"return": ${value}}`],
    ['pretty-printed', `{\n    "return": ${value}\n}\r\n`],
  ])('%s is one problem, however it is cut', (_style, text) => {
    const before = text.startsWith('{\n') ? '{\n    "event": "A"\n}\r\n' : '{"event": "A"}\r\n'
    const bytes = new TextEncoder().encode(`${before}${text}${text}{"event": "B"}\r\n{"event": "C"}\r\n`)
    for (const size of [bytes.length, 4096, 1000, 977]) {
      const names: unknown[] = []
      const problems: FramingProblem[] = []
      const framer = createFramer({
        message: (message) => names.push(message.event),
        problem: (problem) => problems.push(problem),
      })
      for (let at = 0; at < bytes.length; at += size) framer.push(bytes.subarray(at, at + size))
      framer.idle()
      expect(names, `in pieces of ${size} B`).toEqual(['A', 'B', 'C'])
      expect(problems.map((problem) => (problem.kind === 'garbage' ? problem.why : problem.kind))).toEqual([
        why,
        why,
      ])
    }
  })

  test.each([
    ['after', (id: number) => `{"return": ${value}, "id": ${id}}`],
    ['before', (id: number) => `{ "id" : ${id}, "return": ["\\"id\\": 2", {"id": 3}, ${value}]}`],
  ])('ends the command whose id is %s the value, and no other', async (_place, reply) => {
    const bench = monitor()
    await bench.play(`
      run a query-a
      run b query-b
      run c query-c`)
    bench.receive(`${reply(3)}\r\n`)
    await bench.play(`
      b: unknown reply-unreadable
      a: pending
      c: pending
      < {"return": 1, "id": 2}
      < {"return": 2, "id": 4}
      a: returned 1
      c: returned 2
      queue 0`)
    expect(whyOf(bench)).toEqual([why])
  })

  test('in an event ends no command', async () => {
    const bench = monitor()
    await bench.play('run a query-a')
    bench.receive(`{"event": "ODD", "data": {"id": 2, "x": ${value}}}\r\n`)
    await bench.play(`
      a: pending
      < {"return": 1, "id": 2}
      a: returned 1`)
    expect(whyOf(bench)).toEqual([why])
  })

  test('as the id of a reply, or in an error without desc, leaves the session alive', async () => {
    const bench = monitor()
    bench.receive(`{"return": 1, "id": ${value}}\r\n{"error": {"x": ${value}}, "id": 77}\r\n`)
    await bench.play(`
      run a query-a
      < {"error": {"odd": [[[1]]]}, "id": 2}
      a: failed GenericError {"odd":[[[1]]]}`)
    expect(whyOf(bench)).toEqual([why, why])
  })

  test('in the answer to qmp_capabilities ends the connection, which says why', () => {
    const bench = new Bench((ports, sink) => createSession(ports, sink))
    bench.session.opened()
    bench.receive(`${greeting}{"return": ${value}, "id": 1}\r\n`)
    expect(bench.states.at(-1)).toMatchObject({ kind: 'ended', reason: { kind: 'negotiation-refused' } })
  })

  test('in what a guest agent sends makes its command unknown, and it is asked again', async () => {
    const bench = new Bench((ports, sink) => createAgentSession(ports, sink))
    bench.session.opened()
    const sync = (): void => {
      const line = bench.sent.findLast((each) => each.includes('guest-sync-delimited')) ?? ''
      const { id } = (JSON.parse(line) as { arguments: { id: number } }).arguments
      bench.session.receive(Uint8Array.of(0xff))
      bench.receive(`{"return": ${id}}\n`)
    }
    sync()
    bench.receive('{"return": {}}\n')
    await bench.play('run a guest-odd')
    bench.receive(`{"return": ${value}}\n`)
    await bench.play('a: unknown reply-unreadable')
    sync()
    expect(bench.states.at(-1)?.kind).toBe('ready')
    expect(whyOf(bench)).toEqual([why])
  })
})

test('an id of a megabyte is shown by its beginning', () => {
  const bench = monitor()
  bench.receive(`{"return": 1, "id": "${'x'.repeat(1_000_000)}"}\r\n`)
  const body = bench.rows.at(-1)?.body
  const problem = body?.kind === 'problem' ? body.problem : undefined
  expect(problem?.kind === 'unknown-id' ? problem.id.length : 0).toBeLessThan(300)
})

test('a server that does not answer qmp_capabilities is given up after 30 s', () => {
  const broken: string[] = []
  const bench = new Bench((ports, sink) =>
    createSession(ports, { ...sink, broken: (why) => broken.push(why) }),
  )
  bench.session.opened()
  bench.receive(greeting)
  bench.clock.advance(29_999)
  expect(broken).toEqual([])
  bench.clock.advance(1)
  expect(broken).toEqual(['no answer to qmp_capabilities within 30 s'])
})

test('a large message that comes a few bytes at a time, with pauses, is scanned once', () => {
  const encoder = new TextEncoder()
  const names: unknown[] = []
  const framer = createFramer({
    message: (message) => names.push(message.event ?? message.id),
    problem: (problem) => names.push(problem.kind),
  })
  framer.push(encoder.encode('{"event": "A"}\r\n'))
  const text = `{"return": [${'{"}": "\\"{"},'.repeat(8000)}1], "id": 5}`
  for (let at = 0; at < text.length; at += 40) {
    framer.push(encoder.encode(text.slice(at, at + 40)))
    framer.idle()
  }
  framer.push(encoder.encode('\r\n{"event": "B"}\r\n'))
  expect(names).toEqual(['A', 5, 'B'])
  expect(framer.work.copied + framer.work.scanned).toBeLessThan(10 * text.length)
})
