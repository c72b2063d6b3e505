/**
 * The one place that starts, watches and ends a machine's worker.
 *
 * comlink leaves calls pending forever when the other end dies, so every call goes through `settle`, which ends
 * with `unknown` (or the given value) when the worker dies, stops answering, or does not settle this one call in time.
 * Held by app/state/machine/machine.svelte.ts, one for each machine.
 * @adr 0020, 0025
 */
import { proxy, releaseProxy, transfer, wrap } from 'comlink'
import type { Remote } from 'comlink'
import { returnIn } from '#base/json/reply-text.ts'
import type { FromLine, LineOrder, ToLine } from '#api/line.ts'
import type { Batch, ExecuteRequest, MachineWorker } from '#api/machine.ts'
import type { ExecId, Outcome, RawOutcome, Ticket } from '#qmp/report.ts'
import { Watchdog } from './watchdog.ts'
import { callNames, workerCalls } from './worker-calls.ts'
import type { CallName, CallPlan, WorkerCalls } from './worker-calls.ts'

/**
 * How long a worker may answer nothing, in milliseconds of a page that runs. The longest that one was busy without a pause
 * was 6.4 s, with a reply of 64 MiB that is all numbers of 20 digits (others of that size: 0.6 to 4.8 s, two cores shared
 * with other work). Shorter: a slow computer loses its connection to such a reply. Longer: a dead worker looks alive.
 */
const silentMs = 15_000
/** The same until its first answer: its script comes over a network. */
const startMs = 60_000
/** What the page adds to a command's own deadline, in milliseconds: more than `silentMs`, so that a death is reported as one. */
const graceMs = 20_000

/** What the link tells its holder. */
export interface LinkSink {
  batch(batch: Batch): void
  /** The worker is gone; every pending call has been settled. `why` is for people. */
  died(why: string): void
}

/** A large reply crosses as its text: here it becomes its value. The worker has read it before, so it is JSON. */
async function withValue(outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'returned' || outcome.text === undefined) return outcome
  const { exec, latencyMs } = outcome
  const value = await returnIn(outcome.text)
  if (value === undefined) return { kind: 'unknown', exec, why: 'reply-unreadable' }
  return { kind: 'returned', exec, value, latencyMs }
}

