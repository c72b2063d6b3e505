/**
 * Gets QEMU's own verdict on arguments: asks without running anything, and reads its refusals.
 *
 * A command whose arguments hold a member that it does not know is refused after all the others were read: "Parameter
 * 'x' is unexpected" then proves that the others are accepted, and nothing ran.
 * @qemu qapi/qobject-input-visitor.c, qobject_input_check_struct
 * @adr 0015
 */
import { inWords } from '#base/apart.ts'
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { rangeOf } from '../model/integer-type.ts'
import { commandOf, membersOf, takesAnyMember } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Member } from '../model/schema-info.ts'
import { isProbe, withProbe } from './probe.ts'
import { branchFor } from './validate.ts'

/** A refusal, read. `path` is dotted as in `Issue`, as far as the text tells it: an enum's names its last part only. */
export interface Refusal {
  readonly rule: 'missing' | 'unexpected' | 'type' | 'value' | 'width'
  readonly path: string
  /** What was expected, in QEMU's word: `string`, `uint16_t`, `BlockdevRef`. */
  readonly expected: string | undefined
}

const forms: readonly (readonly [Refusal['rule'], RegExp])[] = [
  ['missing', /^Parameter '(.*)' is missing$/],
  ['unexpected', /^Parameter '(.*)' is unexpected$/],
  ['type', /^Invalid parameter type for '(.*)', expected: (.*)$/],
  ['value', /^Parameter '(.*)' does not accept value '.*'$/],
  ['width', /^Parameter '(.*)' expects (u?int\d+(?:_t)?|int64|integer)$/],
  ['value', /^Invalid parameter '(.*)'$/],
]

/**
 * Characters of an error that is read as a refusal. A refusal repeats a value at most. A longer error is shown but not
 * read, because the expressions search all of it.
 */
const longestRefusal = 16_384

/** Read the text of an error as a refusal of arguments. Undefined where it is another error. */
export function readRefusal(desc: string): Refusal | undefined {
  // Newer versions put the place in the text of the request before it.
  if (desc.length > longestRefusal) return undefined
  const text = desc.replace(/^\d+:\d+: /, '')
  for (const [rule, form] of forms) {
    const [whole, name = '', expected] = form.exec(text) ?? []
    if (whole === undefined) continue
    // `a.b[0].c`, and the places where the visitor has no name to give.
    const path = name === 'null' || name === '(null)' ? '' : name.replace(/\[(\d+)\]/g, '.$1')
    return { rule: isWidth(rule, expected) ? 'width' : rule, path, expected }
  }
  return undefined
}

/** A 64-bit integer that a type refuses is refused as one of another type. */
function isWidth(rule: Refusal['rule'], expected: string | undefined): boolean {
  return rule === 'type' && (expected === 'uint64' || expected === 'int64')
}

/** Why a command must not be asked about: it would run. Undefined where asking is safe. */
export function whyNotAsk(schema: Schema, name: string): string | undefined {
  const command = commandOf(schema, name)
  if (command === undefined)
    return `This schema has no command ${inWords(name)}: what it would do with an extra member is not known.`
  if (name === 'query-qmp-schema') {
    return 'Some versions run query-qmp-schema whatever its arguments are. It reads only: it can be sent instead.'
  }
  if (takesAnyMember(schema, name)) {
    return `${inWords(name)} passes members that it does not know on to what it makes: asking would run it.`
  }
  const type = schema.byName.get(command.argType)
  if (type?.kind !== 'object')
    return `The arguments of ${inWords(name)} are of a kind that this page does not know.`
  return undefined
}

/** QEMU's verdict on arguments. */
export type Verdict =
  | { readonly kind: 'accepted' }
  /** `refusal` is undefined for an unknown text. */
  | { readonly kind: 'refused'; readonly desc: string; readonly refusal: Refusal | undefined }
  /** It gave no verdict: `why` is a sentence. */
  | { readonly kind: 'none'; readonly why: string }

const mostTurns = 40

/**
 * Ask. `send` runs a command and gives the text of its error, or a sentence where there is none (connection lost).
 * `unexpected` says whether the arguments themselves have members that the schema does not know.
 */
