/**
 * A recording from its file: a machine of the page for each that it holds, and the films of their screens.
 * Tested by e2e/recordings.spec.ts and e2e/film.spec.ts.
 */
import { inWords } from '#base/apart.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { noFilm } from '#trace/film/film-lines.ts'
import type { Machine } from './machine.svelte.ts'
import type { Machines } from './machines.svelte.ts'
import { recordedFilms } from './recorded-film.ts'
import type { Platform } from '../platform.ts'
import type { OpenRecording } from '../library/open-recordings.svelte.ts'

export { dropFilms } from './recorded-film.ts'

/** What opening needs. */
interface Openers {
  readonly machines: Machines
  readonly reader: Pick<Platform['reader'], 'readRecording'>
}

/** Read a file, and add its machines with ids that begin with `id`. Nothing is added where one of them fails. */
export async function openRecordingFile(
  file: File,
  id: string,
  { machines, reader }: Openers,
): Promise<Result<OpenRecording, string>> {
  const read = await reader.readRecording(file)
  if (!read.ok) return read
  const summary = read.value
  const isOne = summary.machines.length === 1
  const made: Machine[] = []
  let failure: string | undefined
  for (const { id: inFile, name, protocol, version, schema } of summary.machines) {
    const at = isOne ? id : `${id}-${made.length + 1}`
    const machine = machines.addRecorded(at, inWords(name), protocol)
    made.push(machine)
    const opened = await machine.openRecording({ file, machine: inFile, version, schema })
    if (!opened.ok) failure ??= opened.error
  }
  if (failure !== undefined) {
    for (const machine of made) machines.remove(machine)
    return err(failure)
  }
  return ok({
    id,
    name: inWords(file.name),
    summary: { ...summary, film: noFilm },
    machines: made,
    films: recordedFilms(summary.film),
  })
}
