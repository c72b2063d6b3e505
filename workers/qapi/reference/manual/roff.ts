/**
 * Reads the part of roff that docutils and Sphinx write into man pages: headings, paragraphs, indented lists and
 * literal text, as a tree. Anything else is left out. Linear in the size of the text.
 * Tested by workers/qapi/reference/manual/manual.test.ts.
 */

/** A piece of a man page. Texts are decoded, with their fonts still in them (see `spansOf`). */
export type Roff =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  /** An item with a term, or a mark (`•`, `1.`); what follows it is inside. */
  | { readonly kind: 'item'; readonly term: string; readonly isTerm: boolean; readonly body: readonly Roff[] }
  | { readonly kind: 'block'; readonly body: readonly Roff[] }

/** What the title line of a page says. */
export interface RoffPage {
  /** The arguments of `.TH`: name, section, date, version, manual. */
  readonly title: readonly string[]
  readonly body: readonly Roff[]
}

/** Marks in decoded texts where a font begins and ends: characters that no manual has. */
export const marks = { bold: '\ue000', italic: '\ue001', end: '\ue002' } as const

/** Deeper blocks than this are taken as if they were not indented: no manual comes near it. */
const deepest = 60

const gluedRequest = /(?<=\\fP|\\-\\-) ?(?=\.(?:SS|SH|INDENT|UNINDENT|TP|IP))/

interface RoffFrame {
  readonly out: Roff[]
  item: { term: string; isTerm: boolean; body: Roff[] } | undefined
}

/** Read a page. Never fails: a text that is not roff has no headings. */
export function readRoff(text: string): RoffPage {
  const reader = new RoffReader()
  let from = 0
  while (from < text.length) {
    let end = text.indexOf('\n', from)
    if (end < 0) end = text.length
    const to = text[end - 1] === '\r' ? end - 1 : end
    reader.line(text.slice(from, to))
    from = end + 1
  }
  return reader.end()
}

class RoffReader {
  readonly #frames: RoffFrame[] = [{ out: [], item: undefined }]
  #title: readonly string[] = []
  #paragraph: string[] = []
  #literal: string[] | undefined
  /** The next line is the term of an item. */
  #termNext = false
  /** Inside a macro definition: `.de` up to `..`. */
  #defining = false

  line(line: string): void {
    if (this.#defining) {
      this.#defining = line !== '..'
      return
    }
    // Some versions of docutils forget the line end before a request.
    const mayBeGlued = this.#literal === undefined && !line.startsWith('.')
    for (const part of mayBeGlued ? line.split(gluedRequest) : [line]) this.#part(part)
  }

