/**
 * Plays the rows of a record again, as they came or faster: they are put aside, the record is cleared, and a clock brings
 * them back. Whoever looks at the record sees it as it was then.
 * @adr 0027
 */
import type { LogRow } from '#record/row.ts'
import type { ReplayOrder, ReplayState } from '#api/machine.ts'
import { assertNever } from '#base/assert-never.ts'
import { createStore } from '#store/store.ts'
import type { Store } from '#store/store.ts'

/** How often rows come, in milliseconds. */
const tickMs = 33
/** How long one tick may take. */
const budgetMs = 16
const rowsALook = 64

/** What a replay needs. */
export interface ReplayPorts {
  /** The record that is played. */
  readonly store: Store
  now(): number
  after(ms: number, then: () => void): () => void
  /** Forget all rows: they come again from the first. */
  clear(): void
  /** A row comes. */
  take(row: LogRow, text: string | undefined): void
}

/** A replay: off until it is told to play. */
export interface Replay {
  order(order: ReplayOrder): ReplayState
}

/** Make it. */
export function createReplay(ports: ReplayPorts): Replay {
  return new Player(ports)
}

class Player implements Replay {
  readonly #ports: ReplayPorts
  /** All rows, while a replay goes on. */
  #aside: Store | undefined
  /** The row to be put aside next; undefined when all are. */
  #copying: number | undefined
  /** The row of `#aside` that comes next. */
  #next = 0
  /** Up to when rows are wanted at once: what was sought, or everything. */
  #wanted = Number.NEGATIVE_INFINITY
  #speed: number | undefined
  /** The time of the recording at a time of the clock. */
  #at = 0
  #since = 0
  #cancel: (() => void) | undefined
  #restarts = 0
  #isLast = false

  constructor(ports: ReplayPorts) {
    this.#ports = ports
  }

  order(order: ReplayOrder): ReplayState {
    switch (order.kind) {
      case 'play':
        if (this.#aside !== undefined && this.#copying === undefined && this.#next >= this.#aside.nextSeq)
          this.#restart()
        this.#begin()
        this.#settle()
        this.#speed = order.speed
        break
      case 'pause':
        this.#settle()
        this.#speed = undefined
        break
      case 'seek':
        this.#begin()
        if (this.#copying === undefined && order.at < this.#at) this.#restart()
        this.#at = order.at
        this.#since = this.#ports.now()
        this.#wanted = order.at
        break
      case 'all':
        this.#speed = undefined
        this.#wanted = Number.POSITIVE_INFINITY
        this.#isLast = true
        break
      case 'look':
        break
      default:
        assertNever(order)
    }
    if (order.kind !== 'look' && this.#aside !== undefined) this.#schedule(0)
    return this.#state()
  }

  #state(): ReplayState {
    const { store } = this.#ports
    const { restarts, aside } = { restarts: this.#restarts, aside: this.#aside }
    if (aside === undefined || this.#copying !== undefined) {
      const { from, to } = ends(store)
      const rows = store.nextSeq - store.firstSeq
      const kind = aside === undefined ? 'off' : 'preparing'
      return { kind, at: to, from, to, shown: rows, rows, restarts }
    }
    const { from, to } = ends(aside)
    const at = Math.min(to, Math.max(from, this.#now()))
    const kind = this.#speed === undefined ? 'paused' : 'playing'
    return { kind, at, from, to, shown: this.#next, rows: aside.nextSeq, restarts }
  }

  /** Put the rows aside and begin with none, unless that was done. */
  #begin(): void {
    this.#isLast = false
    if (this.#aside !== undefined) return
    this.#aside = createStore()
    this.#copying = this.#ports.store.firstSeq
    this.#wanted = Number.NEGATIVE_INFINITY
    this.#at = ends(this.#ports.store).from
    this.#since = this.#ports.now()
  }

  #restart(): void {
    this.#next = 0
    this.#restarts += 1
    this.#wanted = Number.NEGATIVE_INFINITY
    this.#at = this.#aside === undefined ? 0 : ends(this.#aside).from
    this.#since = this.#ports.now()
    this.#ports.clear()
  }

  /** The time of the recording now. */
  #now(): number {
    if (this.#speed === undefined || this.#copying !== undefined) return this.#at
    if (this.#speed === Number.POSITIVE_INFINITY) return this.#at
    return this.#at + (this.#ports.now() - this.#since) * this.#speed
  }

  /** Compute the time of the recording from this moment on. */
  #settle(): void {
    this.#at = this.#now()
    this.#since = this.#ports.now()
  }

  #schedule(ms: number): void {
    this.#cancel?.()
    this.#cancel = this.#ports.after(ms, () => {
      this.#cancel = undefined
      this.#tick()
    })
  }

  #tick(): void {
    const { store } = this.#ports
    const until = this.#ports.now() + budgetMs
    const aside = this.#aside
    if (aside === undefined) return
    if (this.#copying !== undefined) {
      if (this.#copy(aside, this.#copying, until)) {
        this.#copying = undefined
        if (this.#at < ends(store).from) this.#at = ends(store).from
        const { at, wanted } = { at: this.#at, wanted: this.#wanted }
        this.#restart()
        this.#at = at
        this.#wanted = wanted
      }
      this.#schedule(0)
      return
    }
    const isLate = this.#release(aside, until)
    if (this.#next >= aside.nextSeq) {
      this.#settle()
      this.#at = ends(aside).to
      this.#speed = undefined
      this.#wanted = Number.NEGATIVE_INFINITY
      // Everything is shown: there is nothing left to be kept aside.
      if (this.#isLast) this.#aside = undefined
      return
    }
    if (isLate) this.#schedule(0)
    else if (this.#speed !== undefined) this.#schedule(tickMs)
  }

  /** Rows that are due. True when there was no time for all. */
  #release(aside: Store, until: number): boolean {
    const due =
      this.#speed === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : Math.max(this.#now(), this.#wanted)
    for (let looked = 1; this.#next < aside.nextSeq; looked += 1) {
      const row = aside.row(this.#next)
      if (row === undefined || row.at > due) return false
      this.#ports.take(row, aside.text(this.#next))
      this.#next += 1
      if (row.at > this.#at && due === Number.POSITIVE_INFINITY) this.#at = row.at
      if (looked % rowsALook === 0 && this.#ports.now() >= until) return true
    }
    return false
  }

  /** Copy some rows. True when all are there. */
  #copy(aside: Store, from: number, until: number): boolean {
    const { store } = this.#ports
    for (let seq = Math.max(from, store.firstSeq); seq < store.nextSeq; seq += 1) {
      const row = store.row(seq)
      if (row !== undefined) aside.add({ ...row, seq: aside.nextSeq }, store.text(seq))
      if (seq % rowsALook === 0 && this.#ports.now() >= until) {
        this.#copying = seq + 1
        return false
      }
    }
    return true
  }
}

/** When the first and the last row arrived. */
function ends(store: Store): { readonly from: number; readonly to: number } {
  const from = store.row(store.firstSeq)?.at ?? 0
  return { from, to: store.row(store.nextSeq - 1)?.at ?? from }
}
