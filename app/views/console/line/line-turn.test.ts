import { expect, test } from 'vitest'
import { waitForTurn } from './line-turn.ts'

/** What the monitor says, look by look: `-` nobody has the line, `x` somebody, `?` it tells nothing; `!` it is not wanted any more. */
async function turn(says: string): Promise<readonly unknown[]> {
  const done: string[] = []
  let looks = 0
  const result = await waitForTurn({
    look: () => {
      const said = says[looks]
      looks += 1
      return Promise.resolve(said === '?' ? undefined : { id: 'line', isConnected: said === 'x' })
    },
    taken: () => done.push('taken'),
    isWanted: () => says[looks] !== '!',
    wait: (ms) => {
      done.push(String(ms))
      return Promise.resolve()
    },
  })
  return [result, ...done]
}

test.each([
  ['-', ['free']],
  ['?', ['unknown']],
  ['x-', ['free', 'taken', '300']],
  ['xxxxx-', ['free', 'taken', '300', 'taken', '700', 'taken', '2000', 'taken', '3000', 'taken', '3000']],
  // The monitor is lost meanwhile.
  ['x?', ['unknown', 'taken', '300']],
  ['!', [undefined]],
  ['x!', [undefined, '300']],
  ['-!', [undefined]],
])('%s', async (says, expected) => {
  expect(await turn(says)).toEqual(expected)
})
