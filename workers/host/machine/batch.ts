/**
 * Gathers what happened and hands it to the page at most once a frame. The page's callback is awaited, so a page that
 * is slow gets fewer and larger batches instead of a pile of them.
 * @adr 0031
 */
import type { AlertHit, Batch, Identity, IdentityChange, KeepState, RecordingState } from '#api/machine.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { LogRow, LogTotals } from '#record/row.ts'
import type { QueueSnapshot } from '#qmp/report.ts'
import type { Track } from '#record/track.ts'

/** One frame at 60 Hz, in milliseconds. */
export const frameMs = 16
/** Rows in one batch at most. More of them are a flood. */
export const rowsABatch = 1000
/** The newest rows that a batch has in a flood: the others are only counted. */
export const rowsInFlood = 200
/** Tracks in one batch at most; the others go with the next. */
export const tracksABatch = 300
/** In a flood batches are further apart, in milliseconds: nobody reads that fast, and each costs both threads. */
export const floodMs = 100
/** After a batch that stands for more rows than this the next one is `torrentMs` later instead. */
const torrentRows = 10_000
const torrentMs = 200

/** After a batch that could not be handed over in any form, in milliseconds. Shorter: a thread that does nothing else. */
const failedMs = 1000

/** Where updates go. */
export interface Batcher {
  state(state: ConnectionState): void
  identity(identity: Identity, change: IdentityChange | undefined): void
  /** The totals changed without a row. */
  touch(): void
  /** The queue changed; it is asked for when the batch goes out. */
  queueChanged(): void
  row(row: LogRow): void
  /** A row of this number has been recorded: it is read from the record when a batch takes it along. */
  recorded(seq: number): void
  keep(state: KeepState): void
  recording(state: RecordingState): void
}

/** What a batcher needs of the thread. */
export interface BatchPorts {
  now(): number
  after(ms: number, then: () => void): () => void
  queue(): QueueSnapshot
  totals(): LogTotals
  /** How many errors of the guest there were. */
  guestErrors(): number
  /** A row of the record; undefined when it has been dropped since. */
  row(seq: number): LogRow | undefined
  /** Tracks that changed since this was last asked, `tracksABatch` at most. */
  tracks(): readonly Track[]
  /** What alerts found since this was last asked. */
  hits(): readonly AlertHit[]
  /** Hand a batch over; resolves when the page has taken it, rejects where that cannot be done. */
  deliver(batch: Batch): Promise<unknown>
}

/** Make an empty batcher. */
export function createBatcher(ports: BatchPorts): Batcher {
  let state: ConnectionState | undefined
  let identity: Identity | undefined
  let identityChange: IdentityChange | undefined
  let queueDirty = false
  let keep: KeepState | undefined
  let recording: RecordingState | undefined
  /** Rows, and the numbers of others that are in the record. */
  let rows: (LogRow | number)[] = []
  let omitted = 0
  /** How long to wait after a batch. */
  let restMs = frameMs
  let scheduled = false
  let delivering = false
  let last = 0

  function schedule(): void {
    if (scheduled || delivering) return
    scheduled = true
    // The first update after a quiet frame goes out at once, at the end of the current task.
    ports.after(Math.max(0, last + restMs - ports.now()), () => {
      scheduled = false
      flush()
    })
  }

  function omit(): void {
    omitted += rows.length - rowsInFlood
    rows = rows.slice(-rowsInFlood)
  }

  function add(row: LogRow | number): void {
    rows.push(row)
    // What waits is bounded as well.
    if (rows.length > rowsABatch) omit()
    schedule()
  }

  function taken(): LogRow[] {
    const found: LogRow[] = []
    for (const each of rows) {
      const row = typeof each === 'number' ? ports.row(each) : each
      if (row !== undefined) found.push(row)
    }
    return found
  }

  function flush(): void {
    const came = omitted + rows.length
    restMs = came > torrentRows ? torrentMs : came > rowsABatch ? floodMs : frameMs
    if (came > rowsABatch) omit()
    // First, for a hit may stop the recording.
    const hits = ports.hits()
    const batch: Batch = {
      state,
      identity,
      identityChange,
      queue: queueDirty ? ports.queue() : undefined,
      rows: taken(),
      omitted,
      totals: ports.totals(),
      guestErrors: ports.guestErrors(),
      tracks: ports.tracks(),
      keep,
      hits,
      recording,
    }
    state = undefined
    identity = undefined
    identityChange = undefined
    queueDirty = false
    keep = undefined
    recording = undefined
    rows = []
    omitted = 0
    last = ports.now()
    delivering = true
    const isMore = batch.tracks.length === tracksABatch
    const done = (): void => {
      delivering = false
      const more = isMore || keep !== undefined || recording !== undefined || rows.length > 0
      if (state !== undefined || identity !== undefined || queueDirty || more) schedule()
    }
    ports
      .deliver(batch)
      .catch(() => ports.deliver(withoutData(batch)))
      .catch(() => ports.deliver(withoutRows(batch)))
      .then(done, () => {
        // What changed goes with a later batch, unless it changes again.
        state ??= batch.state
        identity ??= batch.identity
        identityChange ??= batch.identityChange
        keep ??= batch.keep
        recording ??= batch.recording
        queueDirty ||= batch.queue !== undefined
        omitted += batch.rows.length + batch.omitted
        restMs = failedMs
        done()
      })
  }

  return {
    state(next) {
      state = next
      schedule()
    },
    identity(next, change) {
      identity = next
      if (change !== undefined) identityChange = change
      schedule()
    },
    touch() {
      schedule()
    },
    queueChanged() {
      queueDirty = true
      schedule()
    },
    keep(next) {
      keep = next
      schedule()
    },
    recording(next) {
      recording = next
      schedule()
    },
    row: add,
    recorded: add,
  }
}

/** The same, with no data of events: the record has their texts. */
function withoutData(batch: Batch): Batch {
  const rows = batch.rows.map((row) => (row.kind === 'event' ? { ...row, data: undefined } : row))
  return { ...batch, rows }
}

/** What changed, and how many rows there were. */
function withoutRows(batch: Batch): Batch {
  return { ...batch, rows: [], omitted: batch.omitted + batch.rows.length, tracks: [], hits: [] }
}
