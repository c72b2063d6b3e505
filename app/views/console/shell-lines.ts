/** Lines of the QMP console as text: the place where one is wrong, and whether one may be kept. Pure. */
import { isJsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { readShellAction, readShellLine, readTransactionLine } from '#qapi/text/shell-line.ts'
import type { ShellError } from '#qapi/text/shell-line.ts'
import { mayCarrySecret } from '#qapi/secrets/secrets.ts'
import { sanitizeLine } from './terminal/sanitize.ts'

/** Words that the console answers itself, where the machine has no command of that name. */
export const ownWords = ['help', 'history', 'clear'] as const

/** A line that the console answers itself. `of` is the command that help is asked for. */
export interface OwnLine {
  readonly word: (typeof ownWords)[number]
  readonly of: string | undefined
  /** The part of the line that is too much. */
  readonly error: ShellError | undefined
}

/** A line that begins with one of the console's own words; undefined for every other. */
export function readOwnLine(line: string): OwnLine | undefined {
  const parts = [...line.matchAll(/\S+/g)]
  const word = ownWords.find((each) => each === parts[0]?.[0])
  if (word === undefined) return undefined
  const of = word === 'help' ? parts[1]?.[0] : undefined
  const more = parts[of === undefined ? 1 : 2]
  const message = of === undefined ? `${word} takes nothing more` : `help takes one command: write help ${of}`
  return { word, of, error: more === undefined ? undefined : { message, at: more.index } }
}

/**
 * The error of the line above, after its prompt: a caret below the place, then the sentence. A line that
 * takes more than one row of the terminal is shown again around the place.
 */
export function caretBelow(prompt: string, line: string, error: ShellError, columns: number): string {
  const before = sanitizeLine(line.slice(0, error.at))
  const after = sanitizeLine(line.slice(error.at))
  // It may begin with the name of a member, which keeps its letters.
  const sentence = error.message.endsWith('?') ? error.message : `${error.message}.`
  if (cellsOf(prompt + before + after) < columns) {
    return `${' '.repeat(cellsOf(prompt + before))}^\n${sentence}`
  }
  const half = Math.max(8, Math.floor(columns / 2) - 4)
  const head = before.length > half ? `…${before.slice(-half)}` : before
  const tail = after.length > half ? `${after.slice(0, half)}…` : after
  return `${head}${tail}\n${' '.repeat(cellsOf(head))}^\n${sentence}`
}

/**
 * Whether a line may be kept in a history that outlives the page: not where its command and arguments may carry a secret.
 * A line that cannot be read is judged by the names before its `=`.
 */
export function mayKeep(schema: Schema | undefined, line: string, isAction: boolean): boolean {
  if (line.trim() === '') return false
  if (line.trimStart().startsWith('{')) {
    const parsed = parseInput(line)
    if (!parsed.ok || !isJsonObject(parsed.value)) return mayKeepUnread(line)
    const { execute, 'exec-oob': oob, arguments: args } = parsed.value
    return !carriesSecret(execute ?? oob ?? '', args)
  }
  const { action, at } = readTransactionLine(line)
  if (isAction || at > 0) {
    const read = readShellAction(schema, action)
    return read.ok ? !carriesSecret(read.value.type ?? '', read.value.data) : mayKeepUnread(line)
  }
  const read = readShellLine(schema, line)
  return read.ok ? !mayCarrySecret(read.value.name, read.value.arguments) : mayKeepUnread(line)
}

function carriesSecret(name: Json, args: Json | undefined): boolean {
  const given = args !== undefined && isJsonObject(args) ? args : undefined
  return mayCarrySecret(typeof name === 'string' ? name : '', given)
}

function mayKeepUnread(line: string): boolean {
  const [name = ''] = line.trim().split(/\s/, 1)
  const names = [...line.matchAll(/(?<![\w-])([\w-]+)["']?\s*[=:]/g)].map((each) => each[1] ?? '')
  return !mayCarrySecret(name, Object.fromEntries(names.map((each) => [each, ''])))
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** The cells that a text takes in a terminal. */
function cellsOf(text: string): number {
  let cells = 0
  for (const char of text) cells += wide.test(char) ? 2 : 1
  return cells
}
