/** The recordings that were opened in this visit: a file, and a machine of the page for each that it holds. */
import { inWords } from '#base/apart.ts'
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { RecordingSummary } from '#trace/formats/recording.ts'
import { later } from '../later.ts'
import type { Platform } from '../platform.ts'
import type { Machine } from '../machine/machine.svelte.ts'
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
  readonly #code = later(() => import('../machine/opened-recording.ts'))
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
    void this.#code().then((code) => code?.dropFilms(recording.films))
  }

  async #open(file: File): Promise<Result<OpenRecording, string>> {
    const code = await this.#code()
    if (code === undefined)
      return err('The server of this page did not send the code that opens it. Is it still running?')
    const id = `${idStart}${this.#next}`
    this.#next += 1
    const opened = await code.openRecordingFile(file, id, { machines: this.#machines, reader: this.#reader })
    if (opened.ok) this.#all = [...this.#all, opened.value]
    return opened
  }
}
