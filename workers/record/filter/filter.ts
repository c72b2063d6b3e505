/**
 * A filter over the rows of one machine's record, as the worker runs it (store/scan/scan.ts). language.ts makes one from
 * the text that people type.
 */
import type { LogRow } from '../row.ts'
import type { Origin } from '#qmp/report.ts'
import type { Json } from '#base/json/value.ts'
import { isFailureLane, isOwnLane, laneCode } from '../lanes.ts'
import type { Lane } from '../lanes.ts'

/**
 * Which rows are wanted: those that fulfil every condition that is given. Of a list without `except` a row fulfils
 * one, of a list with it none; of `latency`, `size`, `texts` and `values` it fulfils each. An empty list is fulfilled
 * by no row where one is to be fulfilled, and by all where none or each is.
 */
export interface Filter {
  readonly kinds?: readonly LogRow['kind'][]
  readonly exceptKinds?: readonly LogRow['kind'][]
  readonly lanes?: readonly Lane[]
  readonly exceptLanes?: readonly Lane[]
  /** The traffic of the page itself: nothing else, or none of it. */
  readonly own?: boolean
  /** What failed: nothing else, or none of it. Errors, commands that no reply ended, problems, events of errors. */
  readonly failures?: boolean
  /** Names: `*` stands for any characters and `?` for one; case as in `fitsName`. A row without a name has the name ''. */
  readonly names?: readonly string[]
  readonly exceptNames?: readonly string[]
  /** Arrival in milliseconds since the epoch: at or after, and before. */
  readonly fromMs?: number
  readonly toMs?: number
  /** Replies have a latency, in milliseconds; other rows are within no bounds. */
  readonly latency?: readonly NumberBounds[]
  /** The size of the message in bytes. */
  readonly size?: readonly NumberBounds[]
  /** Who asked: commands and replies have it. */
  readonly origins?: readonly Origin[]
  /** Numbers of commands, from 1: the command, its reply or end, and the events that it caused. */
  readonly execs?: readonly number[]
  readonly exceptExecs?: readonly number[]
  readonly texts?: readonly TextTest[]
  readonly values?: readonly ValueTest[]
}

/** A condition on a number: all that are given hold or, with `not`, they do not all hold. */
export interface NumberBounds {
  readonly above?: number
  readonly atLeast?: number
  readonly below?: number
  readonly atMost?: number
  readonly not?: boolean
}

/**
 * A text that is to be found (or not): in the name of a row, in the text of its message, as it is or as JSON writes
 * it, and for rows without a message and for problems in the JSON of the row. Only letters of ASCII have two cases.
 * The empty text is in every row.
 */
export interface TextTest {
  readonly find: string
  readonly matchCase: boolean
  readonly not?: boolean
}

/**
 * A condition on a value of a message, which holds when the value is there and is one of `any`. `path` leads from the
 * message's root; an index is written as a number. With `not` it is the other way round: rows without the value, and
 * without a message, are wanted as well.
 */
export interface ValueTest {
  readonly path: readonly string[]
  readonly any: readonly ValueIs[]
  readonly not?: boolean
}

/** What a value may be. */
export type ValueIs =
  | { readonly kind: 'exists' }
  | { readonly kind: 'equals'; readonly value: Json }
  /** A string, by a pattern of `*` and `?`; case matters. */
  | { readonly kind: 'glob'; readonly glob: string }
  /** Part of a string, or of the JSON of anything else; case does not matter. */
  | { readonly kind: 'contains'; readonly text: string }
  /** Numbers only. An integer beyond 2^53 is compared exactly. */
  | { readonly kind: 'above' | 'at-least' | 'below' | 'at-most'; readonly value: number | bigint }
  /** None of these. */
  | { readonly kind: 'none'; readonly of: readonly ValueIs[] }

/** What `own` asks for. */
export function isOwn(lane: Lane): boolean {
  return isOwnLane[laneCode[lane]] === 1
}

/** What `failures` asks for: the errors of the page itself as well, which `own` leaves out where they do not matter. */
export function isFailure(lane: Lane): boolean {
  return isFailureLane[laneCode[lane]] === 1 || lane === 'own-error'
}
