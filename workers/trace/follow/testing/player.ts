/**
 * Plays a script of messages to a follower. Lines of a script: `> NAME {args}` a command, `< {return}` and `! text` the
 * replies to it (`<2` to the second command), `* NAME {data}` an event, `? NAME {return}` a poll and its reply, `= lost`,
 * `= ready` the connection. Row numbers and times (in seconds) are those of the lines, from 0; a poll takes two rows and
 * one second.
 */
import type { ConnectionState } from '#qmp/connection.ts'
import type { EventCause, ExecId } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { createCauseFinder } from '../cause.ts'
import { createFollower } from '../follow.ts'
import type { Follower } from '../follow.ts'

const origin = 'person' as const

/** A follower, and what plays rows to it in the order in which the worker does. */
export class Player {
  readonly causes = createCauseFinder()
  readonly follower: Follower = createFollower(this.causes)
  /** The cause of each event that was played. */
  readonly found: (EventCause | undefined)[] = []
  seq = 0
  at = 0
  #exec = 0
  readonly #names: string[] = []

  constructor(major = 7) {
    this.ready(major)
    this.seq = 0
  }

  ready(major = 7): void {
    const version = { major, minor: 0, micro: 0, package: '' }
    this.state({ kind: 'ready', greeting: { version, capabilities: [] }, oob: false })
  }

  state(state: ConnectionState): void {
    this.row({ kind: 'state', state }, undefined)
  }

  row(body: object, text: string | undefined): void {
    const row = { ...body, seq: this.seq, at: this.at, bytes: text?.length ?? 0 } as LogRow
    this.seq += 1
    this.follower.add(row, text)
  }

  command(name: string, args?: JsonObject): number {
    this.#exec += 1
    this.#names.push(name)
    const envelope = { execute: name, ...(args === undefined ? {} : { arguments: args }), id: this.#exec }
    this.row(
      { kind: 'command', exec: this.#exec as ExecId, ticket: undefined, name, oob: false, origin },
      printJson(envelope),
    )
    return this.#exec
  }

  reply(exec: number, value: Json): void {
    const name = this.#names[exec - 1] ?? ''
    this.row(
      { kind: 'return', exec, name, error: undefined, latencyMs: 1, late: false, origin },
      printJson({ return: value, id: exec }),
    )
  }

  refuse(exec: number, desc: string, qmpClass = 'GenericError'): void {
    const name = this.#names[exec - 1] ?? ''
    const error = { class: qmpClass, desc }
    this.row(
      { kind: 'error', exec, name, error, latencyMs: 1, late: false, origin },
      printJson({ error, id: exec }),
    )
  }

  event(name: string, data?: JsonObject): void {
    const cause = this.causes.causeOf(name, data, this.at)
    this.found.push(cause)
    this.row({ kind: 'event', name, data, timestamp: { seconds: 1, microseconds: 0 }, cause }, '{}')
  }

  get exec(): number {
    return this.#exec
  }

  play(script: string): this {
    for (const each of script.split('\n').map((line) => line.trim())) {
      if (each === '') continue
      const [, sign = '', which = '', rest = ''] = /^([^\s\d])(\d*) (.*)$/.exec(each) ?? []
      const exec = which === '' ? this.#exec : Number(which)
      const [, name = '', json = ''] = /^([^\s{[]*) ?(.*)$/.exec(rest) ?? []
      const value = json === '' || sign === '!' ? undefined : read(json)
      if (sign === '>') this.command(name, value as JsonObject | undefined)
      else if (sign === '<') this.reply(exec, value ?? {})
      else if (sign === '!') this.refuse(exec, rest)
      else if (sign === '*') this.event(name, value as JsonObject | undefined)
      else if (sign === '?') this.reply(this.command(name), value ?? {})
      else if (rest === 'ready') this.ready()
      else if (rest === 'lost') this.state(lost)
      else throw new Error(each)
      this.at += 1000
    }
    return this
  }

  get tracks(): string[] {
    return this.follower.tracks().map(show)
  }
}

/** The connection was lost. */
export const lost: ConnectionState = {
  kind: 'lost',
  reason: { kind: 'closed', code: 1006, reason: '', beforeGreeting: false },
  retryInMs: 1,
  attempt: 0,
}

function read(json: string): Json {
  const parsed = parseJson(json)
  if (!parsed.ok) throw new Error(`${json}: ${parsed.error.message}`)
  return parsed.value
}

/** `kind type name: state@second#row … → outcome@second (error) by exec, rows`. */
function show(track: Track): string {
  const phases = track.phases.map((each) => `${each.state}@${each.at / 1000}#${each.seq}`)
  const end = track.end === undefined ? '' : `@${track.end / 1000}`
  const error = track.error === undefined ? '' : ` (${track.error})`
  const cause =
    track.cause === undefined ? '' : ` ${track.cause.proof === 'id' ? 'by' : 'near'} ${track.cause.exec}`
  const title = [track.kind, track.type, track.name].filter((each) => each !== '').join(' ')
  return `${title}: ${phases.join(' ')} → ${track.outcome}${end}${error}${cause}, rows ${track.rows.join(' ')}`
}
