/**
 * Bursts: state changes of one job that follow each other at once, among the rows that a filter found. A list folds each
 * to one line. Bounded in rows and in time, and decided on the bytes: a row that is no state change costs a look at its
 * lane, and one that is costs a search in its text.
 * @qapi JOB_STATUS_CHANGE
 * @adr 0057
 */
import { laneCode } from '#record/lanes.ts'
import { blockRows, flag, kindCode } from './columns.ts'
import type { Block } from './columns.ts'
import { createNeedle, findBytes } from './find-bytes.ts'
import type { Store } from './store.ts'

/**
 * Rows of a burst at most. A job has eleven states; more rows are a machine that plays tricks, whose rows stay in many
 * bursts, so that one can be opened without a list of a million.
 */
export const burstRows = 32
/** From one change to the next, in milliseconds. Longer: states in which a job stayed for a while are hidden. */
export const burstGapMs = 1000
/** Longer messages fold with nothing, in bytes. QEMU's have about 130. */
const longestText = 1024

const change = 'JOB_STATUS_CHANGE'
const idMember = createNeedle('"id"', true)
const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const blank = 0x20

/** Bytes of a segment of the slab: the id of a job is `from` one place up to another. */
interface IdBytes {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
}

/** The last row that was found, where it is a state change. */
interface LastChange {
  readonly seq: number
  readonly at: number
  readonly id: IdBytes | undefined
  /** Rows of its burst so far. */
  readonly rows: number
}

/** Finds bursts in the answers to one query. It remembers the last row, so a burst may reach over two answers. */
export class BurstFinder {
  readonly #store: Store
  #last: LastChange | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** The places of rows that continue the burst of the row before them. `seqs` are kept, in order, newer than those before. */
  find(seqs: Float64Array): Uint32Array<ArrayBuffer> {
    const found: number[] = []
    for (let index = 0; index < seqs.length; index += 1) {
      const seq = seqs[index] as number
      const block = this.#store.block(seq)
      if (!this.#isChange(block, seq % blockRows)) this.#last = undefined
      else if (this.#take(block, seq)) found.push(index)
    }
    return Uint32Array.from(found)
  }

  #isChange(block: Block, place: number): boolean {
    return (
      block.lane[place] === laneCode.jobs &&
      block.kind[place] === kindCode.event &&
      this.#store.names.name(block.name[place] as number) === change
    )
  }

  /** Remember a state change. True when it continues the last one. */
  #take(block: Block, seq: number): boolean {
    const last = this.#last
    const at = block.at[seq % blockRows] as number
    const id = this.#idOf(block, seq % blockRows)
    const continues =
      last !== undefined &&
      last.rows < burstRows &&
      at - last.at <= burstGapMs &&
      // The bytes of a row that was dropped may be another one's by now.
      last.seq >= this.#store.firstSeq &&
      isSame(last.id, id)
    this.#last = { seq, at, id, rows: continues ? last.rows + 1 : 1 }
    return continues
  }

  /** The id of the job. Undefined where the text has an escape, or more than one member of that name: nobody is taken in. */
  #idOf(block: Block, place: number): IdBytes | undefined {
    const length = block.length[place] as number
    if (((block.flags[place] as number) & flag.text) === 0 || length > longestText) return undefined
    const { bytes, offset } = this.#store.slab.place(block.position[place] as number)
    const end = offset + length
    const member = findBytes(bytes, offset, end, idMember)
    if (member < 0 || findBytes(bytes, member + 1, end, idMember) >= 0) return undefined
    let from = member + idMember.bytes.length
    while (from < end && ((bytes[from] as number) <= blank || bytes[from] === colon)) from += 1
    if (bytes[from] !== quote) return undefined
    from += 1
    let to = from
    while (to < end && bytes[to] !== quote && bytes[to] !== backslash) to += 1
    return bytes[to] === quote && bytes[member - 1] !== backslash ? { bytes, from, to } : undefined
  }
}

function isSame(a: IdBytes | undefined, b: IdBytes | undefined): boolean {
  if (a === undefined || b === undefined || a.to - a.from !== b.to - b.from) return false
  for (let place = 0; place < b.to - b.from; place += 1) {
    if (a.bytes[a.from + place] !== b.bytes[b.from + place]) return false
  }
  return true
}
