/**
 * Filters over a record. A filter is compiled to tests of columns: names are decided once for each name, and no row is
 * made an object. Conditions on the text come last, on the bytes. A scan runs in steps, so that the worker goes on
 * reading from the wire in between.
 */
import type { Origin } from '../api.ts'
import { equalJson, isDecimal, isJsonObject, jsonKind, parseJson, textOf } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { assertNever } from '../base/assert-never.ts'
import { blockRows, flag, isFailure, kindCode, kinds, originCode, origins } from './columns.ts'
import type { Block, Kind } from './columns.ts'
import { createNeedle, findBytes } from './find-bytes.ts'
import type { Needle } from './find-bytes.ts'
import type { Store } from './store.ts'

/** Which rows are wanted: those that fulfil every condition that is given. */
export interface Filter {
  readonly kinds?: readonly Kind[]
  /** Names, one of them; `*` stands for any characters and `?` for one. Rows without a name fulfil none but `*`. */
  readonly names?: readonly string[]
  /** Names, none of them, in the same notation. */
  readonly exceptNames?: readonly string[]
  /** Arrival in milliseconds since the epoch: at or after, and before. */
  readonly fromMs?: number
  readonly toMs?: number
  /** Replies only, by their latency in milliseconds: more than, and less than. */
  readonly latencyAbove?: number
  readonly latencyBelow?: number
  /** The size of the message in bytes: more than, and less than. */
  readonly sizeAbove?: number
  readonly sizeBelow?: number
  /** Errors, commands that no reply ended, and problems only. */
  readonly failures?: boolean
  /** Commands and replies only, by who asked. */
  readonly origins?: readonly Origin[]
  /** A command, what ended it, and the events that are put down to it. */
  readonly exec?: number
  /** In the raw text of the message. */
  readonly text?: { readonly find: string; readonly matchCase: boolean }
  /** Of the message, read as JSON: all of them. */
  readonly values?: readonly ValueTest[]
}

/** A condition on a value of a message. `path` leads from the message's root; an index is written as a number. */
export type ValueTest = { readonly path: readonly string[] } & (
  | { readonly kind: 'exists' }
  | { readonly kind: 'equals'; readonly value: Json }
  /** Part of a string, or of the JSON of anything else; case does not matter. */
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'above' | 'below'; readonly value: number }
)

/** A scan under way. */
export interface Scan {
  /** Look on for at most about so many milliseconds. True when all is looked through. */
  step(budgetMs: number): boolean
  /** The rows found so far, in order. Some may have been dropped from the record since. */
  found(): Float64Array
  /** Rows looked at or passed over, and all that there are to look at. */
  readonly progress: { readonly done: number; readonly all: number }
}

/** What a scan goes through: rows from one number up to but not including another. Default: all that are kept now. */
export interface ScanRange {
  readonly fromSeq?: number
  readonly toSeq?: number
}

/** Bytes of text to search, and to parse, before the clock is looked at. */
const searchBytes = 2 * 1024 * 1024
const parseBytes = 256 * 1024

/** Begin a scan. `now` is a clock in milliseconds. Nothing is looked at before the first step. */
export function createScan(store: Store, filter: Filter, now: () => number, range: ScanRange = {}): Scan {
  return new FilterScan(store, filter, now, range)
}

class FilterScan implements Scan {
  readonly #store: Store
  readonly #now: () => number
  readonly #columns: ColumnTest
  readonly #needle: Needle | undefined
  readonly #values: readonly PreparedTest[]
  readonly #from: number
  readonly #to: number
  #seq: number
  #found = new Float64Array(1024)
  #count = 0
  /** The places that are still in question, in one slice of a block. */
  readonly #places = new Uint16Array(blockRows)

  constructor(store: Store, filter: Filter, now: () => number, range: ScanRange) {
    this.#store = store
    this.#now = now
    this.#columns = new ColumnTest(store, filter)
    const text = filter.text
    this.#needle =
      text === undefined || text.find === '' ? undefined : createNeedle(text.find, text.matchCase)
    this.#values = (filter.values ?? []).map(prepare)
    const from = Math.max(store.firstSeq, range.fromSeq ?? 0)
    this.#from = Math.max(from, filter.fromMs === undefined ? 0 : store.seqAt(filter.fromMs))
    const to = Math.min(store.nextSeq, range.toSeq ?? store.nextSeq)
    this.#to = Math.max(this.#from, Math.min(to, filter.toMs === undefined ? to : store.seqAt(filter.toMs)))
    this.#seq = this.#from
  }

