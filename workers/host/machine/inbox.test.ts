import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { largePieceBytes, mostWaitingBytes } from '#record/flood.ts'
import { createInbox } from './inbox.ts'

/** An inbox whose reading goes on when it is told to. */
function bench(onRead: (size: number) => void = () => undefined) {
  const read: { size: number; at: number }[] = []
  const runs: (() => void)[] = []
  const inbox = createInbox(
    (piece, at) => {
      read.push({ size: piece.length, at })
      onRead(piece.length)
    },
    (run) => runs.push(run),
  )
  return { inbox, read, runs, next: () => runs.shift()?.() }
}

describe('the inbox', () => {
  test('reads small pieces as they come, and large ones when the thread is free', () => {
    const { inbox, read, runs, next } = bench()
    inbox.add(new Uint8Array(10), 1)
    expect(read).toEqual([{ size: 10, at: 1 }])
    inbox.add(new Uint8Array(largePieceBytes), 2)
    // After large ones a small one has to wait.
    inbox.add(new Uint8Array(largePieceBytes), 3)
    inbox.add(new Uint8Array(11), 4)
    expect(read).toHaveLength(1)
    expect(runs).toHaveLength(1)
    next()
    expect(read.at(-1)).toEqual({ size: largePieceBytes, at: 3 })
    next()
    expect(read.at(-1)).toEqual({ size: 11, at: 4 })
    expect(runs).toHaveLength(0)
  })

  test('keeps the order, loses nothing, and holds no more than it says', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.nat(3 * largePieceBytes).map((size) => ({ size })),
            fc.constantFrom('run' as const, 'flush' as const),
          ),
          { maxLength: 80 },
        ),
        (steps) => {
          const { inbox, read, next } = bench()
          const added: number[] = []
          for (const step of steps) {
            if (step === 'run') next()
            else if (step === 'flush') inbox.flush()
            else {
              inbox.add(new Uint8Array(step.size), added.length)
              added.push(step.size)
            }
            const waiting = added.slice(read.length).reduce((sum, size) => sum + size, 0)
            expect(waiting).toBeLessThanOrEqual(mostWaitingBytes)
            if (step === 'flush') expect(waiting).toBe(0)
          }
          inbox.flush()
          expect(read).toEqual(added.map((size, at) => ({ size, at })))
        },
      ),
    )
  })

  test('throws away what waits, also from within its reading', () => {
    const { inbox, read, next } = bench((size) => (size === largePieceBytes ? inbox.clear() : undefined))
    inbox.add(new Uint8Array(largePieceBytes), 1)
    inbox.add(new Uint8Array(5), 2)
    next()
    inbox.flush()
    expect(read).toEqual([{ size: largePieceBytes, at: 1 }])
    inbox.add(new Uint8Array(6), 3)
    expect(read.at(-1)).toEqual({ size: 6, at: 3 })
  })
})
