/**
 * What the parts send to four versions of QEMU and to the storage daemon: each action that the page would offer there is made
 * of commands that the server has, with arguments that it takes. That they do what they should: the journeys of e2e/.
 */
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '#base/json/value.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import { jobActions, readJobs } from '#inside/jobs/machine-jobs.ts'
import { migrationVerbsOf } from '#inside/migration/machine-migration.ts'
import { readDisks } from '#inside/snapshots/snapshots.ts'
import { loadSchema } from '#qapi/testing/load.ts'
import type { ActionPlan, ActionStep } from './action/action.ts'
import { formsFor } from './blocks/forms/forms.ts'
import { balloonPlan, dumpPlan, statsPlan } from './cpus/cpu-plans.ts'
import { hasProps } from './devices/devices-of.svelte.ts'
import { helpPlan, plugPlan, removePlan, unplugPlan } from './devices/plug.ts'
import type { PlugKind } from './devices/plug.ts'
import { migrateBetween, migrateTo, receiveFrom, recoverPlan } from './migration/migration-plans.ts'
import {
  backPlan,
  deletePlan,
  loadPlan,
  mergePlan,
  overlayPlan,
  savePlan,
} from './snapshots/snapshot-plans.ts'
import { measurePlan, pollPlan } from './stats/stat-plans.ts'
import { daemon, servers, wrong } from './testing/servers.ts'

/** How many different commands are sent to each: what is not offered is not forgotten. */
const commands: ReadonlyMap<string, number> = new Map([
  ['qemu-5.2-x86_64', 47],
  ['qemu-7.2-x86_64', 49],
  ['qemu-10.0-x86_64', 49],
  ['qemu-11.1-x86_64', 49],
  [daemon, 23],
])

type Has = (command: string) => boolean
type Sent = Pick<ActionStep, 'name' | 'args' | 'to'>

const done = (): void => undefined

/** Values of fields that are empty until a person fills them in. */
const filled: Readonly<Record<string, string>> = { filename: '/f', size: '64M' }

/** Every form of every part of a graph with one of each kind, as it is sent when it is filled in. */
function blockPlans(): readonly { readonly command: string; readonly steps: readonly ActionStep[] }[] {
  const node = (name: string, children: JsonObject = {}): JsonObject => ({
    ...{ 'node-name': name, drv: 'qcow2', ro: false, file: `/${name}`, image: { 'virtual-size': 1 << 20 } },
    children: Object.entries(children).map(([child, to]) => ({ child, 'node-name': to })),
  })
  const graph = blockGraph({
    nodes: [
      node('top', { backing: 'middle' }),
      node('middle', { backing: 'base' }),
      node('base'),
      node('free'),
    ],
    devices: [
      { device: '', qdev: '/machine/peripheral/vd0/virtio-backend', inserted: { 'node-name': 'top' } },
      { device: '', qdev: 'cd0', removable: true },
    ],
    exports: [{ id: 'x', type: 'nbd', 'node-name': 'free' }],
  })
  return graph.parts.flatMap((part) =>
    formsFor(graph, part).flatMap(({ command, fields, build, id }) => {
      const action = build(
        new Map(fields.map(({ name, value }) => [name, value === '' ? (filled[name] ?? '') : value])),
      )
      // A node without a chain has nothing to commit.
      if (typeof action === 'string') {
        expect(`${part.id} ${id}`).toBe('node:free commit')
        return []
      }
      return [{ command, steps: action.steps }]
    }),
  )
}

/** All that can be done with jobs, in every state. */
function jobSteps(): readonly Sent[] {
  return ['created', 'running', 'paused', 'ready', 'standby', 'waiting', 'pending', 'concluded'].flatMap(
    (status) =>
      readJobs([{ id: 'j', type: 'mirror', status }], []).flatMap((job) =>
        jobActions(job).map(({ command, args }) => ({ name: command, args })),
      ),
  )
}

function devicePlans(isOld: boolean): readonly ActionPlan[] {
  const choice = {
    ...{
      id: 'd1',
      bus: 'rp0',
      driver: 'virtio-blk-pci',
      file: '/f',
      format: 'qcow2',
      isReadOnly: true,
      net: 'user',
    },
    ...{ cpu: undefined, mebibytes: '64' },
  }
  const kinds: readonly PlugKind[] = ['disk', 'nic', 'usb', 'cpu', 'memory']
  const left = (['netdev', 'drive', 'chardev', 'object'] as const).map((kind) => ({
    ...{ kind, id: 'x' },
    ...{
      netdev: { command: 'netdev_del', args: { id: 'x' } },
      drive: { command: 'blockdev-del', args: { 'node-name': 'x' } },
      chardev: { command: 'chardev-remove', args: { id: 'x' } },
      object: { command: 'object-del', args: { id: 'x' } },
    }[kind],
  }))
  return [
    ...kinds.map((kind) => plugPlan(kind, choice, { taken: new Set(), hasProps: isOld })),
    ...[unplugPlan('d1', 'x', done), removePlan('d1', left as never, done)],
    ...[helpPlan('cont', 'vm', done), helpPlan('system_reset', 'vm', done)],
  ]
}

