/**
 * Completion of a line in qmp-shell's syntax: names of commands and actions, members of the variant that the tags
 * typed so far choose, enum values and booleans, and what the machine knows. Pure but for the live values.
 */
import { printJson } from '#base/json/print.ts'
import { describeType, commandOf, entitiesOf, membersOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Member } from '#qapi/model/schema-info.ts'
import { actionDataType, actionNames, readTransactionLine } from '#qapi/text/shell-line.ts'
import { tagIn } from '#qapi/text/shell-values.ts'
import { readUnfinished, treeOf } from '#qapi/text/shell-words.ts'
import type { ShellNode } from '#qapi/text/shell-words.ts'
import { commonStart, inColumns } from './help-table.ts'
import type { LiveValues } from './console-values.ts'

/** One text that can stand at the place. */
export interface ShellCandidate {
  /** The completed word, with the character that follows it: a blank, `=`, `.`. */
  readonly text: string
  readonly group: 'required' | 'optional' | 'live' | 'plain'
  readonly note: string | undefined
}

/** What completing leads to. */
export interface ShellCompletion {
  /** The text before the cursor, with what is certain added. */
  readonly before: string
  readonly candidates: readonly ShellCandidate[]
  /** Where there is no candidate: why, or what the place takes. */
  readonly hint: string
}

/** What the line is typed into. */
export interface ShellContext {
  /** Whether a transaction is open: the line is one of its actions. */
  readonly transaction: boolean
  /** Words of the console itself that are offered beside the commands. */
  readonly ownWords: readonly string[]
  readonly live: LiveValues
  /**
   * The schema with the arguments of a command that only the machine knows (`device_add`), by the values of the members
   * that were typed. Undefined: that of the command is all there is.
   */
  readonly shape?: (command: string, given: (member: string) => string | undefined) => Promise<Schema>
}

/** Complete the text before the cursor. */
export async function completeShell(
  schema: Schema,
  before: string,
  context: ShellContext,
): Promise<ShellCompletion> {
  const opened = readTransactionLine(before)
  const inside = context.transaction || opened.at > 0
  const names = inside ? actionNames(schema) : entitiesOf(schema, 'command').map((each) => each.name)
  const prefix = inside ? /^\s*/ : /^\s*(?:exec-oob\s+|help\s+)?/
  const start = opened.at + (prefix.exec(before.slice(opened.at))?.[0].length ?? 0)
  const name = /^\S*/.exec(before.slice(start))?.[0] ?? ''
  const at = start + name.length
  if (at === before.length) {
    const isFirst = !inside && before.slice(0, start).trim() === ''
    const own = isFirst ? [...context.ownWords, 'exec-oob', 'transaction('] : []
    const found = [...names, ...own.filter((each) => !names.includes(each))]
      .sort()
      .map((text) => plain(text.endsWith('(') ? text : `${text} `))
    const what = inside ? 'No action of a transaction' : 'No command of this machine'
    return finish(before, start, name, found, `${what} begins with “${name}”.`)
  }
  const { words, last } = readUnfinished(before, at)
  const tree = treeOf(words)
  const nodes = tree.ok ? tree.value : new Map<string, ShellNode>()
  const shaped =
    inside || context.shape === undefined
      ? schema
      : await context.shape(name, (member) => tagIn(nodes, member))
  const type = inside ? actionDataType(schema, name) : commandOf(shaped, name)?.argType
  if (type === undefined) {
    return {
      before,
      candidates: [],
      hint: `“${name}” is no ${inside ? 'action' : 'command'} of this machine.`,
    }
  }
  const equals = last.text.indexOf('=')
  if (equals < 0) return completeMember(shaped, type, nodes, before, last)
  const path = last.text.slice(0, equals).split('.')
  return completeValue(shaped, type, nodes, { before, at: last.at + equals + 1, name, path }, context.live)
}

