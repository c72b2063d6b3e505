/** Shared by the readers of both forms of the manual: texts into spans, types, versions, examples. */
import { marks, withoutMarks } from './roff.ts'
import { unsaid } from '../reference.ts'
import type { DocBlock, Definition, Example, ExampleLine, DocSpan, TypeRef } from '../reference.ts'

/** A definition while it is being read: its lists grow. */
export type DefinitionDraft = {
  -readonly [Key in keyof Definition]: Definition[Key] extends readonly (infer Item)[]
    ? Item[]
    : Definition[Key]
}

/** An empty definition. */
export function draftOf(
  kind: Definition['kind'],
  name: string,
  chapters: readonly string[],
): DefinitionDraft {
  const lists = { doc: [], members: [], includes: [], variants: [], returnsDoc: [], errors: [], features: [] }
  return { ...unsaid, ...lists, examples: [], kind, name, chapters: [...chapters] }
}

/** A text on one line: the blanks around a line end are one. */
function joinLines(text: string): string {
  if (!text.includes('\n')) return text
  const lines = text.split('\n')
  const last = lines.length - 1
  return lines
    .map((line, index) => (index === 0 ? line.trimEnd() : index === last ? line.trimStart() : line.trim()))
    .filter((line, index) => line !== '' || index === 0 || index === last)
    .join(' ')
}

/** The spans of a decoded text: bold is a name or a literal, lines are joined. */
export function spansOf(text: string): DocSpan[] {
  const spans: DocSpan[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') spans.push(plain)
    plain = ''
  }
  const parts = joinLines(text).split(/([\ue000-\ue002])/)
  let font: string = marks.end
  for (const part of parts) {
    if (part === marks.bold || part === marks.italic || part === marks.end) font = part
    else if (part === '') continue
    else if (font === marks.bold && part.trim() !== '') {
      flush()
      spans.push(/^[A-Za-z_][\w-]*$/.test(part) ? { ref: part } : { code: part })
    } else plain += part
  }
  flush()
  return spans
}

/** A paragraph, or nothing where there is no text. */
export function paragraph(text: string): DocBlock[] {
  const clean = text.trim()
  return withoutMarks(clean) === '' ? [] : [{ kind: 'paragraph', spans: spansOf(clean) }]
}

const undocumented = /^Not documented\.?$/i

/** Whether a text says that there is none. */
export function saysNothing(text: string): boolean {
  return undocumented.test(withoutMarks(text).trim())
}

/** More levels of arrays than this are no type. */
const deepestList = 16

/** `array of array of X`, `[X]` or `X`. Undefined where it is no type. */
export function typeOf(text: string): TypeRef | undefined {
  let name = withoutMarks(text).trim()
  let list = 0
  // Each level looks at the rest of the text: no type of QAPI has more than two.
  while (list < deepestList) {
    const [, inner] = /^(?:array of |list of )(.+)$/.exec(name) ?? /^\[(.*)\]$/.exec(name) ?? []
    if (inner === undefined) break
    name = inner.trim()
    list += 1
  }
  return /^[A-Za-z_][\w.-]*$/.test(name) ? { name, list } : undefined
}

/** The examples of a literal text: what is sent and what is received, told apart by arrows. */
export function exampleOf(title: string | undefined, text: string, literal: string): Example {
  const lines: { direction: 'sent' | 'received'; parts: string[] }[] = []
  for (const line of literal.split('\n')) {
    const [, arrow, rest] = /^\s*(->|<-)\s?(.*)$/.exec(line) ?? []
    if (arrow !== undefined) {
      lines.push({ direction: arrow === '->' ? 'sent' : 'received', parts: [rest ?? ''] })
    } else lines.at(-1)?.parts.push(line)
  }
  return {
    title,
    text: lines.length > 0 ? text : [text, literal].filter((each) => each !== '').join('\n'),
    lines: lines.map(({ direction, parts }): ExampleLine => ({ direction, text: asText(parts) })),
  }
}

/** Lines without the margin that they share, up to a blank one that only a comment follows. */
function asText(lines: readonly string[]): string {
  const kept = lines.map((each) => each.trimEnd())
  while (kept.at(-1) === '') kept.pop()
  // A line that only numbers the next example.
  while (kept.length > 1 && /^\s*(\d+\.?|\.\.\.)?$/.test(kept.at(-1) ?? '')) kept.pop()
  const margins = kept
    .slice(1)
    .filter((each) => each.trim() !== '')
    .map((each) => each.search(/\S/))
  const margin = margins.length === 0 ? 0 : margins.reduce((least, each) => Math.min(least, each))
  return kept.map((each, index) => (index === 0 ? each : each.slice(margin))).join('\n')
}