function snapshotPlans(has: Has): readonly ActionPlan[] {
  const image = (file: string): JsonObject => ({ filename: file, format: 'qcow2', 'virtual-size': 1 << 20 })
  const block: Json = [
    {
      ...{ device: '', qdev: '/machine/peripheral/vd0/virtio-backend' },
      inserted: {
        ...{ 'node-name': 'top', drv: 'qcow2', ro: false },
        image: { ...image('/top'), 'backing-image': image('/base') },
      },
    },
  ]
  const nodes: Json = [{ 'node-name': 'base', drv: 'qcow2', file: '/base' }]
  const [disk] = readDisks(block, nodes)
  const below = disk?.chain[1]
  if (disk === undefined || below === undefined) throw new Error('no chain')
  const way = has('snapshot-save') ? 'jobs' : 'human'
  const tag = { name: 't', nodes: ['top'], stateNode: 'top' } as never
  return [
    savePlan(way, { tag: 't', nodes: new Set(['top']), stateNode: 'top' }, 'j'),
    ...[loadPlan(way, tag, 'j'), deletePlan(way, tag, 'j'), mergePlan(disk, 'j')],
    overlayPlan({ overlays: [{ disk, file: '/new' }], isQuiesced: true, suffix: 's1' }),
    backPlan(disk, below, { name: 'back-1', isRunning: true }),
  ]
}

/** Capabilities of the server, all off: those that a plan wants are switched on. */
function migrationPlans(capabilities: readonly string[]): readonly ActionPlan[] {
  const settings = {
    capabilities: capabilities.map((name) => ({ name, isOn: false })),
    parameters: { 'downtime-limit': 300 },
  }
  const plan = { from: 'vm', uri: 'unix:/m', settings, wanted: ['postcopy-ram', 'mapped-ram'] }
  const target = { id: 'o', name: 'other', status: 'postcopy-active' }
  return [
    migrateTo(plan),
    migrateBetween(plan, { ...target, settings: { ...settings, parameters: { 'downtime-limit': 100 } } }),
    receiveFrom('vm', 'file:/f', settings.capabilities, ['mapped-ram']),
    recoverPlan({ uri: 'unix:/m', source: { id: 'vm', name: 'vm' }, target }),
  ]
}

function migrationSteps(): readonly Sent[] {
  const states = ['setup', 'active', 'device', 'pre-switchover', 'postcopy-active', 'postcopy-recover']
  return states.flatMap((status) =>
    migrationVerbsOf(status, true).map(({ command, args }) => ({
      name: command,
      ...(args === undefined ? {} : { args }),
    })),
  )
}

/** A step, what takes it back and what cleans up after it. */
function stepsOf({ undo, cleanUp, ...step }: ActionStep): readonly Sent[] {
  return [step, ...(undo === undefined ? [] : [undo]), ...(cleanUp === undefined ? [] : [cleanUp])]
}

test.each(servers)('%s takes all that is offered there', (file) => {
  const schema = loadSchema(file)
  const has: Has = (name) => schema.byName.has(name)
  const isOld = hasProps({ schema: { kind: 'ready', schema } } as never)
  const capability = [...schema.byName.values()].find(
    (each) => each.kind === 'enum' && each.values.some(({ name }) => name === 'postcopy-ram'),
  )
  const capabilities = capability?.kind === 'enum' ? capability.values.map(({ name }) => name) : []
  const plans = [
    ...[
      ...(has('device_add') ? devicePlans(isOld) : []),
      ...snapshotPlans(has),
      ...migrationPlans(capabilities),
    ],
    ...[balloonPlan(64, 128 * 1024 * 1024), statsPlan('/b', 2, 0), measurePlan(1), pollPlan('/b')],
    dumpPlan('vm', '/f', { paging: false, protocol: 'file:/f', detach: true, format: 'elf' }),
  ]
  // An action is offered where its first command for the machine itself is there.
  const first = ({ steps }: ActionPlan): string => steps.find(({ to }) => to === undefined)?.name ?? ''
  const offered = [
    ...blockPlans().filter(({ command }) => has(command)),
    ...plans.filter((plan) => has(first(plan))),
  ]
  const steps = [
    ...offered.flatMap((plan) => plan.steps.flatMap(stepsOf)),
    ...[...jobSteps(), ...migrationSteps()].filter(({ name }) => has(name)),
  ]
  const sent = steps.filter(({ to }) => to?.kind !== 'agent')
  expect([...new Set(sent.flatMap(({ name, args }) => wrong(schema, name, args)))]).toEqual([])
  expect(new Set(sent.map(({ name }) => name)).size).toBe(commands.get(file))
})
