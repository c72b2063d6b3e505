/** Recorded schemas, for tests. */
import { readFileSync } from 'node:fs'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { buildSchema } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** A schema of public/schemas by the name of its file, without the ending. */
export function loadSchema(file: string): Schema {
  const path = new URL(`../../../public/schemas/${file}.json`, import.meta.url)
  const json = parseJson(readFileSync(path, 'utf8'))
  if (!json.ok) throw new Error(json.error.message)
  const { value } = json
  const schema = buildSchema(isJsonObject(value) ? (value.return ?? null) : value)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}
