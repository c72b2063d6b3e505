/**
 * The memory of a guest as it is looked at: a page of it, the way back, and a search. Before anything is read, the map of
 * the machine tells whether memory stands there: reading the registers of a device may change it, and is asked about.
 * Tested by app/views/inspect/cpus/memory-of.test.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { hexAddress, lastAddress } from '#inside/cpus/guest-address.ts'
import {
  isMemory,
  mapLine,
  pageBytes,
  pagesOf,
  readMemoryMap,
  readTranslation,
  regionsIn,
} from '#inside/cpus/memory-map.ts'
import type { MapRegion } from '#inside/cpus/memory-map.ts'
import { searchMemory } from '#inside/cpus/memory-search.ts'
import type { SearchEnd, SearchedMemory, MemoryStretch } from '#inside/cpus/memory-search.ts'
import { memoryLine, readDump } from '#inside/cpus/memory-text.ts'
import type { AddressSpace, MemoryRead, WordBytes } from '#inside/cpus/memory-text.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { describeOutcome } from '#words/outcome.ts'
import { askerOf } from '../asking.ts'
import { humanArguments, printedText } from './human-line.ts'

/** Bytes of a page that is shown. */
export const shownBytes = 512
/** How long a map is believed, in milliseconds: the guest may move its devices. Longer: a device is taken for memory. */
const mapMs = 10_000
/**
 * Bytes of one reading of a search, and of all of it: the text of a block is 4 to 8 times as long, and each is a row of the
 * record, which holds 256 MiB.
 */
const blockBytes = 65_536
const searchedBytes = 4 * 1024 * 1024
/** Pages of virtual memory that a search asks about, mapped or not. */
const searchedPages = 1024
const mostTrail = 100

/** Where somebody looks. */
export interface MemoryPlace {
  readonly space: AddressSpace
  /** The CPU whose page tables, or whose view of the machine, counts. */
  readonly cpu: number
  readonly address: bigint
}

/** What is known of a place beside its bytes. */
export interface PlaceFacts {
  readonly regions: readonly MapRegion[]
  /** Where the first byte is in the machine; undefined where that is not known. */
  readonly physical: bigint | undefined
  /** Nothing tells what stands there. */
  readonly isUnknown: boolean
}

/** What is shown of memory. */
export type MemoryView =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly place: MemoryPlace }
  /** A device may stand there: a person has to want it. */
  | { readonly kind: 'asks'; readonly place: MemoryPlace; readonly facts: PlaceFacts }
  | {
      readonly kind: 'failed'
      readonly place: MemoryPlace
      readonly why: string
      readonly facts?: PlaceFacts
    }
  | {
      readonly kind: 'read'
      readonly place: MemoryPlace
      readonly facts: PlaceFacts
      readonly read: MemoryRead
      /** Milliseconds since the epoch. */
      readonly at: number
      /** Indexes of bytes that are not as they were when the same page was read before. */
      readonly changed: ReadonlySet<number>
    }

/** How a search goes. */
export type SearchState =
  | { readonly kind: 'none' }
  | { readonly kind: 'searching'; readonly at: bigint; readonly looked: number }
  | { readonly kind: 'ended'; readonly end: SearchEnd; readonly pattern: Uint8Array }
  | { readonly kind: 'failed'; readonly why: string }

/** What it asks with. */
export interface MemoryQueries {
  /** A line that only reads. */
  readonly look: (line: string, cpu: number) => Promise<Result<string, string>>
  /** A line that reads memory, past the lock. */
  readonly read: (line: string, cpu: number) => Promise<Result<string, string>>
  /** Answers come from a recording: nothing can be changed by reading. */
  readonly isRecorded: boolean
  readonly now: () => number
}

/** That of one machine. */
export class MachineMemory {
  readonly #queries: MemoryQueries
  #view = $state.raw<MemoryView>({ kind: 'none' })
  #search = $state.raw<SearchState>({ kind: 'none' })
  #trail = $state.raw<readonly MemoryPlace[]>([])
  #at = $state(-1)
  #visit = 0
  #isStopped = false
  #map:
    | { readonly at: number; readonly cpu: number; readonly regions: readonly MapRegion[] | undefined }
    | undefined

