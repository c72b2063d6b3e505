import { describe, expect, test } from 'vitest'
import { createAgentSession } from './agent.ts'
import type { AgentOptions } from './agent.ts'
import { readGuestInfo } from './guest-info.ts'
import { Bench } from './testing/fake-server.ts'

function bench(options: AgentOptions = {}): Bench {
  return new Bench((ports, sink) => createAgentSession(ports, sink, options))
}

/** The id of the last handshake that was sent. */
function syncId(agent: Bench): number {
  const line = agent.sent.findLast((each) => each.includes('guest-sync-delimited')) ?? ''
  return (JSON.parse(line) as { arguments: { id: number } }).arguments.id
}

function answerSync(agent: Bench): void {
  const id = syncId(agent)
  agent.session.receive(Uint8Array.of(0xff))
  agent.receive(`{"return": ${id}, "id": ${id}}\n`)
}

const info = `{"return": {"version": "7.2", "supported_commands": [
  {"name": "guest-ping", "enabled": true, "success-response": true},
  {"name": "guest-shutdown", "enabled": true, "success-response": false}]}, "id": 1}`.replaceAll('\n', '')

async function ready(options: AgentOptions = {}): Promise<Bench> {
  const agent = bench(options)
  agent.session.opened()
  answerSync(agent)
  agent.receive(`${info}\n`)
  await Promise.resolve()
  return agent
}

describe('the handshake', () => {
  test('0xFF, guest-sync-delimited, guest-info, ready', async () => {
    const agent = bench()
    await agent.play(`
      open
      = synchronising
      > bytes 255`)
    expect(agent.sent[1]).toMatch(
      /^\{"execute":"guest-sync-delimited","arguments":\{"id":\d+\},"id":\d+\}\n$/,
    )
    answerSync(agent)
    expect(agent.sent.at(-1)).toBe('{"execute":"guest-info","id":1}\n')
    agent.receive(`${info}\n`)
    await agent.play(`
      = ready
      =none`)
  })

  test('a QMP monitor in the place of an agent is said to be one', () => {
    const agent = bench()
    agent.session.opened()
    const greeting =
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}'
    agent.receive(`${greeting}\r\n`)
    expect(agent.states.at(-1)).toEqual({ kind: 'ended', reason: { kind: 'no-agent' } })
  })

  test('what an earlier client left is thrown away, half a message and an error for the stray byte too', async () => {
    const agent = bench()
    agent.session.opened()
    agent.receive('{"return": {"half')
    agent.session.receive(Uint8Array.of(0xff))
    agent.receive(
      '{"error": {"class": "GenericError", "desc": "JSON parse error, invalid"}}\n{"return": 12345}\n',
    )
    expect(agent.states.at(-1)?.kind).toBe('synchronising')
    answerSync(agent)
    agent.receive(`${info}\n`)
    await agent.play(`
      = synchronising
      = ready`)
  })

  test('silence is said, the handshake repeated with a fresh id and ever longer pauses', async () => {
    const agent = bench()
    await agent.play(`
      open
      = synchronising
      @2999
      =none
      @1
      = silent`)
    const first = syncId(agent)
    agent.clock.advance(6000)
    expect(agent.sent.filter((line) => line.includes('guest-sync-delimited'))).toHaveLength(3)
    expect(syncId(agent)).not.toBe(first)
    agent.clock.advance(600_000)
    expect(agent.sent.filter((line) => line.includes('guest-sync-delimited')).length).toBeLessThan(30)
    answerSync(agent)
    agent.receive(`${info}\n`.replace('"id": 1', '"id": 1'))
    await agent.play('= ready')
  })
})

