import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { runs } from '#base/testing/runs.ts'
import { createSession } from './session.ts'
import type { SessionOptions } from './ports.ts'
import { Bench, greetingOld, greetingOob } from './testing/fake-server.ts'

const ready = `
  open
  = greeting
  < ${greetingOob}
  = negotiating
  > {"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":1}
  < {"return": {}, "id": 1}
  = ready
`

function bench(options: SessionOptions = {}): Bench {
  return new Bench((ports, sink) => createSession(ports, sink, options))
}

const tables: Record<string, string> = {
  'greets, negotiates oob and runs a command': `${ready}
    run a query-status
    > {"execute":"query-status","id":2}
    a: pending
    < {"return": {"running": true}, "id": 2}
    a: returned {"running":true}
    queue 0
    =none`,

  'a server without oob is asked for nothing': `
    open
    < ${greetingOld}
    > {"execute":"qmp_capabilities","id":1}
    < {"return": {}, "id": 1}
    = greeting
    = negotiating
    = ready
    run a migrate-recover {"uri":"x"} oob
    a: not-sent oob-not-negotiated
    >none`,

  'nothing is sent before the negotiation is answered': `
    open
    run a query-status
    a: not-sent not-connected
    >none
    < ${greetingOob}
    run b query-status
    b: not-sent not-connected`,

  'a refused negotiation ends the connection': `
    open
    < ${greetingOob}
    < {"error": {"class": "GenericError", "desc": "no"}, "id": 1}
    = greeting
    = negotiating
    = ended
    =none`,

  'replies in any order': `${ready}
    run a one
    run b two
    > {"execute":"one","id":2}
    > {"execute":"two","id":3}
    < {"return": "b", "id": 3}
    < {"return": "a", "id": 2}
    a: returned "a"
    b: returned "b"`,

  'an error has class and desc': `${ready}
    run a nope
    < {"error": {"class": "CommandNotFound", "desc": "The command nope has not been found"}, "id": 2}
    a: failed CommandNotFound The command nope has not been found`,

  'an error without id belongs to the only candidate': `${ready}
    run a one
    < {"error": {"class": "GenericError", "desc": "JSON parse error, x"}}
    a: failed GenericError JSON parse error, x`,

  'an error without id among several belongs to none': `${ready}
    run a one
    run b two
    < {"error": {"class": "GenericError", "desc": "JSON parse error, x"}}
    problem server-parse-error
    a: pending
    b: pending`,

  'an error without id and without candidate is reported': `${ready}
    < {"error": {"class": "GenericError", "desc": "JSON parse error, x"}}
    problem server-parse-error`,

  'an unknown id is dropped and logged': `${ready}
    run a one
    < {"return": {}, "id": 99}
    problem unknown-id
    < {"return": {}, "id": "2"}
    problem unknown-id
    a: pending
    < {"return": {}, "id": 2}
    a: returned {}`,

  'eight in flight, the ninth waits': `${ready}
    > {"execute":"c1","id":2}`.replace(
    '> {"execute":"c1","id":2}',
    `${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `run k${n} c${n}`).join('\n')}
     ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `> {"execute":"c${n}","id":${n + 1}}`).join('\n')}
     >none
     queue 10
     < {"return": 3, "id": 4}
     > {"execute":"c9","id":10}
     >none
     k3: returned 3
     k10: pending`,
  ),

  'out-of-band passes the queue': `${ready}
    ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `run k${n} c`).join('\n')}
    ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `> {"execute":"c","id":${n + 1}}`).join('\n')}
    run o x-oob-test oob
    > {"exec-oob":"x-oob-test","id":11}
    < {"return": {}, "id": 11}
    o: returned {}
    k1: pending`,

  'a queued command can be taken back, a sent one cannot': `${ready}
    ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `run k${n} c`).join('\n')}
    cancel k9
    k9: not-sent cancelled
    nocancel k1
    queue 8
    < {"return": {}, "id": 2}
    k1: returned {}
    queue 7`,

  'a deadline that passes in the queue means that it was not sent': `${ready}
    ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `run k${n} c`).join('\n')}
    run k9 c ms=100
    @101
    k9: not-sent deadline`,

  'a deadline that passes after sending, and the late reply': `${ready}
    run a slow ms=1000
    @999
    a: pending
    @1
    a: timed-out
    queue 1
    < {"return": "late", "id": 2}
    a: timed-out
    queue 0`,

  'a command that timed out keeps its place in flight': `${ready}
    ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `run k${n} c ms=10`).join('\n')}
    ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `> {"execute":"c","id":${n + 1}}`).join('\n')}
    @11
    run k9 d
    >none
    < {"return": {}, "id": 2}
    > {"execute":"d","id":10}`,

  'a lost connection leaves what was sent unknown and what was queued not sent': `${ready}
    ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `run k${n} c`).join('\n')}
    close
    k1: unknown connection-lost
    k8: unknown connection-lost
    k9: not-sent connection-lost
    run late c
    late: not-sent not-connected`,

  'occupied after three seconds, and ready without being asked when the monitor is free': `
    open
    = greeting
    @2999
    =none
    @1
    = occupied
    < ${greetingOob}
    = negotiating
    > {"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":1}
    < {"return": {}, "id": 1}
    = ready`,

  'a blocked queue is said after two seconds, and taken back': `${ready}
    run a slow
    @1999
    blocked none
    @1
    blocked slow
    < {"return": {}, "id": 2}
    blocked none
    run b next
    @1500
    run c other
    < {"return": {}, "id": 3}
    @1000
    blocked none
    @1500
    blocked other`,

  'out-of-band commands do not block': `${ready}
    run a slow oob
    @5000
    blocked none`,

  'a VNC server': `
    open
    = greeting
    < RFB 003.008
    @500
    = ended
    =none`,

  'JSON that is no greeting': `
    open
    < {"return": {}}
    problem unrecognised
    @499
    = greeting
    =none
    @1
    = ended`,

  'replies to an earlier client are skipped': `
    open
    < {"return": {}}
    @100
    < ${greetingOob}
    = greeting
    = negotiating
    @1000
    =none`,

  'a reply that cannot be read settles the one command that waits': `${ready}
    run a one
    < {"return": {"x": inf}, "id": 2}
    problem garbage
    a: unknown reply-unreadable`,

  'a reply that cannot be read settles nobody among several': `${ready}
    run a one
    run b two
    < {"return": {"x": inf}, "id": 2}
    problem garbage
    a: pending
    < {"return": 1, "id": 3}
    b: returned 1`,

  'a raw line with an id of its own': `${ready}
    line a {"execute": "query-status", "id": {"b": 1.0, "a": 2}}
    > {"execute": "query-status", "id": {"b": 1.0, "a": 2}}
    < {"return": {}, "id": {"a": 2, "b": 1}}
    a: returned {}`,

  'a raw line without id': `${ready}
    line a {"execute": "query-status"}
    > {"execute": "query-status"}
    < {"return": 5}
    a: returned 5`,

  'a malformed line never takes the error of a later command': `${ready}
    line a {"execute": nonsense
    > {"execute": nonsense
    run b query-status
    > {"execute":"query-status","id":3}
    < {"error": {"class": "GenericError", "desc": "JSON parse error, invalid keyword"}}
    problem server-parse-error
    b: pending
    < {"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}}
    problem server-parse-error
    < {"return": {}, "id": 3}
    b: returned {}
    run c one
    < {"error": {"class": "GenericError", "desc": "x"}}
    c: failed GenericError x`,

  'COMMAND_DROPPED (2.12) means that it did not run': `${ready}
    run a one
    < {"event": "COMMAND_DROPPED", "data": {"id": 2, "reason": "queue-full"}, "timestamp": {"seconds": 1, "microseconds": 2}}
    a: not-sent dropped-by-server
    queue 0`,

  'a second greeting is reported': `${ready}
    < ${greetingOob}
    problem unrecognised
    =none`,
}

