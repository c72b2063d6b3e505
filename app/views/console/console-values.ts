/** Values that only the machine knows, for the consoles: ids, node names, paths. */
import { liveOf } from '#state/machine/live-answers.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** A value that can stand at a place, and a few words about it. */
export interface ConsoleValue {
  readonly value: string
  readonly note?: string
}

/**
 * The values that a member can have now. `command` is the name of the command, or of the action inside a transaction;
 * `path` names the member, one step an item (`['file', 'filename']`).
 */
export type LiveValues = (command: string, path: readonly string[]) => Promise<readonly ConsoleValue[]>

/** The live values of a machine. Without an answer there are none: completion never fails because of them. */
export function liveValuesOf(machine: Machine): LiveValues {
  return async (command, path) => {
    const ask = liveOf(machine)
    if (ask === undefined) return []
    const member = path.at(-1) ?? ''
    const owner = path.length > 1 ? (path.at(-2) ?? command) : command
    try {
      return await ask({ command, owner, member, path: path.join('.'), args: undefined, typed: '' })
    } catch {
      return []
    }
  }
}
