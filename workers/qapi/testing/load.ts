/** Recorded schemas, for tests. */
import { readFileSync } from 'node:fs'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { buildSchema } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'

/** What introspection said: the list in a file of public/schemas, by the file's name without its ending. */
export function loadList(file: string): readonly JsonObject[] {
  const path = new URL(`../../../public/schemas/${file}.json`, import.meta.url)
  const json = parseJson(readFileSync(path, 'utf8'))
  if (!json.ok) throw new Error(json.error.message)
  const { value } = json
  return (isJsonObject(value) ? (value.return ?? []) : value) as readonly JsonObject[]
}

/** The schema of such a list. Throws where it is none. */
export function schemaOf(list: Json): Schema {
  const schema = buildSchema(list)
  if (!schema.ok) throw new Error(schema.error)
  return schema.value
}

/** What was read already: the test files of one worker share it. */
const schemas = new Map<string, Schema>()

/** A schema of public/schemas, by the name of its file. */
export function loadSchema(file: string): Schema {
  const schema = schemas.get(file) ?? schemaOf(loadList(file))
  schemas.set(file, schema)
  return schema
}
