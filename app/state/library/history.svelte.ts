/**
 * The history of each machine, newest first: kept in this browser, the same in all tabs. Bounded: 5,000 entries and
 * 16 Mi characters a machine; the oldest go. Secrets are left out unless the person at the page asks for them, in this
 * visit. Where the browser keeps nothing it is in memory, and `problem` says so.
 * Tested by e2e/history.spec.ts.
 */
import type { JsonObject } from '#base/json/value.ts'
import type { App } from '../app.svelte.ts'
import type { Platform } from '../platform.ts'
import { describeDatabaseError, makeDatabase } from './database.ts'
import type { Database, StoredEntry } from './database.ts'
import { declined, keptEntries, makeEntry } from './history-entry.ts'
import type { HistoryInput } from './history-entry.ts'
import { OtherTabs } from './other-tabs.ts'
import type { Machine } from '../machine/machine.svelte.ts'
import type { RunResult } from '../machine/parts/run-result.ts'
import { describeOutcome } from '#words/outcome.ts'

const rereadMs = 200

/** That of an app, made when it is first asked for: `app.of(makeHistory)`. */
export const makeHistory = (app: App): History => new History(app.of(makeDatabase), app.platform)

/** The entries by machine. */
export class History {
  readonly #database: () => Promise<Database>
  readonly #now: () => number
  #lists = $state.raw<ReadonlyMap<string, readonly StoredEntry[]>>(new Map())
  #shortened = $state.raw<ReadonlySet<string>>(new Set())
  #problem = $state<string | undefined>(undefined)
  #keepSecrets = $state(false)
  readonly #loads = new Map<string, Promise<void>>()
  #nextInMemory = -1
  #rereads = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #tabs: OtherTabs

  constructor(
    database: () => Promise<Database>,
    { openChannel, now }: Pick<Platform, 'openChannel' | 'now'>,
  ) {
    this.#database = database
    this.#now = now
    this.#tabs = new OtherTabs(openChannel('qmp-studio.history'), (machine) => this.#rereadSoon(machine))
  }

  /** The entries of a machine, newest first; `load` brings those of earlier visits. */
  of(machine: string): readonly StoredEntry[] {
    return this.#lists.get(machine) ?? []
  }

  /** Whether entries of a machine had to go in this visit: there were too many of them, or too much in them. */
  isShortened(machine: string): boolean {
    return this.#shortened.has(machine)
  }

  /** Why something is not kept. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether secrets are kept, too. Ends with the visit. */
  get keepSecrets(): boolean {
    return this.#keepSecrets
  }

  setKeepSecrets(keep: boolean): void {
    this.#keepSecrets = keep
  }

  /** Read what is kept of a machine, once. */
  load(machine: string): Promise<void> {
    const known = this.#loads.get(machine)
    if (known !== undefined) return known
    const loading = this.#read(machine)
    this.#loads.set(machine, loading)
    return loading
  }

  /** Run one command for a person, past the lock, and keep it. */
  async run(
    machine: Machine,
    command: { readonly name: string; readonly arguments: JsonObject | undefined; readonly oob: boolean },
  ): Promise<RunResult> {
    const at = this.#now()
    const result = await machine.commands.run(command.name, command.arguments, { oob: command.oob })
    void this.record(inputOf(machine, { ...command, at }, result))
    return result
  }

  /** Keep what was sent. */
  async record(input: HistoryInput): Promise<void> {
    const made = makeEntry(input, this.#keepSecrets)
    const { machine } = made
    await this.load(machine)
    let id: number
    try {
      id = await (await this.#database()).add('history', made)
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'new entries')
      id = this.#nextInMemory
      this.#nextInMemory -= 1
    }
    // Another tab's change may have caused a reread that has it already.
    const list = [{ ...made, id }, ...this.of(machine).filter((each) => each.id !== id)]
    const kept = this.#putWithin(machine, list)
    await this.#drop(list.slice(kept.length))
    this.#tabs.tell(machine)
  }

  /** Forget some entries of one machine. */
  async remove(machine: string, ids: ReadonlySet<number>): Promise<void> {
    const gone = this.of(machine).filter((each) => ids.has(each.id))
    this.#put(
      machine,
      this.of(machine).filter((each) => !ids.has(each.id)),
    )
    await this.#drop(gone)
    this.#tabs.tell(machine)
  }

