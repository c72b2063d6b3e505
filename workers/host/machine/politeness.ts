/**
 * The connection to a monitor that belongs to another program (Proxmox, Lima): held while a person asks for something, and
 * let go after two seconds in which nobody did. That program opens the monitor for each thing that it asks, and waits for
 * seconds at most.
 * @adr 0064
 */
import type { PendingCommand } from '#qmp/report.ts'

/**
 * How long nobody has asked for anything before the monitor is let go, in milliseconds. Longer: its owner may give up.
 * Shorter: two commands of a person are two connections, each with its own queries.
 */
const silenceMs = 2000
/** How long the page's own queries may keep it after that, in milliseconds: the schema of a slow machine takes seconds. */
const mostOwnMs = 5000
/** How often it is looked whether they are answered. */
const lookMs = 100

/** What politeness needs of the connection. */
export interface HeldConnection {
  now(): number
  after(ms: number, then: () => void): () => void
  isReady(): boolean
  pending(): readonly PendingCommand[]
  open(): void
  letGo(): void
}

/** Holds the connection of one machine as long as somebody asks. */
export class Politeness {
  readonly #held: HeldConnection
  #askedAt = 0
  #stop: () => void = () => undefined
  readonly #waiting = new Set<() => void>()

  constructor(held: HeldConnection) {
    this.#held = held
  }

  /** Whether somebody waits for the connection. */
  get isWanted(): boolean {
    return this.#waiting.size > 0
  }

  /** A person asks for something. Resolves with whether there is a connection within a limit. */
  ask(limitMs: number): Promise<boolean> {
    this.#askedAt = this.#held.now()
    if (this.#held.isReady()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(end)
        stop()
        resolve(this.#held.isReady())
      }
      const stop = this.#held.after(limitMs, end)
      this.#waiting.add(end)
      this.#held.open()
    })
  }

  /** The connection is in command mode. */
  ready(): void {
    this.#askedAt = this.#held.now()
    for (const end of this.#waiting) end()
    this.#watch(silenceMs)
  }

  /** It is closed, or left for good. */
  closed(): void {
    this.#stop()
  }

  #watch(ms: number): void {
    this.#stop()
    this.#stop = this.#held.after(ms, () => {
      const silentMs = this.#held.now() - this.#askedAt
      const pending = this.#held.pending()
      const isAsked = pending.some(({ origin }) => origin === 'person')
      // What a person asked for counts as asked until it is answered.
      if (isAsked) this.#askedAt = this.#held.now()
      if (isAsked || silentMs < silenceMs) this.#watch(Math.max(lookMs, silenceMs - silentMs))
      else if (pending.length > 0 && silentMs < silenceMs + mostOwnMs) this.#watch(lookMs)
      else this.#held.letGo()
    })
  }
}
