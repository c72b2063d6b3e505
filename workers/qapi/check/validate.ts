/**
 * Checks a value against a type as QEMU's input visitor would, as far as the schema tells (it hides the widths of
 * integers), and reports every place that is wrong.
 * Tested by workers/qapi/check/verdict.test.ts and workers/qapi/qapi.test.ts.
 * @qapi SchemaInfo
 * @adr 0015
 */
import { inWords } from '#base/apart.ts'
import { own } from '#base/own.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { describeRange, rangeOf } from '../model/integer-type.ts'
import type { WidthOf } from '../model/integer-type.ts'
import { refusedTexts } from './refused-texts.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { EntityOf } from '../model/schema-info.ts'
import { textIssue } from './text-values.ts'

/** Something wrong at a place. `path` is dotted (`file.driver`, `list.0`), empty for the value itself. */
export interface Issue {
  readonly path: string
  readonly message: string
  /** Nothing was given there yet: no mistake of anybody. */
  readonly isUnfilled?: true
}

/** The smallest and the largest integer that QMP takes anywhere. */
export const smallestInteger = -(2n ** 63n)
export const largestInteger = 2n ** 64n - 1n
/** Deeper values are refused, as QEMU's parser does. */
const depthLimit = 1024

/** Knowledge beside the schema. */
export interface ValidateOptions {
  /** The value may have members that the schema does not know. */
  readonly open?: boolean
  /** How wide integers are, where that is known. */
  readonly widthOf?: WidthOf | undefined
  /** The server makes a text of each member first: `readsFromTexts` in device-schema.ts. */
  readonly texts?: boolean
  /** Members of the value that the server drops without an error unless they are texts. */
  readonly onlyTexts?: ReadonlySet<string>
}

/** All issues of a value, in the order in which QEMU would meet them. */
export function validate(
  schema: Schema,
  type: string,
  value: Json,
  options: ValidateOptions = {},
): readonly Issue[] {
  // The parser of JSON comes first.
  const issues: Issue[] = refusedTexts(value).map(({ path, character }) => ({
    path,
    message: `${character} is no character that QEMU takes in a text`,
  }))
  const context: ValidationContext = {
    schema,
    issues,
    widthOf: options.widthOf,
    texts: options.texts === true,
    onlyTexts: options.onlyTexts,
  }
  check(context, type, value, undefined, 0, options.open === true, undefined)
  return issues
}

interface ValidationContext {
  readonly schema: Schema
  readonly issues: Issue[]
  readonly widthOf: WidthOf | undefined
  readonly texts: boolean
  readonly onlyTexts: ReadonlySet<string> | undefined
}

/** A place inside the value. Its text is made only for an issue, because most places are right. */
interface At {
  readonly name: string | number
  readonly within: At | undefined
}

function pathOf(at: At | undefined): string {
  const parts: string[] = []
  for (let each = at; each !== undefined; each = each.within) parts.push(String(each.name))
  return parts.reverse().join('.')
}

function say(context: ValidationContext, at: At | undefined, message: string): void {
  context.issues.push({ path: pathOf(at), message })
}

function check(
  context: ValidationContext,
  type: string,
  value: Json,
  at: At | undefined,
  depth: number,
  open: boolean,
  width: string | undefined,
): void {
  const { schema } = context
  const entity = schema.byName.get(type)
  // What the schema does not describe cannot be judged.
  if (entity === undefined || entity.kind === 'unknown') return
  if (depth > depthLimit) {
    say(context, at, `nested deeper than ${depthLimit} levels`)
    return
  }
  if (context.texts && depth === 1) {
    const issue = textIssue(schema, type, value, width)
    if (issue !== undefined) say(context, at, issue)
    return
  }
  switch (entity.kind) {
    case 'builtin':
      checkBuiltin(context, entity.jsonType, value, at, width)
      break
    case 'enum':
      checkEnum(context, entity, value, at)
      break
    case 'array':
      if (Array.isArray(value)) {
        const items = value as readonly Json[]
        for (let index = 0; index < items.length; index += 1) {
          const item = items[index] ?? null
          check(context, entity.elementType, item, { name: index, within: at }, depth + 1, false, width)
        }
      } else say(context, at, `expected an array, found ${article(value)}`)
      break
    case 'object':
      if (isJsonObject(value)) checkObject(context, entity, value, at, depth, open)
      else say(context, at, `expected an object, found ${article(value)}`)
      break
    case 'alternate': {
      const branch = branchFor(schema, entity, value)
      if (branch === undefined) {
        const kinds = entity.branches.map((each) => jsonTypeOf(schema, each)).join(' or ')
        say(context, at, `expected ${kinds}, found ${article(value)}`)
      } else check(context, branch, value, at, depth + 1, false, width)
      break
    }
    case 'command':
    case 'event':
      say(context, at, `${inWords(entity.name)} is no type`)
  }
}

