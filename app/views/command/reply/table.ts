/**
 * Lists of objects in a reply as tables: where they are, their columns, their cells and their order.
 * Tested by app/views/command/reply/reply.test.ts.
 */
import { isJsonObject, jsonKind } from '#base/json/value.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { normaliseNumber } from '#base/json/number.ts'
import { pathOf } from '#ui/json/json-tree.ts'

/** A list of objects in a value. `path` is that of json-tree.ts: '' at the root. */
export interface ObjectList {
  readonly path: string
  readonly rows: readonly JsonObject[]
}

/** How many containers are looked into for lists: a reply of megabytes must not be walked for a button. */
const mostLooked = 1500
const mostLists = 200

/** The lists of objects in a value that are not empty, outer ones first, 200 at most. */
export function objectLists(value: Json): readonly ObjectList[] {
  const lists: ObjectList[] = []
  let level: { readonly path: string; readonly value: Json }[] = [{ path: '', value }]
  let looked = 0
  while (level.length > 0) {
    const next: { readonly path: string; readonly value: Json }[] = []
    for (const each of level) {
      looked += 1
      if (looked > mostLooked || lists.length >= mostLists) return lists
      if (Array.isArray(each.value)) {
        const items = each.value as readonly Json[]
        if (items.length > 0 && items.every(isJsonObject)) lists.push({ path: each.path, rows: items })
        items.slice(0, mostLooked).forEach((item, index) => {
          if (isContainer(item)) next.push({ path: pathOf(each.path, String(index), true), value: item })
        })
      } else if (isJsonObject(each.value)) {
        for (const [name, item] of Object.entries(each.value)) {
          if (isContainer(item)) next.push({ path: pathOf(each.path, name, false), value: item })
        }
      }
    }
    level = next
  }
  return lists
}

function isContainer(value: Json): boolean {
  return Array.isArray(value) || isJsonObject(value)
}

/** A column: a member of the rows, or a member of a member that is an object. */
export interface ReplyColumn {
  readonly id: string
  /** `a` or `a.b`. */
  readonly name: string
  readonly member: string
  readonly inner: string | undefined
}

/** Adds the columns of rows to those that there are. */
export class ColumnSet {
  readonly #members = new Map<string, Map<string | undefined, ReplyColumn>>()

  add(row: JsonObject): void {
    for (const [member, value] of Object.entries(row)) {
      let columns = this.#members.get(member)
      if (columns === undefined) {
        columns = new Map()
        this.#members.set(member, columns)
      }
      if (hasInside(value)) {
        for (const inner of Object.keys(value))
          if (!columns.has(inner)) columns.set(inner, column(member, inner))
      } else if (!columns.has(undefined)) {
        columns.set(undefined, column(member, undefined))
      }
    }
  }

  /** All columns, each where its member came first; members of one object stand together. */
  list(): readonly ReplyColumn[] {
    return [...this.#members.values()].flatMap((columns) => [...columns.values()])
  }
}

function column(member: string, inner: string | undefined): ReplyColumn {
  return {
    id: JSON.stringify(inner === undefined ? [member] : [member, inner]),
    name: inner === undefined ? member : `${member}.${inner}`,
    member,
    inner,
  }
}

/** An empty object has no columns of its own: it is a value. */
function hasInside(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0
}

/** What stands in a cell; undefined where the row has nothing there. */
export function cellOf(row: JsonObject, { member, inner }: ReplyColumn): Json | undefined {
  const value = Object.hasOwn(row, member) ? row[member] : undefined
  if (value === undefined) return undefined
  if (inner === undefined) return hasInside(value) ? undefined : value
  return isJsonObject(value) && Object.hasOwn(value, inner) ? value[inner] : undefined
}

const longestCell = 300

/** Strings that look like something else: in quotes where no quotes are expected. */
const alike = new Set(['', 'null', 'true', 'false'])

/** A cell as it is drawn, strings without quotes: exact where it is short, cut with … where it is not. */
export function cellText(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' && !alike.has(value) ? cut(value) : jsonText(value)
}

/** A value as JSON, cut with … where it is long. */
export function jsonText(value: Json): string {
  if (typeof value === 'string' && value.length > longestCell) {
    return `${JSON.stringify(value.slice(0, longestCell))}…`
  }
  // Printed as far as it is shown: a cell may hold megabytes.
  if (Array.isArray(value) && value.length > 50) return `[${value.length} items]`
  return cut(printJson(value))
}

function cut(text: string): string {
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text
}

const ranks: Readonly<Record<string, number>> = {
  number: 0,
  string: 1,
  boolean: 2,
  array: 3,
  object: 3,
  null: 4,
}

/** The order of two values: numbers by their exact value, then strings by code unit, then the rest; null last. */
export function compareCells(a: Json, b: Json): number {
  const [kind, other] = [jsonKind(a), jsonKind(b)]
  if (kind !== other) return (ranks[kind] ?? 9) - (ranks[other] ?? 9)
  if (kind === 'number') return compareNumbers(a, b)
  const [x, y] = [textOf(a), textOf(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

function compareNumbers(a: Json, b: Json): number {
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint')) {
    // Between a number and a bigint JavaScript compares the mathematical values.
    return a < b ? -1 : a > b ? 1 : 0
  }
  return compareLiterals(printJson(a), printJson(b))
}

/** The order of two JSON number literals, exact. */
export function compareLiterals(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)]
  if (x.sign !== y.sign) return x.sign - y.sign
  if (x.size !== y.size) return x.size < y.size ? -x.sign : x.sign
  if (x.digits === y.digits) return 0
  return x.digits < y.digits ? -x.sign : x.sign
}

/** `size` is the place of the first digit; the digits have no zeros at either end, so they compare as text. */
function parts(literal: string): { readonly sign: number; readonly size: bigint; readonly digits: string } {
  const [mantissa = '0', power = '0'] = normaliseNumber(literal).split('e')
  const digits = mantissa.replace('-', '')
  if (digits === '0') return { sign: 0, size: 0n, digits: '' }
  return {
    sign: mantissa.startsWith('-') ? -1 : 1,
    size: BigInt(power) + BigInt(digits.length),
    digits,
  }
}

/** Which column the rows are sorted by, and how. */
export interface Sorting {
  readonly column: ReplyColumn
  readonly direction: 'ascending' | 'descending'
}

/** The rows in order, equal ones as they came; absent values are last in either direction. */
export function sortRows(
  rows: readonly JsonObject[],
  { column: by, direction }: Sorting,
): readonly JsonObject[] {
  const present: { readonly row: JsonObject; readonly cell: Json }[] = []
  const absent: JsonObject[] = []
  for (const row of rows) {
    const cell = cellOf(row, by)
    if (cell === undefined) absent.push(row)
    else present.push({ row, cell })
  }
  const way = direction === 'ascending' ? 1 : -1
  present.sort((a, b) => way * compareCells(a.cell, b.cell))
  return [...present.map((each) => each.row), ...absent]
}
