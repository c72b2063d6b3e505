/**
 * The record of one machine as the page sees it: its size and counts, whether it is recording and kept, and the
 * watchers of its rows and hits. Rows themselves stay in the worker: `calls` reads them.
 */
import type { Result } from '#base/result.ts'
import type {
  Alert,
  AlertHit,
  Batch,
  KeepState,
  RecordingState,
  ReplayOrder,
  ReplayState,
} from '#api/machine.ts'
import type { LogRow, LogTotals } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import type { WorkerLink } from '#link/worker-link.ts'
import { guestErrorsShown } from '#words/guest-errors.ts'
import { settings } from '../../page/settings.svelte.ts'
import { timeline } from '../strip-rows.svelte.ts'
import { HostClock } from './host-clock.svelte.ts'
import type { RunStatus } from './run-status.svelte.ts'
import type { MachineSource } from './source.ts'
import { TrackSet } from './track-set.svelte.ts'

/** Questions about the record, answered by the worker that runs now. */
export type RecordCalls = Pick<
  WorkerLink,
  | 'text'
  | 'rows'
  | 'family'
  | 'open'
  | 'found'
  | 'close'
  | 'statistics'
  | 'names'
  | 'outline'
  | 'beginSaving'
  | 'savedPart'
  | 'endSaving'
>

const recordingOn: RecordingState = { on: true, stoppedBy: undefined, missed: 0 }

/** The record. A recording's counts no errors, watches nothing and is not kept: nothing of it happens now. */
export class MachineRecord {
  readonly #source: MachineSource
  readonly #link: () => WorkerLink
  readonly #runStatus: () => RunStatus | undefined
  readonly #tracks = new TrackSet()
  readonly #clock = new HostClock()
  #totals = $state.raw<LogTotals>({ rows: 0, dropped: 0 })
  #errors = $state(0)
  #guestErrors = $state(0)
  /** Those that workers before this one have counted. */
  #guestErrorsBefore = $state(0)
  #keep = $state.raw<KeepState>({ kind: 'off' })
  #recording = $state.raw<RecordingState>(recordingOn)
  /** Counts up with each worker: a record that was opened in an earlier one is gone. */
  #generation = $state(0)
  #alerts: readonly Alert[] = []
  readonly #hitWatchers = new Set<(hits: readonly AlertHit[]) => void>()
  readonly #watchers = new Set<(rows: readonly LogRow[]) => void>()
  /** Settled once the worker has what was kept of its record: nothing may be recorded before. */
  #prepared: Promise<void> = Promise.resolve()
  #opened: { readonly file: File; readonly machine: string } | undefined
  #replayRestarts = 0

