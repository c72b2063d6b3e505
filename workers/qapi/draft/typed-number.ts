/** Numbers as people type them. */
import { inWords } from '#base/apart.ts'
import { own } from '#base/own.ts'
import { isDecimal } from '#base/json/number.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'

const suffixes: Readonly<Record<string, bigint>> = {
  k: 10n,
  m: 20n,
  g: 30n,
  t: 40n,
  p: 50n,
  e: 60n,
}

/**
 * The number that somebody typed. Integers also as `0x1000` and with a size suffix (`4G`, `512MiB`: powers of 1024);
 * exact to 64 bits.
 */
export function readNumber(
  text: string,
  integer: boolean,
): { readonly value: Json } | { readonly why: string } {
  const typed = text.trim().replace(/^\+/, '')
  if (typed === '') return { why: integer ? 'type an integer' : 'type a number' }
  if (!integer) {
    const parsed = parseInput(typed)
    const isNumber =
      parsed.ok &&
      (typeof parsed.value === 'number' || typeof parsed.value === 'bigint' || isDecimal(parsed.value))
    return isNumber ? { value: parsed.value } : { why: `${inWords(typed)} is no number` }
  }
  const [, sign = '', digits = '', suffix = ''] =
    /^(-?)(0[xX][0-9a-fA-F]+|\d+)\s*([kKmMgGtTpPeE]?)(?:i?[bB])?$/.exec(typed) ?? []
  if (digits === '') return { why: `${inWords(typed)} is no integer (write 42, 0x2a or a size such as 4G)` }
  const size = BigInt(digits) << (own(suffixes, suffix.toLowerCase()) ?? 0n)
  const value = sign === '-' ? -size : size
  if (value < -(2n ** 63n) || value > 2n ** 64n - 1n)
    return { why: `${inWords(typed)} is outside of what 64 bits hold` }
  return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value }
}
