/**
 * The collections of saved commands: kept in this browser as the texts of their files, the same in all tabs; the last
 * change wins. Secrets are left out of them, as of the history, unless the person at the page asks for them.
 * Tested by e2e/history.spec.ts.
 * @adr 0014
 */
import { inWords } from '#base/apart.ts'
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { equalJson } from '#base/json/equal.ts'
import { emptyCollection } from '#qapi/collections/collection.ts'
import type { Collection, SavedCommand } from '#qapi/collections/collection.ts'
import {
  describeFileError,
  readCollection,
  readOneCommand,
  withoutSecrets,
  writeCollection,
} from '#qapi/collections/collection-file.ts'
import type { App } from '../app.svelte.ts'
import type { Platform } from '../platform.ts'
import { describeDatabaseError, makeDatabase } from './database.ts'
import type { Database } from './database.ts'
import { makeHistory } from './history.svelte.ts'
import type { History } from './history.svelte.ts'
import { OtherTabs } from './other-tabs.ts'

/** A collection of this browser. */
export interface KeptCollection {
  readonly id: string
  /** When it was made, milliseconds since the epoch. */
  readonly at: number
  readonly collection: Collection
}

interface Undo {
  /** The last change, for the words beside the list. */
  readonly words: string
  readonly before: KeptCollection
}

/** Those of an app, made when they are first asked for: `app.of(makeCollections)`. */
export const makeCollections = (app: App): Collections =>
  new Collections(app.of(makeDatabase), app.of(makeHistory), app.platform)

/** The collections, by name. */
export class Collections {
  readonly #database: () => Promise<Database>
  readonly #history: Pick<History, 'keepSecrets'>
  readonly #now: () => number
  #all = $state.raw<readonly KeptCollection[]>([])
  #problem = $state<string | undefined>(undefined)
  #undo = $state.raw<Undo | undefined>(undefined)
  #leftOut = $state(0)
  #loading: Promise<void> | undefined
  readonly #tabs: OtherTabs

