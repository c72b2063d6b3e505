/**
 * Gathers what changed and hands it to the page, at the pace of the load. The page's callback is awaited, so a page that
 * is slow gets fewer batches instead of a pile of them.
 * Tested by workers/host/machine/host.test.ts.
 * @adr 0031, 0052, 0053
 */
import type { Batch, MachineUpdate } from '#api/machine.ts'
import type { QueueSnapshot } from '#qmp/report.ts'
import { failedBatchMs, loadOf, paces, tracksABatch } from '#record/flood.ts'
import type { LoadLevel } from '#record/flood.ts'

/** What a batcher needs of the thread. */
export interface BatchPorts {
  now(): number
  after(ms: number, then: () => void): () => void
  queue(): QueueSnapshot
  /** What is true now, and what was found since this was last called. */
  snapshot(): Omit<Batch, keyof MachineUpdate | 'load'>
  /** Hand a batch over; resolves when the page has taken it, rejects where that cannot be done. */
  deliver(batch: Batch): Promise<unknown>
}

/** Where updates go. */
export class Batcher {
  readonly #ports: BatchPorts
  #change: MachineUpdate = {}
  #queueChanged = false
  /** Something is to be told. */
  #isDue = false
  /** Rows since the last batch. */
  #rows = 0
  #load: LoadLevel = 'calm'
  #isScheduled = false
  #isDelivering = false
  /** When the next batch may go. */
  #nextAt = 0

  constructor(ports: BatchPorts) {
    this.#ports = ports
  }

  /** Something changed. Of two values before one batch the newer one is told. */
  change(change: MachineUpdate): void {
    this.#change = { ...this.#change, ...change }
    this.touch()
  }

  /** The queue changed; it is asked for when the batch goes out. */
  queueChanged(): void {
    this.#queueChanged = true
    this.touch()
  }

  /** A row came. */
  row(): void {
    this.#rows += 1
    this.touch()
  }

  /** What a snapshot has changed. */
  touch(): void {
    this.#isDue = true
    if (!this.#isScheduled && !this.#isDelivering) this.#schedule()
  }

  #schedule(): void {
    this.#isScheduled = true
    // The first update after a quiet frame goes out at once, at the end of the current task.
    this.#ports.after(Math.max(0, this.#nextAt - this.#ports.now()), () => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    this.#load = loadOf(this.#rows)
    // First: a hit of an alert may stop the recording, which is a change.
    const snapshot = this.#ports.snapshot()
    const change = this.#queueChanged ? { ...this.#change, queue: this.#ports.queue() } : this.#change
    this.#change = {}
    this.#queueChanged = false
    // That the load is over is told as well.
    this.#isDue = snapshot.tracks.length === tracksABatch || this.#load !== 'calm'
    this.#rows = 0
    this.#nextAt = this.#ports.now() + paces[this.#load].batchMs
    this.#isDelivering = true
    this.#ports.deliver({ ...change, load: this.#load, ...snapshot }).then(
      () => this.#delivered(),
      () => {
        // What changed goes with a later batch, unless it changed again.
        const { queue, ...others } = change
        this.#change = { ...others, ...this.#change }
        this.#queueChanged ||= queue !== undefined
        this.#isDue = true
        this.#nextAt = this.#ports.now() + failedBatchMs
        this.#delivered()
      },
    )
  }

  #delivered(): void {
    this.#isDelivering = false
    if (this.#isDue) this.#schedule()
  }
}
