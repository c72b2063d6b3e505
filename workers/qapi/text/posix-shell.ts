/**
 * A little of the POSIX shell: quoting of words, and reading of the commands that people copy together with a QMP
 * request. Nothing is expanded: `$NAME` stays as it is.
 *
 * Source: POSIX.1-2017, Shell Command Language, sections 2.2 (quoting) and 2.7.4 (here-documents).
 * Tested by workers/qapi/text/paste.test.ts.
 */

/** One word that a shell reads as exactly this text. A NUL has no place in a word: the caller has none. */
export function quoteWord(text: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A simple command: its words without quotes, and the text of its here-document. */
export interface SimpleCommand {
  readonly words: readonly string[]
  readonly input: string | undefined
}

/** Commands up to the end of a line, joined by `|`, `;`, `&&`, or in parentheses over several lines. */
export interface ShellCommands {
  readonly commands: readonly SimpleCommand[]
  /** The offset after the last line that belongs to them, here-documents included. */
  readonly end: number
}

/** Read the commands that begin at an offset; undefined where a quote, a parenthesis or a document is not closed. */
export function readShell(text: string, from: number): ShellCommands | undefined {
  const commands: { words: string[]; input: string | undefined; document: Document | undefined }[] = []
  let words: string[] = []
  let document: Document | undefined
  let depth = 0
  let at = from
  const finish = (): void => {
    // Braces around commands stand as words of their own.
    while (words[0] === '{' || words[0] === '}') words.shift()
    if (words.length > 0 || document !== undefined) commands.push({ words, input: undefined, document })
    words = []
    document = undefined
  }
  while (at < text.length) {
    const char = text[at] ?? ''
    if (char === '\n') {
      at += 1
      const waits = [...commands, { words, document }].some((each) => each.document?.open === true)
      if (waits) {
        finish()
        for (const command of commands) {
          if (command.document?.open !== true) continue
          const read = readDocument(text, at, command.document)
          if (read === undefined) return undefined
          command.input = read.text
          command.document.open = false
          at = read.end
        }
      }
      if (depth > 0) finish()
      else {
        finish()
        return { commands, end: at }
      }
    } else if (/\s/.test(char) || text.startsWith('\\\n', at)) {
      at += char === '\\' ? 2 : 1
    } else if (char === '#') {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (char === '(') {
      depth += 1
      at += 1
    } else if (char === ')') {
      depth -= 1
      finish()
      at += 1
    } else if (char === '|' || char === ';' || char === '&') {
      finish()
      at += 1
    } else if (char === '<' || char === '>') {
      const operator = /^(?:<<<|<<-?|>>|<&|>&|<|>)/.exec(text.slice(at, at + 3))?.[0] ?? char
      // `2>&1`: the number before it says which stream is redirected.
      if (at > 0 && /^\d$/.test(words.at(-1) ?? '') && text[at - 1] === words.at(-1)) words.pop()
      at += operator.length
      while (text[at] === ' ' || text[at] === '\t') at += 1
      const word = readWord(text, at)
      if (word === undefined) return undefined
      at = word.end
      if (operator === '<<<') document = { end: '', tabs: false, open: false, text: word.text }
      else if (operator.startsWith('<<')) {
        document = { end: word.text, tabs: operator === '<<-', open: true, text: undefined }
      }
    } else {
      const word = readWord(text, at)
      if (word === undefined) return undefined
      words.push(word.text)
      at = word.end
    }
  }
  finish()
  if (depth > 0 || commands.some((each) => each.document?.open === true)) return undefined
  return { commands: commands.map(plain), end: at }
}

function plain(command: {
  words: string[]
  input: string | undefined
  document: Document | undefined
}): SimpleCommand {
  return { words: command.words, input: command.input ?? command.document?.text }
}

interface Document {
  readonly end: string
  readonly tabs: boolean
  open: boolean
  readonly text: string | undefined
}

function readDocument(
  text: string,
  from: number,
  document: Document,
): { readonly text: string; readonly end: number } | undefined {
  const lines: string[] = []
  let at = from
  while (at <= text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const line = document.tabs ? text.slice(at, end).replace(/^\t+/, '') : text.slice(at, end)
    at = end + 1
    if (line === document.end) return { text: lines.join('\n'), end: Math.min(at, text.length) }
    lines.push(line)
    if (newline < 0) return undefined
  }
  return undefined
}

/** One word with its quotes taken away; undefined where one is not closed. */
function readWord(text: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let word = ''
  let at = from
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/[\s|;&()<>]/.test(char)) break
    if (char === '\\') {
      if (text[at + 1] !== '\n') word += text[at + 1] ?? ''
      at += 2
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return undefined
      word += text.slice(at + 1, end)
      at = end + 1
    } else if (char === '$' && text[at + 1] === "'") {
      const quoted = /^\$'((?:\\.|[^'\\])*)'/s.exec(text.slice(at))
      if (quoted === null) return undefined
      word += unescapeText(quoted[1] ?? '')
      at += quoted[0].length
    } else if (char === '"') {
      const quoted = /^"((?:\\.|[^"\\])*)"/s.exec(text.slice(at))
      if (quoted === null) return undefined
      word += (quoted[1] ?? '').replace(/\\([$`"\\\n])/g, (_, escaped: string) =>
        escaped === '\n' ? '' : escaped,
      )
      at += quoted[0].length
    } else {
      word += char
      at += 1
    }
  }
  return { text: word, end: at }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** The escapes that printf and `echo -e` know, as far as people use them. */
function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (whole, char: string) =>
    Object.hasOwn(escapes, char) ? (escapes[char] ?? whole) : whole,
  )
}

/** What an `echo`, `printf` or `cat` writes, as far as its words tell; undefined for other commands. */
export function writtenBy(command: SimpleCommand): string | undefined {
  const [name = '', ...rest] = command.words
  if (name === 'printf') return formatted(rest[0] ?? '', rest.slice(1))
  if (name !== 'echo') return command.input
  let escaped = false
  let first = 0
  while (/^-[neE]+$/.test(rest[first] ?? '')) {
    escaped ||= (rest[first] ?? '').includes('e')
    first += 1
  }
  const text = rest.slice(first).join(' ')
  return escaped ? unescapeText(text) : text
}

function formatted(format: string, args: readonly string[]): string {
  const text = unescapeText(format)
  const places = text.match(/%[sb]/g)?.length ?? 0
  if (places === 0) return text.replaceAll('%%', '%')
  let written = ''
  for (let at = 0; at === 0 || at < args.length; at += places) {
    let next = at
    written += text.replace(/%[sb%]/g, (found) => {
      if (found === '%%') return '%'
      const arg = args[next] ?? ''
      next += 1
      return found === '%b' ? unescapeText(arg) : arg
    })
  }
  return written
}
