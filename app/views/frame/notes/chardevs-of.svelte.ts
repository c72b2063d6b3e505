/**
 * The web sockets of QEMU's own that a machine has, as it said when its connection was ready. One question for each connection;
 * of a machine that is held only for what a person asks, one in all. Tested by e2e/attach.spec.ts.
 */
import { untrack } from 'svelte'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../../inspect/asking.ts'
import { openChardevs } from './open-chardevs.ts'
import type { OpenChardev } from './open-chardevs.ts'

/** Those of one machine. */
class ChardevsOf {
  #found = $state.raw<readonly OpenChardev[]>([])
  #wasAsked = false

  constructor(machine: Machine) {
    const asker = askerOf(machine)
    $effect.root(() => {
      // A server without the command, or one that does not tell its commands, is not asked.
      const mayAsk = $derived(machine.isReady && asker.offers('query-chardev') === true)
      $effect(() => {
        if (mayAsk && !(this.#wasAsked && machine.isPolite)) untrack(() => void this.#ask(asker))
      })
    })
  }

  get found(): readonly OpenChardev[] {
    return this.#found
  }

  async #ask(asker: ReturnType<typeof askerOf>): Promise<void> {
    this.#wasAsked = true
    const reply = await asker.ask('query-chardev')
    if (reply.ok) this.#found = openChardevs(reply.value)
  }
}

const makeChardevs = (machine: Machine): ChardevsOf => new ChardevsOf(machine)

/** The one answer of a machine. */
export function chardevsOf(machine: Machine): ChardevsOf {
  return machine.of(makeChardevs)
}
