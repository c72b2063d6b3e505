/**
 * One machine in its worker: socket + session + record, joined. Connects, keeps connecting, notices when another
 * QEMU answers than before, and tells the page what happened in batches.
 */
import { clip } from '#base/clip.ts'
import { transfer } from 'comlink'
import type { AdoptedRow, FoundRows, LogRow, LogTotals, RowView, Statistics } from '#record/row.ts'
import type {
  Alert,
  AlertHit,
  Batch,
  ConnectOptions,
  ExecuteRequest,
  Identity,
  IdentityChange,
  MachineWorker,
  ReplayOrder,
  ReplayState,
  SavedPart,
  Saving,
} from '#api/machine.ts'
import type { ConnectionState, LossReason } from '#qmp/connection.ts'
import type { ExecId, GapReason, Origin, Outcome, RawOutcome, Ticket, RowBody } from '#qmp/report.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { Outline } from '#record/outline.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import { returnIn } from '#base/json/reply-text.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { GuestErrors } from './error-counts.ts'
import type { Keeper } from '../keep/keep.ts'
import { createCauseFinder } from '#trace/follow/cause.ts'
import type { CauseFinder } from '#trace/follow/cause.ts'
import { createFollower } from '#trace/follow/follow.ts'
import { mayTellFailure } from '#record/lanes.ts'
import type { Follower } from '#trace/follow/follow.ts'
import { createStore } from '#store/store.ts'
import type { Store } from '#store/store.ts'
import { createViews } from '#store/queries.ts'
import type { Views } from '#store/queries.ts'
import { createAgentSession } from '#qmp/agent.ts'
import { mayMove } from '#qmp/connection.ts'
import type { SourceBytes } from '#qmp/wire/framing.ts'
import type { Session, SessionPorts, SessionSink } from '#qmp/ports.ts'
import type { PrintedEvent } from '#qmp/wire/printed-event.ts'
import { createSession } from '#qmp/session.ts'
import { backoffMs } from './backoff.ts'
import { createBatcher, tracksABatch } from './batch.ts'
import type { Batcher } from './batch.ts'
import { now } from './clock.ts'
import type { Replay } from './replay.ts'
import type { Savings } from './saving.ts'
import { checkAddress, openSocket } from './socket.ts'
import type { Socket } from './socket.ts'

/** How long the questions who the machine is may take, in milliseconds. */
const identityMs = 10_000
/** Characters of a machine's name and UUID: they stand in titles and lists. */
const longestName = 200
/** After how much silence a message without a line end is looked for, in milliseconds. */
const idleMs = 20
/** What is said of a query that was on its way, in UTF-16 units. */
const longestAsking = 100
/** How often the progress of what goes on is asked for, in milliseconds. */
const pollMs = 500
/** Names that are told of the record. */
const mostNames = 1000
/** How long an alert may look at what came, before each batch, in milliseconds. */
const alertMs = 5

/** Make the machine of this worker. */
export function createMachine(): MachineWorker {
  return new Machine()
}

class Machine implements MachineWorker {
  readonly #log: Store = createStore()
  readonly #views: Views = createViews(this.#log, now)
  #savings: Savings | undefined
  #replay: Replay | undefined
  /** Rows that were counted before a replay began anew: they come again. */
  #replayed = 0
  readonly #batch: Batcher
  readonly #encoder = new TextEncoder()
  #sink: (batch: Batch) => unknown = () => undefined
  #state: ConnectionState = { kind: 'idle' }
  #options: ConnectOptions | undefined
  #socket: Socket | undefined
  #session: Session | undefined
  readonly #causes: CauseFinder = createCauseFinder()
  readonly #follower: Follower = createFollower(this.#causes)
  readonly #guestErrors = new GuestErrors()
  #polling: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #exec = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #lastBytesAt = 0
  /** While bytes are read: when they came. The events in them came together, and have one time. */
  #arrival: number | undefined
  /** The same, whatever was recorded since: a command that was sent later is no cause of what is in them. */
  #arrived = 0
  /** When the last row was recorded that is no event. */
  #latest = 0
  #identity: Identity | undefined
  /** Queries that no person asked for and that are on their way. */
  readonly #asking = new Set<{ readonly words: string }>()
  #keeper: Keeper | undefined
  #alerts: readonly { readonly alert: Alert; readonly handle: number }[] = []
  /** What alerts found beside a batch. */
  readonly #hits: AlertHit[] = []
  #recording = true
  /** Since when nothing is recorded, and what was not. */
  #pausedAt = 0
  #missed = 0
  #stoppedBy: string | undefined
  /** The server said that it goes: the end of the connection is no accident. */
  #shuttingDown = false

