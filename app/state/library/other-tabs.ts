/** How the tabs of this page tell each other that something kept in the browser has changed. */
import type { Channel } from '../platform.ts'

/** Sends changes to the other tabs of this page, and receives theirs. */
export class OtherTabs {
  readonly #channel: Channel | undefined

  /** Without a channel the other tabs see a change when they are reloaded. */
  constructor(channel: Channel | undefined, changed: (what: string) => void) {
    this.#channel = channel
    if (channel === undefined) return
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string') changed(data)
    }
  }

  tell(what: string): void {
    this.#channel?.postMessage(what)
  }
}
