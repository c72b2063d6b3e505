/**
 * Documentation comments of the QAPI schema language, in the forms that they had from QEMU 2.8 to 11.1.
 * Tested by workers/qapi/reference/lang/lang.test.ts.
 * @qapi qapi-code-gen, "Documentation comments"
 */
import { own } from '#base/own.ts'
import type { DocBlock, Doc, Example, DocSpan } from '../reference.ts'
import { exampleOf } from '../manual/parts.ts'

/** What a comment says of a definition. */
export interface SymbolDoc {
  readonly name: string
  readonly body: Doc
  /** Texts by member, argument or value. */
  readonly members: ReadonlyMap<string, Doc>
  readonly features: ReadonlyMap<string, Doc>
  readonly returns: Doc
  readonly errors: Doc
  readonly since: string | undefined
  readonly examples: readonly Example[]
}

interface Section {
  readonly kind:
    'body' | 'member' | 'feature' | 'returns' | 'errors' | 'since' | 'example' | 'note' | 'features'
  readonly title: string
  readonly lines: string[]
}

/** The titles of a free comment: `= Title`, `== Subtitle`, or a line between or above lines of `*` or `=`. */
export function titlesOf(
  lines: readonly string[],
): readonly { readonly level: 1 | 2; readonly text: string }[] {
  const titles: { level: 1 | 2; text: string }[] = []
  lines.forEach((line, index) => {
    const [, signs, text] = /^(={1,2}) +(\S.*)$/.exec(line) ?? []
    if (text !== undefined) titles.push({ level: signs === '=' ? 1 : 2, text })
    const under = lines[index + 1] ?? ''
    if (line.trim() !== '' && /^(\*{3,}|={3,}|-{3,})$/.test(under) && !/^(\*|=|-){3,}$/.test(line)) {
      titles.push({ level: under.startsWith('*') ? 1 : 2, text: line.trim() })
    }
  })
  return titles
}

/** Read the comment of a definition. Undefined where it is a free one. */
export function readDoc(lines: readonly string[]): SymbolDoc | undefined {
  const name = /^@([\w.-]+):\s*$/.exec(lines[0] ?? '')?.[1]
  if (name === undefined) return undefined
  const sections = cut(lines.slice(1))
  const joined = (kind: Section['kind']): Doc =>
    sections.filter((each) => each.kind === kind).flatMap((each) => blocksOf(each.lines))
  const named = (kind: 'member' | 'feature'): Map<string, Doc> =>
    new Map(sections.filter((each) => each.kind === kind).map((each) => [each.title, blocksOf(each.lines)]))
  const notes = sections
    .filter((each) => each.kind === 'note')
    .map((each): DocBlock => ({ kind: 'note', title: each.title, blocks: blocksOf(each.lines) }))
  const since = sections.find((each) => each.kind === 'since')?.lines.join(' ')
  return {
    name,
    body: [...joined('body'), ...notes],
    members: named('member'),
    features: named('feature'),
    returns: joined('returns'),
    errors: joined('errors'),
    since: since === undefined ? undefined : /\d+(?:\.\d+)*/.exec(since)?.[0],
    examples: sections.filter((each) => each.kind === 'example').map(exampleIn),
  }
}

const tagged: Readonly<Record<string, Section['kind']>> = {
  Returns: 'returns',
  Errors: 'errors',
  Since: 'since',
  Features: 'features',
  Example: 'example',
  Examples: 'example',
  Note: 'note',
  Notes: 'note',
  TODO: 'note',
}

