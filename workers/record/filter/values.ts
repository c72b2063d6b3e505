/** Numbers with units, bounds and values of a filter's terms. */
import { assertNever } from '#base/assert-never.ts'
import { isDecimal, numberFrom } from '#base/json/number.ts'
import { listed, isNumber } from './terms.ts'
import type { MeasureOperator, TermValue } from './terms.ts'
import type { NumberBounds, ValueIs } from './filter.ts'

/** Units of latency in milliseconds, and of size in bytes. In small letters; '' where none is written. */
export const latencyUnits: Readonly<Record<string, number>> = {
  '': 1,
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

export const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

export const comparisons = { '>': 'above', '>=': 'at-least', '<': 'below', '<=': 'at-most' } as const

/** A number with its unit, in the unit that is one; the unit where there is none such; '' where there is no number. */
export function readNumber(written: string, units: Readonly<Record<string, number>>): number | string {
  const parts = /^(\d+(?:\.\d*)?|\.\d+)([a-zµ]*)$/i.exec(written)
  if (parts === null) return ''
  const unit = parts[2] ?? ''
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return factor === undefined ? unit : Number(parts[1]) * factor
}

export function unitsOf(units: Readonly<Record<string, number>>): string {
  return listed(Object.keys(units).filter((unit) => unit !== ''))
}

export function boundsOf(operator: MeasureOperator, limit: number): NumberBounds {
  switch (operator) {
    case '>':
      return { above: limit }
    case '>=':
      return { atLeast: limit }
    case '<':
      return { below: limit }
    case '<=':
      return { atMost: limit }
    case '=':
      return { atLeast: limit, atMost: limit }
    default:
      return assertNever(operator)
  }
}

/** What a value that is written may be: a number is also the string of it, for many ids are numbers. */
export function valuesOf({ text, quoted }: TermValue): readonly ValueIs[] {
  if (quoted) return [{ kind: 'equals', value: text }]
  if (text === 'true' || text === 'false') return [{ kind: 'equals', value: text === 'true' }]
  if (text === 'null') return [{ kind: 'equals', value: null }]
  if (isNumber(text)) {
    return [
      { kind: 'equals', value: numberFrom(text) },
      { kind: 'equals', value: text },
    ]
  }
  if (text === '*') return [{ kind: 'exists' }]
  return /[*?]/.test(text) ? [{ kind: 'glob', glob: text }] : [{ kind: 'equals', value: text }]
}

/** A number to compare with: one of JSON, or one with a unit of size. */
export function compared(text: string): number | bigint | undefined {
  if (isNumber(text)) {
    const number = numberFrom(text)
    return isDecimal(number) ? Number(number.valueOf()) : number
  }
  const number = readNumber(text.replace(/^-/, ''), sizeUnits)
  if (typeof number === 'string') return undefined
  return text.startsWith('-') ? -number : number
}
