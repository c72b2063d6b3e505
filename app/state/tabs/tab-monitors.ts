/**
 * What the tabs of this browser tell each other of the monitors that they hold: a monitor serves one client, and that
 * client may be the next tab. All of them are of this origin; what comes is read as if it were not.
 */
import type { Channel } from '../platform.ts'
import { later } from '../later.ts'
import type { News } from './following.ts'

const loadReader = later(() => import('./read-news.ts'))

/** What a tab says to the others. `url` is the address of a monitor. */
type Word =
  | { readonly kind: 'who'; readonly url: string }
  /** `raw` is what query-qmp-schema returned, where it is known. */
  | { readonly kind: 'mine'; readonly url: string; readonly raw: unknown }
  | { readonly kind: 'let-go'; readonly url: string }
  /** Tell the tab `from` what there is, and the rows after that number. */
  | { readonly kind: 'follow'; readonly url: string; readonly from: string; readonly after: number }
  | { readonly kind: 'news'; readonly url: string; readonly to: string; readonly news: unknown }

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
  /** What a tab that follows is told, with the rows after that number: plain data. */
  news(after: number): unknown
  /** The tab that has it answered `follow`. */
  followed(news: News): void
}

function readWord(data: unknown): Word | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data) || !('url' in data)) return undefined
  const { kind, url } = data
  if (typeof url !== 'string') return undefined
  if (kind === 'who' || kind === 'let-go') return { kind, url }
  if (kind === 'mine') return { kind, url, raw: 'raw' in data ? data.raw : undefined }
  if (kind === 'follow' && 'from' in data && 'after' in data) {
    const { from, after } = data
    return typeof from === 'string' && typeof after === 'number' ? { kind, url, from, after } : undefined
  }
  if (kind === 'news' && 'to' in data && 'news' in data) {
    const { to, news } = data
    return typeof to === 'string' ? { kind, url, to, news } : undefined
  }
  return undefined
}

/** The monitors of this tab. */
export class TabMonitors {
  readonly #holders = new Set<Holder>()
  readonly #channel: Channel | undefined
  /** The name of this tab among those that follow. */
  readonly #name = Math.random().toString(36).slice(2)

  /** Without a channel the holder of an occupied monitor stays unknown. */
  constructor(channel: Channel | undefined) {
    this.#channel = channel
    if (channel !== undefined) channel.onmessage = ({ data }) => this.#heard(readWord(data))
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

  /** The tab that holds a monitor tells what there is, once, with the rows after that number. It answers by `followed`. */
  follow(url: string, after: number): void {
    this.#say({ kind: 'follow', url, from: this.#name, after })
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #heard(word: Word | undefined): void {
    if (word === undefined) return
    for (const holder of this.#holders) {
      if (holder.url === word.url) this.#tell(holder, word)
    }
  }

  #tell(holder: Holder, word: Word): void {
    const { url } = word
    if (!holder.holds()) {
      if (word.kind === 'mine') holder.heldElsewhere(word.raw)
      if (word.kind === 'news' && word.to === this.#name) void this.#read(holder, word.news)
    } else if (word.kind === 'let-go') holder.letGo()
    else if (word.kind === 'who') this.#say({ kind: 'mine', url, raw: holder.raw() })
    else if (word.kind === 'follow')
      this.#say({ kind: 'news', url, to: word.from, news: holder.news(word.after) })
  }

  /** Answers are read in the order in which they came. One whose reader does not come is as one that was lost. */
  async #read(holder: Holder, data: unknown): Promise<void> {
    const news = (await loadReader())?.readNews(data)
    if (news !== undefined && !holder.holds()) holder.followed(news)
  }
}
