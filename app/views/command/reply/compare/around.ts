/** Which queries show what a command changes: taken before and after it, their difference is its effect. One table. */
import type { JsonObject } from '#base/json/value.ts'
import { isOwnQuery } from '#qapi/check/own-queries.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'

/** A command that only reads. */
export interface RelatedQuery {
  readonly name: OwnQuery
  readonly arguments?: JsonObject
}

const block = ['query-named-block-nodes', 'query-block']
const jobs = ['query-jobs', 'query-block-jobs']
const netdev = ['qom-list /objects', 'query-rx-filter']
const peripheral = ['qom-list /machine/peripheral', 'query-pci']

/** By the beginning of the name; the first that fits counts. `qom-list` is followed by its path. */
const table: readonly (readonly [commands: RegExp, queries: readonly string[]])[] = [
  [/^(blockdev|drive)-(mirror|backup)$|^block-(stream|commit)$/, [...jobs, ...block]],
  [/^(block-job|job)-/, [...jobs, 'query-named-block-nodes']],
  [/^block-export-|^nbd-server-/, ['query-block-exports', 'query-named-block-nodes']],
  [/^block-dirty-bitmap-/, ['query-named-block-nodes']],
  [/^(blockdev|block|drive|x-blockdev|snapshot)[-_]|^(eject|change|transaction)$/, [...block, 'query-jobs']],
  [/^(device_|device-)|^replay-break$/, [...peripheral, 'query-hotpluggable-cpus', 'query-memory-devices']],
  [/^netdev|^set_link$|^announce-self$/, netdev],
  [/^chardev-/, ['query-chardev']],
  [/^object-/, ['qom-list /objects', 'query-iothreads', 'query-memdev']],
  [/^(migrate|migration)[-_]?|^calc-dirty-rate$|^set-vcpu-dirty-limit$/, ['query-migrate']],
  [
    /^(stop|cont|system_(reset|powerdown|wakeup)|quit|watchdog-set-action|set-action|x-exit-preconfig)$/,
    ['query-status'],
  ],
  [/^balloon$/, ['query-balloon', 'query-memory-size-summary']],
  [/^(set_password|expire_password|change-vnc-password|display-|add_client)/, ['query-vnc', 'query-spice']],
  [/^(getfd|closefd)$|-fd$/, ['query-fdsets']],
  [/^trace-event-set-state$/, ['trace-event-get-state']],
  [/^(input-send-event|send-key)$/, ['query-mice']],
  [/^rtc-reset-/, ['query-status']],
  [/^inject-nmi$/, ['query-status', 'query-cpus-fast']],
]

const migration: Readonly<Record<string, string>> = {
  'migrate-set-parameters': 'query-migrate-parameters',
  'migrate-set-capabilities': 'query-migrate-capabilities',
}

/**
 * The queries to take before and after a command, without those that the server does not have (`has`). None where
 * nothing is known of the command, and none for one that only reads.
 */
export function relatedQueries(name: string, has: (command: string) => boolean): readonly RelatedQuery[] {
  const own = Object.hasOwn(migration, name) ? migration[name] : undefined
  const words = own === undefined ? (table.find(([commands]) => commands.test(name))?.[1] ?? []) : [own]
  return words
    .flatMap((each): readonly RelatedQuery[] => {
      const [query = each, path] = each.split(' ', 2)
      if (!isOwnQuery(query)) return []
      if (query === 'trace-event-get-state') return [{ name: query, arguments: { name: '*' } }]
      return [path === undefined ? { name: query } : { name: query, arguments: { path } }]
    })
    .filter((query) => has(query.name))
}