describe('commands', () => {
  test('one at a time, in order, by id and without', async () => {
    const agent = await ready()
    await agent.play(`
      = synchronising
      = ready
      run a guest-ping
      run b guest-get-time`)
    expect(agent.sent.at(-1)).toBe('{"execute":"guest-ping","id":2}\n')
    await agent.play(`
      < {"return": {}}
      a: returned {}`)
    expect(agent.sent.at(-1)).toBe('{"execute":"guest-get-time","id":3}\n')
    await agent.play(`
      < {"error": {"class": "CommandNotFound", "desc": "x"}, "id": 3}
      b: failed CommandNotFound x
      queue 0`)
  })

  test('a command without success reply ends as sent, or as failed', async () => {
    const agent = await ready()
    await agent.play(`
      run a guest-shutdown
      a: pending
      @1999
      a: pending
      @1
      a: sent
      run b guest-shutdown
      < {"error": {"class": "GenericError", "desc": "disabled"}, "id": 3}
      b: failed GenericError disabled`)
  })

  test('after a timeout it synchronises again; the late reply is recorded and given to nobody else', async () => {
    const agent = await ready()
    await agent.play(`
      = synchronising
      = ready
      run a guest-slow ms=1000
      @1000
      a: timed-out
      = synchronising
      run b guest-ping
      < {"return": "late", "id": 2}
      b: pending`)
    expect(agent.rows.at(-1)?.body).toMatchObject({ kind: 'return', name: 'guest-slow', late: true })
    answerSync(agent)
    // guest-info again: another agent may answer now.
    agent.receive('{"return": {"supported_commands": []}, "id": 4}\n')
    await agent.play(`
      = ready
      < {"return": {}, "id": 3}
      b: returned {}`)
  })

  test('garbage makes the waiting command unknown, and synchronises again', async () => {
    const agent = await ready()
    await agent.play(`
      = synchronising
      = ready
      run a guest-ping
      < nonsense
      problem garbage
      a: unknown reply-unreadable
      = synchronising`)
  })

  test('a lost connection', async () => {
    const agent = await ready()
    await agent.play(`
      run a guest-ping
      run b guest-ping
      close
      a: unknown connection-lost
      b: not-sent connection-lost`)
  })

  test('out-of-band does not exist here', async () => {
    const agent = await ready()
    await agent.play(`
      run a guest-ping oob
      a: not-sent oob-not-negotiated`)
  })
})

/**
 * An agent that takes so long for each line, one after the other. `knows`: whether it answers `guest-info`, refuses it,
 * or takes no notice of it.
 */
class SlowAgent {
  readonly bench: Bench
  readonly #delayMs: number
  readonly #knows: 'info' | 'no-info' | 'ignores-info'
  #read = 0
  #free = 0

  constructor(
    delayMs: number,
    knows: 'info' | 'no-info' | 'ignores-info' = 'info',
    options: AgentOptions = {},
  ) {
    this.bench = bench(options)
    this.#delayMs = delayMs
    this.#knows = knows
    this.bench.session.opened()
  }

