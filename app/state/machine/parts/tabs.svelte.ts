/**
 * One machine among the tabs of this browser: a monitor serves one client, which may be the next tab. That tab can be
 * followed, or asked to let go; the others are told what this one knows.
 */
import type { Json } from '#base/json/value.ts'
import type { Identity } from '#api/machine.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import { Following } from '../../tabs/follow-tab.ts'
import { mostRows, printNews } from '../../tabs/following.ts'
import type { News } from '../../tabs/following.ts'
import { tabMonitors } from '../../tabs/tab-monitors.ts'
import { timeline } from '../strip-rows.svelte.ts'
import type { RunStatus } from './run-status.svelte.ts'
import type { MachineSchema } from './schema.svelte.ts'
import type { MachineSource } from './source.ts'

/** What one tab tells another of a machine. */
interface Known {
  readonly identity: Identity | undefined
  readonly runStatus: RunStatus | undefined
}

/** The machine, as far as its tabs need it. */
interface Shared {
  readonly source: MachineSource
  readonly schema: MachineSchema
  readonly connection: () => ConnectionState
  readonly known: () => Known
  /** Another tab told this. An identity that is undefined leaves the one that is known. */
  readonly take: (known: Known) => void
  readonly letGo: () => void
}

/** Whether another tab has the monitor, and what it tells while it is followed. */
export class MachineTabs {
  readonly #machine: Shared
  readonly #leave: () => void
  #heldByTab = $state(false)
  #following = $state.raw<Following | undefined>(undefined)

  constructor(machine: Shared) {
    this.#machine = machine
    this.#leave = machine.source.from === 'file' ? () => undefined : this.#join()
  }

  /** Whether another tab of this browser holds the monitor that is occupied. */
  get holdIt(): boolean {
    return this.#heldByTab && this.#machine.connection().kind === 'occupied'
  }

  /** Whether what the tab that holds the monitor knows is shown here. */
  get isFollowing(): boolean {
    return this.#following !== undefined
  }

  /** Show what the tab that holds the monitor knows, until the connection changes. Nothing is sent to the machine. */
  follow(): void {
    if (!this.holdIt || this.#following !== undefined) return
    const { id, url } = this.#machine.source
    // It is told from the beginning.
    timeline.forgetFollowed(id)
    this.#following = new Following(
      (after) => tabMonitors.follow(url, after),
      () => {
        this.unfollow()
        this.#heldByTab = false
      },
    )
  }

  unfollow(): void {
    if (this.#following === undefined) return
    this.#following.end()
    this.#following = undefined
    this.#machine.take({ identity: undefined, runStatus: undefined })
  }

  /** Have the tab that holds the monitor let go of it; the connection that waits here is the next one then. */
  takeOver(): void {
    tabMonitors.takeOver(this.#machine.source.url)
  }

  /** The connection entered a state. */
  entered(state: ConnectionState): void {
    this.#heldByTab = false
    this.unfollow()
    if (state.kind === 'occupied') tabMonitors.ask(this.#machine.source.url)
  }

  /** The machine leaves the page. */
  end(): void {
    this.unfollow()
    this.#leave()
  }

  #join(): () => void {
    const { source, schema, connection, letGo } = this.#machine
    return tabMonitors.add({
      url: source.url,
      holds: () => connection().kind === 'ready' && source.protocol === 'qmp',
      raw: () => schema.raw,
      letGo,
      heldElsewhere: (raw) => {
        this.#heldByTab = true
        // What can be explored is explored meanwhile.
        if (schema.isMissing && Array.isArray(raw)) schema.take(raw as Json)
      },
      news: (after) => this.#news(after),
      followed: (news) => this.#followed(news),
    })
  }

  #followed(news: News): void {
    if (this.#following === undefined) return
    const { source, schema, take } = this.#machine
    this.#following.answered(news)
    take(news)
    timeline.appendFollowed(source.id, news.rows, news.omitted)
    // The other tab had not read it when it was asked first.
    if (schema.isMissing) tabMonitors.ask(source.url)
  }

  #news(after: number): unknown {
    const { id } = this.#machine.source
    const { rows, more } = timeline.rowsAfter(id, after, mostRows)
    const last = rows.at(-1)?.seq ?? timeline.rowsAfter(id, -1, 1).rows[0]?.seq ?? -1
    return printNews({ ...this.#machine.known(), rows, omitted: more, last })
  }
}
