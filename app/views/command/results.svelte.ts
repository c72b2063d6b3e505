/**
 * What was sent from the command view in this visit, per machine, newest first: what came of it, the exact text of the
 * reply, a reply that came after the deadline, and, where it was asked for, what the related queries returned before and
 * after. Bounded in number and in size (results-size.ts).
 */
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { commandOf } from '#qapi/model/schema.ts'
import type { LogRow } from '#record/row.ts'
import type { Ticket } from '#qmp/report.ts'
import { history, inputOf } from '#state/library/history.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { relatedQueries } from './reply/compare/around.ts'
import type { Around, Sent } from './sent.ts'
import { watches } from './reply/watch/watch.svelte.ts'
import { mostResults, withinBounds } from './results-size.ts'

/** How to send. */
export interface SendOptions {
  /** Take the related queries before and after, and keep both. */
  readonly around?: boolean
}

/** The row of a reply comes with the next batch, at most a frame after its outcome; a busy page takes longer. */
const rowWaitMs = 2000

class Results {
  #byMachine = $state.raw<ReadonlyMap<string, readonly Sent[]>>(new Map())
  #shortened = $state.raw<ReadonlySet<string>>(new Set())
  #next = 1

  of(machine: string): readonly Sent[] {
    return this.#byMachine.get(machine) ?? []
  }

  /** Whether results of a machine had to go: there were too many. */
  isShortened(machine: string): boolean {
    return this.#shortened.has(machine)
  }

  /** Send, and keep the outcome. */
  async send(
    machine: Machine,
    name: string,
    args: JsonObject | undefined,
    oob: boolean,
    deadlineMs: number,
    options: SendOptions = {},
  ): Promise<RunResult> {
    const number = this.#next
    this.#next += 1
    const ticket = machine.commands.newTicket()
    const sent: Sent = {
      number,
      name,
      arguments: args,
      oob,
      ticket,
      at: Date.now(),
      deadlineMs,
      result: undefined,
      text: undefined,
      late: undefined,
      around: undefined,
      dropped: undefined,
    }
    const before = this.of(machine.id)
    if (before.length >= mostResults) this.#shortened = new Set(this.#shortened).add(machine.id)
    this.#put(machine.id, [sent, ...before].slice(0, mostResults))
    if (options.around === true) {
      const around = await takeBefore(machine, name)
      this.#change(machine.id, number, { around })
    }
    this.#followReply(machine, number, ticket)
    const result = await machine.commands.run(name, args, { oob, deadlineMs, ticket })
    this.#change(machine.id, number, { result })
    void history.record(inputOf(machine, sent, result))
    if (options.around === true && result.kind !== 'refused' && result.kind !== 'not-sent') {
      await this.takeAfter(machine, number)
    }
    return result
  }

  /** Ask the related queries of a command again: what it started may take its time. */
  async takeAfter(machine: Machine, number: number): Promise<void> {
    const around = this.#find(machine.id, number)?.around
    if (around === undefined) return
    const after = await Promise.all(
      around.map(async (each) => ({
        ...each,
        after: await machine.commands.call(each.query.name, each.query.arguments),
      })),
    )
    this.#change(machine.id, number, { around: after })
  }

  clear(machine: string): void {
    this.#shortened = new Set([...this.#shortened].filter((each) => each !== machine))
    this.#put(machine, [])
  }

  /** Find the row of the reply, for its exact text; after a deadline, wait for the late one. */
  #followReply(machine: Machine, number: number, ticket: Ticket): void {
    let exec: number | undefined
    let timer: ReturnType<typeof setInterval> | undefined
    const end = (): void => {
      unwatch()
      clearInterval(timer)
    }
    const reply = (row: LogRow & { readonly kind: 'return' | 'error' }): void => {
      end()
      void machine.record.calls.text(row.seq).then((text) => {
        if (!row.late) {
          this.#change(machine.id, number, { text })
          return
        }
        this.#change(machine.id, number, {
          late: { kind: row.kind, latencyMs: row.latencyMs, text, value: valueIn(text) ?? errorIn(row) },
        })
      })
    }
    const unwatch = machine.record.watchRows((rows) => {
      for (const row of rows) {
        if (row.kind === 'command' && row.ticket === ticket) exec = row.exec
        else if ((row.kind === 'return' || row.kind === 'error') && row.exec === exec) reply(row)
        // No reply of this connection comes any more.
        else if (row.kind === 'state' && row.state.kind === 'lost') end()
      }
    })
    let endedAt: number | undefined
    timer = setInterval(() => {
      const sent = this.#find(machine.id, number)
      if (sent === undefined) end()
      else if (sent.result !== undefined && sent.result.kind !== 'timed-out') {
        endedAt ??= Date.now()
        if (Date.now() - endedAt > rowWaitMs) end()
      }
    }, 1000)
  }

  #find(machine: string, number: number): Sent | undefined {
    return this.of(machine).find((each) => each.number === number)
  }

  #change(machine: string, number: number, change: Partial<Sent>): void {
    this.#put(
      machine,
      this.of(machine).map((each) => (each.number === number ? { ...each, ...change } : each)),
    )
  }

  #put(machine: string, list: readonly Sent[]): void {
    const kept = new Set(list.map((each) => each.number))
    for (const each of this.of(machine)) if (!kept.has(each.number)) watches.end(each.number)
    this.#byMachine = withinBounds(new Map(this.#byMachine).set(machine, list))
  }
}

export const results = new Results()

/** The value of a result that returned, while it is kept. */
export function returnedValue({ result, dropped }: Sent): Json | undefined {
  return result?.kind === 'returned' && dropped === undefined ? result.value : undefined
}

async function takeBefore(machine: Machine, name: string): Promise<readonly Around[]> {
  const { schema } = machine
  const queries =
    machine.protocol === 'qmp' && schema.kind === 'ready'
      ? relatedQueries(name, (command) => commandOf(schema.schema, command) !== undefined)
      : []
  return Promise.all(
    queries.map(async (query) => ({
      query,
      before: await machine.commands.call(query.name, query.arguments),
      after: undefined,
    })),
  )
}

function valueIn(text: string | undefined): Json | undefined {
  const message = text === undefined ? undefined : parseJson(text)
  if (message?.ok !== true || !isJsonObject(message.value)) return undefined
  return message.value.return ?? message.value.error
}

function errorIn(row: LogRow & { readonly kind: 'return' | 'error' }): Json | undefined {
  return row.error === undefined ? undefined : { class: row.error.class, desc: row.error.desc }
}
