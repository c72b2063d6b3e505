import fc from 'fast-check'
import { expect, test } from 'vitest'
import { variantsName } from '#qapi/model/graph.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import { readCards, writeCards } from './card-address.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const objects = schema.entities.filter((each) => each.kind === 'object' && schema.users.has(each.name))

test('cards come back from the address, and no number of introspection is in it', () => {
  const card = fc
    .constantFrom(...objects.map((each) => each.name))
    .chain((name) => fc.constantFrom(name, variantsName(name)))
  fc.assert(
    fc.property(fc.uniqueArray(card, { maxLength: 20 }), (cards) => {
      const text = writeCards(schema, cards)
      expect(readCards(schema, text)).toEqual(cards)
      expect(text).not.toMatch(/(^|[;:])\d+(;|$)/)
    }),
  )
})

test('what this schema does not have is passed over, and a long text is cut', () => {
  expect(readCards(schema, 'nonsense;stop;variants:nonsense;;')).toEqual(['stop'])
  expect(readCards(schema, 'stop;'.repeat(100))).toHaveLength(40)
  expect(readCards(schema, undefined)).toEqual([])
})
