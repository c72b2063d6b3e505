/** Calls of QEMU's Python libraries as they stand in scripts and tests, with literals for their arguments. */
import { shorten } from '#base/clip.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ShellCommand } from './shell-line.ts'
import { endOfBrackets, endOfString, skipBlanks, withoutPython } from './shell-words.ts'

const callStart = /(?:^|[^\w.])((?:\w+\.)+)(execute|qmp|cmd|command|qmp_log)\((?=\s*(?:["']|$))/

/** Where the parentheses of a call begin on a line, and which method it is; undefined where there is no call with a name in it. */
export function findCall(line: string): { readonly method: string; readonly open: number } | undefined {
  const found = callStart.exec(line)
  // After a quote or a brace it is part of a text.
  if (found === null || /["'{]/.test(line.slice(0, found.index))) return undefined
  return { method: found[2] ?? '', open: found.index + found[0].length - 1 }
}

/**
 * Read the call whose parenthesis opens at an offset: `execute('NAME', {…}, oob=True)` of qemu.qmp, `qmp('NAME',
 * {…}, node_name='a')` of the tests' machine, whose keywords have dashes on the wire. The failure is a sentence
 * without an end point.
 */
export function readCall(
  text: string,
  open: number,
  method: string,
): Result<{ readonly command: ShellCommand; readonly end: number }, string> {
  const end = endOfBrackets(text, open)
  if (end === undefined) return err('the parenthesis of the call is not closed')
  const [first, ...rest] = pieces(text.slice(open + 1, end - 1))
  const name = first === undefined ? err('the call has no arguments') : literal(first)
  if (!name.ok) return name
  if (typeof name.value !== 'string') return err('the first argument is not the name of a command')
  const entries: [string, Json][] = []
  let args: JsonObject | undefined
  let oob = false
  for (const piece of rest) {
    const [head = '', key] = /^([A-Za-z_]\w*)\s*=(?!=)\s*/.exec(piece) ?? []
    const spread = piece.startsWith('**')
    const value = literal(piece.slice(spread ? 2 : head.length))
    if (!value.ok) return value
    if (method === 'execute' && key === 'oob') oob = value.value === true
    else if (key !== undefined && method === 'execute' && key !== 'arguments') {
      return err(`execute takes no ${key}`)
    } else if (key !== undefined && key !== 'arguments' && key !== 'args_dict') {
      if (key !== 'conv_keys') entries.push([key.replaceAll('_', '-'), value.value])
    } else if (isJsonObject(value.value)) {
      args = value.value
      entries.push(...Object.entries(value.value))
    } else if (value.value !== null) {
      return err(`${shorten(piece)} is no dictionary of arguments`)
    }
  }
  const given = args !== undefined || entries.length > 0
  return ok({
    command: { name: name.value, arguments: given ? jsonObject(entries) : undefined, oob },
    end,
  })
}

/** The arguments of a call, at the commas that are in no bracket and no string. Comments are taken out. */
function pieces(text: string): readonly string[] {
  const found: string[] = []
  let piece = ''
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (char === ',') {
      found.push(piece)
      piece = ''
      at += 1
      continue
    }
    if (char === '#') {
      const newline = text.indexOf('\n', at)
      at = newline < 0 ? text.length : newline
      continue
    }
    const isString = char === '"' || char === "'"
    const end = isString ? endOfString(text, at) : '{[('.includes(char) ? endOfBrackets(text, at) : at + 1
    piece += text.slice(at, end ?? text.length)
    at = end ?? text.length
  }
  return [...found, piece].map((each) => each.trim()).filter((each) => each !== '')
}

function literal(text: string): Result<Json, string> {
  const parsed = parseInput(withoutPython(text))
  if (parsed.ok) return parsed
  const word = /^[A-Za-z_][\w.]*/.exec(text.slice(skipBlanks(text, 0)))?.[0]
  return err(
    word === undefined
      ? `${shorten(text)}: ${parsed.error.message}`
      : `${shorten(text)} is no literal: its value is not known here`,
  )
}
