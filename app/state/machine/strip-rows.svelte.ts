/**
 * The rows that the page can show now: the newest of every machine, in order of arrival. The worker owns the
 * whole record; this is a bounded window of it, and what it leaves out is counted.
 */
import type { LogRow } from '#record/row.ts'
import { RowWindow } from './row-window.ts'
import type { TimelineEntry } from './row-window.ts'

class Timeline {
  #shown = new RowWindow()
  #version = $state(0)
  #paused = $state(false)
  #held = new RowWindow()
  #heldCount = $state(0)
  #hidden = $state(0)

  /**
   * The rows in order of arrival. Reading it subscribes to every change. The array is changed in place (20,000 rows
   * are not copied in every frame), so derive from it at once and do not keep it.
   */
  get entries(): readonly TimelineEntry[] {
    return this.#version >= 0 ? this.#shown.entries : []
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Rows that arrived while paused. */
  get heldCount(): number {
    return this.#heldCount
  }

  /** Rows that were recorded and are not in `entries` any more (or never were, in a flood). */
  get hidden(): number {
    return this.#hidden
  }

  append(machine: string, rows: readonly LogRow[], omitted: number): void {
    this.#append(
      rows.map((row) => ({ machine, row })),
      omitted,
    )
  }

  /** Rows that another tab told of a machine: shown here, recorded there. */
  appendFollowed(machine: string, rows: readonly LogRow[], omitted: number): void {
    this.#append(
      rows.map((row) => ({ machine, row, followed: true })),
      omitted,
    )
  }

  #append(entries: readonly TimelineEntry[], omitted: number): void {
    if (entries.length === 0 && omitted === 0) return
    const target = this.#paused ? this.#held : this.#shown
    this.#hidden += omitted + target.push(entries)
    if (this.#paused) this.#heldCount = this.#held.entries.length
    else this.#version += 1
  }

  /** The rows of a machine's own record that are held. */
  rowsOf(machine: string): readonly LogRow[] {
    return [...this.#shown.entries, ...this.#held.entries]
      .filter((entry) => entry.machine === machine && entry.followed !== true)
      .map(({ row }) => row)
  }

  /** The newest rows of a machine after that number, oldest first, whether shown or held; and how many more there are. */
  rowsAfter(
    machine: string,
    seq: number,
    most: number,
  ): { readonly rows: readonly LogRow[]; readonly more: number } {
    const held = this.#held.after(machine, seq, most)
    const shown = this.#shown.after(machine, seq, most - held.rows.length)
    return { rows: [...shown.rows, ...held.rows], more: shown.more + held.more }
  }

  /** Forget the rows of one machine. */
  forget(machine: string): void {
    this.#keep((entry) => entry.machine !== machine)
  }

  /** Forget what another tab told of one machine. */
  forgetFollowed(machine: string): void {
    this.#keep((entry) => entry.machine !== machine || entry.followed !== true)
  }

  #keep(test: (entry: TimelineEntry) => boolean): void {
    this.#shown.keep(test)
    this.#held.keep(test)
    this.#heldCount = this.#held.entries.length
    this.#version += 1
  }

  pause(): void {
    this.#paused = true
  }

  /** Go on, with everything that arrived meanwhile. */
  resume(): void {
    this.#paused = false
    const held = this.#held
    this.#held = new RowWindow()
    this.#heldCount = 0
    this.#hidden += this.#shown.push(held.entries)
    this.#version += 1
  }
}

export const timeline = new Timeline()
