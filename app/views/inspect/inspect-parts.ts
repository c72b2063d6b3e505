/** The parts of Inspect: their places in the address, their names, and what a server must offer for each. */
import type { Component } from 'svelte'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** The properties of each part's component. */
export interface PartProps {
  readonly machine: Machine
}

/** One part. */
export interface InspectPart {
  /** In the address: `#/machine/lab1/inspect/jobs`. */
  readonly id: string
  /** For people. */
  readonly label: string
  /** Commands of which the server needs one at least. */
  readonly needs: readonly string[]
  readonly load: () => Promise<{ readonly default: Component<PartProps> }>
}

/** In the order of the list. */
export const inspectParts: readonly InspectPart[] = [
  { id: 'jobs', label: 'Jobs', needs: ['query-jobs'], load: () => import('./jobs/JobsPart.svelte') },
  {
    id: 'blocks',
    label: 'Block graph',
    needs: ['query-named-block-nodes'],
    load: () => import('./blocks/BlocksPart.svelte'),
  },
  {
    id: 'devices',
    label: 'Devices',
    needs: ['device_add', 'query-pci'],
    load: () => import('./devices/DevicesPart.svelte'),
  },
  {
    id: 'objects',
    label: 'Objects',
    needs: ['qom-list'],
    load: () => import('./objects/ObjectsPart.svelte'),
  },
  {
    id: 'cpus',
    label: 'CPUs and memory',
    needs: ['query-cpus-fast'],
    load: () => import('./cpus/CpusPart.svelte'),
  },
  {
    id: 'stats',
    label: 'Statistics',
    needs: ['query-stats', 'query-blockstats', 'query-dirty-rate'],
    load: () => import('./stats/StatsPart.svelte'),
  },
  {
    id: 'snapshots',
    label: 'Snapshots',
    // A storage daemon has no device, and none of these: its nodes have theirs in the block graph.
    needs: ['snapshot-save', 'human-monitor-command'],
    load: () => import('./snapshots/SnapshotsPart.svelte'),
  },
  {
    id: 'migration',
    label: 'Migration',
    needs: ['query-migrate'],
    load: () => import('./migration/MigrationPart.svelte'),
  },
  {
    id: 'monitor',
    label: 'Monitor text',
    needs: ['human-monitor-command'],
    load: () => import('./monitor/MonitorPart.svelte'),
  },
]

/** The part that an address names, or the first. */
export function partOf(entity: string | undefined): InspectPart | undefined {
  return inspectParts.find(({ id }) => id === entity) ?? inspectParts[0]
}

/** Why a server does not have a part, in a sentence; undefined where it does, and while its schema is not known. */
export function whyNoPart(
  { label, needs }: InspectPart,
  offers: (command: string) => boolean | undefined,
): string | undefined {
  if (needs.some((each) => offers(each) !== false)) return undefined
  return `${label}: this server does not have ${needs.length === 1 ? 'the command' : 'any of the commands'} ${needs.join(', ')}.`
}
