/**
 * A variant in a typed text: `blockdev-add driver=luks` asks for the union that has this case, and for its page with the
 * case chosen. `blockdev-add luks` opens it so too, as far as the union is found by its own words.
 */
import { casesOf, unionOf } from './cases.ts'
import type { Schema } from '../model/schema.ts'
import { wordsOf } from './words.ts'

/** `driver=luks`: the tag of a union, and the case that is asked for. In lower case. */
export interface TypedCase {
  readonly tag: string
  readonly value: string
}

/** Take the first `tag=value` out of a typed text. Characters after the first 200 are not looked at. */
export function takeCase(query: string): { readonly words: string; readonly typed: TypedCase | undefined } {
  const parts = query.slice(0, 200).split(/\s/)
  const at = parts.findIndex((each) => /^[\w-]+=[^\s=]+$/.test(each))
  const [tag = '', value = ''] = (parts[at] ?? '').toLowerCase().split('=')
  if (at < 0) return { words: query, typed: undefined }
  return { words: parts.filter((_, index) => index !== at).join(' '), typed: { tag, value } }
}

/** The tag of an entity's union with the case, as they are written in the schema; undefined where it has none such. */
export function caseIn(schema: Schema, name: string, { tag, value }: TypedCase): TypedCase | undefined {
  const union = unionOf(schema, name)
  if (union?.tag?.toLowerCase() !== tag) return undefined
  const found = casesOf(schema, union).find((each) => each.value.toLowerCase() === value)
  return found === undefined ? undefined : { tag: union.tag, value: found.value }
}

/**
 * The case that a typed text asks of an entity: by `tag=value`, or by a word that is a case of its union and no part of its
 * name.
 */
export function caseOf(schema: Schema, name: string, query: string): TypedCase | undefined {
  const { typed } = takeCase(query)
  if (typed !== undefined) return caseIn(schema, name, typed)
  const union = unionOf(schema, name)
  const words = wordsOf(query)
  if (union?.tag === undefined || words.length < 2) return undefined
  const parts = new Set([name.toLowerCase(), ...wordsOf(name.replaceAll(/[-_]/g, ' '))])
  const said = words.filter((each) => !parts.has(each))
  const found = casesOf(schema, union).find((each) => said.includes(each.value.toLowerCase()))
  return found === undefined ? undefined : { tag: union.tag, value: found.value }
}
