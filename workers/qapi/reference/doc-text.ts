/** Documentation as plain text: for search, one-line summaries and copies. */
import type { DocBlock, Definition, Doc, DocSpan } from './reference.ts'

/** The text of a span. */
export function spanText(span: DocSpan): string {
  return typeof span === 'string' ? span : 'code' in span ? span.code : span.ref
}

/** The text of some documentation, blocks apart by a blank. */
export function docText(doc: Doc): string {
  return doc.map(blockText).join(' ')
}

function blockText(block: DocBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return block.spans.map(spanText).join('')
    case 'list':
      return block.items.map(docText).join(' ')
    case 'literal':
      return block.text
    case 'note':
      return docText(block.blocks)
  }
}

/** The first sentence of some documentation, or ''. */
export function firstSentence(doc: Doc): string {
  const paragraph = doc.find((each) => each.kind === 'paragraph')
  if (paragraph === undefined) return ''
  const text = blockText(paragraph).replace(/\s+/g, ' ').trim()
  // A sentence ends before a blank and a capital; "e.g. a disk" and "10.0" do not end one.
  const end = /[.!?](?= +[A-Z"'(]|$)/.exec(text)
  return end === null ? text : text.slice(0, end.index + 1)
}

/** Everything that a definition says, for search. */
export function definitionText(definition: Definition): string {
  return [
    docText(definition.doc),
    ...definition.members.map((each) => docText(each.doc)),
    ...definition.features.map((each) => docText(each.doc)),
    docText(definition.returnsDoc),
    docText(definition.errors),
  ]
    .filter((each) => each !== '')
    .join(' ')
}
