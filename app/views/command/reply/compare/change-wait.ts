/** Waits until the change that a command began has ended, for a time that is bounded, or until a person waits no longer. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { hasEnded, isAboutAnother } from './change-end.ts'
import type { ChangeEnd } from './change-end.ts'

/** How a wait ended. `cut`: by a person. `lost`: the machine went away. */
export type WaitEnd = 'came' | 'missed' | 'cut' | 'lost'

/** A wait, as it is shown. */
export interface AwaitedEnd {
  /** What is awaited, in words. */
  readonly what: string
  /** When the command was sent, milliseconds since the epoch. */
  readonly since: number
  readonly limitMs: number
  /** How it ended; undefined while it goes on. */
  readonly how: WaitEnd | undefined
  /** From sending to the end of the wait. */
  readonly tookMs: number
}

/** What is needed of a machine. */
interface WaitedMachine {
  readonly isReady: boolean
  readonly record: Pick<Machine['record'], 'calls' | 'tracks' | 'watchBatches' | 'watchEvents'>
}

/** Milliseconds of the look through the record, and rows of it: only what came with the last batch is looked for. */
const readMs = 8
const mostEvents = 100
/** A machine that is lost sends no batch: it is looked at this often, in milliseconds. */
const lookMs = 500

/** One wait. It listens from the moment it is made: an event may come before the reply of its command. */
export class ChangeWait {
  readonly end: ChangeEnd
  readonly #machine: WaitedMachine
  readonly #unwatch: readonly (() => void)[]
  /** When the event came last, milliseconds since the epoch. */
  #cameAt: number | undefined
  #since = Infinity
  #settle: ((how: WaitEnd) => void) | undefined

  constructor(machine: WaitedMachine, end: ChangeEnd) {
    this.end = end
    this.#machine = machine
    const { record } = machine
    const look = (): void => this.#look()
    this.#unwatch = [
      record.watchBatches(look),
      ...(end.kind === 'event'
        ? [
            record.watchEvents([end.event], ({ firstAt, lastAt }) => {
              void this.#isOther(end, firstAt).then((isOther) => {
                if (isOther) return
                this.#cameAt = lastAt
                look()
              })
            }),
          ]
        : []),
    ]
  }

  /** Resolves once it has come, or will not. `since` is when the command was sent, milliseconds since the epoch. */
  async wait(since: number): Promise<WaitEnd> {
    this.#since = since
    let limit: ReturnType<typeof setTimeout> | undefined
    const timer = setInterval(() => this.#look(), lookMs)
    try {
      return await new Promise<WaitEnd>((settle) => {
        this.#settle = settle
        limit = setTimeout(() => settle('missed'), this.end.limitMs)
        this.#look()
      })
    } finally {
      clearInterval(timer)
      clearTimeout(limit)
      this.close()
    }
  }

  /** Nobody waits any longer. */
  cut(): void {
    this.#settle?.('cut')
  }

  /** Stop listening. */
  close(): void {
    for (const each of this.#unwatch) each()
  }

  /** Whether the events since then are all about other things: the tray of another device. */
  async #isOther(end: Extract<ChangeEnd, { kind: 'event' }>, fromMs: number): Promise<boolean> {
    if (Object.keys(end.about).length === 0) return false
    const { calls } = this.#machine.record
    const handle = await calls.openQuery({ kinds: ['event'], names: [end.event], fromMs })
    const found = await calls.readQuery(handle, readMs)
    calls.closeQuery(handle)
    const views = await calls.rows([...(found?.seq ?? [])].slice(-mostEvents))
    // Where no row is there (nothing is recorded now), the event counts.
    return (
      views.length > 0 &&
      views.every(({ row }) => row.kind === 'event' && isAboutAnother(end.about, row.data))
    )
  }

  #look(): void {
    const { end } = this
    const { isReady, record } = this.#machine
    const hasCome =
      end.kind === 'event'
        ? this.#cameAt !== undefined && this.#cameAt >= this.#since
        : [...record.tracks.values()].some((track) => hasEnded(end, track, this.#since))
    if (hasCome) this.#settle?.('came')
    else if (!isReady) this.#settle?.('lost')
  }
}
