/** Formats JSON as people type it: strict JSON with two blanks a level. Errors are reported, or repaired. */
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonError } from '#base/json/exact.ts'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A formatted text. */
export interface Tidied {
  readonly text: string
  /** How many commas were taken away for it to be JSON. */
  readonly commas: number
}

/**
 * One value, as strict JSON. Commas before a closing bracket are removed if that repairs the text; else the error is that
 * of the original text.
 */
export function tidy(text: string): Result<Tidied, JsonError> {
  const read = parseInput(text)
  if (read.ok) return ok({ text: printJson(read.value, { indent: 2 }), commas: 0 })
  const { text: repaired, commas } = withoutTrailingCommas(text)
  const again = commas === 0 ? read : parseInput(repaired)
  return again.ok ? ok({ text: printJson(again.value, { indent: 2 }), commas }) : read
}

/** The text without those commas that stand between a value and the end of its object or array. */
export function withoutTrailingCommas(text: string): Tidied {
  const tokens = /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\/\/[^\n]*|#[^\n]*|\/\*[^]*?(?:\*\/|$)|\s+|[^]/g
  let kept = ''
  let commas = 0
  /** Where in `kept` a comma stands that only blanks and comments follow. */
  let comma = -1
  let before = ''
  for (const [token] of text.matchAll(tokens)) {
    const isBlank = /^(?:\s|\/[/*]|#)/.test(token)
    if (comma >= 0 && (token === '}' || token === ']')) {
      kept = kept.slice(0, comma) + kept.slice(comma + 1)
      commas += 1
    }
    if (!isBlank) {
      comma = token === ',' && !/^[[{,:]?$/.test(before) ? kept.length : -1
      before = token
    }
    kept += token
  }
  return { text: kept, commas }
}