function completeMember(
  schema: Schema,
  type: string,
  nodes: ReadonlyMap<string, ShellNode>,
  before: string,
  last: { readonly text: string; readonly at: number },
): ShellCompletion {
  const path = last.text.split('.')
  const word = path.pop() ?? ''
  const place = walk(schema, type, nodes, path)
  const start = last.at + last.text.length - word.length
  if (place === undefined) return { before, candidates: [], hint: `${path.join('.')} has no members.` }
  const entity = schema.byName.get(place.type)
  if (entity?.kind === 'array') {
    const next = String(place.nodes.size)
    return finish(before, start, word, named(schema, entity.elementType, next, 'plain'), 'It takes an index.')
  }
  const tag = entity?.kind === 'object' ? entity.tag : undefined
  const found = members(schema, place.type, place.nodes)
    .filter((each) => place.nodes.get(each.name)?.kind !== 'value')
    // The tag decides which other members there are, so it comes first.
    .sort((a, b) => Number(b.name === tag) - Number(a.name === tag))
    .flatMap((each) => named(schema, each.type, each.name, each.optional ? 'optional' : 'required'))
  const ordered = [
    ...found.filter((each) => each.group === 'required'),
    ...found.filter((each) => each.group !== 'required'),
  ]
  const missing =
    tag !== undefined && !place.nodes.has(tag) ? ` ${tag} decides which other members there are.` : ''
  const none = word === '' ? 'There are no further members.' : `No member begins with “${word}”.`
  return finish(before, start, word, ordered, none + missing)
}

/** How a member can be written: `name=`, and `name.` where it can have members. */
function named(
  schema: Schema,
  type: string,
  name: string,
  group: ShellCandidate['group'],
): readonly ShellCandidate[] {
  const entity = schema.byName.get(type)
  const branches = entity?.kind === 'alternate' ? entity.branches : [type]
  const kinds = branches.map((each) => schema.byName.get(each)?.kind)
  const isObject = kinds.includes('object')
  const note = describeType(schema, type)
  return [
    ...(isObject && kinds.length === 1 ? [] : [{ text: `${name}=`, group, note }]),
    ...(isObject || kinds.includes('array') ? [{ text: `${name}.`, group, note }] : []),
  ]
}

async function completeValue(
  schema: Schema,
  type: string,
  nodes: ReadonlyMap<string, ShellNode>,
  at: {
    readonly before: string
    readonly at: number
    readonly name: string
    readonly path: readonly string[]
  },
  live: LiveValues,
): Promise<ShellCompletion> {
  const { before, path } = at
  const typed = before.slice(at.at)
  const quote = typed.startsWith('"') || typed.startsWith("'") ? (typed[0] ?? '') : ''
  const member = memberAt(schema, type, nodes, path)
  if (member === undefined) return { before, candidates: [], hint: `${path.join('.')} is no member here.` }
  const values = valuesOf(schema, member.type)
  const known = await live(at.name, path)
  const candidates = [
    ...known.map(({ value, note }) => ({ value, note, group: 'live' as const })),
    ...values
      .filter((value) => !known.some((each) => each.value === value))
      .map((value) => ({ value, note: undefined, group: 'plain' as const })),
  ].map(({ value, note, group }) => ({ text: `${quoted(value, quote)} `, group, note }))
  return finish(
    before,
    at.at,
    typed,
    candidates,
    `${path.join('.')} takes ${describeType(schema, member.type)}.`,
  )
}

/** A value as it is written on a line: in quotes where it has to be, or where somebody began with one. */
function quoted(value: string, quote: string): string {
  if (quote === "'") return `'${value.replace(/[\\']/g, '\\$&')}'`
  return quote === '"' || /[\s"'{}[\]\\]|^$/.test(value) ? printJson(value) : value
}

function valuesOf(schema: Schema, type: string): readonly string[] {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'enum':
      return entity.values.map((each) => each.name)
    case 'alternate': {
      // An alternate in an alternate is none of QAPI's, and one in itself has no end.
      const branches = entity.branches.filter((each) => schema.byName.get(each)?.kind !== 'alternate')
      return [...new Set(branches.flatMap((each) => valuesOf(schema, each)))]
    }
    case 'builtin':
      return entity.jsonType === 'boolean' ? ['on', 'off'] : entity.jsonType === 'null' ? ['null'] : []
    default:
      return []
  }
}

