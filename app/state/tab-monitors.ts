/**
 * What the tabs of this browser tell each other of the monitors that they hold: a monitor serves one client, and that
 * client may be the next tab. All of them are of this origin; what comes is read as if it were not.
 */

/** What a tab says to the others. `url` is the address of a monitor. */
type Word =
  | { readonly kind: 'who'; readonly url: string }
  /** `raw` is what query-qmp-schema returned, where it is known. */
  | { readonly kind: 'mine'; readonly url: string; readonly raw: unknown }
  | { readonly kind: 'let-go'; readonly url: string }

/** A machine of this tab, as far as the others are told. */
export interface Holder {
  readonly url: string
  /** Whether this tab has the monitor now. */
  holds(): boolean
  /** What query-qmp-schema returned. */
  raw(): unknown
  /** Another tab takes it over. */
  letGo(): void
  /** Another tab has it. */
  heldElsewhere(raw: unknown): void
}

function readWord(data: unknown): Word | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data) || !('url' in data)) return undefined
  const { kind, url } = data
  if (typeof url !== 'string') return undefined
  if (kind === 'who' || kind === 'let-go') return { kind, url }
  return kind === 'mine' ? { kind, url, raw: 'raw' in data ? data.raw : undefined } : undefined
}

/** Where words go out and come in: a BroadcastChannel, or something like it. */
export interface Channel {
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null
  postMessage(message: unknown): void
}

/** The monitors of this tab. */
export class TabMonitors {
  readonly #holders = new Set<Holder>()
  readonly #channel: Channel | undefined

  constructor(open: () => Channel) {
    try {
      this.#channel = open()
      this.#channel.onmessage = ({ data }) => this.#heard(readWord(data))
    } catch {
      // Not to be had: then it is not known who holds an occupied monitor.
    }
  }

  /** Take part with a machine. Returns the function that ends it. */
  add(holder: Holder): () => void {
    this.#holders.add(holder)
    return () => this.#holders.delete(holder)
  }

  /** A monitor is occupied: by another tab? It answers by `heldElsewhere`. */
  ask(url: string): void {
    this.#say({ kind: 'who', url })
  }

  /** The tab that holds a monitor lets go of it. */
  takeOver(url: string): void {
    this.#say({ kind: 'let-go', url })
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #heard(word: Word | undefined): void {
    if (word === undefined) return
    for (const holder of this.#holders) {
      if (holder.url !== word.url) continue
      if (word.kind === 'mine') {
        if (!holder.holds()) holder.heldElsewhere(word.raw)
      } else if (holder.holds()) {
        if (word.kind === 'let-go') holder.letGo()
        else this.#say({ kind: 'mine', url: word.url, raw: holder.raw() })
      }
    }
  }
}

/** Those of this page. */
export const tabMonitors = new TabMonitors(() => new BroadcastChannel('qmp-studio.monitors'))