  constructor(queries: MemoryQueries) {
    this.#queries = queries
  }

  get view(): MemoryView {
    return this.#view
  }

  get search(): SearchState {
    return this.#search
  }

  /** Where somebody was before; undefined at the first place. */
  get previous(): MemoryPlace | undefined {
    return this.#trail[this.#at - 1]
  }

  /** Where somebody came back from; undefined at the last place. */
  get next(): MemoryPlace | undefined {
    return this.#trail[this.#at + 1]
  }

  /** Look at a place. `isAgreed`: a person wants it read whatever stands there. */
  async go(place: MemoryPlace, isAgreed = false): Promise<void> {
    this.#visit += 1
    const visit = this.#visit
    this.#step(place)
    const before = this.#view
    if (before.kind === 'none' || !isSamePlace(before.place, place)) this.#view = { kind: 'reading', place }
    const length = Math.min(shownBytes, Number(lastAddress - place.address) + 1)
    const facts = await this.#factsOf(place, length)
    if (visit !== this.#visit) return
    const mayAct =
      !this.#queries.isRecorded && (facts.isUnknown || facts.regions.some((each) => !isMemory(each)))
    if (mayAct && !isAgreed) {
      this.#view = { kind: 'asks', place, facts }
      return
    }
    const read = await this.#bytes(place, length, 1)
    if (visit !== this.#visit) return
    this.#view = read.ok
      ? {
          ...{ kind: 'read', place, facts, read: read.value, at: this.#queries.now() },
          changed:
            before.kind === 'read' && isSamePlace(before.place, place)
              ? changedBytes(before.read, read.value)
              : new Set(),
        }
      : { kind: 'failed', place, facts, why: read.error }
  }

  /** Forget what is shown: the address names no place any more. */
  leave(): void {
    this.#visit += 1
    this.#view = { kind: 'none' }
  }

  /**
   * Search forward from a place; devices are stepped over. `word`: the words in which this machine's memory can be printed
   * and taken apart again.
   */
  async searchFrom(from: MemoryPlace, pattern: Uint8Array, word: WordBytes): Promise<SearchEnd | undefined> {
    if (this.#search.kind === 'searching') return undefined
    this.#isStopped = false
    this.#search = { kind: 'searching', at: from.address, looked: 0 }
    const memory = from.space === 'physical' ? this.#physical(from, word) : this.#virtual(from, word)
    const end = await searchMemory(memory, {
      from: from.address,
      pattern,
      blockBytes,
      mostBytes: searchedBytes,
      mostStretches: searchedPages,
      isStopped: () => this.#isStopped,
      onprogress: (at, looked) => (this.#search = { kind: 'searching', at, looked }),
    })
    this.#search = end.ok ? { kind: 'ended', end: end.value, pattern } : { kind: 'failed', why: end.error }
    return end.ok ? end.value : undefined
  }

  /** Stop the search after the block that is read now. */
  stopSearch(): void {
    this.#isStopped = true
  }

  /** The place before and after are steps on the trail; any other cuts it there. */
  #step(place: MemoryPlace): void {
    const isAt = (index: number): boolean => {
      const each = this.#trail[index]
      return each !== undefined && isSamePlace(each, place)
    }
    if (isAt(this.#at)) return
    if (isAt(this.#at - 1)) this.#at -= 1
    else if (isAt(this.#at + 1)) this.#at += 1
    else {
      this.#trail = [...this.#trail.slice(0, this.#at + 1), place].slice(-mostTrail)
      this.#at = this.#trail.length - 1
    }
  }

  async #factsOf({ space, cpu, address }: MemoryPlace, length: number): Promise<PlaceFacts> {
    const map = await this.#mapOf(cpu)
    if (map === undefined) return { regions: [], physical: undefined, isUnknown: true }
    if (space === 'physical')
      return { regions: regionsIn(map, address, length), physical: address, isUnknown: false }
    const regions = new Set<MapRegion>()
    let physical: bigint | undefined
    for (const part of pagesOf(address, length)) {
      const place = await this.#translate(part.at, cpu)
      if (place.kind === 'unknown') return { regions: [...regions], physical, isUnknown: true }
      if (place.kind !== 'mapped') continue
      if (part.at === address) physical = place.physical
      for (const each of regionsIn(map, place.physical, part.length)) regions.add(each)
    }
    return { regions: [...regions], physical, isUnknown: false }
  }

  async #translate(address: bigint, cpu: number) {
    const said = await this.#queries.look(`gva2gpa ${hexAddress(address)}`, cpu)
    return said.ok ? readTranslation(said.value) : ({ kind: 'unknown' } as const)
  }

  async #mapOf(cpu: number): Promise<readonly MapRegion[] | undefined> {
    const now = this.#queries.now()
    if (this.#map?.cpu === cpu && now - this.#map.at < mapMs) return this.#map.regions
    const said = await this.#queries.look(mapLine, cpu)
    const regions = said.ok ? readMemoryMap(said.value, cpu) : undefined
    this.#map = regions === undefined ? undefined : { at: now, cpu, regions }
    return regions
  }

  async #bytes(
    { space, cpu, address }: MemoryPlace,
    length: number,
    word: WordBytes,
  ): Promise<Result<MemoryRead, string>> {
    const said = await this.#queries.read(memoryLine(space, address, length, word), cpu)
    return said.ok ? readDump(said.value, address, length) : said
  }

  /** A block for a search: in words of 8 bytes where that can be taken apart, which is half the text. */
  async #block(place: MemoryPlace, length: number, word: WordBytes): Promise<Result<Uint8Array, string>> {
    const read = await this.#bytes(place, length, length % word === 0 ? word : 1)
    return read.ok ? ok(read.value.bytes) : read
  }

  #physical({ cpu }: MemoryPlace, word: WordBytes): SearchedMemory {
    return {
      read: (address, length) => this.#block({ space: 'physical', cpu, address }, length, word),
      stretchAt: async (address) => {
        const map = await this.#mapOf(cpu)
        if (map === undefined) return err(noMap)
        const region = map.find(({ end }) => end >= address)
        if (region === undefined) return ok(undefined)
        if (region.start <= address) return ok({ isMemory: isMemory(region), end: region.end })
        return ok({ isMemory: false, end: region.start - 1n })
      },
    }
  }

  #virtual({ cpu }: MemoryPlace, word: WordBytes): SearchedMemory {
    return {
      read: (address, length) => this.#block({ space: 'virtual', cpu, address }, length, word),
      stretchAt: async (address): Promise<Result<MemoryStretch, string>> => {
        const map = await this.#mapOf(cpu)
        const place = await this.#translate(address, cpu)
        if (map === undefined || place.kind === 'unknown') return err(noMap)
        const left = pageBytes - Number(address % BigInt(pageBytes))
        const regions = place.kind === 'mapped' ? regionsIn(map, place.physical, left) : []
        return ok({
          isMemory: regions.length > 0 && regions.every(isMemory),
          end: address + BigInt(left) - 1n,
        })
      },
    }
  }
}

const noMap = 'The monitor does not tell what stands where: a search could read the registers of devices.'

function isSamePlace(a: MemoryPlace, b: MemoryPlace): boolean {
  return a.space === b.space && a.cpu === b.cpu && a.address === b.address
}

function changedBytes(before: MemoryRead, now: MemoryRead): ReadonlySet<number> {
  const changed = new Set<number>()
  for (const [index, byte] of now.bytes.entries()) {
    if (index < before.bytes.length && before.bytes[index] !== byte) changed.add(index)
  }
  return changed
}

/** That of a machine. */
export function makeMemory(machine: Machine): MachineMemory {
  const asker = askerOf(machine)
  const look = async (line: string, cpu: number): Promise<Result<string, string>> =>
    printedText(await asker.again('human-monitor-command', humanArguments(line, cpu)))
  return new MachineMemory({
    look,
    isRecorded: machine.fromFile,
    read: async (line, cpu) => {
      if (machine.fromFile) return look(line, cpu)
      const result = await machine.commands.run('human-monitor-command', humanArguments(line, cpu))
      if (result.kind === 'returned') return printedText(ok(result.value))
      return err(result.kind === 'refused' ? result.why : describeOutcome(result))
    },
    now: () => Date.now(),
  })
}
