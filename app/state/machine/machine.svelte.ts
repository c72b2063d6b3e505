/**
 * One machine as the page sees it: its connection, who it is, its run state, its schema, what waits. Holds the
 * link to the machine's worker; every command goes out through `run` or `sendRaw` (a person's, past the lock), `call` (the
 * page's own queries, those of a table), `callAgain` (watched) or `askAbout` (nothing runs).
 */
import type { SchemaState } from './schema-state.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type {
  Alert,
  AlertHit,
  Batch,
  Identity,
  IdentityChange,
  KeepState,
  RecordingState,
  ReplayOrder,
  ReplayState,
  SavedPart,
  Saving,
} from '#api/machine.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { FoundRows, LogRow, LogTotals, RowView, Statistics } from '#record/row.ts'
import type { Outcome, QueueSnapshot, RawOutcome, Ticket } from '#qmp/report.ts'
import type { Outline } from '#record/outline.ts'
import type { QemuVersion } from '#qmp/message.ts'
import type { Track } from '#record/track.ts'
import { nextTicket, WorkerLink } from '#link/worker-link.ts'
import { confirm } from '../page/confirm.svelte.ts'
import { whyNotUnasked } from '#qapi/check/own-queries.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import { readTypes } from '#qapi/model/device-types.ts'
import type { QomTypes } from '#qapi/model/device-types.ts'
import { commandEffect, commandInLine } from '#qapi/check/effect.ts'
import { isProbed } from '#qapi/check/verdict.ts'
import { lockOnCommand, lockOnLine } from './lock.ts'
import type { LockAnswer } from './lock.ts'
import { guestErrorsShown } from '#words/guest-errors.ts'
import { describeOutcome } from '#words/outcome.ts'
import { references } from '../library/references.svelte.ts'
import { agentSchema } from '#qapi/model/agent-schema.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import { mostTracks } from '#record/track.ts'
import { settings } from '../page/settings.svelte.ts'
import type { Lock } from '../page/settings.svelte.ts'
import { Following } from '../tabs/follow-tab.ts'
import { mostRows, printNews } from '../tabs/following.ts'
import type { News } from '../tabs/following.ts'
import { cachedSchema, keepSchema } from '../library/schema-cache.ts'
import { tabMonitors } from '../tabs/tab-monitors.ts'
import { timeline } from './strip-rows.svelte.ts'

/** Where a machine comes from: the lab's list, an address given by hand, or the file of a recording. */
export interface MachineSource {
  /** Unique among the machines of the page; in the address. */
  readonly id: string
  readonly name: string
  /** The address of its bridge as it may be shown and recorded: without secrets. */
  readonly url: string
  /** The address that is opened: it may hold the lab's key or another secret. Undefined: nothing is opened. */
  readonly dial: string | undefined
  readonly protocol: 'qmp' | 'agent'
  readonly from: 'lab' | 'profile' | 'file'
  /** The lab's own demo machine. */
  readonly demo: boolean
  /** When the machine's socket was made, milliseconds since the epoch: when its QEMU was started. */
  readonly startedAt: number | undefined
  /** The channels that the lab lists beside this one: serial, vnc, qga. */
  readonly channels: readonly string[]
}

/** What the guest is doing, as `query-status` says. `status` is RunState. @qapi StatusInfo */
export interface RunStatus {
  readonly status: string
  readonly running: boolean
}

/** Something that never left the page. `by` says whose no it was: a person's own is no failure. */
export interface Refused {
  readonly kind: 'refused'
  readonly by: 'person' | 'lock'
  /** A sentence. */
  readonly why: string
}

/** What became of a command that a person asked for. */
export type RunResult = Outcome | Refused

/** How a command is to be run. */
export interface RunOptions {
  readonly oob?: boolean
  /** Default 30,000. */
  readonly deadlineMs?: number
  /** A ticket made beforehand, so that the command can be cancelled or found in the timeline while it waits. */
  readonly ticket?: Ticket
}

const defaultDeadlineMs = 30_000
/** How long a query of the page's own may take, in milliseconds. */
const queryMs = 10_000
/**
 * The same of a guest agent, which is as slow as its guest and answers one question after the other. Shorter: a slow one
 * is never done. Longer: where this is never answered, what a person sends meanwhile waits beyond its own 30 s.
 */
