/**
 * Joins manuals to the schemas of this page: for each schema the manual of its version, else the nearest one. Real names
 * and texts arrive a moment after the schema itself.
 * Tested by e2e/manuals.spec.ts.
 */
import type { NamedTypes } from '#api/reader.ts'
import { chooseManual, isSameRelease, releaseOf } from '#qapi/reference/manual-choice.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import { withReference } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Platform } from '../platform.ts'
import type { SchemaState } from '../machine/schema-state.ts'
import type { Manual } from './manual.ts'
import type { ManualShelf } from './manual-shelf.svelte.ts'
import type { Press } from '../page/press.ts'

/** The state of a subject's references. */
export type ReferenceState =
  | { readonly kind: 'loading' }
  /** There is none: a file can be dropped. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'ready' }

/** How a schema and its reference fit. */
export interface Joined {
  readonly schema: Schema
  readonly reference: Reference
  /** Where it comes from: a file's name or address. */
  readonly from: string
  /** Of the reference; undefined where nobody says it. */
  readonly manualVersion: string | undefined
  /** Of the QEMU that the schema is of; undefined where nobody says it. */
  readonly schemaVersion: string | undefined
  /** They are of one release, or no client can tell them apart. */
  readonly isSame: boolean
  readonly disagreements: NamedTypes['disagreements']
}

/** What a schema is of: QEMU itself, the storage daemon, or a guest agent. */
export function subjectOf(schema: Schema): ManualProgram {
  if (schema.byName.has('guest-sync') || schema.byName.has('guest-ping')) return 'agent'
  return schema.byName.has('query-status') ? 'qemu' : 'storage-daemon'
}

/** `texts: 7.2, schema: 10.0`, for a schema whose texts are of another version. Undefined where they are of its own. */
export function versionsIn(fit: Joined | undefined): string | undefined {
  if (fit === undefined || fit.isSame) return undefined
  const [texts, schema] = [fit.manualVersion, fit.schemaVersion].map(
    (version) => releaseOf(version) ?? 'version unknown',
  )
  return `texts: ${texts}, schema: ${schema}`
}

/** The joined schemas. */
export class References {
  readonly #shelf: ManualShelf
  readonly #reader: Pick<Platform['reader'], 'nameTypes'>
  readonly #press: Press
  /** Counts up whenever a join is done, so that those who asked ask again. */
  #joins = $state(0)
  readonly #joined = new WeakMap<Schema, { key: string; state: SchemaState; joined: Joined }>()
  readonly #joining = new WeakMap<Schema, { readonly key: string; readonly done: Promise<void> }>()
  /** The schema of a joined state, by which it was joined. */
  readonly #bases = new WeakMap<Schema, Schema>()
  /** Schemas that were made of a reference. */
  readonly #made = new WeakMap<Schema, Joined>()

  constructor(shelf: ManualShelf, reader: Pick<Platform['reader'], 'nameTypes'>, press: Press) {
    this.#shelf = shelf
    this.#reader = reader
    this.#press = press
  }

  /** The manuals of a subject that can be read. */
  #usable(subject: ManualProgram): readonly Manual[] {
    return this.#shelf.of(subject).filter((each) => !each.failed)
  }

  stateOf(subject: ManualProgram): ReferenceState {
    if (!this.#shelf.isListed) return { kind: 'loading' }
    if (this.#usable(subject).length > 0) return { kind: 'ready' }
    const why = this.#shelf.of(subject)[0]?.trouble
    return why === undefined ? { kind: 'missing' } : { kind: 'failed', why }
  }

  /** A schema joined with its reference, once `load` has read that; until then the plain schema. */
  joined(state: SchemaState): SchemaState {
    if (this.#joins < 0 || state.kind !== 'ready') return state
    const known = this.#joined.get(state.schema)
    // The last manual may have been removed.
    return known === undefined || this.#usable(subjectOf(state.schema)).length === 0 ? state : known.state
  }

  /**
   * Read the reference that fits a schema best, and join both: `joined` has it then. `version` is that of the QEMU that
   * the schema is of. Who shows the schema calls it in an effect, which runs again when there are other manuals. Resolves
   * when nothing more will come.
   */
  async load(state: SchemaState, version: string | undefined): Promise<void> {
    if (state.kind !== 'ready') return
    const subject = subjectOf(state.schema)
    // An agent's schema is made of its reference.
    if (subject === 'agent') return
    if (!this.#shelf.isListed) {
      await this.#shelf.list()
      await this.load(state, version)
      return
    }
    const manual = chooseManual(this.#usable(subject), version)
    if (manual === undefined) return
    const key = `${manual.id} ${manual.version ?? ''} ${version ?? ''}`
    const known = this.#joining.get(state.schema)
    if (known?.key === key) return known.done
    const done = this.#join(state, manual, version, key)
    this.#joining.set(state.schema, { key, done })
    await done
  }

  /** The reference for an agent of a version. Undefined where there is none. */
  async referenceOf(
    subject: ManualProgram,
    version: string | undefined,
  ): Promise<{ readonly reference: Reference; readonly manual: Manual } | undefined> {
    await this.#shelf.list()
    const manual = chooseManual(this.#usable(subject), version)
    if (manual === undefined) return undefined
    const read = await this.#shelf.read(manual)
    return read.ok ? { reference: read.value, manual } : undefined
  }

  /** Say that a schema was made of a reference: an agent's has no other source. */
  made(schema: Schema, reference: Reference, manual: Manual, version: string | undefined): void {
    this.#made.set(schema, {
      schema,
      reference,
      from: manual.from,
      manualVersion: manual.version,
      schemaVersion: version,
      isSame: isSameRelease(manual.version, version) ?? false,
      disagreements: [],
    })
  }

  /** Whether more will be known of a schema that `joined` gave: its reference is being read, or joined to it. */
  isReading(schema: Schema): boolean {
    const subject = subjectOf(schema)
    if (subject === 'agent' || this.#bases.has(schema)) return false
    return !this.#shelf.isListed || this.#usable(subject).length > 0
  }

  /** How a schema that `joined` gave fits its reference. Undefined before. */
  fitOf(schema: Schema): Joined | undefined {
    const base = this.#bases.get(schema)
    return base === undefined ? this.#made.get(schema) : this.#joined.get(base)?.joined
  }

  async #join(
    state: SchemaState & { kind: 'ready' },
    manual: Manual,
    version: string | undefined,
    key: string,
  ): Promise<void> {
    const read = await this.#shelf.read(manual)
    // It is marked, and another one is chosen.
    if (!read.ok) return this.load(state, version)
    const named = await this.#reader.nameTypes(manual.id, state.raw, isSameRelease(manual.version, version))
    // Texts take room: a field or an entry that is pressed right now would move away from the pointer.
    await this.#press.released()
    if (this.#joining.get(state.schema)?.key !== key) return
    const { names, disagreements, isSame } = named.ok
      ? named.value
      : {
          names: new Map<string, string>(),
          disagreements: [{ entity: '', path: '', says: named.error }],
          isSame: false,
        }
    const schema = withReference(state.schema, read.value, names)
    this.#bases.set(schema, state.schema)
    this.#joined.set(state.schema, {
      key,
      state: { ...state, schema },
      joined: {
        schema,
        reference: read.value,
        from: manual.from,
        manualVersion: manual.version ?? (isSame ? version : undefined),
        schemaVersion: version ?? (isSame ? manual.version : undefined),
        isSame,
        disagreements,
      },
    })
    this.#joins += 1
  }
}
