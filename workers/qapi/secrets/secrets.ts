/**
 * Which arguments are secrets: by command and member for what is known, by the name of the member for the rest.
 *
 * Two questions with two answers. `redact` finds the secrets themselves and puts a mark in their place, so that a
 * history or a file can keep the rest. `mayCarrySecret` keeps whole addresses free of them and says yes too often.
 *
 * No secrets, though their names sound like it: the ids of secret objects (`key-secret`, `password-secret`,
 * `passwordid`, `keyid`), the names of files, public keys (`guest-ssh-add-authorized-keys`), and truth values
 * (`password: true` asks for one). Not recognised: what is typed as keys (`send-key`), programs and their input
 * (`guest-exec`), and the content of files.
 * @adr 0013
 */
import { own } from '#base/own.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonKind, jsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { placesOf } from '../draft/json-places.ts'
import { createKnownSecrets } from './known-secrets.ts'
import { cutSecrets, isNoSecret, secretMark, secretPlaces } from './secret-places.ts'

export { secretMark } from './secret-places.ts'

/** Arguments without their secrets. */
export interface Redacted {
  readonly arguments: JsonObject | undefined
  /** Where something was left out, dotted; empty where nothing was. */
  readonly paths: readonly string[]
  /** What was left out, for taking it out of other texts: an error may repeat it. */
  readonly secrets: readonly string[]
}

/** Members that are secrets, by command. */
const byCommand: Readonly<Record<string, readonly string[]>> = {
  set_password: ['password'],
  'change-vnc-password': ['password'],
  block_passwd: ['password'],
  'guest-set-user-password': ['password'],
  'sev-inject-launch-secret': ['secret'],
}

/** Names of members that are secrets anywhere. What ends in `-secret` or `id` is the id of one. */
const secretMember =
  /^(?:(?:.*[-_.])?(?:password|passwd|passphrase|passcode|token|cookies?|private[-_]?key|api[-_]?key|credentials?|authorization)|secret)$/i

/** Names are looked at up to this length, so that a long one costs nothing: no real one comes near it. */
const longestName = 200

const depthLimit = 1024

/** Put the mark in the place of every secret. Arguments without any come back as they are. */
export function redact(name: string, args: JsonObject | undefined): Redacted {
  const found: FoundSecrets = { paths: [], secrets: [] }
  if (args === undefined) return { arguments: args, ...found }
  const out = redactObject(args, secretMembersOf(name, args), name, '', 0, found)
  return { arguments: found.paths.length === 0 ? args : out, ...found }
}

/**
 * A text without the secrets that `redact` found in the arguments, and without recognisable ones (passwords in addresses
 * and options). Known ones of one or two characters stay.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  return redactWords(createKnownSecrets(secrets).clean(text)).text
}

/** A text without recognisable secrets: in addresses, names of images, options. */
export function redactWords(text: string): { readonly text: string; readonly secrets: readonly string[] } {
  const found: FoundSecrets = { paths: [], secrets: [] }
  return { text: redactString(text, '', 0, found), secrets: found.secrets }
}

/** A server's value without the secrets that are recognisable by names of members and in texts. */
export function redactValue(value: Json): { readonly value: Json; readonly secrets: readonly string[] } {
  const found: FoundSecrets = { paths: [], secrets: [] }
  const out = withoutSecrets(value, '', 0, found)
  return { value: found.paths.length === 0 ? value : out, secrets: found.secrets }
}

/** Whether a secret was left out of a value: it must not be sent so. */
export function holdsMark(value: Json | undefined, depth = 0): boolean {
  if (typeof value === 'string') return value.includes(secretMark)
  if (value === undefined || value === null || typeof value !== 'object' || isDecimal(value)) return false
  if (depth > depthLimit) return false
  return Object.values(value).some((each: Json) => holdsMark(each, depth + 1))
}

/** The same arguments with the marks taken out, for a form to be filled in: members that were secrets are missing. */
export function withoutMarks(args: JsonObject): JsonObject {
  return jsonObject(
    Object.entries(args).flatMap(([member, value]) => {
      const rest = unmarked(value, 0)
      return rest === undefined ? [] : [[member, rest] as const]
    }),
  )
}

function unmarked(value: Json, depth: number): Json | undefined {
  if (typeof value === 'string') {
    if (!value.includes(secretMark)) return value
    const rest = value.split(secretMark).join('')
    return rest === '' ? undefined : rest
  }
  if (depth > depthLimit || typeof value !== 'object' || value === null || isDecimal(value)) return value
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flatMap((each) => {
      const rest = unmarked(each, depth + 1)
      return rest === undefined ? [] : [rest]
    })
  }
  return jsonObject(
    Object.entries(value as JsonObject).flatMap(([member, each]) => {
      const rest = unmarked(each, depth + 1)
      return rest === undefined ? [] : [[member, rest] as const]
    }),
  )
}

