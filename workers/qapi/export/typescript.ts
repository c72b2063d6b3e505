/**
 * TypeScript types for a whole schema: what clients in TypeScript send and receive. Names of the schema are data: they
 * are quoted wherever they are no plain identifiers, and cannot end a comment.
 * Tested by workers/qapi/export/export.test.ts.
 * @qapi SchemaInfo
 */
import type { Schema } from '../model/schema.ts'
import type { Entity, Member, EntityOf } from '../model/schema-info.ts'
import { memberText, textOf } from './texts.ts'

/** Types for everything in a schema. `nameOf` gives the name that is shown for a type. */
export function typescriptFor(schema: Schema, nameOf: (type: string) => string): string {
  return new TypeScriptWriter(schema, nameOf).write()
}

/** Cases of a union that are written with their members, those in cases counted: unions of unions of each other multiply. */
const mostCases = 2000

/** Names that a type may not have. */
const reserved = new Set(
  (
    'any unknown never object string number boolean bigint symbol undefined null void Commands Events Integer ' +
    'Record Partial Omit Pick break case catch class const continue debugger default delete do else enum export extends ' +
    'false finally for function if import in instanceof new return super switch this throw true try typeof var while ' +
    'with implements interface let package private protected public static yield'
  ).split(' '),
)

class TypeScriptWriter {
  /** Cases of the union that is being written. */
  #cases = 0
  readonly #schema: Schema
  readonly #names = new Map<string, string>()

  constructor(schema: Schema, nameOf: (type: string) => string) {
    this.#schema = schema
    const taken = new Set(reserved)
    const numbers = new Map<string, number>()
    for (const entity of schema.entities) {
      if (!isType(entity)) continue
      const base = identifier(nameOf(entity.name))
      let name = base
      // Counting on from the last one: thousands of types may have the same words.
      let n = numbers.get(base) ?? 2
      for (; taken.has(name); n += 1) name = `${base}${n}`
      numbers.set(base, n)
      taken.add(name)
      this.#names.set(entity.name, name)
    }
  }

