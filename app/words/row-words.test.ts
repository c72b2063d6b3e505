import { describe, expect, it } from 'vitest'
import type { ConnectionState } from '#qmp/connection.ts'
import type { WireProblem } from '#qmp/report.ts'
import { describeProblem, describeState } from './row-words.ts'

describe('states in words', () => {
  it.each<[ConnectionState, RegExp]>([
    [{ kind: 'connecting', attempt: 1 }, /^connecting$/],
    [{ kind: 'connecting', attempt: 3 }, /attempt 3/],
    [{ kind: 'occupied', afterMs: 3000 }, /within 3 s: another client/],
    [{ kind: 'ready', greeting: undefined, oob: true }, /out-of-band/],
    [
      {
        kind: 'lost',
        reason: { kind: 'closed', code: 1000, reason: 'Target closed', beforeGreeting: false },
        retryInMs: 400,
        attempt: 1,
      },
      /code 1000, Target closed.*0\.4 s/,
    ],
    [
      {
        kind: 'lost',
        reason: { kind: 'not-opened', url: 'ws://x', detail: 'unknown-token' },
        retryInMs: 400,
        attempt: 1,
      },
      /no such machine/,
    ],
    [
      { kind: 'ended', reason: { kind: 'not-qmp', excerpt: 'RFB', hint: 'This is a VNC server.' } },
      /VNC server/,
    ],
  ])('case %#', (state, expected) => {
    expect(describeState(state)).toMatch(expected)
  })
})

describe('problems in words, with evidence', () => {
  it.each<[WireProblem, RegExp]>([
    [
      { kind: 'garbage', excerpt: '␛[0m', offset: 12, bytes: 4, why: 'no JSON object' },
      /no JSON object: 4 B at offset 12: ␛\[0m/,
    ],
    [{ kind: 'too-large', limitBytes: 64, offset: 1, excerpt: '{"a' }, /limit of 64 bytes/],
    [
      { kind: 'server-parse-error', error: { class: 'GenericError', desc: 'JSON parse error' }, repeated: 3 },
      /^JSON parse error \(3 in a row\)$/,
    ],
    [{ kind: 'unknown-id', id: '"x"' }, /an unexpected reply, id "x"/],
  ])('case %#', (problem, expected) => {
    expect(describeProblem(problem)).toMatch(expected)
  })
})