export async function ask(
  schema: Schema,
  name: string,
  args: JsonObject | undefined,
  unexpected: boolean,
  send: (name: string, args: JsonObject) => Promise<{ readonly desc: string } | { readonly why: string }>,
): Promise<Verdict> {
  const whyNot = whyNotAsk(schema, name)
  if (whyNot !== undefined) return { kind: 'none', why: whyNot }
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const answer = await send(name, withProbe(args, turn))
    if ('why' in answer) return { kind: 'none', why: answer.why }
    const refusal = readRefusal(answer.desc)
    if (refusal?.rule !== 'unexpected' || !isProbe(refusal.path)) {
      return { kind: 'refused', desc: answer.desc, refusal }
    }
    if (!unexpected) return { kind: 'accepted' }
  }
  return {
    kind: 'none',
    why: 'QEMU named the member that was added to ask, each time: what it thinks of the unexpected one is not known.',
  }
}

/** A place in arguments: the member whose value, or whose element's value, it is, and the type that has the member. */
interface MemberPlace {
  readonly owner: string
  readonly member: Member
  readonly value: Json | undefined
}

/** The type that has a member itself: the object, or the case whose members it has too. */
function ownerOf(schema: Schema, type: string, member: Member): string {
  const seen = new Set<string>()
  const open = [type]
  for (const name of open) {
    const entity = schema.byName.get(name)
    if (entity?.kind !== 'object' || seen.has(name)) continue
    seen.add(name)
    if (entity.members.includes(member)) return name
    for (const each of entity.variants) open.push(each.type)
  }
  return type
}

/** The width of an integer member, as a refusal tells it. */
export interface LearnedWidth {
  /** The type that has the member. */
  readonly owner: string
  readonly member: string
  /** `uint16`, `int64`. */
  readonly width: string
  /** The dotted path of the value that was refused. */
  readonly path: string
}

/**
 * The width of an integer, from a refusal. Undefined where it shows none, or where several members of that name could be
 * meant: such a refusal has only the last part of the path.
 */
export function learnedWidth(
  schema: Schema,
  type: string,
  value: Json,
  refusal: Refusal,
): LearnedWidth | undefined {
  if (refusal.expected === undefined) return undefined
  const width = refusal.expected === 'integer' ? 'int64' : refusal.expected.replace(/_t$/, '')
  const range = rangeOf(width)
  if (range === undefined) return undefined
  const found: LearnedWidth[] = []
  walkIntegers(schema, type, value, '', undefined, (place, path) => {
    const { value: given, owner, member } = place
    if (typeof given !== 'number' && typeof given !== 'bigint') return
    // "expected: integer" is said of a text too: only a refused integer tells something of the width.
    if (typeof given === 'number' && !Number.isInteger(given)) return
    const isRefused = BigInt(given) < range.min || BigInt(given) > range.max
    const isNamed =
      refusal.rule === 'width' && refusal.expected?.endsWith('_t') === true
        ? refusal.path === ''
          ? /\.\d+$/.test(path)
          : path === refusal.path || path.endsWith(`.${refusal.path}`)
        : path === refusal.path
    if (isRefused && isNamed) found.push({ owner, member: member.name, width, path })
  })
  const [first, ...rest] = found
  const isOne = rest.every((each) => each.owner === first?.owner && each.member === first.member)
  return isOne ? first : undefined
}

/** Every integer of a value with its place. */
function walkIntegers(
  schema: Schema,
  type: string,
  value: Json,
  path: string,
  place: MemberPlace | undefined,
  visit: (place: MemberPlace, path: string) => void,
): void {
  const entity = schema.byName.get(type)
  if (entity?.kind === 'builtin') {
    if (entity.jsonType === 'int' && place !== undefined) visit({ ...place, value }, path)
  } else if (entity?.kind === 'alternate') {
    const branch = branchFor(schema, entity, value)
    if (branch !== undefined) walkIntegers(schema, branch, value, path, place, visit)
  } else if (entity?.kind === 'array' && Array.isArray(value)) {
    ;(value as readonly Json[]).forEach((item, index) =>
      walkIntegers(schema, entity.elementType, item, `${path}.${index}`, place, visit),
    )
  } else if (entity?.kind === 'object' && isJsonObject(value)) {
    const tagOf = (tag: string): string | undefined => {
      const given = own(value, tag)
      return typeof given === 'string' ? given : undefined
    }
    for (const member of membersOf(schema, type, tagOf)) {
      const inside = own(value, member.name)
      if (inside === undefined) continue
      const at = path === '' ? member.name : `${path}.${member.name}`
      const owner = ownerOf(schema, type, member)
      walkIntegers(schema, member.type, inside, at, { owner, member, value: inside }, visit)
    }
  }
}
