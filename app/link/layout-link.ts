/** The worker that lays out graphs. A new request ends the one before it, whose answer nobody needs. */
import type { GraphLayout, LayoutGraph, LayoutWorker } from '#api/layout.ts'
import type { Result } from '#base/result.ts'
import { LazyWorker } from './lazy-worker.ts'

/** The calls to it. It is started by the first. */
export class LayoutLink {
  readonly #worker = new LazyWorker<LayoutWorker>({
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
  /** The call that runs. */
  #running: Promise<unknown> | undefined

  /** Lay out a graph. A call that is still running is ended first. */
  async layOut(graph: LayoutGraph): Promise<Result<GraphLayout, string>> {
    if (this.#running !== undefined) this.#worker.end('another graph is laid out')
    const call = this.#worker.call((remote) => remote.layOut(graph))
    this.#running = call
    const done = await call
    if (this.#running === call) this.#running = undefined
    return done
  }
}
