/** Which console a view shows: consoles outlive views, and a terminal can be in one place only. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { Machines } from '#state/machine/machines.svelte.ts'
import type { Console } from './console.svelte.ts'

/**
 * The consoles of one kind: of each machine one, and another where two panes show the machine at the same time, for a
 * terminal can be in one place only. Those of machines that have left the page are ended.
 */
export class ConsoleShelf<Kind extends Console> {
  readonly #consoles = new Map<Machine, Kind[]>()
  readonly #taken = new Set<Kind>()
  readonly #machines: Machines
  readonly #make: (machine: Machine) => Kind

  constructor(machines: Machines, make: (machine: Machine) => Kind) {
    this.#machines = machines
    this.#make = make
  }

  /**
   * A console of a machine for a view: of the unused ones the one released last, so that it follows a pane that changes its
   * side; a new one where there is none. Give it back with `release`.
   */
  take(machine: Machine): Kind {
    for (const [each, made] of this.#consoles) {
      if (this.#machines.all.includes(each)) continue
      for (const console of made) console.dispose()
      this.#consoles.delete(each)
    }
    const made = this.#consoles.get(machine) ?? []
    this.#consoles.set(machine, made)
    let free = made.find((each) => !this.#taken.has(each))
    if (free === undefined) {
      free = this.#make(machine)
      made.push(free)
    }
    this.#taken.add(free)
    return free
  }

  /** A view does not show it any more; its text stays for the next. */
  release(console: Kind): void {
    this.#taken.delete(console)
    for (const made of this.#consoles.values()) {
      if (made.includes(console)) made.unshift(...made.splice(made.indexOf(console), 1))
    }
  }
}
