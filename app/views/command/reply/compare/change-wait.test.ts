import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventNews } from '#api/machine.ts'
import type { Track } from '#record/track.ts'
import { endOfChange } from './change-end.ts'
import { ChangeWait } from './change-wait.ts'
import { waitSentence } from './wait-words.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A wait for the end of a command, of a machine whose events and batches come when the test says. */
function waitFor(name: string, args: Record<string, string>) {
  const end = endOfChange(name, args)
  if (end === undefined) throw new Error('nothing is waited for')
  const tracks = new Map<number, Track>()
  let batch: () => void = () => undefined
  let event: (news: EventNews) => void = () => undefined
  let watchers = 0
  let rows: readonly object[] = []
  const watching = (): (() => void) => {
    watchers += 1
    return () => void (watchers -= 1)
  }
  const machine = {
    isReady: true,
    record: {
      tracks,
      calls: {
        openQuery: () => Promise.resolve(1),
        readQuery: () => Promise.resolve({ seq: Float64Array.from(rows, (_, index) => index) }),
        closeQuery: () => undefined,
        rows: () => Promise.resolve(rows.map((data) => ({ row: { kind: 'event', data } }))),
      } as never,
      watchBatches: (take: () => void) => ((batch = take), watching()),
      watchEvents: (_: readonly string[], take: (news: EventNews) => void) => ((event = take), watching()),
    },
  }
  const wait = new ChangeWait(machine, end)
  return {
    wait,
    machine,
    tracks,
    batch: () => batch(),
    event: (at: number) => event({ name: 'X', rows: 1, firstAt: at, lastAt: at }),
    watchers: () => watchers,
    record: (...events: readonly object[]) => void (rows = events),
  }
}

test('an event that came before the reply counts, one from before the command does not', async () => {
  const early = waitFor('stop', {})
  early.event(120)
  expect(await early.wait.wait(100)).toBe('came')
  expect(early.watchers()).toBe(0)
  const late = waitFor('stop', {})
  late.event(50)
  const how = late.wait.wait(100)
  await vi.advanceTimersByTimeAsync(1000)
  late.event(1100)
  expect(await how).toBe('came')
})

test('an event of another device does not end the wait; one of this device does, by id or by path', async () => {
  const eject = waitFor('eject', { id: 'cd0' })
  const how = eject.wait.wait(100)
  eject.record({ device: '', id: 'cd1', 'tray-open': true })
  eject.event(200)
  await vi.advanceTimersByTimeAsync(1000)
  eject.record({ device: '', id: '/machine/peripheral/cd0', 'tray-open': true })
  eject.event(1300)
  expect(await how).toBe('came')
  const other = waitFor('eject', { id: 'cd0' })
  const never = other.wait.wait(0)
  other.record({ device: '', id: 'cd1', 'tray-open': true })
  other.event(200)
  await vi.advanceTimersByTimeAsync(5000)
  expect(await never).toBe('missed')
})

test('a track that ends; a wait that is over, is cut, or has lost its machine', async () => {
  const job = waitFor('blockdev-create', { 'job-id': 'c0' })
  const done = job.wait.wait(100)
  job.tracks.set(1, { kind: 'job', name: 'c0', end: 200, phases: [] } as unknown as Track)
  job.batch()
  expect(await done).toBe('came')
  const missed = waitFor('stop', {})
  const never = missed.wait.wait(0)
  await vi.advanceTimersByTimeAsync(5000)
  expect(await never).toBe('missed')
  expect(missed.watchers()).toBe(0)
  const cut = waitFor('device_del', { id: 'd' })
  const how = cut.wait.wait(0)
  cut.wait.cut()
  expect(await how).toBe('cut')
  const gone = waitFor('device_del', { id: 'd' })
  const lost = gone.wait.wait(0)
  gone.machine.isReady = false
  await vi.advanceTimersByTimeAsync(1000)
  expect(await lost).toBe('lost')
})

test('how it goes, in a sentence', () => {
  const of = { what: 'STOP', since: 0, limitMs: 60_000, how: undefined, tookMs: 400 }
  expect(waitSentence(of, 12_000)).toBe('Waiting for STOP: 12 s so far, 1 min at most.')
  expect(waitSentence({ ...of, how: 'came' }, 0)).toBe(
    'Asked again when STOP had come, 400 ms after the command.',
  )
  expect(waitSentence({ ...of, how: 'missed' }, 0)).toBe(
    'STOP did not come within 1 min: asked again without it.',
  )
  expect(waitSentence({ ...of, how: 'cut' }, 0)).toBe('Asked again without waiting for STOP.')
  expect(waitSentence({ ...of, how: 'lost' }, 0)).toBe('The connection was lost before STOP came.')
})
