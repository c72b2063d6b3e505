/**
 * Reads QEMU's reference manual as the HTML page that Sphinx writes, into the same tree as a man page. A worker has no
 * DOM, so this reads the tags that matter itself: tolerant, linear, and bounded in depth. Nothing of the page is ever
 * shown as markup.
 * Tested by workers/qapi/reference/manual/manual.test.ts.
 * @adr 0009
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Reference } from '../reference.ts'
import { readTree } from './man.ts'
import { marks, withoutMarks } from './roff.ts'
import type { Roff } from './roff.ts'

/** Deeper tags are not looked at: no page comes near it. */
const deepest = 300

const skipped = new Set(['script', 'style', 'nav', 'footer', 'svg', 'button', 'form'])
const textual = new Set(['p', 'dt', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'title'])
const bold = new Set(['strong', 'b', 'code', 'tt', 'kbd'])
const italic = new Set(['em', 'i', 'cite'])

interface Open {
  readonly tag: string
  readonly classes: string
  /** The blocks that receive the content. */
  readonly out: Roff[]
  /** The text that is gathered, where the tag holds text. */
  text: string | undefined
  /** The term of the next `dd`, or the title of an admonition. */
  term: string
  count: number
}

/** Read the HTML page of a manual. The failure is a sentence. */
export function readHtmlManual(html: string): Result<Reference, string> {
  const builder = new Builder()
  builder.read(html)
  const title = builder.title.replace(/\s+/g, ' ').trim()
  const [name = title] = title.split(/ [—–-] /)
  const version = /(?:^|[\s:])(\d+\.\d+(?:\.\d+)?)/.exec(title.slice(name.length))?.[1]
  const { definitions, issues } = readTree(builder.body)
  if (definitions.length === 0) {
    return err(
      'This HTML page has no command, event or type of QMP: the reference is interop/qemu-qmp-ref.html of QEMU 10.0 or later.',
    )
  }
  return ok({ form: 'html', title: name, version, definitions, issues })
}

class Builder {
  title = ''
  readonly body: Roff[] = []
  readonly #stack: Open[] = [{ tag: '', classes: '', out: this.body, text: undefined, term: '', count: 0 }]
  /** Tags that were opened beyond the deepest. */
  #beyond = 0

  read(html: string): void {
    let at = 0
    while (at < html.length) {
      const open = html.indexOf('<', at)
      if (open < 0) break
      if (open > at) this.#text(html.slice(at, open))
      if (html.startsWith('<!--', open)) {
        at = after(html, '-->', open + 4)
        continue
      }
      const close = html.indexOf('>', open)
      if (close < 0) break
      at = close + 1
      const inside = html.slice(open, close)
      const [head = '', end, tag = ''] = /^<(\/?)([A-Za-z][\w-]*)/.exec(inside) ?? []
      const rest = inside.slice(head.length)
      const name = tag.toLowerCase()
      if (name === '') continue
      if (end === '/') this.#close(name)
      else {
        const classes = /\bclass="([^"]*)"/.exec(rest)?.[1] ?? ''
        if (skipped.has(name) || classes.includes('headerlink')) at = after(html, `</${name}`, at)
        else if (!rest.endsWith('/')) this.#open(name, classes)
        else if (name === 'br') this.#text('\n')
      }
    }
    while (this.#stack.length > 1) this.#pop()
  }

  #top(): Open {
    return this.#stack.at(-1) as Open
  }

  #open(tag: string, classes: string): void {
    if (bold.has(tag)) this.#mark(marks.bold)
    else if (italic.has(tag)) this.#mark(marks.italic)
    if (!isKept(tag, classes)) return
    if (this.#stack.length >= deepest) {
      this.#beyond += 1
      return
    }
    // As in a browser: a block element ends the paragraph before it.
    if (this.#top().tag === 'p') this.#pop()
    const top = this.#top()
    const holds = tag === 'dd' || tag === 'li' || tag === 'div'
    this.#stack.push({
      tag,
      classes,
      out: holds ? [] : top.out,
      text: textual.has(tag) ? '' : undefined,
      term: '',
      count: 0,
    })
  }

  #close(tag: string): void {
    if (bold.has(tag) || italic.has(tag)) this.#mark(marks.end)
    if (!isKept(tag, '') && tag !== 'div') return
    if (this.#beyond > 0) {
      this.#beyond -= 1
      return
    }
    // A `div` is kept only where it is an admonition: which one ends is known by counting the others.
    const top = this.#top()
    if (tag === 'div') {
      if (top.tag === 'div' && top.count === 0) this.#pop()
      else if (top.tag === 'div') top.count -= 1
      return
    }
    const from = this.#stack.findLastIndex((each) => each.tag === tag)
    // A tag that was never opened.
    if (from < 1) return
    while (this.#stack.length > from) this.#pop()
  }

  #pop(): void {
    const open = this.#stack.pop()
    if (open === undefined) return
    const parent = this.#top()
    const text = open.text === undefined ? '' : open.tag === 'pre' ? open.text : open.text.trim()
    switch (open.tag) {
      case 'p':
        if (open.classes.includes('admonition-title')) parent.term = withoutMarks(text)
        else if (withoutMarks(text) !== '') parent.out.push({ kind: 'paragraph', text })
        return
      case 'pre':
        parent.out.push({ kind: 'literal', text: withoutMarks(text).trimEnd() })
        return
      case 'title':
        this.title = withoutMarks(text)
        return
      case 'dt':
        parent.term = text
          .replace(/\s+/g, ' ')
          .replace(/:([\ue000-\ue002]*)$/, '$1')
          .trim()
        return
      case 'dd':
        parent.out.push({ kind: 'item', term: parent.term, isTerm: true, body: open.out })
        return
      case 'li':
        parent.count += 1
        parent.out.push({
          kind: 'item',
          term: parent.tag === 'ol' ? `${parent.count}.` : '•',
          isTerm: false,
          body: open.out,
        })
        return
      case 'div':
        parent.out.push({ kind: 'item', term: open.term, isTerm: false, body: open.out })
        return
      case 'h2':
      case 'h3':
      case 'h4':
        parent.out.push({ kind: 'heading', level: open.tag === 'h2' ? 1 : 2, text: withoutMarks(text) })
        return
      default:
    }
  }

  #text(raw: string): void {
    const open = this.#stack.findLast((each) => each.text !== undefined)
    // Text outside a paragraph is the white space between tags, or what the page is decorated with.
    if (open?.text === undefined || this.#beyond > 0) return
    const text = decodeEntities(raw)
    open.text += open.tag === 'pre' ? text : text.replace(/\s+/g, ' ')
  }

  #mark(mark: string): void {
    const open = this.#stack.findLast((each) => each.text !== undefined)
    if (open?.text !== undefined) open.text += mark
  }
}

/** The tags that make the tree. */
function isKept(tag: string, classes: string): boolean {
  if (tag === 'div') return /\badmonition\b/.test(classes)
  return textual.has(tag) || tag === 'dl' || tag === 'dd' || tag === 'ul' || tag === 'ol' || tag === 'li'
}

function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  if (at < 0) return text.length
  const end = text.indexOf('>', at)
  return end < 0 ? text.length : end + 1
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-zA-Z]{2,8});/g, (all, name: string) => {
    if (!name.startsWith('#')) return Object.hasOwn(entities, name) ? (entities[name] ?? all) : all
    const point = Number.parseInt(name.replace(/^#x?/, ''), name.startsWith('#x') ? 16 : 10)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ''
  })
}
