import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coalesce, latest } from './coalesce.ts'

/** Work whose runs are ended by hand. */
function byHand(): {
  work: () => Promise<void>
  runs: number
  atOnce: number
  most: number
  end: () => void
} {
  const ends: (() => void)[] = []
  const self = {
    runs: 0,
    atOnce: 0,
    most: 0,
    work: () => {
      self.runs += 1
      self.atOnce += 1
      self.most = Math.max(self.most, self.atOnce)
      return new Promise<void>((resolve) =>
        ends.push(() => {
          self.atOnce -= 1
          resolve()
        }),
      )
    },
    end: () => ends.shift()?.(),
  }
  return self
}

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await Promise.resolve()
}

describe('coalesce', () => {
  test('requests made while it runs are one more run afterwards', async () => {
    const hand = byHand()
    const request = coalesce(hand.work)
    const first = request()
    // At once, not in the next task.
    expect(hand.runs).toBe(1)
    void request()
    void request()
    let isOver = false
    void first.then(() => (isOver = true))
    hand.end()
    await settle()
    expect([hand.runs, isOver]).toEqual([2, false])
    hand.end()
    await settle()
    expect([hand.runs, isOver]).toEqual([2, true])
    void request()
    expect(hand.runs).toBe(3)
  })

  test('a request from inside the work is one more run', async () => {
    let runs = 0
    const request = coalesce(() => {
      runs += 1
      if (runs < 3) void request()
      return Promise.resolve()
    })
    await request()
    expect(runs).toBe(3)
  })

  test('a failure is told to who waits, and the next request runs again', async () => {
    let runs = 0
    const request = coalesce(() => {
      runs += 1
      return runs === 1 ? Promise.reject(new Error('no')) : Promise.resolve()
    })
    const [one, two] = [request(), request()]
    await expect(one).rejects.toThrow('no')
    await expect(two).rejects.toThrow('no')
    expect(runs).toBe(1)
    await request()
    expect(runs).toBe(2)
  })

  test('never two at once, never more runs than requests, and one begins after each request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('request', 'end'), { maxLength: 30 }), async (steps) => {
        const hand = byHand()
        const request = coalesce(hand.work)
        let requests = 0
        let isServed = true
        for (const step of steps) {
          const before = hand.runs
          if (step === 'request') {
            void request()
            requests += 1
            isServed = false
          } else hand.end()
          await settle()
          if (hand.runs > before) isServed = true
        }
        while (hand.atOnce > 0) {
          const before = hand.runs
          hand.end()
          await settle()
          if (hand.runs > before) isServed = true
        }
        expect(hand.most).toBeLessThanOrEqual(1)
        expect(hand.runs).toBeLessThanOrEqual(requests)
        expect(isServed).toBe(true)
      }),
    )
  })
})

test('only the latest of several requests counts, whichever ends first', () => {
  const begin = latest()
  const one = begin()
  expect(one()).toBe(true)
  const two = begin()
  const three = begin()
  expect([one(), two(), three()]).toEqual([false, false, true])
  // Two owners have nothing to do with each other.
  latest()()
  expect(three()).toBe(true)
})
