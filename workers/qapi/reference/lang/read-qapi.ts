/**
 * Reads QAPI schema files as a reference: QEMU's own `qapi/` folder, or the guest agent's schema. Every name, every
 * integer width and every text is known exactly then.
 * Tested by workers/qapi/reference/lang/lang.test.ts.
 * @qapi qapi-code-gen
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { unsaid } from '../reference.ts'
import type { Definition, Doc, Reference, ReferenceMember, TypeRef } from '../reference.ts'
import { factsIn } from '../manual/stated-facts.ts'
import { docText } from '../doc-text.ts'
import { readDoc, titlesOf } from './doc.ts'
import type { SymbolDoc } from './doc.ts'
import { parseQapi } from './qapi-parser.ts'

/** Read schema files by path. Files that are included come where they are included; the others follow. */
export function readQapi(files: ReadonlyMap<string, string>): Result<Reference, string> {
  const reader = new QapiFilesReader(files)
  const entry = [...files.keys()].find((each) => /(^|\/)qapi-schema\.json$/.test(each))
  const failed = [...(entry === undefined ? [] : [entry]), ...files.keys()]
    .map((path) => reader.read(path))
    .find((each) => each !== undefined)
  if (failed !== undefined && reader.definitions.size === 0) return err(failed)
  if (reader.definitions.size === 0) {
    return err('There is no QAPI definition in it: QEMU keeps its own in the folder qapi, files *.json.')
  }
  const first = entry ?? [...files.keys()][0] ?? ''
  return ok({
    form: 'qapi',
    title:
      files.size === 1 ? `QAPI schema ${first.replace(/^.*\//, '')}` : `QAPI schema, ${files.size} files`,
    version: undefined,
    definitions: [...reader.definitions.values()],
    issues: reader.issues,
  })
}

class QapiFilesReader {
  readonly definitions = new Map<string, Definition>()
  readonly issues: string[] = []
  readonly #files: ReadonlyMap<string, string>
  readonly #read = new Set<string>()
  #chapters: string[] = []

  constructor(files: ReadonlyMap<string, string>) {
    this.#files = files
  }

  /** Read a file and what it includes. Returns why it could not be read. */
  read(path: string): string | undefined {
    if (this.#read.has(path)) return undefined
    this.#read.add(path)
    const parsed = parseQapi(this.#files.get(path) ?? '')
    if (!parsed.ok) {
      this.issues.push(`${path}, ${parsed.error}`)
      return `${path}, ${parsed.error}`
    }
    let doc: SymbolDoc | undefined
    for (const item of parsed.value) {
      if (item.kind === 'doc') {
        doc = readDoc(item.doc.lines)
        if (doc === undefined) this.#titles(item.doc.lines)
        continue
      }
      const { include } = item.value
      if (typeof include === 'string') this.#include(path, include)
      else this.#define(item.value, doc, `${path}:${item.line}`)
      doc = undefined
    }
    return undefined
  }

  /** The tag of a simple union, and definitions for the enum and the wrappers that QEMU makes for it. */
  #wrap(union: string, data: JsonObject, origin: string): ReferenceMember[] {
    const plain = (name: string, type: TypeRef | undefined): ReferenceMember => ({
      name,
      type,
      optional: false,
      defaultText: undefined,
      doc: [],
      since: undefined,
      features: [],
      condition: undefined,
    })
    const kind = `${union}Kind`
    const values = Object.keys(data).map((each) => plain(each, undefined))
    this.definitions.set(kind, { ...unsaid, kind: 'enum', name: kind, members: values, origin })
    for (const [value, type] of Object.entries(data)) {
      const name = wrapperOf(union, value)
      const members = [plain('data', typeRef(type))]
      this.definitions.set(name, { ...unsaid, kind: 'object', name, members, origin })
    }
    return [plain('type', { name: kind, list: 0 })]
  }

  #titles(lines: readonly string[]): void {
    for (const { level, text } of titlesOf(lines)) {
      this.#chapters = level === 1 ? [text] : [...this.#chapters.slice(0, 1), text]
    }
  }

