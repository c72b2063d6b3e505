/**
 * One file, because it is one class of getters over its parts, each of which has a file of its own.
 *
 * One machine as the page sees it: its connection, who it is, its run state and its schema. Holds the link to the
 * machine's worker, and hands it to its parts: `commands` (the lock, sent and queued commands), `record` (rows, tracks,
 * counts, keeping) and `tabs` (the other tabs of this browser).
 * Tested by app/views/command/results.test.ts and e2e/journey.spec.ts.
 */
import type { SchemaState } from './schema-state.ts'
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { Batch, Identity, IdentityChange } from '#api/machine.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Manners } from '#qmp/manners.ts'
import type { QemuVersion } from '#qmp/message.ts'
import { MadeOnce } from '../made-once.ts'
import type { MachineLink } from '../platform.ts'
import { Commands } from './parts/commands.svelte.ts'
import { MachineRecord } from './parts/record.svelte.ts'
import { runStateEvents, RunStatusOf } from './parts/run-status.svelte.ts'
import type { RunStatus } from './parts/run-status.svelte.ts'
import { MachineSchema } from './parts/machine-schema.svelte.ts'
import { MachineLines } from './parts/machine-lines.ts'
import type { MachineNeeds } from './parts/needs.ts'
import type { MachineAbout } from './lab-list.ts'
import type { MachineSource } from './parts/source.ts'
import { Usage } from './channels/usage.ts'
import { MachineChannels } from './channels/machine-channels.svelte.ts'
import type { ChannelSource } from './channels/channel.svelte.ts'
import { MachineTabs } from './parts/tabs.svelte.ts'

/** A worker that dies is started again, but at most 3 times in a minute. */
const mostDeaths = 3
const deathsMs = 60_000
const restartMs = 500

/** The part of a file that is a machine of a recording. */
interface RecordedPart {
  readonly file: File
  /** The machine's id in the file. */
  readonly machine: string
  readonly version: QemuVersion | undefined
  /** What query-qmp-schema returned, where the file has it. */
  readonly schema: Json | undefined
}

function isUnderWay({ kind }: ConnectionState): boolean {
  return kind === 'connecting' || kind === 'greeting' || kind === 'negotiating'
}

/** One machine. */
export class Machine {
  readonly commands: Commands
  readonly record: MachineRecord
  readonly tabs: MachineTabs
  readonly lines: MachineLines
  readonly channels: MachineChannels<Machine>
  readonly #schema: MachineSchema
  readonly #runStatus: RunStatusOf
  readonly #needs: MachineNeeds
  readonly #source: MachineSource
  readonly #made = new MadeOnce<Machine>(this)
  #connection = $state.raw<ConnectionState>({ kind: 'idle' })
  #connectionSince = $state(0)
  #manners = $state.raw<Manners | undefined>(undefined)
  #identity = $state.raw<Identity | undefined>(undefined)
  #identityChange = $state.raw<IdentityChange | undefined>(undefined)
  #workerDied = $state<string | undefined>(undefined)
  #workerRestarted = $state<string | undefined>(undefined)
  #startedAt = $state<number | undefined>(undefined)
  #isWatched = $state(false)
  #isLookedAt = false
  #about = $state.raw<MachineAbout>({})
  #url = $state('')
  /** When workers died lately, in milliseconds since the page began. */
  #deaths: number[] = []
  readonly #usage = new Usage({ connect: () => this.connect(), disconnect: () => this.disconnect() })
  #link: MachineLink
  /** The address that is opened. Kept out of sight: it may hold a secret. */
  #dial: string | undefined

