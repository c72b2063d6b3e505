/** JSON on one short line, for rows and summaries: bounded work whatever the size of the value. */
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/**
 * A value in at most about `limit` characters: an object's members as `name=value` without the outer braces, strings
 * bare where that is unambiguous, `…` where something is left out.
 */
export function compact(value: Json, limit = 240): string {
  const out: Out = { text: '', limit }
  if (isJsonObject(value)) members(value, out, ' ', '=')
  else print(value, out)
  return beginning(out.text, limit)
}

interface Out {
  text: string
  readonly limit: number
}

function full(out: Out): boolean {
  return out.text.length > out.limit
}

function members(value: Json, out: Out, separator: string, equals: string): void {
  if (!isJsonObject(value)) return
  let first = true
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue
    if (full(out)) return
    if (!first) out.text += separator
    first = false
    out.text += `${bare(cut(name, out.limit))}${equals}`
    print(value[name] ?? null, out)
  }
}

function print(value: Json, out: Out): void {
  if (full(out)) return
  if (typeof value === 'string') out.text += bare(cut(value, out.limit + 1))
  else if (value === null || typeof value !== 'object') out.text += String(value)
  else if (isDecimal(value)) out.text += cut(value.valueOf(), out.limit)
  else if (Array.isArray(value)) {
    out.text += '['
    let first = true
    for (const item of value as readonly Json[]) {
      if (full(out)) return
      if (!first) out.text += ','
      first = false
      print(item, out)
    }
    out.text += ']'
  } else {
    out.text += '{'
    members(value, out, ',', ':')
    out.text += '}'
  }
}

/** Without quotation marks, unless it looks like a number, a literal of JSON or several members. */
function bare(text: string): string {
  return /^[A-Za-z_/.][\w./@:#+-]*$/.test(text) && !/^(?:true|false|null)$/.test(text)
    ? text
    : JSON.stringify(text)
}

/** The beginning of a text, for one line; `…` where more of it is left out. */
export function beginning(text: string, limit = 240): string {
  return text.length > limit ? `${cut(text, limit)}…` : text
}

/** The beginning of a text, without half of a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}
