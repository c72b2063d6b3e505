/** The commands of a migration: to an address, and to another machine of this page. */
import type { Capability } from '#inside/migration/machine-migration.ts'
import type { ActionPlan, ActionStep } from '../action/action.ts'

/** What a migration needs to know. */
export interface MigratePlan {
  readonly from: string
  readonly uri: string
  /** Of the source: without the capability `events` no MIGRATION event comes. */
  readonly capabilities: readonly Capability[]
}

/** A command that switches one capability. */
function setCapability(capability: string, state: boolean): ActionStep {
  return { name: 'migrate-set-capabilities', args: { capabilities: [{ capability, state }] } }
}

/** Switches one on that the machine has and that is off. */
function switchOn(name: string, capabilities: readonly Capability[]): readonly ActionStep[] {
  return capabilities.some((each) => each.name === name && !each.isOn) ? [setCapability(name, true)] : []
}

const after = 'It runs now: see below how far it is.'

/** To an address, or to a file. */
export function migrateTo({ from, uri, capabilities }: MigratePlan): ActionPlan {
  return {
    title: `Migrate ${from} to ${uri}`,
    about: 'The guest goes on here until it has gone over.',
    verb: 'Migrate',
    isDangerous: true,
    steps: [...switchOn('events', capabilities), { name: 'migrate', args: { uri } }],
    after,
  }
}

/** To another machine of this page that was started with `-incoming defer`: it listens first, then the source connects. */
export function migrateBetween(
  { from, uri, capabilities }: MigratePlan,
  target: { readonly id: string; readonly name: string },
): ActionPlan {
  const to = { kind: 'machine', id: target.id } as const
  return {
    title: `Migrate ${from} to ${target.name}`,
    about: `${target.name} listens at ${uri}, then ${from} connects to it. Afterwards the guest is in ${target.name}.`,
    verb: 'Migrate',
    isDangerous: true,
    steps: [
      { name: 'migrate-incoming', args: { uri }, to },
      ...switchOn('events', capabilities),
      { name: 'migrate', args: { uri } },
    ],
    after,
  }
}

/** Switch one capability; before a migration only. */
export function capabilityPlan({ name, isOn }: Capability): ActionPlan {
  return {
    title: `Switch ${name} ${isOn ? 'off' : 'on'}`,
    verb: isOn ? 'Switch off' : 'Switch on',
    steps: [{ ...setCapability(name, !isOn), undo: setCapability(name, isOn) }],
  }
}
