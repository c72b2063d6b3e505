/**
 * Reads (with the schema) and prints commands in qmp-shell's syntax.
 *
 *     block_resize node-name=disk0 size=4G
 *     blockdev-add driver=qcow2 node-name=a file.driver=file file.filename="/var/my disk.qcow2"
 *     exec-oob migrate-pause
 *     transaction( … )      one action a line
 *
 * Where the schema says of what type a member is, the text is read as that type: `id=1` is the string "1". A value
 * in JSON (in quotes, braces or brackets) is sent as it is, so any value can be written.
 *
 * Source: scripts/qmp/qmp-shell of QEMU. Beyond it: types, sizes, `exec-oob`, JSON strings, one object for everything.
 */
import { shorten } from '#base/clip.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { commandOf, entitiesOf, membersOf, takesAnyMember } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { EntityOf } from '../model/schema-info.ts'
import { readArguments, skipBlanks, treeOf } from './shell-words.ts'
import type { ShellError } from './shell-words.ts'
import { nearest } from '../check/validate.ts'
import { ShellStop, objectOf, looseObject } from './shell-values.ts'

export type { ShellError } from './shell-words.ts'

/** A command as people write it: not yet with an id. */
export interface ShellCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
}

/** The beginning of a line that collects actions; the group is what follows on the same line. */
const transactionStart = /^\s*transaction\(/

/**
 * Read one command. A transaction may have several lines: `transaction(`, one action a line, `)`. Without a schema
 * numbers, true, false and null are themselves and other words are strings. A name with `-` for `_` or the other way
 * round is taken for the command that differs only in that.
 *
 * The error says what is wrong and where: an unknown command or member with the one that may be meant, a key that is
 * there twice, a quote that is not closed, a value that its type does not take.
 */
export function readShellLine(schema: Schema | undefined, line: string): Result<ShellCommand, ShellError> {
  if (transactionStart.test(line)) return readTransaction(schema, line)
  let at = skipBlanks(line, 0)
  let word = wordAt(line, at)
  const oob = word === 'exec-oob'
  if (oob) {
    at = skipBlanks(line, at + word.length)
    word = wordAt(line, at)
  }
  if (word === '') return err({ message: 'expected the name of a command', at })
  const name = nameOfCommand(schema, word, at)
  if (!name.ok) return name
  const command = schema === undefined ? undefined : commandOf(schema, name.value)
  const open = schema !== undefined && takesAnyMember(schema, name.value)
  const args = readData(schema, command?.argType, line, at + word.length, open)
  return args.ok ? ok({ name: name.value, arguments: args.value, oob }) : args
}

/** Whether a line opens a transaction that it does not close: further lines are its actions. */
export function opensTransaction(line: string): boolean {
  return transactionStart.test(line) && !readTransactionLine(line).closes
}

/** Read one action of a transaction: `blockdev-snapshot-sync node-name=a …`, as `{type, data}`. */
export function readShellAction(schema: Schema | undefined, line: string): Result<JsonObject, ShellError> {
  const at = skipBlanks(line, 0)
  const word = wordAt(line, at)
  if (word === '') return err({ message: 'expected the name of an action', at })
  const names = schema === undefined ? [] : actionNames(schema)
  const name = foldedIn(word, names) ?? word
  if (names.length > 0 && !names.includes(name)) {
    const near = nearest(name, names)
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return err({ message: `“${shorten(word)}” is no action of a transaction${hint}`, at })
  }
  const dataType = schema === undefined ? undefined : actionDataType(schema, name)
  const data = readData(schema, dataType, line, at + word.length, false)
  return data.ok ? ok({ type: name, data: data.value ?? {} }) : data
}

/** The names of the actions that a transaction may have. */
export function actionNames(schema: Schema): readonly string[] {
  return actionType(schema)?.variants.map((each) => each.case) ?? []
}

/** The type of the data of an action; undefined where the schema does not know it. */
export function actionDataType(schema: Schema, name: string): string | undefined {
  const variant = actionType(schema)?.variants.find((each) => each.case === name)
  if (variant === undefined) return undefined
  return membersOf(schema, variant.type, () => undefined).find((each) => each.name === 'data')?.type
}

function actionType(schema: Schema): EntityOf<'object'> | undefined {
  const command = commandOf(schema, 'transaction')
  if (command === undefined) return undefined
  const actions = membersOf(schema, command.argType, () => undefined).find((each) => each.name === 'actions')
  const list = actions === undefined ? undefined : schema.byName.get(actions.type)
  const element = list?.kind === 'array' ? schema.byName.get(list.elementType) : undefined
  return element?.kind === 'object' ? element : undefined
}

/** What one line of a transaction says. `at` is where the action begins in it; '' is none. */
export interface TransactionLine {
  readonly action: string
  readonly at: number
  readonly closes: boolean
}

/** Take apart a line of a transaction: `transaction(` in front where it is the first, `)` at its end. */
export function readTransactionLine(line: string): TransactionLine {
  const at = transactionStart.exec(line)?.[0].length ?? 0
  const rest = line.slice(at)
  const closed = /^(|.*\s)\)\s*$/.exec(rest)
  const action = closed === null ? rest : (closed[1] ?? '')
  return { action: action.trim() === '' ? '' : action, at, closes: closed !== null }
}

