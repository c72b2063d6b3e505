/**
 * The virtual CPUs of a machine with their threads and places, from query-cpus-fast.
 * Tested by workers/inside/cpus/memory-sizes.test.ts.
 * @qapi query-cpus-fast
 */
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { placeWords } from '../devices/slots.ts'

/** QEMU allows 4,096 CPUs at most. */
const mostCpus = 4096

/** One virtual CPU. */
export interface Vcpu {
  /** What `cpu-index` of the human monitor takes. */
  readonly index: number
  readonly path: string
  /** The thread of the host that runs it; undefined where it is not told. */
  readonly thread: number | undefined
  /** Its place in words: `socket 0, core 1, thread 0`; empty where it is not told. */
  readonly place: string
  /** Its NUMA node; undefined where it has none. */
  readonly node: number | undefined
  /** The architecture, in QEMU's word: `x86_64`. */
  readonly target: string
}

/** The CPUs in a reply, by their index. What has another shape is left out. */
export function readVcpus(reply: Json): readonly Vcpu[] {
  return objectsIn(reply)
    .slice(0, mostCpus)
    .flatMap((each): readonly Vcpu[] => {
      const { 'cpu-index': index, 'qom-path': path, 'thread-id': thread, props = null, target } = each
      if (typeof index !== 'number' || !Number.isInteger(index) || index < 0) return []
      const place = isJsonObject(props) ? props : {}
      return [
        {
          index,
          path: typeof path === 'string' ? path : '',
          thread: typeof thread === 'number' ? thread : undefined,
          place: Object.keys(place).length === 0 ? '' : placeWords(place),
          node: typeof place['node-id'] === 'number' ? place['node-id'] : undefined,
          target: typeof target === 'string' ? target : '',
        },
      ]
    })
    .sort((a, b) => a.index - b.index)
}

/** Architectures whose monitor prints numbers with the lowest byte first in memory: wide words can be taken apart again. */
const littleEndian: ReadonlySet<string> = new Set([
  'x86_64',
  'i386',
  'aarch64',
  'arm',
  'riscv64',
  'riscv32',
  'loongarch64',
])

/** Whether the words of a dump of this target are known to be little-endian. */
export function isLittleEndian(target: string): boolean {
  return littleEndian.has(target)
}
