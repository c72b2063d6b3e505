/**
 * The references of the page: the manuals that the lab serves beside it, read when a schema is first shown, and the
 * files that somebody drops. Joins them to schemas: real names and texts come a moment after the schema itself.
 */
import { err } from '../../workers/base/result.ts'
import type { Result } from '../../workers/base/result.ts'
import type { NamedTypes } from '../../workers/api.ts'
import type { Reference } from '../../workers/qapi/reference.ts'
import { withReference } from '../../workers/qapi/schema.ts'
import type { Schema } from '../../workers/qapi/schema.ts'
import { nameTypes, readReference } from '../link/reader-link.ts'
import type { SchemaState } from './machine.svelte.ts'

/** What a reference is of. */
export type Subject = 'qemu' | 'storage-daemon' | 'agent'

/** The state of a subject's reference. */
export type ReferenceState =
  /** Nobody has asked for it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  /** There is none beside this page: a file can be dropped. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'ready'; readonly reference: Reference; readonly key: string; readonly from: string }

/** How a schema and its reference fit. */
export interface Joined {
  readonly schema: Schema
  readonly reference: Reference
  /** Where it comes from: a file's name or address. */
  readonly from: string
  readonly disagreements: NamedTypes['disagreements']
}

/** The largest file that is read: manuals have 2 MB, all of QEMU's QAPI files 2 MB. */
export const largestFile = 64 * 1024 * 1024
const largestArchive = 512 * 1024 * 1024

/** A file that somebody chose or dropped, with its path in the folder that it came in. */
interface PickedFile {
  readonly path: string
  readonly file: File
}

/** What a schema is of: QEMU itself, the storage daemon, or a guest agent. */
export function subjectOf(schema: Schema): Subject {
  if (schema.byName.has('guest-sync') || schema.byName.has('guest-ping')) return 'agent'
  return schema.byName.has('query-status') ? 'qemu' : 'storage-daemon'
}

