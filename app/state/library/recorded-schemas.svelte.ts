/** Recorded schemas that ship with the page, for use without a machine. Loaded only when asked for. Tested by e2e/without-machine.spec.ts. */
import { untrack } from 'svelte'
import { apart } from '#base/apart.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { later } from '../later.ts'
import type { SchemaState } from '../machine/schema-state.ts'
import type { Page } from '../platform.ts'
import type { References } from './references.svelte.ts'
import type { Schema } from '#qapi/model/schema.ts'
import type { Release } from '#qapi/search/search.ts'

/** A file of public/schemas. */
export interface Recorded {
  /** The file's name without `.json`; in the address. */
  readonly file: string
  readonly name: string
}

/** What ships. */
export const recordedSchemas: readonly Recorded[] = [
  { file: 'qemu-11.1-x86_64', name: 'QEMU 11.1 x86_64' },
  { file: 'qemu-10.0-x86_64', name: 'QEMU 10.0 x86_64' },
  { file: 'qemu-7.2-x86_64', name: 'QEMU 7.2 x86_64' },
  { file: 'qemu-5.2-x86_64', name: 'QEMU 5.2 x86_64' },
  { file: 'qemu-storage-daemon-7.2', name: 'Storage daemon 7.2' },
]

/** The recorded versions of QEMU, oldest first. */
export const releases: readonly string[] = ['5.2', '7.2', '10.0', '11.1']

/** The name of the file of a recorded version. */
export function fileOfRelease(version: string): string {
  return `qemu-${version}-x86_64`
}

/** The version that a recorded schema is of. Files that somebody opened say none: their names tell. */
function versionOf(file: string): string | undefined {
  return recordedSchemas.some((each) => each.file === file)
    ? /(?<=-)\d{1,3}\.\d{1,3}/.exec(file)?.[0]
    : undefined
}

/** Why a file was not read, as the end of a sentence. */
const noCode = 'the server of this page did not send the code for it. Is it still running?'

/** The recorded schemas that were loaded, and the files that were opened. */
export class RecordedStore {
  readonly #references: References
  readonly #page: Pick<Page, 'fetch'>
  /** Who has a machine needs none of it. */
  readonly #code = later(() => import('../machine/recorded-schema.ts'))
  #states = $state.raw<ReadonlyMap<string, SchemaState>>(new Map())
  #files = $state.raw<readonly Recorded[]>([])
  readonly #releases = new WeakMap<Schema, Release>()

  constructor(references: References, page: Pick<Page, 'fetch'>) {
    this.#references = references
    this.#page = page
  }

  /** The state of a file; `load` begins to load it. */
  stateOf(file: string): SchemaState {
    return this.#references.joined(this.#states.get(file) ?? { kind: 'none' })
  }

  /** Read the manual for a file that is loaded: see `References.load`. */
  loadTexts(file: string): Promise<void> {
    return this.#references.load(this.#states.get(file) ?? { kind: 'none' }, versionOf(file))
  }

  /**
   * Load a file unless it is there or on its way. A failure can be tried again. Nothing here is a reason for an effect that
   * calls this to run again: a file that cannot be loaded would be tried forever.
   */
  load(file: string): Promise<void> {
    return untrack(() => this.#load(file))
  }

  async #load(file: string): Promise<void> {
    const now = this.#states.get(file)?.kind
    if (now === 'loading' || now === 'ready') return
    this.#set(file, { kind: 'loading' })
    const code = await this.#code()
    this.#set(
      file,
      code === undefined
        ? { kind: 'failed', why: `${file} was not read: ${noCode}` }
        : await code.fetchSchema(this.#page, file),
    )
  }

  /** The commands and events of a recorded version of QEMU, for "new since". Undefined until it is loaded. */
  releaseOf(version: string): Release | undefined {
    const state = this.#states.get(fileOfRelease(version))
    if (state?.kind !== 'ready') return undefined
    const known = this.#releases.get(state.schema)
    if (known !== undefined) return known
    const named = state.schema.entities.filter((each) => each.kind === 'command' || each.kind === 'event')
    const made = { version, names: new Set(named.map((each) => each.name)) }
    this.#releases.set(state.schema, made)
    return made
  }

  /** The files that somebody opened in this visit. */
  get files(): readonly Recorded[] {
    return this.#files
  }

  /** What a file is called: of a recorded schema or of one that was opened. */
  nameOf(file: string): string {
    return [...recordedSchemas, ...this.#files].find((each) => each.file === file)?.name ?? file
  }

  /**
   * Open a file of a schema: the array alone, a reply, or a transcript. Gives the name under which `stateOf` has it.
   * The failure is a sentence; the page holds the file until it is closed.
   */
  async addFile(file: File): Promise<Result<string, string>> {
    const code = await this.#code()
    if (code === undefined) return err(`${file.name} was not read: ${noCode}`)
    const read = await code.readSchemaOf(file)
    if (!read.ok) return read
    const id = `file ${file.name}`
    this.#files = [...this.#files.filter((each) => each.file !== id), { file: id, name: apart(file.name) }]
    this.#set(id, { kind: 'ready', schema: read.value.schema, raw: read.value.raw })
    return ok(id)
  }

  #set(file: string, state: SchemaState): void {
    this.#states = new Map(this.#states).set(file, state)
  }
}
