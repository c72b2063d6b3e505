/**
 * What a machine records: its rows, the tracks that follow from them, counts and alerts, and the batches that tell the
 * page. While recording is paused, rows are counted and not kept.
 * Tested by workers/host/machine/facade.test.ts.
 */
import type { Alert, Batch } from '#api/machine.ts'
import type { Json } from '#base/json/value.ts'
import type { QueueSnapshot, RowBody } from '#qmp/report.ts'
import type { SourceBytes } from '#qmp/wire/framing.ts'
import type { PrintedEvent } from '#qmp/wire/printed-event.ts'
import { tracksABatch } from '#record/flood.ts'
import { mayTellFailure } from '#record/lanes.ts'
import type { LogRow, LogTotals } from '#record/row.ts'
import type { EndedLine } from '#record/serial-lines.ts'
import { createQueries } from '#store/queries.ts'
import type { Queries } from '#store/queries.ts'
import { createStore } from '#store/store.ts'
import type { Store } from '#store/store.ts'
import { createCauseFinder } from '#trace/follow/cause.ts'
import type { CauseFinder } from '#trace/follow/cause.ts'
import { createFollower } from '#trace/follow/follow.ts'
import type { Follower } from '#trace/follow/follow.ts'
import type { Keeper } from '../../keep/keep.ts'
import { AlertMatcher } from './alert-matcher.ts'
import { Batcher } from '../batch.ts'
import { after, now } from '../clock.ts'
import { Counts } from './counts.ts'
import { HostClock } from './host-clock.ts'

/** What a recorder needs of the machine. */
export interface RecorderPorts {
  queue(): QueueSnapshot
  deliver(batch: Batch): Promise<unknown>
  /** Rows have been recorded: those that came in one piece are told once. */
  recorded(): void
}

type EventBody = Extract<RowBody, { kind: 'event' }>

/** The record of one machine, over all its connections. */
export class Recorder {
  readonly store: Store = createStore()
  readonly queries: Queries = createQueries(this.store, now)
  readonly causes: CauseFinder = createCauseFinder()
  readonly follower: Follower = createFollower(this.causes)
  readonly batch: Batcher
  /** Who keeps the rows over a reload, where somebody does. */
  keeper: Keeper | undefined
  readonly #ports: RecorderPorts
  readonly #counts = new Counts()
  readonly #clock = new HostClock(this.store)
  readonly #alerts: AlertMatcher
  /** Rows that were counted before a replay began again: they come once more. */
  #replayed = 0
  /** While bytes are read: when they came. The events in them came together, and have one time. */
  #arrival: number | undefined
  /** The same, whatever was recorded since: a command that was sent later is no cause of the events in them. */
  #arrived = 0
  /** When the last row was recorded that is no event. */
  #latest = 0
  #recording = true
  /** Since when nothing is recorded, and what was not. */
  #pausedAt = 0
  #missed = 0
  #stoppedBy: string | undefined