const agentQueryMs = 20_000
/** A worker that dies is started again, but not without end: so often in so many milliseconds. */
const mostDeaths = 3
const deathsMs = 60_000
const restartMs = 500
/** Of how many events the stamps are compared with their arrival. */
const lagsKept = 64
/** Events after which the run state is asked for again, rather than guessed from the event's name. */
const runStateEvents = new Set([
  'STOP',
  'RESUME',
  'SHUTDOWN',
  'RESET',
  'POWERDOWN',
  'SUSPEND',
  'SUSPEND_DISK',
  'WAKEUP',
  'GUEST_PANICKED',
  'BLOCK_IO_ERROR',
  'WATCHDOG',
  'MIGRATION',
])

/** The part of a file that is a machine of a recording. */
export interface RecordedPart {
  readonly file: File
  /** The machine's id in the file. */
  readonly machine: string
  readonly version: QemuVersion | undefined
  /** What query-qmp-schema returned, where the file has it. */
  readonly schema: Json | undefined
}

/** One machine. */
export class Machine {
  readonly #source: MachineSource
  #connection = $state.raw<ConnectionState>({ kind: 'idle' })
  #connectionSince = $state(Date.now())
  #identity = $state.raw<Identity | undefined>(undefined)
  #identityChange = $state.raw<IdentityChange | undefined>(undefined)
  #queue = $state.raw<QueueSnapshot>({ pending: [], blockedBy: undefined })
  #runStatus = $state.raw<RunStatus | undefined>(undefined)
  #schema = $state.raw<SchemaState>({ kind: 'none' })
  #totals = $state.raw<LogTotals>({ rows: 0, dropped: 0 })
  #errors = $state(0)
  #guestErrors = $state(0)
  /** Those that workers before this one have counted. */
  #guestErrorsBefore = $state(0)
  #workerDied = $state<string | undefined>(undefined)
  #startedAt = $state<number | undefined>(undefined)
  #channels = $state.raw<readonly string[]>([])
  #keep = $state.raw<KeepState>({ kind: 'off' })
  #recording = $state.raw<RecordingState>({ on: true, stoppedBy: undefined, missed: 0 })
  #restarted = $state<string | undefined>(undefined)
  #deaths: number[] = []
  #alerts: readonly Alert[] = []
  #hitWatchers = new Set<(hits: readonly AlertHit[]) => void>()
  #link: WorkerLink
  /** The address that is opened. Kept out of sight: it may hold a secret. */
  #dial: string | undefined
  /** Settled once the worker has what was kept of its record: nothing may be recorded before. */
  #prepared: Promise<void> = Promise.resolve()
  #tracks = new Map<number, Track>()
  #tracksVersion = $state(0)
  /** By how much arrival is later than the server's stamps, the latest ones: milliseconds. */
  #stampLags: number[] = []
  #clockLag = $state<number | undefined>(undefined)
  /** Counts up with each worker: a record that was opened in an earlier one is gone. */
  #generation = $state(0)
  #watchers = new Set<(rows: readonly LogRow[]) => void>()
  #askingStatus = false
  /** What a guest agent said of itself on this connection; undefined when it was not asked, or has not answered. */
  #agentInfo: Promise<Result<Json, string>> | undefined
  /** It was asked for its schema: `ready` comes again whenever the order of its replies was in doubt. */
  #askedAgent = false
  #askStatusAgain = false
  #part: RecordedPart | undefined
  #replayRestarts = 0
  #heldByTab = $state(false)
  #following = $state.raw<Following | undefined>(undefined)
  /** When the schema was read, where it is that of an earlier visit. */
  #cachedAt = $state<number | undefined>(undefined)
  #cachedVersion = $state.raw<QemuVersion | undefined>(undefined)
  readonly #leaveTabs: () => void
  /** The types that a person had listed on this connection. */
  #types = $state.raw<{ readonly on: ConnectionState; readonly types: QomTypes } | undefined>(undefined)

  constructor(source: MachineSource) {
    this.#source = source
    this.#dial = source.dial
    this.#startedAt = source.startedAt
    this.#channels = source.channels
    this.#link = this.#startWorker()
    this.#leaveTabs = this.fromFile ? () => undefined : this.#joinTabs()
    if (settings.keepsRecords && !this.fromFile) this.#prepared = this.#link.keep(this.id)
  }

