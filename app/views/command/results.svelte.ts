/**
 * What was sent from the command view in this visit, per machine, newest first: what came of it, the exact text of the
 * reply, a reply that came after the deadline, and, where it was asked for, what the related queries returned before and
 * after. Bounded in number and in size (results-size.ts).
 */
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { commandOf } from '#qapi/model/schema.ts'
import type { LogRow, ReplyRow } from '#record/row.ts'
import { inputOf } from '#state/library/history.svelte.ts'
import type { App } from '#state/app.svelte.ts'
import { makeHistory } from '#state/library/history.svelte.ts'
import type { History } from '#state/library/history.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { relatedQueries } from './reply/compare/around.ts'
import { endOfChange } from './reply/compare/change-end.ts'
import { ChangeWait } from './reply/compare/change-wait.ts'
import type { Around, SentCommand } from './sent.ts'
import { makeWatches } from './reply/watch/watch.svelte.ts'
import type { Watches } from './reply/watch/watch.svelte.ts'
import { mostResults, mostResultSize, withinBounds } from './results-size.ts'

/** How to send. */
export interface SendOptions {
  /** Take the related queries before and after, and keep both. */
  readonly around?: boolean
}

/** The results of all machines. */
export class Results {
  readonly #history: Pick<History, 'record'>
  readonly #watches: Watches
  /** The changes whose end is awaited, by the number of their result. */
  readonly #waits = new Map<number, ChangeWait>()
  readonly #measured = new WeakMap<object, number>()
  #byMachine = $state.raw<ReadonlyMap<string, readonly SentCommand[]>>(new Map())
  #shortened = $state.raw<ReadonlySet<string>>(new Set())
  #wanted = $state.raw<{ readonly machine: string; readonly number: number } | undefined>(undefined)
  #next = 1

  constructor(history: Pick<History, 'record'>, watches: Watches) {
    this.#history = history
    this.#watches = watches
  }

  of(machine: string): readonly SentCommand[] {
    return this.#byMachine.get(machine) ?? []
  }

  /** The one that is to come into view: it was sent just now, or asked for. A new object each time. */
  get wanted(): { readonly machine: string; readonly number: number } | undefined {
    return this.#wanted
  }

  /** Bring a result into view. */
  show(machine: string, number: number): void {
    this.#wanted = { machine, number }
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
    const sent: SentCommand = {
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
      awaited: undefined,
      dropped: undefined,
    }
    const before = this.of(machine.id)
    if (before.length >= mostResults) this.#shortened = new Set(this.#shortened).add(machine.id)
    this.#put(machine.id, [sent, ...before].slice(0, mostResults))
    this.show(machine.id, number)
    const wait = options.around === true ? await this.#takeBefore(machine, number, sent) : undefined
    const result = await machine.commands.run(name, args, { oob, deadlineMs, ticket })
    this.#change(machine.id, number, { result })
    if (result.kind === 'returned' || result.kind === 'failed')
      void this.#readReply(machine, number, result.exec)
    else if (result.kind === 'timed-out') this.#awaitLate(machine, number, result.exec)
    void this.#history.record(inputOf(machine, sent, result))
    if (options.around === true && result.kind !== 'refused' && result.kind !== 'not-sent') {
      // It may take its time, and whoever has sent it goes on.
      void this.#takeAfterEnd(machine, number, result, wait)
    } else wait?.close()
    return result
  }

  /** Wait no longer for the end of a change: its queries are asked again now. */
  stopWaiting(number: number): void {
    this.#waits.get(number)?.cut()
  }

