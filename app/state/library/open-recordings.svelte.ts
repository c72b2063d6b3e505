/** The recordings that were opened in this visit: a file, and a machine of the page for each that it holds. */
import { inWords } from '#base/apart.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { noFilm } from '#trace/film/film-lines.ts'
import type { RecordingSummary } from '#trace/formats/recording.ts'
import type { Platform } from '../platform.ts'
import type { Machine } from '../machine/machine.svelte.ts'
import { dropFilms, recordedFilms } from '../machine/recorded-film.ts'
import type { RecordedFilm } from '../machine/recorded-film.ts'
import type { Machines } from '../machine/machines.svelte.ts'

/** A recording that is open. */
export interface OpenRecording {
  readonly id: string
  /** The file's name. */
  readonly name: string
  /** Without its pictures: those are in `films`. */
  readonly summary: RecordingSummary
  /** In the order of the summary. */
  readonly machines: readonly Machine[]
  readonly films: readonly RecordedFilm[]
}

/** The ids of recorded machines begin so: they mean nothing in another visit. */
const idStart = 'recording-'

/** Whether an address names a machine of a recording. */
export function isRecordingId(id: string): boolean {
  return id.startsWith(idStart)
}

/** The open recordings. */
export class Recordings {
  readonly #machines: Machines
  readonly #reader: Pick<Platform['reader'], 'readRecording'>
  #all = $state.raw<readonly OpenRecording[]>([])
  #reading = $state<string | undefined>(undefined)
  #next = 1

  constructor(machines: Machines, reader: Pick<Platform['reader'], 'readRecording'>) {
    this.#machines = machines
    this.#reader = reader
  }

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

  /** The films of a machine of a recording. */
  filmsOf(machine: Machine): readonly RecordedFilm[] {
    const recording = this.of(machine)
    if (recording === undefined) return []
    const id = recording.summary.machines[recording.machines.indexOf(machine)]?.id
    return recording.films.filter((each) => each.machine === id)
  }

  /** Open a file. It has at least one machine, whose rows are there then. The failure is a sentence. */
  async open(file: File): Promise<Result<OpenRecording, string>> {
    if (this.#reading !== undefined) return err(`${this.#reading} is being read: one after the other.`)
    this.#reading = inWords(file.name)
    try {
      return await this.#open(file)
    } finally {
      this.#reading = undefined
    }
  }

  /** Take it off the page. The file stays where it is. */
  close(recording: OpenRecording): void {
    this.#all = this.#all.filter((each) => each !== recording)
    for (const machine of recording.machines) this.#machines.remove(machine)
    dropFilms(recording.films)
  }

  async #open(file: File): Promise<Result<OpenRecording, string>> {
    const read = await this.#reader.readRecording(file)
    if (!read.ok) return read
    const id = `${idStart}${this.#next}`
    this.#next += 1
    const summary = read.value
    const isOne = summary.machines.length === 1
    const made: Machine[] = []
    let failure: string | undefined
    for (const { id: inFile, name, protocol, version, schema } of summary.machines) {
      const at = isOne ? id : `${id}-${made.length + 1}`
      const machine = this.#machines.addRecorded(at, inWords(name), protocol)
      made.push(machine)
      const opened = await machine.openRecording({ file, machine: inFile, version, schema })
      if (!opened.ok) failure ??= opened.error
    }
    if (failure !== undefined) {
      for (const machine of made) this.#machines.remove(machine)
      return err(failure)
    }
    const recording: OpenRecording = {
      id,
      name: inWords(file.name),
      summary: { ...summary, film: noFilm },
      machines: made,
      films: recordedFilms(summary.film),
    }
    this.#all = [...this.#all, recording]
    return ok(recording)
  }
}
