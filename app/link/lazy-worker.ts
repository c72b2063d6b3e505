/**
 * A worker that is started when it is first needed and whose calls always settle: with what it answers, or with a
 * sentence when it dies or takes too long.
 */
import { wrap } from 'comlink'
import type { Remote } from 'comlink'
import { err } from '../../workers/base/result.ts'
import type { Result } from '../../workers/base/result.ts'

/** What it is and how it is started. */
export interface LazyWorkerParts {
  /** For people: "the worker that reads references". */
  readonly what: string
  readonly start: () => Worker
  /** A call that takes longer ends the worker; the next call starts another. */
  readonly limitMs: number
}

/** The worker and the calls to it. */
export class LazyWorker<Api> {
  readonly #parts: LazyWorkerParts
  readonly #pending = new Set<(why: string) => void>()
  #worker: Worker | undefined
  #remote: Remote<Api> | undefined

  constructor(parts: LazyWorkerParts) {
    this.#parts = parts
  }

  /** Call it. Never rejects. */
  call<Value>(call: (remote: Remote<Api>) => Promise<Result<Value, string>>): Promise<Result<Value, string>> {
    return new Promise((resolve) => {
      const end = (result: Result<Value, string>): void => {
        clearTimeout(timer)
        this.#pending.delete(died)
        resolve(result)
      }
      const died = (why: string): void => end(err(`${this.#parts.what} ended: ${why}.`))
      const timer = setTimeout(
        () => this.end(`no answer in ${this.#parts.limitMs / 1000} s`),
        this.#parts.limitMs,
      )
      this.#pending.add(died)
      call(this.#start()).then(end, (error: unknown) => died(String(error)))
    })
  }

  /** End it: what is pending fails with `why`. The next call starts another. */
  end(why: string): void {
    this.#worker?.terminate()
    this.#worker = undefined
    this.#remote = undefined
    for (const settle of [...this.#pending]) settle(why)
  }

  #start(): Remote<Api> {
    if (this.#remote !== undefined) return this.#remote
    const worker = this.#parts.start()
    worker.addEventListener('error', (event) => this.end(event.message || 'its script could not be loaded'))
    worker.addEventListener('messageerror', () => this.end('a message from it could not be read'))
    this.#worker = worker
    this.#remote = wrap<Api>(worker)
    return this.#remote
  }
}
