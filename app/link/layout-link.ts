/** The worker that lays out graphs. A new request ends the one before it, whose answer nobody needs. */
import type { GraphLayout, LayoutGraph, LayoutWorker } from '#api/layout.ts'
import type { Result } from '#base/result.ts'
import { LazyWorker } from './lazy-worker.ts'

const worker = new LazyWorker<LayoutWorker>({
  what: 'The worker that lays out graphs',
  start: () =>
    new Worker(new URL('../../workers/host/layout/layout.worker.ts', import.meta.url), {
      type: 'module',
      name: 'graph layout',
    }),
  // A layout runs without a pause, so another graph has to end the worker.
  silentMs: 20_000,
  limitMs: 20_000,
})

/** The number of the call that runs; 0 when none does. */
let running = 0
let calls = 0

/** Lay out a graph. A call that is still running is ended first. */
export async function layOut(graph: LayoutGraph): Promise<Result<GraphLayout, string>> {
  if (running !== 0) worker.end('another graph is laid out')
  calls += 1
  const own = calls
  running = own
  const done = await worker.call((remote) => remote.layOut(graph))
  if (running === own) running = 0
  return done
}
