/** The action that is asked about in a view of Inspect. Parts below it begin one by `useActions().begin(…)`. */
import { createContext } from 'svelte'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { ActionRun } from './action-run.svelte.ts'
import type { ActionCommand, ActionPlan } from './action.ts'

/** Holds the one action that is open. */
export class Actions {
  readonly machine: Machine
  readonly #byId: (id: string) => Machine | undefined
  #open = $state.raw<ActionRun | undefined>(undefined)

  constructor(machine: Machine, byId: (id: string) => Machine | undefined) {
    this.machine = machine
    this.#byId = byId
  }

  get open(): ActionRun | undefined {
    return this.#open
  }

  /** Ask about an action: its commands are shown, and nothing is sent before a person says so. */
  begin(action: ActionPlan): void {
    const { machine } = this
    this.#open = new ActionRun(
      {
        run: (command, options) => {
          const receiver = this.receiver(command)
          if (receiver !== undefined) {
            const oob = this.isOob(command)
            return receiver.commands.run(command.name, command.args, { ...options, oob })
          }
          const why =
            command.to?.kind === 'agent'
              ? `${machine.name} has no guest agent here`
              : 'that machine is not on this page any more'
          return Promise.resolve({ kind: 'refused', by: 'lock', why })
        },
        devices: () => askerOf(machine).ask('qom-list', { path: '/machine/peripheral' }),
        jobs: () => askerOf(machine).ask('query-jobs'),
        migration: () => askerOf(machine).ask('query-migrate'),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      action,
    )
  }

  /** The machine, or the agent, that a command goes to; undefined where it is gone. */
  receiver({ to }: ActionCommand): Machine | undefined {
    if (to === undefined) return this.machine
    return to.kind === 'agent' ? this.machine.channels.agent : this.#byId(to.id)
  }

  /** Whether a command goes out-of-band. */
  isOob(command: ActionCommand): boolean {
    return command.isUrgent === true && this.receiver(command)?.hasOob === true
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
    return machine.commands.whyReadOnly
  }
}

export const [useActions, provideActions] = createContext<Actions>()