/** Cut a comment into its sections. */
function cut(lines: readonly string[]): Section[] {
  let section: Section = { kind: 'body', title: '', lines: [] }
  const sections = [section]
  let inFeatures = false
  const begin = (kind: Section['kind'], title: string, rest: string): void => {
    section = { kind, title, lines: rest === '' ? [] : [rest] }
    sections.push(section)
  }
  for (const line of lines) {
    const [head, member] = /^@([\w.-]+):/.exec(line) ?? []
    const [tagHead, tag = ''] = /^(Returns|Errors|Since|Features|Examples?|Notes?|TODO):/.exec(line) ?? []
    const [directiveHead, directive] =
      /^\.\. (qmp-example|note|caution|warning|admonition|attention)::/.exec(line) ?? []
    const rest = line.slice((head ?? tagHead ?? directiveHead ?? '').length).trimStart()
    const kind = own(tagged, tag)
    if (member !== undefined) begin(inFeatures ? 'feature' : 'member', member, rest)
    else if (kind !== undefined) {
      inFeatures = kind === 'features'
      begin(kind, tag, rest)
    } else if (directive !== undefined) {
      const isExample = directive === 'qmp-example'
      begin(isExample ? 'example' : 'note', isExample ? '' : rest === '' ? directive : rest, '')
    } else if (
      section.kind !== 'body' &&
      line.trim() !== '' &&
      !/^\s/.test(line) &&
      section.lines.at(-1) === ''
    ) {
      // A line in column 0 after a blank one ends a section: the text goes on.
      const isOld =
        section.lines.length > 1 && ['example', 'note'].includes(section.kind) && section.title !== ''
      if (isOld) section.lines.push(line)
      else begin('body', '', line)
    } else section.lines.push(line)
  }
  return sections
}

function exampleIn({ title, lines }: Section): Example {
  const options = lines.filter((each) => /^\s*:\w+:/.test(each))
  const named = options
    .find((each) => each.trimStart().startsWith(':title:'))
    ?.trim()
    .slice(':title:'.length)
    .trimStart()
  const rest = lines.filter((each) => !options.includes(each))
  const first = rest.findIndex((each) => /^\s*(->|<-)/.test(each))
  const words = first < 0 ? '' : rest.slice(0, first).join(' ').trim()
  const literal = (first < 0 ? rest : rest.slice(first)).join('\n').trim()
  return exampleOf(named ?? (/^Examples?$/.test(title) || title === '' ? undefined : title), words, literal)
}

/** Lines as paragraphs, lists and literal texts. */
function blocksOf(lines: readonly string[]): Doc {
  const blocks: DocBlock[] = []
  let paragraph: string[] = []
  let items: string[][] = []
  let ordered = false
  const flush = (): void => {
    if (items.length > 0) blocks.push({ kind: 'list', ordered, items: items.map((each) => blocksOf(each)) })
    else if (paragraph.length > 0) blocks.push({ kind: 'paragraph', spans: spansOf(paragraph.join(' ')) })
    paragraph = []
    items = []
  }
  for (const line of lines) {
    const [head, mark] = /^\s*([-*]|\d+[.)])\s/.exec(line) ?? []
    const text = head === undefined ? undefined : line.slice(head.length).trimStart()
    if (line.trim() === '') {
      if (items.length === 0) flush()
    } else if (text !== undefined && mark !== undefined) {
      if (items.length === 0) flush()
      ordered = /\d/.test(mark)
      items.push([text])
    } else if (items.length > 0 && /^\s/.test(line)) items.at(-1)?.push(line.trim())
    else {
      if (items.length > 0) flush()
      paragraph.push(line.trim())
    }
  }
  flush()
  return blocks
}

/** `@name` and `name` in backticks refer to something. */
function spansOf(text: string): DocSpan[] {
  const spans: DocSpan[] = []
  let from = 0
  for (const found of text.matchAll(/(?<![\w@])@([A-Za-z_][\w-]*)|``([^`]+)``|`([^`]+)`/g)) {
    if (found.index > from) spans.push(text.slice(from, found.index))
    const ref = found[1] ?? found[3]
    if (ref !== undefined && /^[\w.-]+$/.test(ref)) spans.push({ ref })
    else spans.push({ code: found[2] ?? ref ?? '' })
    from = found.index + found[0].length
  }
  if (from < text.length) spans.push(text.slice(from))
  return spans
}
