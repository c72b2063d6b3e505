/**
 * The commands that a QMP monitor was sent and has not answered: by their ids, in the order of sending, and which of
 * them has kept all others waiting for too long.
 * @adr 0003
 */
import type { Entry } from './pending.ts'
import type { SessionPorts } from './ports.ts'

/** What was sent and is unanswered, commands without an id among it. */
export class InFlight {
  readonly #ports: Pick<SessionPorts, 'now' | 'after'>
  readonly #blockedMs: number
  readonly #changed: () => void
  readonly #sent = new Set<Entry>()
  readonly #byKey = new Map<string, Entry[]>()
  #inBand = 0
  #blocked: Entry | undefined
  /** Stops the look at the oldest; undefined while none is to come. */
  #stopLook: (() => void) | undefined

  /** A command blocks the queue after `blockedMs` without an answer; `changed` is told when one does, or does no more. */
  constructor(ports: Pick<SessionPorts, 'now' | 'after'>, blockedMs: number, changed: () => void) {
    this.#ports = ports
    this.#blockedMs = blockedMs
    this.#changed = changed
  }

  /** How many of them are in band. */
  get inBand(): number {
    return this.#inBand
  }

  /** The oldest in-band command, where it has been unanswered for too long. */
  get blockedBy(): Entry | undefined {
    return this.#blocked
  }

  /** All, in the order of sending. */
  get entries(): readonly Entry[] {
    return [...this.#sent]
  }

  /** The only one; undefined where there is none, or several. */
  get only(): Entry | undefined {
    const [only] = this.#sent
    return this.#sent.size === 1 ? only : undefined
  }

  get size(): number {
    return this.#sent.size
  }

  /** The oldest with this id. */
  find(key: string): Entry | undefined {
    return this.#byKey.get(key)?.[0]
  }

  oldestWithoutId(): Entry | undefined {
    for (const entry of this.#sent) if (entry.key === undefined) return entry
    return undefined
  }

  /** A command is about to be sent. `watch` is called once that is done. */
  add(entry: Entry): void {
    this.#sent.add(entry)
    if (entry.key !== undefined) {
      const same = this.#byKey.get(entry.key)
      if (same === undefined) this.#byKey.set(entry.key, [entry])
      else same.push(entry)
    }
    if (!entry.request.oob) this.#inBand += 1
  }

  /** It is unanswered no more. */
  remove(entry: Entry): void {
    this.#sent.delete(entry)
    if (entry.key !== undefined) {
      const same = this.#byKey.get(entry.key)
      if (same !== undefined && same.length > 1) same.splice(same.indexOf(entry), 1)
      else this.#byKey.delete(entry.key)
    }
    if (entry.request.oob) return
    this.#inBand -= 1
    this.watch()
  }

  /** Say so when the oldest in-band command goes unanswered for too long: everything that follows it waits. */
  watch(): void {
    const oldest = this.#oldestInBand()
    if (oldest !== this.#blocked && this.#blocked !== undefined) {
      this.#blocked = undefined
      this.#changed()
    }
    if (oldest === undefined || oldest === this.#blocked) return
    // Whoever was the oldest before is due earlier: that look goes on to this one. So most commands need no timer.
    this.#stopLook ??= this.#ports.after(this.#leftOf(oldest), () => this.#look())
  }

  /** The time of what was the oldest is over: is what is the oldest now due? */
  #look(): void {
    this.#stopLook = undefined
    const oldest = this.#oldestInBand()
    if (oldest === undefined || oldest === this.#blocked) return
    const leftMs = this.#leftOf(oldest)
    if (leftMs > 0) {
      this.#stopLook = this.#ports.after(leftMs, () => this.#look())
      return
    }
    this.#blocked = oldest
    this.#changed()
  }

  /** Until a command has been unanswered for too long, in milliseconds. */
  #leftOf({ sentAt }: Entry): number {
    return Math.max(0, sentAt + this.#blockedMs - this.#ports.now())
  }

  /** The connection is gone: returns what was unanswered. */
  clear(): readonly Entry[] {
    const { entries } = this
    this.#stopLook?.()
    this.#stopLook = undefined
    this.#blocked = undefined
    this.#sent.clear()
    this.#byKey.clear()
    this.#inBand = 0
    return entries
  }

  #oldestInBand(): Entry | undefined {
    for (const entry of this.#sent) if (!entry.request.oob) return entry
    return undefined
  }
}
