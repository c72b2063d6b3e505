/** A monitor of another program: connected for what a person asks, and let go after two seconds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { FakeClock } from '#qmp/testing/fake-server.ts'
import type { PendingCommand } from '#qmp/report.ts'
import { Politeness } from './politeness.ts'

interface Bench {
  readonly clock: FakeClock
  readonly polite: Politeness
  readonly did: string[]
  pending: Pick<PendingCommand, 'origin'>[]
}

/** A connection that is ready `delayMs` after it is opened; never where that is infinite. */
function bench(delayMs = 10): Bench {
  const clock = new FakeClock()
  const did: string[] = []
  let isReady = false
  let isOpening = false
  const own: Bench = {
    clock,
    did,
    pending: [],
    polite: new Politeness({
      ...{ now: clock.now, after: clock.after, isReady: () => isReady },
      pending: () => own.pending as PendingCommand[],
      open() {
        if (isOpening) return
        isOpening = true
        did.push('open')
        if (!Number.isFinite(delayMs)) return
        clock.after(delayMs, () => {
          isReady = true
          isOpening = false
          own.polite.ready()
        })
      },
      letGo() {
        isReady = false
        did.push('let go')
        own.polite.closed()
      },
    }),
  }
  return own
}

test('it is opened for a command, held for two seconds, and let go', async () => {
  const { clock, polite, did } = bench()
  const asked = polite.ask(30_000)
  expect(polite.isWanted).toBe(true)
  clock.advance(10)
  expect(await asked).toBe(true)
  expect(polite.isWanted).toBe(false)
  clock.advance(1999)
  expect(did).toEqual(['open'])
  clock.advance(1)
  expect(did).toEqual(['open', 'let go'])
})

test('each command begins the two seconds again, and one that is under way holds it', async () => {
  const own = bench()
  void own.polite.ask(30_000)
  own.clock.advance(1500)
  expect(await own.polite.ask(30_000)).toBe(true)
  own.clock.advance(1999)
  expect(own.did).toEqual(['open'])
  own.pending = [{ origin: 'person' }]
  own.clock.advance(60_000)
  expect(own.did).toEqual(['open'])
  own.pending = []
  own.clock.advance(4000)
  expect(own.did).toEqual(['open', 'let go'])
})

test('the page’s own queries hold it for five seconds more at most', () => {
  const own = bench()
  void own.polite.ask(30_000)
  own.clock.advance(1000)
  own.pending = [{ origin: 'page' }]
  own.clock.advance(5900)
  expect(own.did).toEqual(['open'])
  own.clock.advance(300)
  expect(own.did).toEqual(['open', 'let go'])
})

test('a connection that does not come is waited for as long as the command may take', async () => {
  const { clock, polite } = bench(Number.POSITIVE_INFINITY)
  const asked = polite.ask(5000)
  clock.advance(5000)
  expect(await asked).toBe(false)
  expect(polite.isWanted).toBe(false)
})

test('whatever is asked and when: it is let go 2 to 2.1 s after the last, and never while a person waits', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 20 }), (pauses) => {
      const { clock, polite, did } = bench()
      for (const pause of pauses) {
        void polite.ask(30_000)
        clock.advance(pause)
        if (pause < 1990) expect(did.at(-1)).toBe('open')
        if (pause > 2120) expect(did.at(-1)).toBe('let go')
      }
      clock.advance(2200)
      expect(did.at(-1)).toBe('let go')
      expect(did.filter((each) => each === 'open').length).toBe(
        did.filter((each) => each === 'let go').length,
      )
    }),
    { numRuns: runs(1000) },
  )
})
