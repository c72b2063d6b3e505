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
import { own } from '#base/own.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { slotType } from '../model/property-types.ts'
import { readNumber } from '../draft/typed-number.ts'
import { commandOf, describeType, entitiesOf, membersOf, takesAnyMember } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity } from '../model/schema-info.ts'
import { readArguments, shorten, skipBlanks, treeOf } from './shell-words.ts'
import type { ShellError, ShellNode, ShellValue } from './shell-words.ts'
import { jsonTypeOf, nearest } from '../check/validate.ts'

export type { ShellError } from './shell-words.ts'

/** A command as people write it: not yet with an id. */
export interface ShellCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
}

class Stop extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
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

function actionType(schema: Schema): Extract<Entity, { kind: 'object' }> | undefined {
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
    if (error instanceof Stop) return err({ message: error.message, at: error.at })
    throw error
  }
}

/** The tag that the words of an object give, as far as it is there. */
export function tagIn(members: ReadonlyMap<string, ShellNode>, tag: string): string | undefined {
  const node = members.get(tag)
  if (node?.kind !== 'value') return undefined
  const { json, text } = node.value
  if (json === undefined) return text
  return typeof json === 'string' ? json : undefined
}

function objectOf(
  schema: Schema,
  entity: Extract<Entity, { kind: 'object' }>,
  nodes: ReadonlyMap<string, ShellNode>,
  path: string,
  open: boolean,
): JsonObject {
  const known = membersOf(schema, entity.name, (tag) => tagIn(nodes, tag))
  const entries: [string, Json][] = []
  for (const [name, node] of nodes) {
    const at = path === '' ? name : `${path}.${name}`
    const member = known.find((each) => each.name === name)
    if (member !== undefined) {
      entries.push([name, valueOf(schema, member.type, node, at)])
    } else if (open) {
      entries.push([name, looseValue(node)])
    } else {
      throw new Stop(
        unexpected(
          entity,
          nodes,
          at,
          known.map((each) => each.name),
        ),
        node.at,
      )
    }
  }
  return jsonObject(entries)
}

function unexpected(
  entity: Extract<Entity, { kind: 'object' }>,
  nodes: ReadonlyMap<string, ShellNode>,
  path: string,
  known: readonly string[],
): string {
  const name = path.split('.').at(-1) ?? ''
  const near = nearest(name, known)
  if (near !== undefined) return `${path} is unexpected; did you mean ${near}?`
  if (entity.tag !== undefined && !nodes.has(entity.tag)) {
    return `${path} is unexpected as long as ${entity.tag} is not given, which decides which other members there are`
  }
  if (known.length === 0) return `${path} is unexpected: there are no arguments`
  const tag = entity.tag === undefined ? '' : ` with ${entity.tag}=${tagIn(nodes, entity.tag) ?? ''}`
  return `${path} is unexpected${tag}`
}

function valueOf(schema: Schema, type: string, node: ShellNode, path: string): Json {
  const entity = schema.byName.get(type)
  if (entity === undefined || entity.kind === 'unknown') return looseValue(node)
  return node.kind === 'members'
    ? membersValue(schema, entity, node.members, node.at, path)
    : wordValue(schema, entity, node.value, path)
}

function membersValue(
  schema: Schema,
  entity: Entity,
  members: ReadonlyMap<string, ShellNode>,
  at: number,
  path: string,
): Json {
  switch (entity.kind) {
    case 'object':
      return objectOf(schema, entity, members, path, false)
    case 'array':
      return itemsOf(schema, entity.elementType, members, path)
    case 'alternate': {
      const wanted = [...members.keys()].every((name) => /^\d+$/.test(name))
        ? ['array', 'object']
        : ['object', 'array']
      for (const kind of wanted) {
        const branch = entity.branches
          .map((each) => schema.byName.get(each))
          .find((each) => each?.kind === kind)
        if (branch !== undefined) return membersValue(schema, branch, members, at, path)
      }
      break
    }
    case 'builtin':
      if (!['string', 'int', 'number', 'boolean', 'null'].includes(entity.jsonType))
        return looseObject(members)
      break
    default:
      break
  }
  throw new Stop(`${path} has no members: it is ${describeType(schema, entity.name)}`, at)
}

