import { expect, test } from 'vitest'
import { Typing } from './typing.svelte.ts'
import { keysOfPress, strokesOf } from './strokes.ts'

function make(type: () => string | undefined = () => undefined): {
  readonly typing: Typing
  readonly seen: string[]
} {
  const seen: string[] = []
  const typing: Typing = new Typing({
    type: (press) => {
      seen.push(
        keysOfPress(press)
          .map(({ qcode }) => qcode)
          .join('-'),
      )
      return type()
    },
    release: () => seen.push('release'),
    wait: (ms) => {
      seen.push(`${ms} ms, ${typing.words}`)
      return Promise.resolve()
    },
  })
  return { typing, seen }
}

test('a character every 25 ms, progress, modifiers released at the end', async () => {
  const { typing, seen } = make()
  await typing.start(strokesOf('aB', 'us').strokes)
  expect(seen).toEqual(['a', '25 ms, 0 of 2', 'shift-b', '25 ms, 1 of 2', 'release'])
  expect(typing.words).toBe('2 of 2 characters were typed.')
  expect(typing.isOn).toBe(false)
})

test('cancelled: nothing more is typed, and modifiers are released', async () => {
  const { typing, seen } = make(() => {
    typing.cancel()
    return undefined
  })
  await typing.start(strokesOf('abc', 'us').strokes)
  expect(seen).toEqual(['a', '25 ms, 0 of 3', 'release'])
  expect(typing.words).toBe('Cancelled: 1 of 3 characters were typed.')
})

test('a key that cannot be sent ends it, with the reason', async () => {
  const { typing, seen } = make(() => 'The machine is locked.')
  await typing.start(strokesOf('abc', 'us').strokes)
  expect(seen).toEqual(['a', 'release'])
  expect(typing.words).toBe('The machine is locked. 0 of 3 characters were typed.')
})

test('a dead key and its letter are one character', async () => {
  const { typing, seen } = make()
  await typing.start(strokesOf('ê{', 'de').strokes)
  expect(seen).toEqual([
    ...['grave_accent', '25 ms, 0 of 2', 'e', '25 ms, 0 of 2'],
    ...['alt_r-7', '25 ms, 1 of 2', 'release'],
  ])
  expect(typing.words).toBe('2 of 2 characters were typed.')
})
