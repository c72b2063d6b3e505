/**
 * The language of the timeline's filter box.
 *
 *     filter  := { term }                     all terms must hold
 *     term    := ["-"] ( field ":" values | measure op number [unit] | '"' text '"' | word )
 *     field   := "type" | "machine" | "kind" | "id"
 *     values  := value { "," value }          one of them; `*` stands for anything
 *     measure := "latency" (us, ms, s; ms where none is given) | "size" (B, kB, MB, KiB, MiB; bytes)
 *     op      := ">" | "<" | ">=" | "<=" | "="
 *
 * A word or a quoted text is looked for in name and summary, without regard to case. Terms of one field that are not
 * negated widen each other (`type:STOP type:RESUME` is either); everything else narrows.
 */
import { err, ok } from '../../../workers/base/result.ts'
import type { Result } from '../../../workers/base/result.ts'

/** The kinds that `kind:` knows. `reply` is return, error or outcome. */
export const filterKinds = [
  'command',
  'return',
  'error',
  'outcome',
  'reply',
  'event',
  'raw',
  'state',
  'problem',
] as const

/** A kind that can be asked for. */
export type FilterKind = (typeof filterKinds)[number]

/** What a filter looks at: one row, in plain values. */
export interface FilterSubject {
  /** Id of the machine. */
  readonly machine: string
  readonly kind: Exclude<FilterKind, 'reply'>
  readonly name: string
  /** Lower case: name and summary in one, for the words. */
  readonly haystack: string
  /** The number of the command, where the row has one. */
  readonly exec: number | undefined
  /** Milliseconds from sending to the reply, where there is one. */
  readonly latencyMs: number | undefined
  readonly bytes: number
}

/** What is wrong with a filter. `at` counts characters from 0. */
export interface FilterError {
  readonly message: string
  readonly at: number
  readonly length: number
}

type Test = (subject: FilterSubject) => boolean

/** A filter that can be asked. */
export interface Filter {
  readonly matches: Test
  /** It lets everything through. */
  readonly empty: boolean
  /** It looks at summaries, so those that are not known yet have to be read. */
  readonly readsSummary: boolean
}

interface Token {
  readonly text: string
  readonly at: number
  readonly negated: boolean
  readonly quoted: boolean
}

const latencyUnits: Readonly<Record<string, number>> = { '': 1, us: 0.001, µs: 0.001, ms: 1, s: 1000 }
const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1_000_000,
  kib: 1024,
  mib: 1024 * 1024,
}

/** Read a filter. The failure says what is wrong and where. */
export function parseFilter(text: string): Result<Filter, FilterError> {
  const tokens = tokenise(text)
  if (!tokens.ok) return tokens
  const narrowing: Test[] = []
  const widening = new Map<string, Test[]>()
  let readsSummary = false
  for (const token of tokens.value) {
    const term = readTerm(token)
    if (!term.ok) return term
    const { field, test } = term.value
    readsSummary ||= term.value.readsSummary
    if (field === undefined || token.negated) {
      narrowing.push(token.negated ? (subject) => !test(subject) : test)
    } else {
      const tests = widening.get(field)
      if (tests === undefined) widening.set(field, [test])
      else tests.push(test)
    }
  }
  for (const tests of widening.values()) narrowing.push((subject) => tests.some((test) => test(subject)))
  return ok({
    matches: (subject) => narrowing.every((test) => test(subject)),
    empty: narrowing.length === 0,
    readsSummary,
  })
}

function tokenise(text: string): Result<readonly Token[], FilterError> {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1
      continue
    }
    const start = at
    const negated = text[at] === '-'
    if (negated) at += 1
    if (text[at] === '"') {
      const quoted = readQuoted(text, at)
      if (!quoted.ok) return quoted
      if (quoted.value.text === '') {
        return err({ message: 'there is nothing between the quotation marks.', at, length: 2 })
      }
      tokens.push({ text: quoted.value.text, at: start, negated, quoted: true })
      at = quoted.value.end
      continue
    }
    // A value may be quoted as well: machine:"my machine".
    let word = ''
    let closed = false
    while (at < text.length && !isBlank(text[at]) && !closed) {
      if (text[at] === '"' && word.endsWith(':')) {
        const quoted = readQuoted(text, at)
        if (!quoted.ok) return quoted
        word += quoted.value.text
        at = quoted.value.end
        closed = true
      } else {
        word += text[at] ?? ''
        at += 1
      }
    }
    if (word === '') {
      return err({ message: 'a minus sign needs something to leave out.', at: start, length: 1 })
    }
    if (closed && at < text.length && !isBlank(text[at])) {
      return err({ message: 'a blank is needed after the closing quotation mark.', at, length: 1 })
    }
    tokens.push({ text: word, at: start, negated, quoted: false })
  }
  return ok(tokens)
}

function readQuoted(text: string, from: number): Result<{ text: string; end: number }, FilterError> {
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '"') return ok({ text: value, end: at + 1 })
    if (char === '\\' && at + 1 < text.length) {
      at += 1
      value += text[at] ?? ''
    } else {
      value += char
    }
  }
  return err({ message: 'the closing quotation mark is missing.', at: from, length: text.length - from })
}

function isBlank(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char)
}

interface Term {
  readonly field: string | undefined
  readonly test: Test
  readonly readsSummary: boolean
}