  get progress(): { readonly done: number; readonly all: number } {
    return { done: Math.min(this.#seq, this.#to) - this.#from, all: this.#to - this.#from }
  }

  found(): Float64Array {
    return this.#found.slice(0, this.#count)
  }

  step(budgetMs: number): boolean {
    const until = this.#now() + budgetMs
    this.#columns.refresh()
    // What was dropped since the last step is passed over.
    this.#seq = Math.max(this.#seq, this.#store.firstSeq)
    while (this.#seq < this.#to) {
      this.#slice()
      if (this.#now() >= until) break
    }
    return this.#seq >= this.#to
  }

  /** Look at some rows of one block. */
  #slice(): void {
    const block = this.#store.block(this.#seq)
    const base = this.#seq - (this.#seq % blockRows)
    const from = this.#seq - base
    const most = Math.min(blockRows, this.#to - base)
    const to =
      this.#values.length > 0
        ? reach(block, from, most, parseBytes)
        : this.#needle !== undefined
          ? reach(block, from, most, searchBytes)
          : most
    let count = this.#columns.filter(block, from, to, this.#places)
    if (this.#needle !== undefined) count = this.#search(block, count, this.#needle)
    for (const test of this.#values) count = this.#test(block, count, test)
    while (this.#count + count > this.#found.length) {
      const larger = new Float64Array(this.#found.length * 2)
      larger.set(this.#found)
      this.#found = larger
    }
    for (let at = 0; at < count; at += 1) this.#found[this.#count + at] = base + (this.#places[at] as number)
    this.#count += count
    this.#seq = base + to
  }

  /** Keep the places whose texts hold the needle. Neighbours in the slab are searched as one text. */
  #search(block: Block, count: number, needle: Needle): number {
    const places = this.#places
    const { position, length, flags } = block
    const size = needle.bytes.length
    let kept = 0
    let at = 0
    while (at < count) {
      const first = places[at] as number
      if (((flags[first] as number) & flag.text) === 0) {
        at += 1
        continue
      }
      const start = position[first] as number
      const { bytes, offset } = this.#store.slab.place(start)
      // The run of places from here on whose texts follow each other without a gap, in this segment.
      let end = start + (length[first] as number)
      let stop = at + 1
      while (stop < count) {
        const place = places[stop] as number
        const next = position[place] as number
        if (next !== end || ((flags[place] as number) & flag.text) === 0) break
        if (next - start + offset >= bytes.length) break
        end += length[place] as number
        stop += 1
      }
      const shift = offset - start
      let from = offset
      while (at < stop) {
        const hit = findBytes(bytes, from, end + shift, needle)
        if (hit < 0) break
        while (at < stop && endOf(block, places[at] as number) + shift <= hit) at += 1
        const place = places[at] as number
        const over = endOf(block, place) + shift
        if (hit + size <= over) {
          places[kept] = place
          kept += 1
          at += 1
          from = over
        } else {
          // It began in this text and ended in the next: what follows may still be in the next.
          from = hit + 1
        }
      }
      at = stop
    }
    return kept
  }

  /** Keep the places whose message fulfils a condition. */
  #test(block: Block, count: number, test: PreparedTest): number {
    const places = this.#places
    const { slab } = this.#store
    let kept = 0
    for (let at = 0; at < count; at += 1) {
      const place = places[at] as number
      if (((block.flags[place] as number) & flag.text) === 0) continue
      const position = block.position[place] as number
      const length = block.length[place] as number
      if (test.hint !== undefined) {
        const { bytes, offset } = slab.place(position)
        // A text with a backslash may write the hint in another way.
        const may =
          findBytes(bytes, offset, offset + length, test.hint) >= 0 ||
          bytes.subarray(offset, offset + length).includes(backslash)
        if (!may) continue
      }
      const parsed = parseJson(slab.read(position, length))
      if (!parsed.ok || !fulfils(parsed.value, test.test)) continue
      places[kept] = place
      kept += 1
    }
    return kept
  }
}

const backslash = 0x5c

function endOf(block: Block, place: number): number {
  return (block.position[place] as number) + (block.length[place] as number)
}

/** How far from `from` on the texts come to about so many bytes: one row at least, `to` at most. */
function reach(block: Block, from: number, to: number, most: number): number {
  let sum = 0
  let place = from
  while (place < to && sum < most) {
    sum += 64 + (((block.flags[place] as number) & flag.text) === 0 ? 0 : (block.length[place] as number))
    place += 1
  }
  return place
}

/** The part of a filter that columns decide. */
class ColumnTest {
  readonly #store: Store
  readonly #names: readonly string[] | undefined
  readonly #exceptNames: readonly string[]
  /** By the number of a kind and of an origin: 1 for those that are wanted. */
  readonly #kinds: Uint8Array
  readonly #origins: Uint8Array | undefined
  readonly #latency: readonly [above: number, below: number] | undefined
  readonly #size: readonly [above: number, below: number] | undefined
  readonly #exec: number | undefined
  /** By the number of a name: 0 not decided yet, 1 not wanted, 2 wanted. */
  #decided: Uint8Array | undefined
  #version = -1

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.#names = filter.names
    this.#exceptNames = filter.exceptNames ?? []
    const wanted = new Set((filter.kinds ?? kinds).map((kind) => kindCode[kind]))
    this.#kinds = Uint8Array.from(kinds, (_, code) =>
      wanted.has(code) && (filter.failures !== true || isFailure[code] === 1) ? 1 : 0,
    )
    const asked = filter.origins?.map((origin) => originCode[origin])
    this.#origins = asked && Uint8Array.from(origins, (_, code) => (asked.includes(code) ? 1 : 0))
    this.#latency = between(filter.latencyAbove, filter.latencyBelow)
    this.#size = between(filter.sizeAbove, filter.sizeBelow)
    this.#exec = filter.exec
  }

  /** Before each step: names may have come, and numbers of names may have been given anew. */
  refresh(): void {
    if (this.#names === undefined && this.#exceptNames.length === 0) return
    const { size, version } = this.#store.names
    if (this.#decided !== undefined && this.#version === version && this.#decided.length >= size) return
    this.#decided = new Uint8Array(size)
    this.#version = version
  }

  /** Write the places from `from` to `to` (not included) that are wanted; returns how many. */
  filter(block: Block, from: number, to: number, places: Uint16Array): number {
    const wantedKinds = this.#kinds
    const decided = this.#decided
    const wantedOrigins = this.#origins
    const latency = this.#latency
    const size = this.#size
    const exec = this.#exec
    let count = 0
    for (let place = from; place < to; place += 1) {
      if (wantedKinds[block.kind[place] as number] === 0) continue
      if (decided !== undefined) {
        const id = block.name[place] as number
        let decision = decided[id] as number
        if (decision === 0) {
          decision = this.#wantsName(this.#store.names.name(id)) ? 2 : 1
          decided[id] = decision
        }
        if (decision === 1) continue
      }
      if (wantedOrigins !== undefined && wantedOrigins[block.origin[place] as number] === 0) continue
      if (exec !== undefined && block.exec[place] !== exec) continue
      if (latency !== undefined && !isBetween(block.latencyMs[place] as number, latency)) continue
      if (size !== undefined && !isBetween(block.size[place] as number, size)) continue
      places[count] = place
      count += 1
    }
    return count
  }

  #wantsName(name: string): boolean {
    return (
      (this.#names === undefined || this.#names.some((glob) => matchesGlob(name, glob))) &&
      !this.#exceptNames.some((glob) => matchesGlob(name, glob))
    )
  }
}

function between(
  above: number | undefined,
  below: number | undefined,
): readonly [above: number, below: number] | undefined {
  if (above === undefined && below === undefined) return undefined
  return [above ?? Number.NEGATIVE_INFINITY, below ?? Number.POSITIVE_INFINITY]
}

/** False for NaN, which stands for no value. */
function isBetween(value: number, [above, below]: readonly [above: number, below: number]): boolean {
  return value > above && value < below
}

/** Whether a name fits a pattern of `*` and `?`. Takes time in proportion to both, whatever the pattern. */
export function matchesGlob(name: string, glob: string): boolean {
  let at = 0
  let pattern = 0
  /** Where the last `*` is, and up to where it stands for the name so far. */
  let star = -1
  let taken = 0
  while (at < name.length) {
    if (glob[pattern] === '*') {
      star = pattern
      taken = at
      pattern += 1
    } else if (pattern < glob.length && (glob[pattern] === '?' || glob[pattern] === name[at])) {
      at += 1
      pattern += 1
    } else if (star >= 0) {
      taken += 1
      at = taken
      pattern = star + 1
    } else {
      return false
    }
  }
  while (glob[pattern] === '*') pattern += 1
  return pattern === glob.length
}

interface PreparedTest {
  readonly test: ValueTest
  /** What is in the text of every message that fulfils the condition, unless it is written with escapes. */
  readonly hint: Needle | undefined
}

function prepare(test: ValueTest): PreparedTest {
  if (test.kind === 'equals' && typeof test.value === 'string') {
    const hint = hintOf(test.value)
    if (hint !== undefined) return { test, hint }
  }
  const key = test.path.findLast((each) => !/^\d+$/.test(each))
  return { test, hint: key === undefined ? undefined : hintOf(key) }
}

/** A string as it is in JSON, where it is written in one way only but for escapes. */
function hintOf(text: string): Needle | undefined {
  return /^[ !#-[\]-~]*$/.test(text) ? createNeedle(`"${text}"`, true) : undefined
}

function fulfils(message: Json, test: ValueTest): boolean {
  let value: Json | undefined = message
  for (const step of test.path) {
    if (value === undefined) return false
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(step)]
    else if (isJsonObject(value) && Object.hasOwn(value, step)) value = value[step]
    else return false
  }
  if (value === undefined) return false
  switch (test.kind) {
    case 'exists':
      return true
    case 'equals':
      return equalJson(value, test.value)
    case 'contains':
      return textOf(value).toLowerCase().includes(test.text.toLowerCase())
    case 'above':
    case 'below': {
      if (jsonKind(value) !== 'number') return false
      const number = isDecimal(value) ? Number(value.valueOf()) : Number(value)
      return test.kind === 'above' ? number > test.value : number < test.value
    }
    default:
      return assertNever(test)
  }
}
