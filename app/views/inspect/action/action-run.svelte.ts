/**
 * Runs an action: its steps one after the other, each past the lock; where one fails, those before it are taken back in
 * reverse order. Tested by app/views/inspect/action/action-run.test.ts.
 * @adr 0060
 */
import { objectsIn } from '#base/json/value.ts'
import { isMigrating, readMigration } from '#inside/migration/machine-migration.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'
import type { RunOptions } from '#state/machine/parts/commands.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { describeOutcome } from '#words/outcome.ts'
import type { ActionCommand, ActionPlan, ActionState, ActionStep, ActionUndo, StepState } from './action.ts'

/**
 * Milliseconds between two looks at a job that is awaited. Shorter: more queries than the job has news. Longer: small steps
 * feel slow.
 */
const lookMs = 300
/** Looks at what has to go before a step is taken back: 15 s. A guest that has not let go of a device by then may never. */
const mostLooks = 50

/** What it needs of the machine. */
export interface ActionMachine {
  readonly run: (command: ActionCommand, options: RunOptions) => Promise<RunResult>
  /** The return of `query-jobs`, or why there is none. */
  readonly jobs: () => Promise<Result<Json, string>>
  /** The return of `qom-list` of the devices with an id, or why there is none. */
  readonly devices: () => Promise<Result<Json, string>>
  /** The return of `query-migrate`, or why there is none. */
  readonly migration: () => Promise<Result<Json, string>>
  readonly wait: (ms: number) => Promise<void>
}

/** One action of one machine, from the question to its end. */
export class ActionRun {
  readonly action: ActionPlan
  readonly #machine: ActionMachine
  #state = $state.raw<ActionState>({ kind: 'asked' })
  #steps = $state.raw<readonly StepState[]>([])
  #isStopped = false

  constructor(machine: ActionMachine, action: ActionPlan) {
    this.action = action
    this.#machine = machine
    this.#steps = action.steps.map(() => ({ kind: 'open' }))
  }

  get state(): ActionState {
    return this.#state
  }

  /** In the order of the action's steps. */
  get steps(): readonly StepState[] {
    return this.#steps
  }

  /** Whether the steps that are done can be taken back: nothing in it is for good. */
  get canUndo(): boolean {
    const { steps, isForGood } = this.action
    return this.#state.kind === 'done' && isForGood !== true && steps.some(({ undo }) => undo !== undefined)
  }

  /** Send it. A person has seen the commands: the lock does not ask again, what it refuses stays refused. */
  async run(): Promise<void> {
    if (this.#state.kind !== 'asked') return
    this.#state = { kind: 'running' }
    for (const [index, step] of this.action.steps.entries()) {
      const why = await this.#step(step, index)
      if (why === undefined) continue
      this.#set(index, { kind: 'failed', why })
      if (step.isOptional === true) continue
      await this.#takeBack(index)
      this.#state = { kind: 'failed' }
      return
    }
    this.#state = { kind: 'done' }
    this.action.ondone?.()
  }

  /** Stop waiting for the job of the step that runs: the step counts as failed, and those before it are taken back. */
  stop(): void {
    this.#isStopped = true
  }

  /** Take a done action back. */
  async undo(): Promise<void> {
    if (!this.canUndo) return
    this.#state = { kind: 'running' }
    await this.#takeBack(this.action.steps.length)
    this.#state = { kind: 'undone' }
  }

  /** Run one step. Returns why it failed; undefined where it did not. */
  async #step(step: ActionStep, index: number): Promise<string | undefined> {
    if (this.#isStopped) return 'not sent: it was stopped'
    this.#set(index, { kind: 'sent' })
    const why = await this.#send(step)
    if (why !== undefined) return why
    const failed = step.waits === undefined ? undefined : await this.#waitForJob(step.waits, index)
    if (failed === undefined) {
      this.#set(index, { kind: 'done' })
      return undefined
    }
    const rest = step.cleanUp === undefined ? undefined : await this.#send(step.cleanUp)
    return rest === undefined ? failed : `${failed} ${step.cleanUp?.name ?? ''} failed as well: ${rest}`
  }

  async #send(command: ActionCommand): Promise<string | undefined> {
    const result = await this.#machine.run(command, { isAgreed: true })
    if (result.kind === 'returned') return undefined
    return result.kind === 'refused' ? result.why : describeOutcome(result)
  }

