/** What is known of a machine's objects, in parts. Types only. */
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { QomProperty, QomValues } from '#inside/objects/qom-object.ts'
import type { QomReading } from '#inside/objects/qom-difference.ts'
import type { QomTree } from '#inside/objects/qom-tree.ts'
import type { WholeProgress } from './whole-read.ts'

/** What it asks with. `ask`: at most two at once in the machine. `many`: for a whole tree that a person asked for. */
export interface ObjectQueries {
  readonly ask: (
    name: 'qom-list' | 'qom-get' | 'qom-list-get',
    args: JsonObject,
  ) => Promise<Result<Json, string>>
  readonly many: (name: string, args: JsonObject) => Promise<Result<Json, string>>
  readonly offers: (name: string) => boolean | undefined
  readonly now: () => number
}

/** How the reading of the whole tree is. */
export type WholeState =
  | { readonly kind: 'never' }
  | { readonly kind: 'reading'; readonly progress: WholeProgress }
  | {
      readonly kind: 'read'
      readonly at: number
      readonly tookMs: number
      readonly objects: number
      readonly failed: number
      readonly isCancelled: boolean
      readonly withValues: boolean
    }

/** All that was read at one time. */
export interface Moment {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly objects: ReadonlyMap<string, QomReading>
}

/** A number over time. */
export interface ObjectPlot {
  readonly path: string
  readonly property: string
  readonly points: readonly { readonly at: number; readonly value: number | undefined }[]
}

/** A value that a person has set here. */
export interface SetValue {
  readonly before: Json | undefined
}

/** Descriptions and defaults of the properties of a type, by their names; or why there are none. */
export type TypeTexts =
  | { readonly kind: 'texts'; readonly properties: ReadonlyMap<string, QomProperty> }
  | { readonly kind: 'none'; readonly why: string }

/** What is known of the values of one object. */
export interface ObjectValues {
  readonly values: QomValues
  /** Those that were others when they were read before. */
  readonly changed: ReadonlySet<string>
  readonly at: number
}

/** All that was read. */
export interface ReadSoFar {
  readonly tree: QomTree
  readonly values: Map<string, ObjectValues>
  /** Why objects could not be read, by path. */
  readonly failed: Map<string, string>
}
