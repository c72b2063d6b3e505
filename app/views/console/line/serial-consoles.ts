/** The terminals of serial lines and monitors' sockets, each kept as long as its machine is. */
import type { App } from '#state/app.svelte.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { SerialConsole } from './serial-console.svelte.ts'

/** The lines of the page, each made when it is first shown. */
class SerialConsoles {
  readonly #app: App
  readonly #all = new Map<RawChannel, SerialConsole>()

  constructor(app: App) {
    this.#app = app
  }

  of(machine: Machine, channel: RawChannel): SerialConsole {
    for (const [each, made] of this.#all) {
      if (this.#app.machines.all.includes(made.machine)) continue
      made.dispose()
      this.#all.delete(each)
    }
    const known = this.#all.get(channel) ?? new SerialConsole(this.#app, machine, channel)
    this.#all.set(channel, known)
    return known
  }
}

/** The lines of the page. */
export const makeSerialConsoles = (app: App): SerialConsoles => new SerialConsoles(app)
