/** The tracks of one machine, running and ended, as its worker put them together. */
import { mostTracks } from '#record/track.ts'
import type { Track } from '#record/track.ts'

/** The tracks of a record by their ids: no more of them than the worker keeps. */
export class TrackSet {
  readonly #tracks = new Map<number, Track>()
  #version = $state(0)

  /** Reading it subscribes. The map is changed in place. */
  get all(): ReadonlyMap<number, Track> {
    return this.#version >= 0 ? this.#tracks : new Map()
  }

  /** Tracks that are new, or went on. */
  take(tracks: readonly Track[]): void {
    if (tracks.length === 0) return
    for (const track of tracks) this.#tracks.set(track.id, track)
    this.#drop()
    this.#version += 1
  }

  /** Nobody follows them any more: those that last end here, and how is not known. `at` is milliseconds since the epoch. */
  endAll(at: number): void {
    for (const track of this.#tracks.values()) {
      if (track.end === undefined) this.#tracks.set(track.id, { ...track, end: at, outcome: 'unknown' })
    }
    this.#version += 1
  }

  clear(): void {
    this.#tracks.clear()
    this.#version += 1
  }

  /** Those that ended go first, the oldest of them. */
  #drop(): void {
    let over = this.#tracks.size - mostTracks
    if (over <= 0) return
    for (const track of this.#tracks.values()) {
      if (track.end === undefined) continue
      this.#tracks.delete(track.id)
      over -= 1
      if (over === 0) return
    }
  }
}
