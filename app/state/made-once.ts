/**
 * What is made for an owner when it is first asked for, and then stays the same: the state of a view that outlives it.
 * @adr 0050
 */
export class MadeOnce<Owner> {
  readonly #owner: Owner
  readonly #made = new Map<(owner: Owner) => unknown, unknown>()

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** What `make` makes of the owner. A function that is named once in the program: it is the key. */
  of<Made>(make: (owner: Owner) => Made): Made {
    if (!this.#made.has(make)) this.#made.set(make, make(this.#owner))
    return this.#made.get(make) as Made
  }
}