/** The names of the parameters that stand where a secret belongs: what they are filled with is secret too. */
export function secretParameters(name: string, args: JsonObject | undefined): ReadonlySet<string> {
  const names = new Set<string>()
  if (args === undefined) return names
  const parameter = (value: Json): void => {
    if (typeof value === 'string')
      for (const each of value.matchAll(/\$\{([A-Za-z_][\w-]*)/g)) names.add(each[1] ?? '')
  }
  const walk = (value: Json, secret: ReadonlySet<string>, depth: number): void => {
    if (typeof value === 'string') {
      for (const { from, to } of secretPlaces(value)) parameter(value.slice(from, to))
    }
    if (depth > depthLimit || typeof value !== 'object' || value === null || isDecimal(value)) return
    if (Array.isArray(value)) {
      for (const each of value as readonly Json[]) walk(each, secretMembersOf('', each), depth + 1)
      return
    }
    for (const [member, each] of Object.entries(value as JsonObject)) {
      if (isSecretMember(member, each, secret)) parameter(each)
      walk(each, secretMembersOf('', each), depth + 1)
    }
  }
  walk(args, secretMembersOf(name, args), 0)
  const line = lineOf(name, args)
  const from = line === undefined ? undefined : secretOfLine(line)
  if (line !== undefined && from !== undefined) parameter(line.slice(from))
  return names
}

interface FoundSecrets {
  readonly paths: string[]
  readonly secrets: string[]
}

/** The members of an object that are secrets because of its command or its other members. */
function secretMembersOf(name: string, value: Json): ReadonlySet<string> {
  const members = new Set(Object.hasOwn(byCommand, name) ? byCommand[name] : [])
  if (!isJsonObject(value)) return members
  const text = (member: string): string => {
    const found = own(value, member)
    return typeof found === 'string' ? found : ''
  }
  // object-add, alone or inside of another command.
  if (/^secret/.test(text('qom-type'))) members.add('data')
  // Before 6.0: {device: vnc, target: password, arg: the password}.
  if (name === 'change' && text('device') === 'vnc') members.add('arg')
  const property = text('property')
  if (name === 'qom-set' && (isSecretName(property) || /^secret/.test(text('path')) || property === 'data'))
    members.add('value')
  // A property in the return of qom-list-get.
  const told = text('name')
  if (name === '' && (isSecretName(told) || (told === 'data' && text('type') === 'string')))
    members.add('value')
  // QEMU's form of the options of a Rados image: ["key", "…", …] as a text.
  if (text('driver') === 'rbd') members.add('key').add('=keyvalue-pairs')
  return members
}

function isSecretName(name: string): boolean {
  return name.length <= longestName && secretMember.test(name)
}

function isSecretMember(member: string, value: Json, known: ReadonlySet<string>): boolean {
  if (value === null || typeof value === 'boolean' || value === '') return false
  return known.has(member) || isSecretName(member)
}

function redactObject(
  value: JsonObject,
  secret: ReadonlySet<string>,
  name: string,
  path: string,
  depth: number,
  found: FoundSecrets,
): JsonObject {
  // In older versions the properties of an object-add are in an object of their own.
  const isSecretObject = secret.has('data')
  return jsonObject(
    Object.entries(value).map(([member, each]) => {
      const at = path === '' ? member : `${path}.${member}`
      if (isSecretMember(member, each, secret)) {
        if (typeof each === 'string' && isNoSecret(each)) return [member, each]
        found.paths.push(at)
        collect(each, found.secrets, 0)
        return [member, secretMark]
      }
      if (name === 'human-monitor-command' && member === 'command-line' && typeof each === 'string') {
        return [member, redactLine(each, at, found)]
      }
      if (isSecretObject && member === 'props' && isJsonObject(each)) {
        return [member, redactObject(each, secret, '', at, depth + 1, found)]
      }
      return [member, withoutSecrets(each, at, depth + 1, found)]
    }),
  )
}

function withoutSecrets(value: Json, path: string, depth: number, found: FoundSecrets): Json {
  if (typeof value === 'string') return redactString(value, path, depth, found)
  if (value === null || typeof value !== 'object' || isDecimal(value)) return value
  if (depth > depthLimit) {
    // Too deep to be searched, and deeper than any server reads.
    found.paths.push(path)
    return secretMark
  }
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((each, index) =>
      withoutSecrets(each, `${path}.${index}`, depth + 1, found),
    )
  }
  const object = value as JsonObject
  return redactObject(object, secretMembersOf('', object), '', path, depth, found)
}

