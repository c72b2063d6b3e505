/** Whether a person wants to see the guest in the overview of a machine: its agent is connected then while that is open. */
import type { Machine } from '#state/machine/machine.svelte.ts'

class Glimpse {
  isOn = $state(false)
  readonly machine: Machine

  constructor(machine: Machine) {
    this.machine = machine
  }
}

/** The choice for a machine. */
export const makeGlimpse = (machine: Machine): Glimpse => new Glimpse(machine)
