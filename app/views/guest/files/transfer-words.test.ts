import { expect, test } from 'vitest'
import type { Transfer } from './guest-files.svelte.ts'
import { transferProgress, transferTitle } from './transfer-words.ts'

const transfer: Transfer = {
  ...{ id: 1, kind: 'download', path: '/a', done: 1024 * 1024, size: 5 * 1024 * 1024, notes: [] },
  ...{ startedAt: 1000, endedAt: undefined, problem: undefined },
}

test('how far it is, how fast, and how long it will take', () => {
  expect(transferProgress(transfer, 3000)).toBe('1.00 MiB of 5.00 MiB, 512 KiB/s, 8.0 s left')
  expect(transferProgress({ ...transfer, size: undefined }, 3000)).toBe('1.00 MiB, 512 KiB/s')
  expect(transferProgress({ ...transfer, done: 0 }, 1000)).toBe('0 B of 5.00 MiB')
  expect(transferProgress({ ...transfer, endedAt: 2000 }, 9000)).toBe('1.00 MiB in 1.0 s, 1.00 MiB/s')
})

test('what is done', () => {
  expect(transferTitle(transfer)).toBe('Downloading')
  expect(transferTitle({ ...transfer, endedAt: 1 })).toBe('Downloaded')
  expect(transferTitle({ ...transfer, endedAt: 1, problem: 'x' })).toBe('Downloading did not end well:')
})
