/** Reads references and keeps them, to find the real names of a schema's types by them. */
import type { NamedTypes, ReaderWorker, ReferenceFile } from '../api.ts'
import type { Json } from '../base/json.ts'
import { err, ok } from '../base/result.ts'
import type { Result } from '../base/result.ts'
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
  const [first] = files
  if (first === undefined) return err('There is no file.')
  return readManual(new TextDecoder().decode(first.bytes))
}

function namesOf(reference: Reference | undefined, raw: Json): Result<NamedTypes, string> {
  if (reference === undefined) return err('That reference has not been read.')
  const schema = buildSchema(raw)
  return schema.ok ? ok(nameTypes(schema.value, reference)) : schema
}
