/**
 * The commands of a migration: to an address, a file and another machine of this page, into a machine that waits, a broken
 * one made whole, and its settings. Tested by app/views/inspect/migration/migration-plans.test.ts.
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Capability } from '#inside/migration/machine-migration.ts'
import type { ActionPlan, ActionStep } from '../action/action.ts'
import { alikeFor } from './migration-settings.ts'
import type { MigrationChange } from './migration-settings.ts'

/** A machine of this page. */
interface SideName {
  readonly id: string
  readonly name: string
}

/** What a side is set to now. */
interface SideSettings {
  readonly capabilities: readonly Capability[]
  readonly parameters: Json | undefined
}

/** What a migration needs to know. */
export interface MigratePlan {
  readonly from: string
  readonly uri: string
  readonly settings: SideSettings
  /** Capabilities that are switched on for it, where the machine has them: `postcopy-ram`. */
  readonly wanted?: readonly string[]
}

function setCapabilities(capabilities: readonly Capability[]): ActionStep {
  return {
    name: 'migrate-set-capabilities',
    args: { capabilities: capabilities.map(({ name, isOn }) => ({ capability: name, state: isOn })) },
  }
}

/** Switches that change something, with the way back. */
function switches(changed: readonly Capability[], to?: ActionStep['to']): readonly ActionStep[] {
  if (changed.length === 0) return []
  const at = to === undefined ? {} : { to }
  const before = changed.map(({ name, isOn }) => ({ name, isOn: !isOn }))
  return [{ ...setCapabilities(changed), ...at, undo: { ...setCapabilities(before), ...at } }]
}

/** Those of the wanted ones that the machine has and that are off. Without `events` no MIGRATION event comes. */
function missingOf(capabilities: readonly Capability[], wanted: readonly string[]): readonly Capability[] {
  return capabilities
    .filter(({ name, isOn }) => !isOn && wanted.includes(name))
    .map(({ name }) => ({ name, isOn: true }))
}

/** The command itself; taken back by cancelling, as long as the guest has not gone over. */
function migrate(uri: string): ActionStep {
  return { name: 'migrate', args: { uri }, undo: { name: 'migrate_cancel', leaves: { kind: 'migration' } } }
}

const after = 'It runs now: “Migration now” shows how far it is.'

/** To an address. */
export function migrateTo({ from, uri, settings, wanted = [] }: MigratePlan): ActionPlan {
  return {
    title: `Migrate ${from} to ${uri}`,
    about: 'The guest goes on here until it has gone over.',
    verb: 'Migrate',
    isDangerous: true,
    steps: [...switches(missingOf(settings.capabilities, ['events', ...wanted])), migrate(uri)],
    after,
  }
}

/** To a file on the host. */
export function migrateToFile(plan: MigratePlan, path: string): ActionPlan {
  return {
    ...migrateTo(plan),
    title: `Write ${plan.from} to ${path}`,
    about: `What stands in ${path} is replaced. The guest goes on until all of it is written, then it stands still here: the file fits the disks as they are at that moment.`,
    verb: 'Write',
  }
}

/** To another machine of this page that was started with `-incoming defer`: both are set alike, it listens, the source connects. */
export function migrateBetween(
  { from, uri, settings, wanted = [] }: MigratePlan,
  target: SideName & { readonly settings: SideSettings },
): ActionPlan {
  const to = { kind: 'machine', id: target.id } as const
  const here = missingOf(settings.capabilities, ['events', ...wanted])
  const switched = settings.capabilities.map((each) => here.find(({ name }) => name === each.name) ?? each)
  const alike = alikeFor({ ...settings, capabilities: switched }, target.settings)
  const there = [...missingOf(target.settings.capabilities, ['events']), ...alike.switches]
  return {
    title: `Migrate ${from} to ${target.name}`,
    about: `Both are set alike, ${target.name} listens at ${uri}, then ${from} connects to it. Afterwards the guest is in ${target.name}.`,
    verb: 'Migrate',
    isDangerous: true,
    steps: [
      ...switches(there, to),
      ...(alike.parameters === undefined
        ? []
        : [{ name: 'migrate-set-parameters', args: alike.parameters, to }]),
      { name: 'migrate-incoming', args: { uri }, to },
      ...switches(here),
      migrate(uri),
    ],
    after,
  }
}

/** Into this machine, which was started with `-incoming defer`. What comes was written with the `wanted` capabilities. */
export function receiveFrom(
  name: string,
  uri: string,
  capabilities: readonly Capability[],
  wanted: readonly string[] = [],
): ActionPlan {
  const isFile = uri.startsWith('exec:') || uri.startsWith('file:')
  return {
    title: isFile ? `Read a guest into ${name}` : `Let ${name} listen`,
    about: isFile
      ? 'The guest is read from there and goes on here. If it does not fit this machine, QEMU ends.'
      : `${name} listens at ${uri} for one source. If what comes does not fit this machine, QEMU ends.`,
    verb: isFile ? 'Read it' : 'Listen',
    isDangerous: true,
    steps: [
      ...switches(missingOf(capabilities, ['events', ...wanted])),
      { name: 'migrate-incoming', args: { uri } },
    ],
  }
}

/** Both sides of a post-copy whose connection broke. Either may be no machine of this page. */
export interface BrokenSides {
  readonly uri: string
  readonly source: SideName | undefined
  readonly target: (SideName & { readonly status: string }) | undefined
}

/** Make the connection again: the other side listens, then the source resumes. */
export function recoverPlan({ uri, source, target }: BrokenSides): ActionPlan {
  const there = target === undefined ? undefined : ({ kind: 'machine', id: target.id } as const)
  const here = source === undefined ? undefined : ({ kind: 'machine', id: source.id } as const)
  return {
    title: `Recover the migration${source === undefined ? '' : ` of ${source.name}`}`,
    about:
      target === undefined
        ? `The source connects to ${uri} again. The other side has to listen there: migrate-recover.`
        : source === undefined
          ? `${target.name} listens at ${uri} again. The source has to connect there: migrate with resume.`
          : `${target.name} listens at ${uri} again, then ${source.name} connects and sends the rest.`,
    verb: 'Recover',
    steps: [
      // It may not have noticed yet that nobody speaks any more; or it has, and waits for memory, so that it cannot say so.
      ...(there !== undefined && target?.status === 'postcopy-active'
        ? [{ name: 'migrate-pause', to: there, isUrgent: true, isOptional: true } as const]
        : []),
      ...(there === undefined
        ? []
        : [{ name: 'migrate-recover', args: { uri }, to: there, isUrgent: true } as const]),
      ...(here === undefined ? [] : [{ name: 'migrate', args: { uri, resume: true }, to: here }]),
    ],
    after: 'It goes on: “Migration now” shows how far it is.',
  }
}

/** Set what was changed, in one command of each kind. */
export function settingsPlan(name: string, change: MigrationChange, ondone: () => void): ActionPlan {
  const { parameters, parametersBefore, staying } = change
  const back = (args: JsonObject | undefined): Pick<ActionStep, 'undo'> =>
    args === undefined ? {} : { undo: { name: 'migrate-set-parameters', args } }
  return {
    title: `Set up the migration of ${name}`,
    ...(staying.length === 0
      ? {}
      : { about: `Without a value before, and so without a way back: ${staying.join(', ')}.` }),
    verb: 'Set',
    steps: [
      ...switches(change.switches),
      ...(parameters === undefined
        ? []
        : [{ name: 'migrate-set-parameters', args: parameters, ...back(parametersBefore) }]),
    ],
    ondone,
  }
}
