/** A wait for the end of a change, in a sentence. */
import { assertNever } from '#base/assert-never.ts'
import { duration } from '#words/format.ts'
import type { AwaitedEnd } from './change-wait.ts'

const limitWords = (ms: number): string => (ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`)

/** `now` is milliseconds since the epoch. */
export function waitSentence({ what, since, limitMs, how, tookMs }: AwaitedEnd, now: number): string {
  switch (how) {
    case undefined: {
      const age = Math.max(0, Math.floor((now - since) / 1000))
      return `Waiting for ${what}: ${age} s so far, ${limitWords(limitMs)} at most.`
    }
    case 'came':
      return `Asked again when ${what} had come, ${duration(tookMs)} after the command.`
    case 'missed':
      return `${what} did not come within ${limitWords(limitMs)}: asked again without it.`
    case 'cut':
      return `Asked again without waiting for ${what}.`
    case 'lost':
      return `The connection was lost before ${what} came.`
    default:
      return assertNever(how)
  }
}
