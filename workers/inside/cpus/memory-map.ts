/**
 * What stands where in the addresses of a CPU, from `info mtree -f`: memory can be read without a trace, and reading the
 * registers of a device may change it. Linear in the text.
 * Tested by workers/inside/cpus/memory.test.ts.
 */
import { linesOf } from '../monitor/monitor-text.ts'

/** Something in the physical addresses. */
export interface MapRegion {
  readonly start: bigint
  /** The last address of it. */
  readonly end: bigint
  /** In QEMU's word: `ram`, `rom`, `romd`, `ramd`, `i/o`. */
  readonly type: string
  /** `pc.ram` */
  readonly name: string
}

/** Regions of one view that are read: a machine of 6 devices has 40. */
const mostRegions = 10_000

/** The line that prints the map. */
export const mapLine = 'info mtree -f'

/** The view of this CPU, by address; undefined where the text has none of it. */
export function readMemoryMap(text: string, cpu: number): readonly MapRegion[] | undefined {
  const views: { names: Set<string>; regions: MapRegion[] }[] = []
  for (const line of linesOf(text)) {
    if (line.startsWith('FlatView #')) views.push({ names: new Set(), regions: [] })
    const view = views.at(-1)
    if (view === undefined) continue
    const name = /^ AS "([^"]{1,200})"/.exec(line)?.[1]
    if (name !== undefined) view.names.add(name)
    const region = view.regions.length < mostRegions ? regionIn(line) : undefined
    if (region !== undefined) view.regions.push(region)
  }
  const found = [`cpu-memory-${cpu}`, 'memory'].flatMap(
    (name) => views.find(({ names }) => names.has(name)) ?? [],
  )[0]
  return found?.regions.sort((a, b) => (a.start < b.start ? -1 : 1))
}

function regionIn(line: string): MapRegion | undefined {
  const [, start, end, type, name] =
    /^ {2}([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d{1,11}, ([^)]{1,20})\): (.{0,200})/.exec(line) ?? []
  if (start === undefined || end === undefined || type === undefined) return undefined
  return {
    start: BigInt(`0x${start}`),
    end: BigInt(`0x${end}`),
    type,
    name: (name ?? '').split(' @')[0] ?? '',
  }
}

/** Kinds of regions that are memory: reading them has no effect. */
const plain: ReadonlySet<string> = new Set(['ram', 'rom', 'romd', 'nv-ram'])

/** Whether reading a region does nothing else. */
export function isMemory({ type }: MapRegion): boolean {
  return plain.has(type)
}

/** The regions of which a stretch has a part. */
export function regionsIn(map: readonly MapRegion[], address: bigint, length: number): readonly MapRegion[] {
  const last = address + BigInt(length) - 1n
  return map.filter(({ start, end }) => start <= last && end >= address)
}

/** Where a virtual address is: `unknown` where the monitor said something else. */
export type Translation =
  { readonly kind: 'mapped'; readonly physical: bigint } | { readonly kind: 'unmapped' | 'unknown' }

/** The answer of `gva2gpa`. */
export function readTranslation(text: string): Translation {
  const said = text.trim()
  const digits = /^gpa: 0x([0-9a-f]{1,16})$/i.exec(said)?.[1] ?? /^gpa: (0)$/.exec(said)?.[1]
  if (digits !== undefined) return { kind: 'mapped', physical: BigInt(`0x${digits}`) }
  return { kind: said === 'Unmapped' ? 'unmapped' : 'unknown' }
}

/** The smallest page of an MMU: what is in one is in one place. A larger one would read past the end of a mapping. */
export const pageBytes = 4096

/** The parts of a stretch that are in one page each. */
export function pagesOf(
  address: bigint,
  length: number,
): readonly { readonly at: bigint; readonly length: number }[] {
  const parts: { at: bigint; length: number }[] = []
  for (let done = 0; done < length;) {
    const at = address + BigInt(done)
    const part = Math.min(length - done, pageBytes - Number(at % BigInt(pageBytes)))
    parts.push({ at, length: part })
    done += part
  }
  return parts
}
