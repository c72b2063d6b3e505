/**
 * Values for servers that make a text of each argument first: `device_add` before 9.2. A number or a boolean becomes its
 * text; other values are dropped there without an error.
 * @qemu qobject/qdict.c, qemu_opts_from_qdict_entry; qapi/string-input-visitor.c
 * @adr 0042
 */
import { inWords } from '#base/apart.ts'
import { isDecimal } from '#base/json/number.ts'
import { jsonKind } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { describeRange, rangeOf } from '../model/integer-type.ts'
import type { Schema } from '../model/schema.ts'

/** The text that such a server makes of a value; undefined where it leaves the argument out. */
export function asText(value: Json): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return jsonKind(value) === 'number' ? numberText(value) : undefined
}

function numberText(value: Json): string {
  // A float is printed with `%.17g`: a whole one without its fraction.
  return isDecimal(value) ? String(Number(printJson(value))) : printJson(value)
}

const switches = new Set(['on', 'yes', 'true', 'y', 'off', 'no', 'false', 'n'])
/** As `strtoll` with base 0 reads it, the whole of it. */
const integer = /^\s*([+-]?)(0x[0-9a-f]+|\d+)$/i
const size = /^\s*[+-]?(?:0x[0-9a-f]+|\d+(?:\.\d*)?|\.\d+)[bkmgtpe]?$/i

/** What is wrong with a value of a type; undefined where nothing is, as far as that is certain. */
export function textIssue(
  schema: Schema,
  type: string,
  value: Json,
  width: string | undefined,
): string | undefined {
  const text = asText(value)
  const entity = schema.byName.get(type)
  if (text === undefined || entity === undefined) return undefined
  if (entity.kind === 'enum') {
    return entity.values.some((each) => each.name === text)
      ? undefined
      : `${inWords(JSON.stringify(text))} is none of the ${entity.values.length} values`
  }
  if (entity.kind !== 'builtin') return undefined
  if (entity.jsonType === 'boolean' && !switches.has(text)) {
    return `expected on or off, found ${inWords(JSON.stringify(text))}`
  }
  if (entity.jsonType !== 'int') return undefined
  if (width === 'size')
    return size.test(text) ? undefined : `expected a size, found ${inWords(JSON.stringify(text))}`
  return integerIssue(text, width)
}

function integerIssue(text: string, width: string | undefined): string | undefined {
  // Longer texts are no number of 64 bits, whatever their digits are.
  const [whole, sign = '', digits = ''] = text.length > 100 ? [] : (integer.exec(text) ?? [])
  if (whole === undefined) return `expected an integer, found ${inWords(JSON.stringify(text))}`
  const range = width === undefined ? undefined : rangeOf(width)
  // A zero in front means base 8, in which 8 and 9 are no digits.
  if (range === undefined || width === undefined || /^0\d/.test(digits)) return undefined
  const exact = sign === '-' ? -BigInt(digits) : BigInt(digits)
  return exact < range.min || exact > range.max
    ? `${String(exact)} is outside of ${describeRange(width)}`
    : undefined
}