class References {
  #states = $state.raw<Readonly<Record<Subject, ReferenceState>>>({
    qemu: { kind: 'none' },
    'storage-daemon': { kind: 'none' },
    agent: { kind: 'none' },
  })
  /** Counts up whenever a join is done, so that those who asked ask again. */
  #joins = $state(0)
  readonly #joined = new WeakMap<Schema, { key: string; state: SchemaState; joined: Joined }>()
  readonly #joining = new WeakMap<Schema, string>()
  /** The schema of a joined state, by which it was joined. */
  readonly #bases = new WeakMap<Schema, Schema>()
  #keys = 0

  stateOf(subject: Subject): ReferenceState {
    return this.#states[subject]
  }

  /**
   * A schema with what its reference says of it, as soon as that is known; until then as it is. Called while a view
   * is computed: it changes nothing at once, and whoever called is called again when there is more.
   */
  join(state: SchemaState): SchemaState {
    if (state.kind !== 'ready') return state
    const subject = subjectOf(state.schema)
    // An agent's schema is made of its reference.
    if (subject === 'agent') return state
    const reference = this.#states[subject]
    if (reference.kind === 'none') queueMicrotask(() => void this.load(subject))
    if (reference.kind !== 'ready' || this.#joins < 0) return state
    const known = this.#joined.get(state.schema)
    if (known?.key === reference.key) return known.state
    if (this.#joining.get(state.schema) !== reference.key) {
      this.#joining.set(state.schema, reference.key)
      void this.#join(state, reference)
    }
    return known?.state ?? state
  }

  /** A subject's reference, loaded if need be. Undefined where there is none. */
  async referenceOf(subject: Subject): Promise<Reference | undefined> {
    await this.load(subject)
    // Somebody else may have begun to load it.
    for (let turn = 0; turn < 600 && this.#states[subject].kind === 'loading'; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const state = this.#states[subject]
    return state.kind === 'ready' ? state.reference : undefined
  }

  /** Whether more will be known of a schema that `join` gave in a moment: its reference is being read, or joined to it. */
  isReading(schema: Schema): boolean {
    const subject = subjectOf(schema)
    if (subject === 'agent') return false
    const { kind } = this.#states[subject]
    return kind === 'loading' || (kind === 'ready' && !this.#bases.has(schema))
  }

  /** How a schema that `join` gave fits its reference. Undefined before. */
  fitOf(schema: Schema): Joined | undefined {
    const base = this.#bases.get(schema)
    return base === undefined ? undefined : this.#joined.get(base)?.joined
  }

  /** Load the manual that the lab serves, unless there is one already. */
  async load(subject: Subject): Promise<void> {
    if (this.#states[subject].kind !== 'none') return
    this.#set(subject, { kind: 'loading' })
    const found = await fetchManual(subject)
    if (found === undefined) this.#set(subject, { kind: 'missing' })
    else if (!found.ok) this.#set(subject, { kind: 'failed', why: found.error })
    else await this.#read(subject, found.value.name, [found.value])
  }

  /** Read files that somebody chose. The failure is a sentence; what was there before stays then. */
  async add(subject: Subject, files: readonly PickedFile[]): Promise<Result<Reference, string>> {
    // A folder has more than schema files.
    const wanted = files.length > 1 ? files.filter((each) => each.path.endsWith('.json')) : files
    const size = wanted.reduce((sum, each) => sum + each.file.size, 0)
    const [first] = wanted
    if (first === undefined) {
      return err(files.length === 0 ? 'No file was chosen.' : 'There is no schema file (*.json) among them.')
    }
    // The archive of QEMU's sources is larger than any reference.
    const most = /\.(tar|t?gz|zip)$/i.test(first.path) ? largestArchive : largestFile
    if (size > most) {
      const [has, allowed] = [size, most].map((each) => Math.round(each / 1024 / 1024))
      return err(`${first.path} has ${has} MiB: no reference is larger than ${allowed} MiB.`)
    }
    const read = await Promise.all(
      wanted.map(async ({ path, file }) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) })),
    )
    const before = this.#states[subject]
    const result = await this.#read(subject, first.path, read)
    if (!result.ok) this.#set(subject, before)
    return result
  }

  async #read(
    subject: Subject,
    from: string,
    files: readonly { name: string; bytes: Uint8Array }[],
  ): Promise<Result<Reference, string>> {
    this.#keys += 1
    const key = `${subject} ${this.#keys}`
    const read = await readReference(key, files)
    this.#set(
      subject,
      read.ok
        ? { kind: 'ready', reference: read.value, key, from }
        : { kind: 'failed', why: `${from}: ${read.error}` },
    )
    return read
  }

  async #join(
    state: SchemaState & { kind: 'ready' },
    { reference, key, from }: ReferenceState & { kind: 'ready' },
  ): Promise<void> {
    const named = await nameTypes(key, state.raw)
    const { names, disagreements } = named.ok
      ? named.value
      : { names: new Map<string, string>(), disagreements: [{ entity: '', path: '', says: named.error }] }
    const schema = withReference(state.schema, reference, names)
    this.#bases.set(schema, state.schema)
    this.#joined.set(state.schema, {
      key,
      state: { ...state, schema },
      joined: { schema, reference, from, disagreements },
    })
    this.#joins += 1
  }

  #set(subject: Subject, state: ReferenceState): void {
    this.#states = { ...this.#states, [subject]: state }
  }
}

/** The manual of `manuals.json` beside the page. Undefined where the page has none. */
async function fetchManual(
  subject: Subject,
): Promise<Result<{ name: string; bytes: Uint8Array }, string> | undefined> {
  let list: unknown
  try {
    const response = await fetch('./manuals.json', { signal: AbortSignal.timeout(10_000) })
    if (!response.ok) return undefined
    list = await response.json()
  } catch {
    return undefined
  }
  const file = fileOf(list, subject)
  if (file === undefined) return undefined
  try {
    const response = await fetch(`./${file}`, { signal: AbortSignal.timeout(60_000) })
    if (!response.ok) return err(`${file}: HTTP ${response.status}`)
    return { ok: true, value: { name: file, bytes: new Uint8Array(await response.arrayBuffer()) } }
  } catch (error) {
    return err(`${file} could not be loaded: ${String(error)}`)
  }
}

function fileOf(list: unknown, subject: Subject): string | undefined {
  if (typeof list !== 'object' || list === null || !('manuals' in list) || !Array.isArray(list.manuals)) {
    return undefined
  }
  for (const each of list.manuals as unknown[]) {
    if (typeof each !== 'object' || each === null || !('of' in each) || !('file' in each)) continue
    if (each.of === subject && typeof each.file === 'string' && /^manuals\/[\w.-]+$/.test(each.file)) {
      return each.file
    }
  }
  return undefined
}

export const references = new References()