function redactString(text: string, path: string, depth: number, found: FoundSecrets): string {
  const cut = cutSecrets(text, (value) => {
    const inner: FoundSecrets = { paths: [], secrets: [] }
    return { value: withoutSecrets(value, '', depth + 1, inner), secrets: inner.secrets }
  })
  if (cut.text === text) return text
  found.paths.push(path)
  found.secrets.push(...cut.secrets)
  return cut.text
}

/** Every text in a value that is secret as a whole. */
function collect(value: Json, secrets: string[], depth: number): void {
  if (typeof value === 'string') secrets.push(value)
  else if (jsonKind(value) === 'number') secrets.push(printJson(value))
  else if (typeof value === 'object' && value !== null && depth <= depthLimit) {
    for (const each of Object.values<Json>(value as JsonObject)) collect(each, secrets, depth + 1)
  }
}

function lineOf(name: string, args: JsonObject): string | undefined {
  const line = name === 'human-monitor-command' ? own(args, 'command-line') : undefined
  return typeof line === 'string' ? line : undefined
}

/** Lines of the human monitor, up to where the secret begins: it is taken to go on to the end. */
const secretLines: readonly RegExp[] = [
  /^\s*set_password\s+\S+\s+/,
  /^\s*change\s+vnc\s+(?:password|passwd)\s+/,
  /^\s*block_passwd\s+\S+\s+/,
  /^\s*qom-set\s+\S+\s+(?:data|password|passphrase|\S{1,60}[-_.](?:password|passphrase))\s+/,
]

function secretOfLine(line: string): number | undefined {
  for (const begin of secretLines) {
    const match = begin.exec(line)
    if (match !== null && line.length > match[0].length) return match[0].length
  }
  return undefined
}

function redactLine(line: string, path: string, found: FoundSecrets): string {
  const from = secretOfLine(line)
  if (from === undefined) return redactString(line, path, 0, found)
  const rest = line.slice(from).trim()
  if (isNoSecret(rest)) return line
  found.paths.push(path)
  // The password is the first word; what may follow are options.
  found.secrets.push(rest, firstWord(rest))
  return `${line.slice(0, from)}${secretMark}`
}

function firstWord(text: string): string {
  const quoted = /^"((?:\\[^]|[^"\\])*)"/.exec(text)?.[1]
  return quoted ?? text.split(/\s/, 1)[0] ?? ''
}

/** Whether what a command returns is a secret as a whole: it reads one property of an object. */
export function repliesWithSecret(name: string, args: JsonObject): boolean {
  const property = own(args, 'property')
  const line = lineOf(name, args)
  const asked = line === undefined ? undefined : /^\s*qom-get\s+\S+\s+(\S{1,200})/.exec(line)?.[1]
  const read = name === 'qom-get' && typeof property === 'string' ? property : asked
  return read !== undefined && (read === 'data' || isSecretName(read))
}

const anySecretName = /pass(word|phrase|wd)?$|^pass|secret|token|cookie|^key$|private/i
const secretCommands = /password|set_vnc|secret|guest-set-user-password|guest-ssh/

/** Whether a command with these arguments may carry a secret. Says yes too often rather than too seldom. */
export function mayCarrySecret(name: string, args: JsonObject | undefined): boolean {
  if (secretCommands.test(name)) return true
  if (args === undefined) return false
  const type = own(args, 'qom-type')
  if (name === 'object-add' && typeof type === 'string' && type.startsWith('secret')) return true
  return namesSecret(args) || redact(name, args).paths.length > 0
}

/**
 * Whether arguments that are still being typed may carry a secret: by what can be read of them, and by every word in them,
 * since a value may stand where nothing is read yet. Says yes too often rather than too seldom.
 */
export function textMayCarrySecret(text: string, name: string): boolean {
  if (secretCommands.test(name)) return true
  const words = text.match(/[\w-]+/g) ?? []
  if (words.some((each) => each.length <= longestName && anySecretName.test(each))) return true
  return (
    redactWords(text).secrets.length > 0 ||
    placesOf(text).some(({ value }) => value !== undefined && mayCarrySecret(name, objectOf(value)))
  )
}

const objectOf = (value: Json): JsonObject => (isJsonObject(value) ? value : { value })

function namesSecret(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(namesSecret)
  if (!isJsonObject(value)) return false
  return Object.entries(value).some(([member, each]) => anySecretName.test(member) || namesSecret(each))
}
