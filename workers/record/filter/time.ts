/** Times as a filter writes them: durations before now, times of a clock, and dates. */
import { own } from '#base/own.ts'

/** A moment. `isRelative`: it moves with now. */
export interface ReadTime {
  /** Milliseconds since the epoch; may have a fraction. */
  readonly ms: number
  readonly isRelative: boolean
}

const second = 1000
const hour = 3600 * second

/** The units of durations, in milliseconds. */
export const durationUnits: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: second,
  m: 60 * second,
  min: 60 * second,
  h: hour,
  d: 24 * hour,
  w: 7 * 24 * hour,
}

/**
 * Read a time: a duration before now (`500ms`, `10m`, `1h30m`), a time of the clock here (`14:30`, `14:30:05.5`: today,
 * or yesterday where today's is in the future), or a date with or without a time (ISO 8601; here, unless it names a zone).
 * Undefined for anything else. `now` is in milliseconds since the epoch.
 */
export function readTime(text: string, now: number): ReadTime | undefined {
  const before = duration(text)
  if (before !== undefined) return { ms: now - before, isRelative: true }
  const ms = clock(text, now) ?? date(text)
  return ms === undefined ? undefined : { ms, isRelative: false }
}

function duration(text: string): number | undefined {
  const part = /(\d+(?:\.\d+)?)(us|µs|ms|min|s|m|h|d|w)/gy
  const low = text.toLowerCase()
  let sum = 0
  let at = 0
  for (let found = part.exec(low); found !== null; found = part.exec(low)) {
    sum += Number(found[1]) * (own(durationUnits, found[2] ?? '') ?? 0)
    at = part.lastIndex
  }
  return at > 0 && at === text.length ? sum : undefined
}

function clock(text: string, now: number): number | undefined {
  const parts = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/.exec(text)
  if (parts === null) return undefined
  const [, hours = '', minutes = '', seconds = '0', fraction = ''] = parts
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const day = new Date(now)
  day.setHours(Number(hours), Number(minutes), Number(seconds), 0)
  if (day.getTime() + fractionMs(fraction) > now) day.setDate(day.getDate() - 1)
  return day.getTime() + fractionMs(fraction)
}

function date(text: string): number | undefined {
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/.exec(
      text,
    )
  if (parts === null) return undefined
  const [, year = '', month = '', day = '', hours = '0', minutes = '0', seconds = '0', digits = '', zone] =
    parts
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)]
  if (h > 23 || m > 59 || s > 59) return undefined
  const whole = new Date(0)
  // As if it were in UTC: so it can be seen whether there is such a day.
  whole.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  whole.setUTCHours(h, m, s, 0)
  if (whole.getUTCMonth() !== Number(month) - 1 || whole.getUTCDate() !== Number(day)) return undefined
  const fraction = fractionMs(digits)
  if (zone !== undefined) return whole.getTime() - zoneMs(zone) + fraction
  const here = new Date(0)
  here.setFullYear(Number(year), Number(month) - 1, Number(day))
  here.setHours(h, m, s, 0)
  return here.getTime() + fraction
}

function fractionMs(digits: string): number {
  return digits === '' ? 0 : Number(`${digits.slice(0, 3).padEnd(3, '0')}.${digits.slice(3)}`)
}

function zoneMs(zone: string): number {
  if (/^z$/i.test(zone)) return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const digits = zone.replace(/\D/g, '')
  return sign * (Number(digits.slice(0, 2)) * hour + Number(digits.slice(2)) * 60 * second)
}
