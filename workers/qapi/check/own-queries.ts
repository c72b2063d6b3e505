/**
 * The door for commands that this page sends without a person. The doors of the page and of the worker (`Commands.call`,
 * `#ask`) take only names of this list, so a query that is not in it does not compile; why each is safe is said in
 * own-query-reasons.ts.
 * @adr 0038
 */
import type { JsonObject } from '#base/json/value.ts'
import type { QomTypes } from '../model/device-types.ts'

/** The commands that may be sent without a person. */
const ownQueries = [
  'qmp_capabilities',
  'query-name',
  'query-uuid',
  'query-status',
  'query-qmp-schema',
  'query-accelerators',
  'query-kvm',
  'query-cpus-fast',
  'query-memory-size-summary',
  'query-balloon',
  'query-block',
  'query-named-block-nodes',
  'query-blockstats',
  'query-stats',
  'query-stats-schemas',
  'query-dirty-rate',
  'query-jobs',
  'query-block-jobs',
  'query-migrate',
  'query-dump',
  'query-dump-guest-memory-capability',
  'query-chardev',
  'x-gate-status',
  'query-iothreads',
  'query-memdev',
  'query-block-exports',
  'x-debug-query-block-graph',
  'query-cpu-definitions',
  'query-hotpluggable-cpus',
  'query-fdsets',
  'trace-event-get-state',
  'qom-list',
  'device-list-properties',
  'human-monitor-command',
  'query-rx-filter',
  'query-pci',
  'query-memory-devices',
  'query-vnc',
  'query-spice',
  'query-mice',
  'query-migrate-parameters',
  'query-migrate-capabilities',
  'guest-sync-delimited',
  'guest-info',
  'guest-get-host-name',
  'guest-get-osinfo',
  'guest-get-cpustats',
  'guest-get-time',
  'guest-get-users',
  'guest-network-get-interfaces',
  'guest-get-fsinfo',
  'guest-get-disks',
  'guest-get-vcpus',
  'guest-get-memory-blocks',
  'guest-get-memory-block-info',
  'guest-fsfreeze-status',
] as const

/** The name of a command that the page may send without a person. */
export type OwnQuery = (typeof ownQueries)[number]

const names: ReadonlySet<string> = new Set(ownQueries)

/** The lines of the human monitor that the page may send without a person. */
const humanLines: ReadonlySet<unknown> = new Set([
  ...['info network', 'info qtree', 'help', 'help info'],
  ...['info registers', 'info registers -a', 'info numa', 'x /20i $pc'],
])

/** Whether a command is in the list. */
export function isOwnQuery(name: string): name is OwnQuery {
  return names.has(name)
}

/**
 * Why the page must not send a query without a person: a sentence; undefined where it may. `types` are the types of the machine,
 * where a person had them listed.
 */
export async function whyNotUnasked(
  name: string,
  args: JsonObject | undefined,
  types: QomTypes | undefined,
): Promise<string | undefined> {
  if (!isOwnQuery(name)) return `${name} is not sent without a person who asks for it.`
  if (name === 'human-monitor-command') {
    return humanLines.has(args?.['command-line'])
      ? undefined
      : 'That line is not sent without a person who asks for it.'
  }
  if (name !== 'device-list-properties') return undefined
  const type = args?.typename
  if (typeof type !== 'string') return 'A type is needed.'
  // Its table is loaded when a form first wants it.
  const table = await import('../model/device-types.ts').catch(() => undefined)
  return table === undefined
    ? 'The table of what may be asked about has not come from the server of this page.'
    : table.whyNotAskAbout(types, type)
}
