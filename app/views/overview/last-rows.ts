/** The last rows of a machine that a card shows. Pure. */
import { isFailure, laneOf } from '#record/lanes.ts'
import type { LogRow } from '#record/row.ts'

/** Whether a serial line printed it, and there is something in it. */
export function isPrintedLine(row: LogRow): boolean {
  // What ends a line alone has one byte, or two.
  return row.kind === 'line' && row.bytes > 2
}

/** Whether it tells of a failure: of a command that a person sent, of the connection, of the guest. */
export function isErrorRow(row: LogRow): boolean {
  return !('origin' in row && row.origin !== 'person') && isFailure(laneOf(row, undefined))
}

/** The numbers of the last rows that are wanted, oldest first. */
export function lastOf(
  rows: readonly LogRow[],
  wanted: (row: LogRow) => boolean,
  most: number,
): readonly number[] {
  const found: number[] = []
  for (let at = rows.length - 1; at >= 0 && found.length < most; at -= 1) {
    const row = rows[at]
    if (row !== undefined && row.seq >= 0 && wanted(row)) found.push(row.seq)
  }
  return found.toReversed()
}