describe('a session, step by step', () => {
  test.each(Object.entries(tables))('%s', async (_name, table) => {
    await bench().play(table)
  })

  test('a command that was dropped has a row that ends it', async () => {
    const server = bench()
    await server.play(tables['COMMAND_DROPPED (2.12) means that it did not run'] ?? '')
    const rows = server.rows.map(({ body }) => body).filter((row) => 'name' in row && row.name === 'one')
    expect(rows.map((row) => row.kind)).toEqual(['command', 'outcome'])
    expect(rows.at(-1)).toMatchObject({ outcome: 'dropped' })
  })

  test('a not-QMP server is named by its first words', async () => {
    const server = bench()
    server.session.opened()
    server.receive('RFB 003.008\n')
    server.clock.advance(600)
    expect(server.states.at(-1)).toMatchObject({
      kind: 'ended',
      reason: {
        kind: 'not-qmp',
        excerpt: expect.stringContaining('RFB 003.008') as string,
        hint: expect.stringContaining('VNC') as string,
      },
    })
    await server.play('>none')
  })

  test('a greeting is kept whole', async () => {
    const server = bench()
    await server.play(ready)
    expect(server.states.at(-1)).toEqual({
      kind: 'ready',
      oob: true,
      greeting: { version: { major: 7, minor: 2, micro: 22, package: 'Debian' }, capabilities: ['oob'] },
    })
  })

  test('a message above the limit ends the one command that waits and names the limit', async () => {
    const server = bench({ limitBytes: 1000 })
    await server.play(`${ready}
      run a big`)
    server.receive(`{"return": "${'x'.repeat(2000)}", "id": 2}\r\n`)
    await server.play(`
      problem too-large
      a: unknown reply-unreadable
      run b small
      < {"return": 1, "id": 3}
      b: returned 1`)
    const problem = server.rows.find(({ body }) => body.kind === 'problem')
    expect(problem?.body).toMatchObject({ problem: { kind: 'too-large', limitBytes: 1000 } })
  })

  test('a large reply goes on as its text', async () => {
    const server = bench()
    await server.play(`${ready}
      run a query-it
      line b {"execute": "query-it", "id": "b"}
      run c query-it`)
    const padding = ' '.repeat(262_144)
    server.receive(`{"return": {"a": 1, ${padding} "b": 2}, "id": 2}\n`)
    server.receive(`{"return": {"a": 1, ${padding} "b": 2}, "id": "b"}\n`)
    server.receive(`{"return": {"a": 1}, ${padding.slice(1000)} "id": 4}\n`)
    await server.play(`
      a: returned as text {"return": {"a": 1,
      b: returned as text {"return": {"a": 1,
      c: returned {"a":1}`)
  })

  test('events go to the record with data and timestamp, nothing else changes', async () => {
    const server = bench()
    await server.play(`${ready}
      < {"timestamp": {"seconds": -1, "microseconds": -1}, "event": "STOP"}
      < {"timestamp": {"seconds": 7, "microseconds": 8}, "event": "X_NEW", "data": {"__proto__": 1, "n": 18446744073709551615}}`)
    const events = server.rows.flatMap(({ body }) =>
      body.kind === 'event' && body.name !== 'QMP' ? [body] : [],
    )
    expect(events.map((event) => [event.name, event.timestamp])).toEqual([
      ['STOP', { seconds: -1, microseconds: -1 }],
      ['X_NEW', { seconds: 7, microseconds: 8 }],
    ])
    expect(Object.keys(events[1]?.data ?? {})).toEqual(['__proto__', 'n'])
    expect(events[1]?.data?.n).toBe(18446744073709551615n)
  })

  test('late replies are recorded as late', async () => {
    const server = bench()
    await server.play(`${ready}
      run a slow ms=10
      @11
      < {"return": {}, "id": 2}`)
    expect(server.rows.at(-1)?.body).toMatchObject({ kind: 'return', name: 'slow', late: true })
  })
})

