/**
 * The words of a line in qmp-shell's syntax: `NAME key=value key.inner=value …`, each with its place, and the tree that
 * dotted keys make of them. What the words mean is decided in shell-line.ts, where the schema is known.
 *
 * Source: scripts/qmp/qmp-shell of QEMU (python/qemu/qmp/qmp_shell.py).
 * Tested by workers/qapi/text/shell-line.test.ts.
 */
import { shorten } from '#base/clip.ts'
import { parseInput } from '#base/json/parse.ts'
import { mostLevels } from '#base/json/loss.ts'
import type { Json } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** What is wrong with a line. `message` is a sentence without an end point, `at` the offset in UTF-16 units. */
export interface ShellError {
  readonly message: string
  readonly at: number
}

/** The value after the `=`. `json` is set where it is written as JSON: in quotes, braces or brackets. */
export interface ShellValue {
  readonly text: string
  readonly json: Json | undefined
  readonly at: number
}

/** One `key=value`. `at` is where the key begins. */
export interface ShellWord {
  readonly path: readonly string[]
  readonly at: number
  readonly value: ShellValue
}

/** The words of a line by their keys: a value, or the members that dotted keys give. */
export type ShellNode =
  | { readonly kind: 'value'; readonly value: ShellValue; readonly at: number }
  | { readonly kind: 'members'; readonly members: Map<string, ShellNode>; readonly at: number }

/** Arguments as written: words, or one JSON object for all of them. */
export type ShellArguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: ShellValue }
  | { readonly kind: 'words'; readonly words: readonly ShellWord[] }

/** Read the arguments of a line that begin at `from`. */
export function readArguments(line: string, from: number): Result<ShellArguments, ShellError> {
  const words: ShellWord[] = []
  let at = skipBlanks(line, from)
  if (line[at] === '{') {
    const value = readValue(line, at)
    if (!value.ok) return value
    const rest = skipBlanks(line, value.value.end)
    if (rest < line.length) {
      return err({
        message: 'nothing may follow the object that holds all arguments',
        at: rest,
      })
    }
    return ok({ kind: 'json', value: value.value.value })
  }
  while (at < line.length) {
    const key = /^[^\s=]*/.exec(line.slice(at))?.[0] ?? ''
    const equals = at + key.length
    if (line[equals] !== '=') {
      return err({ message: `expected NAME=VALUE, found “${shorten(key)}”`, at })
    }
    const path = key.split('.')
    if (path.length > mostLevels) {
      return err({ message: `“${shorten(key)}” has more than ${mostLevels} levels`, at })
    }
    const empty = path.indexOf('')
    if (empty >= 0) {
      const before = path.slice(0, empty).join('.').length
      return err({
        message: key === '' ? 'the name before the “=” is missing' : 'a name between the dots is missing',
        at: at + before + (empty > 0 ? 1 : 0),
      })
    }
    const value = readValue(line, equals + 1)
    if (!value.ok) return value
    words.push({ path, at, value: value.value.value })
    at = skipBlanks(line, value.value.end)
  }
  return ok(words.length === 0 ? { kind: 'none' } : { kind: 'words', words })
}

/** Put the words into a tree. A key that is there twice, or has a value and members, is an error. */
export function treeOf(words: readonly ShellWord[]): Result<Map<string, ShellNode>, ShellError> {
  const root = new Map<string, ShellNode>()
  for (const { path, at, value } of words) {
    let members = root
    for (const [index, name] of path.slice(0, -1).entries()) {
      const found = members.get(name)
      if (found?.kind === 'value') {
        const key = path.slice(0, index + 1).join('.')
        return err({ message: `${key} has a value already and cannot have members as well`, at })
      }
      const inner = found?.members ?? new Map<string, ShellNode>()
      if (found === undefined) members.set(name, { kind: 'members', members: inner, at })
      members = inner
    }
    const last = path[path.length - 1] ?? ''
    const there = members.get(last)
    if (there !== undefined) {
      const key = path.join('.')
      const message =
        there.kind === 'value'
          ? `${key} is there twice`
          : `${key} has members already and cannot have a value as well`
      return err({ message, at })
    }
    members.set(last, { kind: 'value', value, at })
  }
  return ok(root)
}

