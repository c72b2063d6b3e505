/** Servers that take one command at a time, and servers that offer out-of-band execution and do not give it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import { runs } from '#base/testing/runs.ts'
import { isLibvirtProxy, mannersOf, plainManners } from './manners.ts'
import type { Manners } from './manners.ts'
import { createSession } from './session.ts'
import type { SessionOptions } from './ports.ts'
import type { ExecId, Outcome } from './report.ts'
import { Bench, FakeClock, greetingOob, greetingProxy } from './testing/fake-server.ts'

function bench(options: SessionOptions = {}): Bench {
  return new Bench((ports, sink) => createSession(ports, sink, options))
}

const proxy = `
  open
  < ${greetingProxy}
  > {"execute":"qmp_capabilities","id":1}
  < {"return": {}, "id": 1}
  = greeting
  = negotiating
  = ready
  manners greeting greeting`

const plain = `
  open
  < ${greetingOob}
  > {"execute":"qmp_capabilities","arguments":{"enable":["oob"]},"id":1}
  < {"return": {}, "id": 1}
  = greeting
  = negotiating
  = ready
  manners - -`

const tables: Readonly<Record<string, string>> = {
  'libvirt’s proxy gets one command at a time': `${proxy}
    run a query-name
    run b query-uuid
    run c query-status
    > {"execute":"query-name","id":2}
    >none
    queue 3
    < {"return": {}, "id": 2}
    > {"execute":"query-uuid","id":3}
    >none
    < {"error": {"class": "CommandNotFound", "desc": "no"}, "id": 3}
    > {"execute":"query-status","id":4}
    < {"return": {}, "id": 4}
    a: returned {}
    b: failed CommandNotFound no
    c: returned {}
    queue 0`,

  'nothing goes to it out-of-band, nor what is no command': `${proxy}
    run a migrate-pause oob
    a: not-sent oob-not-negotiated
    line b {"exec-oob":"migrate-pause","id":"x"}
    b: not-sent oob-not-negotiated
    line c {"execute":
    c: not-sent no-command
    >none
    line d {"execute":"query-name","id":"x"}
    > {"execute":"query-name","id":"x"}
    < {"return": {}, "id": "x"}
    d: returned {}`,

  'a command of it that is not answered in time keeps the others waiting, and the connection': `${proxy}
    run a human-monitor-command ms=1000
    run b query-name
    > {"execute":"human-monitor-command","id":2}
    @1000
    a: timed-out
    >none
    @1100
    blocked human-monitor-command
    < {"return": "", "id": 2}
    > {"execute":"query-name","id":3}
    < {"return": {}, "id": 3}
    b: returned {}`,

  'commands that were sent together and are all unanswered end the connection': `${plain}
    run a query-name ms=10000
    run b query-uuid ms=10000
    > {"execute":"query-name","id":2}
    > {"execute":"query-uuid","id":3}
    @9999
    manners - -
    @1
    a: timed-out
    b: timed-out
    broken
    manners silence silence`,

  'a slow command, and one that waits for it, prove nothing yet': `${plain}
    run a human-monitor-command ms=1000
    run b query-name
    @1000
    a: timed-out
    manners - -
    < {"return": "", "id": 2}
    < {"return": {}, "id": 3}
    b: returned {}`,

  'one command alone that is not answered proves nothing': `${plain}
    run a query-name ms=1000
    > {"execute":"query-name","id":2}
    @1000
    a: timed-out
    manners - -`,

  'a server that has answered commands that were sent together is slow, and no more': `${plain}
    run a query-name
    run b query-name
    run c query-name
    run d query-name
    < {"return": {}, "id": 2}
    < {"return": {}, "id": 3}
    < {"return": {}, "id": 4}
    < {"return": {}, "id": 5}
    run e query-name ms=10000
    run f query-name ms=10000
    @10000
    e: timed-out
    f: timed-out
    manners - -`,

  'out-of-band execution that is refused is not tried again': `${plain}
    run a migrate-pause oob
    < {"error": {"class": "GenericError", "desc": "QMP input member 'exec-oob' is unexpected"}, "id": 2}
    a: failed GenericError QMP input member 'exec-oob' is unexpected
    manners - refused
    run b migrate-pause oob
    b: not-sent oob-not-negotiated`,

  'an error of an out-of-band command itself changes nothing': `${plain}
    run a migrate-pause oob
    < {"error": {"class": "GenericError", "desc": "migrate-pause is only supported during postcopy"}, "id": 2}
    manners - -
    run b migrate-pause oob
    b: pending`,

  'out-of-band execution that is never answered, while other commands are, is not used any more': `${plain}
    run a migrate-pause oob ms=1000
    run b query-name
    < {"return": {}, "id": 3}
    @1000
    a: timed-out
    manners - silence`,

  'of a server that answers nothing, nothing is concluded about out-of-band execution': `${plain}
    run b query-name
    run a migrate-pause oob ms=1000
    @1000
    a: timed-out
    manners - -`,
}

test.each(Object.entries(tables))('%s', async (_, table) => {
  await bench().play(table)
})

test('what a connection before found out holds for the next one', async () => {
  await bench({ manners: { oneAtATime: 'silence', noOob: 'silence' } }).play(`
    open
    < ${greetingOob}
    > {"execute":"qmp_capabilities","id":1}
    < {"return": {}, "id": 1}
    manners silence silence
    run a query-name
    run b query-name
    > {"execute":"query-name","id":2}
    >none`)
  await bench({ manners: { oneAtATime: undefined, noOob: 'refused' } }).play(`
    open
    < ${greetingOob}
    > {"execute":"qmp_capabilities","id":1}
    < {"return": {}, "id": 1}
    manners - refused
    run a query-name
    run b query-name
    > {"execute":"query-name","id":2}
    > {"execute":"query-name","id":3}`)
})

describe('by the greeting', () => {
  test.each([
    ['qemu-7.2.22', true],
    ['', false],
    ['Debian 1:7.2+dfsg-7+deb12u18+b3', false],
    ['qemu-kvm-7.2.22-14.el9_2', false],
    ['qemu-7.2.0', false],
    ['v7.2.22', false],
  ])('package %j', (name, expected) => {
    const greeting = { version: { major: 7, minor: 2, micro: 22, package: name }, capabilities: ['oob'] }
    expect(isLibvirtProxy(greeting)).toBe(expected)
    expect(mannersOf(greeting, plainManners).oneAtATime).toBe(expected ? 'greeting' : undefined)
    expect(mannersOf({ ...greeting, capabilities: [] }, plainManners).noOob).toBeUndefined()
  })
})

/**
 * A server as libvirt's proxy is: it adds what one read brings to what it has, and answers only where that is one whole
 * message. `reads` cuts what it is sent into its reads, by numbers of bytes.
 */
