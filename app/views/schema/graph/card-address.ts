/** The cards of a graph as the address names them: by the address of their entity, never by introspection's numbers. */
import { addressOf, resolveAddress } from '#qapi/model/address.ts'
import { unionOf, variantsName } from '#qapi/model/graph.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** Cards that an address can name: more would make links that nobody can send. */
const mostCards = 40

const variants = 'variants:'

/** Cards as one text; those beyond the fortieth are left out. */
export function writeCards(schema: Schema, cards: readonly string[]): string {
  return cards
    .slice(0, mostCards)
    .map((card) => {
      const union = unionOf(card)
      return union === undefined ? addressOf(schema, card) : `${variants}${addressOf(schema, union)}`
    })
    .join(';')
}

/** The cards of such a text that this schema has. */
export function readCards(schema: Schema, text: string | undefined): readonly string[] {
  if (text === undefined) return []
  return text
    .split(';', mostCards)
    .filter((each) => each !== '')
    .flatMap((each) => {
      const isUnion = each.startsWith(variants)
      const found = resolveAddress(schema, isUnion ? each.slice(variants.length) : each)
      if (found.kind !== 'found') return []
      return [isUnion ? variantsName(found.name) : found.name]
    })
}
