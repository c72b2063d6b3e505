/** The scale of time: which times get a tick, and how they are written. Pure. */

/** A stretch of time, milliseconds since the epoch. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A stretch as an address has it: `FROM~TO`; undefined where it is none. */
export function stretchOf(text: string | undefined): Stretch | undefined {
  const [from, to] = (text ?? '').split('~', 2).map(Number)
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined
}

/** A tick of the scale. */
export interface Tick {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly label: string
  /** A change of day: written with its date. */
  readonly major: boolean
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Steps between ticks, in milliseconds: from a microsecond to weeks. */
const steps: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((each) => each * second),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * minute),
  ...[1, 2, 3, 6, 12].map((each) => each * hour),
  ...[1, 2, 7, 14, 28].map((each) => each * day),
]

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** The smallest step that leaves at least `leastPixels` between two ticks. */
export function stepFor(msAPixel: number, leastPixels: number): number {
  return steps.find((step) => step / msAPixel >= leastPixels) ?? 28 * day
}

/** Ticks for a stretch of time that is `pixels` wide, in local time. */
export function ticksOf(fromMs: number, toMs: number, pixels: number, leastPixels = 96): Tick[] {
  if (!(toMs > fromMs) || pixels <= 0) return []
  const step = stepFor((toMs - fromMs) / pixels, leastPixels)
  const ticks: Tick[] = []
  // Below a minute no zone of time matters; above, the steps are those of the local day.
  const base = step < minute ? Math.floor(fromMs / minute) * minute : midnight(fromMs)
  const first = Math.ceil((fromMs - base) / step)
  const most = Math.ceil(pixels / leastPixels) + 2
  for (let n = first; n < first + most; n += 1) {
    // Multiplied, not added up: a microsecond is at the edge of what the numbers hold.
    let at = base + n * step
    if (step >= day) at = midnight(at + hour * 2)
    if (at > toMs) break
    if (at >= fromMs) ticks.push(tickAt(at, step))
  }
  return ticks
}

/** Ticks for a stretch of time, counted from `zero` in both directions: `+1.5 s`. */
export function ticksSince(
  zero: number,
  fromMs: number,
  toMs: number,
  pixels: number,
  leastPixels = 96,
): Tick[] {
  if (!(toMs > fromMs) || pixels <= 0) return []
  const step = stepFor((toMs - fromMs) / pixels, leastPixels)
  const ticks: Tick[] = []
  const first = Math.ceil((fromMs - zero) / step)
  for (let n = first; zero + n * step <= toMs && ticks.length <= pixels; n += 1) {
    const label = n === 0 ? '0' : `${n > 0 ? '+' : ''}${exactDuration(n * step)}`
    ticks.push({ at: zero + n * step, label, major: n === 0 })
  }
  return ticks
}

function midnight(ms: number): number {
  const date = new Date(ms)
  date.setHours(0, 0, 0, 0)
  return date.getTime()
}

function tickAt(at: number, step: number): Tick {
  const date = new Date(at + 1e-6)
  const isDay = step >= minute && date.getHours() === 0 && date.getMinutes() === 0
  if (step >= day || isDay) {
    return {
      at,
      label: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
      major: true,
    }
  }
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (step >= minute) return { at, label: time, major: false }
  const seconds = `${time}:${two(date.getSeconds())}`
  if (step >= second) return { at, label: seconds, major: false }
  const digits = step >= 1 ? 3 : 6
  const inSecond = at - Math.floor(at / second) * second
  const fraction = (inSecond / second).toFixed(digits).slice(1)
  // Rounding up to a whole second would say the wrong one.
  return {
    at,
    label: `${seconds}${fraction.length > digits + 1 ? '.'.padEnd(digits + 1, '9') : fraction}`,
    major: false,
  }
}

/** An exact length of time, to the microsecond: `1.234567 s`, `12 µs`, `3 min 04.000005 s`. */
export function exactDuration(ms: number): string {
  const micros = Math.round(Math.abs(ms) * 1000)
  const sign = ms < 0 ? '−' : ''
  if (micros < 1000) return `${sign}${micros} µs`
  if (micros < 1_000_000) return `${sign}${trim(micros / 1000, 3)} ms`
  if (micros < 60_000_000) return `${sign}${trim(micros / 1e6, 6)} s`
  const minutes = Math.floor(micros / 60_000_000)
  const seconds = trim((micros - minutes * 60_000_000) / 1e6, 6)
  const padded = /^\d(\.|$)/.test(seconds) ? `0${seconds}` : seconds
  if (minutes < 60) return `${sign}${minutes} min ${padded} s`
  return `${sign}${Math.floor(minutes / 60)} h ${two(minutes % 60)} min ${padded} s`
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
