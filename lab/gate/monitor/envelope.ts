/**
 * The text of a request -> a command, or the error that QEMU would answer. The words of the errors are those of QEMU 7.2.
 * The id is kept as the text that the client sent: any JSON type, any number, any order of keys.
 * @qmp Issuing Commands
 */
import { own } from '#base/own.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** A command as one client sent it. */
export interface ClientCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  /** The text that answers carry as their id; undefined where none was sent. */
  readonly id: string | undefined
}

/** Why there is no command in a request. */
export interface EnvelopeFault {
  readonly desc: string
  readonly id: string | undefined
}

/** What a request is. */
export type ReadRequest =
  | { readonly kind: 'command'; readonly command: ClientCommand }
  | { readonly kind: 'fault'; readonly fault: EnvelopeFault }

const envelope: ReadonlySet<string> = new Set(['execute', 'exec-oob', 'arguments', 'id'])

/** Read the text of one request. `oob`: this client has enabled out-of-band commands. */
export function readRequest(text: string, oob: boolean): ReadRequest {
  const parsed = parseInput(text)
  if (!parsed.ok) return fault(`JSON parse error, ${parsed.error.message}`, undefined)
  const { value } = parsed
  if (!isJsonObject(value)) return fault('QMP input must be a JSON object', undefined)
  const given = own(value, 'id')
  const id = given === undefined ? undefined : idText(text, given)
  return readMembers(value, oob, id)
}

function readMembers(value: JsonObject, oob: boolean, id: string | undefined): ReadRequest {
  let name: string | undefined
  let args: JsonObject | undefined
  let isOob = false
  for (const member of Object.keys(value)) {
    const each = own(value, member) ?? null
    if (!envelope.has(member) || (member === 'exec-oob' && !oob))
      return fault(`QMP input member '${member}' is unexpected`, id)
    if (member === 'arguments') {
      if (!isJsonObject(each)) return fault("QMP input member 'arguments' must be an object", id)
      args = each
    } else if (member !== 'id') {
      if (typeof each !== 'string') return fault(`QMP input member '${member}' must be a string`, id)
      if (name !== undefined) {
        return fault(`QMP input member '${member}' clashes with '${isOob ? 'exec-oob' : 'execute'}'`, id)
      }
      name = each
      isOob = member === 'exec-oob'
    }
  }
  if (name === undefined) return fault("QMP input lacks member 'execute'", id)
  return { kind: 'command', command: { name, arguments: args, oob: isOob, id } }
}

function fault(desc: string, id: string | undefined): ReadRequest {
  return { kind: 'fault', fault: { desc, id } }
}

/** The text of an id for answers: as it was sent where that is JSON on one line, in ASCII as QEMU writes. */
function idText(text: string, value: Json): string {
  const sent = memberText(text, 'id')
  return asciiJson(sent === undefined || /['\r\n]/.test(sent) ? printJson(value) : sent)
}

/** JSON with all that is not ASCII as `\u` escapes: outside of ASCII there is nothing but parts of strings. */
export function asciiJson(json: string): string {
  return json.replace(
    /[^\0-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

/**
 * The text of a member of an object that was read already; undefined where its name is written with escapes. One pass,
 * no recursion.
 */
function memberText(text: string, name: string): string | undefined {
  let depth = 0
  /** Where the value of the member begins, or -1. */
  let from = -1
  let expectsName = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"' || char === "'") {
      const end = endOfQuoted(text, at)
      if (depth === 1 && expectsName && from < 0 && text.slice(at + 1, end) === name) {
        from = text.indexOf(':', end) + 1
        at = from - 1
      } else at = end
      expectsName = false
    } else if (char === '{' || char === '[') {
      depth += 1
      expectsName = depth === 1
    } else if (char === ',' || char === '}' || char === ']') {
      if (depth === 1 && from >= 0) return text.slice(from, at).trim()
      if (char === ',') expectsName = depth === 1
      else depth -= 1
    }
  }
  return undefined
}

/** The place of the quote that ends a string; `at` is that of the one that begins it. */
function endOfQuoted(text: string, at: number): number {
  const quote = text[at]
  let end = at + 1
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1
  return end
}
