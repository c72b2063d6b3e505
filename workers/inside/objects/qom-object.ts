/**
 * One object of a machine: its properties as `qom-list` tells them, and the values that were read of it. A property of the
 * type `child<…>` is a part of the object, one of the type `link<…>` leads to another object.
 * @qapi ObjectPropertyInfo
 */
import { jsonKind, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/**
 * Properties of one object that are kept. The largest of QEMU's have some 300 (a CPU has 350 on 10.0), a container of
 * 1,000 devices has 1,001. A larger limit lets a hostile machine hold the page, a smaller one hides what is there.
 */
export const mostProperties = 5000
/** Characters of a name or a type that are kept. */
const longestName = 500

/** A property. */
export interface QomProperty {
  readonly name: string
  /** As the machine says it: `bool`, `child<virtio-blk-pci>`. */
  readonly type: string
  readonly kind: 'child' | 'link' | 'value'
  /** The type in the angle brackets of a child or link. */
  readonly of: string | undefined
  readonly description: string | undefined
  readonly default: Json | undefined
}

/** What a list of properties had in it. */
export interface QomProperties {
  readonly list: readonly QomProperty[]
  /** How many were beyond the limit. */
  readonly dropped: number
}

/** The properties in a reply of `qom-list` or `qom-list-properties`. Anything of another shape is left out. */
export function readProperties(reply: Json): QomProperties {
  const found = objectsIn(reply)
  const list: QomProperty[] = []
  const seen = new Set<string>()
  let dropped = 0
  for (const each of found) {
    const { name, type } = each
    if (typeof name !== 'string' || typeof type !== 'string' || seen.has(name)) continue
    if (list.length >= mostProperties || name.length > longestName || type.length > longestName) {
      dropped += 1
      continue
    }
    seen.add(name)
    list.push(propertyOf(name, type, each))
  }
  return { list, dropped }
}

function propertyOf(name: string, type: string, from: JsonObject): QomProperty {
  const inside = type.endsWith('>') ? type.slice(type.indexOf('<') + 1, -1) : undefined
  const kind =
    inside !== undefined && type.startsWith('child<')
      ? 'child'
      : inside !== undefined && type.startsWith('link<')
        ? 'link'
        : 'value'
  return {
    name,
    type,
    kind,
    of: kind === 'value' ? undefined : inside,
    description: typeof from.description === 'string' ? from.description : undefined,
    default: from['default-value'],
  }
}

/** A value that was read, or why it could not be. Some properties cannot be read: that is normal. */
export type QomValue =
  { readonly kind: 'value'; readonly value: Json } | { readonly kind: 'refused'; readonly why: string }

/** Values by the names of their properties. */
export type QomValues = ReadonlyMap<string, QomValue>

/**
 * The properties and values in one item of what `qom-list-get` returns: `{properties: [{name, type, value?}]}`, where what
 * cannot be read has no value. One item stands for each path that was asked for.
 * @qapi ObjectPropertiesValues
 */
export function readListGet(item: Json | undefined): {
  readonly properties: QomProperties
  readonly values: QomValues
} {
  const [of] = objectsIn(item === undefined ? [] : [item])
  const listed = of?.properties ?? []
  const properties = readProperties(listed)
  const kept = new Set(properties.list.map((each) => each.name))
  const values = new Map<string, QomValue>()
  for (const each of objectsIn(listed)) {
    if (typeof each.name !== 'string' || !kept.has(each.name) || values.has(each.name)) continue
    values.set(
      each.name,
      each.value === undefined
        ? { kind: 'refused', why: 'The machine does not tell it.' }
        : { kind: 'value', value: each.value },
    )
  }
  return { properties, values }
}

/** The path that a link holds; undefined where it leads nowhere. */
export function linkTarget(value: QomValue | undefined): string | undefined {
  return value?.kind === 'value' && typeof value.value === 'string' && value.value.startsWith('/')
    ? value.value
    : undefined
}

/** The number in a value, for a plot: what is beyond 2^53 is rounded. Undefined where it is none. */
export function plotted(value: QomValue | undefined): number | undefined {
  if (value?.kind !== 'value') return undefined
  if (typeof value.value === 'boolean') return value.value ? 1 : 0
  if (jsonKind(value.value) !== 'number') return undefined
  const number = Number(value.value)
  return Number.isFinite(number) ? number : undefined
}

/** How a person types a new value of a property: by what it holds now, or by its type where that is not known. */
export type SettingKind = 'switch' | 'number' | 'text' | 'json'

const numberTypes: ReadonlySet<string> = new Set([
  ...['int', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'size', 'number'],
  ...['uint8_t', 'uint16_t', 'uint32_t', 'uint64_t', 'double'],
])

export function settingKind(property: QomProperty, value: QomValue | undefined): SettingKind {
  if (value?.kind === 'value') {
    const kind = jsonKind(value.value)
    if (kind === 'boolean') return 'switch'
    if (kind === 'number') return 'number'
    return kind === 'string' ? 'text' : 'json'
  }
  if (property.type === 'bool') return 'switch'
  if (numberTypes.has(property.type)) return 'number'
  return property.type === 'str' || property.type === 'string' || property.kind === 'link' ? 'text' : 'json'
}

/** What was typed, as a value. The failure is a sentence. */
export function readSetting(kind: SettingKind, text: string): Result<Json, string> {
  if (kind === 'text') return ok(text)
  const parsed = parseJson(text.trim())
  if (kind === 'switch') {
    return parsed.ok && typeof parsed.value === 'boolean' ? parsed : err('Write true or false.')
  }
  if (kind === 'number') {
    return parsed.ok && jsonKind(parsed.value) === 'number'
      ? parsed
      : err('Write a number, as in JSON: 4096.')
  }
  return parsed.ok ? parsed : err('Write a value as JSON: a text stands in quotes.')
}
