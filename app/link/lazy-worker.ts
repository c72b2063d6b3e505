/**
 * A worker that is started when it is first needed and whose calls always settle: with its answer, or with a
 * sentence when it dies, stops answering or takes too long.
 */
import { wrap } from 'comlink'
import type { Remote } from 'comlink'
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { Watchdog } from './watchdog.ts'

/** What every such worker answers at once. */
interface Pinged {
  ping(): unknown
}

/** What it is and how it is started. */
export interface LazyWorkerParts<Api extends Pinged> {
  /** For people: "the worker that reads references". */
  readonly what: string
  readonly start: () => Worker
  /** The remote end of a worker. A test has its own. */
  readonly connect?: (worker: Worker) => Remote<Api>
  /** A worker that answers nothing for this long, in milliseconds of a running page, is ended; the next call starts another. */
  readonly silentMs: number
  /** The limit of one call to a worker that does answer: the file that it waits for may never come. */
  readonly limitMs: number
}

/** The worker and the calls to it. */
export class LazyWorker<Api extends Pinged> {
  readonly #parts: LazyWorkerParts<Api>
  readonly #pending = new Set<(why: string) => void>()
  #running: { readonly worker: Worker; readonly remote: Remote<Api>; readonly watchdog: Watchdog } | undefined

  constructor(parts: LazyWorkerParts<Api>) {
    this.#parts = parts
  }

  /** Call it. Never rejects. */
  call<Value>(call: (remote: Remote<Api>) => Promise<Result<Value, string>>): Promise<Result<Value, string>> {
    return new Promise((resolve) => {
      const { remote, watchdog } = this.#start()
      const end = (result: Result<Value, string>): void => {
        stopLimit()
        this.#pending.delete(died)
        resolve(result)
      }
      const died = (why: string): void => end(err(`${this.#parts.what} ended: ${why}.`))
      const stopLimit = watchdog.limit(this.#parts.limitMs, () =>
        this.end(`it was not done in ${this.#parts.limitMs / 1000} s`),
      )
      this.#pending.add(died)
      call(remote).then(end, (error: unknown) => died(String(error)))
    })
  }

  /** End it: what is pending fails with `why`. The next call starts another. */
  end(why: string): void {
    this.#running?.watchdog.stop()
    this.#running?.worker.terminate()
    this.#running = undefined
    for (const settle of [...this.#pending]) settle(why)
  }

  #start(): { readonly remote: Remote<Api>; readonly watchdog: Watchdog } {
    if (this.#running !== undefined) return this.#running
    const worker = this.#parts.start()
    worker.addEventListener('error', (event) => {
      // It is handled here: the page itself is whole.
      event.preventDefault()
      this.end(event.message || 'its script could not be loaded')
    })
    worker.addEventListener('messageerror', () => this.end('a message from it could not be read'))
    const remote = (this.#parts.connect ?? wrap<Api>)(worker)
    const { silentMs } = this.#parts
    const ping = (): Promise<unknown> => (remote as unknown as Remote<Pinged>).ping()
    const watchdog = new Watchdog({ ping, silentMs, startMs: silentMs, dead: (why) => this.end(why) })
    this.#running = { worker, remote, watchdog }
    return this.#running
  }
}
