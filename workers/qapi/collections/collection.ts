/**
 * Saved commands with parameters: what a collection is, which parameters it has, and how they are filled in. Pure
 * records and functions; collection-file.ts has them as text.
 *
 * A placeholder is `${node}` inside of a string. A string that is one placeholder and nothing else may say a type:
 * `${size:int}` becomes a number (as typed: 4096, 0x1000, 4G), `${on:bool}` true or false, `${size:number}` any
 * number, `${filter:json}` any JSON. `$${` stands for `${` itself. Names of members are never filled in.
 */
import { inWords } from '#base/apart.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { readNumber } from '../draft/typed-number.ts'
import { holdsMark } from '../secrets/secrets.ts'

/** A command as it is saved. */
export interface SavedCommand {
  readonly name: string
  /** What a person calls it; empty where nothing was said. */
  readonly title: string
  readonly note: string
  readonly oob: boolean
  /** With placeholders. Undefined where the command is sent without. */
  readonly arguments: JsonObject | undefined
}

/** A parameter that is described. Those that commands use without describing them are parameters too. */
export interface Parameter {
  readonly name: string
  readonly description: string
  /** The text that is filled in where none is given; undefined where one has to be. */
  readonly default: string | undefined
}

/** Commands that belong together, one after the other. */
export interface Collection {
  readonly name: string
  readonly note: string
  readonly parameters: readonly Parameter[]
  readonly commands: readonly SavedCommand[]
}

/** What a placeholder becomes. */
export type PlaceholderType = 'string' | 'int' | 'number' | 'bool' | 'json'

/** The name of a parameter: a letter or `_`, then also digits and `-`. */
export const parameterName = /^[A-Za-z_][\w-]*$/

const placeholder = /\$?\$\{([A-Za-z_][\w-]*)(?::(string|int|number|bool|json))?\}|\$\$\{/g
const wholePlaceholder = /^\$\{([A-Za-z_][\w-]*)(?::(string|int|number|bool|json))?\}$/
const depthLimit = 1024

/** A collection with nothing in it. */
export function emptyCollection(name: string): Collection {
  return { name, note: '', parameters: [], commands: [] }
}

/** A parameter of a collection, with the types that its placeholders say. */
export interface UsedParameter extends Parameter {
  readonly types: readonly PlaceholderType[]
  readonly isUsed: boolean
}

/** Every parameter: those described, in their order, then those that are only used. */
export function parametersOf(collection: Collection): readonly UsedParameter[] {
  const used = new Map<string, Set<PlaceholderType>>()
  for (const command of collection.commands) {
    eachString(command.arguments ?? {}, 0, (text) => {
      for (const [, name, type] of placeholdersIn(text)) {
        const types = used.get(name) ?? new Set()
        types.add(type)
        used.set(name, types)
      }
    })
  }
  const described = collection.parameters.map((each) => ({
    ...each,
    types: [...(used.get(each.name) ?? [])],
    isUsed: used.has(each.name),
  }))
  const names = new Set(collection.parameters.map((each) => each.name))
  const others = [...used].filter(([name]) => !names.has(name))
  return [
    ...described,
    ...others.map(([name, types]) => ({
      name,
      description: '',
      default: undefined,
      types: [...types],
      isUsed: true,
    })),
  ]
}

function placeholdersIn(
  text: string,
): readonly (readonly [whole: string, name: string, type: PlaceholderType])[] {
  return [...text.matchAll(placeholder)].flatMap(([whole, name, type]) =>
    name === undefined || whole.startsWith('$$')
      ? []
      : [[whole, name, (type ?? 'string') as PlaceholderType] as const],
  )
}

function eachString(value: Json, depth: number, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value)
  else if (depth <= depthLimit && typeof value === 'object' && value !== null && !isDecimal(value)) {
    for (const each of Object.values<Json>(value as JsonObject)) eachString(each, depth + 1, visit)
  }
}

/** Why arguments cannot be filled in. */
export interface FillProblem {
  /** Parameters without a value, in the order of their use. */
  readonly missing: readonly string[]
  /** Values that are not what their placeholder says: the parameter, and a sentence. */
  readonly wrong: readonly { readonly parameter: string; readonly why: string }[]
}

/** The parameters of arguments, by their names, in the order of their use. */
export function parametersIn(args: JsonObject | undefined): readonly string[] {
  const filled = fill(args, new Map())
  return filled.ok ? [] : filled.error.missing
}

/** Whether a value is one placeholder and nothing else: any type may be in its place. */
export function isPlaceholder(value: Json | undefined): boolean {
  return typeof value === 'string' && wholePlaceholder.test(value)
}

/** The values of parameters: those given, else the defaults. An empty text counts as given. */
export function valuesFor(
  collection: Collection,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const values = new Map(given)
  for (const each of collection.parameters) {
    if (each.default !== undefined && !values.has(each.name)) values.set(each.name, each.default)
  }
  return values
}

