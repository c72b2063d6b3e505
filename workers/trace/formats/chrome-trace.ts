/**
 * Rows and tracks as Chrome trace event JSON, as Perfetto and chrome://tracing open it. One file, because all its events
 * share the numbers of processes and threads.
 *
 * - a machine is a process, a lane a thread with its name, in the order of the lanes;
 * - a command is a complete event (`X`) from sent to answered. Those of one thread must nest, so one that overlaps
 *   another that ended before it is an async pair (`b`, `e`) of its own instead;
 * - jobs, migrations, dumps and devices are async pairs, their phases pairs within them; progress is a counter (`C`);
 * - the run state is a row of complete events in its lane;
 * - a gap, in which nothing was recorded, is a complete event of the connection;
 * - everything else is an instant (`i`) in its lane; `args` has what the row says.
 *
 * Times are whole microseconds since the epoch. Within a machine they do not go back: one that does counts as the one
 * before it, as in the record. Format: "Trace Event Format", Google. Written in parts: only the
 * commands that wait for their reply are held.
 */
import { own } from '#base/own.ts'
import type { LogRow, RowOf } from '#record/row.ts'
import type { Origin } from '#qmp/report.ts'
import type { Track } from '#record/track.ts'
import { assertNever } from '#base/assert-never.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { laneCode, laneOf } from '#record/lanes.ts'
import type { Lane } from '#record/lanes.ts'
import { microsOf, roundSpan } from '#record/row-facts.ts'

/** Writes one file. Its functions return parts, which are joined in their order. */
export interface ChromeTraceWriter {
  /** Begin a machine; the rows and tracks that follow are its own. Ends the machine before it. */
  machine(name: string): string
  /** A row, in the order of arrival. `text` is its message, where there is one. */
  row(row: LogRow, text: string | undefined): string
  /** A track of the machine, after its rows: a running one ends with the last of them. */
  track(track: Track): string
  /** End the machine: commands without a reply end with it. */
  machineEnd(): string
}

/** The end of the file, after the last machine. */
export const chromeTraceFoot = '\n]}\n'

/** A command that waits for its end. */
interface WaitingCommand {
  readonly ts: number
  readonly name: string
  readonly origin: Origin
  readonly args: Record<string, Json>
  /** When its deadline was over; a late reply may still come. */
  timedOut: number | undefined
}

/** One machine while its rows come. */
interface OpenMachine {
  readonly pid: number
  /** The highest time so far, in microseconds. */
  now: number
  readonly waiting: Map<number, WaitingCommand>
  /** Where the last complete event of a thread ends. */
  readonly ends: Map<Lane, number>
  readonly named: Set<Lane>
  asyncs: number
}

/** Messages larger than this are left out of `args`, with a note: a viewer holds all of them in memory. */
const largestText = 16 * 1024

/** Colours that the format knows. */
type Colour = 'terrible' | 'bad' | undefined

/**
 * Make a writer. Rows before the first machine throw: that is a bug. A file may be joined from the parts of several
 * writers; each knows how many machines come before its own.
 */
export function createChromeTrace(machinesBefore = 0): ChromeTraceWriter {
  return new TraceWriter(machinesBefore)
}

class TraceWriter implements ChromeTraceWriter {
  #machine: OpenMachine | undefined
  #pid: number
  #parts: string[]
  #isFirst: boolean

  constructor(machinesBefore: number) {
    this.#pid = machinesBefore
    this.#isFirst = machinesBefore === 0
    const head = '{"displayTimeUnit":"ms","otherData":{"made_by":"QMP Studio"},"traceEvents":['
    this.#parts = this.#isFirst ? [head] : []
  }

  machine(name: string): string {
    this.#close()
    this.#pid += 1
    const pid = this.#pid
    const now = Number.NEGATIVE_INFINITY
    this.#machine = { pid, now, waiting: new Map(), ends: new Map(), named: new Set(), asyncs: 0 }
    this.#put({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name } })
    this.#put({ ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } })
    return this.#take()
  }

