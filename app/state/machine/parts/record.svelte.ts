/**
 * The record of one machine as the page sees it: its size and counts, how much comes, whether it is recording and kept,
 * and the watchers of its batches, events and hits. Rows themselves stay in the worker: `calls` reads them.
 * Tested by e2e/timeline.spec.ts.
 * @adr 0053
 */
import { coalesce } from '#base/coalesce.ts'
import type { Result } from '#base/result.ts'
import type {
  Alert,
  AlertHit,
  Batch,
  EventNews,
  KeepState,
  RecordingState,
  ReplayOrder,
  ReplayState,
} from '#api/machine.ts'
import { newestAtOnce, newestRows } from '#record/flood.ts'
import type { LoadLevel } from '#record/flood.ts'
import type { LogTotals } from '#record/row.ts'
import { fitsName } from '#record/filter/glob.ts'
import type { Track } from '#record/track.ts'
import type { AnsweredCalls } from '#link/worker-calls.ts'
import { guestErrorsShown } from '#words/guest-errors.ts'
import type { MachineLink } from '../../platform.ts'
import type { MachineNeeds } from './needs.ts'
import { NewestRows } from './newest-rows.svelte.ts'
import type { RunStatus } from './run-status.svelte.ts'
import type { MachineSource } from './source.ts'
import { TrackSet } from './track-set.svelte.ts'

/** Who is told of events. */
interface EventWatcher {
  readonly names: readonly string[]
  readonly take: (news: EventNews) => void
}

const recordingOn: RecordingState = { on: true, stoppedBy: undefined, missed: 0 }

/** The record. A recording's counts no errors, watches nothing and is not kept: nothing of it happens now. */
export class MachineRecord {
  readonly #needs: Pick<MachineNeeds, 'settings'>
  readonly #source: MachineSource
  readonly #link: () => MachineLink
  readonly #runStatus: () => RunStatus | undefined
  readonly #tracks = new TrackSet()
  /** The newest rows, of a live machine. */
  readonly newest = new NewestRows()
  readonly #readNewest = coalesce(() => this.#takeNewest())
  /** The row after the newest that was read. */
  #nextSeq = 0
  #clockLag = $state<number | undefined>(undefined)
  #load = $state<LoadLevel>('calm')
  #totals = $state.raw<LogTotals>({ rows: 0, dropped: 0 })
  #errors = $state(0)
  #guestErrors = $state(0)
  /** Those that workers before this one have counted. */
  #errorsBefore = $state(0)
  #guestErrorsBefore = $state(0)
  #keep = $state.raw<KeepState>({ kind: 'off' })
  #recording = $state.raw<RecordingState>(recordingOn)
  /** Counts up with each worker: a record that was opened in an earlier one is gone. */
  #generation = $state(0)
  #alerts: readonly Alert[] = []
  readonly #hitWatchers = new Set<(hits: readonly AlertHit[]) => void>()
  readonly #watchers = new Set<() => void>()
  readonly #eventWatchers = new Set<EventWatcher>()
  /** Settled once the worker has what was kept of its record: nothing may be recorded before. */
  #prepared: Promise<void> = Promise.resolve()
  #opened: { readonly file: File; readonly machine: string } | undefined
  #replayRestarts = 0

