/** All films of the page: of the screens that are filmed now, and those that came with recordings. Tested by e2e/film.spec.ts. */
import { inWords } from '#base/apart.ts'
import { framesWithin, withFrame } from '#trace/film/film-frames.ts'
import type { FilmReel } from '#trace/film/film-frames.ts'
import type { App } from '#state/app.svelte.ts'
import type { FilmPicture } from '#state/machine/recorded-film.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Film } from './film.svelte.ts'

/** The film of one screen of one machine. */
export interface NamedFilm {
  readonly machine: Machine
  /** The name of the screen's channel. */
  readonly screen: string
  /** For people. */
  readonly label: string
  readonly reel: FilmReel<FilmPicture>
}

/** A picture with the screen that it is of. */
export interface PictureToSave extends FilmPicture {
  readonly machine: Machine
  readonly screen: string
}

interface LiveFilm {
  readonly machine: Machine
  readonly channel: RawChannel
  readonly film: Film
}

class Films {
  readonly #app: App
  #live = $state.raw<readonly LiveFilm[]>([])

  constructor(app: App) {
    this.#app = app
  }

  add(live: LiveFilm): void {
    this.#live = [...this.#live, live]
  }

  remove(film: Film): void {
    this.#live = this.#live.filter((each) => each.film !== film)
  }

  /** The films of some machines that have pictures. */
  of(machines: readonly Machine[]): readonly NamedFilm[] {
    const live = this.#live.map(({ machine, channel, film }) => ({
      machine,
      screen: channel.name,
      label: channel.label,
      reel: film.reel,
    }))
    const all = machines.flatMap((machine) => [
      ...live.filter((each) => each.machine === machine),
      ...this.#app.recordings.filmsOf(machine).map(({ screen, reel }) => ({
        machine,
        screen,
        label: screen === 'vnc' ? 'Screen' : `Screen ${inWords(screen)}`,
        reel,
      })),
    ])
    return all.filter(({ reel }) => reel.frames.length > 0)
  }
}

/** The films of the page. */
export const makeFilms = (app: App): Films => new Films(app)

/**
 * The pictures of some films that a file takes, in the order of their times: of a stretch of time, or all; as many as one film
 * may have, the newest.
 */
export function picturesToSave(
  films: readonly NamedFilm[],
  range: { readonly from: number; readonly to: number } | undefined,
): FilmReel<PictureToSave> {
  const all = films.flatMap(({ machine, screen, reel }) =>
    framesWithin(reel.frames, range).map((frame) => ({ ...frame, machine, screen })),
  )
  let reel: FilmReel<PictureToSave> = { frames: [], bytes: 0, gone: 0 }
  for (const frame of all.sort((a, b) => a.at - b.at)) ({ reel } = withFrame(reel, frame))
  return reel
}
