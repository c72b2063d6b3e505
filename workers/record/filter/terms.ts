/**
 * The terms of a filter as they are written: reading, printing, adding and taking away. What they mean is in
 * language.ts.
 *
 *     filter  := { term }
 *     term    := ["-"] ( field ":" values | measure op number [unit] | member [op values] | quoted | word )
 *     field   := "type" | "machine" | "kind" | "lane" | "is" | "id" | "since" | "until"
 *     measure := "latency" | "size"
 *     member  := ("data" | "arguments" | "return" | "error") { "." name | "." quoted | "[" index "]" }
 *     op      := "=" | "!=" | ">" | ">=" | "<" | "<=" | "~"
 *     values  := value { "," value }      value := quoted | characters without blanks and commas
 *     quoted  := '"' characters '"'       in which \" stands for a quotation mark and \\ for a backslash
 * Tested by workers/record/filter/language.test.ts.
 */

/** The fields, written with a colon. */
export const fields = ['type', 'machine', 'kind', 'lane', 'is', 'id', 'since', 'until'] as const

export type Field = (typeof fields)[number]

/** What is measured of a row. */
export const measures = ['latency', 'size'] as const

export type Measure = (typeof measures)[number]

/** The members of a message that a path can begin with. */
export const roots = ['data', 'arguments', 'return', 'error'] as const

/** The operators; longer ones first, so that the first that fits is the one that is meant. */
export const operators = ['!=', '>=', '<=', '=', '>', '<', '~'] as const

export type Operator = (typeof operators)[number]

/** The operators for what is measured. */
export type MeasureOperator = Exclude<Operator, '!=' | '~'>

const comparisons = operators.filter((each) => each !== '!=' && each !== '~')

/** A value of a member. A quoted one is a string as it is; any other may be a number, a literal or a pattern. */
export interface TermValue {
  readonly text: string
  readonly quoted: boolean
}

/** One term. `not` is the minus sign. */
export type Term = { readonly not: boolean } & (
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'field'; readonly field: Field; readonly values: readonly string[] }
  | {
      readonly kind: 'measure'
      readonly measure: Measure
      readonly operator: MeasureOperator
      readonly value: string
    }
  /** `path` begins with one of `roots` and goes on. Without an operator: the member is there. */
  | {
      readonly kind: 'member'
      readonly path: readonly string[]
      readonly operator: Operator | undefined
      readonly values: readonly TermValue[]
    }
)

/** What is wrong with a filter. `at` counts characters from 0 and is inside the text or at its end. */
export interface FilterError {
  readonly message: string
  readonly at: number
  readonly length: number
}

/** A term and where it is: from `at`, with its minus sign, to `end` (not included). */
export interface PlacedTerm {
  readonly term: Term
  readonly at: number
  readonly end: number
  /** Where its values are. */
  readonly values: readonly { readonly at: number; readonly length: number }[]
}

/** What could be read of a text. */
export interface ReadTerms {
  /** All terms, or those before the error. */
  readonly terms: readonly PlacedTerm[]
  readonly error: FilterError | undefined
  /** Where the term with the error begins; the end of the text where there is none. */
  readonly readTo: number
}

/** Read a text as terms. What a field or a measure makes of its values is not looked at. */
export function readTerms(text: string): ReadTerms {
  const terms: PlacedTerm[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isBlank(text[at])) at += 1
    if (at >= text.length) return { terms, error: undefined, readTo: at }
    try {
      const term = readTerm(text, at)
      terms.push(term)
      at = term.end
    } catch (failure) {
      if (!(failure instanceof Unreadable)) throw failure
      return { terms, error: failure.error, readTo: at }
    }
  }
}

/** Carries an error out of the reading functions; nobody else sees it. */
class Unreadable extends Error {
  readonly error: FilterError

  constructor(message: string, at: number, length: number) {
    super(message)
    this.error = { message, at, length }
  }
}