function readTerm(token: Token): Result<Term, FilterError> {
  if (token.quoted) return ok(words(token.text))
  const measure = /^(latency|size)(>=|<=|>|<|=)(.*)$/i.exec(token.text)
  if (measure !== null) return readMeasure(token, measure)
  const colon = token.text.indexOf(':')
  if (colon <= 0) return ok(words(token.text))
  const field = token.text.slice(0, colon).toLowerCase()
  const rest = token.text.slice(colon + 1)
  const restAt = token.at + (token.negated ? 1 : 0) + colon + 1
  const values = rest.split(',').filter((value) => value !== '')
  if (!['type', 'machine', 'kind', 'id'].includes(field)) {
    return err({
      message: `there is no field “${field}”: type, machine, kind and id are. Put text with a colon in quotation marks.`,
      at: token.at,
      length: token.text.length + (token.negated ? 1 : 0),
    })
  }
  if (values.length === 0) {
    return err({ message: `a value is missing after “${field}:”.`, at: restAt, length: 1 })
  }
  if (field === 'kind') return readKinds(values, rest, restAt)
  if (field === 'id') return readIds(values, rest, restAt)
  const globs = values.map(globTest)
  const test: Test =
    field === 'type'
      ? (subject) => globs.some((glob) => glob(subject.name))
      : (subject) => globs.some((glob) => glob(subject.machine))
  return ok({ field, test, readsSummary: false })
}

function words(text: string): Term {
  const wanted = text.toLowerCase()
  return { field: undefined, test: (subject) => subject.haystack.includes(wanted), readsSummary: true }
}

function readKinds(values: readonly string[], rest: string, at: number): Result<Term, FilterError> {
  const wanted = new Set<string>()
  for (const value of values) {
    const kind = filterKinds.find((each) => each === value.toLowerCase())
    if (kind === undefined) {
      return err({
        message: `there is no kind “${value}”: ${filterKinds.join(', ')} are.`,
        at: at + Math.max(0, rest.indexOf(value)),
        length: value.length,
      })
    }
    if (kind === 'reply') for (const each of ['return', 'error', 'outcome']) wanted.add(each)
    else wanted.add(kind)
  }
  return ok({ field: 'kind', test: (subject) => wanted.has(subject.kind), readsSummary: false })
}

function readIds(values: readonly string[], rest: string, at: number): Result<Term, FilterError> {
  const wanted = new Set<number>()
  for (const value of values) {
    if (!/^#?\d{1,15}$/.test(value)) {
      return err({
        message: `“${value}” is no number of a command.`,
        at: at + Math.max(0, rest.indexOf(value)),
        length: value.length,
      })
    }
    wanted.add(Number(value.replace('#', '')))
  }
  return ok({
    field: 'id',
    test: (subject) => subject.exec !== undefined && wanted.has(subject.exec),
    readsSummary: false,
  })
}

function readMeasure(token: Token, parts: RegExpExecArray): Result<Term, FilterError> {
  const measure = (parts[1] ?? '').toLowerCase()
  const operator = parts[2] ?? ''
  const written = parts[3] ?? ''
  const number = /^(\d+(?:\.\d*)?|\.\d+)([a-zµ]*)$/i.exec(written)
  const units = measure === 'latency' ? latencyUnits : sizeUnits
  const unit = (number?.[2] ?? '').toLowerCase()
  if (number === null || !Object.hasOwn(units, unit)) {
    const example = measure === 'latency' ? 'latency>5ms' : 'size>10kB'
    const at = token.at + (token.negated ? 1 : 0) + measure.length + operator.length
    const message =
      number === null
        ? `a number is missing after “${measure}${operator}”, as in ${example}.`
        : `there is no unit “${number[2] ?? ''}” for ${measure}, as in ${example}.`
    return err({ message, at, length: Math.max(1, written.length) })
  }
  const limit = Number(number[1]) * (units[unit] ?? 1)
  const compare = comparer(operator, limit)
  const test: Test =
    measure === 'latency'
      ? (subject) => subject.latencyMs !== undefined && compare(subject.latencyMs)
      : (subject) => compare(subject.bytes)
  return ok({ field: undefined, test, readsSummary: false })
}

function comparer(operator: string, limit: number): (value: number) => boolean {
  switch (operator) {
    case '>':
      return (value) => value > limit
    case '<':
      return (value) => value < limit
    case '>=':
      return (value) => value >= limit
    case '<=':
      return (value) => value <= limit
    default:
      return (value) => value === limit
  }
}

/**
 * A test for a pattern in which `*` stands for any characters; without regard to case. Takes time linear in the text
 * for each piece of the pattern, whatever is typed.
 */
export function globTest(pattern: string): (text: string) => boolean {
  const pieces = pattern.toLowerCase().split('*')
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return (text) => text.toLowerCase() === first
  const last = pieces[pieces.length - 1] ?? ''
  const middle = pieces.slice(1, -1)
  return (text) => {
    const low = text.toLowerCase()
    if (low.length < first.length + last.length) return false
    if (!low.startsWith(first) || !low.endsWith(last)) return false
    const end = low.length - last.length
    let at = first.length
    for (const piece of middle) {
      const found = low.indexOf(piece, at)
      if (found < 0 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
}
