/**
 * Conditions on texts: searches in the bytes of a message, in a name, and in the JSON of rows that have no message. Held
 * by scan.ts.
 */
import type { LogRow } from '#record/row.ts'
import { assertNever } from '#base/assert-never.ts'
import { isDecimal } from '#base/json/number.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import type { TextTest } from '#record/filter/filter.ts'
import { NameTest } from './column-condition.ts'
import { createNeedle } from '../find-bytes.ts'
import type { Needle } from '../find-bytes.ts'
import type { Names } from '../interned.ts'

/** A condition on texts, made ready. */
export interface PreparedText {
  readonly not: boolean
  /** One of these must be found. Empty for the empty text, which is everywhere. */
  readonly needles: readonly Needle[]
  /** Whether it is found in a name. */
  readonly names: NameTest
  /** Whether it is found in a text. */
  readonly isIn: (text: string) => boolean
}

/** Make a condition ready. */
export function prepareText(names: Names, { find, matchCase, not = false }: TextTest): PreparedText {
  const wanted = find === '' ? [] : waysToWrite(find)
  const fold = matchCase ? (text: string): string => text : foldCase
  const folded = wanted.map(fold)
  const isIn = (text: string): boolean => {
    const hay = fold(text)
    return folded.length === 0 || folded.some((each) => hay.includes(each))
  }
  return {
    not,
    needles: wanted.map((each) => createNeedle(each, matchCase)),
    names: new NameTest(names, isIn),
    isIn,
  }
}

/** Only letters of ASCII, as in the search through bytes. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** A text as it is, as JSON.stringify writes it in a string, and as QEMU does, which escapes all but ASCII. */
function waysToWrite(find: string): readonly string[] {
  const inString = JSON.stringify(find).slice(1, -1)
  const inAscii = inString.replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
  return [...new Set([find, inString, inAscii])]
}

/** The text that is searched besides message and name: the record's own JSON of the row. */
export function recordText(row: LogRow): string {
  switch (row.kind) {
    case 'state':
      return textOfRow({ state: row.state })
    case 'problem':
      return textOfRow({ problem: row.problem })
    case 'channel':
      return textOfRow({ phase: row.phase, why: row.why })
    case 'gap':
      return textOfRow({ why: row.why })
    case 'outcome':
      return textOfRow({ outcome: row.outcome })
    case 'event':
      return textOfRow({ data: row.data })
    case 'return':
    case 'error':
      return textOfRow({ error: row.error })
    case 'command':
    case 'raw':
    case 'line':
      return ''
    default:
      return assertNever(row)
  }
}

function textOfRow(value: object): string {
  return printJson(plain(value))
}

/** A value of the record as JSON: members that are undefined are left out. */
function plain(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value
  if (isDecimal(value)) return value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, plain(each)]),
  )
}