  get id(): string {
    return this.#source.id
  }

  /** The name that the lab or the profile gives it. `identity.name` is what QEMU says. */
  get name(): string {
    return this.#source.name
  }

  /** Without secrets: `isDialled` compares what is opened. */
  get url(): string {
    return this.#source.url
  }

  /** Whether this is the address that is opened for it. */
  isDialled(address: string): boolean {
    return this.#dial === address
  }

  get protocol(): 'qmp' | 'agent' {
    return this.#source.protocol
  }

  get from(): MachineSource['from'] {
    return this.#source.from
  }

  /** Whether it is a recording that was opened, and no machine that could be connected. */
  get fromFile(): boolean {
    return this.#source.from === 'file'
  }

  get demo(): boolean {
    return this.#source.demo
  }

  get startedAt(): number | undefined {
    return this.#startedAt
  }

  get channels(): readonly string[] {
    return this.#channels
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  /** When the connection entered its state, milliseconds since the epoch. */
  get connectionSince(): number {
    return this.#connectionSince
  }

  get isReady(): boolean {
    return this.#connection.kind === 'ready'
  }

  get identity(): Identity | undefined {
    return this.#identity
  }

  /** Set when another QEMU answered after a reconnect; `dismissIdentityChange` takes it away. */
  get identityChange(): IdentityChange | undefined {
    return this.#identityChange
  }

  get queue(): QueueSnapshot {
    return this.#queue
  }

  get runStatus(): RunStatus | undefined {
    return this.#runStatus
  }

  get schema(): SchemaState {
    return references.join(this.#schema, this.#version)
  }

  get totals(): LogTotals {
    return this.#totals
  }

  /** Errors and problems since the page was opened or the record cleared. */
  get errors(): number {
    return this.#errors
  }

  /** Errors of the guest, its disks, devices and jobs since then; one at least while it stands in such a state. */
  get guestErrors(): number {
    return guestErrorsShown(this.#guestErrorsBefore + this.#guestErrors, this.#runStatus)
  }

  /** Why the worker died, where it did and was not started again; `restart` starts another. */
  get workerDied(): string | undefined {
    return this.#workerDied
  }

  /** Why the worker died that was started again; until it has been read. */
  get workerRestarted(): string | undefined {
    return this.#restarted
  }

  dismissRestart(): void {
    this.#restarted = undefined
  }

  /** Whether the record is kept over reloads, and what became of that. */
  get keepState(): KeepState {
    return this.#keep
  }

  get recording(): RecordingState {
    return this.#recording
  }

  /** What lasts or lasted, as the worker put it together. Reading it subscribes. The map is changed in place. */
  get tracks(): ReadonlyMap<number, Track> {
    return this.#tracksVersion >= 0 ? this.#tracks : new Map()
  }

  /**
   * By how much this browser's clock is ahead of the clock of the machine's host, in milliseconds: the least that lies
   * between the stamp and the arrival of the latest events, so the way is in it. Undefined before the first event.
   */
  get clockLag(): number | undefined {
    return this.#clockLag
  }

  /** Counts up when another worker, with another record, takes over. */
  get generation(): number {
    return this.#generation
  }

  get lock(): Lock {
    return this.fromFile ? 'read-only' : settings.lockOf(this.id)
  }

  setLock(lock: Lock): void {
    if (!this.fromFile) settings.setLock(this.id, lock)
  }

  dismissIdentityChange(): void {
    this.#identityChange = undefined
  }

  connect(): void {
    if (this.fromFile) return
    const link = this.#link
    void this.#prepared.then(() => {
      const { url, protocol } = this
      const dial = this.#dial
      if (link === this.#link && dial !== undefined) link.connect({ url, dial, protocol })
    })
  }

  /** Its bridge wants another key, or none is known any more: the connection follows. The same again changes nothing. */
  redial(dial: string | undefined): void {
    if (this.from !== 'lab' || dial === this.#dial) return
    this.#dial = dial
    if (dial === undefined) this.disconnect()
    else this.connect()
  }

  disconnect(): void {
    this.#link.disconnect()
  }

  /** The page is hidden or about to go: what is to be kept is written at once. */
  hurry(): void {
    this.#link.hurry()
  }

  /** Try again now instead of at the next planned attempt. */
  wake(): void {
    this.#link.wake()
  }

  /** Why nothing can be sent, whatever the lock says: a sentence. */
  get cannotSend(): string | undefined {
    return this.fromFile ? `${this.name} is a recording: nothing can be sent.` : undefined
  }

  /** Start another worker after the last one died, with what is left of the record, and connect. */
  restart(): void {
    this.#link.end()
    this.#workerDied = undefined
    this.#generation += 1
    this.#tracks.clear()
    this.#tracksVersion += 1
    const link = this.#startWorker()
    this.#link = link
    if (this.#part !== undefined) {
      void this.openRecording(this.#part)
      return
    }
    // The record died with its worker, but for what is kept, or what the page still shows: those rows are without text.
    this.#prepared = settings.keepsRecords
      ? link.keep(this.id)
      : link.adopt(
          timeline.rowsOf(this.id).map((row) => ({ row, text: undefined })),
          'worker-died',
        )
    timeline.forget(this.id)
    link.watch(this.#alerts)
    this.connect()
  }

  /** Keep the record over reloads from now on, or no more. What is kept stays until it is cleared. */
  setKeep(on: boolean): void {
    this.#prepared = this.#link.keep(on && !this.fromFile ? this.id : undefined)
  }

  /** Take over the rows of a recording, and what else it tells of the machine. The failure is a sentence. */
  openRecording(part: RecordedPart): Promise<Result<undefined, string>> {
    this.#part = part
    if (part.version !== undefined)
      this.#identity = { version: part.version, name: undefined, uuid: undefined }
    if (Array.isArray(part.schema)) {
      const schema = buildSchema(part.schema)
      this.#schema = schema.ok
        ? { kind: 'ready', schema: schema.value, raw: part.schema }
        : { kind: 'failed', why: `The schema in the recording cannot be used: ${schema.error}` }
    }
    return this.#link.openRecording(part.file, part.file.name, part.machine)
  }

  /** Play a recording again. Undefined without a worker. */
  async replay(order: ReplayOrder): Promise<ReplayState | undefined> {
    const state = await this.#link.replay(order)
    if (state !== undefined && state.restarts !== this.#replayRestarts) {
      // The rows come again, and so does what lasts.
      this.#replayRestarts = state.restarts
      this.#tracks.clear()
      this.#tracksVersion += 1
    }
    return state
  }

  /** What the rows that pass a filter are about: the first `most`. Undefined without a worker. */
  outline(filter: Filter, most: number): Promise<Outline | undefined> {
    return this.#link.outline(filter, most)
  }

  /** Begin to write rows as a file. Returns a handle, -1 without a worker. */
  beginSaving(saving: Saving): Promise<number> {
    return this.#link.beginSaving(saving)
  }

  /** The next part of the file. Undefined: it cannot be gone on with. */
  savedPart(handle: number, budgetMs: number): Promise<SavedPart | undefined> {
    return this.#link.savedPart(handle, budgetMs)
  }

  endSaving(handle: number): void {
    this.#link.endSaving(handle)
  }

  /** These filters watch what comes. To a recording nothing comes. */
  setAlerts(alerts: readonly Alert[]): void {
    if (this.fromFile) return
    this.#alerts = alerts
    this.#link.watch(alerts)
  }

  /** Be told of what alerts found. Returns the function that ends it. */
  watchHits(watcher: (hits: readonly AlertHit[]) => void): () => void {
    this.#hitWatchers.add(watcher)
    return () => this.#hitWatchers.delete(watcher)
  }

  /** Record, or leave a gap. */
  setRecording(on: boolean): void {
    this.#link.record(on)
  }

  /** End the worker: the machine leaves the page. */
  dispose(): void {
    this.unfollow()
    this.#leaveTabs()
    this.#link.end()
  }

  /** What the lab says of the machine now. */
  updateFromLab(startedAt: number | undefined, channels: readonly string[]): void {
    this.#startedAt = startedAt
    if (channels.join() !== this.#channels.join()) this.#channels = channels
  }

  /** Be told of rows as they arrive, batch by batch. Returns the function that ends it. */
  watchRows(watcher: (rows: readonly LogRow[]) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /**
   * Run a command for a person: past the machine's lock, and after a question where it is dangerous.
   * Always resolves, with exactly one result.
   */
  async run(name: string, args: JsonObject | undefined, options: RunOptions = {}): Promise<RunResult> {
    const refused = await this.#pastLock(lockOnCommand(this.lock, this.name, name, args))
    if (refused !== undefined) return refused
    const outcome = await this.#link.execute({
      name,
      arguments: args,
      oob: options.oob ?? false,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      ticket: options.ticket ?? nextTicket(),
      origin: 'person',
    })
    this.#learn(name, args, outcome)
    return outcome
  }

  /**
   * All types of this machine, as far as a person had them listed on this connection: the page does not ask for them by
   * itself, since QEMU loads all its modules for that.
   */
  get types(): QomTypes | undefined {
    return this.#types?.on === this.#connection ? this.#types.types : undefined
  }

  /** Run a query for the page itself: one of the table, and only as the table lets it out. The failure is a sentence. */
  async call(
    name: OwnQuery,
    args?: JsonObject,
    deadlineMs = this.protocol === 'agent' ? agentQueryMs : queryMs,
  ): Promise<Result<Json, string>> {
    const whyNot = whyNotUnasked(name, args, this.types)
    if (whyNot !== undefined) return err(whyNot)
    return this.#query(name, args, deadlineMs)
  }

  /** Ask again what a person has asked once, while they watch it. Only what changes nothing. The failure is a sentence. */
  async callAgain(
    name: string,
    args: JsonObject | undefined,
    deadlineMs: number,
  ): Promise<Result<Json, string>> {
    if (commandEffect(name, args).kind !== 'reads')
      return err(`${name} is not repeated: it may change something.`)
    return this.#query(name, args, deadlineMs)
  }

  async #query(
    name: string,
    args: JsonObject | undefined,
    deadlineMs: number,
  ): Promise<Result<Json, string>> {
    const outcome = await this.#own(name, args, deadlineMs)
    return outcome.kind === 'returned' ? ok(outcome.value) : err(describeOutcome(outcome))
  }

  /**
   * Ask about arguments with a member in them that no command has: the error is the answer, and nothing runs. Past the
   * lock, since nothing changes.
   */
  async askAbout(
    name: string,
    args: JsonObject,
  ): Promise<{ readonly desc: string } | { readonly why: string }> {
    if (!isProbed(args)) return { why: 'it is only asked with a member that no command has.' }
    const outcome = await this.#own(name, args, queryMs)
    if (outcome.kind === 'failed') return { desc: outcome.error.desc }
    return {
      why: outcome.kind === 'returned' ? 'it ran, which it should not have.' : describeOutcome(outcome),
    }
  }

  #own(name: string, args: JsonObject | undefined, deadlineMs: number): Promise<Outcome> {
    return this.#link.execute({
      name,
      arguments: args,
      oob: false,
      deadlineMs,
      ticket: nextTicket(),
      origin: 'page',
    })
  }

  /** What a person had listed need not be asked for again. */
  #learn(name: string, args: JsonObject | undefined, outcome: Outcome): void {
    // With `implements` it would be a part of the types only.
    if (name !== 'qom-list-types' || outcome.kind !== 'returned' || args?.implements !== undefined) return
    this.#types = { on: this.#connection, types: readTypes(outcome.value) }
  }

