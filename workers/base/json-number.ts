/** Number literals: which a JavaScript number holds, and what stands for those that it does not. */

/**
 * A number as its literal, for those that a double would lose: `0.12345678901234567890123`, `1E400`.
 *
 * A boxed string, because it survives structured clone and cannot come out of JSON data: JSON.parse makes no boxed
 * strings. Its `valueOf()` is the literal as it was written.
 */
// eslint-disable-next-line @typescript-eslint/no-wrapper-object-types -- a boxed string is what it is
export type Decimal = String & { readonly __decimal: true }

/** The door of `Decimal`. `text` is a JSON number literal. */
export function decimal(text: string): Decimal {
  return Object(text) as Decimal
}

/** Whether a value is a number kept as its literal. */
export function isDecimal(value: unknown): value is Decimal {
  return value instanceof String
}

/** Longer integers stay text: making a bigint of a million digits takes time and is of no use. */
const longestInteger = 4096

/**
 * The value of a JSON number literal: a number where it holds it, else bigint or `Decimal`. With `asWritten`, fractions
 * and exponents that would be printed in another way (`1.0`, `1e3`) are `Decimal` too: to QEMU they are no integers.
 */
export function numberFrom(literal: string, asWritten = false): number | bigint | Decimal {
  const value = Number(literal)
  if (/^-?\d+$/.test(literal)) {
    if (Number.isSafeInteger(value)) return value
    return literal.length > longestInteger ? decimal(literal) : BigInt(literal)
  }
  if (String(value) === literal) return value
  if (asWritten) return decimal(literal)
  if (Number.isFinite(value) && normaliseNumber(String(value)) === normaliseNumber(literal)) return value
  return decimal(literal)
}

/** The digits of a literal without zeros at either end, and the power of ten of the last: equal for equal values only. */
export function normaliseNumber(literal: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(literal)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  // BigInt, because nothing stops an exponent from having thirty digits.
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return `${sign}${significant}e${power.toString()}`
}
