/**
 * The manuals that this page can have: those that the lab serves beside it, those that this browser keeps, and those
 * that were dropped and could not be kept. Each is read when a schema wants it.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ReferenceFile } from '#api/reader.ts'
import { releaseOf } from '#qapi/reference/manual-choice.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import type { Platform } from '../platform.ts'
import type { Manual, PickedFile } from './manual.ts'
import type { ManualFiles } from './manual-files.ts'
import { OtherTabs } from './other-tabs.ts'

/** Why there is no manual, as the end of a sentence. */
const noCode = 'the server of this page did not send the code for it. Is it still running?'

/** What a shelf needs: where manuals are kept, and who reads them. */
interface ShelfParts extends Pick<Platform, 'now' | 'openChannel'> {
  /** Undefined where their code does not come. */
  readonly files: () => Promise<Pick<ManualFiles, keyof ManualFiles> | undefined>
  readonly reader: Pick<Platform['reader'], 'readReference' | 'hasReference' | 'forgetReference'>
}

/** The manuals. */
export class ManualShelf {
  readonly #parts: ShelfParts
  #manuals = $state.raw<readonly Manual[]>([])
  #isListed = $state(false)
  #listing: Promise<void> | undefined
  readonly #read = new Map<string, Promise<Result<Reference, string>>>()
  readonly #files = new Map<string, readonly ReferenceFile[]>()
  #added = 0
  readonly #watchers = new Set<(of: ManualProgram) => void>()
  readonly #tabs: OtherTabs

  constructor(parts: ShelfParts) {
    this.#parts = parts
    this.#tabs = new OtherTabs(parts.openChannel('qmp-studio.manuals'), () => void this.#reread())
  }

  /** Whether it is known which manuals there are. */
  get isListed(): boolean {
    return this.#isListed
  }

  /** The manuals of a subject: those that somebody gave first. */
  of(subject: ManualProgram): readonly Manual[] {
    return this.#manuals.filter((each) => each.of === subject)
  }

  /** Be told when a manual was added, removed or given a version, in this tab or another. Returns the function that ends it. */
  watch(changed: (of: ManualProgram) => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  /** Find out which manuals there are, once. */
  list(): Promise<void> {
    this.#listing ??= this.#list()
    return this.#listing
  }

  async #list(): Promise<void> {
    const files = await this.#parts.files()
    // Without it there are no manuals for now; who adds one tries again.
    if (files === undefined) this.#listing = undefined
    else this.#manuals = [...this.#manuals, ...(await files.all())]
    // A list of an older form names no versions: its manuals do.
    const unknown = this.#manuals.filter((each) => each.where === 'lab' && each.version === undefined)
    await Promise.all(unknown.map((each) => this.read(each)))
    this.#isListed = true
  }