  /** A ticket for `run`. */
  newTicket(): Ticket {
    return nextTicket()
  }

  /** Take a queued command back. False when it was already sent. */
  cancel(ticket: Ticket): Promise<boolean> {
    return this.#link.cancel(ticket)
  }

  /** Send one line as it is, past the lock. What failed is the lock's refusal, or the person's. */
  async sendRaw(line: string, deadlineMs = defaultDeadlineMs): Promise<Result<RawOutcome, Refused>> {
    const refused = await this.#pastLock(lockOnLine(this.lock, this.name, line))
    if (refused !== undefined) return err(refused)
    const sent = await this.#link.sendRaw(line, deadlineMs, nextTicket())
    const command = commandInLine(line)
    if (sent.kind === 'command' && command !== undefined)
      this.#learn(command.name, command.arguments, sent.outcome)
    return ok(sent)
  }

  /** The exact text of a row's message, where the record still has it. */
  text(seq: number): Promise<string | undefined> {
    return this.#link.text(seq)
  }

  /** Rows of the record by their numbers; those that are gone are left out. */
  rows(seqs: readonly number[]): Promise<readonly RowView[]> {
    return this.#link.rows(seqs)
  }

  /** A command, what ended it, and the events put down to it. */
  family(exec: number): Promise<readonly RowView[]> {
    return this.#link.family(exec)
  }

