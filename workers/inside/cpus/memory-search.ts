/**
 * Looks for bytes in the memory of a guest, block after block, with a limit and a way to stop. How a block is read is the
 * caller's.
 * Tested by workers/inside/cpus/memory.test.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { lastAddress } from './guest-address.ts'

/** The longest that is looked for, in bytes. */
const longestPattern = 64

/** What a person typed as bytes. `hex`: pairs of digits, blanks between them are free. The failure is a sentence. */
export function parsePattern(text: string, as: 'hex' | 'text'): Result<Uint8Array, string> {
  if (as === 'text') {
    const bytes = new TextEncoder().encode(text.slice(0, 1000))
    if (bytes.length === 0) return err('A text is needed.')
    return bytes.length > longestPattern ? err('At most 64 bytes can be searched for.') : ok(bytes)
  }
  const digits = text.slice(0, 1000).replace(/0x|[\s,]/gi, '')
  if (digits === '') return err('Bytes are needed: 55 aa.')
  if (!/^[0-9a-f]+$/i.test(digits)) return err('Bytes are pairs of hexadecimal digits: 55 aa.')
  if (digits.length % 2 !== 0) return err('A byte has two digits: 0a, not a.')
  if (digits.length > 2 * longestPattern) return err('At most 64 bytes can be searched for.')
  return ok(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
}

/** Where the first occurrence of `pattern` begins, from `from` on; -1 where there is none. */
export function indexOfBytes(bytes: Uint8Array, pattern: Uint8Array, from = 0): number {
  const [first] = pattern
  if (first === undefined) return -1
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + pattern.length > bytes.length) return -1
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

/** A stretch of addresses: memory that is read, or one that is stepped over. */
export interface MemoryStretch {
  readonly isMemory: boolean
  /** The last address of it. */
  readonly end: bigint
}

/** Where a search looks. The failures are sentences. */
export interface SearchedMemory {
  /** What begins at an address; undefined where nothing comes after it. */
  readonly stretchAt: (address: bigint) => Promise<Result<MemoryStretch | undefined, string>>
  /** Bytes from an address on; fewer than wanted where memory ends. */
  readonly read: (address: bigint, length: number) => Promise<Result<Uint8Array, string>>
}

/** How a search goes. */
export interface SearchOptions {
  readonly from: bigint
  readonly pattern: Uint8Array
  /** Bytes of one reading, at least as many as the longest pattern. */
  readonly blockBytes: number
  /** Bytes of memory that are looked at. */
  readonly mostBytes: number
  /** Stretches that are looked at: those that are stepped over cost a question each where addresses are virtual. */
  readonly mostStretches: number
  readonly isStopped: () => boolean
  /** Called after each block. */
  readonly onprogress: (at: bigint, looked: number) => void
}

/** How a search ended. `next` is where it goes on; undefined where nothing is left. */
export type SearchEnd =
  | { readonly kind: 'found'; readonly at: bigint; readonly looked: number }
  | { readonly kind: 'limit' | 'stopped'; readonly next: bigint; readonly looked: number }
  | { readonly kind: 'end'; readonly looked: number }

/** Search forward. Bytes that stand across two blocks are found; across a gap they are not. */
export async function searchMemory(
  memory: SearchedMemory,
  { from, pattern, blockBytes, mostBytes, mostStretches, isStopped, onprogress }: SearchOptions,
): Promise<Result<SearchEnd, string>> {
  let at = from
  let looked = 0
  /** The last bytes of the block before, where this one follows it directly. */
  let tail = new Uint8Array(0)
  for (let stretches = 0; ; stretches += 1) {
    if (at > lastAddress) return ok({ kind: 'end', looked })
    if (stretches >= mostStretches) return ok({ kind: 'limit', next: at - BigInt(tail.length), looked })
    const stretch = await memory.stretchAt(at)
    if (!stretch.ok) return stretch
    if (stretch.value === undefined || stretch.value.end < at) return ok({ kind: 'end', looked })
    if (!stretch.value.isMemory) {
      tail = new Uint8Array(0)
      at = stretch.value.end + 1n
      if (isStopped()) return ok({ kind: 'stopped', next: at, looked })
      onprogress(at, looked)
      continue
    }
    while (at <= stretch.value.end) {
      if (isStopped()) return ok({ kind: 'stopped', next: at - BigInt(tail.length), looked })
      if (looked >= mostBytes) return ok({ kind: 'limit', next: at - BigInt(tail.length), looked })
      const left = stretch.value.end - at + 1n
      const wanted = left < BigInt(blockBytes) ? Number(left) : blockBytes
      const block = await memory.read(at, wanted)
      if (!block.ok) return block
      const bytes = new Uint8Array(tail.length + block.value.length)
      bytes.set(tail)
      bytes.set(block.value, tail.length)
      const found = indexOfBytes(bytes, pattern)
      if (found >= 0)
        return ok({
          kind: 'found',
          at: at - BigInt(tail.length) + BigInt(found),
          looked: looked + block.value.length,
        })
      looked += block.value.length
      const isShort = block.value.length < wanted
      tail = isShort ? new Uint8Array(0) : bytes.slice(Math.max(0, bytes.length - pattern.length + 1))
      at += BigInt(wanted)
      onprogress(at, looked)
    }
  }
}
