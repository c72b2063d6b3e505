/**
 * Reads a schema out of a file that somebody has: the array alone, a whole reply, or a transcript that has the reply
 * somewhere in it, pretty-printed or not. Never throws, linear in the size of the text.
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { buildSchema } from './schema.ts'
import type { Schema } from './schema.ts'

/** A schema that was found in a file. */
export interface FoundSchema {
  readonly schema: Schema
  /** The array as query-qmp-schema returns it. */
  readonly raw: Json
  readonly found: 'array' | 'reply' | 'transcript'
}

/** Candidates of a transcript that are looked at and are no JSON: noise that opens brackets, not a schema. */
const mostFailures = 200

/** Read the text of a file. The failure is a sentence: what it is instead, and where it goes wrong. */
export function readSchemaFile(text: string): Result<FoundSchema, string> {
  const content = text.replace(/^\ufeff/, '')
  if (content.trim() === '') return err('The file is empty.')
  if (content.slice(0, 4096).includes('\0')) {
    return err('This is a binary file. A schema is JSON: what query-qmp-schema returns.')
  }
  const whole = parseJson(content)
  if (whole.ok) return fromValue(whole.value)
  const found = inTranscript(content)
  if (found !== undefined) return found
  const { message, line, column, offset } = whole.error
  if (!/^\s*[[{]/.test(content)) {
    return err(
      'This is neither JSON nor a transcript with a reply to query-qmp-schema: there is no reply with entities in it.',
    )
  }
  if (offset >= content.trimEnd().length) {
    return err(`The file ends in the middle, at line ${line}, column ${column}: it was cut off.`)
  }
  return err(`This is not JSON: ${message}, at line ${line}, column ${column}.`)
}

function fromValue(value: Json): Result<FoundSchema, string> {
  const isArray = Array.isArray(value)
  const raw = isArray ? value : replyOf(value)
  if (raw === undefined) {
    const error = isJsonObject(value) && Object.hasOwn(value, 'error')
    return err(
      error
        ? 'This is an error reply: the machine did not answer query-qmp-schema with a schema.'
        : 'This is JSON, but no schema: query-qmp-schema returns an array of entities, each with a name and a meta-type.',
    )
  }
  const schema = buildSchema(raw)
  return schema.ok ? ok({ schema: schema.value, raw, found: isArray ? 'array' : 'reply' }) : schema
}

function replyOf(value: Json): Json | undefined {
  return isJsonObject(value) ? own(value, 'return') : undefined
}

/** The first message of a transcript that is a schema. Undefined where there is none. */
function inTranscript(text: string): Result<FoundSchema, string> | undefined {
  const opening = /[[{]/g
  let failures = 0
  let cut: Result<FoundSchema, string> | undefined
  for (let at = nextOpening(opening, text, 0); at >= 0 && failures < mostFailures;) {
    const end = endOf(text, at)
    if (end === undefined) {
      failures += 1
      const rest = text.slice(at, at + 4096)
      if (/^[[{]\s*("return"\s*:\s*\[|\{)/.test(rest) && rest.includes('"meta-type"')) {
        const line = text.slice(0, at).split('\n').length
        cut ??= err(
          `The reply that begins at line ${line} is not complete: it was cut off or something is in between.`,
        )
      }
      // Noise: go on in the next line.
      const next = text.indexOf('\n', at)
      at = next < 0 ? -1 : nextOpening(opening, text, next)
      continue
    }
    const part = text.slice(at, end)
    const value = part.includes('"meta-type"') ? parseJson(part) : undefined
    const found = value?.ok === true ? fromValue(value.value) : undefined
    if (found?.ok === true) return ok({ ...found.value, found: 'transcript' })
    at = nextOpening(opening, text, end)
  }
  return cut
}

function nextOpening(opening: RegExp, text: string, from: number): number {
  opening.lastIndex = from
  return opening.exec(text)?.index ?? -1
}

/** Where the value that begins at `from` ends: after the bracket that closes it. Undefined where none does. */
function endOf(text: string, from: number): number | undefined {
  const token = /["[\]{}]/g
  token.lastIndex = from
  let depth = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [char] = found
    if (char === '"') {
      const end = endOfString(text, found.index)
      if (end === undefined) return undefined
      token.lastIndex = end
    } else if (char === '[' || char === '{') depth += 1
    else {
      depth -= 1
      if (depth === 0) return token.lastIndex
    }
  }
  return undefined
}

function endOfString(text: string, from: number): number | undefined {
  const special = /["\\\n]/g
  special.lastIndex = from + 1
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    if (found[0] === '"') return special.lastIndex
    // A string of JSON does not go over a line end: this was a quote in prose.
    if (found[0] === '\n') return undefined
    special.lastIndex += 1
  }
  return undefined
}