  write(): string {
    const lines = [
      '/* Types of a QMP interface, made from what query-qmp-schema reports. */',
      '',
      '/** An integer of up to 64 bits: bigint where a double cannot hold it. */',
      'export type Integer = number | bigint',
      '',
    ]
    for (const entity of this.#schema.entities) {
      if (isType(entity)) {
        lines.push(
          ...comment(textOf(this.#schema, entity.name), entity.features, ''),
          `export type ${this.#names.get(entity.name) ?? 'unknown'} = ${this.#define(entity)}`,
          '',
        )
      }
    }
    lines.push('/** The arguments and the return of every command. */', 'export interface Commands {')
    for (const entity of this.#schema.entities) {
      if (entity.kind !== 'command') continue
      const shape = `{ arguments: ${this.#type(entity.argType)}; return: ${this.#type(entity.retType)} }`
      lines.push(
        ...comment(textOf(this.#schema, entity.name), entity.features, '  '),
        `  ${key(entity.name)}: ${shape}`,
      )
    }
    lines.push('}', '', '/** The data of every event. */', 'export interface Events {')
    for (const entity of this.#schema.entities) {
      if (entity.kind !== 'event') continue
      lines.push(
        ...comment(textOf(this.#schema, entity.name), entity.features, '  '),
        `  ${key(entity.name)}: ${this.#type(entity.argType)}`,
      )
    }
    lines.push('}', '')
    return lines.join('\n')
  }

  #type(type: string): string {
    const entity = this.#schema.byName.get(type)
    if (entity === undefined || entity.kind === 'unknown') return 'unknown'
    if (entity.kind === 'builtin') return builtin(entity.jsonType)
    return this.#names.get(type) ?? 'unknown'
  }

  #define(entity: Entity): string {
    switch (entity.kind) {
      case 'enum':
        return union(entity.values.map((each) => quoted(each.name)))
      case 'array':
        // An array of itself would be a type without an end.
        return entity.elementType === entity.name
          ? 'readonly unknown[]'
          : `readonly ${this.#element(entity.elementType)}[]`
      case 'alternate':
        return union(entity.branches.filter((each) => each !== entity.name).map((each) => this.#type(each)))
      case 'object':
        this.#cases = 0
        return this.#object(entity, [entity.name])
      default:
        return 'unknown'
    }
  }

  #element(type: string): string {
    const text = this.#type(type)
    return /^\w+$/.test(text) ? text : `(${text})`
  }

  #object(entity: EntityOf<'object'>, within: readonly string[]): string {
    const { tag } = entity
    if (tag === undefined || entity.variants.length === 0) return this.#members(entity.members, entity.name)
    const base = entity.members.filter((each) => each.name !== tag)
    const tagMember = entity.members.find((each) => each.name === tag)
    const optional = tagMember?.optional === true ? '?' : ''
    const cases = new Map(entity.variants.map((each) => [each.case, each.type]))
    const tagType = tagMember === undefined ? undefined : this.#schema.byName.get(tagMember.type)
    const bare =
      tagType?.kind === 'enum'
        ? tagType.values.map((each) => each.name).filter((each) => !cases.has(each))
        : []
    const shapes = [...cases].map(([value, type]) => {
      this.#cases += 1
      const variant = this.#schema.byName.get(type)
      const added =
        variant?.kind === 'object' && this.#cases <= mostCases && !within.includes(type)
          ? this.#object(variant, [...within, type])
          : '{}'
      return added === '{}'
        ? `{ ${key(tag)}${optional}: ${quoted(value)} }`
        : `({ ${key(tag)}${optional}: ${quoted(value)} } & ${added})`
    })
    if (bare.length > 0) shapes.push(`{ ${key(tag)}${optional}: ${union(bare.map(quoted))} }`)
    const choice = `(${union(shapes)})`
    return base.length === 0 ? choice : `${this.#members(base, entity.name)} & ${choice}`
  }

  #members(members: readonly Member[], owner: string): string {
    if (members.length === 0) return '{}'
    const margin = '  '
    const seen = new Set<string>()
    const lines = members.flatMap((each) => {
      if (seen.has(each.name)) return []
      seen.add(each.name)
      return [
        ...comment(memberText(this.#schema, owner, each.name), each.features, margin),
        `${margin}${key(each.name)}${each.optional ? '?' : ''}: ${this.#type(each.type)}`,
      ]
    })
    return `{\n${lines.join('\n')}\n}`
  }
}

function isType(entity: Entity): boolean {
  return (
    entity.kind === 'object' ||
    entity.kind === 'enum' ||
    entity.kind === 'array' ||
    entity.kind === 'alternate'
  )
}

function builtin(jsonType: string): string {
  switch (jsonType) {
    case 'int':
      return 'Integer'
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return jsonType
    case 'object':
      return '{ readonly [member: string]: unknown }'
    case 'array':
      return 'readonly unknown[]'
    default:
      return 'unknown'
  }
}

/** A name as an identifier: `arguments of blockdev-add` is `ArgumentsOfBlockdevAdd`. */
function identifier(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name
  const words = name.split(/[^A-Za-z0-9_]+/).filter((each) => each !== '')
  const joined = words.map((each) => each.charAt(0).toUpperCase() + each.slice(1)).join('')
  return /^[A-Za-z_]/.test(joined) ? joined : `Type${joined}`
}

function quoted(text: string): string {
  // Line separators end a line in a comment or in old string literals.
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16)}`)
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && name !== '__proto__' ? name : quoted(name)
}

function union(parts: readonly string[]): string {
  const all = [...new Set(parts)]
  return all.length === 0 ? 'never' : all.join(' | ')
}

/** Characters of a line of a comment. */
const lineLength = 100

/** A TSDoc comment with a text of the manual: it cannot end the comment, and no word of it is a tag. */
function comment(text: string, features: readonly string[], margin: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.replaceAll('*/', '*\\/').replaceAll('@', '\\@').split(/\s+/)) {
    if (line !== '' && line.length + word.length >= lineLength) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  if (features.includes('deprecated')) lines.push('@deprecated')
  const [first] = lines
  if (first === undefined) return []
  if (lines.length === 1) return [`${margin}/** ${first} */`]
  return [`${margin}/**`, ...lines.map((each) => `${margin} * ${each}`), `${margin} */`]
}
