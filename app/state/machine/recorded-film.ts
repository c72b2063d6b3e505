/** The pictures of a screen as the page shows them, and those that came with a recording. Tested by e2e/film.spec.ts. */
import type { FilmFrame, FilmReel } from '#trace/film/film-frames.ts'
import type { FilmInFile } from '#trace/film/film-lines.ts'

/** A picture of a film: a JPEG. `url` is of this page, and has to be given back. */
export interface FilmPicture extends FilmFrame {
  readonly url: string
  readonly blob: Blob
}

/** The film of one screen in a recording. */
export interface RecordedFilm {
  /** The machine's id in the file. */
  readonly machine: string
  /** The name of the screen's channel. */
  readonly screen: string
  readonly reel: FilmReel<FilmPicture>
}

/** The films of a file, one for each screen. The type is given here and never by the file: no browser takes them for markup. */
export function recordedFilms({ pictures, gone }: FilmInFile): readonly RecordedFilm[] {
  const films = new Map<string, { machine: string; screen: string; frames: FilmPicture[] }>()
  for (const { machine, screen, at, jpeg, bytes } of pictures) {
    const key = JSON.stringify([machine, screen])
    const film = films.get(key) ?? { machine, screen, frames: [] }
    const blob = new Blob([jpeg], { type: 'image/jpeg' })
    film.frames.push({ at, bytes, blob, url: URL.createObjectURL(blob) })
    films.set(key, film)
  }
  return [...films.values()].map(({ machine, screen, frames }) => ({
    machine,
    screen,
    reel: { frames, bytes: frames.reduce((sum, each) => sum + each.bytes, 0), gone },
  }))
}

/** Give the pictures back: nothing shows them any more. */
export function dropFilms(films: readonly RecordedFilm[]): void {
  for (const { reel } of films) for (const { url } of reel.frames) URL.revokeObjectURL(url)
}
