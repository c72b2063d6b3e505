/**
 * The manuals that this page can have: those that the lab serves beside it, those that this browser keeps, and those
 * that were dropped and could not be kept. Each is read when a schema wants it.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ReferenceFile } from '#api/reader.ts'
import { releaseOf, subjectOfReference, versionInPath } from '#qapi/reference/manual-choice.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import type { Platform } from '../platform.ts'
import { Tabs } from './database.ts'
import { fetchManual, listedManuals } from './lab-manuals.ts'
import type { ManualStore, StoredManual } from './manual-store.ts'

/** A manual. */
export interface Manual extends StoredManual {
  readonly where: 'lab' | 'browser' | 'page'
  /** Why it cannot be read, or is not kept. */
  readonly trouble: string | undefined
  /** It could not be read. */
  readonly failed: boolean
}

/** A file that somebody chose or dropped, with its path in the folder that it came in. */
export interface PickedFile {
  readonly path: string
  readonly file: File
}

/** The largest file that is read: manuals have 2 MB, all of QEMU's QAPI files 2 MB. */
export const largestFile = 64 * 1024 * 1024
const largestArchive = 512 * 1024 * 1024

/** What a shelf needs: where manuals are kept, and who reads them. */
interface ShelfParts extends Pick<Platform, 'page' | 'now' | 'openChannel'> {
  readonly reader: Pick<Platform['reader'], 'readReference' | 'hasReference' | 'forgetReference'>
  readonly store: Pick<ManualStore, 'all' | 'files' | 'put' | 'describe' | 'remove'>
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
  readonly #tabs: Tabs

  constructor(parts: ShelfParts) {
    this.#parts = parts
    this.#tabs = new Tabs(parts.openChannel('qmp-studio.manuals'), () => void this.#reread())
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
    const [stored, listed] = await Promise.all([this.#parts.store.all(), listedManuals(this.#parts.page)])
    const good = { trouble: undefined, failed: false }
    this.#manuals = [
      ...this.#manuals,
      ...stored.map((each) => ({ ...each, ...good, where: 'browser' as const })),
      ...listed.map((each) => ({
        ...good,
        id: `lab ${each.file}`,
        of: each.of,
        version: each.version,
        title: '',
        from: each.file,
        bytes: 0,
        where: 'lab' as const,
      })),
    ]
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
    const files =
      this.#files.get(manual.id) ??
      (manual.where === 'lab'
        ? await fetchManual(this.#parts.page, manual.from)
        : await this.#parts.store.files(manual.id))
    if (files === undefined) return err('it is no longer kept')
    if ('error' in files) return err(files.error)
    return this.#parts.reader.readReference(manual.id, files)
  }

  /**
   * Read files that somebody chose while a schema of this subject was shown, and keep them. The failure is a sentence;
   * nothing is changed then.
   */
  async add(subject: ManualProgram, files: readonly PickedFile[]): Promise<Result<Manual, string>> {
    const picked = await pickedFiles(files)
    if (!picked.ok) return picked
    const [first] = picked.value
    const from = first?.name ?? ''
    this.#added += 1
    // Another tab may add one in the same moment.
    const id = `${this.#parts.now()} ${this.#added} ${Math.random().toString(36).slice(2)}`
    const read = await this.#parts.reader.readReference(id, picked.value)
    if (!read.ok) return read
    if (read.value.form !== 'qapi' && subjectOfReference(read.value) === 'agent') {
      this.#parts.reader.forgetReference(id)
      return err(
        'The commands of a guest agent are made from its schema file, qapi-schema.json: its manual does not describe enough.',
      )
    }
    const described: StoredManual = {
      id,
      of: subjectOfReference(read.value) ?? (subject === 'agent' ? 'qemu' : subject),
      version: read.value.version ?? versionInPath(from),
      title: read.value.title,
      from,
      bytes: picked.value.reduce((sum, each) => sum + each.bytes.byteLength, 0),
    }
    await this.list()
    const release = releaseOf(described.version)
    const replaced = this.#manuals.filter(
      (each) =>
        each.where !== 'lab' &&
        each.of === described.of &&
        (release === undefined ? each.from === from : releaseOf(each.version) === release),
    )
    for (const each of replaced) await this.remove(each)
    const why = await this.#parts.store.put(described, picked.value)
    const manual: Manual = {
      ...described,
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
    if (manual.where === 'browser') await this.#parts.store.describe({ id, of, version, title, from, bytes })
    this.#changed(manual)
  }

  /** Remove a manual that somebody gave. */
  async remove(manual: Manual): Promise<void> {
    this.#drop(manual)
    if (manual.where === 'browser') await this.#parts.store.remove(manual.id)
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
    const stored = new Map((await this.#parts.store.all()).map((each) => [each.id, each]))
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

/** The bytes of what somebody chose. The failure is a sentence. */
async function pickedFiles(files: readonly PickedFile[]): Promise<Result<readonly ReferenceFile[], string>> {
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
  return ok(
    await Promise.all(
      wanted.map(async ({ path, file }) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) })),
    ),
  )
}
