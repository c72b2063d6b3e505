/** The screens of all machines of the page. */
import type { App } from '#state/app.svelte.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { makeFilms } from './film/films.svelte.ts'
import { VncScreen } from './vnc-screen.svelte.ts'

/** The screens of the page, each made when it is first shown. */
class VncScreens {
  readonly #app: App
  readonly #all = new Map<RawChannel, VncScreen>()

  constructor(app: App) {
    this.#app = app
  }

  of(machine: Machine, channel: RawChannel): VncScreen {
    const films = this.#app.of(makeFilms)
    for (const [each, made] of this.#all) {
      if (this.#app.machines.all.includes(made.machine)) continue
      made.dispose()
      films.remove(made.film)
      this.#all.delete(each)
    }
    const known = this.#all.get(channel)
    if (known !== undefined) return known
    const made = new VncScreen(machine, channel)
    films.add({ machine, channel, film: made.film })
    this.#all.set(channel, made)
    return made
  }
}

/** The screens of the page. */
export const makeVncScreens = (app: App): VncScreens => new VncScreens(app)
