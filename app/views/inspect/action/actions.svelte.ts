/** The action that is asked about in a view of Inspect. Parts below it begin one by `useActions().begin(…)`. */
import { createContext } from 'svelte'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { ActionRun } from './action-run.svelte.ts'
import type { ActionPlan } from './action.ts'

/** Holds the one action that is open. */
export class Actions {
  readonly machine: Machine
  #open = $state.raw<ActionRun | undefined>(undefined)

  constructor(machine: Machine) {
    this.machine = machine
  }

  get open(): ActionRun | undefined {
    return this.#open
  }

  /** Ask about an action: its commands are shown, and nothing is sent before a person says so. */
  begin(action: ActionPlan): void {
    const { machine } = this
    this.#open = new ActionRun(
      {
        run: ({ name, args, isAgents = false }, options) => {
          const to = isAgents ? machine.channels.agent : machine
          if (to !== undefined) return to.commands.run(name, args, options)
          return Promise.resolve({
            kind: 'refused',
            by: 'lock',
            why: `${machine.name} has no guest agent here`,
          })
        },
        jobs: () => askerOf(machine).ask('query-jobs'),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      action,
    )
  }

  close(): void {
    this.#open = undefined
  }

  /** Why no action can be sent now, for a button; undefined where one can. `command` is the first of it. */
  whyNot(command: string): string | undefined {
    const { machine } = this
    if (machine.fromFile) return 'a recording: nothing can be sent'
    if (!machine.isReady) return `${machine.name} is not connected`
    if (askerOf(machine).offers(command) === false) return `this server has no ${command}`
    return machine.commands.lock === 'read-only' ? `${machine.name} is locked: read only` : undefined
  }
}

export const [useActions, provideActions] = createContext<Actions>()
