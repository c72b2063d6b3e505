/** The words of an overlay: its keys and its summary. */
import type { OverlaySummary } from '#trace/overlay/overlay-summary.ts'
import { count } from './format.ts'

/** A key in words: `event BLOCK_IO_ERROR report drive#`. */
export function keyWords(key: string): {
  readonly kind: string
  readonly name: string
  readonly rest: string
} {
  const [kind = '', name = '', ...rest] = key.split(' ')
  return { kind, name: name === '-' ? '' : name, rest: rest.join(' ') }
}

/** Names in a summary before the others are counted. */
const mostNames = 8

/** The rows that only one of the two has, in a line: `1 × BLOCK_IO_ERROR, 3 × return cont`. */
export function onlyWords(only: OverlaySummary['onlyA']): string {
  const named = only.slice(0, mostNames).map(({ key, rows }) => {
    const { kind, name, rest } = keyWords(key)
    const what = [kind === 'event' ? '' : kind, name, rest].filter((each) => each !== '').join(' ')
    return `${count(rows)} × ${what}`
  })
  const others = only.length - named.length
  return [...named, ...(others > 0 ? [`and ${count(others)} others`] : [])].join(', ')
}

/** The commands that took longer; undefined without any. */
export function slowerWords(commands: number, name: string): string | undefined {
  if (commands === 0) return undefined
  return `${count(commands)} ${commands === 1 ? 'command' : 'commands'} took more than twice as long in ${name}`
}

/** A signed span of milliseconds: `+1.5 ms`, `−3.0 s`. */
export function signed(ms: number, duration: (ms: number) => string): string {
  return `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`
}