class OneAtATime {
  #buffer = ''
  #unread = ''
  answered = 0
  readonly #reads: readonly number[]
  #read = 0
  readonly #say: (text: string) => void

  constructor(reads: readonly number[], say: (text: string) => void) {
    this.#reads = reads
    this.#say = say
  }

  send(text: string): void {
    this.#unread += text
  }

  /** One turn of its loop. False: it waits for bytes. */
  turn(): boolean {
    if (this.#unread === '') return false
    const most = this.#reads[this.#read % this.#reads.length] ?? 1024
    this.#read += 1
    this.#buffer += this.#unread.slice(0, most)
    this.#unread = this.#unread.slice(most)
    const command = parseJson(this.#buffer.trim())
    if (!command.ok || !isJsonObject(command.value)) return true
    this.#buffer = ''
    this.answered += 1
    this.#say(`{"return": {}, "id": ${JSON.stringify(command.value.id)}}\r\n`)
    return true
  }
}

/** Run commands at a server that takes one at a time, over as many connections as the session wants. */
async function runAtOneAtATime(
  greeting: string,
  bursts: readonly number[],
  reads: readonly number[],
): Promise<readonly Outcome['kind'][]> {
  const clock = new FakeClock()
  let manners: Manners = plainManners
  let exec = 0
  const kinds: Outcome['kind'][] = []
  const waiting = [...bursts]
  for (let connections = 0; connections < 3 && waiting.length > 0; connections += 1) {
    let broken = 0
    const isBroken = (): boolean => broken > 0
    const server = new OneAtATime(reads, (text) => session.receive(new TextEncoder().encode(text)))
    const session = createSession(
      {
        ...{ now: clock.now, after: clock.after, random: () => 0.5, sendBytes: () => undefined },
        send: (text) => server.send(text),
        nextExec: () => (exec += 1) as ExecId,
      },
      {
        ...{ move: () => undefined, record: () => undefined, queueChanged: () => undefined },
        manners: (next) => (manners = next),
        broken: () => (broken += 1),
      },
      { manners },
    )
    const settle = (): void => {
      // Turns first, then time: a server is quicker than any deadline.
      while (server.turn());
    }
    session.opened()
    session.receive(new TextEncoder().encode(`${greeting}\r\n`))
    settle()
    await Promise.resolve()
    while (waiting.length > 0 && !isBroken()) {
      const commands = waiting.shift() ?? 0
      const request = { name: 'query-name', arguments: undefined, oob: false, deadlineMs: 10_000 }
      const asked = Array.from({ length: commands }, () =>
        session.execute({ ...request, ticket: undefined, origin: 'person' }),
      )
      settle()
      clock.advance(10_000)
      settle()
      if (isBroken()) session.closed()
      for (const outcome of await Promise.all(asked)) kinds.push(outcome.kind)
    }
    session.closed()
  }
  expect(waiting).toEqual([])
  return kinds
}

test('every command at libvirt’s proxy is answered, whatever comes together and however it reads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 1024 }), { minLength: 1, maxLength: 10 }),
      async (bursts, reads) => {
        const kinds = await runAtOneAtATime(greetingProxy, bursts, reads)
        expect(kinds).toHaveLength(bursts.reduce((sum, each) => sum + each, 0))
        expect(new Set(kinds)).toEqual(new Set(['returned']))
      },
    ),
    { numRuns: runs(500) },
  )
})

test('an unknown server that takes one at a time costs one burst, and answers all after that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 2, max: 20 }), { minLength: 2, maxLength: 6 }),
      async (bursts) => {
        const kinds = await runAtOneAtATime(greetingOob, bursts, [100_000])
        const [first = 0] = bursts
        expect(kinds.slice(0, first)).not.toContain('returned')
        expect(new Set(kinds.slice(first))).toEqual(new Set(['returned']))
      },
    ),
    { numRuns: runs(300) },
  )
})
