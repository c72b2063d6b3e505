/** Reads schemas from files: those that ship with the page, and those that somebody opens. Tested by e2e/without-machine.spec.ts. */
import { parsePlain } from '#base/json/loss.ts'
import type { Json } from '#base/json/value.ts'
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { readSchemaFile } from '#qapi/model/schema-file.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { largestFile } from '../library/manual.ts'
import { recordedSchemas } from '../library/recorded-schemas.svelte.ts'
import type { Page } from '../platform.ts'
import type { SchemaState } from './schema-state.ts'

/** The schema in a file: the array alone, a reply, or a transcript. The failure is a sentence. */
export async function readSchemaOf(
  file: File,
): Promise<Result<{ readonly schema: Schema; readonly raw: Json }, string>> {
  if (file.size > largestFile) {
    const [has, most] = [file.size, largestFile].map((bytes) => Math.round(bytes / 1024 / 1024))
    return err(
      `${file.name} has ${has} MiB. Files are read up to ${most} MiB; a reply to query-qmp-schema has less than one.`,
    )
  }
  let text: string
  try {
    text = await file.text()
  } catch (error) {
    return err(`${file.name} could not be read: ${String(error)}`)
  }
  const read = readSchemaFile(text)
  return read.ok ? read : err(`${file.name}: ${read.error}`)
}

/** The recorded schema in a file of public/schemas. Its state is `ready` or `failed`. */
export async function fetchSchema(page: Pick<Page, 'fetch'>, file: string): Promise<SchemaState> {
  if (!recordedSchemas.some((each) => each.file === file)) {
    if (file.startsWith('file ')) {
      return { kind: 'failed', why: `${file.slice(5)} was opened in another visit: open the file again.` }
    }
    return {
      kind: 'failed',
      why: `There is no recorded schema named “${file}”. Those that are there are in the list of machines, below “Recorded schemas”.`,
    }
  }
  let text: string
  try {
    const response = await page.fetch(`./schemas/${file}.json`, { signal: AbortSignal.timeout(30_000) })
    if (!response.ok) return { kind: 'failed', why: `schemas/${file}.json: HTTP ${response.status}` }
    text = await response.text()
  } catch (error) {
    return { kind: 'failed', why: `schemas/${file}.json could not be loaded: ${String(error)}` }
  }
  const raw = parsePlain(text)
  if (raw === undefined)
    return { kind: 'failed', why: `schemas/${file}.json is not what ships with this page.` }
  const schema = buildSchema(raw)
  return schema.ok ? { kind: 'ready', schema: schema.value, raw } : { kind: 'failed', why: schema.error }
}
