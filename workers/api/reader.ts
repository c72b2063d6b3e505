/** The boundary between the page and the worker that reads references and recordings: types only. */
import type { RecordingSummary } from '#trace/formats/recording.ts'
import type { Json } from '#base/json/value.ts'
import type { Outline, OverlayRows } from '#record/outline.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import type { Result } from '#base/result.ts'

/** A file that somebody dropped, or that is served beside the page. */
export interface ReferenceFile {
  /** Its path, as far as it is known. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** The real names of types, and where reference and schema disagree. */
export interface NamedTypes {
  /** By hidden name. */
  readonly names: ReadonlyMap<string, string>
  readonly disagreements: readonly { readonly entity: string; readonly path: string; readonly says: string }[]
  /** The reference is of the version of the schema. */
  readonly isSame: boolean
}

/** The worker that reads references. Failures are sentences. */
export interface ReaderWorker {
  /** Answered as soon as the thread is free: a sign of life. */
  ping(): void
  /** Read a manual or QAPI files; kept under `key`. */
  read(key: string, files: readonly ReferenceFile[]): Promise<Result<Reference, string>>
  /**
   * Names for the types of a schema (the return of query-qmp-schema) by the reference of that key. `isSame`: they are of
   * one version; where that is not known, the reader judges by the definitions.
   */
  names(key: string, raw: Json, isSame: boolean | undefined): Promise<Result<NamedTypes, string>>
  /** Whether the reference of that key is there: a worker that was started again has none. */
  has(key: string): Promise<Result<boolean, string>>
  /** Forget the reference of that key. */
  forget(key: string): Promise<Result<boolean, string>>
  /** Look through a recording: what it is and which machines it has. */
  recording(file: Blob, name: string): Promise<Result<RecordingSummary, string>>
  /** Match two outlines. The two given places belong together in any case. */
  overlay(a: Outline, b: Outline, aligned: readonly [number, number]): Promise<Result<OverlayRows, string>>
}