  async #waitForJob(
    { job, until }: NonNullable<ActionStep['waits']>,
    index: number,
  ): Promise<string | undefined> {
    for (;;) {
      const reply = await this.#machine.jobs()
      if (!reply.ok) return `the job “${job}” cannot be seen: ${reply.error}`
      const found = objectsIn(reply.value).find(({ id }) => id === job)
      if (found === undefined) return `the job “${job}” is gone before it was ${until}`
      if (typeof found.error === 'string') return found.error
      const status = typeof found.status === 'string' ? found.status : 'unknown'
      if (status === until) return undefined
      if (status === 'concluded') return `the job “${job}” ended before it was ${until}`
      if (this.#isStopped) return 'stopped while its job was running'
      this.#set(index, { kind: 'waiting', words: waitingWords(found, status) })
      await this.#machine.wait(lookMs)
    }
  }

  /** Take the steps before this one back, the last first. */
  async #takeBack(before: number): Promise<void> {
    for (let index = before - 1; index >= 0; index -= 1) {
      const undo = this.action.steps[index]?.undo
      if (undo === undefined) continue
      const why = (await this.#send(undo)) ?? (await this.#untilGone(undo, index))
      this.#set(index, why === undefined ? { kind: 'undone' } : { kind: 'stays', why })
    }
  }

  /** Wait until what held the others is gone. Returns why it is not; undefined where it is, or where nothing has to go. */
  async #untilGone({ leaves }: ActionUndo, index: number): Promise<string | undefined> {
    if (leaves === undefined) return undefined
    if (leaves.kind === 'migration') return this.#untilCancelled(index)
    const { kind, id } = leaves
    for (let look = 0; look < mostLooks; look += 1) {
      const reply = kind === 'job' ? await this.#machine.jobs() : await this.#machine.devices()
      if (!reply.ok) return `whether the ${kind} “${id}” is gone cannot be seen: ${reply.error}`
      if (!objectsIn(reply.value).some((each) => each[kind === 'job' ? 'id' : 'name'] === id))
        return undefined
      this.#set(index, { kind: 'waiting', words: `the ${kind} “${id}” is going` })
      await this.#machine.wait(lookMs)
    }
    return kind === 'job'
      ? `the job “${id}” has not ended yet`
      : `the guest has not let go of “${id}” yet: see Devices for what helps`
  }

  /** Wait until a migration is cancelled. One that was faster cannot be taken back any more. */
  async #untilCancelled(index: number): Promise<string | undefined> {
    for (let look = 0; look < mostLooks; look += 1) {
      const reply = await this.#machine.migration()
      if (!reply.ok) return `whether the migration is cancelled cannot be seen: ${reply.error}`
      const now = readMigration(reply.value)
      if (!isMigrating(now)) return now.status === 'completed' ? 'the guest had gone over already' : undefined
      this.#set(index, { kind: 'waiting', words: 'the migration is being cancelled' })
      await this.#machine.wait(lookMs)
    }
    return 'the migration is not cancelled yet'
  }

  #set(index: number, state: StepState): void {
    this.#steps = this.#steps.with(index, state)
  }
}

/** How far a job is, where it counts. */
function waitingWords(job: JsonObject, status: string): string {
  const [done, all] = [Number(job['current-progress'] ?? 0), Number(job['total-progress'] ?? 0)]
  return all > 0 && done <= all ? `${status}, ${Math.floor((done / all) * 100)} %` : status
}