  /** Begin to look for rows in the record; every later one is looked at too. Returns a handle, -1 without a worker. */
  openRows(filter: Filter): Promise<number> {
    return this.#link.open(filter)
  }

  /** What was found since the last call, after looking on for so many milliseconds. Undefined: open it again. */
  foundRows(handle: number, budgetMs: number): Promise<FoundRows | undefined> {
    return this.#link.found(handle, budgetMs)
  }

  closeRows(handle: number): void {
    this.#link.close(handle)
  }

  /** What the rows that pass a filter are together. Undefined without a worker. */
  statistics(filter: Filter): Promise<Statistics | undefined> {
    return this.#link.statistics(filter)
  }

  /** The names of commands and events in the record: those that no schema knows as well. */
  namesInRecord(): Promise<readonly string[]> {
    return this.#link.names()
  }

  /** Forget the machine's record. */
  clearRecord(): void {
    this.#errors = 0
    this.#guestErrors = 0
    this.#guestErrorsBefore = 0
    timeline.forget(this.id)
    this.#tracks.clear()
    this.#tracksVersion += 1
    this.#link.clear()
  }

  /** Read the schema from the machine again. */
  async loadSchema(): Promise<void> {
    if (this.#schema.kind === 'loading') return
    if (this.protocol === 'agent') {
      await this.#loadAgentSchema()
      return
    }
    // Forms, results and pages stay while it is read again: most often it is the same.
    const before = this.#schema.kind === 'ready' ? this.#schema : undefined
    const { connection } = this
    if (before === undefined) this.#schema = { kind: 'loading' }
    const reply = await this.call('query-qmp-schema', undefined, 60_000)
    if (!reply.ok) {
      // Another connection reads it once more.
      if (before === undefined || connection === this.#connection)
        this.#schema = { kind: 'failed', why: `query-qmp-schema: ${reply.error}` }
      return
    }
    if (before === undefined || !equalJson(before.raw, reply.value)) this.#takeSchema(reply.value)
    this.#cachedAt = undefined
    if (connection.kind === 'ready' && connection.greeting !== undefined && this.#schema.kind === 'ready') {
      const { version } = connection.greeting
      void keepSchema(this.id, { at: Date.now(), version, raw: reply.value })
    }
  }

  #takeSchema(raw: Json): void {
    this.#cachedAt = undefined
    const schema = buildSchema(raw)
    this.#schema = schema.ok
      ? { kind: 'ready', schema: schema.value, raw }
      : { kind: 'failed', why: schema.error }
  }

  /** Whether another tab of this browser holds the monitor that is occupied. */
  get isHeldByTab(): boolean {
    return this.#heldByTab && this.#connection.kind === 'occupied'
  }

  /** When the schema was read, milliseconds since the epoch, where it is that of an earlier visit. */
  get schemaAsOf(): number | undefined {
    return this.#schema.kind === 'ready' ? this.#cachedAt : undefined
  }

  /** Whether what the tab that holds the monitor knows is shown here. */
  get isFollowing(): boolean {
    return this.#following !== undefined
  }

  /** Show what the tab that holds the monitor knows, until the connection changes. Nothing is sent to the machine. */
  follow(): void {
    if (!this.isHeldByTab || this.#following !== undefined) return
    // It is told from the beginning.
    timeline.forgetFollowed(this.id)
    this.#following = new Following(
      (after) => tabMonitors.follow(this.url, after),
      () => {
        this.unfollow()
        this.#heldByTab = false
      },
    )
  }

  unfollow(): void {
    if (this.#following === undefined) return
    this.#following.end()
    this.#following = undefined
    this.#runStatus = undefined
  }

  #followed(news: News): void {
    if (this.#following === undefined) return
    this.#following.answered(news)
    if (news.identity !== undefined) this.#identity = news.identity
    this.#runStatus = news.runStatus
    timeline.appendFollowed(this.id, news.rows, news.omitted)
    // The other tab had not read it when it was asked first.
    if (this.#schema.kind !== 'ready' || this.#cachedAt !== undefined) tabMonitors.ask(this.url)
  }

  #news(after: number): unknown {
    const { rows, more } = timeline.rowsAfter(this.id, after, mostRows)
    const last = rows.at(-1)?.seq ?? timeline.rowsAfter(this.id, -1, 1).rows[0]?.seq ?? -1
    return printNews({ identity: this.#identity, runStatus: this.#runStatus, rows, omitted: more, last })
  }

  /** Somebody else has the monitor: what it was at the last visit can be explored meanwhile. */
  async #showCachedSchema(): Promise<void> {
    const before = this.#schema
    if (before.kind !== 'none') return
    const cached = await cachedSchema(this.id)
    // Another tab, or the machine itself, may have told it meanwhile.
    if (cached === undefined || this.#schema !== before) return
    const schema = buildSchema(cached.raw)
    if (!schema.ok) return
    this.#schema = { kind: 'ready', schema: schema.value, raw: cached.raw }
    this.#cachedAt = cached.at
    this.#cachedVersion = cached.version
  }

  /** Have the tab that holds the monitor let go of it; the connection that waits here is the next one then. */
  takeOver(): void {
    tabMonitors.takeOver(this.url)
  }

  #joinTabs(): () => void {
    return tabMonitors.add({
      url: this.url,
      holds: () => this.isReady && this.protocol === 'qmp',
      raw: () => (this.#schema.kind === 'ready' ? this.#schema.raw : undefined),
      letGo: () => this.disconnect(),
      heldElsewhere: (raw) => {
        this.#heldByTab = true
        // What can be explored is explored meanwhile.
        if ((this.#schema.kind !== 'ready' || this.#cachedAt !== undefined) && Array.isArray(raw))
          this.#takeSchema(raw as Json)
      },
      news: (after) => this.#news(after),
      followed: (news) => this.#followed(news),
    })
  }

  /** The return of `guest-info`. Asked for once on a connection, whoever wants it: an agent answers nothing meanwhile. */
  agentInfo(): Promise<Result<Json, string>> {
    if (this.#agentInfo !== undefined) return this.#agentInfo
    const asked = this.call('guest-info').then((info) => {
      if (!info.ok && this.#agentInfo === asked) this.#agentInfo = undefined
      return info
    })
    this.#agentInfo = asked
    return asked
  }

  /** The version of the QEMU or storage daemon that the schema is of. */
  get #version(): string | undefined {
    const version =
      this.#identity?.version ?? (this.#cachedAt === undefined ? undefined : this.#cachedVersion)
    return version === undefined ? undefined : `${version.major}.${version.minor}.${version.micro}`
  }

  /** A guest agent has no introspection: its own list, and the schema file that the lab serves where it has one. */
  async #loadAgentSchema(): Promise<void> {
    this.#askedAgent = true
    const info = await this.agentInfo()
    if (!info.ok) return
    const said = isJsonObject(info.value) ? info.value.version : undefined
    const version = typeof said === 'string' ? said : undefined
    const found = await references.referenceOf('agent', version)
    if (found?.reference.form !== 'qapi') return
    const made = agentSchema(found.reference, info.value)
    if (made.ok) references.made(made.value.schema, found.reference, found.manual, version)
    this.#schema = made.ok ? { kind: 'ready', ...made.value } : { kind: 'failed', why: made.error }
  }

  /** Ask for the run state now. Requests made meanwhile are one more request afterwards. */
  async refreshStatus(): Promise<void> {
    if (this.protocol !== 'qmp' || !this.isReady) return
    if (this.#askingStatus) {
      this.#askStatusAgain = true
      return
    }
    this.#askingStatus = true
    const reply = await this.call('query-status')
    if (reply.ok && isJsonObject(reply.value)) {
      const { status, running } = reply.value
      if (typeof status === 'string') this.#runStatus = { status, running: running === true }
    } else {
      this.#runStatus = undefined
    }
    this.#askingStatus = false
    if (this.#askStatusAgain) {
      this.#askStatusAgain = false
      await this.refreshStatus()
    }
  }

  #startWorker(): WorkerLink {
    return new WorkerLink(this.name, {
      batch: (batch) => this.#apply(batch),
      died: (why) => {
        const now = performance.now()
        this.#deaths = [...this.#deaths.filter((at) => now - at < deathsMs), now]
        if (this.#deaths.length <= mostDeaths) {
          this.#restarted = why
          setTimeout(() => this.restart(), restartMs)
        } else {
          this.#restarted = undefined
          this.#workerDied = why
        }
        this.#guestErrorsBefore += this.#guestErrors
        this.#guestErrors = 0
        // Nobody follows them any more.
        const at = performance.timeOrigin + now
        for (const track of this.#tracks.values()) {
          if (track.end === undefined) this.#tracks.set(track.id, { ...track, end: at, outcome: 'unknown' })
        }
        this.#tracksVersion += 1
        this.#recording = { on: true, stoppedBy: undefined, missed: 0 }
        this.#enter({ kind: 'ended', reason: { kind: 'disconnected' } })
        this.#queue = { pending: [], blockedBy: undefined }
      },
    })
  }

  #enter(state: ConnectionState): void {
    this.#connection = state
    this.#connectionSince = Date.now()
    this.#heldByTab = false
    this.unfollow()
    if (state.kind === 'occupied') {
      tabMonitors.ask(this.url)
      void this.#showCachedSchema()
    }
    // Another agent may answer next.
    if (state.kind === 'connecting' || state.kind === 'silent') {
      this.#agentInfo = undefined
      this.#askedAgent = false
    }
    if (state.kind === 'ready') {
      void this.refreshStatus()
      if (!this.#askedAgent) void this.loadSchema()
    } else {
      this.#runStatus = undefined
    }
  }

  #apply(batch: Batch): void {
    if (batch.identity !== undefined) this.#identity = batch.identity
    if (batch.identityChange !== undefined) this.#identityChange = batch.identityChange
    if (batch.queue !== undefined) this.#queue = batch.queue
    this.#totals = batch.totals
    if (!this.fromFile) this.#guestErrors = batch.guestErrors
    if (batch.state !== undefined) this.#enter(batch.state)
    // In a flood rows are left out, and one of them may have been a change of state.
    let askStatus = batch.omitted > 0
    let errors = 0
    for (const row of this.fromFile ? [] : batch.rows) {
      if (row.kind === 'event' && runStateEvents.has(row.name)) askStatus = true
      if (row.kind === 'problem' || row.kind === 'outcome') errors += 1
      else if (row.kind === 'error' && row.origin === 'person') errors += 1
    }
    if (errors > 0) this.#errors += errors
    if (askStatus) void this.refreshStatus()
    if (batch.tracks.length > 0) {
      for (const track of batch.tracks) this.#tracks.set(track.id, track)
      this.#dropTracks()
      this.#tracksVersion += 1
    }
    this.#compareClocks(batch.rows)
    if (batch.keep !== undefined) this.#keep = batch.keep
    if (batch.recording !== undefined) this.#recording = batch.recording
    if (batch.hits.length > 0) for (const watcher of this.#hitWatchers) watcher(batch.hits)
    // Rows that were not recorded have no place in a list of what is; a recording's are none of what happens now.
    if (!this.fromFile) {
      timeline.append(
        this.id,
        batch.rows.filter((row) => row.seq >= 0),
        batch.omitted,
      )
    }
    for (const watcher of this.#watchers) watcher(batch.rows)
  }

  /** No more than the worker keeps: those that ended go first, the oldest of them. */
  #dropTracks(): void {
    let over = this.#tracks.size - mostTracks
    if (over <= 0) return
    for (const track of this.#tracks.values()) {
      if (track.end === undefined) continue
      this.#tracks.delete(track.id)
      over -= 1
      if (over === 0) return
    }
  }

  #compareClocks(rows: readonly LogRow[]): void {
    const before = this.#stampLags.length
    for (const row of rows.slice(-lagsKept)) {
      if (row.kind !== 'event' || row.timestamp === undefined || row.timestamp.seconds < 0) continue
      this.#stampLags.push(row.at - row.timestamp.seconds * 1000 - row.timestamp.microseconds / 1000)
    }
    if (this.#stampLags.length === before) return
    this.#stampLags = this.#stampLags.slice(-lagsKept)
    this.#clockLag = Math.min(...this.#stampLags)
  }

  async #pastLock(answer: LockAnswer): Promise<Refused | undefined> {
    if (this.cannotSend !== undefined) return { kind: 'refused', by: 'lock', why: this.cannotSend }
    if (answer.kind === 'refuse') return { kind: 'refused', by: 'lock', why: answer.why }
    if (answer.kind === 'pass' || (await confirm.ask(answer.question))) return undefined
    return { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' }
  }
}
