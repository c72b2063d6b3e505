/**
 * Reads QEMU's reference manuals as man pages. The form changed with QEMU 10.0: before, a definition is a heading with
 * sections after it; since, it is an item with lists inside. Both give the same definitions.
 * Tested by workers/qapi/reference/manual/manual.test.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Definition, Doc, Reference, ReferenceMember } from '../reference.ts'
import { factsIn } from './stated-facts.ts'
import { draftOf, exampleOf, paragraph, saysNothing, typeOf } from './parts.ts'
import type { DefinitionDraft } from './parts.ts'
import { marks, readRoff, withoutMarks } from './roff.ts'
import type { Roff } from './roff.ts'
import { docOf, joinLists, joinNotes, blocksOf, textOf } from './man-texts.ts'

const kinds: Readonly<Record<string, Definition['kind']>> = {
  Command: 'command',
  Event: 'event',
  Object: 'object',
  Struct: 'object',
  Union: 'object',
  Enum: 'enum',
  Alternate: 'alternate',
}

/** Read a man page (the text, not compressed). The failure is a sentence. */
export function readManPage(text: string): Result<Reference, string> {
  const page = readRoff(text)
  const reader = new ManReader()
  for (const piece of page.body) reader.piece(piece)
  const definitions = reader.end()
  if (definitions.length === 0) {
    return err(
      'This is a man page without any command, event or type of QMP: the reference is qemu-qmp-ref.7, qemu-ga-ref.7 or qemu-storage-daemon-qmp-ref.7.',
    )
  }
  const [name, , , version, manual] = page.title
  return ok({
    form: 'man',
    title: reader.title ?? [name, manual].filter((each) => each !== undefined && each !== '').join(', '),
    version: version === undefined || version === '' ? undefined : version,
    definitions,
    issues: reader.issues,
  })
}

/** The definitions of a tree, as any form of the manual gives it. */
export function readTree(body: readonly Roff[]): {
  readonly definitions: readonly Definition[]
  readonly issues: readonly string[]
} {
  const reader = new ManReader()
  for (const piece of body) reader.piece(piece)
  return { definitions: reader.end(), issues: reader.issues }
}

class ManReader {
  title: string | undefined
  readonly issues: string[] = []
  readonly #drafts = new Map<string, DefinitionDraft>()
  #chapters: string[] = []
  /** The definition that a heading began, and the section of it that is being read. */
  #draft: DefinitionDraft | undefined
  #section = ''
  #inName = false

  piece(piece: Roff): void {
    if (piece.kind === 'heading') {
      this.#heading(piece.level, piece.text)
      return
    }
    if (this.#inName && piece.kind === 'paragraph') {
      const text = withoutMarks(piece.text).replace(/\n/g, ' ')
      const dash = text.indexOf('- ')
      const words = dash < 0 ? '' : text.slice(dash + 1).trim()
      if (words !== '') this.title ??= words
      return
    }
    if (piece.kind === 'item' && piece.isTerm && this.#definitionItem(piece.term, piece.body)) return
    if (this.#draft !== undefined) this.#inSection(this.#draft, piece)
    else if (piece.kind === 'block' || piece.kind === 'item') for (const each of piece.body) this.piece(each)
  }

  end(): Definition[] {
    return [...this.#drafts.values()].map((draft) => ({
      ...draft,
      doc: joinLists(draft.doc),
      returnsDoc: joinLists(draft.returnsDoc),
      errors: joinLists(draft.errors),
    }))
  }

  #begin(kind: Definition['kind'], name: string): DefinitionDraft {
    const draft = draftOf(kind, name, this.#chapters)
    if (this.#drafts.has(name)) this.issues.push(`${name} is there twice: the first is used.`)
    else this.#drafts.set(name, draft)
    return draft
  }

  // ── before 10.0: headings ────────────────────────────────────────────────────────────────────────────────────

  #heading(level: 1 | 2, text: string): void {
    this.#inName = false
    const clean = withoutMarks(text)
    const [, name, kind] = /^\ue000([^\ue002]+)\ue002 \((\w+)\)/.exec(text) ?? []
    const known = kind !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    if (level === 2 && name !== undefined && known !== undefined) {
      this.#draft = this.#begin(known, withoutMarks(name))
      this.#section = ''
      return
    }
    if (level === 2 && sections.has(clean)) {
      this.#section = clean
      return
    }
    this.#draft = undefined
    if (level === 1) {
      this.#inName = clean === 'NAME'
      this.#chapters = clean === 'NAME' ? [] : [asTitle(clean)]
    } else this.#chapters = [...this.#chapters.slice(0, 1), clean]
  }