  #include(from: string, path: string): void {
    const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : ''
    const parts: string[] = []
    for (const part of `${folder}${path}`.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '.' && part !== '') parts.push(part)
    }
    const wanted = parts.join('/')
    const found = this.#files.has(wanted)
      ? wanted
      : [...this.#files.keys()].find((each) => each === `/${wanted}` || each.endsWith(`/${path}`))
    if (found === undefined) this.issues.push(`${from} includes ${path}, which is not there.`)
    else {
      const chapters = this.#chapters
      this.read(found)
      this.#chapters = chapters
    }
  }

  #define(value: JsonObject, doc: SymbolDoc | undefined, origin: string): void {
    const found = kinds.find(([key]) => typeof own(value, key) === 'string')
    if (found === undefined) return
    const [key, kind] = found
    const named = own(value, key)
    const name = typeof named === 'string' ? named : ''
    if (doc !== undefined && doc.name !== name) {
      this.issues.push(`${origin}: the comment is about ${doc.name}, the definition is ${name}.`)
    }
    if (this.definitions.has(name)) {
      this.issues.push(`${origin}: ${name} is defined twice; the first is used.`)
      return
    }
    const said = doc?.name === name ? doc : undefined
    const { data } = value
    const isUnion = key === 'union'
    const members = membersOf(isUnion ? null : (data ?? null), key, said)
    const includes: string[] = []
    if (typeof data === 'string') includes.push(data)
    const { base } = value
    if (typeof base === 'string') includes.push(base)
    else if (base !== undefined && isJsonObject(base)) members.unshift(...membersOf(base, 'struct', said))
    const discriminator = typeof value.discriminator === 'string' ? value.discriminator : undefined
    // Before 7.0 a union could do without: its tag is `type`, and each case is wrapped in a member `data`.
    const isSimple = isUnion && discriminator === undefined && data !== undefined && isJsonObject(data)
    const tag = isSimple ? 'type' : discriminator
    if (isSimple) members.push(...this.#wrap(name, data, origin))
    const variants =
      isUnion && data !== undefined && isJsonObject(data)
        ? Object.entries(data).flatMap(([each, type]) => {
            const ref = typeRef(type)
            if (ref === undefined) return []
            return [{ tag, value: each, type: isSimple ? wrapperOf(name, each) : ref.name }]
          })
        : []
    this.definitions.set(name, {
      kind,
      name,
      chapters: this.#chapters,
      doc: said?.body ?? [],
      since: said?.since,
      members,
      includes,
      tag,
      variants,
      returns: typeRef(value.returns ?? null),
      returnsDoc: said?.returns ?? [],
      errors: said?.errors ?? [],
      features: featuresOf(value.features ?? null).map((each) => ({
        name: each,
        doc: said?.features.get(each) ?? [],
      })),
      examples: said?.examples ?? [],
      condition: conditionOf(value),
      origin,
    })
  }
}

/** The name of a wrapper: one that no type of QEMU can have. */
function wrapperOf(union: string, value: string): string {
  return `${union} ${value}`
}

const kinds: readonly (readonly [string, Definition['kind']])[] = [
  ['command', 'command'],
  ['event', 'event'],
  ['struct', 'object'],
  ['union', 'object'],
  ['enum', 'enum'],
  ['alternate', 'alternate'],
]

function membersOf(data: Json, key: string, doc: SymbolDoc | undefined): ReferenceMember[] {
  const made = (name: string, type: TypeRef | undefined, optional: boolean, from: Json): ReferenceMember => {
    const text: Doc = doc?.members.get(name) ?? []
    const facts = factsIn(docText(text))
    return {
      name,
      type,
      optional,
      // A value of an enum has none: its text tells of other defaults.
      defaultText: key === 'enum' ? undefined : facts.defaultText,
      doc: text,
      since: facts.since,
      features: isJsonObject(from) ? featuresOf(from.features ?? null) : [],
      condition: isJsonObject(from) ? conditionOf(from) : undefined,
    }
  }
  if (key === 'enum' && Array.isArray(data)) {
    return (data as readonly Json[]).flatMap((each) => {
      const name = typeof each === 'string' ? each : isJsonObject(each) ? each.name : undefined
      return typeof name === 'string' ? [made(name, undefined, false, each)] : []
    })
  }
  if (!isJsonObject(data)) return []
  return Object.entries(data).map(([key, value]) =>
    made(key.replace(/^\*/, ''), typeRef(value), key.startsWith('*'), value),
  )
}

/** `'str'`, `['str']`, or an object with `type`. */
function typeRef(value: Json): TypeRef | undefined {
  if (typeof value === 'string') return { name: value, list: 0 }
  if (Array.isArray(value)) {
    const [inner] = value as readonly Json[]
    return typeof inner === 'string' ? { name: inner, list: 1 } : undefined
  }
  return isJsonObject(value) && value.type !== undefined ? typeRef(value.type) : undefined
}

function featuresOf(value: Json): string[] {
  if (!Array.isArray(value)) return []
  return (value as readonly Json[]).flatMap((each) => {
    const name = typeof each === 'string' ? each : isJsonObject(each) ? each.name : undefined
    return typeof name === 'string' ? [name] : []
  })
}

/** The condition of a definition or member in words: `CONFIG_LINUX`, `not (a or b)`. */
function conditionOf(value: JsonObject): string | undefined {
  return value.if === undefined ? undefined : words(value.if)
}

function words(condition: Json): string {
  if (typeof condition === 'string') return condition
  if (Array.isArray(condition)) return (condition as readonly Json[]).map(words).join(' and ')
  if (!isJsonObject(condition)) return ''
  const { all, any, not } = condition
  if (Array.isArray(all)) return (all as readonly Json[]).map(words).join(' and ')
  if (Array.isArray(any)) return `(${(any as readonly Json[]).map(words).join(' or ')})`
  return not === undefined ? '' : `not ${words(not)}`
}
