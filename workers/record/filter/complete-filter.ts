/**
 * Completion for the filter's box: what can stand where the caret is. Pure: the page draws the list and puts the text
 * of an option in the place of `from` to `to`.
 */
import { own } from '#base/own.ts'
import { filterKinds, marks } from './language.ts'
import { latencyUnits, sizeUnits } from './values.ts'
import { measures, quoteValue, readTerms, roots } from './terms.ts'
import { durationUnits } from './time.ts'
import { lanes } from '../lanes.ts'

/** What completion knows of the machines and their schemas. */
export interface FilterContext {
  /** Events and commands. */
  readonly names: readonly string[]
  readonly machines: readonly { readonly id: string; readonly name: string }[]
  /**
   * The members of the messages of an event or a command. A path is as in a filter, its root included:
   * `data.device`, `arguments.node-name`. `values` are those of an enum.
   */
  readonly dataPaths?: (name: string) => readonly DataPath[]
}

/** A member, and what it can be where that is known. */
export interface DataPath {
  readonly path: string
  readonly values?: readonly string[]
}

/** One option. `text` is put in, `label` is shown, `detail` describes it. */
export interface CompletionOption {
  readonly text: string
  readonly label: string
  readonly detail: string
}

/** The options for the part between two places of the text, the best first; none where nothing is known. */
export interface FilterCompletion {
  readonly from: number
  readonly to: number
  readonly options: readonly CompletionOption[]
}

const mostOptions = 50

const fieldOptions: readonly CompletionOption[] = [
  { text: 'type:', label: 'type:', detail: 'name of an event or a command' },
  { text: 'kind:', label: 'kind:', detail: 'command, reply, event, …' },
  { text: 'since:', label: 'since:', detail: 'from then on: 10m, 14:30' },
  { text: 'until:', label: 'until:', detail: 'before then: 10m, 14:30' },
  { text: 'machine:', label: 'machine:', detail: 'name of a machine' },
  { text: 'lane:', label: 'lane:', detail: 'subsystem: jobs, block, …' },
  { text: 'is:', label: 'is:', detail: 'error, own' },
  { text: 'id:', label: 'id:', detail: 'number of a command' },
  { text: 'latency>', label: 'latency>', detail: 'slower than: 5ms' },
  { text: 'size>', label: 'size>', detail: 'larger than: 10kB' },
  { text: 'data.', label: 'data.', detail: 'member of an event' },
  { text: 'arguments.', label: 'arguments.', detail: 'member of a command' },
  { text: 'return.', label: 'return.', detail: 'member of a return' },
  { text: 'error.', label: 'error.', detail: 'member of an error' },
]

const unitNames: Readonly<Record<string, string>> = {
  us: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  B: 'bytes',
  kB: '1000 bytes',
  MB: '1000 kB',
  GB: '1000 MB',
  KiB: '1024 bytes',
  MiB: '1024 KiB',
  GiB: '1024 MiB',
}

const kindDetails: Readonly<Record<(typeof filterKinds)[number], string>> = {
  command: 'sent to the machine',
  return: 'reply without an error',
  error: 'reply with an error',
  outcome: 'no reply came',
  reply: 'return, error or outcome',
  event: 'sent by the machine',
  raw: 'line sent as it is',
  state: 'state of the connection',
  problem: 'what went wrong on the wire',
  gap: 'nothing was recorded',
  line: 'printed by a serial line',
  channel: 'a screen or a serial line came, went or was lost',
}