  /** Forget all entries of a machine. */
  async clear(machine: string): Promise<void> {
    this.#put(machine, [])
    try {
      const write = (await this.#database()).transaction('history', 'readwrite')
      let cursor = await write.store.index('machine').openKeyCursor(machine)
      while (cursor !== null) {
        void write.store.delete(cursor.primaryKey)
        cursor = await cursor.continue()
      }
      await write.done
      this.#problem = undefined
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'entries')
    }
    this.#tabs.tell(machine)
  }

  async #read(machine: string): Promise<void> {
    try {
      const stored = await (await this.#database()).getAllFromIndex('history', 'machine', machine)
      const entries = stored.filter((each): each is StoredEntry => isEntry(each)).reverse()
      // Entries that could not be stored are in this tab only.
      const inMemory = this.of(machine).filter((each) => each.id < 0)
      this.#putWithin(
        machine,
        inMemory.length === 0 ? entries : [...inMemory, ...entries].sort((a, b) => b.at - a.at),
      )
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'entries')
    }
  }

  #rereadSoon(machine: string): void {
    if (!this.#loads.has(machine) || this.#rereads.has(machine)) return
    this.#rereads.set(
      machine,
      setTimeout(() => {
        this.#rereads.delete(machine)
        void this.#read(machine)
      }, rereadMs),
    )
  }

  async #drop(entries: readonly StoredEntry[]): Promise<void> {
    const stored = entries.filter((each) => each.id >= 0)
    if (stored.length === 0) return
    try {
      const write = (await this.#database()).transaction('history', 'readwrite')
      for (const each of stored) void write.store.delete(each.id)
      await write.done
    } catch (error) {
      this.#problem = describeDatabaseError(error, 'entries')
    }
  }

  /** Drop entries beyond the bounds, and report it. Returns the kept ones. */
  #putWithin(machine: string, list: readonly StoredEntry[]): readonly StoredEntry[] {
    const kept = keptEntries(list)
    if (kept.length < list.length) this.#shortened = new Set(this.#shortened).add(machine)
    this.#put(machine, kept)
    return kept
  }

  #put(machine: string, list: readonly StoredEntry[]): void {
    this.#lists = new Map(this.#lists).set(machine, list)
  }
}

/** Data that another page of this origin wrote there is ignored. */
function isEntry(value: Partial<StoredEntry>): boolean {
  return (
    typeof value.id === 'number' &&
    typeof value.name === 'string' &&
    typeof value.machineName === 'string' &&
    typeof value.at === 'number' &&
    typeof value.outcome === 'string' &&
    (value.arguments === undefined || typeof value.arguments === 'string') &&
    (value.error === undefined || typeof value.error === 'string')
  )
}

/** What `history.record` takes, of a command and its result. */
export function inputOf(
  machine: Machine,
  sent: {
    readonly name: string
    readonly arguments: JsonObject | undefined
    readonly oob: boolean
    readonly at: number
  },
  result: RunResult,
): HistoryInput {
  const isFine = result.kind === 'returned' || result.kind === 'sent'
  return {
    machine: { id: machine.id, name: machine.name },
    name: sent.name,
    arguments: sent.arguments,
    oob: sent.oob,
    at: sent.at,
    outcome: result.kind === 'refused' && result.by === 'person' ? declined : result.kind,
    error: isFine ? undefined : result.kind === 'refused' ? result.why : describeOutcome(result),
    latencyMs: result.kind === 'returned' || result.kind === 'failed' ? result.latencyMs : undefined,
  }
}