  #inSection(draft: DefinitionDraft, piece: Roff): void {
    switch (this.#section) {
      case '':
        draft.doc.push(...blocksOf([piece]))
        return
      case 'Members':
      case 'Arguments':
      case 'Values':
      case 'Data':
        if (piece.kind === 'item' && piece.isTerm) oldMember(draft, piece.term, piece.body)
        else draft.doc.push(...blocksOf([piece]))
        return
      case 'Features':
        if (piece.kind === 'item') {
          draft.features.push({ name: withoutMarks(piece.term).trim(), doc: docOf(piece.body) })
        }
        return
      case 'Since':
        draft.since ??= /\d+(\.\d+)*/.exec(textOf(piece))?.[0]
        return
      case 'If':
        draft.condition = textOf(piece).trim()
        return
      case 'Returns':
        draft.returnsDoc.push(...blocksOf([piece]))
        return
      case 'Errors':
        draft.errors.push(...blocksOf([piece]))
        return
      case 'Example':
      case 'Examples':
        addExamples(draft, undefined, [piece])
        return
      default:
        draft.doc.push({ kind: 'note', title: this.#section, blocks: blocksOf([piece]) })
    }
  }

  // ── since 10.0: items ────────────────────────────────────────────────────────────────────────────────────────

  #definitionItem(term: string, body: readonly Roff[]): boolean {
    const [, kind = '', name] =
      /^(\w+) +([\w.-]+)(?: +\(Since: ([^)]*)\))?$/.exec(withoutMarks(term).trim()) ?? []
    const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    if (known === undefined || name === undefined) return false
    const draft = this.#begin(known, name)
    this.#draft = undefined
    draft.since = factsIn(withoutMarks(term)).since
    for (const piece of joinNotes(body)) newSection(draft, piece)
    return true
  }
}

const sections = new Set(
  'Members,Arguments,Values,Data,Features,Since,If,Returns,Errors,Example,Examples,Note,Notes,TODO,Todo,Caution,Warning'.split(
    ',',
  ),
)

/** `BLOCK DEVICES` is how a man page writes `Block devices`. */
function asTitle(text: string): string {
  return /[a-z]/.test(text) ? text : text.charAt(0) + text.slice(1).toLowerCase()
}

function oldMember(draft: DefinitionDraft, term: string, body: readonly Roff[]): void {
  const clean = withoutMarks(term)
  const [, type, tag, value] = /^The members of ([\w.-]+)(?: when ([\w.-]+) is "([^"]+)")?/.exec(clean) ?? []
  if (type !== undefined) {
    if (tag === undefined || value === undefined) draft.includes.push(type)
    else addVariant(draft, tag, value, type)
    return
  }
  const [name] = /^[\w.-]+/.exec(clean) ?? []
  if (name === undefined) return
  const bracket = clean.indexOf('(')
  const typed = clean.slice(name.length, bracket < 0 ? undefined : bracket).trimEnd()
  if (typed !== '' && !typed.startsWith(': ')) return
  const rest = bracket < 0 ? '' : clean.slice(bracket)
  const typeText = typed === '' ? undefined : typed.slice(2)
  addMember(draft, name, typeText, rest.includes('(optional)'), conditionIn(rest), docOf(body), body)
}

/** The condition of `(If: X)` at the end of a text. */
function conditionIn(text: string): string | undefined {
  const from = text.indexOf('(If: ')
  return from < 0 || !text.endsWith(')') ? undefined : text.slice(from + '(If: '.length, -1)
}

function addVariant(draft: DefinitionDraft, tag: string, value: string, type: string): void {
  draft.tag ??= tag
  draft.variants.push({ tag, value, type })
}

function addMember(
  draft: DefinitionDraft,
  name: string,
  typeText: string | undefined,
  optional: boolean,
  condition: string | undefined,
  doc: Doc,
  body: readonly Roff[],
): void {
  const words = body.map(textOf).join(' ')
  const facts = factsIn(words)
  const member: ReferenceMember = {
    name,
    type: typeText === undefined ? undefined : typeOf(typeText),
    optional,
    // A value of an enum has none: its text tells of other defaults.
    defaultText: typeText === undefined ? undefined : facts.defaultText,
    doc: saysNothing(words) ? [] : doc,
    since: facts.since,
    features: [],
    condition,
  }
  draft.members.push(member)
}

function newSection(draft: DefinitionDraft, piece: Roff): void {
  if (piece.kind === 'item' && piece.isTerm) {
    const title = withoutMarks(piece.term).trim()
    switch (title) {
      case 'Members':
      case 'Arguments':
      case 'Values':
      case 'Alternatives':
      case 'Data':
        for (const each of piece.body) newMembers(draft, each)
        return
      case 'Features':
        for (const each of piece.body) newFeature(draft, each)
        return
      case 'Return':
      case 'Returns':
        newReturn(draft, piece.body)
        return
      case 'Errors':
        draft.errors.push(...blocksOf(piece.body))
        return
      default:
        draft.doc.push(...blocksOf([piece]))
        return
    }
  }
  if (piece.kind === 'paragraph') {
    const [, condition] = /^Availability: (.+)$/.exec(withoutMarks(piece.text)) ?? []
    if (condition !== undefined) {
      draft.condition = condition
      return
    }
  }
  if (piece.kind === 'block' && addTitled(draft, piece.body)) return
  if (piece.kind === 'item' && addTitled(draft, [piece])) return
  draft.doc.push(...blocksOf([piece]))
}

