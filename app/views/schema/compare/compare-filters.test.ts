import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { compareSchemas } from '#qapi/compare/compare.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { withReference } from '#qapi/model/schema.ts'
import { readManual } from '#qapi/reference/manual/read-manual.ts'
import { nameTypes } from '#qapi/reference/type-names.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import { keyOf } from './compare-filters.ts'

const manual = readManual(gunzipSync(readFileSync('/usr/share/man/man7/qemu-qmp-ref.7.gz')).toString('utf8'))
if (!manual.ok) throw new Error(manual.error)
const reference = manual.value

const described = (schema: Schema): Schema =>
  withReference(schema, reference, nameTypes(schema, reference).names)

test('the key of a change tells it from the others, also when the manual has told the names of types', () => {
  const [older, newer] = [loadSchema('qemu-7.2-x86_64'), loadSchema('qemu-10.0-x86_64')]
  const keys = compareSchemas(older, newer).changes.map(keyOf)
  expect(keys.length).toBeGreaterThan(100)
  expect(new Set(keys).size).toBe(keys.length)
  const named = compareSchemas(described(older), described(newer)).changes.map(keyOf)
  expect(new Set(named)).toEqual(new Set(keys))
})