  /** Let time pass in steps of 100 ms. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.#readLines()
      this.bench.clock.advance(100)
    }
  }

  #readLines(): void {
    const { clock, sent } = this.bench
    for (; this.#read < sent.length; this.#read += 1) {
      const line = sent[this.#read] ?? ''
      if (line.startsWith('bytes')) continue
      this.#free = Math.max(this.#free, clock.now()) + this.#delayMs
      clock.after(this.#free - clock.now(), () => this.#answer(line))
    }
  }

  #answer(line: string): void {
    const command = JSON.parse(line) as { execute: string; arguments?: { id: number }; id: number }
    if (command.execute === 'guest-sync-delimited') {
      this.bench.session.receive(Uint8Array.of(0xff))
      this.bench.receive(`{"return": ${command.arguments?.id}, "id": ${command.id}}\n`)
    } else if (command.execute !== 'guest-info') {
      this.bench.receive(`{"return": {}, "id": ${command.id}}\n`)
    } else if (this.#knows === 'info') {
      this.bench.receive(`${info}\n`.replace('"id": 1', `"id": ${command.id}`))
    } else if (this.#knows === 'no-info') {
      this.bench.receive(
        `{"error": {"class": "CommandNotFound", "desc": "The command guest-info has not been found"}, "id": ${command.id}}\n`,
      )
    }
  }
}

describe('a slow agent', () => {
  test.each([100, 3100, 5000, 10_000])(
    'that takes %i ms for each answer becomes ready and stays so',
    async (ms) => {
      const slow = new SlowAgent(ms)
      slow.pass(600_000)
      const kinds = slow.bench.states.map((state) => state.kind)
      expect(kinds.filter((kind) => kind === 'ready')).toHaveLength(1)
      expect(kinds.at(-1)).toBe('ready')
      expect(slow.bench.sent.filter((line) => line.includes('guest-info'))).toHaveLength(1)
      await slow.bench.play('run a guest-ping')
      slow.pass(ms + 100)
      await slow.bench.play('a: returned {}')
      // It has learnt what needs no answer, late as that came.
      await slow.bench.play('run b guest-shutdown')
      slow.bench.clock.advance(2000)
      await slow.bench.play('b: sent')
      expect(
        slow.bench.rows.filter(({ body }) => body.kind === 'problem' || body.kind === 'outcome'),
      ).toEqual([])
    },
  )

  test.each(['no-info', 'ignores-info'] as const)(
    'is ready once it has answered the handshake (%s)',
    async (knows) => {
      const slow = new SlowAgent(100, knows)
      slow.pass(200)
      await slow.bench.play('= synchronising\n= ready')
      await slow.bench.play('run a guest-ping')
      slow.pass(4000)
      await slow.bench.play('a: returned {}\n=none')
      // What a person sends later is not held up by a question that nobody answers.
      slow.pass(60_000)
      await slow.bench.play('run b guest-ping')
      slow.pass(200)
      await slow.bench.play('b: returned {}\n=none')
      expect(slow.bench.sent.filter((line) => line.includes('guest-info'))).toHaveLength(1)
    },
  )

  test('whose reply to guest-info cannot be read is not asked forever', async () => {
    const agent = bench()
    agent.session.opened()
    for (let round = 0; round < 5; round += 1) {
      answerSync(agent)
      agent.receive('nonsense\n')
    }
    answerSync(agent)
    expect(agent.sent.filter((line) => line.includes('guest-info'))).toHaveLength(1)
    expect(agent.states.at(-1)?.kind).toBe('ready')
    await agent.play('run a guest-ping')
    agent.receive('{"return": {}}\n')
    await agent.play('a: returned {}')
  })

  test('that falls silent after its handshake is said to be', async () => {
    const agent = bench()
    agent.session.opened()
    answerSync(agent)
    await agent.play(`
      = synchronising
      = ready
      run a guest-ping
      @3000
      =none
      @3000
      = synchronising
      = silent
      a: not-sent not-connected`)
  })

  test('whose answer to an earlier handshake comes late is not synchronised by it', async () => {
    const agent = bench()
    agent.session.opened()
    const first = syncId(agent)
    agent.clock.advance(3000)
    const second = syncId(agent)
    agent.session.receive(Uint8Array.of(0xff))
    agent.receive(`{"return": ${first}}\n`)
    agent.receive(`${info}\n`)
    await agent.play(`
      run a guest-slow ms=1000
      @1000
      a: timed-out
      run b guest-ping`)
    // The second handshake was asked before guest-slow: its reply may still be on its way.
    agent.session.receive(Uint8Array.of(0xff))
    agent.receive(`{"return": ${second}}\n{"return": "late"}\n`)
    await agent.play('b: pending')
    expect(agent.rows.at(-1)).toMatchObject({
      body: { name: 'guest-slow', late: true },
      text: '{"return": "late"}',
    })
    answerSync(agent)
    agent.receive(`${info}\n`.replace('"id": 1', '"id": 4'))
    agent.receive('{"return": {}}\n')
    await agent.play('b: returned {}')
  })
})

test('a line has the name of its command, whatever is in its arguments', async () => {
  const agent = await ready()
  await agent.play(`line a {"arguments": {"execute": "guest-x"}, "exec\\u0075te": "guest-exec"}`)
  expect(agent.rows.at(-1)?.body).toMatchObject({ kind: 'command', name: 'guest-exec' })
})

test('guest-info as a list of commands', () => {
  expect(
    readGuestInfo({
      version: '7.2',
      supported_commands: [
        { name: 'a', enabled: true, 'success-response': false },
        { name: 'b', enabled: false, 'success-response': true },
        { name: 'old', enabled: true },
        { nameless: true },
        7,
      ],
    }),
  ).toEqual([
    { name: 'a', enabled: true, successResponse: false },
    { name: 'b', enabled: false, successResponse: true },
    { name: 'old', enabled: true, successResponse: true },
  ])
  expect(readGuestInfo([])).toEqual([])
  expect(readGuestInfo({ supported_commands: {} })).toEqual([])
})