/** Examples and notes are indented items with a title. */
function addTitled(draft: DefinitionDraft, body: readonly Roff[]): boolean {
  const [first] = body
  if (first?.kind !== 'item' || first.isTerm || !/^\w/.test(first.term) || /^\d/.test(first.term))
    return false
  for (const each of body) {
    if (each.kind !== 'item') {
      draft.doc.push(...blocksOf([each]))
      continue
    }
    const title = withoutMarks(each.term).trim()
    const [head] = /^Example:?/.exec(title) ?? []
    const subject = title.slice(head?.length).trimStart()
    if (head !== undefined) addExamples(draft, subject === '' ? undefined : subject, each.body)
    else draft.doc.push({ kind: 'note', title: title.replace(/:$/, ''), blocks: blocksOf(each.body) })
  }
  return true
}

/** One bullet: `name (type, optional) -- text`, `The members of X.`, `When tag is value: The members of X.` */
function newMembers(draft: DefinitionDraft, piece: Roff): void {
  if (piece.kind === 'block') {
    for (const each of piece.body) newMembers(draft, each)
    return
  }
  if (piece.kind !== 'item') {
    draft.doc.push(...blocksOf([piece]))
    return
  }
  const { text, rest } = headOf(piece.body)
  const clean = withoutMarks(text).replace(/\s+/g, ' ')
  const [, tag, value, type] =
    /^(?:When ([\w.-]+) is (\S+): )?The members of ([\w.-]+?)\.?$/.exec(clean) ?? []
  if (type !== undefined) {
    if (tag === undefined || value === undefined) draft.includes.push(type)
    else addVariant(draft, tag, value, type)
    return
  }
  const [head, name, spec, words] =
    /^\ue000([^\ue002]+)\ue002(?: \(((?:[^()]|\([^()]*\))*)\))?\s*(?:(?:--|–) ([\s\S]*))?/.exec(text) ?? []
  if (head === undefined || name === undefined) return
  const parts = withoutMarks(spec ?? '').split(/,\s*/)
  const body: Roff[] = words === undefined ? [...rest] : [{ kind: 'paragraph', text: words }, ...rest]
  addMember(
    draft,
    withoutMarks(name).trim(),
    parts[0] === '' ? undefined : parts[0],
    parts.includes('optional'),
    undefined,
    docOf(body),
    body,
  )
}

/** The first line of a bullet, and what follows. Where that is a list, the line is a term of its own. */
function headOf(body: readonly Roff[]): { text: string; rest: readonly Roff[] } {
  const [first, ...rest] = body
  if (first?.kind === 'paragraph') return { text: first.text, rest }
  if (first?.kind === 'item' && first.isTerm) return { text: first.term, rest: [...first.body, ...rest] }
  return { text: '', rest: body }
}

function newFeature(draft: DefinitionDraft, piece: Roff): void {
  if (piece.kind === 'block') {
    for (const each of piece.body) newFeature(draft, each)
    return
  }
  if (piece.kind !== 'item') return
  const { text, rest } = headOf(piece.body)
  const [, name, words] = /^\ue000([^\ue002]+)\ue002\s*(?:(?:--|–) ([\s\S]*))?/.exec(text) ?? []
  if (name === undefined) return
  const body: Roff[] = words === undefined ? [...rest] : [{ kind: 'paragraph', text: words }, ...rest]
  const doc = words !== undefined && saysNothing(words) ? [] : docOf(body)
  draft.features.push({ name: withoutMarks(name), doc })
}

function newReturn(draft: DefinitionDraft, body: readonly Roff[]): void {
  const [first, ...rest] = body
  if (first?.kind === 'paragraph') {
    const [head, words = ''] = splitOnce(first.text, / (?:--|–) /)
    const type = typeOf(head.replace(/\s+/g, ''))
    if (type !== undefined && head.includes(marks.bold)) {
      draft.returns = type
      draft.returnsDoc.push(...(saysNothing(words) ? [] : paragraph(words)), ...blocksOf(rest))
      return
    }
  }
  draft.returnsDoc.push(...blocksOf(body))
}

function splitOnce(text: string, separator: RegExp): [string, string?] {
  const found = separator.exec(text)
  return found === null ? [text] : [text.slice(0, found.index), text.slice(found.index + found[0].length)]
}

/** Examples: literal texts with the words before each. */
function addExamples(draft: DefinitionDraft, title: string | undefined, body: readonly Roff[]): void {
  let words = ''
  const walk = (pieces: readonly Roff[]): void => {
    for (const piece of pieces) {
      if (piece.kind === 'literal') {
        draft.examples.push(exampleOf(title, words, piece.text))
        words = ''
      } else if (piece.kind === 'block' || piece.kind === 'item') walk(piece.body)
      else {
        const more = withoutMarks(textOf(piece)).replace(/\s+/g, ' ')
        if (words !== '' && more !== '') words += '\n'
        words += more
      }
    }
  }
  walk(body)
  if (words !== '') draft.examples.push({ title, text: words, lines: [] })
}
