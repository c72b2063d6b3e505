/**
 * What the worker asks a machine without a person: its identity, and the progress of its running tracks. The text of
 * each such query is held until it is answered, in case the connection breaks because of it.
 */
import { printJson } from '#base/json/print.ts'
import type { ExecuteRequest } from '#api/machine.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Session } from '#qmp/ports.ts'
import type { Outcome } from '#qmp/report.ts'

/** How long such a question may take, in milliseconds. Longer: a poll that is lost is repeated later. */
const answerMs = 10_000
/** The longest text of an unanswered query that is shown, in UTF-16 units. */
const longestWords = 100
/** How often the progress of running tracks is asked for, in milliseconds. */
const pollMs = 500

/** The questions of one machine. */
export class Questions {
  readonly #session: () => Session | undefined
  readonly #polls: () => readonly OwnQuery[]
  readonly #unanswered = new Set<{ readonly words: string }>()
  #polling: ReturnType<typeof setTimeout> | undefined

  /** `polls` returns the queries that are worth asking now. */
  constructor(session: () => Session | undefined, polls: () => readonly OwnQuery[]) {
    this.#session = session
    this.#polls = polls
  }

  /** The texts of the queries that no person sent and that are unanswered. */
  get unanswered(): readonly string[] {
    return [...this.#unanswered].map(({ words }) => words)
  }

  /** Run a command of the page. */
  execute(request: ExecuteRequest): Promise<Outcome> {
    const outcome = this.#send(request)
    if (request.origin !== 'person') this.#note(request, outcome)
    return outcome
  }

  /** Ask a query of the worker's own: the door through which only those of the table go. */
  ask(name: OwnQuery): Promise<Outcome> {
    const request = { name, arguments: undefined, oob: false, deadlineMs: answerMs, ticket: undefined }
    const outcome = this.#send({ ...request, origin: 'client' })
    this.#note(request, outcome)
    return outcome
  }

  /** While a track is running, ask for its progress. */
  poll(): void {
    if (this.#polling !== undefined) return
    const names = this.#polls()
    if (names.length === 0 || this.#session() === undefined) return
    this.#polling = setTimeout(() => {
      void Promise.all(names.map((name) => this.ask(name))).then(() => {
        this.#polling = undefined
        this.poll()
      })
    }, pollMs)
  }

  #send(request: Parameters<Session['execute']>[0]): Promise<Outcome> {
    return this.#session()?.execute(request) ?? Promise.resolve({ kind: 'not-sent', why: 'not-connected' })
  }

  #note(request: Pick<ExecuteRequest, 'name' | 'arguments'>, outcome: Promise<Outcome>): void {
    const words = `${request.name} ${request.arguments === undefined ? '' : printJson(request.arguments)}`
    const question = { words: words.trim().slice(0, longestWords) }
    this.#unanswered.add(question)
    void outcome.then(() => this.#unanswered.delete(question))
  }
}
