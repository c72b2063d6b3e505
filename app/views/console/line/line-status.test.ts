import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '#base/json/value.ts'
import { runs } from '#base/testing/runs.ts'
import { lineStatusOf } from './line-status.ts'

const reply = (writer: Json): JsonObject => ({
  you: 1,
  lines: {
    serial: {
      ...{ writer, names: true },
      clients: [
        { client: 4, key: 'full', name: 'me' },
        { client: 7, key: 'full' },
        { client: 9, key: 'watch' },
      ],
    },
  },
})

test.each([
  [4, 'me', false, { writer: 'you', you: 4, client: 4 }],
  [7, 'me', false, { writer: 'other', you: 4, client: 7 }],
  [null, 'me', false, { writer: 'nobody', you: 4, client: undefined }],
  // Without a name it may be this page; one that may not write is not it.
  [7, undefined, false, { writer: 'somebody', you: undefined, client: 7 }],
  [7, 'gone', false, { writer: 'somebody', you: undefined }],
  [7, undefined, true, { writer: 'other', you: undefined }],
] as const)('client %s writes, this page is %s, watches: %s', (writer, name, isWatching, status) => {
  const read = lineStatusOf(reply(writer), 'serial', name, isWatching)
  expect(read).toMatchObject({ ...status, others: 2, takesNames: true })
})

test('a line that it does not tell of, and names of no line', () => {
  for (const channel of ['serial1', 'constructor', '__proto__', '']) {
    expect(lineStatusOf(reply(4), channel, 'me', false)).toBeUndefined()
  }
})

test('whatever the reply is, it is read', () => {
  const wrong = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(-1, 1.5, 2 ** 60, '4', {}, []))
  const lines = fc.record({ serial: fc.record({ writer: wrong, names: wrong, clients: wrong }) })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ lines }), fc.record({ lines: wrong })), (value) => {
      const read = lineStatusOf(value as Json, 'serial', 'me', false)
      if (read === undefined) return
      expect(['you', 'other', 'somebody', 'nobody']).toContain(read.writer)
      for (const each of [read.you, read.client])
        expect(each === undefined || Number.isSafeInteger(each)).toBe(true)
    }),
    { numRuns: runs(3000) },
  )
})

test('many clients: the first thousand are looked at', () => {
  const clients = Array.from({ length: 100_000 }, (_, client) => ({ client, name: `n${client}` }))
  const status = lineStatusOf({ lines: { serial: { writer: 5000, clients } } }, 'serial', 'n5000', false)
  expect(status).toMatchObject({ you: undefined, others: 999, takesNames: false })
})