function readTransaction(schema: Schema | undefined, text: string): Result<ShellCommand, ShellError> {
  const actions: Json[] = []
  let at = 0
  for (const piece of text.split('\n')) {
    const line = readTransactionLine(piece)
    if (line.action !== '') {
      const action = readShellAction(schema, line.action)
      if (!action.ok) return err({ message: action.error.message, at: at + line.at + action.error.at })
      actions.push(action.value)
    }
    at += piece.length + 1
    if (line.closes) {
      const rest = skipBlanks(text, at)
      if (rest < text.length) return err({ message: 'nothing may follow the end of a transaction', at: rest })
      return ok(transactionOf(actions))
    }
  }
  return err({ message: 'the transaction is not closed: its last line is “)”', at: text.length })
}

/** The command that runs these actions together. */
export function transactionOf(actions: readonly Json[]): ShellCommand {
  return { name: 'transaction', arguments: { actions }, oob: false }
}

function wordAt(line: string, at: number): string {
  return /^\S*/.exec(line.slice(at))?.[0] ?? ''
}

function nameOfCommand(schema: Schema | undefined, word: string, at: number): Result<string, ShellError> {
  if (schema === undefined || commandOf(schema, word) !== undefined) {
    return /^[\w.-]+$/.test(word)
      ? ok(word)
      : err({ message: `expected the name of a command, found “${shorten(word)}”`, at })
  }
  const names = entitiesOf(schema, 'command').map((each) => each.name)
  const folded = foldedIn(word, names)
  if (folded !== undefined) return ok(folded)
  const near = nearest(word, names)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return err({ message: `there is no command “${shorten(word)}” here${hint}`, at })
}

/** The one name that differs from a word only in `-` and `_`. */
function foldedIn(word: string, names: readonly string[]): string | undefined {
  const fold = (name: string): string => name.replaceAll('_', '-')
  const found = names.filter((name) => fold(name) === fold(word))
  return found.length === 1 ? found[0] : undefined
}

function readData(
  schema: Schema | undefined,
  type: string | undefined,
  line: string,
  from: number,
  open: boolean,
): Result<JsonObject | undefined, ShellError> {
  const read = readArguments(line, from)
  if (!read.ok) return read
  if (read.value.kind === 'none') return ok(undefined)
  if (read.value.kind === 'json') {
    const { json } = read.value.value
    return ok(json !== undefined && isJsonObject(json) ? json : undefined)
  }
  const tree = treeOf(read.value.words)
  if (!tree.ok) return tree
  try {
    const entity = schema === undefined || type === undefined ? undefined : schema.byName.get(type)
    return ok(
      schema === undefined || entity?.kind !== 'object'
        ? looseObject(tree.value)
        : objectOf(schema, entity, tree.value, '', open),
    )
  } catch (error) {
    if (error instanceof ShellStop) return err({ message: error.message, at: error.at })
    throw error
  }
}
