/** What the lanes' picture is made of, and what can be pointed at in it. */
import type { RowView } from '#record/row.ts'
import type { Track } from '#record/track.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Mark } from '../../page/marks.ts'
import type { RowId, TimelineModel } from '../../page/model.svelte.ts'
import type { LaneRow } from '../lane-rows.ts'
import type { Stretch } from '../scale.ts'

/** What is drawn. Times are milliseconds since the epoch, places are CSS pixels. */
export interface Scene {
  readonly width: number
  readonly height: number
  /** How far the lanes are scrolled. */
  readonly top: number
  readonly from: number
  readonly to: number
  readonly now: number
  readonly rows: readonly LaneRow<Machine>[]
  readonly model: TimelineModel
  /** What is known of a row; what is not is asked for, and drawn when it is there. */
  readonly viewOf: (id: RowId) => RowView | undefined
  readonly tracksOf: (machine: Machine) => readonly Track[]
  /** In which row of its lane a track is. */
  readonly rowOf: (track: Track, machine: Machine) => number
  readonly marks: readonly Mark[]
  readonly range: Stretch | undefined
  readonly cursor: number | undefined
  readonly selected: RowId | undefined
  readonly focused: LaneRow<Machine> | undefined
  /** In a comparison: the time that the scale counts from, and what the other lanes have not. */
  readonly compared?: Compared | undefined
}

/** Rows that differ, in columns and in order of arrival. */
export interface LaneDifferences {
  /** Arrival, milliseconds since the epoch. */
  readonly at: Float64Array
  /** Places in `lanes`. */
  readonly lane: Uint8Array
  /** Of a command that both have, and that was slower here: how long it took. NaN where only this side has the row. */
  readonly slowerMs: Float64Array
}

/** What lanes that are compared with others show beside their own. */
export interface Compared {
  /** Milliseconds since the epoch. */
  readonly zero: number
  readonly differences: LaneDifferences | undefined
  /** The colour of what differs. */
  readonly tone: 'warning' | 'accent'
}

/** Something that can be pointed at. */
export interface HitTarget {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly what:
    | { readonly kind: 'row'; readonly id: RowId }
    | { readonly kind: 'track'; readonly machine: Machine; readonly track: Track }
    | { readonly kind: 'phase'; readonly machine: Machine; readonly track: Track; readonly phase: number }
    | { readonly kind: 'mark'; readonly mark: Mark }
    /** More rows of a lane than one in a few pixels. `from` is the index of the first one. */
    | { readonly kind: 'rows'; readonly machine: Machine; readonly from: number; readonly count: number }
  /** Edges that a cursor can stand on exactly, milliseconds since the epoch. */
  readonly edges: readonly number[]
}

/** The height of the scale above the lanes, in pixels. */
export const axisHeight = 22
