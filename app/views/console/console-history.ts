/** Keeps what was sent from a console in the machine's history, without its secrets, as the command view does. */
import type { JsonObject } from '#base/json/value.ts'
import type { App } from '#state/app.svelte.ts'
import { inputOf, makeHistory } from '#state/library/history.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'

/** A command that a line of a console was. */
interface ConsoleCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  /** When it was entered, milliseconds since the epoch. */
  readonly at: number
}

/** Keep a command and its result. */
export function keepFromConsole(
  app: App,
  machine: Machine,
  command: ConsoleCommand,
  result: RunResult,
): void {
  void app.of(makeHistory).record({ ...inputOf(machine, command, result), from: 'console' })
}
