/**
 * The language of the timeline's filter: what its terms mean. How they are written is in terms.ts, times are in
 * time.ts.
 *
 *     type:BLOCK_JOB_* machine:lab1 since:10m -type:RTC_CHANGE data.device=drive0 latency>5ms "free text"
 *
 * All terms must hold, and each can be turned round by a minus sign. A comma is "or". Terms of one field (type,
 * machine, kind, lane, id, and one member by `=`) that are not negated widen each other: `type:STOP type:RESUME` is
 * either. `is:` narrows: `is:error is:own` is both. `data.x!=1` asks for another value, `-data.x=1` also for none.
 */
import type { RowKind } from '../row.ts'
import { assertNever } from '#base/assert-never.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { listed, printPath, readTerms } from './terms.ts'
import type { MeasureOperator, FilterError, Measure, Operator, PlacedTerm, TermValue } from './terms.ts'
import { readTime } from './time.ts'
import { isFailure, isOwn } from './filter.ts'
import { matchesGlob } from './glob.ts'
import type { NumberBounds, Filter, TextTest, ValueIs, ValueTest } from './filter.ts'
import { lanes } from '../lanes.ts'
import type { Lane } from '../lanes.ts'
import { latencyUnits, sizeUnits } from './values.ts'
import { comparisons, readNumber, unitsOf, boundsOf, valuesOf, compared } from './values.ts'

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
  'gap',
  'line',
  'channel',
] as const

/** What `is:` knows: what failed, and the traffic of the page itself. */
export const marks = ['error', 'own'] as const

type QueryMark = (typeof marks)[number]

/** A machine as far as `machine:` looks at it. */
export interface NamedMachine {
  readonly id: string
  readonly name: string
}

/** A filter that was read. */
export interface ParsedFilter {
  /** Whether the rows of a machine are wanted at all. */
  readonly machines: (machine: NamedMachine) => boolean
  /** For the worker of each of them. */
  readonly filter: Filter
  /** It lets everything through. */
  readonly empty: boolean
  /** It has a time relative to now: read it again after a while. */
  readonly relative: boolean
  /** It mentions the traffic of the page, so the setting beside the filter is ignored. */
  readonly saysOwn: boolean
}

/** What a filter is read with. `now` is in milliseconds since the epoch. */
export interface FilterOptions {
  readonly now: number
  /** Where they are given, a machine that is none of them is an error. */
  readonly machines?: readonly NamedMachine[]
}

