import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChannelNote } from '#api/machine.ts'
import { RawChannel } from './channel.svelte.ts'
import type { ChannelState } from './channel.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A while in which nothing changes. */
const calm = 'calm'
const lost: ChannelState = { kind: 'lost', why: 'nobody listens', retryInMs: 500 }

function noted(...states: readonly (ChannelState | typeof calm)[]): readonly string[] {
  const notes: ChannelNote[] = []
  const source = { name: 'serial', kind: 'serial', label: 'Serial line', url: '', dial: 'ws://x' } as const
  const channel = new RawChannel(
    source,
    () => 1000,
    (note) => notes.push(note),
  )
  for (const state of states) {
    if (state === calm) vi.advanceTimersByTime(300)
    else channel.enter(state)
  }
  return notes.map(({ name, phase, why }) => `${name} ${phase}${why === undefined ? '' : `: ${why}`}`)
}

test('what goes into the record: changes, each once, and no attempts between them', () => {
  expect(
    noted(
      { kind: 'idle' },
      { kind: 'connecting', attempt: 1 },
      { kind: 'ready' },
      calm,
      lost,
      { kind: 'connecting', attempt: 1 },
      // The bridge was there, and nobody listened.
      { kind: 'ready' },
      lost,
      { kind: 'connecting', attempt: 2 },
      { kind: 'ready' },
      calm,
      { kind: 'occupied' },
      { kind: 'ended', why: undefined },
      { kind: 'idle' },
      calm,
    ),
  ).toEqual([
    'serial ready',
    'serial lost: nobody listens',
    'serial ready',
    'serial occupied',
    'serial ended',
  ])
})

test('a long reason is cut', () => {
  const [note = ''] = noted({ kind: 'ended', why: 'x'.repeat(5000) })
  expect(note.length).toBeLessThan(400)
})
