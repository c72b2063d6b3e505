/**
 * Reads large files, so that the page is not blocked: references, which it keeps to find the real names of a schema's
 * types by them, and recordings; and lays recordings over each other.
 */
import type { NamedTypes, ReaderWorker, ReferenceFile } from '#api/reader.ts'
import type { Json } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { overlay } from '#trace/overlay/overlay.ts'
import { joinedKeys } from '#trace/overlay/overlay-summary.ts'
import { readRecordingFile } from './recording-file.ts'
import { archiveKind, unpack } from './archive.ts'
import { readQapi } from '#qapi/reference/lang/read-qapi.ts'
import { isSameInterface } from '#qapi/reference/manual-choice.ts'
import { readManual } from '#qapi/reference/manual/read-manual.ts'
import { nameTypes } from '#qapi/reference/type-names.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import { buildSchema } from '#qapi/model/schema.ts'

/** Make a reader. */
export function createReader(): ReaderWorker {
  const kept = new Map<string, Reference>()
  return {
    ping: () => undefined,
    async read(key, files) {
      const read = await readFiles(files)
      if (read.ok) kept.set(key, read.value)
      return read
    },
    names(key, raw, isSame) {
      return Promise.resolve(namesOf(kept.get(key), raw, isSame))
    },
    has: (key) => Promise.resolve(ok(kept.has(key))),
    forget: (key) => Promise.resolve(ok(kept.delete(key))),
    recording: (file, name) => readRecordingFile(file, name, () => undefined),
    overlay(a, b, aligned) {
      const keys = joinedKeys(a, b)
      return Promise.resolve(ok(overlay(keys.a, keys.b, aligned)))
    },
  }
}

async function readFiles(files: readonly ReferenceFile[]): Promise<Result<Reference, string>> {
  const [only] = files
  if (only !== undefined && archiveKind(only.bytes) !== undefined) {
    const unpacked = await unpack(only)
    return unpacked.ok ? readQapi(textsOf(unpacked.value)) : unpacked
  }
  const texts = textsOf(files)
  const [first, ...others] = texts.values()
  if (first === undefined) return err('There is no file.')
  const isManual =
    /^\.TH\b/m.test(first.slice(0, 20_000)) || /<html\b|<!doctype/i.test(first.slice(0, 20_000))
  // QAPI files are JSON by their name only: a comment or an expression is what they begin with.
  const isQapi = others.length > 0 || /^\s*(#|\{\s*')/.test(first)
  return isQapi && !isManual ? readQapi(texts) : readManual(first)
}

function textsOf(files: readonly ReferenceFile[]): ReadonlyMap<string, string> {
  return new Map(files.map((each) => [each.name, new TextDecoder().decode(each.bytes)]))
}

function namesOf(
  reference: Reference | undefined,
  raw: Json,
  known: boolean | undefined,
): Result<NamedTypes, string> {
  if (reference === undefined) return err('That reference has not been read.')
  const schema = buildSchema(raw)
  if (!schema.ok) return schema
  const isSame = known ?? isSameInterface(schema.value, reference)
  return ok({ ...nameTypes(schema.value, reference, isSame), isSame })
}
