/**
 * Who needs a connection. It is opened for the first and closed a while after the last: a bridge starts a process for each
 * connection, and a channel that is held keeps others out.
 */

/** How long a connection that nobody needs any more is kept, in milliseconds: a change of views is no reason to close it. */
export const lingerMs = 5000

/** What is opened and closed. */
export interface Used {
  connect(): void
  disconnect(): void
}

/** The users of one connection. */
export class Usage {
  readonly #used: Used
  #users = 0
  #isOpen = false
  #isLetGo = false
  #linger: ReturnType<typeof setTimeout> | undefined

  constructor(used: Used) {
    this.#used = used
  }

  /** Whether it is to be connected. */
  get isWanted(): boolean {
    return this.#isOpen && !this.#isLetGo
  }

  /** Something needs it, until the function that is returned is called. */
  use(): () => void {
    this.#users += 1
    clearTimeout(this.#linger)
    this.#open()
    let over = false
    return () => {
      if (over) return
      over = true
      this.#users -= 1
      if (this.#users === 0) this.#linger = setTimeout(() => this.#close(), lingerMs)
    }
  }

  /** A person gives it free: no use opens it again. */
  letGo(): void {
    this.#isLetGo = true
  }

  /** A person wants it again. Whoever calls this connects. */
  takeUp(): void {
    this.#isLetGo = false
    this.#isOpen = true
  }

  /** It is used no more. */
  end(): void {
    clearTimeout(this.#linger)
  }

  #open(): void {
    if (this.#isOpen || this.#isLetGo) return
    this.#isOpen = true
    this.#used.connect()
  }

  #close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (!this.#isLetGo) this.#used.disconnect()
  }
}
