/**
 * The part of a filter that columns decide, and decisions by name. No row is made an object here, and no text is
 * looked at. Held by scan.ts.
 * Tested by workers/store/scan/scan.test.ts.
 */
import type { NumberBounds, Filter } from '#record/filter/filter.ts'
import { isFailure, isOwn } from '#record/filter/filter.ts'
import { fitsName } from '#record/filter/glob.ts'
import { lanes } from '#record/lanes.ts'
import { kindCode, kinds, originCode, origins } from '../columns.ts'
import type { Block } from '../columns.ts'
import type { RowKind } from '#record/row.ts'
import type { Names } from '../interned.ts'

/** What was decided of a name: the table of `NameTest` holds these. */
export const unwanted = 1
export const wanted = 2

/** A test of names that is asked once for each name. */
export class NameTest {
  readonly #names: Names
  readonly #test: (name: string) => boolean
  /** By the number of a name: 0 not decided yet, `unwanted` or `wanted`. */
  #table = new Uint8Array(0)
  #version = -1

  constructor(names: Names, test: (name: string) => boolean) {
    this.#names = names
    this.#test = test
  }

  /** Call before rows are looked at: there may be new names, and numbers of names may have been reused. */
  refresh(): void {
    const { size, version } = this.#names
    const isSame = this.#version === version
    if (isSame && this.#table.length >= size) return
    // Room for more names than there are, so that not each new one needs a new table.
    const table = new Uint8Array(Math.max(16, size + (size >> 1)))
    if (isSame) table.set(this.#table)
    this.#table = table
    this.#version = version
  }

  /** What was decided, by the number of a name; where that is 0, `decide`. Good until the next `refresh`. */
  get table(): Uint8Array {
    return this.#table
  }

  decide(id: number): number {
    const decision = this.#test(this.#names.name(id)) ? wanted : unwanted
    this.#table[id] = decision
    return decision
  }
}

/** Bounds, in the form that costs least to compare with. */
interface Range {
  readonly low: number
  readonly high: number
  readonly lowIn: boolean
  readonly highIn: boolean
  readonly not: boolean
}

/** The conditions of a filter that columns decide. */
export class ColumnTest {
  /** By the number of a kind, a lane and an origin: 1 for those that are wanted. Undefined: all are. */
  readonly #kinds: Uint8Array | undefined
  readonly #lanes: Uint8Array | undefined
  readonly #origins: Uint8Array | undefined
  readonly #names: NameTest | undefined
  readonly #latency: readonly Range[]
  readonly #size: readonly Range[]
  readonly #execs: ReadonlySet<number> | undefined
  readonly #exceptExecs: ReadonlySet<number> | undefined
  /** No column is asked for anything. */
  readonly #takesAll: boolean

  constructor(names: Names, filter: Filter) {
    this.#kinds = wantedKinds(filter)
    this.#lanes = wantedLanes(filter)
    const asked = filter.origins?.map((origin) => originCode[origin])
    this.#origins = asked && Uint8Array.from(origins, (_, code) => (asked.includes(code) ? 1 : 0))
    this.#names = nameTest(names, filter)
    this.#latency = (filter.latency ?? []).map(rangeOf)
    this.#size = (filter.size ?? []).map(rangeOf)
    this.#execs = filter.execs && new Set(filter.execs)
    this.#exceptExecs = filter.exceptExecs && new Set(filter.exceptExecs)
    const sets = [this.#kinds, this.#lanes, this.#origins, this.#names, this.#execs, this.#exceptExecs]
    this.#takesAll = sets.every((set) => set === undefined) && this.#latency.length + this.#size.length === 0
  }

  /** Call before rows are looked at: names may be new or gone. */
  refresh(): void {
    this.#names?.refresh()
  }

  /** Write the places from `from` to `to` (not included) that are wanted; returns how many. */
  filter(block: Block, from: number, to: number, places: Uint16Array): number {
    const wantedKind = this.#kinds
    const wantedLane = this.#lanes
    const wantedOrigin = this.#origins
    const names = this.#names
    const decided = names?.table
    const execs = this.#execs
    const exceptExecs = this.#exceptExecs
    const latency = this.#latency
    const size = this.#size
    let count = 0
    if (this.#takesAll) {
      for (let place = from; place < to; place += 1) places[place - from] = place
      return to - from
    }
    for (let place = from; place < to; place += 1) {
      if (wantedKind !== undefined && wantedKind[block.kind[place] as number] === 0) continue
      if (wantedLane !== undefined && wantedLane[block.lane[place] as number] === 0) continue
      if (names !== undefined && decided !== undefined) {
        const id = block.name[place] as number
        let decision = decided[id] as number
        if (decision === 0) decision = names.decide(id)
        if (decision === unwanted) continue
      }
      if (wantedOrigin !== undefined && wantedOrigin[block.origin[place] as number] === 0) continue
      if (execs !== undefined && !isOfCommand(block, place, execs)) continue
      if (exceptExecs !== undefined && isOfCommand(block, place, exceptExecs)) continue
      if (latency.length > 0 && !isInAll(block.latencyMs[place] as number, latency)) continue
      if (size.length > 0 && !isInAll(block.size[place] as number, size)) continue
      places[count] = place
      count += 1
    }
    return count
  }
}

/** Whether a row belongs to one of some commands: as its message, or as an event that it caused. */
function isOfCommand(block: Block, place: number, execs: ReadonlySet<number>): boolean {
  if (execs.has(block.exec[place] as number)) return true
  return block.kind[place] === kindCode.event && execs.has(block.ticket[place] as number)
}

function wantedKinds({ kinds: asked, exceptKinds = [] }: Filter): Uint8Array | undefined {
  if (asked === undefined && exceptKinds.length === 0) return undefined
  const codes = new Set((asked ?? kinds).map((kind) => kindCode[kind]))
  for (const kind of exceptKinds) codes.delete(kindCode[kind])
  return Uint8Array.from(kinds, (_: RowKind, code) => (codes.has(code) ? 1 : 0))
}

function wantedLanes({ lanes: asked, exceptLanes = [], own, failures }: Filter): Uint8Array | undefined {
  if (asked === undefined && exceptLanes.length === 0 && own === undefined && failures === undefined) {
    return undefined
  }
  return Uint8Array.from(lanes, (lane) =>
    asked?.includes(lane) !== false &&
    !exceptLanes.includes(lane) &&
    (own === undefined || own === isOwn(lane)) &&
    (failures === undefined || failures === isFailure(lane))
      ? 1
      : 0,
  )
}

function nameTest(names: Names, filter: Filter): NameTest | undefined {
  const globs = filter.names
  const except = filter.exceptNames ?? []
  if (globs === undefined && except.length === 0) return undefined
  return new NameTest(
    names,
    (name) =>
      (globs === undefined || globs.some((glob) => fitsName(name, glob))) &&
      !except.some((glob) => fitsName(name, glob)),
  )
}

function rangeOf({ above, atLeast, below, atMost, not = false }: NumberBounds): Range {
  const low = Math.max(above ?? Number.NEGATIVE_INFINITY, atLeast ?? Number.NEGATIVE_INFINITY)
  const high = Math.min(below ?? Number.POSITIVE_INFINITY, atMost ?? Number.POSITIVE_INFINITY)
  return { low, high, lowIn: low !== above, highIn: high !== below, not }
}

/** NaN, which stands for no value, is within no bounds. */
function isInAll(value: number, ranges: readonly Range[]): boolean {
  for (const { low, high, lowIn, highIn, not } of ranges) {
    const isIn = (value > low || (lowIn && value === low)) && (value < high || (highIn && value === high))
    if (isIn === not) return false
  }
  return true
}
