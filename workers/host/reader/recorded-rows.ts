/**
 * Rows of a recording on their way into a record: what the record of a live machine would have known besides. A part of
 * a recording, or a log of another program, does not say that a connection was ready; those who follow the rows are told.
 * @adr 0027
 */
import type { ConnectionState } from '#qmp/connection.ts'
import type { EventCause } from '#qmp/report.ts'
import type { LogRow } from '#record/row.ts'
import type { QemuVersion } from '#qmp/message.ts'
import type { CauseFinder } from '#trace/follow/cause.ts'
import type { Follower } from '#trace/follow/follow.ts'
import type { BareLine } from '#record/row-facts.ts'

/** A recording that does not say its version was made by a QEMU of our time. */
const anyVersion: QemuVersion = { major: 8, minor: 0, micro: 0, package: '' }

/** Hands rows on. One for each reading of a recording from its beginning. */
export interface RecordedRows {
  /** The row to record under that number. The follower is told of its connection first. */
  next(line: BareLine, seq: number): LogRow
}

/** Make it, with a follower and a finder that know nothing yet. */
export function createRecordedRows(
  follower: Follower,
  causes: CauseFinder,
  version: QemuVersion | undefined,
): RecordedRows {
  /** The recording has states of its own, which tell. */
  let hasStates = false
  let isReady = false

  function tell(state: ConnectionState, at: number, seq: number): void {
    follower.add({ kind: 'state', state, seq, at, bytes: 0 }, undefined)
  }

  function ready(at: number, seq: number): void {
    isReady = true
    const greeting = { version: version ?? anyVersion, capabilities: [] }
    tell({ kind: 'ready', greeting, oob: false }, at, seq)
  }

  return {
    next({ row }, seq) {
      if (row.kind === 'state') {
        hasStates = true
      } else if (!hasStates) {
        const isGreeting = row.kind === 'event' && row.name === 'QMP' && row.timestamp === undefined
        // Another greeting is another connection.
        if (isGreeting && isReady) tell({ kind: 'ended', reason: { kind: 'disconnected' } }, row.at, seq)
        if (isGreeting || !isReady) ready(row.at, seq)
      }
      const numbered = { ...row, seq } as LogRow
      if (numbered.kind !== 'event' || numbered.cause !== undefined) return numbered
      const cause: EventCause | undefined = causes.causeOf(numbered.name, numbered.data, numbered.at)
      return cause === undefined ? numbered : { ...numbered, cause }
    },
  }
}
