import { expect, test } from 'vitest'
import { words } from './sentence.ts'

test('what is put into a sentence is a part of its own, whatever it is', () => {
  expect(words`Remove ${'a\u202eb'} from ${''}?`).toEqual([
    'Remove ',
    { given: 'a\u202eb' },
    ' from ',
    { given: '' },
    '?',
  ])
  expect(words`All of it.`).toEqual(['All of it.'])
})
