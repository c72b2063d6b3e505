/** What was sent from the command view in this visit, per machine, newest first, 50 at most. */
import type { Json, JsonObject } from '../../../workers/base/json.ts'
import type { Ticket } from '../../../workers/api.ts'
import type { Machine, RunResult } from '../../state/machine.svelte.ts'

/** A command that was sent, and what came of it. `result` is undefined while it waits. */
export interface Sent {
  readonly number: number
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  readonly ticket: Ticket
  readonly at: number
  readonly result: RunResult | undefined
  /** The exact text of the reply. */
  readonly text: string | undefined
}

const most = 50

class Results {
  #byMachine = $state.raw<Readonly<Record<string, readonly Sent[]>>>({})
  #next = 1

  of(machine: string): readonly Sent[] {
    return this.#byMachine[machine] ?? []
  }

  /** Send, and keep what comes of it. */
  async send(
    machine: Machine,
    name: string,
    args: JsonObject | undefined,
    oob: boolean,
    deadlineMs: number,
  ): Promise<RunResult> {
    const number = this.#next
    this.#next += 1
    const ticket = machine.newTicket()
    const sent: Sent = {
      number,
      name,
      arguments: args,
      oob,
      ticket,
      at: Date.now(),
      result: undefined,
      text: undefined,
    }
    this.#put(machine.id, [sent, ...this.of(machine.id)].slice(0, most))
    let seq: number | undefined
    const unwatch = machine.watchRows((rows) => {
      for (const row of rows) {
        if (row.kind === 'command' && row.ticket === ticket) exec = row.exec
        else if ((row.kind === 'return' || row.kind === 'error') && row.exec === exec) seq = row.seq
      }
    })
    let exec: number | undefined
    const result = await machine.run(name, args, { oob, deadlineMs, ticket })
    this.#change(machine.id, number, { result })
    // The row comes with the next batch, at most a frame later.
    setTimeout(() => {
      unwatch()
      if (seq !== undefined) void machine.text(seq).then((text) => this.#change(machine.id, number, { text }))
    }, 200)
    return result
  }

  clear(machine: string): void {
    this.#put(machine, [])
  }

  #change(machine: string, number: number, change: Partial<Sent>): void {
    this.#put(
      machine,
      this.of(machine).map((each) => (each.number === number ? { ...each, ...change } : each)),
    )
  }

  #put(machine: string, list: readonly Sent[]): void {
    this.#byMachine = { ...this.#byMachine, [machine]: list }
  }
}

export const results = new Results()

/** The value of a result that returned. */
export function returnedValue(result: RunResult | undefined): Json | undefined {
  return result?.kind === 'returned' ? result.value : undefined
}
