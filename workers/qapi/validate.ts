/**
 * A value against a type: accepted or refused as QEMU's input visitor would, as far as the schema tells (it hides the
 * widths of integers), with every place that is wrong.
 * @qapi SchemaInfo
 */
import { isDecimal, isJsonObject, jsonKind, printJson } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { membersOf } from './schema.ts'
import type { Schema } from './schema.ts'
import type { Entity } from './schema-info.ts'

/** Something wrong at a place. `path` is dotted (`file.driver`, `list.0`), empty for the value itself. */
export interface Issue {
  readonly path: string
  readonly message: string
}

/** The smallest and the largest integer that QMP takes anywhere. */
export const smallestInteger = -(2n ** 63n)
export const largestInteger = 2n ** 64n - 1n
/** Deeper values are refused, as QEMU's parser does. */
const depthLimit = 1024

/** All that is wrong with a value. `open` lets an object have members that the schema does not know. */
export function validate(
  schema: Schema,
  type: string,
  value: Json,
  options: { open?: boolean } = {},
): readonly Issue[] {
  const issues: Issue[] = []
  check(schema, type, value, '', issues, 0, options.open === true)
  return issues
}

function check(
  schema: Schema,
  type: string,
  value: Json,
  path: string,
  issues: Issue[],
  depth: number,
  open: boolean,
): void {
  const entity = schema.byName.get(type)
  // What the schema does not describe cannot be judged.
  if (entity === undefined || entity.kind === 'unknown') return
  if (depth > depthLimit) {
    issues.push({ path, message: `nested deeper than ${depthLimit} levels` })
    return
  }
  switch (entity.kind) {
    case 'builtin':
      checkBuiltin(entity.jsonType, value, path, issues)
      break
    case 'enum':
      checkEnum(entity, value, path, issues)
      break
    case 'array':
      if (Array.isArray(value)) {
        ;(value as readonly Json[]).forEach((item, index) => {
          check(schema, entity.elementType, item, join(path, String(index)), issues, depth + 1, false)
        })
      } else issues.push({ path, message: `expected an array, found ${article(value)}` })
      break
    case 'object':
      if (isJsonObject(value)) checkObject(schema, entity, value, path, issues, depth, open)
      else issues.push({ path, message: `expected an object, found ${article(value)}` })
      break
    case 'alternate': {
      const branch = branchFor(schema, entity, value)
      if (branch === undefined) {
        const kinds = entity.branches.map((each) => jsonTypeOf(schema, each)).join(' or ')
        issues.push({ path, message: `expected ${kinds}, found ${article(value)}` })
      } else check(schema, branch, value, path, issues, depth + 1, false)
      break
    }
    case 'command':
    case 'event':
      issues.push({ path, message: `${entity.name} is no type` })
  }
}

function checkBuiltin(jsonType: string, value: Json, path: string, issues: Issue[]): void {
  const kind = jsonKind(value)
  switch (jsonType) {
    case 'int':
      if (!isInteger(value)) {
        const found = kind === 'number' ? printJson(value) : article(value)
        issues.push({ path, message: `expected an integer, found ${found}` })
      } else if (BigInt(value) < smallestInteger || BigInt(value) > largestInteger) {
        issues.push({ path, message: `${String(value)} is outside of what 64 bits hold` })
      }
      break
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
      if (kind !== jsonType)
        issues.push({ path, message: `expected ${articleOf(jsonType)}, found ${article(value)}` })
      break
    default:
      // "value" is any JSON, and a type that a future version adds cannot be judged.
      break
  }
}

function checkEnum(
  entity: Extract<Entity, { kind: 'enum' }>,
  value: Json,
  path: string,
  issues: Issue[],
): void {
  if (typeof value !== 'string') {
    issues.push({ path, message: `expected one of ${entity.values.length} words, found ${article(value)}` })
  } else if (!entity.values.some((each) => each.name === value)) {
    const near = nearest(
      value,
      entity.values.map((each) => each.name),
    )
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    issues.push({
      path,
      message: `${JSON.stringify(value)} is none of the ${entity.values.length} values${hint}`,
    })
  }
}

function checkObject(
  schema: Schema,
  entity: Extract<Entity, { kind: 'object' }>,
  value: JsonObject,
  path: string,
  issues: Issue[],
  depth: number,
  open: boolean,
): void {
  const tagOf = (tag: string): string | undefined => {
    const found = Object.hasOwn(value, tag) ? value[tag] : undefined
    return typeof found === 'string' ? found : undefined
  }
  const variant = entity.tag === undefined ? undefined : tagOf(entity.tag)
  const names = new Set<string>()
  for (const member of membersOf(schema, entity.name, tagOf)) {
    names.add(member.name)
    const at = join(path, member.name)
    if (Object.hasOwn(value, member.name)) {
      check(schema, member.type, value[member.name] ?? null, at, issues, depth + 1, false)
    } else if (!member.optional) {
      issues.push({ path: at, message: `${member.name} is missing` })
    }
  }
  if (open) return
  for (const name of Object.keys(value)) {
    if (names.has(name)) continue
    const near = nearest(name, [...names])
    const why = variant !== undefined && near === undefined ? ` with ${entity.tag ?? ''}=${variant}` : ''
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    issues.push({ path: join(path, name), message: `${name} is unexpected${why}${hint}` })
  }
}

/** The branch of an alternate that takes a value: the JSON type of the value alone decides. */
export function branchFor(
  schema: Schema,
  entity: Extract<Entity, { kind: 'alternate' }>,
  value: Json,
): string | undefined {
  const kind = jsonKind(value)
  const types = entity.branches.map((name) => [name, jsonTypeOf(schema, name)] as const)
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

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function article(value: Json): string {
  return articleOf(jsonKind(value))
}

function articleOf(kind: string): string {
  if (kind === 'null') return 'null'
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** The name that was probably meant: at most two edits away. */
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