describe('whatever the server does', () => {
  test('every command has exactly one outcome, at most eight are in flight, nothing is sent twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            {
              weight: 4,
              arbitrary: fc.record({
                do: fc.constant('run' as const),
                oob: fc.boolean(),
                ms: fc.integer({ min: 1, max: 500 }),
              }),
            },
            {
              weight: 4,
              arbitrary: fc.record({
                do: fc.constant('answer' as const),
                pick: fc.nat(20),
                error: fc.boolean(),
              }),
            },
            {
              weight: 1,
              arbitrary: fc.record({
                do: fc.constant('wait' as const),
                ms: fc.integer({ min: 1, max: 300 }),
              }),
            },
            {
              weight: 1,
              arbitrary: fc.record({
                do: fc.constant('noise' as const),
                text: fc.constantFrom(
                  'inf\r\n',
                  '{"error":{"class":"G","desc":"d"}}\r\n',
                  '{"return":1,"id":7777}\r\n',
                  '{"event":"E"}\r\n',
                ),
              }),
            },
            { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(20) }) },
          ),
          { maxLength: 80 },
        ),
        async (steps) => {
          const server = bench()
          await server.play(ready)
          const outcomes: number[] = []
          const owed = new Set<number>()
          let seen = server.sent.length
          let started = 0
          const collect = (): void => {
            for (; seen < server.sent.length; seen += 1) {
              const message = JSON.parse(server.sent[seen] ?? '') as { id: number; execute?: string }
              expect(owed.has(message.id)).toBe(false)
              owed.add(message.id)
            }
          }
          for (const step of steps) {
            if (step.do === 'run') {
              const index = started
              started += 1
              outcomes[index] = 0
              void server.session
                .execute({
                  name: step.oob ? 'o' : 'i',
                  arguments: undefined,
                  oob: step.oob,
                  deadlineMs: step.ms,
                  ticket: (index + 1) as never,
                  origin: 'person',
                })
                .then(() => {
                  outcomes[index] = (outcomes[index] ?? 0) + 1
                })
            } else if (step.do === 'answer') {
              const id = [...owed][step.pick % Math.max(1, owed.size)]
              if (id !== undefined) {
                owed.delete(id)
                server.receive(
                  step.error
                    ? `{"error":{"class":"G","desc":"d"},"id":${id}}\r\n`
                    : `{"return":{},"id":${id}}\r\n`,
                )
              }
            } else if (step.do === 'wait') server.clock.advance(step.ms)
            else if (step.do === 'noise') server.receive(step.text)
            else server.session.cancel((step.pick + 1) as never)
            collect()
            const pending = server.session.queue().pending
            expect(pending.filter((each) => !each.oob && each.state !== 'queued').length).toBeLessThanOrEqual(
              8,
            )
          }
          server.session.closed()
          await Promise.resolve()
          expect(outcomes.every((count) => count === 1)).toBe(true)
          const ids = server.sent.map((line) => (JSON.parse(line) as { id: number }).id)
          expect(new Set(ids).size).toBe(ids.length)
          expect(server.session.queue().pending).toEqual([])
        },
      ),
      { numRuns: runs(300) },
    )
  })
})
