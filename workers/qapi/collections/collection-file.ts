/**
 * A collection as a file: JSON for people and for git. Version 1:
 *
 * ```json
 * {
 *   "format": "qmp-studio collection",
 *   "version": 1,
 *   "name": "A null node",
 *   "note": "For trying things out.",
 *   "parameters": [
 *     { "name": "node", "description": "Name of the node", "default": "null0" }
 *   ],
 *   "commands": [
 *     {
 *       "execute": "blockdev-add",
 *       "title": "Add it",
 *       "arguments": {
 *         "driver": "null-co",
 *         "node-name": "${node}",
 *         "size": "${size:int}"
 *       }
 *     },
 *     { "execute": "query-named-block-nodes" }
 *   ]
 * }
 * ```
 *
 * A command is named by `execute`, or by `exec-oob` where it goes out-of-band, as on the wire. The members are always in
 * this order and what is empty is left out, so that the same collection is the same text; arguments stay in the order in
 * which they were written. Every parameter and every member of a command has its line. When read, comments (`//`, `#`,
 * slash-stars) and single quotes are taken too; an unknown member is an error, because it may be a typing error.
 * Tested by workers/qapi/collections/collection.test.ts.
 * @adr 0014
 */
import { inWords } from '#base/apart.ts'
import { own } from '#base/own.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { parameterName } from './collection.ts'
import type { Collection, Parameter, SavedCommand } from './collection.ts'
import { placeIn } from '../draft/json-place.ts'
import { redact, secretParameters } from '../secrets/secrets.ts'

/** The value of `format`. */
const format = 'qmp-studio collection'
const version = 1

/** A larger file is refused, in UTF-16 units. */
export const largestCollection = 16 * 1024 * 1024
/** More commands than these are refused. */
const mostCommands = 10_000

/** Why a file is no collection. */
export interface CollectionFileError {
  /** What is wrong and what to do, a sentence or two. */
  readonly message: string
  /** Counted from 1; undefined where it is about the whole file. */
  readonly line: number | undefined
  readonly column: number | undefined
}

/** The error in one text. */
export function describeFileError(error: CollectionFileError): string {
  return error.line === undefined
    ? error.message
    : `Line ${error.line}, column ${error.column ?? 1}: ${error.message}`
}

/** A collection without the secrets in its arguments and in the defaults of parameters that stand for one. */
export function withoutSecrets(collection: Collection): {
  readonly collection: Collection
  /** How many were left out. */
  readonly count: number
} {
  let count = 0
  const commands = collection.commands.map((each) => {
    const redacted = redact(each.name, each.arguments)
    count += redacted.paths.length
    return redacted.paths.length === 0 ? each : { ...each, arguments: redacted.arguments }
  })
  const secret = new Set(
    collection.commands.flatMap((each) => [...secretParameters(each.name, each.arguments)]),
  )
  const parameters = collection.parameters.map((each) => {
    if (each.default === undefined || each.default === '' || !secret.has(each.name)) return each
    count += 1
    return { ...each, default: undefined }
  })
  return count === 0 ? { collection, count } : { collection: { ...collection, commands, parameters }, count }
}

