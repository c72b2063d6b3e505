/**
 * A clock and a wire for session tests, and the notation of their tables. One line a step:
 *
 *     < JSON        the server sends this, with CRLF
 *     <raw TEXT     the server sends these bytes, with no line end
 *     > JSON        the client must have sent exactly this next
 *     >none         the client must have sent nothing more
 *     run KEY NAME [JSON] [oob] [ms=N]   somebody runs a command; KEY names it in later steps
 *     line KEY TEXT  somebody sends a line as it is
 *     cancel KEY    and takes it back
 *     @N            N milliseconds pass
 *     = STATE       a move that must have happened next (the kinds, in order)
 *     =none         no move more
 *     KEY: TEXT     the outcome of KEY: `returned JSON`, `failed CLASS DESC`, `timed-out`, `unknown WHY`, `not-sent WHY`, `pending`
 *     problem KIND  a problem of this kind must have been reported next
 *     blocked NAME | blocked none
 *     queue N       N commands wait (sent or queued)
 *     close         the connection is lost
 *     manners ONE OOB  why it is sent one command at a time, and why nothing out-of-band, as it was told last (- for none)
 *     broken        the session has given the connection up
 */
import { expect } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { mayMove } from '../connection.ts'
import type { ConnectionState } from '../connection.ts'
import type { Manners } from '../manners.ts'
import type { ExecId, Outcome, RawOutcome, RowBody, Ticket } from '../report.ts'
import type { Session, SessionPorts, SessionSink } from '../ports.ts'

/** A clock that stands still until it is told to go on. */
export class FakeClock {
  #now = 1_000_000
  #timers: { at: number; then: () => void }[] = []

  now = (): number => this.#now

  after = (ms: number, then: () => void): (() => void) => {
    const timer = { at: this.#now + ms, then }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.at)
      next.then()
    }
    this.#now = end
  }
}

/** A session on a fake wire, driven step by step. */
export class Bench {
  readonly clock = new FakeClock()
  readonly sent: string[] = []
  readonly states: ConnectionState[] = []
  readonly rows: { body: RowBody; text: string | undefined }[] = []
  readonly session: Session
  readonly #outcomes = new Map<string, Outcome | RawOutcome | undefined>()
  readonly #tickets = new Map<string, Ticket>()
  #seenStates = 0
  #seenSent = 0
  #seenProblems = 0
  #exec = 0
  #manners: Manners | undefined
  #broken = 0

