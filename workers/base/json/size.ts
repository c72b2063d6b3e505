/** How large a value is, without making its text. */
import { isDecimal } from './number.ts'
import type { Json } from './value.ts'

/**
 * About how many characters the JSON text of a value has, in UTF-16 units and without escapes. Work is in proportion
 * to the values in it; nothing recurses, so that no nesting is too deep.
 */
export function jsonSize(value: Json): number {
  let size = 0
  const open: Json[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') size += next.length + 2
    else if (typeof next !== 'object' || next === null) size += String(next).length
    else if (isDecimal(next)) size += next.length
    else if (Array.isArray(next)) {
      size += next.length + 2
      for (const item of next as readonly Json[]) open.push(item)
    } else {
      size += 2
      for (const [name, item] of Object.entries(next)) {
        size += name.length + 4
        open.push(item)
      }
    }
  }
  return size
}