  /** `link` is the link to the worker that runs now. */
  constructor(
    needs: Pick<MachineNeeds, 'settings'>,
    source: MachineSource,
    link: () => MachineLink,
    runStatus: () => RunStatus | undefined,
  ) {
    this.#needs = needs
    this.#source = source
    this.#link = link
    this.#runStatus = runStatus
    if (needs.settings.keepsRecords && !this.#isRecording) this.setKeep(true)
  }

  /** Questions about the record, answered by the worker that runs now. */
  get calls(): AnsweredCalls {
    return this.#link().calls
  }

  get totals(): LogTotals {
    return this.#totals
  }

  /** Errors and problems since the page was opened or the record cleared. */
  get errors(): number {
    return this.#errorsBefore + this.#errors
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
    return this.#clockLag
  }

  /** How much comes. */
  get load(): LoadLevel {
    return this.#load
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
    this.#prepared = this.#link().calls.keep(on && !this.#isRecording ? this.#source.id : undefined)
  }

  /** Record, or leave a gap. */
  setRecording(on: boolean): void {
    this.#link().calls.setRecording(on)
  }

  /** The page is hidden or about to go: the rows that are kept are written at once. */
  hurry(): void {
    this.#link().calls.hurry()
  }

  /** Forget the machine's record. */
  clear(): void {
    this.#errors = 0
    this.#guestErrors = 0
    this.#errorsBefore = 0
    this.#guestErrorsBefore = 0
    this.newest.clear()
    this.#tracks.clear()
    this.#link().calls.clear()
  }

  /** Take over the rows that a recording has of a machine, by its id in the file. The failure is a sentence. */
  open(file: File, machine: string): Promise<Result<undefined, string>> {
    this.#opened = { file, machine }
    return this.#link().calls.openRecording(file, file.name, machine)
  }

  /** Play a recording again. Undefined without a worker. */
  async replay(order: ReplayOrder): Promise<ReplayState | undefined> {
    const state = await this.#link().calls.replay(order)
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
    this.#link().calls.setAlerts(alerts)
  }

  /** Be told of what alerts found. Returns the function that ends it. */
  watchHits(watcher: (hits: readonly AlertHit[]) => void): () => void {
    this.#hitWatchers.add(watcher)
    return () => this.#hitWatchers.delete(watcher)
  }

  /** Be told of each batch: there may be new rows. Returns the function that ends it. */
  watchBatches(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /**
   * Be told of events of these names (`*` stands for any characters), recorded or not, also in a flood. Returns the
   * function that ends it.
   */
  watchEvents(names: readonly string[], take: (news: EventNews) => void): () => void {
    const watcher = { names, take }
    this.#eventWatchers.add(watcher)
    this.#subscribe()
    return () => {
      this.#eventWatchers.delete(watcher)
      this.#subscribe()
    }
  }

  #subscribe(): void {
    this.#link().calls.subscribe([...new Set([...this.#eventWatchers].flatMap(({ names }) => names))])
  }

  /** What the worker handed over. */
  take(batch: Batch): void {
    this.#totals = batch.totals
    this.#tracks.take(batch.tracks)
    this.#load = batch.load
    this.#clockLag = batch.clockLag
    if (batch.keep !== undefined) this.#keep = batch.keep
    if (batch.recording !== undefined) this.#recording = batch.recording
    if (batch.hits.length > 0) for (const watcher of this.#hitWatchers) watcher(batch.hits)
    // A recording's are none of what happens now.
    if (!this.#isRecording) {
      this.#guestErrors = batch.guestErrors
      this.#errors = batch.errors
      if (batch.totals.rows > this.#nextSeq) void this.#readNewest()
    }
    for (const news of batch.events) {
      for (const { names, take } of this.#eventWatchers) {
        if (names.some((glob) => fitsName(news.name, glob))) take(news)
      }
    }
    for (const watcher of this.#watchers) watcher()
  }

  /** Read the rows that came since they were last read; of many the newest. */
  async #takeNewest(): Promise<void> {
    const [generation, clears, next] = [this.#generation, this.newest.clears, this.#totals.rows]
    const most = this.#nextSeq === 0 ? newestRows : newestAtOnce
    const from = Math.max(this.#nextSeq, this.#totals.dropped, next - most)
    if (from >= next) return
    const views = await this.calls.rows(Array.from({ length: next - from }, (_, index) => from + index))
    if (generation !== this.#generation || clears !== this.newest.clears) return
    const more = from - Math.max(this.#nextSeq, this.#totals.dropped)
    this.#nextSeq = next
    this.newest.take(
      views.map(({ row }) => row),
      Math.max(0, more),
    )
  }

  /** The worker died. `at` is milliseconds since the epoch. */
  workerDied(at: number): void {
    this.#errorsBefore += this.#errors
    this.#guestErrorsBefore += this.#guestErrors
    this.#errors = 0
    this.#guestErrors = 0
    this.#load = 'calm'
    this.#tracks.endAll(at)
    this.#recording = recordingOn
  }

  /** Another worker has started: it gets the kept rows, or the newest that the page holds, which have no text. */
  workerStarted(): void {
    this.#generation += 1
    this.#nextSeq = 0
    this.#subscribe()
    this.#tracks.clear()
    if (this.#opened !== undefined) {
      void this.open(this.#opened.file, this.#opened.machine)
      return
    }
    if (this.#needs.settings.keepsRecords) this.setKeep(true)
    else {
      const rows = this.newest.rows.map((row) => ({ row, text: undefined }))
      this.#prepared = this.#link().calls.adopt(rows, 'worker-died')
    }
    this.newest.clear()
    this.#link().calls.setAlerts(this.#alerts)
  }

  get #isRecording(): boolean {
    return this.#source.from === 'file'
  }
}
