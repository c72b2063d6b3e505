/** A collection that is being run on a machine: one command after the other, each with what came of it. */
import type { ReadyCommand } from '#qapi/collections/collection.ts'
import type { History } from '../library/history.svelte.ts'
import type { Machine } from './machine.svelte.ts'
import type { RunResult } from './parts/run-result.ts'
import { withoutReply } from '#words/outcome.ts'

/** A command of a run. */
export interface RunStep {
  readonly command: ReadyCommand
  readonly state:
    | { readonly kind: 'waiting' }
    | { readonly kind: 'running' }
    | { readonly kind: 'left-out' }
    /** Without the reply: nobody shows it, and a run may have many. */
    | { readonly kind: 'done'; readonly result: RunResult }
}

/** A run; it begins when it is made. Its commands pass the machine's lock and are recorded in the history. */
export class CollectionRun {
  readonly machine: Machine
  readonly #history: History
  readonly #goOn: boolean
  #steps = $state.raw<readonly RunStep[]>([])
  #phase = $state<'running' | 'done' | 'stopped'>('running')
  #stopped = false

  /** `goOn`: after a failure the next command is sent all the same. */
  constructor(history: History, machine: Machine, commands: readonly ReadyCommand[], goOn: boolean) {
    this.#history = history
    this.machine = machine
    this.#goOn = goOn
    this.#steps = commands.map((command) => ({ command, state: { kind: 'waiting' } }))
    void this.#run()
  }

  get steps(): readonly RunStep[] {
    return this.#steps
  }

  /** `stopped`: by a failure or by the person, with commands left out. */
  get phase(): 'running' | 'done' | 'stopped' {
    return this.#phase
  }

  /** Send nothing more. What was sent already goes on. */
  stop(): void {
    this.#stopped = true
  }

  async #run(): Promise<void> {
    for (const [index, { command }] of this.#steps.entries()) {
      if (this.#stopped) {
        this.#set(index, { kind: 'left-out' })
        continue
      }
      this.#set(index, { kind: 'running' })
      const result = await this.#history.run(this.machine, command)
      this.#set(index, { kind: 'done', result: withoutReply(result) })
      if (!this.#goOn && result.kind !== 'returned' && result.kind !== 'sent') this.#stopped = true
    }
    this.#phase = this.#steps.some((each) => each.state.kind === 'left-out') ? 'stopped' : 'done'
  }

  #set(index: number, state: RunStep['state']): void {
    this.#steps = this.#steps.map((each, at) => (at === index ? { ...each, state } : each))
  }
}
