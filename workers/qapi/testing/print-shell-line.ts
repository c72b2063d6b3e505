/** Commands as lines of qmp-shell: what `readShellLine` is tested with. */
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'

const plainName = /^[A-Za-z_][\w-]*$/

/** Words that cannot be taken for anything but a string, whatever the type. */
const plainWord = /^[\p{L}_/.:][\p{L}\p{N}_/.:,+@%=~-]*$/u

/**
 * The line of a command, such that reading it gives the same command again, with a schema that it is valid for and
 * without one. Objects become dotted keys where their names allow it, lists are JSON.
 */
export function printShellLine(name: string, args: JsonObject | undefined, oob = false): string {
  const head = oob ? `exec-oob ${name}` : name
  if (args === undefined) return head
  const names = Object.keys(args)
  if (names.length === 0 || !names.every((each) => plainName.test(each))) return `${head} ${printJson(args)}`
  return [head, ...names.flatMap((each) => printWords(each, own(args, each) ?? null))].join(' ')
}

function printWords(path: string, value: Json): readonly string[] {
  if (isJsonObject(value)) {
    const names = Object.keys(value)
    if (names.length > 0 && names.every((each) => plainName.test(each))) {
      return names.flatMap((each) => printWords(`${path}.${each}`, own(value, each) ?? null))
    }
  }
  const bare = typeof value === 'string' && plainWord.test(value) && !/^(true|false|null)$/i.test(value)
  return [`${path}=${bare ? value : printJson(value)}`]
}
