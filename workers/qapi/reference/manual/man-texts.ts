/** The texts of a man page as blocks: paragraphs, lists, notes. */
import type { DocBlock, Doc } from '../reference.ts'
import { paragraph, spansOf } from './parts.ts'
import { withoutMarks } from './roff.ts'
import type { Roff } from './roff.ts'

export function docOf(body: readonly Roff[]): Doc {
  return blocksOf(body)
}

/** Pieces came one by one: lists that follow each other are one. */
export function joinLists(blocks: readonly DocBlock[]): DocBlock[] {
  const joined: DocBlock[] = []
  /** The items of the list that ends `joined`: they grow in place, for copying them at each block is quadratic. */
  let items: Doc[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (block.kind !== 'list') joined.push(block)
    else if (last?.kind === 'list' && last.ordered === block.ordered)
      for (const each of block.items) items.push(each)
    else {
      items = [...block.items]
      joined.push({ ...block, items })
    }
  }
  return joined
}

/** A word such as "NOTE:" on a line of its own, and the indented text after it, are one item with a title. */
export function joinNotes(pieces: readonly Roff[]): readonly Roff[] {
  const joined: Roff[] = []
  for (const piece of pieces) {
    const before = joined.at(-1)
    const title =
      before?.kind === 'paragraph' ? /^([A-Z][A-Za-z ]{2,20}):$/.exec(withoutMarks(before.text)) : null
    if (title !== null && piece.kind === 'block') {
      const word = title[1] ?? ''
      const term = word.charAt(0) + word.slice(1).toLowerCase()
      joined[joined.length - 1] = { kind: 'item', term, isTerm: false, body: piece.body }
    } else joined.push(piece)
  }
  return joined
}

/** Pieces as blocks of documentation; items that follow each other are one list. */
export function blocksOf(pieces: readonly Roff[]): DocBlock[] {
  const blocks: DocBlock[] = []
  let items: Doc[] = []
  let ordered = false
  const flush = (): void => {
    if (items.length > 0) blocks.push({ kind: 'list', ordered, items })
    items = []
  }
  for (const piece of joinNotes(pieces)) {
    if (piece.kind === 'item') {
      const isTitle = !piece.isTerm && /^[A-Z]\w+/.test(piece.term)
      if (isTitle) {
        flush()
        const title = withoutMarks(piece.term).replace(/:$/, '')
        blocks.push({ kind: 'note', title, blocks: blocksOf(piece.body) })
        continue
      }
      ordered = /^\(?[\dA-Za-z]+[.)]/.test(piece.term) && !piece.isTerm
      const term = piece.isTerm ? paragraph(piece.term) : []
      items.push([...term, ...blocksOf(piece.body)])
      continue
    }
    flush()
    if (piece.kind === 'paragraph') blocks.push({ kind: 'paragraph', spans: spansOf(piece.text) })
    else if (piece.kind === 'literal') blocks.push({ kind: 'literal', text: piece.text })
    else if (piece.kind === 'block') blocks.push(...blocksOf(piece.body))
  }
  flush()
  return blocks
}

export function textOf(piece: Roff): string {
  switch (piece.kind) {
    case 'paragraph':
    case 'literal':
    case 'heading':
      return withoutMarks(piece.text)
    case 'item':
      return [withoutMarks(piece.isTerm ? piece.term : ''), ...piece.body.map(textOf)].join(' ')
    case 'block':
      return piece.body.map(textOf).join(' ')
  }
}
