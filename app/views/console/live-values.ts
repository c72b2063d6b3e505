/** Where the console gets values that only the machine knows: ids, node names, paths. One source for all consoles. */
import type { Machine } from '../../state/machine.svelte.ts'

/** A value that can stand at a place, and a few words about it. */
export interface LiveValue {
  readonly value: string
  readonly note?: string
}

/**
 * The values that a member can have now. `command` is the name of the command, or of the action inside a transaction;
 * `path` names the member, one step an item (`['file', 'filename']`).
 */
export type LiveValues = (command: string, path: readonly string[]) => Promise<readonly LiveValue[]>

let source: (machine: Machine) => LiveValues = () => () => Promise.resolve([])

/** Set where live values come from; `of` is asked for each machine. */
export function setLiveValues(of: (machine: Machine) => LiveValues): void {
  source = of
}

/** The live values of a machine. Where they cannot be had there are none: completing never fails for them. */
export function liveValuesOf(machine: Machine): LiveValues {
  return async (command, path) => {
    try {
      return await source(machine)(command, path)
    } catch {
      return []
    }
  }
}
