/** The commands of what is done with CPUs and memory. Tested by app/views/inspect/cpus/memory-of.test.ts. */
import type { JsonObject } from '#base/json/value.ts'
import { bytes } from '#words/format.ts'
import type { ActionPlan } from '../action/action.ts'

const mebibyte = 1024 * 1024

/** Leave the guest so much memory; `actual` is what it has now, for the way back. */
export function balloonPlan(mebibytes: number, actual: number | bigint): ActionPlan {
  const value = mebibytes * mebibyte
  return {
    title: `Leave the guest ${bytes(value)}`,
    about: `It has ${bytes(actual)} now. The guest’s driver gives memory back, or takes it, as far as it can: a guest that is left too little ends programs.`,
    verb: 'Set',
    isDangerous: value < Number(actual),
    steps: [{ name: 'balloon', args: { value }, undo: { name: 'balloon', args: { value: actual } } }],
    after: 'The guest is asked: the size above follows as it answers.',
  }
}

/** Have the guest tell its numbers every `seconds`; 0 for never. `before` is what is set now. */
export function statsPlan(path: string, seconds: number, before: number): ActionPlan {
  const set = (value: number) => ({
    name: 'qom-set',
    args: { path, property: 'guest-stats-polling-interval', value },
  })
  return {
    title:
      seconds === 0
        ? 'Ask the guest for no numbers any more'
        : `Ask the guest for its numbers every ${seconds} s`,
    about: 'The driver of the balloon in the guest answers; without it nothing comes.',
    verb: seconds === 0 ? 'Stop asking' : 'Ask',
    steps: [{ ...set(seconds), undo: set(before) }],
  }
}

/** Write the memory of the guest to a file of the host. */
export function dumpPlan(machine: string, file: string, args: JsonObject): ActionPlan {
  return {
    title: `Dump the memory of ${machine} to ${file}`,
    about: `QEMU writes the file on its own host, and replaces one that is there. It has all that was in memory, passwords and keys too. The guest stands still until it is written; it cannot be cancelled.`,
    verb: 'Dump',
    isDangerous: true,
    steps: [{ name: 'dump-guest-memory', args }],
    after:
      args.detach === true ? 'It is being written now: see below how far it is.' : 'The file is written.',
  }
}
