/** Reads references and keeps them, to find the real names of a schema's types by them. */
import type { NamedTypes, ReaderWorker, ReferenceFile } from '../api.ts'
import type { Json } from '../base/json.ts'
import { err, ok } from '../base/result.ts'
import type { Result } from '../base/result.ts'
import { readQapi } from '../qapi/lang/read.ts'
import { readManual } from '../qapi/manual/read.ts'
import { nameTypes } from '../qapi/names.ts'
import type { Reference } from '../qapi/reference.ts'
import { buildSchema } from '../qapi/schema.ts'

/** Make a reader. */
export function createReader(): ReaderWorker {
  const kept = new Map<string, Reference>()
  return {
    read(key, files) {
      const read = readFiles(files)
      if (read.ok) kept.set(key, read.value)
      return Promise.resolve(read)
    },
    names(key, raw) {
      return Promise.resolve(namesOf(kept.get(key), raw))
    },
  }
}

function readFiles(files: readonly ReferenceFile[]): Result<Reference, string> {
  const texts = new Map(files.map((each) => [each.name, new TextDecoder().decode(each.bytes)]))
  const [first, ...others] = texts.values()
  if (first === undefined) return err('There is no file.')
  const isManual =
    /^\.TH\b/m.test(first.slice(0, 20_000)) || /<html\b|<!doctype/i.test(first.slice(0, 20_000))
  // QAPI files are JSON by their name only: a comment or an expression is what they begin with.
  const isQapi = others.length > 0 || /^\s*(#|\{\s*')/.test(first)
  return isQapi && !isManual ? readQapi(texts) : readManual(first)
}

function namesOf(reference: Reference | undefined, raw: Json): Result<NamedTypes, string> {
  if (reference === undefined) return err('That reference has not been read.')
  const schema = buildSchema(raw)
  return schema.ok ? ok(nameTypes(schema.value, reference)) : schema
}
