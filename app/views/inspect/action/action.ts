/**
 * An action of Inspect: commands in a fixed order that do one thing together, as a person sees them before they are sent.
 * Types only.
 * @adr 0060
 */
import type { JsonObject } from '#base/json/value.ts'

/** A command with its arguments. */
export interface ActionCommand {
  readonly name: string
  readonly args?: JsonObject
  /** Where it goes in place of the machine's monitor: the agent in its guest, or another machine of this page by its id. */
  readonly to?: { readonly kind: 'agent' } | { readonly kind: 'machine'; readonly id: string }
  /** Out-of-band, where the server takes that: it may answer nothing else now. Only for commands that allow it. */
  readonly isUrgent?: true
}

/** A command that takes a step back. */
export interface ActionUndo extends ActionCommand {
  /** What has to be gone before the step before it can be taken back: it holds what that one made. */
  readonly leaves?: { readonly kind: 'job' | 'device'; readonly id: string } | { readonly kind: 'migration' }
}

/** One command of an action. */
export interface ActionStep extends ActionCommand {
  /**
   * A job that it starts: the next step waits until the job is in this state. `concluded` needs `manual` or `auto-dismiss:
   * false`, or a job that stays by nature (`blockdev-create`). A job that ends before, or with an error, fails the step.
   */
  readonly waits?: { readonly job: string; readonly until: 'concluded' | 'ready' }
  /** Takes the step back, where a later one fails or a person wants it back. Undefined: nothing remains of the step. */
  readonly undo?: ActionUndo
  /** Sent where the step itself fails after its command was answered (a job that has to be dismissed). */
  readonly cleanUp?: ActionCommand
  /** It may be needless, which the server says as a failure: the next step is sent all the same. */
  readonly isOptional?: true
}

/** An action, ready to be sent. */
export interface ActionPlan {
  /** With a verb: `Mirror disk0 to /tmp/new.qcow2`. Text: names of the machine are in it as they are. */
  readonly title: string
  /** What it does and what remains, in a sentence or two. */
  readonly about?: string
  /** The word of the button: `Mirror`. */
  readonly verb: string
  /** Data or the running guest may be lost. */
  readonly isDangerous?: boolean
  /** Once all of it is done it stays: its steps are taken back only where one of them fails. */
  readonly isForGood?: boolean
  readonly steps: readonly ActionStep[]
  /** What is true once it is done, and what comes next: `The job runs now.` */
  readonly after?: string
  /** Called once all steps are done. */
  readonly ondone?: () => void
}

/** How far a step is. */
export type StepState =
  | { readonly kind: 'open' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'waiting'; readonly words: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'undone' }
  /** The step is still in force: taking it back failed. */
  | { readonly kind: 'stays'; readonly why: string }

/** How far an action is. */
export type ActionState =
  | { readonly kind: 'asked' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  /** A step failed; those before it were taken back as far as `steps` says. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'undone' }