/** Fill in the placeholders of arguments. Integers are exact to 64 bits. */
export function fill(
  args: JsonObject | undefined,
  values: ReadonlyMap<string, string>,
): Result<JsonObject | undefined, FillProblem> {
  const missing = new Set<string>()
  const wrong = new Map<string, string>()
  const filled = mapStrings(args ?? {}, '', 0, (text) => {
    const whole = wholePlaceholder.exec(text)
    if (whole !== null) {
      const [, name = '', type = 'string'] = whole
      const value = values.get(name)
      if (value === undefined) {
        missing.add(name)
        return text
      }
      const typed = valueOf(value, type as PlaceholderType)
      if (typed.ok) return typed.value
      wrong.set(name, typed.error)
      return text
    }
    return text.replace(placeholder, (found: string, name: string | undefined, type: string | undefined) => {
      if (name === undefined || found.startsWith('$$')) return found.slice(1)
      const value = values.get(name)
      if (value === undefined) missing.add(name)
      else if (type !== undefined) {
        const typed = valueOf(value, type as PlaceholderType)
        if (!typed.ok) wrong.set(name, typed.error)
        // Inside of a text an integer is written out: a size as typed (4G) means nothing there.
        else if (type === 'int') return printJson(typed.value)
      }
      return value ?? found
    })
  })
  if (missing.size > 0 || wrong.size > 0) {
    return err({
      missing: [...missing],
      wrong: [...wrong].map(([parameter, why]) => ({ parameter, why })),
    })
  }
  return ok(args === undefined || !isJsonObject(filled) ? undefined : filled)
}

/** A command with everything filled in. */
export interface ReadyCommand {
  readonly name: string
  readonly title: string
  readonly oob: boolean
  readonly arguments: JsonObject | undefined
}

/** Why a collection cannot be run as it is. */
export interface RunProblem extends FillProblem {
  /** Commands out of which a secret was left. */
  readonly redacted: readonly string[]
}

/** Fill in all commands of a collection, or say all that is in the way. */
export function readyCommands(
  collection: Collection,
  given: ReadonlyMap<string, string>,
): Result<readonly ReadyCommand[], RunProblem> {
  const values = valuesFor(collection, given)
  const missing = new Set<string>()
  const wrong = new Map<string, string>()
  const redacted = new Set<string>()
  const ready: ReadyCommand[] = []
  for (const { name, title, oob, arguments: args } of collection.commands) {
    if (holdsMark(args)) redacted.add(name)
    const filled = fill(args, values)
    if (filled.ok) ready.push({ name, title, oob, arguments: filled.value })
    else {
      for (const each of filled.error.missing) missing.add(each)
      for (const each of filled.error.wrong) wrong.set(each.parameter, each.why)
    }
  }
  if (missing.size + wrong.size + redacted.size === 0) return ok(ready)
  return err({
    missing: [...missing],
    wrong: [...wrong].map(([parameter, why]) => ({ parameter, why })),
    redacted: [...redacted],
  })
}

/** Arguments in which nothing is a placeholder: what was sent once is sent again as it was. */
export function escapePlaceholders(args: JsonObject): JsonObject {
  const escaped = mapStrings(args, '', 0, (text) => text.replaceAll('${', () => '$${'))
  return isJsonObject(escaped) ? escaped : args
}

/** Arguments with what can be filled in, and the paths of what could not: for checking without all values. */
export function fillWhatIsKnown(
  args: JsonObject | undefined,
  values: ReadonlyMap<string, string>,
): { readonly arguments: JsonObject | undefined; readonly open: ReadonlySet<string> } {
  const open = new Set<string>()
  const filled = mapStrings(args ?? {}, '', 0, (text, path) => {
    const one = fill({ text }, values)
    if (one.ok) return one.value?.text ?? text
    open.add(path)
    return text
  })
  return { arguments: args === undefined || !isJsonObject(filled) ? undefined : filled, open }
}

/** Arguments with what can be filled in, without the members and items that need a value which is not given. */
export function fillOrLeaveOut(args: JsonObject, values: ReadonlyMap<string, string>): JsonObject {
  const { arguments: filled = {}, open } = fillWhatIsKnown(args, values)
  const kept = withoutPaths(filled, '', open)
  return isJsonObject(kept) ? kept : {}
}

function withoutPaths(value: Json, path: string, left: ReadonlySet<string>): Json {
  if (typeof value !== 'object' || value === null || left.size === 0) return value
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((each, index) =>
      left.has(at(String(index))) ? [] : [withoutPaths(each, at(String(index)), left)],
    )
  if (!isJsonObject(value)) return value
  return jsonObject(
    Object.entries(value)
      .filter(([name]) => !left.has(at(name)))
      .map(([name, each]) => [name, withoutPaths(each, at(name), left)] as const),
  )
}

function valueOf(text: string, type: PlaceholderType): Result<Json, string> {
  switch (type) {
    case 'string':
      return ok(text)
    case 'int':
    case 'number': {
      const read = readNumber(text, type === 'int')
      return 'why' in read ? err(read.why) : ok(read.value)
    }
    case 'bool': {
      const word = text.trim().toLowerCase()
      if (word === 'true' || word === 'on' || word === 'yes') return ok(true)
      if (word === 'false' || word === 'off' || word === 'no') return ok(false)
      return err(`${text === '' ? 'nothing' : inWords(text)} is neither true nor false`)
    }
    case 'json': {
      const parsed = parseInput(text)
      if (parsed.ok) return parsed
      return err(
        `this is not JSON: ${parsed.error.message}, at line ${parsed.error.line}, column ${parsed.error.column}`,
      )
    }
  }
}

function mapStrings(
  value: Json,
  path: string,
  depth: number,
  change: (text: string, path: string) => Json,
): Json {
  if (typeof value === 'string') return change(value, path)
  if (depth > depthLimit || typeof value !== 'object' || value === null || isDecimal(value)) return value
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((each, index) =>
      mapStrings(each, at(String(index)), depth + 1, change),
    )
  }
  return jsonObject(
    Object.entries(value as JsonObject).map(([name, each]) => [
      name,
      mapStrings(each, at(name), depth + 1, change),
    ]),
  )
}
