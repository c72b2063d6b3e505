/** The worker that reads references and recordings: they are large, and the page is not held while they are read. */
import type { Json } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { NamedTypes, ReaderWorker, ReferenceFile } from '#api/reader.ts'
import type { RecordingSummary } from '#trace/formats/recording.ts'
import type { Outline, OverlayRows } from '#record/outline.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import { LazyWorker } from './lazy-worker.ts'

/** The calls to it. It is started by the first. */
export class ReaderLink {
  readonly #reader = new LazyWorker<ReaderWorker>({
    what: 'The worker that reads files',
    start: () =>
      new Worker(new URL('../../workers/host/reader/reader.worker.ts', import.meta.url), {
        type: 'module',
        name: 'reader',
      }),
    // A file that is read whole has 64 MiB at most: a log takes three seconds, names and overlays less.
    silentMs: 60_000,
    // A transcript of 1 GiB is read as a stream.
    limitMs: 900_000,
  })

  /** Read a reference. It stays in the worker under `key`, for `nameTypes`. */
  readReference(key: string, files: readonly ReferenceFile[]): Promise<Result<Reference, string>> {
    return this.#reader.call((remote) => remote.read(key, files))
  }

  /**
   * The real names of a schema's types by the reference of that key. `raw` is the return of query-qmp-schema. `isSame`:
   * they are of one version; undefined where nobody knows.
   */
  nameTypes(key: string, raw: Json, isSame: boolean | undefined): Promise<Result<NamedTypes, string>> {
    return this.#reader.call((remote) => remote.names(key, raw, isSame))
  }

  /** Whether the worker has the reference of that key. One that was started again has none. */
  async hasReference(key: string): Promise<boolean> {
    const has = await this.#reader.call((remote) => remote.has(key))
    return has.ok && has.value
  }

  /** Forget the reference of that key. */
  forgetReference(key: string): void {
    void this.#reader.call((remote) => remote.forget(key))
  }

  /** Look through the file of a recording. */
  readRecording(file: File): Promise<Result<RecordingSummary, string>> {
    return this.#reader.call((remote) => remote.recording(file, file.name))
  }

  /** Lay two outlines over each other, at a place of each. */
  layOver(a: Outline, b: Outline, aligned: readonly [number, number]): Promise<Result<OverlayRows, string>> {
    return this.#reader.call((remote) => remote.overlay(a, b, aligned))
  }
}
