/** Arguments as text: read, and put aside while they are unfinished. */
import { parseInput } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Issue } from '#qapi/check/validate.ts'

/** Unfinished texts of one command that are kept aside: a person takes up the last. The oldest go. */
const mostAside = 5

/** The text as a value, or why it is none. */
export function readArgumentText(text: string): { readonly value: JsonObject } | { readonly issue: Issue } {
  if (text.trim() === '') return { value: {} }
  const read = parseInput(text)
  if (!read.ok) {
    const { line, column, message } = read.error
    return { issue: { path: '', message: `Line ${line}, column ${column}: ${message}` } }
  }
  return isJsonObject(read.value)
    ? { value: read.value }
    : { issue: { path: '', message: 'The arguments are an object: { … }' } }
}

/** The texts aside, the newest last, with one more where it is unfinished; each is there once. */
export function withAside(aside: readonly string[], added: string | undefined): readonly string[] {
  if (added === undefined || 'value' in readArgumentText(added)) return aside
  return [...aside.filter((each) => each !== added), added].slice(-mostAside)
}
