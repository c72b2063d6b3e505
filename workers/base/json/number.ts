/**
 * Number literals: which ones a JavaScript number holds, and what represents the others.
 * @adr 0001
 */

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

/**
 * The longest number that is read, in characters. A double printed in full has 1,079, a number of QEMU 24 at
 * most. Longer: making and comparing a bigint takes more than proportional time.
 */
export const longestNumber = 1100

/**
 * The value of a JSON number literal: a number where it holds it, else bigint or `Decimal`. With `asWritten`, fractions
 * and exponents that would be printed in another way (`1.0`, `1e3`) are `Decimal` too: to QEMU they are no integers.
 * The literal is `longestNumber` long at most: the parsers see to that.
 */
export function numberFrom(literal: string, asWritten = false): number | bigint | Decimal {
  const value = Number(literal)
  if (/^-?\d+$/.test(literal)) {
    if (Number.isSafeInteger(value)) return value
    return BigInt(literal)
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
  const digits = withoutZeros(`${whole}${fraction}`, 'front')
  const significant = withoutZeros(digits, 'back')
  if (significant === '') return '0'
  // BigInt, because an exponent may have thirty digits.
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return `${sign}${significant}e${power.toString()}`
}

/** A regular expression for zeros at the end would scan each inner run of zeros repeatedly. */
function withoutZeros(digits: string, end: 'front' | 'back'): string {
  let from = 0
  let to = digits.length
  if (end === 'front') while (from < to && digits[from] === '0') from += 1
  else while (to > from && digits[to - 1] === '0') to -= 1
  return digits.slice(from, to)
}
