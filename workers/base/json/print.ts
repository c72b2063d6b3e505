/** Prints JSON values as texts that read as the same values again. */
import { isDecimal } from './number.ts'
import type { Json, JsonObject } from './value.ts'

/**
 * The text of a value, exact: reading it again gives an equal value. `indent` is in spaces; without it the text is
 * one line. Lone surrogates become \u escapes. Throws on what is no JSON (a NaN): that is a bug.
 */
export function printJson(value: Json, options: { readonly indent?: number } = {}): string {
  const indent = options.indent ?? 0
  const parts: string[] = []
  print(value, parts, indent, '')
  return parts.join('')
}

function print(value: Json, parts: string[], indent: number, margin: string): void {
  if (value === null) parts.push('null')
  else if (typeof value === 'string') parts.push(JSON.stringify(value))
  else if (typeof value === 'number') parts.push(printNumber(value))
  else if (typeof value === 'boolean' || typeof value === 'bigint') parts.push(String(value))
  else if (isDecimal(value)) parts.push(value.valueOf())
  else if (Array.isArray(value)) printMembers(value as readonly Json[], undefined, parts, indent, margin)
  else printMembers(Object.values(value as JsonObject), Object.keys(value), parts, indent, margin)
}

function printMembers(
  values: readonly Json[],
  keys: readonly string[] | undefined,
  parts: string[],
  indent: number,
  margin: string,
): void {
  parts.push(keys === undefined ? '[' : '{')
  const inner = indent > 0 ? margin + ' '.repeat(indent) : ''
  values.forEach((value, index) => {
    if (index > 0) parts.push(',')
    if (indent > 0) parts.push('\n', inner)
    if (keys !== undefined) parts.push(JSON.stringify(keys[index]), indent > 0 ? ': ' : ':')
    print(value, parts, indent, inner)
  })
  if (indent > 0 && values.length > 0) parts.push('\n', margin)
  parts.push(keys === undefined ? ']' : '}')
}

function printNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no JSON number`)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A value in a sentence: a string as it is, anything else as JSON, undefined as nothing. */
export function textOf(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : printJson(value)
}