  constructor() {
    this.#batch = createBatcher({
      now,
      after,
      queue: () => this.#session?.queue() ?? { pending: [], blockedBy: undefined },
      totals: () => this.#totals(),
      guestErrors: () => this.#guestErrors.total(this.#follower.failed),
      row: (seq) => this.#log.row(seq),
      tracks: () => this.#follower.changed(tracksABatch),
      hits: () => [...this.#hits.splice(0), ...this.#lookForAlerts()],
      deliver: (batch) => Promise.resolve(this.#sink(batch)),
    })
  }

  ping(): void {
    // To have come here is the answer.
  }

  listen(sink: (batch: Batch) => void): void {
    this.#sink = sink
    this.#batch.state(this.#state)
  }

  connect(options: ConnectOptions): void {
    if (this.#state.kind !== 'idle') this.#drop({ kind: 'ended', reason: { kind: 'disconnected' } })
    this.#options = options
    this.#attempt = 0
    this.#open()
  }

  disconnect(): void {
    this.#drop({ kind: 'ended', reason: { kind: 'disconnected' } })
  }

  wake(): void {
    if (this.#state.kind === 'lost') this.#open()
  }

  hurry(): void {
    this.#keeper?.hurry()
  }

  execute(request: ExecuteRequest): Promise<Outcome> {
    return this.#execute(request, request.origin)
  }

  cancel(ticket: Ticket): boolean {
    return this.#session?.cancel(ticket) ?? false
  }

  sendRaw(line: string, deadlineMs: number, ticket: Ticket): Promise<RawOutcome> {
    // One line: a line break inside would be two messages, and the record could not tell them apart.
    const text = line.replace(/[\r\n]+/g, ' ')
    return (
      this.#session?.sendRaw(text, deadlineMs, ticket) ??
      Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    )
  }

  text(seq: number): string | undefined {
    return this.#log.text(seq)
  }

  clear(): void {
    this.#clearRows()
    void this.#keeper?.clear()
  }

  async keep(machine: string | undefined): Promise<void> {
    this.#keeper?.close()
    this.#keeper = undefined
    if (machine === undefined) return
    try {
      const [{ createKeeper }, { holdLock, openChunks }] = await Promise.all([
        import('../keep/keep.ts'),
        import('../keep/keep-database.ts'),
      ])
      const writer = crypto.randomUUID()
      holdLock(writer)
      const chunks = await openChunks()
      const keeper = createKeeper(machine, writer, this.#log, chunks, {
        now,
        after,
        said: (state) => this.#batch.keep(state),
      })
      const isNew = this.#log.nextSeq === 0
      const rows = isNew ? await keeper.restore() : []
      this.adopt(rows, undefined)
      keeper.begin(isNew ? this.#log.nextSeq : this.#log.firstSeq)
      this.#keeper = keeper
      this.#gapAfter(rows, 'closed')
      keeper.changed()
    } catch (why) {
      this.#batch.keep({ kind: 'failed', why: why instanceof Error ? why.message : String(why) })
    }
  }

  adopt(rows: readonly AdoptedRow[], gap: GapReason | undefined): void {
    for (const { row, text } of rows) {
      // Commands get numbers above those: an answer must not be taken for one of an earlier connection.
      if ('exec' in row && row.exec > this.#exec) this.#exec = row.exec
      this.#add({ ...row, seq: this.#log.nextSeq }, text)
    }
    if (rows.length > 0) this.#guestErrors.passOver(this.#follower.failed)
    // Alerts are for what comes: what was kept has had its hits when it came.
    if (rows.length > 0) this.#passOverAlerts()
    if (gap !== undefined) this.#gapAfter(rows, gap)
  }

  #gapAfter(rows: readonly AdoptedRow[], why: GapReason): void {
    const last = rows.at(-1)
    if (last !== undefined)
      this.#record({ kind: 'gap', why, since: last.row.at, rows: undefined }, undefined, 0)
  }

  async beginSaving(saving: Saving): Promise<number> {
    const { createSavings } = await import('./saving.ts')
    this.#savings ??= createSavings(this.#log, now)
    return this.#savings.begin(saving)
  }

  savedPart(handle: number, budgetMs: number): SavedPart | undefined {
    const part = this.#savings?.part(handle, budgetMs)
    return part === undefined ? undefined : transfer(part, [part.bytes.buffer])
  }

  endSaving(handle: number): void {
    this.#savings?.end(handle)
  }

  async openRecording(file: Blob, name: string, machine: string): Promise<Result<undefined, string>> {
    const [{ createRecordedRows }, { readRecordingFile }, { createReplay }] = await Promise.all([
      import('../reader/recorded-rows.ts'),
      import('../reader/recording.ts'),
      import('./replay.ts'),
    ])
    let rows = createRecordedRows(this.#follower, this.#causes, undefined)
    const take = (line: Parameters<typeof rows.next>[0]): void =>
      this.#add(rows.next(line, this.#log.nextSeq), line.text)
    const read = await readRecordingFile(file, name, (id, line) => {
      if (id === machine) take(line)
    })
    if (!read.ok) return read
    const version = read.value.machines.find(({ id }) => id === machine)?.version
    this.#replay = createReplay({
      store: this.#log,
      now,
      after,
      clear: () => {
        this.#clearRows()
        this.#replayed = this.#log.nextSeq
        rows = createRecordedRows(this.#follower, this.#causes, version)
      },
      take: (row, text) => take({ row, text }),
    })
    return ok(undefined)
  }

  replay(order: ReplayOrder): ReplayState {
    const none = { kind: 'off', at: 0, from: 0, to: 0, shown: 0, rows: 0, restarts: 0 } as const
    return this.#replay?.order(order) ?? none
  }

  async outline(filter: Filter, most: number): Promise<Outline> {
    const { outlineOf } = await import('./outline.ts')
    return outlineOf(this.#log, filter, most, now, () => new Promise((resolve) => setTimeout(resolve, 0)))
  }

  watch(alerts: readonly Alert[]): void {
    // What has come under the alerts of before is theirs, although nobody has looked yet.
    this.#hits.push(...this.#lookForAlerts())
    // The page tells all of them whenever one changes: those that stay look on where they are.
    const before = new Map(this.#alerts.map((each) => [printFilter(each.alert), each]))
    this.#alerts = alerts.map((alert) => {
      const same = before.get(printFilter(alert))
      before.delete(printFilter(alert))
      return { alert, handle: same?.handle ?? this.#views.open(alert.filter, this.#log.nextSeq) }
    })
    for (const { handle } of before.values()) this.#views.close(handle)
    if (this.#hits.length > 0) this.#batch.touch()
  }

  /** Look at what comes from now on: what is there already has had its hits. */
  #passOverAlerts(): void {
    for (const { handle } of this.#alerts) this.#views.close(handle)
    this.#alerts = this.#alerts.map(({ alert }) => ({
      alert,
      handle: this.#views.open(alert.filter, this.#log.nextSeq),
    }))
  }

  record(on: boolean): void {
    if (on === this.#recording) return
    this.#stoppedBy = undefined
    if (on) {
      this.#recording = true
      this.#record({ kind: 'gap', why: 'paused', since: this.#pausedAt, rows: this.#missed }, undefined, 0)
    } else {
      this.#pause(undefined)
    }
    this.#sayRecording()
  }

  rows(seqs: readonly number[]): readonly RowView[] {
    return this.#views.rows(seqs)
  }

  family(exec: number): readonly RowView[] {
    return this.#views.family(exec)
  }

  open(filter: Filter): number {
    return this.#views.open(filter)
  }

  found(handle: number, budgetMs: number): FoundRows | undefined {
    const found = this.#views.found(handle, budgetMs)
    if (found === undefined) return undefined
    const { seq, at, lane, latencyMs } = found
    return transfer(found, [seq.buffer, at.buffer, lane.buffer, latencyMs.buffer])
  }

  close(handle: number): void {
    this.#views.close(handle)
  }

  statistics(filter: Filter): Statistics {
    return this.#views.statistics(filter)
  }

  names(): readonly string[] {
    return this.#log.names.inUse(mostNames)
  }

  #clearRows(): void {
    this.#log.clear()
    this.#follower.clear()
    this.#guestErrors.clear(this.#follower.failed)
    this.#batch.touch()
  }

  #totals(): LogTotals {
    const { rows, dropped } = this.#log.totals()
    return { rows: rows - this.#replayed, dropped: Math.max(0, dropped - this.#replayed) }
  }

  #execute(request: ExecuteRequest, origin: Origin): Promise<Outcome> {
    const outcome: Promise<Outcome> =
      this.#session?.execute({ ...request, origin }) ??
      Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    if (origin !== 'person') this.#note(request, outcome)
    return outcome
  }

