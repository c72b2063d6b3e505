/** What the kinds of tracks share: the tracks, the commands on their way, and the queries to ask. */
import type { JsonObject } from '#base/json/value.ts'
import type { ExecId } from '#qmp/report.ts'
import type { EventRow } from '#record/row.ts'
import type { CauseFinder } from './cause.ts'
import type { Live, LiveTracks } from './live-tracks.ts'
import type { NamedThing } from './named-things.ts'

/** Queries that are followed. */
export const queries = [
  'query-status',
  'query-jobs',
  'query-block-jobs',
  'query-migrate',
  'query-dump',
] as const
/** The name of a query that is followed. */
export type FollowedQuery = (typeof queries)[number]

/** A command whose reply matters. */
export interface Pending {
  readonly exec: ExecId
  readonly name: string
  readonly at: number
  readonly seq: number
  readonly args: JsonObject
  readonly names: readonly NamedThing[]
  /** What it started or ended, where that was seen before its reply; a transaction starts several. */
  readonly lives: Live[]
}

/** Shared by all kinds. */
export interface FollowContext {
  readonly tracks: LiveTracks
  readonly causes: CauseFinder
  /** Commands whose replies are waited for, in the order of sending. */
  readonly pending: Map<ExecId, Pending>
  /** Queries to be asked once. */
  readonly ask: Set<FollowedQuery>
  /** The server tells every change of a job (since 3.0). */
  tellsJobs: boolean
}

/** What events of a name do. `plain` ones are told without their data, which costs less. */
export interface Events {
  readonly plain?: Readonly<Record<string, (row: EventRow) => void>>
  readonly withData?: Readonly<Record<string, (row: EventRow, data: JsonObject) => void>>
}

/** One kind of track: what it makes of events. */
export interface TrackFollower {
  readonly events: Events
  /** Begin again: the connection is another, or rows are missing. */
  forget(): void
  /** The bound has taken an open track. */
  lose?(live: Live): void
}
