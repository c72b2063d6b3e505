/**
 * Values of a line in qmp-shell's syntax: read as the type that the schema says, or by their look where it says none.
 * Tested by workers/qapi/text/shell-line.test.ts.
 */
import { shorten } from '#base/clip.ts'
import { jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { slotType } from '../model/property-types.ts'
import { readNumber } from '../draft/typed-number.ts'
import { describeType, membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Entity, EntityOf } from '../model/schema-info.ts'

import type { ShellNode, ShellValue } from './shell-words.ts'
import { jsonTypeOf, nearest } from '../check/validate.ts'

const words: Readonly<Record<string, boolean>> = {
  on: true,
  yes: true,
  true: true,
  off: false,
  no: false,
  false: false,
}

export class ShellStop extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
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

export function objectOf(
  schema: Schema,
  entity: EntityOf<'object'>,
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
      throw new ShellStop(
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
  entity: EntityOf<'object'>,
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
  throw new ShellStop(`${path} has no members: it is ${describeType(schema, entity.name)}`, at)
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
      throw new ShellStop(`${path} is a list: “${name}” is no index (0, 1, …)`, node.at)
    if (Number(name) >= members.size) {
      throw new ShellStop(`${path}.${name}: the indexes before it are not all there`, node.at)
    }
    items[Number(name)] = valueOf(schema, elementType, node, `${path}.${name}`)
  }
  return items
}

function wordValue(schema: Schema, entity: Entity, value: ShellValue, path: string): Json {
  const { text, json, at } = value
  const isString = entity.kind === 'builtin' && entity.jsonType === 'string'
  // No string is an object: braces for a string are its text.
  if (json !== undefined) return isString && typeof json !== 'string' ? text : json
  const refuse = (why: string): ShellStop => new ShellStop(`${path}: ${why}`, at)
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

function builtinValue(jsonType: string, text: string, refuse: (why: string) => ShellStop): Json {
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
  entity: EntityOf<'alternate'>,
  text: string,
  refuse: (why: string) => ShellStop,
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

export function looseObject(members: ReadonlyMap<string, ShellNode>): JsonObject {
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
