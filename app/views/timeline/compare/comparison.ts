/**
 * A comparison in the address: `b=lab2&in-a=FROM-TO&in-b=FROM-TO&at-a=event STOP#1&at-b=…`, times in milliseconds since
 * the epoch. What is not there is chosen by the view.
 * @adr 0029
 */
import type { Stretch } from '../lanes/scale.ts'

/** A row by what it is, and which of its kind: from 1. */
export interface Anchor {
  readonly key: string
  readonly nth: number
}

/** What is laid over the machine of the page, and how. */
export interface RunComparison {
  /** The id of the other machine; undefined where it is not chosen. */
  readonly b: string | undefined
  readonly in: { readonly a: Stretch | undefined; readonly b: Stretch | undefined }
  readonly at: { readonly a: Anchor | undefined; readonly b: Anchor | undefined }
}

/** Read a comparison; what cannot be read is left out. */
export function parseComparison(text: string): RunComparison {
  const query = new URLSearchParams(text)
  return {
    b: query.get('b') ?? undefined,
    in: { a: stretchOf(query.get('in-a')), b: stretchOf(query.get('in-b')) },
    at: { a: anchorOf(query.get('at-a')), b: anchorOf(query.get('at-b')) },
  }
}

/** Write a comparison. Never empty, so that it says that there is one. */
export function formatComparison({ b, in: within, at }: RunComparison): string {
  const query = new URLSearchParams()
  if (b !== undefined) query.set('b', b)
  for (const side of ['a', 'b'] as const) {
    const stretch = within[side]
    if (stretch !== undefined) query.set(`in-${side}`, `${round(stretch.from)}-${round(stretch.to)}`)
    const anchor = at[side]
    if (anchor !== undefined) query.set(`at-${side}`, `${anchor.key}#${anchor.nth}`)
  }
  const text = query.toString()
  return text === '' ? '1' : text
}

function stretchOf(text: string | null): Stretch | undefined {
  const [, from, to] = /^(\d{1,16}(?:\.\d{1,4})?)-(\d{1,16}(?:\.\d{1,4})?)$/.exec(text ?? '') ?? []
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return undefined
  return { from: Number(from), to: Number(to) }
}

function anchorOf(text: string | null): Anchor | undefined {
  const [, key, nth] = /^(.+)#(\d{1,9})$/s.exec(text ?? '') ?? []
  if (key === undefined || nth === undefined || Number(nth) === 0) return undefined
  return { key, nth: Number(nth) }
}

/** To a microsecond: the clock has no more. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