  async #takeBefore(machine: Machine, number: number, sent: SentCommand): Promise<ChangeWait | undefined> {
    const around = await takeBefore(machine, sent.name)
    this.#change(machine.id, number, { around })
    if (around.length === 0) return undefined
    const status = around.find((each) => each.query.name === 'query-status')?.before
    const end = endOfChange(sent.name, sent.arguments, status?.ok === true ? status.value : undefined)
    return end === undefined ? undefined : new ChangeWait(machine, end)
  }

  /** Ask the related queries again, once the change has ended. */
  async #takeAfterEnd(
    machine: Machine,
    number: number,
    result: RunResult,
    wait: ChangeWait | undefined,
  ): Promise<void> {
    if (result.kind !== 'returned' || wait === undefined) wait?.close()
    else {
      this.#waits.set(number, wait)
      const since = await sentAtOf(machine, result)
      const { what, limitMs } = wait.end
      const awaited = { what, limitMs, since, how: undefined, tookMs: 0 }
      this.#change(machine.id, number, { awaited })
      const how = await wait.wait(since)
      this.#waits.delete(number)
      this.#change(machine.id, number, { awaited: { ...awaited, how, tookMs: Date.now() - since } })
    }
    await this.takeAfter(machine, number)
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

  /** Find the row of the reply, for its exact text. */
  async #readReply(machine: Machine, number: number, exec: number): Promise<void> {
    const { calls } = machine.record
    const row = (await calls.family(exec)).map((view) => view.row).find(isReply)
    if (row === undefined) return
    const text = await calls.text(row.seq)
    if (!row.late) {
      this.#change(machine.id, number, { text })
      return
    }
    const value = valueIn(text) ?? errorIn(row)
    this.#change(machine.id, number, { late: { kind: row.kind, latencyMs: row.latencyMs, text, value } })
  }

  /** After a deadline, wait until the server owes no reply any more, and look for a late one. */
  #awaitLate(machine: Machine, number: number, exec: number): void {
    const { generation } = machine.record
    const end = machine.record.watchBatches(() => {
      const isOwed = machine.commands.queue.pending.some((each) => each.exec === exec)
      const isOther = generation !== machine.record.generation
      if (isOwed && !isOther && this.#find(machine.id, number) !== undefined) return
      end()
      if (!isOther) void this.#readReply(machine, number, exec)
    })
  }

  #find(machine: string, number: number): SentCommand | undefined {
    return this.of(machine).find((each) => each.number === number)
  }

  #change(machine: string, number: number, change: Partial<SentCommand>): void {
    this.#put(
      machine,
      this.of(machine).map((each) => (each.number === number ? { ...each, ...change } : each)),
    )
  }

  #put(machine: string, list: readonly SentCommand[]): void {
    const kept = new Set(list.map((each) => each.number))
    for (const { number } of this.of(machine)) {
      if (kept.has(number)) continue
      this.#watches.end(number)
      this.stopWaiting(number)
    }
    this.#byMachine = withinBounds(
      new Map(this.#byMachine).set(machine, list),
      mostResultSize,
      this.#measured,
    )
  }
}

/** Those of an app. */
export const makeResults = (app: App): Results => new Results(app.of(makeHistory), app.of(makeWatches))

/** The value of a result that returned, while it is kept. */
export function returnedValue({ result, dropped }: SentCommand): Json | undefined {
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

/** When a command was sent, milliseconds since the epoch; where that is not recorded, at the latest. */
async function sentAtOf(
  machine: Machine,
  { exec, latencyMs }: Extract<RunResult, { kind: 'returned' }>,
): Promise<number> {
  const now = Date.now()
  const family = await machine.record.calls.family(exec)
  return family.find(({ row }) => row.kind === 'command')?.row.at ?? now - latencyMs
}

function valueIn(text: string | undefined): Json | undefined {
  const message = text === undefined ? undefined : parseJson(text)
  if (message?.ok !== true || !isJsonObject(message.value)) return undefined
  return message.value.return ?? message.value.error
}

function isReply(row: LogRow): row is ReplyRow {
  return row.kind === 'return' || row.kind === 'error'
}

function errorIn(row: ReplyRow): Json | undefined {
  return row.error === undefined ? undefined : { class: row.error.class, desc: row.error.desc }
}
