/**
 * Removes the secrets from everything that was on the wire: known arguments of commands, members and texts that are marked
 * as secret by their names, and repetitions of a command's secrets.
 */
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonKind, jsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { createKnownSecrets } from './known-secrets.ts'
import { redact, redactValue, redactWords, repliesWithSecret, secretMark } from './secrets.ts'

/** Cleans the rows of one record. */
export interface SecretCleaner {
  /** Look at a command as it was sent, so that its secrets are known elsewhere. */
  learn(exec: number, name: string, text: string | undefined): void
  /** The arguments of a command (JSON) without secrets; the same text where there are none. */
  readonly arguments: (command: string, text: string) => string
  /** Any other text without secrets; JSON is read and written again where it has some. */
  readonly text: (text: string) => string
  /** Whether what a command returned is a secret as a whole. */
  readonly isSecretReply: (exec: number) => boolean
}

/** A text without any of these contains no recognisable secret. Escapes may hide one. */
const mayShow =
  /:\/\/|rbd|json:|key=|pass|pwd|token|cookie|private|api[-_]?key|credential|authorization|secret|signature|[?&]sig=|"data"|\\u00|\\\//i

/** Deeper values are left out: no server reads them. */
const depthLimit = 1024

/** Make one. It knows nothing yet. */
export function createSecretCleaner(): SecretCleaner {
  const known = createKnownSecrets()
  const secretReplies = new Set<number>()

  function cleanText(text: string): string {
    if (!mayShow.test(text) && (known.isEmpty || known.clean(text) === text)) return text
    const parsed = /^\s*[{["]/.test(text) ? parseJson(text) : undefined
    if (parsed?.ok !== true) return cleanWords(text)
    // Known secrets first: in an address only a part of a password with an `@` may be recognised.
    const out = redactValue(known.isEmpty ? parsed.value : cleanValue(parsed.value, 0)).value
    return out === parsed.value ? text : printJson(out)
  }

  /** A text that is no JSON. Where a part of it is escaped as in JSON, it cannot be taken apart: all is left out. */
  function cleanWords(text: string): string {
    const clean = (words: string): string => redactWords(known.clean(words)).text
    const plain = text.replace(/\\([^])/g, '$1')
    return plain !== text && clean(plain) !== plain ? secretMark : clean(text)
  }

  /** The same value where nothing in it is known. */
  function cleanValue(value: Json, depth: number): Json {
    if (typeof value === 'string') return known.clean(value)
    if (jsonKind(value) === 'number') return known.clean(printJson(value)) === secretMark ? secretMark : value
    if (typeof value !== 'object' || value === null || isDecimal(value)) return value
    if (depth > depthLimit) return secretMark
    if (Array.isArray(value)) {
      const items = value as readonly Json[]
      const out = items.map((each): Json => cleanValue(each, depth + 1))
      return out.every((each, index) => each === items[index]) ? items : out
    }
    const entries = Object.entries(value as JsonObject)
    const out = entries.map(([name, each]) => [known.clean(name), cleanValue(each, depth + 1)] as const)
    const isSame = out.every(
      ([name, each], index) => name === entries[index]?.[0] && each === entries[index][1],
    )
    return isSame ? value : jsonObject(out)
  }

  return {
    learn(exec, name, text) {
      if (text?.includes('"arguments"') !== true) return
      const parsed = parseInput(text)
      const args = parsed.ok && isJsonObject(parsed.value) ? parsed.value.arguments : undefined
      if (args === undefined || !isJsonObject(args)) return
      for (const secret of redact(name, args).secrets) known.add(secret)
      if (repliesWithSecret(name, args)) secretReplies.add(exec)
    },
    arguments(command, text) {
      const parsed = parseJson(text)
      if (!parsed.ok) return cleanText(text)
      const { value } = parsed
      const clean = isJsonObject(value) ? redact(command, value).arguments : redactValue(value).value
      return clean === value || clean === undefined ? text : printJson(clean)
    },
    text: cleanText,
    isSecretReply: (exec) => secretReplies.has(exec),
  }
}