/** Report a bug as an uncaught error, without failing the call in progress. */
function loudly(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** A running worker and the calls to it. Calls after its death settle at once. */
export class WorkerLink {
  /** The calls of the table in worker-calls.ts. */
  readonly calls = Object.fromEntries(
    callNames.map((name) => [name, (...args: unknown[]) => this.#call(name, workerCalls[name], args)]),
  ) as unknown as WorkerCalls
  readonly #worker: Worker
  readonly #remote: Remote<MachineWorker>
  readonly #sink: LinkSink
  readonly #pending = new Set<() => void>()
  readonly #watchdog: Watchdog
  #dead = false

  constructor(name: string, sink: LinkSink) {
    this.#sink = sink
    this.#worker = new Worker(new URL('../../workers/host/machine/machine.worker.ts', import.meta.url), {
      type: 'module',
      name: `qmp ${name}`,
    })
    this.#worker.addEventListener('error', (event) => {
      // It is handled here: the page itself is whole.
      event.preventDefault()
      this.#die(event.message || 'its script could not be loaded or threw')
    })
    this.#worker.addEventListener('messageerror', () => {
      this.#die('a message from it could not be read')
    })
    this.#remote = wrap<MachineWorker>(this.#worker)
    this.#forget(
      this.#remote.listen(
        proxy((batch: Batch) => {
          if (this.#dead) return
          try {
            sink.batch(batch)
          } catch (error) {
            // A bug of the page is reported there; the worker has delivered its batch in any case.
            loudly(error)
          }
        }),
      ),
    )
    this.#watchdog = new Watchdog({
      ping: () => this.#remote.ping(),
      silentMs,
      startMs,
      dead: (why) => this.#die(why),
    })
  }

  /** Run a command; always resolves, with `unknown` when the worker dies meanwhile or never reports the outcome. */
  execute(request: ExecuteRequest): Promise<Outcome> {
    if (this.#dead) return Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    const outcome = this.#remote.execute(request).then(withValue)
    return this.#settleCommand(outcome, request.deadlineMs, (unknown) => unknown)
  }

  sendRaw(line: string, deadlineMs: number, ticket: Ticket): Promise<RawOutcome> {
    if (this.#dead) return Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
    const outcome = this.#remote
      .sendRaw(line, deadlineMs, ticket)
      .then(async (said) =>
        said.kind === 'command' ? { ...said, outcome: await withValue(said.outcome) } : said,
      )
    return this.#settleCommand(outcome, deadlineMs, (unknown) => ({
      kind: 'command',
      outcome: unknown,
      reply: undefined,
    }))
  }

  /**
   * Open a serial line: `take` gets what comes of it. Returns how to speak to it, until it is closed; after the death of the
   * worker nothing comes and nothing goes.
   */
  openLine(order: LineOrder, take: (message: FromLine) => void): (message: ToLine) => void {
    if (this.#dead) return () => undefined
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<FromLine>) => take(data)
    this.#forget(this.#remote.openLine(order, transfer(port2, [port2])))
    return (message) => {
      port1.postMessage(message, message.kind === 'send' ? [message.bytes.buffer] : [])
      if (message.kind === 'close') port1.onmessage = null
    }
  }

  #call(name: CallName, plan: CallPlan, args: readonly unknown[]): Promise<unknown> | undefined {
    // After the end the proxy throws where a name is only read.
    const made = this.#dead ? undefined : this.#method(name)(...args)
    if (plan.kind === 'ask') {
      return made === undefined ? Promise.resolve(plan.dead) : this.#settle(made, plan.dead, plan.limitMs)
    }
    if (made !== undefined) this.#forget(made)
    return undefined
  }

  #method(name: CallName): (...args: readonly unknown[]) => Promise<unknown> {
    // The proxy has each name of the table: it is a name of the worker.
    return this.#remote[name] as unknown as (...args: readonly unknown[]) => Promise<unknown>
  }

  /** End the worker. Pending calls are settled; `died` is not called. */
  end(): void {
    if (this.#dead) return
    this.#dead = true
    this.#watchdog.stop()
    this.#settleAll()
    this.#remote[releaseProxy]()
    this.#worker.terminate()
  }

  #die(why: string): void {
    if (this.#dead) return
    this.#dead = true
    this.#watchdog.stop()
    this.#settleAll()
    this.#worker.terminate()
    this.#sink.died(why)
  }

  #settleAll(): void {
    for (const settle of [...this.#pending]) settle()
    this.#pending.clear()
  }

  /** `orElse` when the worker dies, or has not answered after `limitMs` of a page that runs. */
  #settle<Value>(call: Promise<Value>, orElse: Value, limitMs: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        done()
        resolve(orElse)
      }
      const stopLimit = this.#watchdog.limit(limitMs, giveUp)
      const done = (): void => {
        stopLimit()
        this.#pending.delete(giveUp)
      }
      this.#pending.add(giveUp)
      call.then(resolve, reject).finally(done)
    })
  }

  /** The same for a command, which always has an outcome. The worker keeps the command's deadline; the page adds one of its own. */
  #settleCommand<Value>(
    call: Promise<Value>,
    deadlineMs: number,
    valueOf: (outcome: Outcome) => Value,
  ): Promise<Value> {
    const unknown = (why: 'worker-died' | 'worker-silent'): Value =>
      valueOf({ kind: 'unknown', exec: 0 as ExecId, why })
    return this.#settle<Value | undefined>(call, undefined, deadlineMs + graceMs).then(
      (value) => value ?? unknown(this.#dead ? 'worker-died' : 'worker-silent'),
      (error: unknown) => {
        loudly(error)
        return unknown('worker-silent')
      },
    )
  }

  /** A call whose answer nobody needs. A failure in it is a bug in the worker, and ends the worker. */
  #forget(call: Promise<unknown>): void {
    call.catch((error: unknown) => {
      this.#die(error instanceof Error ? error.message : String(error))
    })
  }
}
