/**
 * Waits for the turn at a serial line. QEMU serves one client, and another waits in the socket without a word: it cannot be told
 * from one that is served while the line is silent. So the monitor is asked before the line is opened, and again until nobody
 * has it; a page that is connected then has the line.
 */
import type { LineChardev } from './chardev.ts'

/** What is known when the line may be opened: nobody had it, or nobody tells. */
export type LineTurn = 'free' | 'unknown'

/** What it needs. */
interface TurnNeeds {
  /** The monitor's word; undefined where it tells nothing of this line. */
  readonly look: () => Promise<LineChardev | undefined>
  /** Somebody has it. */
  readonly taken: () => void
  /** Whether this page still wants the line. */
  readonly isWanted: () => boolean
  readonly wait: (ms: number) => Promise<void>
}

/**
 * How long until the monitor is asked again, in milliseconds: at first soon, for a page that is loaded again finds its own old
 * connection; then calmly, for each question is a row of the record.
 */
const looksMs = [300, 700, 2000, 3000] as const

/** How long a line waits for the monitor, which knows whether somebody has it, in milliseconds. */
const monitorMs = 1500

/** Nothing for so long. */
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Wait for the monitor, as long as a line waits for it. */
export async function untilReady(isReady: () => boolean): Promise<void> {
  const until = performance.now() + monitorMs
  while (!isReady() && performance.now() < until) await pause(50)
}

/** Wait until the line may be opened. Undefined: it is not wanted any more. */
export async function waitForTurn({ look, taken, isWanted, wait }: TurnNeeds): Promise<LineTurn | undefined> {
  for (let looks = 0; isWanted(); looks += 1) {
    const chardev = await look()
    if (chardev === undefined) return isWanted() ? 'unknown' : undefined
    if (!chardev.isConnected) return isWanted() ? 'free' : undefined
    if (isWanted()) taken()
    await wait(looksMs[Math.min(looks, looksMs.length - 1)] ?? 3000)
  }
  return undefined
}