interface TermValues {
  readonly values: readonly TermValue[]
  readonly places: readonly { readonly at: number; readonly length: number }[]
  readonly end: number
}

function readTerm(text: string, at: number): PlacedTerm {
  const not = text[at] === '-'
  const from = not ? at + 1 : at
  if (from >= text.length || isBlank(text[from])) {
    throw new Unreadable('a minus sign needs something to leave out.', at, 1)
  }
  if (text[from] === '"') {
    const { value, end } = readQuoted(text, from)
    if (value === '') throw new Unreadable('there is nothing between the quotation marks.', from, 2)
    return { term: { kind: 'word', not, text: value }, at, end, values: [{ at: from, length: end - from }] }
  }
  const rest = text.slice(from, endOfWord(text, from))
  const measure = /^(latency|size)(>=|<=|>|<|=)/i.exec(rest)
  if (measure !== null) {
    const place = from + measure[0].length
    const value = rest.slice(measure[0].length)
    const term: Term = {
      kind: 'measure',
      not,
      measure: measures.find((each) => each === measure[1]?.toLowerCase()) ?? 'size',
      operator: comparisons.find((each) => each === measure[2]) ?? '=',
      value,
    }
    return { term, at, end: from + rest.length, values: [{ at: place, length: value.length }] }
  }
  const root = /^(data|arguments|return|error)(?=[.[])/i.exec(rest)
  if (root !== null) return readMember(text, at, not, root[0])
  const colon = rest.indexOf(':')
  if (colon <= 0) {
    const end = from + rest.length
    return { term: { kind: 'word', not, text: rest }, at, end, values: [{ at: from, length: rest.length }] }
  }
  const name = rest.slice(0, colon)
  const field = fields.find((each) => each === name.toLowerCase())
  if (field === undefined) {
    throw new Unreadable(
      `there is no field “${name}”: ${listed(fields)} are. Put text with a colon in quotation marks.`,
      at,
      from + rest.length - at,
    )
  }
  const { values, places, end } = readValues(text, from + colon + 1, `${field}:`)
  return {
    term: { kind: 'field', not, field, values: values.map((each) => each.text) },
    at,
    end,
    values: places,
  }
}

function readMember(text: string, start: number, not: boolean, root: string): PlacedTerm {
  const path = [root.toLowerCase()]
  let at = start + (not ? 1 : 0)
  const begin = at
  at += root.length
  while (text[at] === '.' || text[at] === '[') {
    const index = /^\[(\d{1,9})\]/.exec(text.slice(at, at + 12))
    if (index !== null) {
      path.push(index[1] ?? '')
      at += index[0].length
    } else if (text[at] === '[') {
      throw new Unreadable('an index is a number in brackets, as in [0].', at, 1)
    } else if (text[at + 1] === '"') {
      const { value, end } = readQuoted(text, at + 1)
      path.push(value)
      at = end
    } else {
      let end = at + 1
      while (end < text.length && isNameCharacter(text[end])) end += 1
      if (end === at + 1) {
        throw new Unreadable(
          `a name is missing after “${text.slice(begin, end)}”, as in data.device=drive0. Put text in quotation marks.`,
          end,
          1,
        )
      }
      path.push(text.slice(at + 1, end))
      at = end
    }
  }
  const operator = operators.find((each) => text.startsWith(each, at))
  if (operator !== undefined) {
    const written = text.slice(begin, at + operator.length)
    const { values, places, end } = readValues(text, at + operator.length, written)
    return { term: { kind: 'member', not, path, operator, values }, at: start, end, values: places }
  }
  if (at < text.length && !isBlank(text[at])) {
    throw new Unreadable(
      `“${text[at] ?? ''}” cannot follow “${text.slice(begin, at)}”: ${listed(operators)} can, and a blank. Put text in quotation marks.`,
      at,
      1,
    )
  }
  return { term: { kind: 'member', not, path, operator, values: [] }, at: start, end: at, values: [] }
}

/** Read values with commas between them, up to a blank. Nothing between two commas is passed over. */
function readValues(text: string, from: number, after: string): TermValues {
  const values: TermValue[] = []
  const places: { at: number; length: number }[] = []
  let at = from
  for (;;) {
    const begin = at
    if (text[at] === '"') {
      const { value, end } = readQuoted(text, at)
      values.push({ text: value, quoted: true })
      places.push({ at: begin, length: end - begin })
      at = end
      if (at < text.length && !isBlank(text[at]) && text[at] !== ',') {
        throw new Unreadable('a blank is needed after the closing quotation mark.', at, 1)
      }
    } else {
      while (at < text.length && !isBlank(text[at]) && text[at] !== ',') at += 1
      if (at > begin) {
        values.push({ text: text.slice(begin, at), quoted: false })
        places.push({ at: begin, length: at - begin })
      }
    }
    if (text[at] !== ',') break
    at += 1
  }
  if (values.length === 0) throw new Unreadable(`a value is missing after “${after}”.`, from, 1)
  return { values, places, end: at }
}

function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } {
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '"') return { value, end: at + 1 }
    if (char === '\\' && at + 1 < text.length) {
      at += 1
      value += text[at] ?? ''
    } else {
      value += char
    }
  }
  throw new Unreadable('the closing quotation mark is missing.', from, text.length - from)
}

