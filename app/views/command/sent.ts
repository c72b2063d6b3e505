/** A command that was sent from the command view, and what came of it. Types only. */
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { Ticket } from '#qmp/report.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import type { RelatedQuery } from './reply/compare/around.ts'
import type { AwaitedEnd } from './reply/compare/change-wait.ts'

/** What a related query returned before and after the command; undefined while it is not asked. Failures are sentences. */
export interface Around {
  readonly query: RelatedQuery
  readonly before: Result<Json, string>
  readonly after: Result<Json, string> | undefined
}

/** A reply that came after the deadline of its command. */
export interface LateReply {
  readonly kind: 'return' | 'error'
  /** From sending to the reply, milliseconds. */
  readonly latencyMs: number
  /** The exact text; undefined where it is not in the record any more. */
  readonly text: string | undefined
  /** What it returned, or its error. */
  readonly value: Json | undefined
}

/** A command that was sent, and what came of it. `result` is undefined while it waits. */
export interface SentCommand {
  readonly number: number
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  readonly ticket: Ticket
  readonly at: number
  readonly deadlineMs: number
  readonly result: RunResult | undefined
  /** The exact text of the reply. */
  readonly text: string | undefined
  readonly late: LateReply | undefined
  /** The related queries; undefined where they were not asked for. */
  readonly around: readonly Around[] | undefined
  /** What they are asked again after; undefined where they are at once. */
  readonly awaited: AwaitedEnd | undefined
  /** How many characters of it are not kept any more; undefined where it is whole. */
  readonly dropped: number | undefined
}