/** The text of the file, with a line end. Reading it gives the same collection. */
export function writeCollection(collection: Collection): string {
  const members: string[] = [
    `"format": ${printJson(format)}`,
    `"version": ${version}`,
    `"name": ${printJson(collection.name)}`,
  ]
  if (collection.note !== '') members.push(`"note": ${printJson(collection.note)}`)
  if (collection.parameters.length > 0) {
    members.push(
      `"parameters": ${list(collection.parameters.map((each) => `    ${oneLine(parameterJson(each))}`))}`,
    )
  }
  members.push(`"commands": ${list(collection.commands.map(commandText))}`)
  return `{\n${members.map((each) => `  ${each}`).join(',\n')}\n}\n`
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n  ]`
}

function oneLine(value: JsonObject): string {
  const members = Object.entries(value).map(([name, each]) => `${printJson(name)}: ${printJson(each)}`)
  return `{ ${members.join(', ')} }`
}

function parameterJson({ name, description, default: otherwise }: Parameter): JsonObject {
  return {
    name,
    ...(description === '' ? {} : { description }),
    ...(otherwise === undefined ? {} : { default: otherwise }),
  }
}

function commandText(command: SavedCommand): string {
  const { name, title, note, oob, arguments: args } = command
  const value: JsonObject = {
    [oob ? 'exec-oob' : 'execute']: name,
    ...(title === '' ? {} : { title }),
    ...(note === '' ? {} : { note }),
    ...(args === undefined ? {} : { arguments: args }),
  }
  if (Object.keys(value).length === 1) return `    ${oneLine(value)}`
  return printJson(value, { indent: 2 })
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

class Wrong extends Error {
  readonly path: readonly (string | number)[]
  constructor(message: string, path: readonly (string | number)[]) {
    super(message)
    this.path = path
  }
}

/** Read the text of a file. Never throws; the error says what is wrong, where, and what to do. */
export function readCollection(text: string): Result<Collection, CollectionFileError> {
  const whole = (message: string): Result<never, CollectionFileError> =>
    err({ message, line: undefined, column: undefined })
  if (text.length > largestCollection) {
    const size = Math.ceil(text.length / 1024 / 1024)
    return whole(
      `This file has ${size} MiB, and collections are read up to ${largestCollection / 1024 / 1024} MiB. Split it into several.`,
    )
  }
  const content = text.replace(/^\ufeff/, '')
  if (content.trim() === '') return whole('The file is empty.')
  if (content.slice(0, 4096).includes('\0')) {
    return whole('This is a binary file. A collection is JSON: choose a file that was exported here.')
  }
  const parsed = parseInput(content)
  if (!parsed.ok) {
    const { message, line, column } = parsed.error
    return err({ message: `This is not JSON: ${message}.`, line, column })
  }
  try {
    return ok(readWhole(parsed.value))
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    const place = placeIn(content, error.path)
    return err({ message: error.message, line: place.line, column: place.column })
  }
}

function readWhole(value: Json): Collection {
  if (!isJsonObject(value)) {
    throw new Wrong('This is JSON, but no collection: one is an object with "format" and "commands".', [])
  }
  const found = own(value, 'format')
  if (found === undefined) {
    throw new Wrong(
      `This is JSON, but no collection of QMP Studio: "format": "${format}" is missing. A single command can be added to a collection as it is.`,
      [],
    )
  }
  if (found !== format) {
    throw new Wrong(`This is another kind of file: "format" is "${format}" in a collection.`, ['format'])
  }
  const has = own(value, 'version')
  if (has === undefined) throw new Wrong(`"version" is missing: write "version": ${version}.`, [])
  if (typeof has === 'number' && Number.isInteger(has) && has > version) {
    throw new Wrong(
      `This file has version ${has}, and this page reads version ${version}: it was written by a later QMP Studio. Open it there, or update this one.`,
      ['version'],
    )
  }
  if (has !== version) throw new Wrong(`The version is the number ${version}.`, ['version'])
  only(value, ['format', 'version', 'name', 'note', 'parameters', 'commands'], [])
  const name = text(value, 'name', [], true)
  if (name.trim() === '') throw new Wrong('The name is empty: write what the collection is called.', ['name'])
  const parameters = array(value, 'parameters', false).map((each, index) =>
    readParameter(each, ['parameters', index]),
  )
  parameters.forEach((each, index) => {
    if (parameters.findIndex((other) => other.name === each.name) < index) {
      throw new Wrong(`The parameter “${inWords(each.name)}” is described twice: remove one of them.`, [
        'parameters',
        index,
        'name',
      ])
    }
  })
  const commands = array(value, 'commands', true)
  if (commands.length > mostCommands) {
    throw new Wrong(
      `There are ${commands.length} commands, and ${mostCommands} at most are read: split the file.`,
      ['commands'],
    )
  }
  return {
    name,
    note: text(value, 'note', [], false),
    parameters,
    commands: commands.map((each, index) => readCommand(each, ['commands', index])),
  }
}

function readParameter(value: Json, path: readonly (string | number)[]): Parameter {
  if (!isJsonObject(value)) throw new Wrong('A parameter is an object: { "name": … }.', path)
  only(value, ['name', 'description', 'default'], path)
  const name = text(value, 'name', path, true)
  if (!parameterName.test(name)) {
    throw new Wrong(
      `“${inWords(name)}” is no name of a parameter: it begins with a letter and has letters, digits, _ and - only.`,
      [...path, 'name'],
    )
  }
  const otherwise = own(value, 'default')
  if (
    otherwise !== undefined &&
    typeof otherwise === 'object' &&
    otherwise !== null &&
    isJsonObject(otherwise)
  ) {
    throw new Wrong('A default is a text; write an object as a text of JSON.', [...path, 'default'])
  }
  return {
    name,
    description: text(value, 'description', path, false),
    // A number or a truth value means the text of it.
    default:
      otherwise === undefined ? undefined : typeof otherwise === 'string' ? otherwise : printJson(otherwise),
  }
}

function readCommand(value: Json, path: readonly (string | number)[]): SavedCommand {
  if (!isJsonObject(value)) throw new Wrong('A command is an object: { "execute": … }.', path)
  only(value, ['execute', 'exec-oob', 'title', 'note', 'arguments'], path)
  const oob = own(value, 'exec-oob') !== undefined
  if (oob && own(value, 'execute') !== undefined) {
    throw new Wrong('A command has either "execute" or "exec-oob", not both.', [...path, 'exec-oob'])
  }
  const key = oob ? 'exec-oob' : 'execute'
  const name = text(value, key, path, true)
  if (name === '') throw new Wrong(`The name of the command is empty.`, [...path, key])
  const args = own(value, 'arguments')
  if (args !== undefined && !isJsonObject(args)) {
    throw new Wrong('The arguments are an object: { … }.', [...path, 'arguments'])
  }
  return {
    name,
    title: text(value, 'title', path, false),
    note: text(value, 'note', path, false),
    oob,
    arguments: args,
  }
}

function only(value: JsonObject, known: readonly string[], path: readonly (string | number)[]): void {
  const other = Object.keys(value).find((each) => !known.includes(each))
  if (other === undefined) return
  throw new Wrong(`“${inWords(other)}” is not known here. There can be: ${known.join(', ')}.`, [
    ...path,
    other,
  ])
}

function text(
  value: JsonObject,
  name: string,
  path: readonly (string | number)[],
  required: boolean,
): string {
  const found = own(value, name)
  if (found === undefined && !required) return ''
  if (found === undefined) throw new Wrong(`“${name}” is missing.`, path)
  if (typeof found !== 'string') throw new Wrong(`“${name}” is a text, in quotes.`, [...path, name])
  return found
}

function array(value: JsonObject, name: string, required: boolean): readonly Json[] {
  const found = own(value, name)
  if (found === undefined && !required) return []
  if (found === undefined) throw new Wrong(`“${name}” is missing.`, [])
  if (!Array.isArray(found)) throw new Wrong(`“${name}” is a list: [ … ].`, [name])
  return found as readonly Json[]
}

/** One command in the form of a line of QMP: `{"execute": …, "arguments": …}`. Undefined where a text is none. */
export function readOneCommand(content: string): SavedCommand | undefined {
  const parsed = content.length > largestCollection ? undefined : parseInput(content)
  if (parsed?.ok !== true || !isJsonObject(parsed.value)) return undefined
  const kept = jsonObject(Object.entries(parsed.value).filter(([name]) => name !== 'id'))
  try {
    return readCommand(kept, [])
  } catch (error) {
    if (error instanceof Wrong) return undefined
    throw error
  }
}
