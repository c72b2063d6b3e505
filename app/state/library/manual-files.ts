/**
 * The files of manuals: those that this browser keeps, those that the lab serves beside the page, and those that somebody
 * picks. Loaded when a schema first wants a manual.
 * Tested by app/state/library/manual-shelf.test.ts.
 */
import type { ReferenceFile } from '#api/reader.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { subjectOfReference, versionInPath } from '#qapi/reference/manual-choice.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import type { Page, Platform } from '../platform.ts'
import { largestFile } from './manual.ts'
import type { Manual, PickedFile } from './manual.ts'
import { ManualStore } from './manual-store.ts'
import type { StoredManual } from './manual-store.ts'

/** The archive of QEMU's sources is larger than any reference. */
const largestArchive = 512 * 1024 * 1024

/** Reads the files of manuals, and knows where they are kept. */
export class ManualFiles {
  readonly #page: Pick<Page, 'fetch'>
  /** Those of this browser. */
  readonly store: Pick<ManualStore, keyof ManualStore>

  constructor(
    platform: Pick<Platform, 'page' | 'openDatabase'>,
    store: Pick<ManualStore, keyof ManualStore> = new ManualStore(platform),
  ) {
    this.#page = platform.page
    this.store = store
  }

  /** All that are kept or served. */
  async all(): Promise<readonly Manual[]> {
    const [stored, listed] = await Promise.all([this.store.all(), listedManuals(this.#page)])
    const good = { trouble: undefined, failed: false }
    return [
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
  }

  /** The files of one. The failure is a part of a sentence. */
  async of(manual: Manual): Promise<Result<readonly ReferenceFile[], string>> {
    if (manual.where === 'lab') return fetchManual(this.#page, manual.from)
    const files = await this.store.files(manual.id)
    return files === undefined ? err('it is no longer kept') : ok(files)
  }

  /** The bytes of what somebody chose. The failure is a sentence. */
  async picked(files: readonly PickedFile[]): Promise<Result<readonly ReferenceFile[], string>> {
    // A folder has more than schema files.
    const wanted = files.length > 1 ? files.filter((each) => each.path.endsWith('.json')) : files
    const size = wanted.reduce((sum, each) => sum + each.file.size, 0)
    const [first] = wanted
    if (first === undefined) {
      return err(files.length === 0 ? 'No file was chosen.' : 'There is no schema file (*.json) among them.')
    }
    const most = /\.(tar|t?gz|zip)$/i.test(first.path) ? largestArchive : largestFile
    if (size > most) {
      const [has, allowed] = [size, most].map((each) => Math.round(each / 1024 / 1024))
      return err(`${first.path} has ${has} MiB: no reference is larger than ${allowed} MiB.`)
    }
    return ok(
      await Promise.all(
        wanted.map(async ({ path, file }) => ({
          name: path,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      ),
    )
  }

  /** Describe files that were read as a reference, given while a schema of this program was shown. The failure is a sentence. */
  describe(
    id: string,
    program: ManualProgram,
    files: readonly ReferenceFile[],
    reference: Reference,
  ): Result<StoredManual, string> {
    const from = files[0]?.name ?? ''
    const named = subjectOfReference(reference)
    if (reference.form !== 'qapi' && named === 'agent') {
      return err(
        'The commands of a guest agent are made from its schema file, qapi-schema.json: its manual does not describe enough.',
      )
    }
    return ok({
      id,
      of: named ?? (program === 'agent' ? 'qemu' : program),
      version: reference.version ?? versionInPath(from),
      title: reference.title,
      from,
      bytes: files.reduce((sum, each) => sum + each.bytes.byteLength, 0),
    })
  }
}

/** A manual of the list. */
interface ListedManual {
  readonly of: ManualProgram
  /** The address, relative to the page. */
  readonly file: string
  /** Lists of an older form do not say it. */
  readonly version: string | undefined
}

/** Further manuals of a list are ignored: this is enough for three programs in every release of twenty years. */
const mostListed = 200

/** The contents of the list. Empty without a list. */
async function listedManuals(page: Pick<Page, 'fetch'>): Promise<readonly ListedManual[]> {
  let list: unknown
  try {
    const response = await page.fetch('./manuals.json', { signal: AbortSignal.timeout(10_000) })
    if (!response.ok) return []
    list = await response.json()
  } catch {
    return []
  }
  if (typeof list !== 'object' || list === null || !('manuals' in list) || !Array.isArray(list.manuals)) {
    return []
  }
  return (list.manuals as unknown[]).slice(0, mostListed).flatMap((each) => {
    if (typeof each !== 'object' || each === null || !('of' in each) || !('file' in each)) return []
    const { of, file } = each
    if (of !== 'qemu' && of !== 'storage-daemon' && of !== 'agent') return []
    if (typeof file !== 'string' || !/^manuals\/[\w.-]+$/.test(file)) return []
    const version = 'version' in each && typeof each.version === 'string' ? each.version : undefined
    return [{ of, file, version }]
  })
}

/** The file of a manual of the list. The failure is a sentence. */
async function fetchManual(
  page: Pick<Page, 'fetch'>,
  file: string,
): Promise<Result<readonly ReferenceFile[], string>> {
  try {
    const response = await page.fetch(`./${file}`, { signal: AbortSignal.timeout(60_000) })
    if (!response.ok) return err(`HTTP ${response.status}`)
    return ok([{ name: file, bytes: new Uint8Array(await response.arrayBuffer()) }])
  } catch (error) {
    return err(`it could not be loaded: ${String(error)}`)
  }
}