/** A value that begins at `at`, and where it ends. */
function readValue(
  line: string,
  at: number,
): Result<{ readonly value: ShellValue; readonly end: number }, ShellError> {
  const first = line[at]
  if (first === '{' || first === '[' || first === '"' || first === "'") {
    const end = first === '"' || first === "'" ? endOfString(line, at) : endOfBrackets(line, at)
    if (end === undefined) {
      const what = first === '{' || first === '[' ? `“${first}”` : `quote ${first}`
      return err({ message: `this ${what} is not closed`, at })
    }
    const follows = line[end]
    if (follows !== undefined && !/\s/.test(follows)) {
      return err({ message: `expected a blank after the value, found “${follows}”`, at: end })
    }
    const text = line.slice(at, end)
    const parsed = parseInput(withoutPython(text))
    if (!parsed.ok) return err({ message: parsed.error.message, at: at + parsed.error.offset })
    return ok({ value: { text, json: parsed.value, at }, end })
  }
  // Quotes inside of a word keep its blanks together and stay part of it: json:{"driver": "null-co"}.
  let end = at
  while (end < line.length && !/\s/.test(line[end] ?? '')) {
    if (line[end] === '"' || line[end] === "'") {
      const closed = endOfString(line, end)
      if (closed === undefined) {
        return err({
          message: `this quote ${line[end] ?? ''} is not closed; a value that holds one is written in quotes itself`,
          at: end,
        })
      }
      end = closed
    } else {
      end += 1
    }
  }
  return ok({ value: { text: line.slice(at, end), json: undefined, at }, end })
}

/**
 * The text with Python's True, False and None as JSON has them, without its u'…' and b'…', and without a comma before a closing bracket. Strings
 * stay as they are, and every character keeps its place.
 */
export function withoutPython(text: string): string {
  return text.replace(
    /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\b(?:True|False|None)\b|\b[uUbB](?=["'])|,(?=\s*[\]}])/gs,
    (found) => {
      if (found === 'None') return 'null'
      if (found === 'True' || found === 'False') return found.toLowerCase()
      return found === ',' || /^[ub]$/i.test(found) ? ' ' : found
    },
  )
}

/** The offset after the string that begins here; undefined where it is not closed. */
export function endOfString(text: string, from: number): number | undefined {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at + 1
  }
  return undefined
}

/** The offset after the bracket that closes the one that begins here; undefined where it is not closed. */
export function endOfBrackets(text: string, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"' || char === "'") {
      const end = endOfString(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (char === '{' || char === '[' || char === '(') {
      depth += 1
    } else if (char === '}' || char === ']' || char === ')') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

/** The first offset from here on that is no blank. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
  return at
}

/** A line that is being typed: the words that are whole, and the one that the line ends in ('' after a blank). */
export interface UnfinishedLine {
  readonly words: readonly ShellWord[]
  readonly last: { readonly text: string; readonly at: number }
}

/** The words of an unfinished line from `from` on. Words that cannot be read are left out. */
export function readUnfinished(line: string, from: number): UnfinishedLine {
  const words: ShellWord[] = []
  let at = skipBlanks(line, from)
  for (;;) {
    const equals = at + (/^[^\s=]*/.exec(line.slice(at))?.[0].length ?? 0)
    let end: number | undefined = equals
    if (line[equals] === '=') {
      const value = readValue(line, equals + 1)
      end = value.ok ? value.value.end : endOfWord(line, equals + 1)
    }
    if (end === undefined || end >= line.length) return { words, last: { text: line.slice(at), at } }
    const read = readArguments(line.slice(0, end), at)
    if (read.ok && read.value.kind === 'words') words.push(...read.value.words)
    at = skipBlanks(line, end)
  }
}

/** The end of a value that cannot be read: the next blank, or undefined where it is open up to the end. */
function endOfWord(line: string, from: number): number | undefined {
  if ('{["\''.includes(line[from] ?? ' ')) {
    const isString = line[from] === '"' || line[from] === "'"
    const end = isString ? endOfString(line, from) : endOfBrackets(line, from)
    if (end === undefined) return undefined
  }
  const blank = /\s/.exec(line.slice(from))
  return blank === null ? undefined : from + blank.index
}
