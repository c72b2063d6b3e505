/** A machine's rows beyond its worker: kept over a reload, saved as a file, read from one and played again, in outline. */
import { transfer } from 'comlink'
import type { ReplayOrder, ReplayState, SavedPart, Saving } from '#api/machine.ts'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { GapReason } from '#qmp/report.ts'
import type { Filter } from '#record/filter/filter.ts'
import type { Outline } from '#record/outline.ts'
import type { AdoptedRow } from '#record/row.ts'
import { after, now } from './clock.ts'
import type { Recorder } from './recorder/recorder.ts'
import type { Replay } from './replay.ts'
import type { Savings } from './saving.ts'

/** The files of one machine. What each needs is loaded when it is asked for. */
export class Files {
  readonly #recorder: Recorder
  readonly #passOver: (exec: number) => void
  #savings: Savings | undefined
  #replay: Replay | undefined

  /** `passOver` is told of the numbers of commands in rows of before. */
  constructor(recorder: Recorder, passOver: (exec: number) => void) {
    this.#recorder = recorder
    this.#passOver = passOver
  }

  /** Keep recorded rows under a machine's name; undefined keeps no more. */
  async keep(machine: string | undefined): Promise<void> {
    const recorder = this.#recorder
    recorder.keeper?.close()
    recorder.keeper = undefined
    if (machine === undefined) return
    try {
      const [{ createKeeper }, { holdLock, openChunks }] = await Promise.all([
        import('../keep/keep.ts'),
        import('../keep/keep-database.ts'),
      ])
      const writer = crypto.randomUUID()
      holdLock(writer)
      const { store } = recorder
      const keeper = createKeeper(machine, writer, store, await openChunks(), {
        now,
        after,
        said: (keep) => recorder.batch.change({ keep }),
      })
      const isNew = store.nextSeq === 0
      const rows = isNew ? await keeper.restore() : []
      this.adopt(rows, undefined)
      keeper.begin(isNew ? store.nextSeq : store.firstSeq)
      recorder.keeper = keeper
      this.#gapAfter(rows, 'closed')
      keeper.changed()
    } catch (why) {
      const keep = { kind: 'failed', why: why instanceof Error ? why.message : String(why) } as const
      recorder.batch.change({ keep })
    }
  }

  /** Adopt rows of an earlier record, and record the gap after them. */
  adopt(rows: readonly AdoptedRow[], gap: GapReason | undefined): void {
    for (const { row, text } of rows) {
      if ('exec' in row) this.#passOver(row.exec)
      this.#recorder.add({ ...row, seq: this.#recorder.store.nextSeq }, text)
    }
    if (rows.length > 0) this.#recorder.passOver()
    if (gap !== undefined) this.#gapAfter(rows, gap)
  }

  #gapAfter(rows: readonly AdoptedRow[], why: GapReason): void {
    const last = rows.at(-1)
    if (last === undefined) return
    this.#recorder.record({ kind: 'gap', why, since: last.row.at, rows: undefined }, undefined, 0)
  }

  async beginSaving(saving: Saving): Promise<number> {
    const { createSavings } = await import('./saving.ts')
    this.#savings ??= createSavings(this.#recorder.store, now)
    return this.#savings.begin(saving)
  }

  savedPart(handle: number, budgetMs: number): SavedPart | undefined {
    const part = this.#savings?.part(handle, budgetMs)
    return part === undefined ? undefined : transfer(part, [part.bytes.buffer])
  }

  endSaving(handle: number): void {
    this.#savings?.end(handle)
  }

  async openRecording(file: Blob, name: string, machine: string): Promise<Result<undefined, string>> {
    const [{ createRecordedRows }, { readRecordingFile }, { createReplay }] = await Promise.all([
      import('../reader/recorded-rows.ts'),
      import('../reader/recording-file.ts'),
      import('./replay.ts'),
    ])
    const recorder = this.#recorder
    const { store, follower, causes } = recorder
    let rows = createRecordedRows(follower, causes, undefined)
    const take = (line: Parameters<typeof rows.next>[0]): void =>
      recorder.add(rows.next(line, store.nextSeq), line.text)
    const read = await readRecordingFile(file, name, (id, line) => {
      if (id === machine) take(line)
    })
    if (!read.ok) return read
    const version = read.value.machines.find(({ id }) => id === machine)?.version
    this.#replay = createReplay({
      store,
      now,
      after,
      clear: () => {
        recorder.replayAgain()
        rows = createRecordedRows(follower, causes, version)
      },
      take: (row, text) => take({ row, text }),
    })
    return ok(undefined)
  }

  replay(order: ReplayOrder): ReplayState {
    const none = { kind: 'off', at: 0, from: 0, to: 0, shown: 0, rows: 0, restarts: 0 } as const
    return this.#replay?.order(order) ?? none
  }

  async outline(filter: Filter, most: number): Promise<Outline> {
    const { outlineOf } = await import('./outline-scan.ts')
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
    return outlineOf(this.#recorder.store, filter, most, now, pause)
  }
}
