/**
 * An unfinished value, as a form holds it: the typed texts, valid or not, and which members are present.
 *
 * Nothing typed is lost: a member that is taken away, the members of a case that is left, the branches of an
 * alternate not chosen all stay and come back. Members are kept by name and type, so what cases share stays when the
 * tag changes. Nodes are made when they are first looked at, so recursive types cost nothing.
 *
 * One file, because reading a value into a draft and building one of it are the two directions of one shape.
 * Tested by workers/qapi/draft/form.test.ts and workers/qapi/qapi.test.ts.
 * @adr 0016
 */
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject, jsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { membersOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import type { Member } from '../model/schema-info.ts'
import { branchFor } from '../check/validate.ts'
import type { Issue } from '../check/validate.ts'
import { branchNames } from './branch-names.ts'
import { readNumber } from './typed-number.ts'

/** A place in a form. Immutable: replace it. */
export type Node =
  /** Undefined: nothing was typed yet, which differs from the empty string. */
  | { readonly kind: 'string'; readonly text: string | undefined }
  /** `integer` says which of the two the type is; the text is as typed (`4G`, `0x10`). */
  | { readonly kind: 'number'; readonly integer: boolean; readonly text: string }
  /** Undefined: not chosen yet. */
  | { readonly kind: 'boolean'; readonly value: boolean | undefined }
  | { readonly kind: 'null' }
  | { readonly kind: 'enum'; readonly value: string | undefined }
  /** Any JSON, as text; also a value that does not fit its type (`misfit`), kept until it is edited. */
  | { readonly kind: 'json'; readonly text: string; readonly misfit: boolean }
  | { readonly kind: 'array'; readonly items: readonly Node[] }
  | {
      readonly kind: 'object'
      /** By `memberKey`: everything that was ever typed here. */
      readonly nodes: ReadonlyMap<string, Node>
      /** The keys of optional members that are present. Required ones always are. */
      readonly present: ReadonlySet<string>
      /** Members that the schema does not know: sent as they are, and marked. */
      readonly extra: JsonObject
    }
  | {
      readonly kind: 'alternate'
      /** Index of the branch, or -1: not chosen. */
      readonly branch: number
      readonly nodes: ReadonlyMap<number, Node>
    }

/** An object's node. */
export type ObjectNode = Extract<Node, { kind: 'object' }>

/** Under which key an object's node keeps a member. */
export function memberKey(member: Member): string {
  return `${member.name}\0${member.type}`
}

/** The node of a type before anything is typed. */
export function emptyNode(schema: Schema, type: string): Node {
  const entity = schema.byName.get(type)
  switch (entity?.kind) {
    case 'builtin':
      switch (entity.jsonType) {
        case 'string':
          return { kind: 'string', text: undefined }
        case 'int':
          return { kind: 'number', integer: true, text: '' }
        case 'number':
          return { kind: 'number', integer: false, text: '' }
        case 'boolean':
          return { kind: 'boolean', value: undefined }
        case 'null':
          return { kind: 'null' }
        default:
          return { kind: 'json', text: '', misfit: false }
      }
    case 'enum':
      return { kind: 'enum', value: undefined }
    case 'array':
      return { kind: 'array', items: [] }
    case 'object':
      return { kind: 'object', nodes: new Map(), present: new Set(), extra: {} }
    case 'alternate':
      return { kind: 'alternate', branch: -1, nodes: new Map() }
    default:
      return { kind: 'json', text: '', misfit: false }
  }
}

/** The node of a member, made at the first look. */
export function memberNode(schema: Schema, node: ObjectNode, member: Member): Node {
  return node.nodes.get(memberKey(member)) ?? emptyNode(schema, member.type)
}

/** Whether a member is sent. */
export function isPresent(node: ObjectNode, member: Member): boolean {
  return !member.optional || node.present.has(memberKey(member))
}

/** The node with a member's node replaced; the member is present from then on. */
export function withMember(node: ObjectNode, member: Member, value: Node): ObjectNode {
  const key = memberKey(member)
  return {
    ...node,
    nodes: new Map(node.nodes).set(key, value),
    present: member.optional ? new Set(node.present).add(key) : node.present,
  }
}

/** The node with an optional member present or not; what was typed stays either way. */
export function withPresence(node: ObjectNode, member: Member, present: boolean): ObjectNode {
  const keys = new Set(node.present)
  if (present) keys.add(memberKey(member))
  else keys.delete(memberKey(member))
  return { ...node, present: keys }
}

/** The members that an object has now, given the values of its tags. */
export function currentMembers(schema: Schema, type: string, node: ObjectNode): readonly Member[] {
  return membersOf(schema, type, (tag) => chosen(node, tag))
}

/** The value of the tag that is chosen in a node. */
export function tagValueOf(schema: Schema, type: string, node: ObjectNode): string | undefined {
  const entity = schema.byName.get(type)
  return entity?.kind === 'object' && entity.tag !== undefined ? chosen(node, entity.tag) : undefined
}

function chosen(node: ObjectNode, tag: string): string | undefined {
  for (const [key, value] of node.nodes) {
    if (key.startsWith(`${tag}\0`) && value.kind === 'enum') return value.value
  }
  return undefined
}

/** The node for a value: the inverse of `toValue`. A value that does not fit its type is kept as JSON, marked. */
export function fromValue(schema: Schema, type: string, value: Json): Node {
  const empty = emptyNode(schema, type)
  switch (empty.kind) {
    case 'string':
      if (typeof value === 'string') return { kind: 'string', text: value }
      break
    case 'number':
      if (typeof value === 'number' || typeof value === 'bigint' || isDecimal(value)) {
        return { ...empty, text: printJson(value) }
      }
      break
    case 'boolean':
      if (typeof value === 'boolean') return { kind: 'boolean', value }
      break
    case 'null':
      if (value === null) return empty
      break
    case 'enum':
      if (typeof value === 'string') return { kind: 'enum', value }
      break
    case 'json':
      return { kind: 'json', text: printJson(value, { indent: 2 }), misfit: false }
    case 'array': {
      const entity = schema.byName.get(type)
      if (Array.isArray(value) && entity?.kind === 'array') {
        const items = (value as readonly Json[]).map((item) => fromValue(schema, entity.elementType, item))
        return { kind: 'array', items }
      }
      break
    }
    case 'object':
      if (isJsonObject(value)) return objectFrom(schema, type, value)
      break
    case 'alternate': {
      const entity = schema.byName.get(type)
      const branch = entity?.kind === 'alternate' ? branchFor(schema, entity, value) : undefined
      if (entity?.kind === 'alternate' && branch !== undefined) {
        const index = entity.branches.indexOf(branch)
        return {
          kind: 'alternate',
          branch: index,
          nodes: new Map([[index, fromValue(schema, branch, value)]]),
        }
      }
      break
    }
  }
  return { kind: 'json', text: printJson(value, { indent: 2 }), misfit: true }
}

function objectFrom(schema: Schema, type: string, value: JsonObject): ObjectNode {
  const entity = schema.byName.get(type)
  let node: ObjectNode = { kind: 'object', nodes: new Map(), present: new Set(), extra: {} }
  const taken = new Set<string>()
  // The tag first, for it decides which members there are; a case that is a union has a tag of its own.
  for (let round = 0; round < 3; round += 1) {
    for (const member of entity?.kind === 'object' ? currentMembers(schema, type, node) : []) {
      if (taken.has(member.name) || !Object.hasOwn(value, member.name)) continue
      taken.add(member.name)
      node = withMember(node, member, fromValue(schema, member.type, value[member.name] ?? null))
    }
  }
  const extra = Object.entries(value).filter(([name]) => !taken.has(name))
  return { ...node, extra: jsonObject(extra) }
}

/**
 * The node for a value that was edited as text, keeping what was typed before and is not in the value: optional members
 * taken away, the members of other cases, the branches not chosen.
 */
export function mergeValue(schema: Schema, type: string, before: Node, value: Json): Node {
  return merged(schema, type, before, fromValue(schema, type, value))
}

function merged(schema: Schema, type: string, before: Node, now: Node): Node {
  if (now.kind === 'object' && before.kind === 'object') {
    const required = new Set(
      currentMembers(schema, type, now)
        .filter((each) => !each.optional)
        .map(memberKey),
    )
    const nodes = new Map<string, Node>()
    // A required member that is missing in the value is empty: its former text must not come back.
    for (const [key, node] of before.nodes) if (!required.has(key)) nodes.set(key, node)
    for (const [key, node] of now.nodes) {
      const old = before.nodes.get(key)
      const memberType = key.slice(key.indexOf('\0') + 1)
      nodes.set(key, old === undefined ? node : merged(schema, memberType, old, node))
    }
    return { ...now, nodes }
  }
  if (now.kind === 'array' && before.kind === 'array') {
    const entity = schema.byName.get(type)
    const element = entity?.kind === 'array' ? entity.elementType : ''
    const items = now.items.map((item, index) => {
      const old = before.items[index]
      return old === undefined ? item : merged(schema, element, old, item)
    })
    return { kind: 'array', items }
  }
  if (now.kind === 'alternate' && before.kind === 'alternate') {
    const nodes = new Map([...before.nodes, ...now.nodes])
    const entity = schema.byName.get(type)
    const branch = entity?.kind === 'alternate' ? entity.branches[now.branch] : undefined
    const [old, inner] = [before.nodes.get(now.branch), now.nodes.get(now.branch)]
    if (branch !== undefined && old !== undefined && inner !== undefined) {
      nodes.set(now.branch, merged(schema, branch, old, inner))
    }
    return { ...now, nodes }
  }
  // A number typed as `4G` stays as it was typed while it is the same.
  if (now.kind === 'number' && before.kind === 'number') {
    const read = readNumber(before.text, before.integer)
    if ('value' in read && printJson(read.value) === now.text) return before
  }
  return now
}

/**
 * The node of arguments whose schema became another (`device_add` with another driver): formerly unknown
 * members move into their nodes, and a member of another type keeps its value. The rest stays, present or not, and comes
 * back with its member.
 */
export function reshape(before: Schema, now: Schema, type: string, node: ObjectNode): ObjectNode {
  let made = node
  for (const member of currentMembers(now, type, node)) {
    const key = memberKey(member)
    if (Object.hasOwn(made.extra, member.name)) {
      const { [member.name]: value, ...extra } = made.extra
      made = withMember({ ...made, extra }, member, fromValue(now, member.type, value ?? null))
      continue
    }
    if (made.nodes.has(key) || made.present.has(key)) continue
    const other = [...made.nodes.keys()].findLast((each) => each.startsWith(`${member.name}\0`))
    if (other === undefined) continue
    const old = made.nodes.get(other)
    const value =
      old === undefined ? undefined : toValue(before, other.slice(member.name.length + 1), old).partial
    if (value !== undefined) {
      const isThere = isPresent(made, member) || made.present.has(other)
      const filled = withMember(made, member, fromValue(now, member.type, value))
      made = isThere ? filled : withPresence(filled, member, false)
    } else if (made.present.has(other)) made = withPresence(made, member, true)
  }
  return made
}

/** The value of a node. */
export interface Built {
  /** Undefined where the node is unfinished. */
  readonly value: Json | undefined
  /** The value without its unfinished parts. */
  readonly partial: Json | undefined
  /** The unfinished parts, by their paths. */
  readonly issues: readonly Issue[]
}

/**
 * Whether an untouched required member is left closed: its type is on the path to it already, or the path is longer than
 * any in QAPI. `way` has the types from the last touched place on. A type that requires itself has no finite value, so a
 * form must not unfold it.
 */
export function staysClosed(
  schema: Schema,
  way: readonly string[],
  node: ObjectNode,
  member: Member,
): boolean {
  if (node.nodes.has(memberKey(member)) || schema.byName.get(member.type)?.kind !== 'object') return false
  return way.length >= longestWay || way.includes(member.type)
}

/** The way to a member for `staysClosed`: it begins again at what was looked at. */
export function wayTo(way: readonly string[], node: ObjectNode, member: Member): readonly string[] {
  return node.nodes.has(memberKey(member)) ? [member.type] : [...way, member.type]
}

/** Objects within objects that are required and untouched: QEMU's commands have three at most. */
const longestWay = 16

/** The value of a node; unfinished parts are reported by their paths, and then there is no whole value. */
export function toValue(schema: Schema, type: string, node: Node): Built {
  const issues: Issue[] = []
  const partial = build(schema, type, node, '', issues, [type])
  return { value: issues.length === 0 ? partial : undefined, partial, issues }
}

function build(
  schema: Schema,
  type: string,
  node: Node,
  path: string,
  issues: Issue[],
  way: readonly string[],
): Json | undefined {
  const wrong = (message: string): Json | undefined => {
    issues.push({ path, message })
    return undefined
  }
  const unfilled = (message: string): Json | undefined => {
    issues.push({ path, message, isUnfilled: true })
    return undefined
  }
  switch (node.kind) {
    case 'string':
      return node.text ?? unfilled('type a text, or choose "" for an empty one')
    case 'number': {
      const read = readNumber(node.text, node.integer)
      if ('value' in read) return read.value
      return node.text.trim() === '' ? unfilled(read.why) : wrong(read.why)
    }
    case 'boolean':
      return node.value ?? unfilled('choose true or false')
    case 'null':
      return null
    case 'enum':
      return node.value ?? unfilled('choose a value')
    case 'json': {
      if (node.text.trim() === '') return unfilled('type a JSON value')
      const parsed = parseInput(node.text)
      if (!parsed.ok)
        return wrong(`line ${parsed.error.line}, column ${parsed.error.column}: ${parsed.error.message}`)
      return parsed.value
    }
    case 'array': {
      const entity = schema.byName.get(type)
      const element = entity?.kind === 'array' ? entity.elementType : ''
      return node.items.map(
        (item, index) => build(schema, element, item, join(path, String(index)), issues, [element]) ?? null,
      )
    }
    case 'object': {
      const members: [string, Json][] = []
      for (const member of currentMembers(schema, type, node)) {
        if (!isPresent(node, member)) continue
        const at = join(path, member.name)
        if (staysClosed(schema, way, node, member)) {
          issues.push({ path: at, message: 'open it, and fill it in', isUnfilled: true })
          continue
        }
        const inner = memberNode(schema, node, member)
        const value = build(schema, member.type, inner, at, issues, wayTo(way, node, member))
        if (value !== undefined) members.push([member.name, value])
      }
      return jsonObject([...members, ...Object.entries(node.extra)])
    }
    case 'alternate': {
      const entity = schema.byName.get(type)
      const branches = entity?.kind === 'alternate' ? entity.branches : []
      const branch = branches[node.branch]
      if (branch === undefined)
        return unfilled(`choose one: ${branchNames(schema, type, branches).join(' or ')}`)
      const inner = node.nodes.get(node.branch) ?? emptyNode(schema, branch)
      return build(schema, branch, inner, path, issues, [branch])
    }
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
