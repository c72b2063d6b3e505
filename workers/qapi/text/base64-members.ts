/**
 * Which texts of a reply or of arguments are bytes as base64. One table: the schema knows them as texts only.
 * @qapi guest-exec-status, guest-file-read, guest-file-write, ringbuf-read
 */
import { isDecimal } from '#base/json/number.ts'
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** A text that is base64. */
export interface Base64Text {
  /** Dotted, from the reply; '' for the reply itself. */
  readonly path: string
  readonly text: string
}

/** Commands and their members, in arguments or in what they return. */
const members: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['guest-exec', new Set(['input-data'])],
  ['guest-exec-status', new Set(['out-data', 'err-data'])],
  ['query-sev-launch-measure', new Set(['data'])],
  ['query-sev-attestation-report', new Set(['data'])],
])

/** Members of any command that say so in their name. */
const byName = /(?:^|[-_])(?:b64|base64)$/

/** Texts of one reply that are found, and how far is looked for them. */
const most = 20
const deepest = 6
const mostVisited = 5000

/** Whether a member of a command holds base64. */
export function isBase64Member(command: string, member: string, args?: Json): boolean {
  if (byName.test(member) || members.get(command)?.has(member) === true) return true
  return command === 'ringbuf-write' && member === 'data' && saysBase64(args)
}

function saysBase64(args: Json | undefined): boolean {
  return args !== undefined && isJsonObject(args) && own(args, 'format') === 'base64'
}

/** The members or items of a value, as far as they are looked at. */
function entriesOf(value: object): readonly (readonly [key: string, value: Json])[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).slice(0, mostVisited).map((each, index) => [String(index), each])
    : Object.entries(value as JsonObject)
}

/** The texts of what a command returned that are base64; those that are empty are not among them. */
export function base64In(command: string, args: JsonObject | undefined, value: Json): readonly Base64Text[] {
  if (typeof value === 'string') {
    return command === 'ringbuf-read' && value !== '' && saysBase64(args) ? [{ path: '', text: value }] : []
  }
  const found: Base64Text[] = []
  let visited = 0
  const walk = (at: Json, path: string, depth: number): void => {
    if (depth > deepest || typeof at !== 'object' || at === null || isDecimal(at)) return
    for (const [key, each] of entriesOf(at)) {
      visited += 1
      if (visited > mostVisited || found.length >= most) return
      const inner = path === '' ? key : `${path}.${key}`
      if (typeof each === 'string') {
        if (each !== '' && isBase64Member(command, key)) found.push({ path: inner, text: each })
      } else walk(each, inner, depth + 1)
    }
  }
  walk(value, '', 0)
  return found
}