  constructor(needs: MachineNeeds, source: MachineSource) {
    this.#needs = needs
    this.#source = source
    this.#connectionSince = needs.now()
    this.#dial = source.dial
    this.#url = source.url
    this.#startedAt = source.startedAt
    this.#isWatched = source.isWatched === true
    this.#about = source.about ?? {}
    this.#link = this.#startWorker()
    const link = (): MachineLink => this.#link
    const connection = (): ConnectionState => this.#connection
    this.lines = new MachineLines(link)
    this.commands = new Commands(needs, source, link, connection, () => this.isWatched)
    this.#runStatus = new RunStatusOf(() =>
      this.isReady && source.protocol === 'qmp' ? this.commands.call('query-status') : undefined,
    )
    this.#schema = new MachineSchema(needs, source, this.commands, connection, () => this.#identity?.version)
    this.record = new MachineRecord(needs, source, link, () => this.runStatus)
    this.record.watchEvents(runStateEvents, () => void this.#runStatus.refresh())
    this.channels = new MachineChannels(
      this,
      needs.now,
      source.channels,
      (note) => void this.record.calls.noteChannel(note),
    )
    this.tabs = new MachineTabs({
      needs,
      source: this,
      newest: this.record.newest,
      schema: this.#schema,
      connection,
      known: () => ({ identity: this.#identity, runStatus: this.runStatus }),
      take: ({ identity, runStatus }) => {
        if (identity !== undefined) this.#identity = identity
        this.#runStatus.take(runStatus)
      },
      letGo: () => this.disconnect(),
    })
  }

  get id(): string {
    return this.#source.id
  }

  /** The name that the lab or the profile gives it. `identity.name` is what QEMU says. */
  get name(): string {
    return this.#source.name
  }

  /** Without secrets: `isDialled` compares the address that is opened. */
  get url(): string {
    return this.#url
  }

  get protocol(): 'qmp' | 'agent' {
    return this.#source.protocol
  }

  /** The name of the other host whose list it is in. */
  get host(): string | undefined {
    return this.#source.host
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

  /** What its lab says of it. */
  get about(): MachineAbout {
    return this.#about
  }

  /** The machine beside whose monitor this connection is; undefined for a machine of its own. */
  get companionOf(): string | undefined {
    return this.#source.companionOf
  }

  /** What people call its channel. */
  get channelLabel(): string {
    return this.#source.channelLabel ?? (this.protocol === 'agent' ? 'Guest agent' : 'QMP monitor')
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

  /** How its server keeps the protocol, where that is otherwise than QEMU does. */
  get manners(): Manners | undefined {
    return this.#manners
  }

  /** Whether its monitor belongs to another program: it is held while a person asks for something. */
  get isPolite(): boolean {
    return this.#source.polite === true
  }

  get #isLetGoPolitely(): boolean {
    return this.#connection.kind === 'ended' && this.#connection.reason.kind === 'polite'
  }

  /** Whether a person can send it something now: it is connected, or is connected for that. */
  get takesCommands(): boolean {
    return this.isReady || this.#isLetGoPolitely || (this.isPolite && isUnderWay(this.#connection))
  }

  /** Whether commands can be run out-of-band. */
  get hasOob(): boolean {
    return this.#connection.kind === 'ready' && this.#connection.oob && this.#manners?.noOob === undefined
  }

  get identity(): Identity | undefined {
    return this.#identity
  }

  /** Set when another QEMU answered after a reconnect; `dismissIdentityChange` takes it away. */
  get identityChange(): IdentityChange | undefined {
    return this.#identityChange
  }

  dismissIdentityChange(): void {
    this.#identityChange = undefined
  }

  get runStatus(): RunStatus | undefined {
    return this.#runStatus.value
  }

  get schema(): SchemaState {
    return this.#schema.state
  }

  /** When the schema was read, milliseconds since the epoch, where it is that of an earlier visit. */
  get schemaAsOf(): number | undefined {
    return this.#schema.asOf
  }

  /** Read the schema from the machine again. */
  loadSchema(): Promise<void> {
    return this.#schema.load()
  }

  /** Read the manual that fits its schema, for who shows it: see `References.load`. */
  loadTexts(): Promise<void> {
    return this.#schema.loadTexts()
  }

  /** The return of `guest-info`, asked for once on a connection, or again with `isChanged`. The failure is a sentence. */
  agentInfo(isChanged = false): Promise<Result<Json, string>> {
    return this.#schema.agentInfo(isChanged)
  }

  /** Why the worker died, where it did and was not started again; `restart` starts another. */
  get workerDied(): string | undefined {
    return this.#workerDied
  }

  /** Why the worker died that was started again; until it has been read. */
  get workerRestarted(): string | undefined {
    return this.#workerRestarted
  }

  dismissRestart(): void {
    this.#workerRestarted = undefined
  }

  /** What a view, or a part of the state, keeps of this machine: made when it is first asked for, gone with the machine. */
  of<Made>(make: (machine: Machine) => Made): Made {
    return this.#made.of(make)
  }

  /** Whether this is the address that is opened for it. */
  isDialled(address: string): boolean {
    return this.#dial === address
  }

  /** `now`: also where it is held only for what a person asks. */
  connect(now = false): void {
    if (this.fromFile) return
    const link = this.#link
    void this.record.prepared.then(() => {
      const { url, protocol } = this
      const dial = this.#dial
      if (link !== this.#link || dial === undefined) return
      const polite = this.isPolite ? { polite: now ? ('now' as const) : ('when-asked' as const) } : {}
      link.calls.connect({ url, dial, protocol, ...polite })
    })
  }

  /**
   * Its bridge wants another key, or none is known any more, or its monitor came after other channels: the connection follows.
   * `url` is the address as it may be shown. The same again changes nothing.
   */
  redial(dial: string | undefined, url = this.url): void {
    if (this.from !== 'lab' || dial === this.#dial) return
    this.#dial = dial
    this.#url = url
    if (dial === undefined) this.disconnect()
    else if (this.companionOf === undefined || this.#usage.isWanted) this.connect()
  }

  /** The key of its lab is not known any more: nothing of it is opened, by any channel. */
  forgetKey(): void {
    if (this.from !== 'lab') return
    this.redial(undefined)
    this.channels.forgetAddresses()
  }

  disconnect(): void {
    this.#link.calls.disconnect()
  }

  /**
   * Something on screen needs the connection of a companion, until the function that is returned is called. A machine of its
   * own is connected all the time.
   */
  use(): () => void {
    return this.companionOf === undefined ? () => undefined : this.#usage.use()
  }

  /** A person gives its channel free for others, or takes it up again. */
  letGo(): void {
    this.#usage.letGo()
    this.disconnect()
  }

  takeUp(): void {
    this.#usage.takeUp()
    this.connect(true)
  }

  /** A person looks at it: one that is held only for what a person asks is connected once, for its schema and its state. */
  look(): void {
    if (!this.#isLetGoPolitely || this.#identity !== undefined || this.#isLookedAt) return
    this.#isLookedAt = true
    this.connect(true)
  }

  /** Try again now instead of at the next planned attempt. */
  wake(): void {
    this.#link.calls.wake()
  }

  /** Start another worker after the last one died, with the rest of the record, and connect. */
  restart(): void {
    this.#link.end()
    this.#workerDied = undefined
    this.#link = this.#startWorker()
    this.record.workerStarted()
    this.lines.workerStarted()
    if (this.companionOf === undefined || this.#usage.isWanted) this.connect()
  }

  /** Take over the rows of a recording, and what else it tells of the machine. The failure is a sentence. */
  openRecording({ file, machine, version, schema }: RecordedPart): Promise<Result<undefined, string>> {
    if (version !== undefined) this.#identity = { version, name: undefined, uuid: undefined }
    if (Array.isArray(schema)) this.#schema.take(schema, 'The schema in the recording cannot be used: ')
    return this.record.open(file, machine)
  }

  /** What the lab says of the machine now. */
  updateFromLab(
    startedAt: number | undefined,
    channels: readonly ChannelSource[],
    about: MachineAbout = this.#about,
  ): void {
    this.#about = about
    const isRestarted = startedAt !== this.#startedAt
    this.#startedAt = startedAt
    if (isRestarted) this.lines.wake()
    this.channels.update(channels)
  }

  /** Whether this page may only watch it: its key says so, or the gate before its monitor. */
  get isWatched(): boolean {
    const connection = this.#connection
    return this.#isWatched || (connection.kind === 'ready' && connection.greeting?.watches === true)
  }

  /** What the key of its lab says now. */
  setWatched(isWatched: boolean): void {
    if (this.from === 'lab') this.#isWatched = isWatched
  }

  /** End the worker: the machine leaves the page. */
  dispose(): void {
    this.#usage.end()
    this.tabs.end()
    this.#link.end()
  }

  #startWorker(): MachineLink {
    this.#manners = undefined
    return this.#needs.startMachine(this.name, {
      batch: (batch) => this.#take(batch),
      died: (why) => this.#takeDeath(why),
    })
  }

  #takeDeath(why: string): void {
    const now = performance.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathsMs), now]
    if (this.#deaths.length <= mostDeaths) {
      this.#workerRestarted = why
      setTimeout(() => this.restart(), restartMs)
    } else {
      this.#workerRestarted = undefined
      this.#workerDied = why
    }
    this.record.workerDied(performance.timeOrigin + now)
    this.#enter({ kind: 'ended', reason: { kind: 'disconnected' } })
    this.commands.takeQueue()
  }

  #enter(state: ConnectionState): void {
    this.#connection = state
    this.#connectionSince = this.#needs.now()
    this.tabs.entered(state)
    if (state.kind === 'ready') void this.#runStatus.refresh()
    else this.#runStatus.take(undefined)
    this.#schema.entered(state)
  }

  #take(batch: Batch): void {
    if (batch.identity !== undefined) this.#identity = batch.identity
    if (batch.identityChange !== undefined) this.#identityChange = batch.identityChange
    if (batch.queue !== undefined) this.commands.takeQueue(batch.queue)
    if (batch.manners !== undefined) this.#manners = batch.manners
    if (batch.state !== undefined) this.#enter(batch.state)
    this.record.take(batch)
  }
}