function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !isBlank(text[at])) at += 1
  return at
}

function isBlank(char: string | undefined): boolean {
  return char !== undefined && /\s/.test(char)
}

/** What a name in a path consists of when it is not quoted. */
function isNameCharacter(char: string | undefined): boolean {
  return char !== undefined && /[^\s."[\]=!<>~,:]/.test(char)
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** A text in quotation marks. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** A value for behind a colon: quoted where it has to be. The empty text is quoted. */
export function quoteValue(text: string): string {
  return text === '' || /[\s,]/.test(text) || text.startsWith('"') ? quote(text) : text
}

/** A term as it is written. Reading it gives the same term again. */
export function printTerm(term: Term): string {
  return `${term.not ? '-' : ''}${body(term)}`
}

function body(term: Term): string {
  switch (term.kind) {
    case 'word': {
      // What would be read as something else is quoted.
      const read = readTerms(term.text)
      const plain = read.terms[0]?.term
      const isPlain =
        read.error === undefined &&
        read.terms.length === 1 &&
        plain?.kind === 'word' &&
        !plain.not &&
        plain.text === term.text
      return isPlain ? term.text : quote(term.text)
    }
    case 'field':
      return `${term.field}:${term.values.map(quoteValue).join(',')}`
    case 'measure':
      return `${term.measure}${term.operator}${term.value}`
    case 'member': {
      const values = term.values.map((each) => (each.quoted ? quote(each.text) : quoteValue(each.text)))
      return `${printPath(term.path)}${term.operator ?? ''}${values.join(',')}`
    }
  }
}

/** A path as it is written: `data.nodes[0].node-name`. */
export function printPath(path: readonly string[]): string {
  const [root = '', ...rest] = path
  const steps = rest.map((step) => {
    if (/^\d{1,9}$/.test(step)) return `[${step}]`
    return `.${step !== '' && Array.from({ length: step.length }, (_, at) => step[at]).every(isNameCharacter) ? step : quote(step)}`
  })
  return root + steps.join('')
}

/** Whether a string that is not quoted is read as that string. */
export function isPlainString(text: string): boolean {
  return quoteValue(text) === text && !/[*?]/.test(text) && !isLiteral(text)
}

/** Whether a value is a number or another literal of JSON. */
export function isLiteral(text: string): boolean {
  return /^(true|false|null)$/.test(text) || isNumber(text)
}

/** Whether a value is a number of JSON. */
export function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)
}
