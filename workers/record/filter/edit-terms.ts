/** Adds terms to the text of a filter. */
import { jsonKind } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import { roots, readTerms, printTerm, printPath, isPlainString } from './terms.ts'
import type { Term } from './terms.ts'

/**
 * The term for a value that somebody points at: the member with this value. Objects and arrays: the member is there.
 * Undefined where the path is none that a term can have: a message's own members, and those beside `roots`.
 */
export function memberTerm(path: readonly string[], value: Json): Term | undefined {
  if (path.length < 2 || !roots.some((root) => root === path[0])) return undefined
  const kind = jsonKind(value)
  if (kind === 'object' || kind === 'array') {
    return { kind: 'member', not: false, path, operator: undefined, values: [] }
  }
  const text = typeof value === 'string' ? value : printJson(value)
  const quoted = typeof value === 'string' && !isPlainString(value)
  return { kind: 'member', not: false, path, operator: '=', values: [{ text, quoted }] }
}

/**
 * A filter with a term more. It takes the place of a term that asks for another value of the same; its opposite goes.
 * What cannot be read, from there to the end, goes as well: a filter that is not valid would show nothing new.
 */
export function withTerm(text: string, term: Term): string {
  const { terms } = readTerms(text)
  const added = printTerm(term)
  const opposite = printTerm({ ...term, not: !term.not })
  const slot = slotOf(term)
  const parts: string[] = []
  let isIn = false
  for (const each of terms) {
    const printed = printTerm(each.term)
    if (printed === opposite) continue
    if (printed !== added && (slot === undefined || slotOf(each.term) !== slot)) {
      parts.push(text.slice(each.at, each.end))
    } else if (!isIn) {
      parts.push(printed === added ? text.slice(each.at, each.end) : added)
      isIn = true
    }
  }
  if (!isIn) parts.push(added)
  return parts.join(' ')
}

/** What there is only one of; undefined for terms that stand beside each other. */
function slotOf(term: Term): string | undefined {
  if (term.not) return undefined
  switch (term.kind) {
    case 'word':
      return undefined
    case 'field':
      return term.field === 'is' ? undefined : term.field
    case 'measure':
      return `${term.measure}${term.operator.charAt(0)}`
    case 'member':
      return term.operator === '!=' ? undefined : `${printPath(term.path)}${term.operator?.charAt(0) ?? ''}`
  }
}