/** Read a filter. The failure says what is wrong, where, and what is possible instead. */
export function parseFilter(text: string, options: FilterOptions): Result<ParsedFilter, FilterError> {
  const { terms, error } = readTerms(text)
  const reader = new FilterReader(options)
  for (const term of terms) {
    const failure = reader.add(term)
    if (failure !== undefined) return err(failure)
  }
  return error === undefined ? ok(reader.parsed(terms.length === 0)) : err(error)
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** Puts a filter together term by term. */
class FilterReader {
  readonly #options: FilterOptions
  readonly #filter: Mutable<Filter> = {}
  readonly #machines: string[] = []
  readonly #exceptMachines: string[] = []
  /** Lanes that `lane:` asks for, and those that `is:` with several values leaves. */
  #lanes: ReadonlySet<Lane> | undefined
  #limits: ReadonlySet<Lane> | undefined
  #latency: NumberBounds[] = []
  #size: NumberBounds[] = []
  readonly #texts: TextTest[] = []
  readonly #values: ValueTest[] = []
  /** By their paths: what several terms by `=` ask for. */
  readonly #equal = new Map<string, ValueTest>()
  #isRelative = false
  #saysOwn = false

  constructor(options: FilterOptions) {
    this.#options = options
  }

  /** Take one term. Returns what is wrong with it. */
  add(placed: PlacedTerm): FilterError | undefined {
    const { term } = placed
    switch (term.kind) {
      case 'word':
        this.#texts.push({ find: term.text, matchCase: false, ...(term.not ? { not: true } : {}) })
        return undefined
      case 'measure':
        return this.#addMeasure(placed, term.measure, term.operator, term.value, term.not)
      case 'member':
        return this.#addMember(placed, term.path, term.operator, term.values, term.not)
      case 'field':
        switch (term.field) {
          case 'type':
            this.#widen(term.not ? 'exceptNames' : 'names', term.values)
            return undefined
          case 'machine':
            return this.#addMachines(placed, term.values, term.not)
          case 'kind':
            return this.#addKinds(placed, term.values, term.not)
          case 'lane':
            return this.#addLanes(placed, term.values, term.not)
          case 'is':
            return this.#addMarks(placed, term.values, term.not)
          case 'id':
            return this.#addExecs(placed, term.values, term.not)
          case 'since':
          case 'until':
            return this.#addTime(placed, term.field, term.values, term.not)
        }
    }
  }

  parsed(empty: boolean): ParsedFilter {
    const machines = this.#machines
    const except = this.#exceptMachines
    return {
      machines: (machine) =>
        (machines.length === 0 || machines.some((glob) => isMachine(machine, glob))) &&
        !except.some((glob) => isMachine(machine, glob)),
      filter: this.#whole(),
      empty,
      relative: this.#isRelative,
      saysOwn: this.#saysOwn,
    }
  }

  #whole(): Filter {
    const filter = this.#filter
    const asked = this.#lanes
    const limits = this.#limits
    if (asked !== undefined || limits !== undefined) {
      filter.lanes = lanes.filter((lane) => asked?.has(lane) !== false && limits?.has(lane) !== false)
    }
    if (this.#latency.length > 0) filter.latency = this.#latency
    if (this.#size.length > 0) filter.size = this.#size
    if (this.#texts.length > 0) filter.texts = this.#texts
    const values = [...this.#equal.values(), ...this.#values]
    if (values.length > 0) filter.values = values
    return filter
  }

  #widen(list: 'names' | 'exceptNames', more: readonly string[]): void {
    this.#filter[list] = union(this.#filter[list], more)
  }

  #addMachines(placed: PlacedTerm, values: readonly string[], not: boolean): FilterError | undefined {
    const known = this.#options.machines
    const unknown = values.findIndex(
      (value) => known !== undefined && !/[*?]/.test(value) && !known.some((each) => isMachine(each, value)),
    )
    if (known !== undefined && unknown >= 0) {
      const names = known.map((each) => each.name)
      const instead = names.length === 0 ? 'none is known' : `${listed(names.slice(0, 8))} are known`
      return wrong(placed, unknown, `there is no machine “${values[unknown] ?? ''}”: ${instead}.`)
    }
    const list = not ? this.#exceptMachines : this.#machines
    list.push(...values)
    return undefined
  }

  #addKinds(placed: PlacedTerm, values: readonly string[], not: boolean): FilterError | undefined {
    const found: RowKind[] = []
    for (const [index, value] of values.entries()) {
      const kind = filterKinds.find((each) => each === value.toLowerCase())
      if (kind === undefined) {
        return wrong(placed, index, `there is no kind “${value}”: ${listed(filterKinds)} are.`)
      }
      if (kind === 'reply') found.push('return', 'error', 'outcome')
      else found.push(kind)
    }
    const list = not ? 'exceptKinds' : 'kinds'
    this.#filter[list] = union(this.#filter[list], found)
    return undefined
  }

  #addLanes(placed: PlacedTerm, values: readonly string[], not: boolean): FilterError | undefined {
    const found: Lane[] = []
    for (const [index, value] of values.entries()) {
      const asked = value.toLowerCase()
      // Who looks for what a serial line printed means the lines that tell of a failure, too.
      const fitting = lanes.filter(
        (lane) => matchesGlob(lane, asked) || (asked === 'serial' && lane === 'serial-trouble'),
      )
      if (fitting.length === 0)
        return wrong(placed, index, `there is no lane “${value}”: ${listed(lanes)} are.`)
      found.push(...fitting)
    }
    if (found.some((lane) => lane.startsWith('own-'))) this.#saysOwn = true
    if (not) this.#filter.exceptLanes = union(this.#filter.exceptLanes, found)
    else this.#lanes = new Set([...(this.#lanes ?? []), ...found])
    return undefined
  }

  #addMarks(placed: PlacedTerm, values: readonly string[], not: boolean): FilterError | undefined {
    const found = new Set<QueryMark>()
    for (const [index, value] of values.entries()) {
      const mark = marks.find((each) => each === value.toLowerCase())
      if (mark === undefined) {
        return wrong(
          placed,
          index,
          `there is no “is:${value}”: ${listed(marks.map((each) => `is:${each}`))} are.`,
        )
      }
      found.add(mark)
    }
    if (found.has('own')) this.#saysOwn = true
    if (found.size > 1 && !not) {
      this.#limit(lanes.filter((lane) => isOwn(lane) || isFailure(lane)))
      return undefined
    }
    for (const mark of found) {
      const condition = mark === 'own' ? 'own' : 'failures'
      // A condition and its opposite: no row passes.
      if (this.#filter[condition] === not) this.#limit([])
      this.#filter[condition] = !not
    }
    return undefined
  }

  #limit(to: readonly Lane[]): void {
    const before = this.#limits
    this.#limits = new Set(to.filter((lane) => before?.has(lane) !== false))
  }

  #addExecs(placed: PlacedTerm, values: readonly string[], not: boolean): FilterError | undefined {
    const bad = values.findIndex((value) => !/^#?0*[1-9]\d{0,14}$/.test(value))
    if (bad >= 0) {
      return wrong(placed, bad, `“${values[bad] ?? ''}” is no number of a command, as in id:41.`)
    }
    const list = not ? 'exceptExecs' : 'execs'
    this.#filter[list] = union(
      this.#filter[list],
      values.map((value) => Number(value.replace('#', ''))),
    )
    return undefined
  }

  #addTime(
    placed: PlacedTerm,
    field: 'since' | 'until',
    values: readonly string[],
    not: boolean,
  ): FilterError | undefined {
    const [value = '', second] = values
    if (second !== undefined) return wrong(placed, 1, `${field}: takes one time.`)
    const time = readTime(value, this.#options.now)
    if (time === undefined) {
      const what = /^\d+(\.\d+)?$/.test(value) ? `“${value}” has no unit` : `“${value}” is no time`
      return wrong(
        placed,
        0,
        `${what}: ${field}:10m (ms, s, m, h, d), ${field}:14:30 and ${field}:2026-01-31T14:30:05 are.`,
      )
    }
    this.#isRelative ||= time.isRelative
    const filter = this.#filter
    // From a time on, or not before it, is the same.
    if ((field === 'since') !== not) filter.fromMs = Math.max(filter.fromMs ?? time.ms, time.ms)
    else filter.toMs = Math.min(filter.toMs ?? time.ms, time.ms)
    return undefined
  }

  #addMeasure(
    placed: PlacedTerm,
    measure: Measure,
    operator: MeasureOperator,
    written: string,
    not: boolean,
  ): FilterError | undefined {
    const example = measure === 'latency' ? 'latency>5ms' : 'size>10kB'
    const units = measure === 'latency' ? latencyUnits : sizeUnits
    const number = readNumber(written, units)
    if (typeof number === 'string') {
      const message =
        number === ''
          ? `a number is missing after “${measure}${operator}”, as in ${example}.`
          : `there is no unit “${number}” for ${measure}: ${unitsOf(units)} are, as in ${example}.`
      return wrong(placed, 0, message)
    }
    const bounds = { ...boundsOf(operator, number), ...(not ? { not: true } : {}) }
    if (measure === 'latency') this.#latency.push(bounds)
    else this.#size.push(bounds)
    return undefined
  }

  #addMember(
    placed: PlacedTerm,
    path: readonly string[],
    operator: Operator | undefined,
    values: readonly TermValue[],
    not: boolean,
  ): FilterError | undefined {
    let any: readonly ValueIs[]
    switch (operator) {
      case undefined:
        any = [{ kind: 'exists' }]
        break
      case '=':
        any = values.flatMap(valuesOf)
        if (!not) {
          const key = printPath(path)
          any = [...(this.#equal.get(key)?.any ?? []), ...any]
          this.#equal.set(key, { path, any })
          return undefined
        }
        break
      case '!=':
        any = [{ kind: 'none', of: values.flatMap(valuesOf) }]
        break
      case '~':
        any = values.map(({ text }) => ({ kind: 'contains', text }))
        break
      case '>':
      case '>=':
      case '<':
      case '<=': {
        const [value, second] = values
        if (second !== undefined) return wrong(placed, 1, `“${operator}” takes one number.`)
        const number = compared(value?.text ?? '')
        if (number === undefined) {
          return wrong(
            placed,
            0,
            `“${value?.text ?? ''}” is no number, as in data.len${operator}10 or data.len${operator}10MiB.`,
          )
        }
        any = [{ kind: comparisons[operator], value: number }]
        break
      }
      default:
        return assertNever(operator)
    }
    this.#values.push({ path, any, ...(not ? { not: true } : {}) })
    return undefined
  }
}

function union<Type>(before: readonly Type[] | undefined, more: readonly Type[]): Type[] {
  return [...new Set([...(before ?? []), ...more])]
}

function isMachine({ id, name }: NamedMachine, glob: string): boolean {
  const pattern = glob.toLowerCase()
  return matchesGlob(id.toLowerCase(), pattern) || matchesGlob(name.toLowerCase(), pattern)
}

/** The error of one value of a term. */
function wrong(placed: PlacedTerm, index: number, message: string): FilterError {
  const place = placed.values[index] ?? placed
  return { message, at: place.at, length: Math.max(1, 'length' in place ? place.length : 1) }
}
