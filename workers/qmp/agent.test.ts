import { describe, expect, test } from 'vitest'
import { createAgentSession, readGuestInfo } from './agent.ts'
import type { AgentOptions } from './agent.ts'
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

  test('after a timeout it synchronises anew; the late reply is recorded and given to nobody else', async () => {
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

  test('garbage makes the waiting command unknown, and synchronises anew', async () => {
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
