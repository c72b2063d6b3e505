/** What becomes of a command that a person asks for. Types only. */
import type { Outcome } from '#qmp/report.ts'

/** Something that never left the page. `by` says whose no it was: a person's own is no failure. */
export interface Refused {
  readonly kind: 'refused'
  readonly by: 'person' | 'lock'
  /** A sentence. */
  readonly why: string
}

/** What became of a command that a person asked for. */
export type RunResult = Outcome | Refused
