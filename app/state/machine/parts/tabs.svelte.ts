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
import type { MachineNeeds } from './needs.ts'
import { NewestRows } from './newest-rows.svelte.ts'
import type { RunStatus } from './run-status.svelte.ts'
import type { MachineSchema } from './machine-schema.svelte.ts'
import type { MachineSource } from './source.ts'

/** What one tab tells another of a machine. */
interface Known {
  readonly identity: Identity | undefined
  readonly runStatus: RunStatus | undefined
}

/** The machine, as far as its tabs need it. */
interface Shared {
  readonly needs: Pick<MachineNeeds, 'tabMonitors'>
  /** The machine itself: its address may come, or change, later. */
  readonly source: Pick<MachineSource, 'from' | 'protocol' | 'url'>
  readonly schema: MachineSchema
  /** Its own rows: other tabs are told of them. */
  readonly newest: NewestRows
  readonly connection: () => ConnectionState
  readonly known: () => Known
  /** Another tab told this. An identity that is undefined leaves the one that is known. */
  readonly take: (known: Known) => void
  readonly letGo: () => void
}

/** Whether another tab has the monitor, and what it tells while it is followed. */
export class MachineTabs {
  /** What the tab that is followed tells of rows: shown here, recorded there. */
  readonly followed = new NewestRows()
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
    const { url } = this.#machine.source
    // It is told from the beginning.
    this.followed.clear()
    this.#following = new Following(
      (after) => this.#machine.needs.tabMonitors.follow(url, after),
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
    this.#machine.needs.tabMonitors.takeOver(this.#machine.source.url)
  }

  /** The connection entered a state. */
  entered(state: ConnectionState): void {
    this.#heldByTab = false
    this.unfollow()
    if (state.kind === 'occupied') this.#machine.needs.tabMonitors.ask(this.#machine.source.url)
  }

  /** The machine leaves the page. */
  end(): void {
    this.unfollow()
    this.#leave()
  }

  #join(): () => void {
    const { source, schema, connection, letGo } = this.#machine
    return this.#machine.needs.tabMonitors.add({
      get url() {
        return source.url
      },
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
    this.followed.take(news.rows, news.omitted)
    // The other tab had not read it when it was asked first.
    if (schema.isMissing) this.#machine.needs.tabMonitors.ask(source.url)
  }

  #news(after: number): unknown {
    const { newest, known } = this.#machine
    const { rows, more } = newest.after(after, mostRows)
    return printNews({ ...known(), rows, omitted: more, last: newest.rows.at(-1)?.seq ?? -1 })
  }
}
