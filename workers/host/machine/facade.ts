/**
 * One machine in its worker, as the page calls it. Only forwards: to the connection, to the recorder of what happens,
 * to the questions that the worker asks without a person, and to the files.
 */
import { transfer } from 'comlink'
import type {
  Alert,
  Batch,
  ChannelNote,
  ConnectOptions,
  ExecuteRequest,
  Identity,
  MachineWorker,
  ReplayOrder,
  ReplayState,
  SavedPart,
  Saving,
} from '#api/machine.ts'
import type { LineOrder } from '#api/line.ts'
import type { Result } from '#base/result.ts'
import type { GapReason, Outcome, RawOutcome, Ticket } from '#qmp/report.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { Outline } from '#record/outline.ts'
import type { AdoptedRow, FoundRows, RowView, Statistics } from '#record/row.ts'
import { isQuestion } from '#trace/follow/named-things.ts'
import { Connector } from './connector.ts'
import { Files } from './files.ts'
import type { OpenLines } from './lines/open-lines.ts'
import { askIdentity, compareIdentity } from './identity.ts'
import { Questions } from './questions.ts'
import { Recorder } from './recorder/recorder.ts'

/** Names that are told of the record. */
const mostNames = 1000

/** Make the machine of this worker. */
export function createMachine(): MachineWorker {
  return new MachineFacade()
}

class MachineFacade implements MachineWorker {
  readonly #recorder: Recorder
  readonly #connection: Connector
  readonly #questions: Questions
  readonly #files: Files
  #sink: (batch: Batch) => unknown = () => undefined
  #identity: Identity | undefined
  #lines: Promise<OpenLines> | undefined

  constructor() {
    this.#recorder = new Recorder({
      queue: () => this.#connection.session?.queue() ?? { pending: [], blockedBy: undefined },
      deliver: (batch) => Promise.resolve(this.#sink(batch)),
      recorded: () => this.#questions.poll(),
    })
    this.#connection = new Connector(this.#recorder, {
      ready: ({ greeting }) => {
        if (greeting !== undefined) void this.#identify(greeting.version)
      },
      unanswered: () => this.#questions.unanswered,
    })
    this.#questions = new Questions(
      () => this.#connection.session,
      () => (this.#connection.state.kind === 'ready' ? this.#recorder.follower.polls() : []),
    )
    this.#files = new Files(this.#recorder, (exec) => this.#connection.passOver(exec))
  }

  async #identify(version: Identity['version']): Promise<void> {
    const { session } = this.#connection
    const after = await askIdentity((name) => this.#questions.ask(name), version)
    if (this.#connection.session !== session) return
    const before = this.#identity
    this.#identity = after
    const identityChange = before === undefined ? undefined : compareIdentity(before, after)
    this.#recorder.batch.change({ identity: after, ...(identityChange && { identityChange }) })
  }

  ping(): void {
    // To have come here is the answer.
  }

  listen(sink: (batch: Batch) => void): void {
    this.#sink = sink
    this.#recorder.batch.change({ state: this.#connection.state })
  }

  connect(options: ConnectOptions): void {
    this.#connection.connect(options)
  }

  disconnect(): void {
    this.#connection.disconnect()
  }

  wake(): void {
    this.#connection.wake()
  }

  execute(request: ExecuteRequest): Promise<Outcome> {
    return request.origin === 'person' ? this.#executeFor(request) : this.#questions.execute(request)
  }

  /** A person's command may have to wait for a connection. */
  async #executeFor(request: ExecuteRequest): Promise<Outcome> {
    if (!this.#connection.isPolite) return this.#questions.execute(request)
    const deadlineMs = await this.#connection.asked(request.deadlineMs)
    return this.#questions.execute({ ...request, deadlineMs })
  }

  cancel(ticket: Ticket): boolean {
    return this.#connection.session?.cancel(ticket) ?? false
  }

  async sendRaw(line: string, deadlineMs: number, ticket: Ticket): Promise<RawOutcome> {
    if (this.#connection.isPolite) await this.#connection.asked(deadlineMs)
    // One line: a line break inside would be two messages, and the record could not tell them apart.
    const text = line.replace(/[\r\n]+/g, ' ')
    return (
      this.#connection.session?.sendRaw(text, deadlineMs, ticket) ??
      Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    )
  }

  setRecording(on: boolean): void {
    this.#recorder.setRecording(on)
  }

  setAlerts(alerts: readonly Alert[]): void {
    this.#recorder.setAlerts(alerts)
  }

  clear(): void {
    this.#recorder.clear()
    void this.#recorder.keeper?.clear()
  }

  subscribe(names: readonly string[]): void {
    this.#recorder.subscribe(names)
  }

  text(seq: number): string | undefined {
    return this.#recorder.store.text(seq)
  }

  rows(seqs: readonly number[]): readonly RowView[] {
    return this.#recorder.queries.rows(seqs)
  }

  family(exec: number): readonly RowView[] {
    return this.#recorder.queries.family(exec)
  }

  commandsBefore(seq: number): readonly RowView[] {
    return this.#recorder.queries.commandsBefore(seq, isQuestion)
  }

  openQuery(filter: Filter): number {
    return this.#recorder.queries.openQuery(filter)
  }

  readQuery(handle: number, budgetMs: number): FoundRows | undefined {
    const found = this.#recorder.queries.readQuery(handle, budgetMs)
    if (found === undefined) return undefined
    const { seq, at, lane, latencyMs, continues } = found
    return transfer(found, [seq.buffer, at.buffer, lane.buffer, latencyMs.buffer, continues.buffer])
  }

  closeQuery(handle: number): void {
    this.#recorder.queries.closeQuery(handle)
  }

  statistics(filter: Filter): Statistics {
    return this.#recorder.queries.statistics(filter)
  }

  names(): readonly string[] {
    return this.#recorder.store.names.inUse(mostNames)
  }

  openLine(order: LineOrder, port: MessagePort): void {
    void this.#openLine(order, port)
  }

  async #openLine(order: LineOrder, port: MessagePort): Promise<void> {
    // Most machines are looked at without a serial line: its code comes with the first.
    this.#lines ??= import('./lines/open-lines.ts').then(({ OpenLines }) => new OpenLines(this.#recorder))
    const lines = await this.#lines
    lines.open(order, port)
  }

  noteChannel({ name, phase, why }: ChannelNote): void {
    this.#recorder.record({ kind: 'channel', name, phase, why }, undefined, 0)
  }

  outline(filter: Filter, most: number): Promise<Outline> {
    return this.#files.outline(filter, most)
  }

  keep(machine: string | undefined): Promise<void> {
    return this.#files.keep(machine)
  }

  hurry(): void {
    this.#recorder.keeper?.hurry()
  }

  adopt(rows: readonly AdoptedRow[], gap: GapReason | undefined): void {
    this.#files.adopt(rows, gap)
  }

  beginSaving(saving: Saving): Promise<number> {
    return this.#files.beginSaving(saving)
  }

  savedPart(handle: number, budgetMs: number): SavedPart | undefined {
    return this.#files.savedPart(handle, budgetMs)
  }

  endSaving(handle: number): void {
    this.#files.endSaving(handle)
  }

  openRecording(file: Blob, name: string, machine: string): Promise<Result<undefined, string>> {
    return this.#files.openRecording(file, name, machine)
  }

  replay(order: ReplayOrder): ReplayState {
    return this.#files.replay(order)
  }
}