  /** `history` says whether secrets are kept. */
  constructor(
    database: () => Promise<Database>,
    history: Pick<History, 'keepSecrets'>,
    { openChannel, now }: Pick<Platform, 'openChannel' | 'now'>,
  ) {
    this.#database = database
    this.#history = history
    this.#now = now
    this.#tabs = new OtherTabs(openChannel('qmp-studio.collections'), () => {
      if (this.#loading !== undefined) this.#loading = this.#read()
    })
  }

  /** By name. `load` brings those of earlier visits. */
  get all(): readonly KeptCollection[] {
    return this.#all
  }

  /** Why something is not kept. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** The last deletion or change of a command, which can be undone. */
  get undoable(): string | undefined {
    return this.#undo?.words
  }

  /** How many secrets were left out of the last change. */
  get leftOut(): number {
    return this.#leftOut
  }

  byId(id: string): KeptCollection | undefined {
    return this.#all.find((each) => each.id === id)
  }

  /** Read what is kept, once. */
  load(): Promise<void> {
    this.#loading ??= this.#read()
    return this.#loading
  }

  /** Make one; gives its id. A name that is taken gets a number. */
  async create(name: string, of: Collection = emptyCollection(name)): Promise<string> {
    await this.load()
    const kept = {
      id: newId(this.#now()),
      at: this.#now(),
      collection: { ...of, name: this.#freeName(name) },
    }
    await this.#keep(kept)
    return kept.id
  }

  /** Replace a collection's content. */
  async change(id: string, next: Collection): Promise<void> {
    const kept = this.byId(id)
    if (kept !== undefined) await this.#keep({ ...kept, collection: next })
  }

  /** Add commands at the end. */
  async add(id: string, commands: readonly SavedCommand[]): Promise<void> {
    await this.load()
    const kept = this.byId(id)
    if (kept === undefined) return
    await this.change(id, { ...kept.collection, commands: [...kept.collection.commands, ...commands] })
  }

  /** Put a command in the place of one; `undo` brings that back. */
  async replaceCommand(id: string, index: number, command: SavedCommand): Promise<void> {
    const kept = this.byId(id)
    const before = kept?.collection.commands[index]
    if (kept === undefined || before === undefined) return
    this.#undo = {
      words: `Changed ${inWords(before.name)} in “${inWords(kept.collection.name)}”.`,
      before: kept,
    }
    const commands = kept.collection.commands.map((each, at) => (at === index ? command : each))
    await this.change(id, { ...kept.collection, commands })
  }

  /** Take one command out; `undo` brings it back. */
  async removeCommand(id: string, index: number): Promise<void> {
    const kept = this.byId(id)
    const command = kept?.collection.commands[index]
    if (kept === undefined || command === undefined) return
    this.#undo = {
      words: `Deleted ${inWords(command.name)} from “${inWords(kept.collection.name)}”.`,
      before: kept,
    }
    const commands = kept.collection.commands.filter((_, each) => each !== index)
    await this.change(id, { ...kept.collection, commands })
  }

  /** Move one command by one place or more. */
  async moveCommand(id: string, index: number, by: number): Promise<void> {
    const kept = this.byId(id)
    const command = kept?.collection.commands[index]
    if (kept === undefined || command === undefined) return
    const commands = kept.collection.commands.filter((_, each) => each !== index)
    commands.splice(Math.max(0, index + by), 0, command)
    await this.change(id, { ...kept.collection, commands })
  }

  /** Delete one; `undo` brings it back. */
  async remove(id: string): Promise<void> {
    const kept = this.byId(id)
    if (kept === undefined) return
    this.#undo = { words: `Deleted “${inWords(kept.collection.name)}”.`, before: kept }
    this.#all = this.#all.filter((each) => each.id !== id)
    try {
      await (await this.#database()).delete('collections', id)
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'collections')
    }
    this.#tabs.tell('')
  }

  /** Undo the last deletion or change of a command. */
  async undo(): Promise<void> {
    const undo = this.#undo
    if (undo === undefined) return
    this.#undo = undefined
    await this.#keep(undo.before)
  }

  /** Forget what could be undone. */
  dismissUndo(): void {
    this.#undo = undefined
  }

  /**
   * Import the text of a file: as a new collection, or into an existing one, where known commands are not added again and
   * its own parameters stay. A single command as on the wire is accepted, too. Returns the id; the failure is a sentence
   * with its place.
   */
  async importText(text: string, into: string | undefined): Promise<Result<string, string>> {
    const read = readCollection(text)
    const one = read.ok ? undefined : readOneCommand(text)
    if (!read.ok && one === undefined) return { ok: false, error: describeFileError(read.error) }
    const found = read.ok
      ? read.value
      : { ...emptyCollection(one?.name ?? ''), commands: one === undefined ? [] : [one] }
    await this.load()
    const kept = into === undefined ? undefined : this.byId(into)
    if (kept === undefined) return ok(await this.create(found.name, found))
    await this.change(kept.id, mergeCollections(kept.collection, found))
    return ok(kept.id)
  }

  /** The text of a collection's file, and how many secrets were left out of it. */
  exportText(id: string, secrets: boolean): { readonly text: string; readonly leftOut: number } {
    const collection = this.byId(id)?.collection ?? emptyCollection('')
    if (secrets) return { text: writeCollection(collection), leftOut: 0 }
    const clean = withoutSecrets(collection)
    return { text: writeCollection(clean.collection), leftOut: clean.count }
  }

  #freeName(name: string): string {
    const taken = new Set(this.#all.map((each) => each.collection.name))
    let free = name
    for (let n = 2; taken.has(free); n += 1) free = `${name} (${n})`
    return free
  }

  async #keep(kept: KeptCollection): Promise<void> {
    const clean = this.#history.keepSecrets
      ? { collection: kept.collection, count: 0 }
      : withoutSecrets(kept.collection)
    this.#leftOut = clean.count
    const { id, at } = kept
    const { collection } = clean
    this.#put([...this.#all.filter((each) => each.id !== id), { id, at, collection }])
    try {
      await (await this.#database()).put('collections', { id, at, text: writeCollection(collection) })
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'changes of collections')
    }
    this.#tabs.tell('')
  }

  async #read(): Promise<void> {
    try {
      const stored = await (await this.#database()).getAll('collections')
      const all: KeptCollection[] = []
      for (const { id, at, text } of stored) {
        const read = readCollection(text)
        if (read.ok) all.push({ id, at, collection: read.value })
        else this.#problem = `A kept collection could not be read. ${describeFileError(read.error)}`
      }
      this.#put(all)
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'collections')
    }
  }

  #put(all: readonly KeptCollection[]): void {
    this.#all = all.toSorted((a, b) => a.collection.name.localeCompare(b.collection.name) || a.at - b.at)
  }
}

function mergeCollections(own: Collection, other: Collection): Collection {
  const names = new Set(own.parameters.map((each) => each.name))
  const fresh = other.commands.filter(
    (each) =>
      !own.commands.some(
        (mine) =>
          mine.name === each.name &&
          mine.oob === each.oob &&
          equalJson(mine.arguments ?? null, each.arguments ?? null),
      ),
  )
  return {
    ...own,
    note: own.note === '' ? other.note : own.note,
    parameters: [...own.parameters, ...other.parameters.filter((each) => !names.has(each.name))],
    commands: [...own.commands, ...fresh],
  }
}

/** Not crypto.randomUUID: it is only there on https and on the own host. */
function newId(now: number): string {
  const random = crypto.getRandomValues(new Uint32Array(2))
  return `${now.toString(36)}-${[...random].map((each) => each.toString(36)).join('')}`
}