  constructor(make: (ports: SessionPorts, sink: SessionSink) => Session) {
    let current: ConnectionState['kind'] = 'connecting'
    this.session = make(
      {
        send: (text) => this.sent.push(text),
        sendBytes: (bytes) => this.sent.push(`bytes ${[...bytes].join(' ')}`),
        now: this.clock.now,
        after: this.clock.after,
        nextExec: () => {
          this.#exec += 1
          return this.#exec as ExecId
        },
        // Numbers that look like none and are the same in each run.
        random: () => ((this.clock.now() + this.sent.length * 7919) % 1009) / 1009,
      },
      {
        move: (state) => {
          expect(mayMove(current, state.kind), `${current} -> ${state.kind}`).toBe(true)
          current = state.kind
          this.states.push(state)
        },
        record: (body, text) => this.rows.push({ body, text }),
        queueChanged: () => undefined,
        manners: (manners) => (this.#manners = manners),
        broken: () => (this.#broken += 1),
      },
    )
  }

  /** Run a table of steps; a failure names the step. */
  async play(table: string): Promise<void> {
    const steps = table
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
    for (const step of steps) await this.#step(step)
  }

  receive(text: string): void {
    this.session.receive(new TextEncoder().encode(text))
  }

  async #step(step: string): Promise<void> {
    const [word = '', ...others] = step.split(' ')
    const rest = others.join(' ')
    if (word === '<') this.receive(`${rest}\r\n`)
    else if (word === '<raw') this.receive(rest)
    else if (word === '>') this.#expectSent(rest, step)
    else if (word === '>none') expect(this.sent.slice(this.#seenSent), step).toEqual([])
    else if (word === 'run') this.#run(others)
    else if (word === 'line') this.#line(others)
    else if (word === 'cancel')
      expect(this.session.cancel(this.#tickets.get(rest) ?? (0 as Ticket)), step).toBe(true)
    else if (word === 'nocancel')
      expect(this.session.cancel(this.#tickets.get(rest) ?? (0 as Ticket)), step).toBe(false)
    else if (word.startsWith('@')) this.clock.advance(Number(word.slice(1)))
    else if (word === '=') {
      expect(this.states[this.#seenStates]?.kind, step).toBe(rest)
      this.#seenStates += 1
    } else if (word === '=none') {
      expect(this.states.slice(this.#seenStates).map((state) => state.kind)).toEqual([])
    } else if (word === 'problem') {
      const problems = this.rows.flatMap(({ body }) => (body.kind === 'problem' ? [body.problem.kind] : []))
      expect(problems[this.#seenProblems], step).toBe(rest)
      this.#seenProblems += 1
    } else if (word === 'blocked') expect(this.session.queue().blockedBy?.name ?? 'none', step).toBe(rest)
    else if (word === 'manners')
      expect(`${this.#manners?.oneAtATime ?? '-'} ${this.#manners?.noOob ?? '-'}`, step).toBe(rest)
    else if (word === 'broken') expect(this.#broken, step).toBe(1)
    else if (word === 'queue') expect(this.session.queue().pending.length, step).toBe(Number(rest))
    else if (word === 'open') this.session.opened()
    else if (word === 'close') this.session.closed()
    else if (word.endsWith(':')) {
      await Promise.resolve()
      expect(this.#describe(word.slice(0, -1)), step).toBe(rest)
    } else throw new Error(`no such step: ${step}`)
  }

  #expectSent(wanted: string, step: string): void {
    const line = this.sent[this.#seenSent]
    this.#seenSent += 1
    expect(line?.replace(/\r?\n$/, ''), step).toBe(wanted)
  }

  #run(words: string[]): void {
    const [key = '', name = '', ...others] = words
    const oob = others.includes('oob')
    const ms = others.find((word) => word.startsWith('ms='))
    const json = others.filter((word) => word !== 'oob' && word !== ms).join(' ')
    const parsed = json === '' ? undefined : parseJson(json)
    const ticket = (this.#tickets.size + 1) as Ticket
    this.#tickets.set(key, ticket)
    this.#outcomes.set(key, undefined)
    void this.session
      .execute({
        name,
        arguments: parsed?.ok === true ? (parsed.value as JsonObject) : undefined,
        oob,
        deadlineMs: ms === undefined ? 30_000 : Number(ms.slice(3)),
        ticket,
        origin: 'person',
      })
      .then((outcome) => this.#outcomes.set(key, outcome))
  }

  #line(words: string[]): void {
    const [key = '', ...others] = words
    this.#outcomes.set(key, undefined)
    void this.session.sendRaw(others.join(' '), 30_000, undefined).then((outcome) => {
      this.#outcomes.set(key, outcome)
    })
  }

  #describe(key: string): string {
    let outcome = this.#outcomes.get(key)
    if (outcome === undefined) return 'pending'
    if (outcome.kind === 'command') outcome = outcome.outcome
    switch (outcome.kind) {
      case 'returned':
        if (outcome.text !== undefined) return `returned as text ${outcome.text.slice(0, 19)}`
        return `returned ${printJson(outcome.value)}`
      case 'failed':
        return `failed ${outcome.error.class} ${outcome.error.desc}`
      case 'unknown':
      case 'not-sent':
        return `${outcome.kind} ${outcome.why}`
      default:
        return outcome.kind
    }
  }
}

/** The greeting of a QEMU with out-of-band execution. */
export const greetingOob =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}'
/** The greeting of a QEMU before 2.12. */
export const greetingOld =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 5, "major": 2}, "package": ""}, "capabilities": []}}'
/** The greeting of libvirt's proxy. */
export const greetingProxy =
  '{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}, "package": "qemu-7.2.22"}, "capabilities": ["oob"]}}'