/** `list.0=a list.1=b`: the indexes in any order, none left out. */
function itemsOf(
  schema: Schema,
  elementType: string,
  members: ReadonlyMap<string, ShellNode>,
  path: string,
): Json {
  const items: Json[] = []
  for (const [name, node] of members) {
    if (!/^(0|[1-9]\d*)$/.test(name))
      throw new Stop(`${path} is a list: “${name}” is no index (0, 1, …)`, node.at)
    if (Number(name) >= members.size) {
      throw new Stop(`${path}.${name}: the indexes before it are not all there`, node.at)
    }
    items[Number(name)] = valueOf(schema, elementType, node, `${path}.${name}`)
  }
  return items
}

const words: Readonly<Record<string, boolean>> = {
  on: true,
  yes: true,
  true: true,
  off: false,
  no: false,
  false: false,
}

function wordValue(schema: Schema, entity: Entity, value: ShellValue, path: string): Json {
  const { text, json, at } = value
  const isString = entity.kind === 'builtin' && entity.jsonType === 'string'
  // No string is an object: braces for a string are its text.
  if (json !== undefined) return isString && typeof json !== 'string' ? text : json
  const refuse = (why: string): Stop => new Stop(`${path}: ${why}`, at)
  switch (entity.kind) {
    case 'builtin':
      return builtinValue(entity.jsonType, text, refuse)
    case 'enum': {
      const names = entity.values.map((each) => each.name)
      if (names.includes(text)) return text
      const near = nearest(text, names)
      const hint =
        near !== undefined ? `; did you mean ${near}?` : names.length <= 8 ? `: ${names.join(', ')}` : ''
      throw refuse(`“${shorten(text)}” is none of its ${names.length} values${hint}`)
    }
    case 'alternate':
      return alternateValue(schema, entity, text, refuse)
    case 'array':
      throw refuse(`takes a list: write ${path}=[…] or ${path}.0=…`)
    case 'object':
      throw refuse(`takes an object: write ${path}.NAME=… or ${path}={…}`)
    default:
      return looseWord(text)
  }
}

function builtinValue(jsonType: string, text: string, refuse: (why: string) => Stop): Json {
  switch (jsonType) {
    case 'string':
      return text
    case 'int':
    case 'number': {
      const read = readNumber(text, jsonType === 'int')
      if ('why' in read) throw refuse(read.why)
      return read.value
    }
    case 'boolean': {
      const word = text.toLowerCase()
      const found = Object.hasOwn(words, word) ? words[word] : undefined
      if (found === undefined) throw refuse(`“${shorten(text)}” is neither on nor off`)
      return found
    }
    case 'null':
      if (text === 'null') return null
      throw refuse('takes null only')
    default:
      return looseWord(text)
  }
}

/** Alternates by what fits: a JSON number, boolean or null as such where there is a branch for it, else a string. */
function alternateValue(
  schema: Schema,
  entity: Extract<Entity, { kind: 'alternate' }>,
  text: string,
  refuse: (why: string) => Stop,
): Json {
  if (entity.name === slotType) return text
  const kinds = entity.branches.map((each) => jsonTypeOf(schema, each))
  const loose = looseWord(text)
  if (loose === null && kinds.includes('null')) return null
  if (typeof loose === 'boolean' && kinds.includes('boolean')) return loose
  if (kinds.includes('int') && /^[+-]?\d/.test(text)) {
    const read = readNumber(text, true)
    if ('value' in read) return read.value
  }
  if (kinds.includes('number') && typeof loose !== 'string' && loose !== null && typeof loose !== 'boolean') {
    return loose
  }
  const word = text.toLowerCase()
  const named = entity.branches
    .map((each) => schema.byName.get(each))
    .find((each) => each?.kind === 'enum' && each.values.some((value) => value.name === text))
  const meant = Object.hasOwn(words, word) ? words[word] : undefined
  if (named === undefined && kinds.includes('boolean') && meant !== undefined) return meant
  if (kinds.includes('string')) return text
  throw refuse(`“${shorten(text)}” is not ${describeType(schema, entity.name)}`)
}

function looseObject(members: ReadonlyMap<string, ShellNode>): JsonObject {
  return jsonObject([...members].map(([name, node]) => [name, looseValue(node)] as const))
}

function looseValue(node: ShellNode): Json {
  if (node.kind === 'members') return looseObject(node.members)
  return node.value.json ?? looseWord(node.value.text)
}

/** A word whose type nobody knows: a number, true, false or null as such, anything else a string. */
function looseWord(text: string): Json {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (text !== 'null' && !/^-?\d/.test(text)) return text
  const parsed = parseInput(text)
  return parsed.ok ? parsed.value : text
}

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
