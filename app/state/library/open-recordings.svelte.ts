/** The recordings that were opened in this visit: a file, and a machine of the page for each that it holds. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Outline, OverlayRows } from '#record/outline.ts'
import type { RecordingSummary } from '#trace/formats/recording.ts'
import { layOver, readRecording } from '#link/reader-link.ts'
import type { Machine } from '../machine/machine.svelte.ts'
import { machines } from '../machine/machines.svelte.ts'

/** A recording that is open. */
export interface OpenRecording {
  readonly id: string
  /** The file's name. */
  readonly name: string
  readonly summary: RecordingSummary
  /** In the order of the summary. */
  readonly machines: readonly Machine[]
}

/** The ids of recorded machines begin so: they mean nothing in another visit. */
const idStart = 'recording-'

/** Whether an address names a machine of a recording. */
export function isRecordingId(id: string): boolean {
  return id.startsWith(idStart)
}

class Recordings {
  #all = $state.raw<readonly OpenRecording[]>([])
  #reading = $state<string | undefined>(undefined)
  #next = 1

  get all(): readonly OpenRecording[] {
    return this.#all
  }

  /** The name of the file that is being read. */
  get reading(): string | undefined {
    return this.#reading
  }

  /** The recording that a machine is of. */
  of(machine: Machine): OpenRecording | undefined {
    return this.#all.find((each) => each.machines.includes(machine))
  }

  /** Open a file. It has at least one machine, whose rows are there then. The failure is a sentence. */
  async open(file: File): Promise<Result<OpenRecording, string>> {
    if (this.#reading !== undefined) return err(`${this.#reading} is being read: one after the other.`)
    this.#reading = file.name
    try {
      return await this.#open(file)
    } finally {
      this.#reading = undefined
    }
  }

  /** Match two outlines, aligned at a place of each. */
  layOver(a: Outline, b: Outline, aligned: readonly [number, number]): Promise<Result<OverlayRows, string>> {
    return layOver(a, b, aligned)
  }

  /** Take it off the page. The file stays where it is. */
  close(recording: OpenRecording): void {
    this.#all = this.#all.filter((each) => each !== recording)
    for (const machine of recording.machines) machines.remove(machine)
  }

  async #open(file: File): Promise<Result<OpenRecording, string>> {
    const read = await readRecording(file)
    if (!read.ok) return read
    const id = `${idStart}${this.#next}`
    this.#next += 1
    const summary = read.value
    const isOne = summary.machines.length === 1
    const made: Machine[] = []
    let failure: string | undefined
    for (const { id: inFile, name, protocol, version, schema } of summary.machines) {
      const machine = machines.addRecorded(isOne ? id : `${id}-${made.length + 1}`, name, protocol)
      made.push(machine)
      const opened = await machine.openRecording({ file, machine: inFile, version, schema })
      if (!opened.ok) failure ??= opened.error
    }
    if (failure !== undefined) {
      for (const machine of made) machines.remove(machine)
      return err(failure)
    }
    const recording: OpenRecording = { id, name: file.name, summary, machines: made }
    this.#all = [...this.#all, recording]
    return ok(recording)
  }
}

export const recordings = new Recordings()
