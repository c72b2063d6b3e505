/**
 * Memory and instructions out of the text of `x` and `xp`, and the lines that ask for them. Linear in the text.
 * Tested by workers/inside/cpus/memory.test.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { linesOf } from '../monitor/monitor-text.ts'
import { hexAddress } from './guest-address.ts'

/** Which addresses are meant: those that programs in the guest use, or those of the machine. */
export type AddressSpace = 'virtual' | 'physical'

/** Bytes of one word of a dump: 1 is right for each architecture, 8 is half the text and needs a little-endian one. */
export type WordBytes = 1 | 8

/** The line of the human monitor that prints memory. `length` is in bytes, a multiple of the word. */
export function memoryLine(
  space: AddressSpace,
  address: bigint,
  length: number,
  word: WordBytes = 1,
): string {
  return `${space === 'physical' ? 'xp' : 'x'} /${length / word}x${word === 1 ? 'b' : 'g'} ${hexAddress(address)}`
}

/** Memory that was read. */
export interface MemoryRead {
  readonly address: bigint
  /** From `address` on; fewer than were wanted where it ends. */
  readonly bytes: Uint8Array
  /** The first address that could not be read; undefined where all could. */
  readonly unreadable: bigint | undefined
}

/** Read a dump of at most `length` bytes from `address` on. The failure is what the monitor said instead. */
export function readDump(text: string, address: bigint, length: number): Result<MemoryRead, string> {
  const bytes = new Uint8Array(length)
  let filled = 0
  let isStarted = false
  for (const line of linesOf(text)) {
    if (line === '') continue
    const head = /^([0-9a-f]{1,16}): ?/i.exec(line)
    if (head === null) return err(line.slice(0, 200))
    const at = address + BigInt(filled)
    if (BigInt(`0x${head[1] ?? '0'}`) !== at)
      return err(`The monitor printed another address than ${hexAddress(at)}.`)
    isStarted = true
    const rest = line.slice(head[0].length).trim()
    if (!rest.startsWith('0x')) return ok({ address, bytes: bytes.slice(0, filled), unreadable: at })
    for (const word of rest.split(' ')) {
      const digits = /^0x((?:[0-9a-f]{2}){1,8})$/i.exec(word)?.[1]
      if (digits === undefined) return err(`This is no memory: ${line.slice(0, 100)}`)
      // The lowest byte is the first in memory.
      for (let end = digits.length; end > 0 && filled < length; end -= 2) {
        bytes[filled] = Number.parseInt(digits.slice(end - 2, end), 16)
        filled += 1
      }
    }
  }
  if (!isStarted) return err('The monitor printed nothing.')
  return ok({
    address,
    bytes: bytes.slice(0, filled),
    unreadable: filled < length ? address + BigInt(filled) : undefined,
  })
}

/** One instruction. */
export interface Instruction {
  readonly address: bigint
  /** As it was printed: `66 c3`. */
  readonly bytes: string
  /** `retl` */
  readonly text: string
}

/** The line that disassembles what a CPU runs next. It is one of those that the page may send, see own-queries.ts. */
export const codeLine = 'x /20i $pc'

/** Instructions in a text; the failure is what the monitor said, where it has none. */
export function readInstructions(text: string): Result<readonly Instruction[], string> {
  const found: { address: bigint; bytes: string; text: string }[] = []
  for (const line of linesOf(text).slice(0, 1000)) {
    const head = /^0x([0-9a-f]{1,16}):\s*/i.exec(line)
    if (head === null) continue
    const rest = line.slice(head[0].length).trim()
    const bytes = /^(?:(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8})(?: |$))+/i.exec(rest)?.[0] ?? ''
    const words = rest.slice(bytes.length).trim()
    const last = found.at(-1)
    // A long instruction goes on in a line of its own, which has bytes only.
    if (words === '' && last !== undefined) last.bytes += ` ${bytes.trim()}`
    else if (bytes !== '')
      found.push({ address: BigInt(`0x${head[1] ?? '0'}`), bytes: bytes.trim(), text: words })
  }
  if (found.length > 0) return ok(found)
  const said = linesOf(text).find((line) => line.trim() !== '')
  return err(said === undefined ? 'The monitor printed nothing.' : said.slice(0, 200))
}

/** A byte as text: its character, or a dot for what is none of ASCII. */
export function byteText(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}
