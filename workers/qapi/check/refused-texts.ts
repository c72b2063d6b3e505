/**
 * Characters that QEMU's JSON parser refuses in any text: surrogates without their partner and the noncharacters of
 * Unicode. A request with one is answered by a JSON parse error without its id.
 * @qemu qobject/json-parser.c, parse_string; util/unicode.c, mod_utf8_encode
 */
import { isDecimal } from '#base/json/number.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** A text with such a character. */
export interface RefusedText {
  /** Dotted, as in `Issue`; that of the member where its name holds the character. */
  readonly path: string
  /** As people write it: `U+FFFF`. */
  readonly character: string
}

/** Any half of a pair, and the refused code points: a fast check before the exact one. */
const suspicious = /[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/

/** Whether QEMU refuses a code point in a text. */
export function isRefusedCharacter(code: number): boolean {
  return (
    (code >= 0xd800 && code <= 0xdfff) || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe
  )
}

/** The first refused character of a text as `U+FFFF`; undefined where QEMU takes all of them. */
export function refusedCharacter(text: string): string | undefined {
  if (!suspicious.test(text)) return undefined
  for (const each of text) {
    const code = each.codePointAt(0) ?? 0
    if (isRefusedCharacter(code)) return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  }
  return undefined
}

/** Every text of a value, names of members included, that QEMU refuses. Bounded by the value; no recursion. */
export function refusedTexts(value: Json): readonly RefusedText[] {
  const found: RefusedText[] = []
  const open: (readonly [value: Json, path: string])[] = [[value, '']]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [each, path] = next
    if (typeof each === 'string') {
      const character = refusedCharacter(each)
      if (character !== undefined) found.push({ path, character })
    } else if (typeof each === 'object' && each !== null && !isDecimal(each)) {
      const inside = Object.entries<Json>(each as JsonObject)
      // Taken from the end, so they are pushed in reverse to be visited in order.
      for (const [name, child] of inside.reverse()) {
        const at = path === '' ? name : `${path}.${name}`
        const character = refusedCharacter(name)
        if (character !== undefined) found.push({ path: at, character })
        if (typeof child === 'string' ? suspicious.test(child) : typeof child === 'object') {
          open.push([child, at])
        }
      }
    }
  }
  return found
}