  /** The reference of a manual. It is read once; the reader's worker keeps it under its id. */
  async read(manual: Manual): Promise<Result<Reference, string>> {
    const known = this.#read.get(manual.id)
    if (known !== undefined) {
      const before = await known
      if (!before.ok || (await this.#parts.reader.hasReference(manual.id))) return before
    }
    const reading = this.#readNow(manual)
    this.#read.set(manual.id, reading)
    const read = await reading
    this.#change(
      manual.id,
      read.ok
        ? { title: read.value.title, version: manual.version ?? read.value.version }
        : { failed: true, trouble: `${manual.from}: ${read.error}` },
    )
    return read
  }

  async #readNow(manual: Manual): Promise<Result<Reference, string>> {
    const given = this.#files.get(manual.id)
    const files = given === undefined ? await (await this.#parts.files())?.of(manual) : ok(given)
    if (files === undefined) return err(noCode)
    return files.ok ? this.#parts.reader.readReference(manual.id, files.value) : files
  }

  /**
   * Read files that somebody chose while a schema of this subject was shown, and keep them. The failure is a sentence;
   * nothing is changed then.
   */
  async add(subject: ManualProgram, files: readonly PickedFile[]): Promise<Result<Manual, string>> {
    const source = await this.#parts.files()
    if (source === undefined) return err(`Nothing was read: ${noCode}`)
    const picked = await source.picked(files)
    if (!picked.ok) return picked
    this.#added += 1
    // Another tab may add one in the same moment.
    const id = `${this.#parts.now()} ${this.#added} ${Math.random().toString(36).slice(2)}`
    const read = await this.#parts.reader.readReference(id, picked.value)
    if (!read.ok) return read
    const described = source.describe(id, subject, picked.value, read.value)
    if (!described.ok) {
      this.#parts.reader.forgetReference(id)
      return described
    }
    await this.list()
    const { of, version, from } = described.value
    const release = releaseOf(version)
    const replaced = this.#manuals.filter(
      (each) =>
        each.where !== 'lab' &&
        each.of === of &&
        (release === undefined ? each.from === from : releaseOf(each.version) === release),
    )
    for (const each of replaced) await this.remove(each)
    const why = await source.store.put(described.value, picked.value)
    const manual: Manual = {
      ...described.value,
      where: why === undefined ? 'browser' : 'page',
      trouble: why,
      failed: false,
    }
    if (why !== undefined) this.#files.set(id, picked.value)
    this.#read.set(id, Promise.resolve(read))
    this.#manuals = [manual, ...this.#manuals]
    this.#changed(manual)
    return ok(manual)
  }

  /** Say the version of a manual that does not name its own. */
  async say(manual: Manual, version: string): Promise<void> {
    this.#change(manual.id, { version })
    const { id, of, title, from, bytes } = manual
    if (manual.where === 'browser')
      await (await this.#parts.files())?.store.describe({ id, of, version, title, from, bytes })
    this.#changed(manual)
  }

  /** Remove a manual that somebody gave. */
  async remove(manual: Manual): Promise<void> {
    this.#drop(manual)
    if (manual.where === 'browser') await (await this.#parts.files())?.store.remove(manual.id)
    this.#changed(manual)
  }

  #drop({ id }: Manual): void {
    this.#manuals = this.#manuals.filter((each) => each.id !== id)
    this.#files.delete(id)
    this.#read.delete(id)
    this.#parts.reader.forgetReference(id)
  }

  /** What this tab did to a manual. The others read again what is kept. */
  #changed({ of }: Manual): void {
    for (const watcher of this.#watchers) watcher(of)
    this.#tabs.tell('changed')
  }

  /** Another tab changed what is kept. */
  async #reread(): Promise<void> {
    // It reads what there is when it is asked.
    if (this.#listing === undefined) return
    await this.#listing
    const files = await this.#parts.files()
    if (files === undefined) return
    const stored = new Map((await files.store.all()).map((each) => [each.id, each]))
    const touched = new Set<ManualProgram>()
    for (const each of this.#manuals) {
      const now = stored.get(each.id)
      if (each.where === 'browser' && now === undefined) {
        this.#drop(each)
        touched.add(each.of)
      } else if (now !== undefined && now.version !== each.version) {
        this.#change(each.id, { version: now.version })
        touched.add(each.of)
      }
      stored.delete(each.id)
    }
    const added = [...stored.values()].map((each): Manual => {
      touched.add(each.of)
      return { ...each, trouble: undefined, failed: false, where: 'browser' }
    })
    this.#manuals = [...added.toReversed(), ...this.#manuals]
    for (const of of touched) for (const watcher of this.#watchers) watcher(of)
  }

  #change(id: string, changes: Partial<Manual>): void {
    const now = this.#manuals.find((each) => each.id === id)
    if (now === undefined) return
    const entries = Object.entries(changes) as [keyof Manual, unknown][]
    if (entries.every(([key, value]) => now[key] === value)) return
    this.#manuals = this.#manuals.map((each) => (each.id === id ? { ...each, ...changes } : each))
  }
}
