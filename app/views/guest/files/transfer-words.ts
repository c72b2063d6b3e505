/** Sentences about a file that is moved. */
import { bytes, duration, rate } from '#words/format.ts'
import type { Transfer } from './guest-files.svelte.ts'

const titles: Readonly<Record<Transfer['kind'], readonly [running: string, over: string]>> = {
  download: ['Downloading', 'Downloaded'],
  upload: ['Uploading', 'Uploaded'],
  open: ['Opening', 'Opened'],
  save: ['Saving', 'Saved'],
}

/** What is done: `Downloading`, `Downloaded`, `Download failed`. */
export function transferTitle({ kind, endedAt, problem }: Transfer): string {
  if (endedAt === undefined) return titles[kind][0]
  if (problem === undefined) return titles[kind][1]
  return `${titles[kind][0]} did not end well:`
}

/** How far it is: `1.20 MiB of 5.00 MiB, 800 KiB/s, 4.8 s left`. `now` in milliseconds since the epoch. */
export function transferProgress({ done, size, startedAt, endedAt }: Transfer, now: number): string {
  const ms = (endedAt ?? now) - startedAt
  const pace = ms > 0 ? (done / ms) * 1000 : 0
  const of = size === undefined || endedAt !== undefined ? '' : ` of ${bytes(size)}`
  const speed = pace > 0 ? `, ${rate(pace)}` : ''
  if (endedAt !== undefined) return `${bytes(done)} in ${duration(ms)}${speed}`
  const left =
    size !== undefined && pace > 0 && size > done ? `, ${duration(((size - done) / pace) * 1000)} left` : ''
  return `${bytes(done)}${of}${speed}${left}`
}

/** Whether it ended because the person wanted so: that is no error. */
export function isOwnChoice(problem: string): boolean {
  return problem.startsWith('Not sent, as you chose') || problem.startsWith('Cancelled')
}