  /** `link` is the link to the worker that runs now. */
  constructor(source: MachineSource, link: () => WorkerLink, runStatus: () => RunStatus | undefined) {
    this.#source = source
    this.#link = link
    this.#runStatus = runStatus
    if (settings.keepsRecords && !this.#isRecording) this.setKeep(true)
  }

  get calls(): RecordCalls {
    return this.#link()
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
    return guestErrorsShown(this.#guestErrorsBefore + this.#guestErrors, this.#runStatus())
  }

  /** Whether the record is kept over reloads, and what became of that. */
  get keepState(): KeepState {
    return this.#keep
  }

  get recording(): RecordingState {
    return this.#recording
  }

  /** The tracks by their ids, running and ended. Reading it subscribes. The map is changed in place. */
  get tracks(): ReadonlyMap<number, Track> {
    return this.#tracks.all
  }

  /** By how much this browser's clock is ahead of the host's, in milliseconds. Undefined before the first event. */
  get clockLag(): number | undefined {
    return this.#clock.lag
  }

  /** Counts up when another worker, with another record, replaces the last one. */
  get generation(): number {
    return this.#generation
  }

  /** Settled once the worker has what was kept: a machine is not connected before. */
  get prepared(): Promise<void> {
    return this.#prepared
  }

  /** Keep the record over reloads from now on, or no more. Kept rows stay until they are cleared. */
  setKeep(on: boolean): void {
    this.#prepared = this.#link().keep(on && !this.#isRecording ? this.#source.id : undefined)
  }

  /** Record, or leave a gap. */
  setRecording(on: boolean): void {
    this.#link().record(on)
  }

  /** The page is hidden or about to go: the rows that are kept are written at once. */
  hurry(): void {
    this.#link().hurry()
  }

  /** Forget the machine's record. */
  clear(): void {
    this.#errors = 0
    this.#guestErrors = 0
    this.#guestErrorsBefore = 0
    timeline.forget(this.#source.id)
    this.#tracks.clear()
    this.#link().clear()
  }

  /** Take over the rows that a recording has of a machine, by its id in the file. The failure is a sentence. */
  open(file: File, machine: string): Promise<Result<undefined, string>> {
    this.#opened = { file, machine }
    return this.#link().openRecording(file, file.name, machine)
  }

  /** Play a recording again. Undefined without a worker. */
  async replay(order: ReplayOrder): Promise<ReplayState | undefined> {
    const state = await this.#link().replay(order)
    if (state !== undefined && state.restarts !== this.#replayRestarts) {
      // The rows come again, and so do the tracks.
      this.#replayRestarts = state.restarts
      this.#tracks.clear()
    }
    return state
  }

  /** These filters watch new rows. A recording gets none. */
  setAlerts(alerts: readonly Alert[]): void {
    if (this.#isRecording) return
    this.#alerts = alerts
    this.#link().watch(alerts)
  }

  /** Be told of what alerts found. Returns the function that ends it. */
  watchHits(watcher: (hits: readonly AlertHit[]) => void): () => void {
    this.#hitWatchers.add(watcher)
    return () => this.#hitWatchers.delete(watcher)
  }

  /** Be told of rows as they arrive, batch by batch. Returns the function that ends it. */
  watchRows(watcher: (rows: readonly LogRow[]) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** What the worker handed over. */
  take(batch: Batch): void {
    this.#totals = batch.totals
    this.#tracks.take(batch.tracks)
    this.#clock.take(batch.rows)
    if (batch.keep !== undefined) this.#keep = batch.keep
    if (batch.recording !== undefined) this.#recording = batch.recording
    if (batch.hits.length > 0) for (const watcher of this.#hitWatchers) watcher(batch.hits)
    // A recording's are none of what happens now.
    if (!this.#isRecording) {
      this.#guestErrors = batch.guestErrors
      const errors = batch.rows.filter(isError).length
      if (errors > 0) this.#errors += errors
      // Rows that were not recorded have no place in a list of recorded rows.
      const recorded = batch.rows.filter((row) => row.seq >= 0)
      timeline.append(this.#source.id, recorded, batch.omitted)
    }
    for (const watcher of this.#watchers) watcher(batch.rows)
  }

  /** The worker died. `at` is milliseconds since the epoch. */
  workerDied(at: number): void {
    this.#guestErrorsBefore += this.#guestErrors
    this.#guestErrors = 0
    this.#tracks.endAll(at)
    this.#recording = recordingOn
  }

  /** Another worker has started: it gets the kept rows, or those that the page still shows, which have no text. */
  workerStarted(): void {
    this.#generation += 1
    this.#tracks.clear()
    if (this.#opened !== undefined) {
      void this.open(this.#opened.file, this.#opened.machine)
      return
    }
    const { id } = this.#source
    if (settings.keepsRecords) this.setKeep(true)
    else {
      const rows = timeline.rowsOf(id).map((row) => ({ row, text: undefined }))
      this.#prepared = this.#link().adopt(rows, 'worker-died')
    }
    timeline.forget(id)
    this.#link().watch(this.#alerts)
  }

  get #isRecording(): boolean {
    return this.#source.from === 'file'
  }
}

/** Whether a row counts as an error: those that the page's own queries run into do not. */
function isError(row: LogRow): boolean {
  if (row.kind === 'problem' || row.kind === 'outcome') return true
  return row.kind === 'error' && row.origin === 'person'
}
