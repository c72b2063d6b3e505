/** Amounts with their unit and its prefix: IEC for bytes, SI for all else. */
/** What an amount is of. `none`: pieces. */
type AmountUnit = 'bytes' | 'seconds' | 'cycles' | 'boolean' | 'none'

const iec = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi']
/** From a trillionth on; 1 is in the middle. */
const si = ['p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z']
const one = si.indexOf('')
const signs: Readonly<Record<AmountUnit, string>> = {
  bytes: 'B',
  seconds: 's',
  cycles: 'cycles',
  boolean: '',
  none: '',
}

/** An amount in three digits: `1.50 MiB/s`, `12.0 µs`, `3.2 k/s`, `yes`. `isRate`: it is an amount a second. */
export function quantity(value: number, unit: AmountUnit, isRate = false): string {
  if (!Number.isFinite(value)) return '–'
  if (unit === 'boolean' && !isRate)
    return value === 0 ? 'no' : value === 1 ? 'yes' : `${digits(value * 100)} %`
  const [amount, prefix] = unit === 'bytes' ? prefixed(value, 1024, iec, 0) : prefixed(value, 1000, si, one)
  // Pieces have no thousandths: 0.25/s, not 250 m/s.
  const isPiece = unit === 'none' || unit === 'boolean' || unit === 'cycles'
  const [shown, before] = isPiece && Math.abs(value) < 1 ? [value, ''] : [amount, prefix]
  const sign = `${before}${signs[unit]}`
  return `${digits(shown)}${sign === '' ? '' : `\u00a0${sign}`}${isRate ? '/s' : ''}`
}

/** The unit alone, for a heading: `B/s`, `s`, `a second`; empty for pieces. */
export function unitWord(unit: AmountUnit, isRate: boolean): string {
  if (unit === 'boolean') return 'yes or no'
  return isRate ? `${signs[unit] === '' ? '1' : signs[unit]}/s` : signs[unit]
}

function prefixed(
  value: number,
  base: number,
  prefixes: readonly string[],
  middle: number,
): readonly [amount: number, prefix: string] {
  let [amount, place] = [value, middle]
  // What would be printed as 1000 has the next prefix.
  while (Math.abs(amount) >= base - 0.5 && place < prefixes.length - 1) {
    amount /= base
    place += 1
  }
  while (amount !== 0 && Math.abs(amount) < 0.9995 && place > 0) {
    amount *= base
    place -= 1
  }
  return [amount, prefixes[place] ?? '']
}

/** Three digits, without those that say nothing: `12`, `1.5`, `0.25`; more where it is larger. */
function digits(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return String(Math.round(value))
  if (size !== 0 && size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}
