/** The state of a schema: of a machine, of a recorded version or of a file. */
import type { Json } from '#base/json/value.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** The machine's own description of its interface. */
export type SchemaState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  /** `raw` is the return of query-qmp-schema as it came. */
  | { readonly kind: 'ready'; readonly schema: Schema; readonly raw: Json }
  | { readonly kind: 'failed'; readonly why: string }
