/** The alerts of a machine: filters that look at each row as it is recorded, and may stop the recording. */
import type { Alert, AlertHit } from '#api/machine.ts'
import { alertBudgetMs } from '#record/flood.ts'
import type { Store } from '#store/store.ts'
import type { Queries } from '#store/queries.ts'

/** What an alert stops. */
export interface AlertPorts {
  isRecording(): boolean
  /** An alert stops the recording. What arrived before `fromMs` is dropped, where that is given. */
  stop(alert: Alert['id'], fromMs: number | undefined): void
}

/** Looks for all alerts of a machine. */
export class AlertMatcher {
  readonly #store: Store
  readonly #queries: Queries
  readonly #ports: AlertPorts
  #alerts: readonly { readonly alert: Alert; readonly handle: number }[] = []
  /** What was found beside a batch. */
  readonly #hits: AlertHit[] = []

  constructor(store: Store, queries: Queries, ports: AlertPorts) {
    this.#store = store
    this.#queries = queries
    this.#ports = ports
  }

  /** Look for these from now on. Returns whether there are hits that wait for a batch. */
  setAlerts(alerts: readonly Alert[]): boolean {
    // What has come under the alerts of before is theirs, although nobody has looked yet.
    this.#hits.push(...this.#look())
    // The page tells all of them whenever one changes: those that stay look on where they are.
    const before = new Map(this.#alerts.map((each) => [printFilter(each.alert), each]))
    this.#alerts = alerts.map((alert) => {
      const same = before.get(printFilter(alert))
      before.delete(printFilter(alert))
      return { alert, handle: same?.handle ?? this.#open(alert) }
    })
    for (const { handle } of before.values()) this.#queries.closeQuery(handle)
    return this.#hits.length > 0
  }

  /** Look at new rows from now on: those recorded already have had their hits. */
  passOver(): void {
    for (const { handle } of this.#alerts) this.#queries.closeQuery(handle)
    this.#alerts = this.#alerts.map(({ alert }) => ({ alert, handle: this.#open(alert) }))
  }

  /** What was found since this was last asked. */
  hits(): readonly AlertHit[] {
    return [...this.#hits.splice(0), ...this.#look()]
  }

  #open(alert: Alert): number {
    return this.#queries.openQuery(alert.filter, this.#store.nextSeq)
  }

  /** What came since the last look and passes a filter that watches. */
  #look(): readonly AlertHit[] {
    const hits: AlertHit[] = []
    for (const { alert, handle } of this.#alerts) {
      const found = this.#queries.readQuery(handle, alertBudgetMs)
      const seq = found?.seq[0]
      const at = found?.at[0]
      if (found === undefined || seq === undefined || at === undefined) continue
      hits.push({ id: alert.id, rows: found.seq.length, seq, at })
      if (alert.stop === undefined || !this.#ports.isRecording()) continue
      const { keepMs } = alert.stop
      this.#ports.stop(alert.id, keepMs > 0 ? at - keepMs : undefined)
    }
    return hits
  }
}

/** An alert by its name and what it looks for. */
function printFilter({ id, filter }: Alert): string {
  return JSON.stringify([id, filter], (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
}
