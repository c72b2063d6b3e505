/**
 * Reads a terminal session of QEMU's `qmp-shell`: prompts with commands, replies as JSON (compact, or pretty with -p),
 * commands as they are sent (with -v), and events as Python prints them.
 *
 *     (QEMU) device_add driver=e1000 id=net1
 *     {"return": {}}
 *     (QEMU)
 *     {'timestamp': {'seconds': 1, 'microseconds': 2}, 'event': 'STOP'}
 *
 * Source: python/qemu/qmp/qmp_shell.py of QEMU. Its log (-l) has command and reply in one object: import.ts.
 * Tested by workers/trace/formats/import.test.ts.
 */
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { mostLevels } from '#base/json/loss.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { own } from '#base/own.ts'
import type { Json } from '#base/json/value.ts'
import { objectEnd } from './json-stream.ts'
import type { BareMessage } from './assemble.ts'

/** A message and the line of the file that it begins in, from 1. */
export interface ShellMessage extends BareMessage {
  readonly line: number
}

/** Escape sequences for terminals. */
const terminalCodes = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\n\u001b]*\u0007|\r/g

/** The messages of a session, in its order. Other output (banner, errors of the shell) is left out. */
export function readShellSession(raw: string): ShellMessage[] {
  const text = raw.replace(terminalCodes, '')
  const out: ShellMessage[] = []
  let transaction: Json[] | undefined
  /** The command of the last prompt, until something shows that it was sent. */
  let asked: { readonly text: string; readonly line: number } | undefined
  let at = 0
  let line = 1

  const put = (message: string, direction: BareMessage['direction'], where: number): void => {
    out.push({ at: undefined, direction, text: message, line: where })
  }
  const putAsked = (): void => {
    if (asked !== undefined) put(asked.text, 'sent', asked.line)
    asked = undefined
  }
  const message = (said: string): void => {
    const parsed = parseJson(said)
    const isCommand = parsed.ok && hasMember(parsed.value, 'execute')
    // Verbose: the command as it was sent is more exact than the prompt.
    if (isCommand) asked = undefined
    else if (parsed.ok && !hasMember(parsed.value, 'event')) putAsked()
    put(said, isCommand ? 'sent' : 'received', line)
  }

  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const lineEnd = end < 0 ? text.length : end
    const prompt = /^(?:\(QEMU\)|TRANS>) ?/.exec(text.slice(at, Math.min(lineEnd, at + 8)))
    if (prompt !== null) {
      at += prompt[0].length
      asked = undefined
      // Without a terminal the command is not echoed, and the reply stands at the prompt.
      if (/^\{\s*(["']|$)/.test(text.slice(at, Math.min(lineEnd, at + 40)))) continue
      const words = (text.slice(at, lineEnd).match(word) ?? []) as readonly string[]
      const command = readCommand(words, transaction)
      transaction = command.transaction
      if (command.text !== undefined) asked = { text: command.text, line }
    } else if (text.charCodeAt(at) === 0x7b) {
      const to = objectEnd(text, at)
      const said = to > 0 ? text.slice(at, to) : ''
      if (to > 0 && parseJson(said).ok) {
        message(said)
        for (let next = text.indexOf('\n', at); next >= 0 && next < to; next = text.indexOf('\n', next + 1))
          line += 1
        at = to
        continue
      }
      const whole = text.slice(at, lineEnd)
      message(pythonToJson(whole) ?? whole)
    } else if (text.startsWith('Disconnected', at)) {
      putAsked()
    }
    at = lineEnd + 1
    line += 1
  }
  return out
}

/** A word of a command line; quotes hold blanks together and stay. */
const word = /(?:[^\s"']|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)+/g

/** The command of a line at the prompt; undefined where it is empty, wrong, or an action of a transaction not yet closed. */
function readCommand(
  words: readonly string[],
  open: Json[] | undefined,
): { readonly text: string | undefined; readonly transaction: Json[] | undefined } {
  let rest = words
  let transaction = open
  if (rest[0] === 'transaction(') {
    transaction = []
    rest = rest.slice(1)
  }
  if (transaction === undefined) {
    const [name, ...pairs] = rest
    const args = name === undefined ? undefined : readPairs(pairs)
    if (name === undefined || args === undefined) return { text: undefined, transaction: undefined }
    return { text: printJson({ execute: name, arguments: args }), transaction: undefined }
  }
  const isClosed = rest.at(-1) === ')'
  const [type, ...pairs] = isClosed ? rest.slice(0, -1) : rest
  const data = type === undefined ? undefined : readPairs(pairs)
  if (type !== undefined && data !== undefined) transaction = [...transaction, { type, data }]
  if (!isClosed) return { text: undefined, transaction }
  const text = printJson({ execute: 'transaction', arguments: { actions: transaction } })
  return { text, transaction: undefined }
}

/** An object that is being put together. A map: `__proto__` and `constructor` are members like others. */
type Tree = Map<string, Json | Tree>

/** `key=value` each, a dot in the key for a level. Undefined where the shell would refuse it. */
function readPairs(pairs: readonly string[]): Json | undefined {
  const root: Tree = new Map()
  for (const pair of pairs) {
    const cut = pair.indexOf('=')
    if (cut < 0) return undefined
    const path = pair.slice(0, cut).split('.')
    if (path.length > mostLevels) return undefined
    const last = path.pop() ?? ''
    let parent = root
    for (const step of path) {
      const found = parent.get(step)
      // The value of an earlier pair may be an object, and take more members.
      const next = found === undefined ? new Map<string, Json>() : asTree(found)
      if (next === undefined) return undefined
      parent.set(step, next)
      parent = next
    }
    if (parent.has(last)) return undefined
    parent.set(last, readValue(pair.slice(cut + 1)))
  }
  return asJson(root)
}

function asTree(value: Json | Tree): Tree | undefined {
  if (value instanceof Map) return value
  return isJsonObject(value) ? new Map(Object.entries(value)) : undefined
}

function asJson(tree: Tree): Json {
  return jsonObject([...tree].map(([name, value]) => [name, value instanceof Map ? asJson(value) : value]))
}

function readValue(text: string): Json {
  if (/^(?:[+-]?\d{1,4000}|true|false)$/i.test(text)) {
    const parsed = parseJson(
      text
        .toLowerCase()
        .replace(/^\+/, '')
        .replace(/^(-?)0+(?=\d)/, '$1'),
    )
    if (parsed.ok) return parsed.value
  }
  if (/^[{[]/.test(text)) {
    const parsed = parseJson(text)
    if (parsed.ok) return parsed.value
    const python = parseJson(pythonToJson(text) ?? '')
    if (python.ok) return python.value
  }
  return text
}

const pythonPart =
  /[\s:,[\]{}]+|[-+]?\d[\d.eE+-]*|(?:True|true)\b|(?:False|false)\b|(?:None|null)\b|[ub]?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/y
const pythonEscape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g
const pythonLetters: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
}

/** A value as Python prints it, as JSON. Undefined where there is anything else in the text. */
export function pythonToJson(text: string): string | undefined {
  const parts: string[] = []
  pythonPart.lastIndex = 0
  while (pythonPart.lastIndex < text.length) {
    const found = pythonPart.exec(text)
    if (found === null) return undefined
    const [part, string] = found
    if (string !== undefined) parts.push(JSON.stringify(unescapePython(string.slice(1, -1))))
    else if (/^true$/i.test(part)) parts.push('true')
    else if (/^false$/i.test(part)) parts.push('false')
    else if (part === 'None' || part === 'null') parts.push('null')
    else parts.push(part)
  }
  return parts.join('')
}

function unescapePython(text: string): string {
  return text.replace(pythonEscape, (whole, x?: string, u?: string, long?: string, letter?: string) => {
    const code = x ?? u ?? long
    if (code !== undefined) {
      const point = parseInt(code, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    }
    return letter === undefined ? whole : (own(pythonLetters, letter) ?? letter)
  })
}

function hasMember(value: Json, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}