  constructor(ports: RecorderPorts) {
    this.#ports = ports
    this.#alerts = new AlertMatcher(this.store, this.queries, {
      isRecording: () => this.#recording,
      stop: (alert, fromMs) => this.#stop(alert, fromMs),
    })
    this.batch = new Batcher({
      now,
      after,
      queue: () => ports.queue(),
      snapshot: () => ({
        // First, for a hit may stop the recording.
        hits: this.#alerts.hits(),
        totals: this.#totals(),
        errors: this.#counts.errors,
        guestErrors: this.#counts.guestErrors(this.follower.failed),
        clockLag: this.#clock.lag(),
        events: this.#counts.takeNews(),
        tracks: this.follower.changed(tracksABatch),
      }),
      deliver: (batch) => ports.deliver(batch),
    })
  }

  // ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Bytes that came at `at` are read by `read`. */
  receive(at: number, read: () => void): void {
    this.#arrived = at
    // Something may have been recorded since.
    this.#arrival = Math.max(at, this.#latest)
    read()
    this.#arrival = undefined
    this.#ports.recorded()
  }

  /** Record what happens now. `value` is what a command returned, where it was read from the text already. */
  record(body: RowBody, text: string | undefined, bytes: number, source?: SourceBytes, value?: Json): void {
    const row: LogRow = { ...body, seq: this.store.nextSeq, at: this.#isNow(), bytes }
    if (row.kind !== 'event') this.#counts.row(row)
    if (this.#recording) this.add(row, text, source, value)
    else this.#miss()
  }

  /** Add a row whose time is known. */
  add(row: LogRow, text: string | undefined, source?: SourceBytes, value?: Json): void {
    this.store.add(row, text, source)
    this.follower.add(row, text, value)
    this.#added()
  }

  /** `record` for an event, without the copies: there may be hundreds of thousands a second. */
  event(event: EventBody, text: string | undefined, bytes: number, source: SourceBytes | undefined): void {
    const { name, data, timestamp } = event
    const at = this.#arrival ?? this.#isNow()
    const cause = this.causes.causeOf(name, data, this.#arrival === undefined ? at : this.#arrived)
    const row = { kind: 'event', name, data, timestamp, cause, seq: this.store.nextSeq, at, bytes } as const
    if (!this.#recording) {
      this.#counts.unrecorded(row)
      this.#miss()
      return
    }
    this.#counts.event(name, at)
    this.store.addEvent(row, text, source)
    this.follower.addEvent(row)
    this.#added()
  }

  /** Record a line of a serial line: called within `receive`, or at the end of its connection. Nothing follows from one. */
  line(name: string, line: EndedLine): void {
    const { text, failed, bytes } = line
    if (!this.#recording || !this.store.addLine(name, line, this.#arrival ?? this.#isNow())) {
      this.record({ kind: 'line', name, failed }, text, bytes)
      return
    }
    if (failed) this.#counts.failedLine()
    this.#added()
  }

  /**
   * `event` for one of which nothing is made but what somebody here asks for. False where it has to be made an object
   * all the same.
   */
  printed(event: PrintedEvent, source: SourceBytes): boolean {
    const { name } = event
    // Of an end the data tells whether it is a failure.
    if (!this.#recording || mayTellFailure(name)) return false
    const at = this.#arrival ?? this.#isNow()
    const wanted = this.follower.wants(name)
    const data = wanted === 'data' || this.causes.any ? event.data() : undefined
    const cause = this.causes.causeOf(name, data, this.#arrival === undefined ? at : this.#arrived)
    const seq = this.store.nextSeq
    if (!this.store.addPrinted(event, at, cause, source)) return false
    this.#counts.event(name, at)
    if (wanted !== 'nothing') {
      const { seconds, microseconds, length: bytes } = event
      const timestamp = { seconds, microseconds }
      this.follower.addEvent({ kind: 'event', name, data, timestamp, cause, seq, at, bytes })
    }
    this.#added()
    return true
  }

  /** What was kept from an earlier visit is there: it has had its hits and its errors when it came. */
  passOver(): void {
    this.#counts.passOver(this.follower.failed)
    this.#alerts.passOver()
  }

  clear(): void {
    this.store.clear()
    this.follower.clear()
    this.#counts.clear(this.follower.failed)
    this.batch.touch()
  }

  /** `clear`, and what comes now came before: it is not counted twice. */
  replayAgain(): void {
    this.clear()
    this.#replayed = this.store.nextSeq
  }

  /** The time now; the rest of the bytes in hand counts as arrived no earlier. */
  #isNow(): number {
    const at = now()
    this.#latest = at
    if (this.#arrival !== undefined) this.#arrival = at
    return at
  }

  #miss(): void {
    this.#missed += 1
    this.batch.row()
  }

  #added(): void {
    this.batch.row()
    this.keeper?.changed()
    if (this.#arrival === undefined) this.#ports.recorded()
  }

  #totals(): LogTotals {
    const { rows, dropped } = this.store.totals()
    return { rows: rows - this.#replayed, dropped: Math.max(0, dropped - this.#replayed) }
  }

  // ── pause and alerts ─────────────────────────────────────────────────────────────────────────────────────────

  setRecording(on: boolean): void {
    if (on === this.#recording) return
    if (on) {
      this.#stoppedBy = undefined
      this.#recording = true
      this.record({ kind: 'gap', why: 'paused', since: this.#pausedAt, rows: this.#missed }, undefined, 0)
    } else {
      this.#pause(undefined)
    }
    this.#sayRecording()
  }

  setAlerts(alerts: readonly Alert[]): void {
    if (this.#alerts.setAlerts(alerts)) this.batch.touch()
  }

  /** Tell of these events in each batch. */
  subscribe(names: readonly string[]): void {
    this.#counts.subscribe(names)
  }

  #stop(alert: Alert['id'], fromMs: number | undefined): void {
    if (fromMs !== undefined) {
      this.store.dropBefore(this.store.seqAt(fromMs))
      this.keeper?.dropBefore(fromMs)
    }
    this.#pause(alert)
    this.#sayRecording()
  }

  #pause(by: string | undefined): void {
    this.#recording = false
    this.#stoppedBy = by
    this.#pausedAt = now()
    this.#missed = 0
  }

  #sayRecording(): void {
    const recording = { on: this.#recording, stoppedBy: this.#stoppedBy, missed: this.#missed }
    this.batch.change({ recording })
  }
}