function checkBuiltin(
  context: ValidationContext,
  jsonType: string,
  value: Json,
  at: At | undefined,
  width: string | undefined,
): void {
  const kind = jsonKind(value)
  switch (jsonType) {
    case 'int': {
      if (!isInteger(value)) {
        say(
          context,
          at,
          `expected an integer, found ${kind === 'number' ? printJson(value) : article(value)}`,
        )
        break
      }
      const range = width === undefined ? undefined : rangeOf(width)
      const exact = BigInt(value)
      if (exact < smallestInteger || exact > largestInteger) {
        say(context, at, `${String(value)} is outside of what 64 bits hold`)
      } else if (width !== undefined && range !== undefined && (exact < range.min || exact > range.max)) {
        say(context, at, `${String(value)} is outside of ${describeRange(width)}`)
      }
      break
    }
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
      if (kind !== jsonType) say(context, at, `expected ${articleOf(jsonType)}, found ${article(value)}`)
      break
    default:
      // "value" is any JSON, and a type that a future version adds cannot be judged.
      break
  }
}

function checkEnum(
  context: ValidationContext,
  entity: EntityOf<'enum'>,
  value: Json,
  at: At | undefined,
): void {
  if (typeof value !== 'string') {
    say(context, at, `expected one of ${entity.values.length} words, found ${article(value)}`)
  } else if (!entity.values.some((each) => each.name === value)) {
    const near = nearest(
      value,
      entity.values.map((each) => each.name),
    )
    const hint = near === undefined ? '' : `; did you mean ${inWords(near)}?`
    say(context, at, `${inWords(JSON.stringify(value))} is none of the ${entity.values.length} values${hint}`)
  }
}

function checkObject(
  context: ValidationContext,
  entity: EntityOf<'object'>,
  value: JsonObject,
  at: At | undefined,
  depth: number,
  open: boolean,
): void {
  const tagOf = (tag: string): string | undefined => {
    const found = own(value, tag)
    return typeof found === 'string' ? found : undefined
  }
  const members = membersOf(context.schema, entity.name, tagOf)
  let met = 0
  for (const member of members) {
    if (Object.hasOwn(value, member.name)) {
      met += 1
      const inside = value[member.name] ?? null
      if (depth === 0 && typeof inside !== 'string' && context.onlyTexts?.has(member.name) === true) continue
      const width = context.widthOf?.(member)
      check(context, member.type, inside, { name: member.name, within: at }, depth + 1, false, width)
    } else if (!member.optional) {
      say(context, { name: member.name, within: at }, `${inWords(member.name)} is missing`)
    }
  }
  if (open || Object.keys(value).length === met) return
  const variant = entity.tag === undefined ? undefined : tagOf(entity.tag)
  const names = new Set(members.map((each) => each.name))
  for (const name of Object.keys(value)) {
    if (names.has(name)) continue
    const near = nearest(name, [...names])
    const why =
      variant !== undefined && near === undefined
        ? ` with ${inWords(entity.tag ?? '')}=${inWords(variant)}`
        : ''
    const hint = near === undefined ? '' : `; did you mean ${inWords(near)}?`
    say(context, { name, within: at }, `${inWords(name)} is unexpected${why}${hint}`)
  }
}

/** The branch of an alternate that takes a value: the JSON type of the value alone decides. */
export function branchFor(schema: Schema, entity: EntityOf<'alternate'>, value: Json): string | undefined {
  const kind = jsonKind(value)
  // An alternate in an alternate is none of QAPI's, and one in itself has no end.
  const types = entity.branches
    .filter((name) => schema.byName.get(name)?.kind !== 'alternate')
    .map((name) => [name, jsonTypeOf(schema, name)] as const)
  const exact = types.find(
    ([, jsonType]) => jsonType === (kind === 'number' && isInteger(value) ? 'int' : kind),
  )
  return (exact ?? types.find(([, jsonType]) => jsonType === kind || jsonType === 'value'))?.[0]
}

/** The JSON type of the values of a type: `int` and `number` apart, `value` for any. */
export function jsonTypeOf(schema: Schema, type: string): string {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      return entity.jsonType
    case 'enum':
      return 'string'
    case 'array':
      return 'array'
    case 'object':
      return 'object'
    default:
      return 'value'
  }
}

/** Whether a value is an integer as QEMU's reader has it: `1.0` is none. */
function isInteger(value: Json): value is number | bigint {
  return (
    typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && !isDecimal(value))
  )
}

function article(value: Json): string {
  return articleOf(jsonKind(value))
}

function articleOf(kind: string): string {
  if (kind === 'null') return 'null'
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** The most similar name, at most two edits away. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.min(3, Math.max(2, word.length / 2))
  for (const name of names) {
    if (Math.abs(name.length - word.length) >= bestDistance) continue
    const away = editDistance(word, name)
    if (away < bestDistance) {
      best = name
      bestDistance = away
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