  /** Ask a query of the worker's own: the door through which only those of the table go. */
  #ask(name: OwnQuery): Promise<Outcome> {
    const request = { name, arguments: undefined, oob: false, deadlineMs: identityMs, ticket: undefined }
    const outcome: Promise<Outcome> =
      this.#session?.execute({ ...request, origin: 'client' }) ??
      Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    this.#note(request, outcome)
    return outcome
  }

  /** What nobody asked for is known by name while it is on its way, for the case that the connection breaks. */
  #note(request: Pick<ExecuteRequest, 'name' | 'arguments'>, outcome: Promise<Outcome>): void {
    const words = `${request.name} ${request.arguments === undefined ? '' : printJson(request.arguments)}`
    const asking = { words: words.trim().slice(0, longestAsking) }
    this.#asking.add(asking)
    void outcome.then(() => this.#asking.delete(asking))
  }

  /** The one function that changes the state: checks the move, records it, and then whoever called acts. */
  #move(next: ConnectionState): void {
    if (!mayMove(this.#state.kind, next.kind)) {
      throw new Error(`a connection cannot go from ${this.#state.kind} to ${next.kind}`)
    }
    this.#state = next
    this.#record({ kind: 'state', state: next }, undefined, 0)
    this.#batch.state(next)
  }

  #record(body: RowBody, text: string | undefined, bytes: number, source?: SourceBytes): void {
    const at = this.#isNow()
    if (!this.#recording) {
      this.#missed += 1
      // The page acts on some events whether they are recorded or not.
      this.#batch.row({ ...body, seq: -1, at, bytes })
      return
    }
    this.#add({ ...body, seq: this.#log.nextSeq, at, bytes }, text, source)
  }

  /** The time now; what is left of the bytes in hand counts as arrived no earlier. */
  #isNow(): number {
    const at = now()
    this.#latest = at
    if (this.#arrival !== undefined) this.#arrival = at
    return at
  }

  #add(row: LogRow, text: string | undefined, source?: SourceBytes): void {
    this.#log.add(row, text, source)
    this.#follower.add(row, text)
    this.#added(row)
  }

  #added(row: LogRow): void {
    this.#batch.row(row)
    this.#changed()
  }

  #changed(): void {
    this.#keeper?.changed()
    // What comes in pieces is looked at once for each piece.
    if (this.#arrival === undefined) this.#poll()
  }

  /** While something goes on, ask how far it is. */
  #poll(): void {
    if (this.#polling !== undefined) return
    const session = this.#session
    const names = this.#state.kind === 'ready' ? this.#follower.polls() : []
    if (names.length === 0 || session === undefined) return
    this.#polling = setTimeout(() => {
      void Promise.all(names.map((name) => this.#ask(name))).then(() => {
        this.#polling = undefined
        this.#poll()
      })
    }, pollMs)
  }

  #pause(by: string | undefined): void {
    this.#recording = false
    this.#stoppedBy = by
    this.#pausedAt = now()
    this.#missed = 0
  }

  #sayRecording(): void {
    this.#batch.recording({ on: this.#recording, stoppedBy: this.#stoppedBy, missed: this.#missed })
  }

  /** What came since the last batch and passes a filter that watches. */
  #lookForAlerts(): readonly AlertHit[] {
    const hits: AlertHit[] = []
    for (const { alert, handle } of this.#alerts) {
      const found = this.#views.found(handle, alertMs)
      const seq = found?.seq[0]
      const at = found?.at[0]
      if (found === undefined || seq === undefined || at === undefined) continue
      hits.push({ id: alert.id, rows: found.seq.length, seq, at })
      if (alert.stop === undefined || !this.#recording) continue
      if (alert.stop.keepMs > 0) {
        const from = at - alert.stop.keepMs
        this.#log.dropBefore(this.#log.seqAt(from))
        this.#keeper?.dropBefore(from)
      }
      this.#pause(alert.id)
      this.#sayRecording()
    }
    return hits
  }

  #open(): void {
    const options = this.#options
    if (options === undefined) return
    clearTimeout(this.#retry)
    this.#attempt += 1
    const address = checkAddress(options.dial ?? options.url)
    this.#move({ kind: 'connecting', attempt: this.#attempt })
    if ('why' in address) {
      this.#move({
        kind: 'ended',
        reason: { kind: 'bad-address', url: options.url, why: address.why },
      })
      return
    }
    this.#shuttingDown = false
    const session = this.#createSession(options)
    this.#session = session
    this.#socket = openSocket(address.url, options.url, {
      opened: () => session.opened(),
      bytes: (chunk, at) => {
        this.#lastBytesAt = now()
        this.#arrived = at
        // Something may have been recorded since.
        this.#arrival = Math.max(at, this.#latest)
        session.receive(chunk)
        this.#arrival = undefined
        this.#poll()
        if (session.pendingBytes > 0 && this.#idle === undefined) this.#watchIdle(session)
      },
      lost: (reason) => this.#lost(reason),
    })
  }

  #createSession(options: ConnectOptions): Session {
    const ports: SessionPorts = {
      send: (text) => this.#socket?.send(this.#encoder.encode(text)),
      sendBytes: (bytes) => this.#socket?.send(bytes),
      now,
      after,
      nextExec: () => {
        this.#exec += 1
        return this.#exec as ExecId
      },
      random: Math.random,
    }
    const sink: SessionSink = {
      move: (state) => this.#sessionMoved(state),
      record: (body, text, bytes, source) => this.#sessionSaid(body, text, bytes, source),
      event: (event, source) => this.#printed(event, source),
      queueChanged: () => this.#batch.queueChanged(),
      broken: (why) => {
        this.#socket?.close()
        // A code of our own: nobody sent one.
        this.#lost({ kind: 'closed', code: 4000, reason: why, beforeGreeting: false })
      },
    }
    const limit = options.limitBytes === undefined ? {} : { limitBytes: options.limitBytes }
    return options.protocol === 'agent'
      ? createAgentSession(ports, sink, limit)
      : createSession(ports, sink, limit)
  }

  #sessionMoved(state: ConnectionState): void {
    this.#move(state)
    if (state.kind === 'ended') {
      this.#socket?.close()
      this.#socket = undefined
    } else if (state.kind === 'ready') {
      this.#attempt = 0
      if (state.greeting !== undefined) void this.#askIdentity(state.greeting.version)
    }
  }

  #sessionSaid(
    body: RowBody,
    text: string | undefined,
    bytes: number,
    source: SourceBytes | undefined,
  ): void {
    if (body.kind === 'event') {
      if (body.name === 'SHUTDOWN') this.#shuttingDown = true
      this.#event(body, text, bytes, source)
      return
    }
    if (body.kind === 'return' && body.name === 'quit') this.#shuttingDown = true
    this.#record(body, text, bytes, source)
  }

  /** As `record`, without the copies: there may be hundreds of thousands a second. */
  #event(
    event: Extract<RowBody, { kind: 'event' }>,
    text: string | undefined,
    bytes: number,
    source: SourceBytes | undefined,
  ): void {
    const { data, timestamp } = event
    const at = this.#arrival ?? this.#isNow()
    const name = this.#log.names.kept(event.name)
    const cause = this.#causes.causeOf(name, data, this.#arrival === undefined ? at : this.#arrived)
    const seq = this.#recording ? this.#log.nextSeq : -1
    const row = { kind: 'event', name, data, timestamp, cause, seq, at, bytes } as const
    if (this.#recording) {
      this.#guestErrors.event(name)
      this.#log.addEvent(row, text, source)
      this.#follower.addEvent(row)
      this.#added(row)
    } else {
      this.#missed += 1
      this.#guestErrors.unrecorded(row)
      this.#batch.row(row)
    }
  }

  /** As `event`, for one of which nothing is made but what somebody here asks for. */
  #printed(event: PrintedEvent, source: SourceBytes): boolean {
    const { name } = event
    // Of an end the data tells whether it is a failure.
    if (!this.#recording || name === 'SHUTDOWN' || mayTellFailure(name)) return false
    const at = this.#arrival ?? this.#isNow()
    const wanted = this.#follower.wants(name)
    const data = wanted === 'data' || this.#causes.any ? event.data() : undefined
    const cause = this.#causes.causeOf(name, data, this.#arrival === undefined ? at : this.#arrived)
    const seq = this.#log.nextSeq
    if (!this.#log.addPrinted(event, at, cause, source)) return false
    this.#guestErrors.event(name)
    if (wanted !== 'nothing') {
      const { seconds, microseconds, length: bytes } = event
      const timestamp = { seconds, microseconds }
      this.#follower.addEvent({ kind: 'event', name, data, timestamp, cause, seq, at, bytes })
    }
    this.#batch.recorded(seq)
    this.#changed()
    return true
  }

  #lost(reason: LossReason): void {
    this.#socket = undefined
    this.#stopIdle()
    const asking = [...this.#asking].map((each) => each.words)
    this.#session?.closed()
    this.#session = undefined
    const why: LossReason = this.#shuttingDown && reason.kind === 'closed' ? { kind: 'shut-down' } : reason
    const retryInMs = backoffMs(this.#attempt, Math.random())
    const lost: ConnectionState = { kind: 'lost', reason: why, retryInMs, attempt: this.#attempt }
    this.#move(asking.length === 0 ? lost : { ...lost, asking })
    this.#retry = setTimeout(() => this.#open(), retryInMs)
  }

  /** Leave the connection, whatever its state. */
  #drop(end: ConnectionState): void {
    clearTimeout(this.#retry)
    this.#stopIdle()
    this.#socket?.close()
    this.#socket = undefined
    this.#session?.closed()
    this.#session = undefined
    if (mayMove(this.#state.kind, end.kind)) this.#move(end)
  }

  /** A message without a line end is looked for once nothing more comes. */
  #watchIdle(session: Session): void {
    this.#idle = setTimeout(() => {
      this.#idle = undefined
      if (this.#session !== session || session.pendingBytes === 0) return
      if (now() - this.#lastBytesAt < idleMs) this.#watchIdle(session)
      else session.idle()
    }, idleMs)
  }

  #stopIdle(): void {
    clearTimeout(this.#idle)
    this.#idle = undefined
  }

  /** Who is it? Servers without these commands (the storage daemon) answer with an error, and that is fine. */
  async #askIdentity(version: Identity['version']): Promise<void> {
    const session = this.#session
    const [name, uuid] = await Promise.all([
      this.#askString('query-name', 'name'),
      this.#askString('query-uuid', 'UUID'),
    ])
    if (this.#session !== session) return
    const before = this.#identity
    const after: Identity = {
      version,
      name: name === undefined ? undefined : clip(name, longestName),
      uuid: uuid === undefined ? undefined : clip(uuid, longestName),
    }
    this.#identity = after
    this.#batch.identity(after, before === undefined ? undefined : compareIdentity(before, after))
  }

  async #askString(command: OwnQuery, member: 'name' | 'UUID'): Promise<string | undefined> {
    const outcome = await this.#ask(command)
    if (outcome.kind !== 'returned') return undefined
    const returned = outcome.text === undefined ? outcome.value : returnIn(outcome.text)
    const value = isJsonObject(returned) ? returned[member] : undefined
    return typeof value === 'string' ? value : undefined
  }
}

/** An alert by its name and what it looks for. */
function printFilter({ id, filter }: Alert): string {
  return JSON.stringify([id, filter], (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
}

/** What differs between who was here before and who is here now; undefined where nothing does. */
export function compareIdentity(before: Identity, after: Identity): IdentityChange | undefined {
  const differs: IdentityChange['differs'][number][] = []
  const a = before.version
  const b = after.version
  if (a.major !== b.major || a.minor !== b.minor || a.micro !== b.micro || a.package !== b.package) {
    differs.push('version')
  }
  if (before.uuid !== after.uuid) differs.push('uuid')
  if (before.name !== after.name) differs.push('name')
  return differs.length === 0 ? undefined : { before, after, differs }
}

function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}
