/**
 * Tracks: things that last (jobs, migrations, dumps, devices, the run state), put together from events and replies.
 * Plain data: the worker follows them (trace/follow), the page draws them.
 */
import type { EventCause } from '#qmp/report.ts'

/** What a track is about. There is one `run-state` for each connection of a machine. */
export type TrackKind = 'run-state' | 'job' | 'migration' | 'dump' | 'device'

/** A state that a track entered. */
export interface TrackPhase {
  /** Milliseconds since the epoch, arrival. */
  readonly at: number
  /** In QEMU's word: RunState, JobStatus, MigrationStatus, DumpStatus; for devices `plugged`, `unplug-asked`, `unplug-failed`, `deleted`. */
  readonly state: string
  /** The row that tells of it. */
  readonly seq: number
}

/** How far it was. In the unit that QEMU counts in: bytes for jobs, dumps and RAM. */
export interface Progress {
  readonly at: number
  readonly current: number
  readonly total: number
}

/** How a track ended. `unknown`: the connection was lost while it was running, or its end was not seen. */
export type TrackOutcome = 'open' | 'done' | 'failed' | 'cancelled' | 'unknown'

/** Something that lasts. An update has the same `id`; ids grow and are never used again in a worker. */
export interface Track {
  readonly id: number
  readonly kind: TrackKind
  /** Id of the job, id or QOM path of the device; empty for a machine's run state, migration and dump. */
  readonly name: string
  /** The type of a job (`mirror`, `backup`); the driver of a device; empty where it is not known. */
  readonly type: string
  readonly start: number
  /** Undefined while it is running. */
  readonly end: number | undefined
  /** In order; at most `mostPhases`, the middle ones left out beyond that. */
  readonly phases: readonly TrackPhase[]
  /** In order; thinned to at most `mostProgress`. */
  readonly progress: readonly Progress[]
  /** The limit of the job's speed in bytes a second (`speed`), where one is set. */
  readonly limit: number | undefined
  readonly outcome: TrackOutcome
  /** In QEMU's words. */
  readonly error: string | undefined
  /** The command that started it, and why that is believed. */
  readonly cause: EventCause | undefined
  /** Rows that belong to it, oldest first: the first and the newest, at most `mostRows`. */
  readonly rows: readonly number[]
}

/** Tracks of a machine at most. */
export const mostTracks = 5000
export const mostPhases = 200
export const mostProgress = 200
export const mostRows = 200
