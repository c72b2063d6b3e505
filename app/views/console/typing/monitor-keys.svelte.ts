/**
 * Keys by QEMU's monitor (`send-key`), for a machine without a screen here. QEMU releases all of them at the end of each
 * command, so that nothing stays held. The machine's lock holds.
 * @qapi send-key
 */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { describeOutcome } from '#words/outcome.ts'
import type { GuestKey } from './guest-keys.ts'
import type { KeySender } from './key-sender.ts'
import { keysOfPress } from './strokes.ts'
import { Typing } from './typing.svelte.ts'

/**
 * How long QEMU holds the keys, in milliseconds. Shorter than the pause between two keys: it holds the next ones after these,
 * and what waits there cannot be cancelled.
 */
const holdMs = 20
/** How long a key may take, in milliseconds. A monitor that does not answer ends the typing. */
const deadlineMs = 10_000

/** The keyboard of one machine. */
class MonitorKeys implements KeySender {
  readonly typing: Typing
  readonly note = 'Each key is a command of the monitor, and as such in the timeline and in recordings.'
  readonly #machine: Machine
  /** How the last key went: a sentence. */
  hint = $state('')

  constructor(machine: Machine) {
    this.#machine = machine
    this.typing = new Typing({
      type: (press) => this.#send(keysOfPress(press)),
      release: () => undefined,
      wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    })
  }

  get whyNot(): string | undefined {
    const { name, isReady, protocol, commands } = this.#machine
    if (protocol !== 'qmp' || !isReady) return `The monitor of ${name} is not connected.`
    return commands.whyReadOnly === undefined ? undefined : `${commands.whyReadOnly}.`
  }

  press(...keys: readonly GuestKey[]): void {
    void this.#send(keys).then((why) => (this.hint = why ?? 'Sent by send-key.'))
  }

  async #send(keys: readonly GuestKey[]): Promise<string | undefined> {
    const why = this.whyNot
    if (why !== undefined) return why
    const result = await this.#machine.commands.run(
      'send-key',
      { keys: keys.map(({ qcode }) => ({ type: 'qcode', data: qcode })), 'hold-time': holdMs },
      { deadlineMs },
    )
    if (result.kind === 'returned') return undefined
    return result.kind === 'refused' ? result.why : `send-key: ${describeOutcome(result)}`
  }
}

/** The keys of a machine. */
export const makeMonitorKeys = (machine: Machine): MonitorKeys => new MonitorKeys(machine)