  row(row: LogRow, text: string | undefined): string {
    const machine = this.#current
    machine.now = Math.max(machine.now, microsOf(row.at))
    const ts = machine.now
    switch (row.kind) {
      case 'command': {
        const args: Record<string, Json> = { id: row.exec, seq: row.seq, origin: row.origin, oob: row.oob }
        const sent = memberOf(text, 'arguments')
        if (sent !== undefined) args.arguments = sent
        // The number is used again: the earlier command with it will not be answered.
        const before = machine.waiting.get(row.exec)
        if (before !== undefined) this.#unanswered(before)
        machine.waiting.set(row.exec, {
          ts,
          name: row.name,
          origin: row.origin,
          args,
          timedOut: undefined,
        })
        break
      }
      case 'return':
      case 'error':
        this.#reply(row, text)
        break
      case 'outcome': {
        const waiting = machine.waiting.get(row.exec)
        if (waiting === undefined) {
          this.#instant(laneOf(row, undefined), ts, `${row.name}: ${row.outcome}`, row, {}, 'bad')
        } else if (row.outcome === 'timed-out') {
          waiting.timedOut = ts
        } else {
          machine.waiting.delete(row.exec)
          this.#command(waiting, ts, { outcome: row.outcome }, 'bad')
        }
        break
      }
      case 'event': {
        const args: Record<string, Json> = {}
        if (row.data !== undefined)
          args.data = text !== undefined && text.length > largestText ? leftOut(text) : row.data
        if (row.cause !== undefined) {
          const { exec: id, proof, verb } = row.cause
          args.cause = { id, proof, ...(verb === undefined ? {} : { verb }) }
        }
        const lane = laneOf(row, undefined)
        const name = lane === 'connection' ? 'greeting' : row.name
        this.#instant(lane, ts, name, row, args, lane === 'trouble' ? 'terrible' : undefined)
        break
      }
      case 'raw':
        this.#instant('raw', ts, 'raw line', row, { id: row.exec, text: cut(text ?? '') }, undefined)
        break
      case 'line':
        this.#line(row, ts, text)
        break
      case 'channel':
        this.#channel(row, ts)
        break
      case 'state':
        this.#state(row, ts)
        break
      case 'problem': {
        const problem = JSON.parse(JSON.stringify(row.problem)) as Json
        this.#instant('problem', ts, row.problem.kind, row, { problem }, 'terrible')
        break
      }
      case 'gap': {
        // Gaps of one machine follow each other, whatever the clock did.
        const from = Math.min(ts, Math.max(microsOf(row.since), machine.ends.get('connection') ?? 0))
        const args = row.rows === undefined ? { seq: row.seq } : { seq: row.seq, rows: row.rows }
        machine.ends.set('connection', ts)
        this.#complete('connection', `not recorded: ${row.why}`, from, ts, args, 'bad')
        break
      }
      default:
        assertNever(row)
    }
    return this.#take()
  }

