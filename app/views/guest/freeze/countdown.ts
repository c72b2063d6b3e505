/** Words of a countdown: whole seconds, since nothing finer counts here. */
import { clock } from '#words/format.ts'

/** `30 s`, `5 min`, `1 min 30 s`. */
export function secondsWords(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const minutes = Math.floor(whole / 60)
  const rest = whole % 60
  if (minutes === 0) return `${rest} s`
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

/** Local time of day to the second: `12:01:03`. */
export function timeOfDay(at: number): string {
  return clock(at).slice(0, 8)
}