/** What can stand at the caret, which counts characters from 0. */
export function completeFilter(text: string, caret: number, context: FilterContext): FilterCompletion {
  const term = termAt(text, caret)
  const none: FilterCompletion = { from: caret, to: caret, options: [] }
  if (term === undefined) return none
  const { from, to } = term
  // The text after the caret decides nothing, but is replaced with the rest of the term.
  const head = text.slice(from, caret)
  const field = /^([a-z]+):/i.exec(head)
  if (field !== null) {
    const name = (field[1] ?? '').toLowerCase()
    return atValue(text, from + field[0].length, caret, to, valuesOf(name, context))
  }
  const measure = /^(latency|size)(>=|<=|>|<|=)/i.exec(head)
  if (measure !== null) {
    const isLatency = measures.find((each) => each === (measure[1] ?? '').toLowerCase()) === 'latency'
    const units = Object.keys(isLatency ? latencyUnits : sizeUnits)
    const examples = isLatency ? ['1ms', '5ms', '100ms', '1s'] : ['1kB', '10kB', '1MB']
    return atValue(text, from + measure[0].length, caret, to, {
      options: () => examples.map((each) => option(each, isLatency ? 'time' : 'size')),
      units,
    })
  }
  const member =
    /^((?:data|arguments|return|error)[.[](?:"(?:[^"\\]|\\.)*"|[^\s"=!<>~:])*?)(!=|>=|<=|=|>|<|~)/i.exec(head)
  if (member !== null) {
    const path = member[1] ?? ''
    const known = pathsOf(text, context).find((each) => each.path === path)
    return atValue(text, from + member[0].length, caret, to, {
      options: () => (known?.values ?? []).map((each) => option(each, path)),
      units: [],
    })
  }
  if (/["\s]/.test(head)) return none
  // Only the name is replaced: the value after it, as in `ty|pe:STOP`, is still wanted.
  const end = caret + (/^[^\s:=!<>~,"]*/.exec(text.slice(caret, to))?.[0].length ?? 0)
  // Nothing is offered directly before a term.
  if (head === '' && end > caret) return none
  const paths = pathsOf(text, context).map((each) => ({
    text: each.path,
    label: each.path,
    detail: each.values?.join(', ') ?? 'member',
  }))
  const isMember = roots.some((root) => head.toLowerCase().startsWith(`${root}.`))
  if (isMember) return { from, to: end, options: ranked(paths, head) }
  const hasSign = /[:=<>]/.test(text.slice(end, end + 1))
  const found = ranked(fieldOptions, head).map((each) =>
    hasSign ? { ...each, text: each.text.replace(/[:>]$/, '') } : each,
  )
  // A name alone would be a search for text. People mean the type more often.
  const names =
    head === '' || hasSign
      ? []
      : context.names.map((name) => ({ text: `type:${quoteValue(name)}`, label: name, detail: 'type' }))
  return {
    from,
    to: end,
    options: [...found, ...ranked([...paths, ...names], head)].slice(0, mostOptions),
  }
}

/** The options after a colon or an operator. */
interface ValueOptions {
  /** Without those that are already in the list. */
  readonly options: () => readonly CompletionOption[]
  /** What can follow a number. */
  readonly units: readonly string[]
}

function valuesOf(field: string, context: FilterContext): ValueOptions {
  switch (field) {
    case 'type':
      return { options: () => context.names.map((name) => option(name, 'type')), units: [] }
    case 'machine':
      return {
        options: () =>
          context.machines.map(({ id, name }) => ({
            text: quoteValue(name === '' ? id : name),
            label: name,
            detail: id,
          })),
        units: [],
      }
    case 'kind':
      return { options: () => filterKinds.map((kind) => option(kind, kindDetails[kind])), units: [] }
    case 'lane':
      return { options: () => lanes.map((lane) => option(lane, 'lane')), units: [] }
    case 'is':
      return {
        options: () =>
          marks.map((mark) => option(mark, mark === 'error' ? 'what failed' : 'traffic of this page')),
        units: [],
      }
    case 'since':
    case 'until':
      return {
        options: () => ['1m', '10m', '1h', '1d'].map((each) => option(each, 'before now')),
        units: Object.keys(durationUnits).filter((unit) => unit !== 'min'),
      }
    default:
      return { options: () => [], units: [] }
  }
}

function option(value: string, detail: string): CompletionOption {
  return { text: quoteValue(value), label: value, detail }
}

/** The options for one value of a list that begins at `from`. */
function atValue(
  text: string,
  from: number,
  caret: number,
  to: number,
  values: ValueOptions,
): FilterCompletion {
  const items = itemsOf(text, from, to)
  const item = items.find((each) => caret <= each.to) ?? { from: caret, to: caret }
  const typed = text.slice(item.from, caret)
  // An unclosed quotation mark contains the rest of the text, which stays.
  const isOpen = item.from < item.to && text[item.from] === '"' && !isClosed(text.slice(item.from, item.to))
  const place = { from: item.from, to: isOpen ? caret : item.to }
  const number = /^\d[\da-z.]*$/i.test(typed) ? (/^[\da-z.]*\d/i.exec(typed)?.[0] ?? '') : ''
  if (number !== '' && values.units.length > 0) {
    const options = Object.keys(unitNames)
      .filter((unit) => values.units.includes(unit.toLowerCase()))
      .map((unit) => ({ text: number + unit, label: number + unit, detail: own(unitNames, unit) ?? '' }))
    return { ...place, options: ranked(options, typed) }
  }
  const others = new Set(
    items.filter((each) => each !== item).map((each) => text.slice(each.from, each.to).toLowerCase()),
  )
  const options = values.options().filter((each) => !others.has(each.text.toLowerCase()))
  return { ...place, options: ranked(options, typed.replace(/^"/, '')) }
}

function isClosed(quoted: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/s.test(quoted)
}

/** The values of a list, as they are written: with commas between them, which do not count in quotation marks. */
function itemsOf(
  text: string,
  from: number,
  to: number,
): readonly { readonly from: number; readonly to: number }[] {
  const items: { from: number; to: number }[] = []
  let begin = from
  let isQuoted = false
  for (let at = from; at <= to; at += 1) {
    if (at < to && isQuoted && text[at] === '\\') at += 1
    else if (at < to && text[at] === '"' && (isQuoted || at === begin)) isQuoted = !isQuoted
    else if (at === to || (text[at] === ',' && !isQuoted)) {
      items.push({ from: begin, to: at })
      begin = at + 1
    }
  }
  return items
}

/**
 * The term that the caret is in or at the end of, without its minus sign; one of no length between terms. Undefined
 * inside a quoted text, where anything can stand. An unfinished term counts as well.
 */
function termAt(text: string, caret: number): { readonly from: number; readonly to: number } | undefined {
  let at = 0
  while (at < caret) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1
      continue
    }
    const from = text[at] === '-' ? at + 1 : at
    const to = endOfTerm(text, from)
    if (to >= caret) {
      return text[from] === '"' || caret < from ? undefined : { from, to }
    }
    at = Math.max(to, at + 1)
  }
  return { from: caret, to: endOfTerm(text, caret) }
}

/** Up to a blank that is not in quotation marks. These begin a term, or a value or a name inside one. */
function endOfTerm(text: string, from: number): number {
  let at = from
  let isQuoted = false
  for (; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (isQuoted && char === '\\') at += 1
    else if (char === '"' && (isQuoted || at === from || /[:,.=<>~]/.test(text[at - 1] ?? '')))
      isQuoted = !isQuoted
    else if (!isQuoted && /\s/.test(char)) break
  }
  return Math.min(at, text.length)
}

/** The members that messages have, where the terms that can be read ask for one type. */
function pathsOf(text: string, context: FilterContext): readonly DataPath[] {
  const types = readTerms(text).terms.flatMap(({ term }) =>
    term.kind === 'field' && term.field === 'type' && !term.not ? term.values : [],
  )
  const [type, second] = types
  if (type === undefined || second !== undefined) return []
  const name = context.names.find((each) => each.toLowerCase() === type.toLowerCase())
  return name === undefined ? [] : (context.dataPaths?.(name) ?? [])
}

/** Those that begin with what is typed, then those that have it inside; what is written in full already is left out. */
function ranked(options: readonly CompletionOption[], typed: string): readonly CompletionOption[] {
  const wanted = typed.toLowerCase()
  const place = ({ label, text }: CompletionOption): number => {
    const low = label.toLowerCase()
    if (low === wanted && text === typed) return -1
    return low.indexOf(wanted)
  }
  // A match of the typed case comes first: `BLOCK` begins events, `block` commands.
  const asTyped = ({ label }: CompletionOption): boolean => label.startsWith(typed)
  const first = options.filter((each) => place(each) === 0)
  const second = options.filter((each) => place(each) > 0)
  return [...first.filter(asTyped), ...first.filter((each) => !asTyped(each)), ...second].slice(
    0,
    mostOptions,
  )
}
