/** Rows of a dump of memory as they are drawn. Tested by workers/inside/cpus/memory.test.ts. */
import { byteText } from './memory-text.ts'
import type { MemoryRead } from './memory-text.ts'

/** Why bytes stand out. */
export type HexMark = 'none' | 'found' | 'changed'

/** Text of one mark. */
export interface HexPiece {
  readonly text: string
  readonly mark: HexMark
}

/** One row. Its pieces joined are all of its bytes. */
export interface HexRow {
  readonly address: bigint
  readonly hex: readonly HexPiece[]
  readonly text: readonly HexPiece[]
}

/** The rows of what was read, with `perRow` bytes each; `markOf` is asked about each byte by its index. */
export function hexRows(
  { address, bytes }: MemoryRead,
  perRow: number,
  markOf: (index: number) => HexMark,
): readonly HexRow[] {
  const rows: HexRow[] = []
  for (let from = 0; from < bytes.length; from += perRow) {
    const [hex, text]: [HexPiece[], HexPiece[]] = [[], []]
    for (const [offset, byte] of bytes.subarray(from, from + perRow).entries()) {
      const mark = markOf(from + offset)
      // A blank between two bytes belongs to both, and a wider one stands in the middle.
      if (offset > 0) add(hex, offset % 8 === 0 ? '  ' : ' ', hex.at(-1)?.mark === mark ? mark : 'none')
      add(hex, byte.toString(16).padStart(2, '0'), mark)
      add(text, byteText(byte), mark)
    }
    rows.push({ address: address + BigInt(from), hex, text })
  }
  return rows
}

function add(pieces: HexPiece[], text: string, mark: HexMark): void {
  const last = pieces.at(-1)
  if (last?.mark === mark) pieces[pieces.length - 1] = { text: last.text + text, mark }
  else pieces.push({ text, mark })
}