interface ShellPlace {
  readonly type: string
  readonly nodes: ReadonlyMap<string, ShellNode>
}

function members(schema: Schema, type: string, nodes: ReadonlyMap<string, ShellNode>): Member[] {
  return [...membersOf(schema, type, (tag) => tagIn(nodes, tag))]
}

/** The object or list that a path leads to; undefined where it leads nowhere. */
function walk(
  schema: Schema,
  type: string,
  nodes: ReadonlyMap<string, ShellNode>,
  path: readonly string[],
): ShellPlace | undefined {
  let place: ShellPlace | undefined = { type, nodes }
  for (let depth = 0; depth < path.length && place !== undefined; depth += 1) {
    const name = path[depth] ?? ''
    const member = memberAt(schema, place.type, place.nodes, [name])
    const inner = member === undefined ? undefined : withMembers(schema, member.type, path[depth + 1])
    const node = place.nodes.get(name)
    place =
      inner === undefined
        ? undefined
        : { type: inner, nodes: node?.kind === 'members' ? node.members : new Map() }
  }
  return place
}

/** The branch of a type that has members: of an alternate the list where an index follows, else the object. */
function withMembers(schema: Schema, type: string, next: string | undefined): string | undefined {
  const entity = schema.byName.get(type)
  const branches = entity?.kind === 'alternate' ? entity.branches : [type]
  const wanted =
    next !== undefined && /^\d+$/.test(next) ? (['array', 'object'] as const) : (['object', 'array'] as const)
  for (const kind of wanted) {
    const found = branches.find((each) => schema.byName.get(each)?.kind === kind)
    if (found !== undefined) return found
  }
  return undefined
}

function memberAt(
  schema: Schema,
  type: string,
  nodes: ReadonlyMap<string, ShellNode>,
  path: readonly string[],
): { readonly type: string } | undefined {
  const place = walk(schema, type, nodes, path.slice(0, -1))
  if (place === undefined) return undefined
  const entity = schema.byName.get(place.type)
  if (entity?.kind === 'array') return { type: entity.elementType }
  return members(schema, place.type, place.nodes).find((each) => each.name === path[path.length - 1])
}

function plain(text: string): ShellCandidate {
  return { text, group: 'plain', note: undefined }
}

function finish(
  before: string,
  start: number,
  word: string,
  all: readonly ShellCandidate[],
  hint: string,
): ShellCompletion {
  const candidates = all.filter((each) => each.text.startsWith(word))
  if (candidates.length === 0) return { before, candidates, hint }
  const common = commonStart(candidates.map((each) => each.text))
  return { before: before.slice(0, start) + common, candidates, hint: '' }
}

/** The candidates as text for a terminal: those that are required first, live values with what is known of them. */
export function listCandidates(candidates: readonly ShellCandidate[], columns: number): string {
  const parts: string[] = []
  for (const group of ['live', 'required', 'optional', 'plain'] as const) {
    const some = candidates.filter((each) => each.group === group)
    if (some.length === 0) continue
    const texts = some.map((each) => each.text.trimEnd())
    if (group === 'live') {
      const width = Math.max(...texts.map((each) => each.length)) + 2
      parts.push(
        some
          .map((each, index) => `${(texts[index] ?? '').padEnd(width)}${each.note ?? ''}`.trimEnd())
          .join('\n'),
      )
    } else {
      const title = group === 'plain' ? '' : `${group}:\n`
      parts.push(title + inColumns(texts, columns))
    }
  }
  return parts.join('\n')
}