  #part(line: string): void {
    if (this.#literal !== undefined) this.#literalLine(line)
    else if (line.startsWith('.') || line.startsWith("'")) this.#request(line)
    else if (this.#termNext) this.#term(decode(line))
    else if (line === '') this.#flush()
    else this.#paragraph.push(decode(line))
  }

  end(): RoffPage {
    this.#endLiteral()
    this.#flush()
    while (this.#frames.length > 1) this.#leave()
    this.#endItem()
    return { title: this.#title, body: this.#frames[0]?.out ?? [] }
  }

  #request(line: string): void {
    const [head = '', name = ''] = /^[.'][ \t]*([^ \t]*)[ \t]*/.exec(line) ?? []
    const rest = line.slice(head.length)
    switch (name) {
      case 'de':
      case 'de1':
        this.#defining = true
        return
      case 'TH':
        this.#title = argumentsOf(rest)
        return
      case 'SH':
      case 'SS':
        this.#flush()
        while (this.#frames.length > 1) this.#leave()
        this.#endItem()
        this.#add({ kind: 'heading', level: name === 'SH' ? 1 : 2, text: decode(unquote(rest)) })
        return
      case 'INDENT':
      case 'RS':
        this.#flush()
        if (this.#frames.length < deepest) this.#frames.push({ out: [], item: undefined })
        else this.#frames.push({ out: this.#target(), item: undefined })
        return
      case 'UNINDENT':
      case 'RE':
        this.#flush()
        if (this.#frames.length > 1) this.#leave()
        return
      case 'TP':
        this.#flush()
        this.#endItem()
        this.#termNext = true
        return
      case 'IP': {
        this.#flush()
        this.#endItem()
        this.#begin(decode(argumentsOf(rest)[0] ?? ''), false)
        return
      }
      case 'B':
      case 'I':
        if (this.#termNext) this.#term(decode(unquote(rest)))
        else this.#paragraph.push(decode(unquote(rest)))
        return
      case 'nf':
      case 'EX':
        this.#flush()
        this.#literal = []
        return
      case 'sp':
      case 'PP':
      case 'P':
      case 'LP':
      case 'br':
        this.#flush()
        return
      default:
      // Comments, and requests about how it looks.
    }
  }

  #literalLine(line: string): void {
    if (/^\.(fi|EE)\b/.test(line)) this.#endLiteral()
    else if (!/^\.(ft|nf|EX|\\")/.test(line)) this.#literal?.push(decode(line))
  }

  #endLiteral(): void {
    if (this.#literal === undefined) return
    const text = this.#literal.join('\n').replace(/^\n+/, '').trimEnd()
    this.#literal = undefined
    if (text !== '') this.#add({ kind: 'literal', text: withoutMarks(text) })
  }

  #term(text: string): void {
    this.#termNext = false
    this.#begin(text, true)
  }

  #begin(term: string, isTerm: boolean): void {
    const frame = this.#frames.at(-1)
    if (frame !== undefined) frame.item = { term, isTerm, body: [] }
  }

  #endItem(): void {
    const frame = this.#frames.at(-1)
    if (frame?.item === undefined) return
    frame.out.push({ kind: 'item', ...frame.item })
    frame.item = undefined
  }

  #leave(): void {
    this.#endItem()
    const frame = this.#frames.pop()
    if (frame === undefined || frame.out.length === 0 || frame.out === this.#target()) return
    // An indented list stays in place; other indented text is a block.
    const target = this.#target()
    if (frame.out.every((each) => each.kind === 'item')) for (const each of frame.out) target.push(each)
    else this.#add({ kind: 'block', body: frame.out })
  }

  #flush(): void {
    if (this.#paragraph.length === 0) return
    const text = this.#paragraph.join('\n')
    this.#paragraph = []
    this.#add({ kind: 'paragraph', text })
  }

  #add(piece: Roff): void {
    this.#target().push(piece)
  }

  #target(): Roff[] {
    const frame = this.#frames.at(-1)
    return frame?.item?.body ?? frame?.out ?? []
  }
}

/** The arguments of a request: words, or quoted texts. */
function argumentsOf(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"?|([^ \t"]+)/g)].map((each) => each[1] ?? each[2] ?? '')
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text
}

const characters: Readonly<Record<string, string>> = {
  dq: '"',
  aq: "'",
  bu: '•',
  lq: '“',
  rq: '”',
  oq: '‘',
  cq: '’',
  em: '—',
  en: '–',
  ga: '`',
  ha: '^',
  ti: '~',
  mu: '×',
  co: '©',
  rs: '\\',
}

function characterNamed(name: string): string {
  return Object.hasOwn(characters, name) ? (characters[name] ?? '') : ''
}

/** Decode escapes; fonts become marks. */
function decode(text: string): string {
  if (!text.includes('\\')) return text
  // Sphinx writes links as italic words that may not be broken.
  const linked = text.replaceAll('\\fI\\%', '\\fB')
  return linked.replace(
    /\\(f\[[^\]\\]*\]|f.|\(..|\[[^\]\\]*\]|\*\(..|s[-+]?\d|.)/g,
    (_all, escape: string) => {
      switch (escape[0]) {
        case 'f': {
          const font = escape.slice(1).replace(/[[\]]/g, '')
          if (font.startsWith('B') || font.startsWith('C')) return marks.bold
          return font === 'I' ? marks.italic : marks.end
        }
        case '(':
          return characterNamed(escape.slice(1))
        case '[': {
          const [, code] = /^\[u([0-9A-Fa-f]{4,6})\]$/.exec(escape) ?? []
          if (code === undefined) return characterNamed(escape.slice(1, -1))
          const point = Number.parseInt(code, 16)
          return point <= 0x10ffff ? String.fromCodePoint(point) : ''
        }
        case 'e':
        case '\\':
          return '\\'
        case '-':
          return '-'
        case ' ':
        case '~':
        case '0':
          return ' '
        case '.':
          return '.'
        case "'":
          return "'"
        case '`':
          return '`'
        default:
          // \& \% \c \| \^ and the like print nothing.
          return ''
      }
    },
  )
}

/** A text without its fonts. */
export function withoutMarks(text: string): string {
  return text.replace(/[\ue000-\ue002]/g, '')
}