  #state(row: RowOf<'state'>, ts: number): void {
    const state = JSON.parse(JSON.stringify(row.state)) as Json
    this.#instant(
      'connection',
      ts,
      row.state.kind,
      row,
      { state },
      row.state.kind === 'lost' ? 'bad' : undefined,
    )
  }

  #channel(row: RowOf<'channel'>, ts: number): void {
    const colour = row.phase === 'lost' ? 'bad' : undefined
    const args = row.why === undefined ? {} : { why: row.why }
    this.#instant('connection', ts, `${row.name} ${row.phase}`, row, args, colour)
  }

  #line(row: RowOf<'line'>, ts: number, text: string | undefined): void {
    const colour = row.failed ? 'terrible' : undefined
    this.#instant(laneOf(row, undefined), ts, row.name, row, { text: cut(text ?? '') }, colour)
  }

  track(track: Track): string {
    const machine = this.#current
    const start = microsOf(track.start)
    const last = track.phases.reduce((latest, { at }) => Math.max(latest, microsOf(at)), start)
    const end = Math.max(last, track.end === undefined ? Math.max(machine.now, start) : microsOf(track.end))
    machine.now = Math.max(machine.now, end)
    if (track.kind === 'run-state') this.#runState(track, end)
    else this.#lasting(track, start, end)
    return this.#take()
  }

  machineEnd(): string {
    this.#close()
    return this.#take()
  }

  // ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────

  #reply(row: RowOf<'return' | 'error'>, text: string | undefined): void {
    const args: Record<string, Json> = { reply_seq: row.seq, latency_ms: roundSpan(row.latencyMs) }
    if (row.late) args.late = true
    if (row.error !== undefined) args.error = { ...row.error }
    const value = memberOf(text, 'return')
    if (value !== undefined) args.return = value
    const colour = row.kind === 'error' ? 'terrible' : row.late ? 'bad' : undefined
    const machine = this.#current
    const waiting = machine.waiting.get(row.exec)
    machine.waiting.delete(row.exec)
    if (waiting !== undefined) {
      this.#command(waiting, machine.now, args, colour)
      return
    }
    // Its command is not in the selection, or was answered before: the latency says when it was sent.
    const ts = machine.now - Math.max(0, Math.round(row.latencyMs * 1000))
    const name = row.name === '' ? 'raw line' : row.name
    const whole = { id: row.exec, origin: row.origin, ...args }
    this.#pair(laneOfCommand(row.origin), name, ts, machine.now, whole, colour)
  }

  #command({ ts, name, origin, args }: WaitingCommand, end: number, more: JsonObject, colour: Colour): void {
    const lane = laneOfCommand(origin)
    const whole = { ...args, ...more }
    // Ends only grow: what begins after the last end overlaps nothing.
    const { ends } = this.#current
    if (ts < (ends.get(lane) ?? Number.NEGATIVE_INFINITY)) {
      this.#pair(lane, name, ts, end, whole, colour)
      return
    }
    ends.set(lane, end)
    this.#complete(lane, name, ts, end, whole, colour)
  }

  /** The machine is over: commands without a reply end with it, or at their deadline. */
  #close(): void {
    const machine = this.#machine
    if (machine === undefined) return
    for (const waiting of machine.waiting.values()) this.#unanswered(waiting)
    this.#machine = undefined
  }

  #unanswered({ ts, name, origin, args, timedOut }: WaitingCommand): void {
    const outcome = timedOut === undefined ? 'no reply in this selection' : 'timed-out'
    const end = timedOut ?? this.#current.now
    this.#pair(laneOfCommand(origin), name, ts, end, { ...args, outcome }, 'bad')
  }

  // ── tracks ───────────────────────────────────────────────────────────────────────────────────────────────────

  #runState(track: Track, end: number): void {
    let from = Number.NEGATIVE_INFINITY
    track.phases.forEach(({ at, state, seq }, index) => {
      const ts = Math.max(from, microsOf(at))
      const next = track.phases[index + 1]
      const to = Math.max(ts, next === undefined ? end : microsOf(next.at))
      from = to
      const colour =
        state === 'io-error' || state === 'internal-error' || state === 'guest-panicked'
          ? 'terrible'
          : undefined
      this.#complete('run-state', state, ts, to, { seq }, colour)
    })
  }

  #lasting(track: Track, start: number, end: number): void {
    const name = [track.kind, track.type, track.name].filter((part) => part !== '').join(' ')
    const lane = laneOfTrack(track)
    const id = this.#newId()
    const args: Record<string, Json> = { outcome: track.outcome }
    if (track.error !== undefined) args.error = track.error
    if (track.limit !== undefined) args.limit_bytes_per_second = track.limit
    if (track.cause !== undefined) args.cause = { id: track.cause.exec, proof: track.cause.proof }
    const colour = track.outcome === 'failed' ? 'terrible' : track.outcome === 'unknown' ? 'bad' : undefined
    const common = { cat: track.kind, id, pid: this.#current.pid, tid: this.#thread(lane) }
    this.#put({ ph: 'b', name, ts: start, ...common, ...cname(colour), args })
    let from = start
    track.phases.forEach(({ at, state, seq }, index) => {
      const ts = Math.min(end, Math.max(from, microsOf(at)))
      const next = track.phases[index + 1]
      const to = Math.min(end, Math.max(ts, next === undefined ? end : microsOf(next.at)))
      from = to
      // A phase without a length is a point; a pair would be cut away by viewers.
      if (to === ts) {
        this.#put({ ph: 'n', name: state, ts, ...common, args: { seq } })
      } else {
        this.#put({ ph: 'b', name: state, ts, ...common, args: { seq } })
        this.#put({ ph: 'e', name: state, ts: to, ...common })
      }
    })
    this.#put({ ph: 'e', name, ts: end, ...common })
    // The remaining part is stacked on the done part: together they are the total.
    for (const { at, current, total } of track.progress) {
      const left = { done: current, left: Math.max(0, total - current) }
      this.#put({
        ph: 'C',
        name: `progress: ${name}`,
        id,
        ts: microsOf(at),
        pid: this.#current.pid,
        tid: 0,
        args: left,
      })
    }
  }

  // ── events of the format ─────────────────────────────────────────────────────────────────────────────────────

  #instant(lane: Lane, ts: number, name: string, row: LogRow, args: JsonObject, colour: Colour): void {
    const tid = this.#thread(lane)
    const all = { seq: row.seq, ...args }
    this.#put({
      ph: 'i',
      s: 't',
      name,
      cat: lane,
      ts,
      pid: this.#current.pid,
      tid,
      ...cname(colour),
      args: all,
    })
  }

  #complete(lane: Lane, name: string, ts: number, end: number, args: JsonObject, colour: Colour): void {
    const tid = this.#thread(lane)
    this.#put({
      ph: 'X',
      name,
      cat: lane,
      ts,
      dur: end - ts,
      pid: this.#current.pid,
      tid,
      ...cname(colour),
      args,
    })
  }

  #pair(lane: Lane, name: string, ts: number, end: number, args: JsonObject, colour: Colour): void {
    const common = { cat: lane, id: this.#newId(), pid: this.#current.pid, tid: this.#thread(lane) }
    this.#put({ ph: 'b', name, ts, ...common, ...cname(colour), args })
    this.#put({ ph: 'e', name, ts: end, ...common })
  }

  /** An id that no other async event of the file has: viewers match ids across processes. */
  #newId(): string {
    const machine = this.#current
    machine.asyncs += 1
    return `${machine.pid}.${machine.asyncs}`
  }

  /** The thread of a lane, which gets its name when it is first used. */
  #thread(lane: Lane): number {
    const { pid, named } = this.#current
    const tid = laneCode[lane] + 1
    if (!named.has(lane)) {
      named.add(lane)
      this.#put({ ph: 'M', name: 'thread_name', pid, tid, args: { name: lane.replace('-', ' ') } })
      this.#put({ ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tid } })
    }
    return tid
  }

  #put(event: JsonObject): void {
    const text = printJson(event)
    this.#parts.push(this.#isFirst ? '\n' : ',\n', text)
    this.#isFirst = false
  }

  #take(): string {
    const text = this.#parts.join('')
    this.#parts = []
    return text
  }

  get #current(): OpenMachine {
    if (this.#machine === undefined) throw new Error('no machine was begun')
    return this.#machine
  }
}

function laneOfCommand(origin: Origin): Lane {
  return origin === 'person' ? 'command' : 'own-command'
}

function laneOfTrack(track: Track): Lane {
  switch (track.kind) {
    case 'job':
      return 'jobs'
    case 'migration':
    case 'dump':
      return 'migration'
    case 'device':
      return 'devices'
    case 'run-state':
      return 'run-state'
    default:
      return assertNever(track.kind)
  }
}

function cname(colour: Colour): { readonly cname?: string } {
  return colour === undefined ? {} : { cname: colour }
}

/** A member of a message, if present. */
function memberOf(text: string | undefined, name: string): Json | undefined {
  if (text === undefined) return undefined
  if (text.length > largestText) return leftOut(text)
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  return own(parsed.value, name)
}

function leftOut(text: string): string {
  return `left out: a message of ${text.length} characters`
}

function cut(text: string): string {
  return text.length > largestText ? leftOut(text) : text
}
