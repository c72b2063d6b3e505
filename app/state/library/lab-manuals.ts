/** The manuals that lie beside the page, as `manuals.json` lists them: the lab copies what is installed. */
import type { Page } from '../platform.ts'
import type { ReferenceFile } from '#api/reader.ts'
import type { ManualProgram } from '#qapi/reference/manual-choice.ts'

/** A manual of the list. */
export interface ListedManual {
  readonly of: ManualProgram
  /** The address, relative to the page. */
  readonly file: string
  /** Lists of an older form do not say it. */
  readonly version: string | undefined
}

/** Further manuals of a list are ignored: this is enough for three programs in every release of twenty years. */
const mostListed = 200

/** The contents of the list. Empty without a list. */
export async function listedManuals(page: Pick<Page, 'fetch'>): Promise<readonly ListedManual[]> {
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
export async function fetchManual(
  page: Pick<Page, 'fetch'>,
  file: string,
): Promise<readonly ReferenceFile[] | { error: string }> {
  try {
    const response = await page.fetch(`./${file}`, { signal: AbortSignal.timeout(60_000) })
    if (!response.ok) return { error: `HTTP ${response.status}` }
    return [{ name: file, bytes: new Uint8Array(await response.arrayBuffer()) }]
  } catch (error) {
    return { error: `it could not be loaded: ${String(error)}` }
  }
}
