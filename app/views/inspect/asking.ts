/**
 * How the parts of Inspect ask: at most two queries of a machine at once, whatever is open in both panes; those that events
 * make worth asking first. A recording answers with the last reply that is in it.
 * Tested by app/views/inspect/asking.test.ts.
 */
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { startPoll, thisPage } from '../overview/poll.ts'
import type { Sight } from '../overview/poll.ts'
import { recordedReply } from './recorded-reply.ts'

/**
 * Queries of one machine that may be under way at once. Fewer: a part with four queries is four round trips late. More: a
 * command of a person waits for them all, since QEMU answers one after the other.
 */
const mostAtOnce = 2

/** How long one of them may take, in milliseconds: as the page's own queries. */
const againMs = 10_000

/** Runs at most `most` tasks at once, the others in the order in which they came. */
export class Turns {
  readonly #most: number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Run it when it is its turn. Rejects as the task does. */
  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await task()
    } finally {
      // The place goes to the next one directly: nobody else can take it in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}

/** Asks one machine. */
export interface Asker {
  /** The value, or why there is none in a sentence. Never rejects. */
  ask(name: OwnQuery, args?: JsonObject): Promise<Result<Json, string>>
  /** The same for what a person opened or watches: any command that only reads. */
  again(name: string, args?: JsonObject): Promise<Result<Json, string>>
  /** Whether this server has the command; undefined while its schema is not read. A recording has what is in it. */
  offers(name: string): boolean | undefined
}

function makeAsker(machine: Machine): Asker {
  const turns = new Turns(mostAtOnce)
  const offers = (name: string): boolean | undefined =>
    machine.schema.kind === 'ready' ? machine.schema.schema.byName.has(name) : undefined
  /** Why a query is not sent; undefined where it can be. What a server does not have is never sent. */
  const whyNot = (name: string): string | undefined => {
    if (!machine.isReady) return 'the machine is not connected'
    return offers(name) === false ? `this server has no ${name}` : undefined
  }
  const answer = (
    name: string,
    args: JsonObject | undefined,
    send: () => Promise<Result<Json, string>>,
  ): Promise<Result<Json, string>> => {
    if (machine.fromFile) return recordedReply(machine.record.calls, name, args)
    return turns.run(async () => {
      const why = whyNot(name)
      return why === undefined ? send() : err(why)
    })
  }
  return {
    ask: (name, args) => answer(name, args, () => machine.commands.call(name, args)),
    again: (name, args) => answer(name, args, () => machine.commands.callAgain(name, args, againMs)),
    offers,
  }
}

/** The one asker of a machine. */
export function askerOf(machine: Machine): Asker {
  return machine.of(makeAsker)
}

/** What is asked again while it is in sight. */
export interface Watched {
  /** Events after which it is asked at once. */
  readonly events: readonly string[]
  /** Milliseconds from an answer to the next question without an event. */
  readonly idleMs: number
  /** Asks. Must not reject. */
  readonly ask: () => Promise<void>
}

/**
 * Ask while it is in sight: at once, after each event, and every `idleMs`. A recording is asked once. The function that is
 * returned ends it: `$effect(() => watchInside(machine, …))`.
 */
export function watchInside(
  machine: Pick<Machine, 'fromFile' | 'record'>,
  { events, idleMs, ask }: Watched,
  sight: Sight = thisPage,
): () => void {
  if (machine.fromFile) {
    void ask()
    return () => undefined
  }
  const poll = startPoll(ask, idleMs, sight)
  const unwatch = machine.record.watchEvents(events, () => poll.soon())
  return () => {
    unwatch()
    poll.end()
  }
}
