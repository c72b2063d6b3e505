/** The contents of a recording's file: machines, rows, and the places that could not be read. Types only. */
import type { Json } from '#base/json/value.ts'
import type { QemuVersion } from '#qmp/message.ts'
import type { BareLine } from '#record/row-facts.ts'
import type { FilmInFile } from '../film/film-lines.ts'
import type { TimesAre } from './assemble.ts'

/** What a recording was made by. */
export type RecordingFormat =
  'transcript' | 'qmp-shell' | 'qemu.qmp' | 'socat' | 'json-stream' | 'libvirt' | 'qemu-trace' | 'log'

/** A machine that was recorded. */
export interface RecordedMachine {
  /** Unique in its recording. */
  readonly id: string
  readonly name: string
  readonly protocol: 'qmp' | 'agent'
  readonly version: QemuVersion | undefined
  /** Its schema as query-qmp-schema returned it, or (a string) only the fingerprint. */
  readonly schema: Json | undefined
  /** In the order of arrival. Numbers (`seq`) are given by the record that takes them; those of a transcript are ignored. */
  readonly rows: readonly BareLine[]
}

/** A place of the file that could not be read. */
export interface RecordingProblem {
  /** From 1. */
  readonly line: number
  readonly why: string
}

/** A file, read. There is at least one machine. */
export interface Recording {
  readonly format: RecordingFormat
  readonly machines: readonly RecordedMachine[]
  /** The worst of all machines. */
  readonly timesAre: TimesAre
  /** The first 100. */
  readonly problems: readonly RecordingProblem[]
  readonly problemCount: number
  /** A note that somebody wrote into a transcript. */
  readonly note: string | undefined
  readonly film: FilmInFile
}

/** A machine of a recording, without its rows. */
export interface RecordedSummary {
  readonly id: string
  readonly name: string
  readonly protocol: 'qmp' | 'agent'
  readonly version: QemuVersion | undefined
  /** What query-qmp-schema returned, or (a string) only its fingerprint. */
  readonly schema: Json | undefined
  readonly rows: number
}

/** The contents of a recording's file. There is at least one machine. */
export interface RecordingSummary {
  readonly format: RecordingFormat
  readonly machines: readonly RecordedSummary[]
  /** Where the times come from: the worst of all machines. */
  readonly timesAre: TimesAre
  /** The places that could not be read: the first 100. */
  readonly problems: readonly RecordingProblem[]
  readonly problemCount: number
  readonly note: string | undefined
  readonly film: FilmInFile
}
