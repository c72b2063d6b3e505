/**
 * SchemaInfo as `query-qmp-schema` sends it, read into tagged records. Tolerant: a meta-type or attribute that a
 * future version adds is kept and can be shown; an entry without a name is left out and reported.
 * Tested by workers/qapi/qapi.test.ts.
 * @qapi SchemaInfo
 */
import { textIn } from '#base/json/members.ts'
import { stringsIn, objectsIn, isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A member of an object type. `type` is the name of an entity. @qapi SchemaInfoObjectMember */
export interface Member {
  readonly name: string
  readonly type: string
  /** The member has a `default` attribute: it may be left out. */
  readonly optional: boolean
  readonly features: readonly string[]
}

/** A case of a union: with this tag value the members of `type` are there too. @qapi SchemaInfoObjectVariant */
export interface Variant {
  readonly case: string
  readonly type: string
}

/** A value of an enum. @qapi SchemaInfoEnumMember */
export interface EnumValue {
  readonly name: string
  readonly features: readonly string[]
}

interface Common {
  readonly name: string
  readonly features: readonly string[]
  /** Attributes that this version of the reader does not know, as sent. */
  readonly extra: JsonObject
}

/** One entity of the schema, by its meta-type. */
export type Entity = Common &
  (
    | { readonly kind: 'builtin'; readonly jsonType: string }
    | { readonly kind: 'enum'; readonly values: readonly EnumValue[] }
    | { readonly kind: 'array'; readonly elementType: string }
    | {
        readonly kind: 'object'
        readonly members: readonly Member[]
        readonly tag: string | undefined
        readonly variants: readonly Variant[]
      }
    | { readonly kind: 'alternate'; readonly branches: readonly string[] }
    | {
        readonly kind: 'command'
        readonly argType: string
        readonly retType: string
        readonly allowOob: boolean
      }
    | { readonly kind: 'event'; readonly argType: string }
    /** A meta-type that this reader does not know. */
    | { readonly kind: 'unknown'; readonly metaType: string }
  )

/** The kind of an entity. */
export type EntityKind = Entity['kind']

/** The entities of one kind. */
export type EntityOf<Kind extends EntityKind> = Extract<Entity, { kind: Kind }>

/** Whether an entity is an object without members: the type of everything that takes or returns nothing. */
export function isEmptyObject(entity: Entity | undefined): boolean {
  return entity?.kind === 'object' && entity.members.length + entity.variants.length === 0
}

/** What could be read, and sentences about what could not. */
export interface ReadSchema {
  readonly entities: readonly Entity[]
  readonly issues: readonly string[]
}

const known: Readonly<Record<string, readonly string[]>> = {
  builtin: ['json-type'],
  enum: ['values', 'members'],
  array: ['element-type'],
  object: ['members', 'tag', 'variants'],
  alternate: ['members'],
  command: ['arg-type', 'ret-type', 'allow-oob'],
  event: ['arg-type'],
}

/**
 * Read the return of `query-qmp-schema`, or a whole reply that holds it. The failure is a sentence: what it is not.
 */
export function readSchemaInfo(value: Json): Result<ReadSchema, string> {
  const list = isJsonObject(value) && Object.hasOwn(value, 'return') ? (value.return ?? null) : value
  if (!Array.isArray(list)) {
    return err('This is not a schema: query-qmp-schema returns an array of entities.')
  }
  const entities: Entity[] = []
  const issues: string[] = []
  const seen = new Set<string>()
  ;(list as readonly Json[]).forEach((each, index) => {
    const entity = isJsonObject(each) ? readEntity(each) : undefined
    if (entity === undefined) issues.push(`Entity ${index} has no name or no meta-type: left out.`)
    else if (seen.has(entity.name)) issues.push(`The name ${entity.name} is there twice: the first is used.`)
    else {
      seen.add(entity.name)
      entities.push(entity)
    }
  })
  if (entities.length === 0) return err('This is not a schema: it has no entity with a name and a meta-type.')
  return ok({ entities, issues })
}

function readEntity(info: JsonObject): Entity | undefined {
  const name = textIn(info, 'name')
  const metaType = textIn(info, 'meta-type')
  if (name === undefined || metaType === undefined) return undefined
  const common = { name, features: stringsIn(info.features), extra: extraOf(info, metaType) }
  switch (metaType) {
    case 'builtin':
      return { ...common, kind: 'builtin', jsonType: textIn(info, 'json-type') ?? 'value' }
    case 'enum':
      return { ...common, kind: 'enum', values: readValues(info) }
    case 'array':
      return { ...common, kind: 'array', elementType: textIn(info, 'element-type') ?? '' }
    case 'object':
      return {
        ...common,
        kind: 'object',
        members: objectsIn(info.members).map(readMember),
        tag: textIn(info, 'tag'),
        variants: objectsIn(info.variants).map((each) => ({
          case: textIn(each, 'case') ?? '',
          type: textIn(each, 'type') ?? '',
        })),
      }
    case 'alternate':
      return {
        ...common,
        kind: 'alternate',
        branches: objectsIn(info.members).map((each) => textIn(each, 'type') ?? ''),
      }
    case 'command':
      return {
        ...common,
        kind: 'command',
        argType: textIn(info, 'arg-type') ?? '',
        retType: textIn(info, 'ret-type') ?? '',
        allowOob: info['allow-oob'] === true,
      }
    case 'event':
      return { ...common, kind: 'event', argType: textIn(info, 'arg-type') ?? '' }
    default:
      return { ...common, kind: 'unknown', metaType }
  }
}

function readMember(info: JsonObject): Member {
  return {
    name: textIn(info, 'name') ?? '',
    type: textIn(info, 'type') ?? '',
    optional: Object.hasOwn(info, 'default'),
    features: stringsIn(info.features),
  }
}

/** Since 6.2 an enum has `members` with features; before it only `values`, which newer ones still have besides. */
function readValues(info: JsonObject): readonly EnumValue[] {
  const members = objectsIn(info.members)
  return members.length > 0
    ? members.map((each) => ({ name: textIn(each, 'name') ?? '', features: stringsIn(each.features) }))
    : stringsIn(info.values).map((name) => ({ name, features: [] }))
}

function extraOf(info: JsonObject, metaType: string): JsonObject {
  const ours = new Set([
    'name',
    'meta-type',
    'features',
    ...(Object.hasOwn(known, metaType) ? (known[metaType] ?? []) : []),
  ])
  return Object.fromEntries(Object.entries(info).filter(([name]) => !ours.has(name)))
}
