/**
 * Starts the bridge, and starts it again when it ends unexpectedly: the machines of the lab go on meanwhile, and the page
 * finds them again.
 * @adr 0006
 */
import { ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { startBridge } from './bridge.ts'
import type { BridgeOptions } from './bridge.ts'
import type { Child } from '../processes.ts'

/** The pause before it is started again, in milliseconds: short, because every page waits for it. */
const firstPauseMs = 200
/** The pause doubles with each end up to this many milliseconds; what cannot run is not tried without a rest. */
const longestPauseMs = 15_000
/** One that ran for this many milliseconds was well: the next pause is the first one again. */
const wellMs = 30_000

/** A bridge that is there as long as the lab is. */
export interface BridgeKeeper {
  /** The process number of the one that runs now. */
  pid(): number
  stop(): Promise<void>
}

/** Start it. The failure of the first start is a sentence; later ones are said. */
export async function keepBridge(
  options: BridgeOptions,
  say: (words: string) => void,
): Promise<Result<BridgeKeeper, string>> {
  const first = await startBridge(options)
  if (!first.ok) return first
  let bridge: Child = first.value
  const stopping = new AbortController()
  const { signal } = stopping
  const isStopping = (): boolean => signal.aborted
  const kept = keep()

  async function keep(): Promise<void> {
    let pauseMs = firstPauseMs
    for (;;) {
      const startedAt = Date.now()
      const how = await bridge.over
      if (signal.aborted) return
      const words = bridge.words()
      say(
        `websockify ended (${String(how)}): starting it again.${words === '' ? '' : ` Its last words:\n${words}`}`,
      )
      if (Date.now() - startedAt >= wellMs) pauseMs = firstPauseMs
      let said = ''
      for (;;) {
        await pause(pauseMs, signal)
        pauseMs = Math.min(longestPauseMs, pauseMs * 2)
        if (isStopping()) return
        const next = await startBridge(options)
        if (next.ok) {
          bridge = next.value
          // Asked to end while it was being started.
          if (isStopping()) await bridge.stop()
          break
        }
        if (next.error !== said)
          say(`websockify could not be started again: ${next.error} It is tried again.`)
        said = next.error
      }
    }
  }

  return ok({
    pid: () => bridge.pid,
    async stop() {
      stopping.abort()
      await bridge.stop()
      await kept
    },
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        done()
      },
      { once: true },
    )
  })
}
