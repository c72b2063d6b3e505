/**
 * The filter of the timeline: words and `key:value` terms, all of which must hold; a leading `-` turns one round.
 *
 *     STOP                 the name or the summary has it
 *     "free text"          the same, with blanks
 *     type:BLOCK_JOB_*     the name of the event or command, with * for anything
 *     kind:event           command, reply, error, event, problem, state, raw
 *     machine:lab1
 *     latency>5ms          also >=, <, <=, and s; replies only
 */
import { err, ok } from '../../../workers/base/result.ts'
import type { Result } from '../../../workers/base/result.ts'
import type { TimelineEntry } from '../../state/timeline.svelte.ts'
import { kindOfRow, nameOfRow, summaryOf } from './rows.ts'

/** A filter that can be asked. */
export type Filter = (entry: TimelineEntry) => boolean

/** Why a text is no filter: what is wrong, and where (0-based). */
export interface FilterError {
  readonly message: string
  readonly offset: number
}

const kinds = ['command', 'reply', 'error', 'event', 'problem', 'state', 'raw', 'outcome']
const term = /\s*(-?)(?:(type|kind|machine):("[^"]*"|\S+)|latency(>=|<=|>|<)([\d.]+)(ms|s)|("[^"]*"|\S+))/y

/** Read a filter. An empty text lets everything through. */
export function parseFilter(text: string): Result<Filter, FilterError> {
  const tests: Filter[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    term.lastIndex = at
    const found = term.exec(text)
    if (found === null) return err({ message: 'this is no term of a filter', offset: at })
    const [whole, minus, key, value = '', comparison, number = '', unit, word] = found
    const start = at + whole.length - whole.trimStart().length
    let test: Filter
    if (key !== undefined) {
      const wanted = unquote(value)
      if (key === 'kind' && !kinds.includes(wanted)) {
        return err({ message: `there is no kind “${wanted}”; there is ${kinds.join(', ')}`, offset: start })
      }
      test = keyTest(key, wanted)
    } else if (comparison !== undefined) {
      const limit = Number(number) * (unit === 's' ? 1000 : 1)
      if (Number.isNaN(limit)) return err({ message: `${number} is no number`, offset: start })
      test = latencyTest(comparison, limit)
    } else {
      const plain = word ?? ''
      const wrong = /^(\w+)(:|>|<)/.exec(plain)
      if (wrong !== null && !plain.startsWith('"')) {
        return err({
          message: `there is no “${wrong[1] ?? ''}” to filter by (type, kind, machine, latency)`,
          offset: start,
        })
      }
      if (plain.startsWith('"') && (plain.length < 2 || !plain.endsWith('"'))) {
        return err({ message: 'the quotation mark is not closed', offset: start })
      }
      test = textTest(unquote(plain))
    }
    tests.push(minus === '-' ? (entry) => !test(entry) : test)
    at = term.lastIndex
  }
  return ok((entry) => tests.every((test) => test(entry)))
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}

function keyTest(key: string, wanted: string): Filter {
  if (key === 'kind') return ({ row }) => kindOfRow(row) === wanted
  const pattern = glob(wanted)
  return key === 'machine'
    ? ({ machine }) => pattern.test(machine)
    : ({ row }) => pattern.test(nameOfRow(row))
}

function glob(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'i')
}

function latencyTest(comparison: string, limit: number): Filter {
  return ({ row }) => {
    if (row.kind !== 'return' && row.kind !== 'error') return false
    const { latencyMs } = row
    if (comparison === '>') return latencyMs > limit
    if (comparison === '>=') return latencyMs >= limit
    return comparison === '<' ? latencyMs < limit : latencyMs <= limit
  }
}

function textTest(word: string): Filter {
  const wanted = word.toLowerCase()
  return ({ row }) => `${nameOfRow(row)} ${summaryOf(row)}`.toLowerCase().includes(wanted)
}
