/**
 * The migration of one machine: what it says of it now and how that went so far, its capabilities and parameters, and the
 * machine of this page that is its other side. Kept while the page is there, so that the other pane and a way back to this
 * part find the same. Tested by e2e/inspect-migration.spec.ts.
 */
import type { Json } from '#base/json/value.ts'
import { isMigrating, readCapabilities, readMigration } from '#inside/migration/machine-migration.ts'
import type { Capability, MigrationNow } from '#inside/migration/machine-migration.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { extendCourse } from './migration-course.ts'
import type { CoursePoint } from './migration-course.ts'

/** Questions for settings while none is under way: others may have changed them. One in five questions, 5 s. */
const settingsEvery = 5

/** The other side of a migration that this page began. */
export type OtherSide =
  /** Another machine of this page, by its id; `uri` is the address between them. The guest went to it, or came from it. */
  | { readonly kind: 'machine'; readonly id: string; readonly uri: string; readonly isFrom?: boolean }
  | { readonly kind: 'address'; readonly uri: string }
  | { readonly kind: 'file'; readonly path: string }

/** What was asked of one side. */
export interface SettingsOfSide {
  readonly capabilities: readonly Capability[]
  /** The return of `query-migrate-parameters`. */
  readonly parameters: Json | undefined
}

/** Asks and holds. */
export class MigrationWatch {
  readonly #machine: Machine
  #now = $state.raw<MigrationNow | undefined>(undefined)
  #settings = $state.raw<SettingsOfSide>({ capabilities: [], parameters: undefined })
  #course = $state.raw<readonly CoursePoint[]>([])
  #problem = $state('')
  #asked = 0
  #other = $state.raw<OtherSide | undefined>(undefined)

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Undefined before the first answer. */
  get now(): MigrationNow | undefined {
    return this.#now
  }

  get settings(): SettingsOfSide {
    return this.#settings
  }

  /** Of the last migration, oldest first. */
  get course(): readonly CoursePoint[] {
    return this.#course
  }

  get problem(): string {
    return this.#problem
  }

  /** What this page knows of the other side: undefined where another client began the migration, or an earlier page. */
  get other(): OtherSide | undefined {
    return this.#other
  }

  set other(to: OtherSide | undefined) {
    this.#other = to
  }

  /** Ask; never rejects. */
  async ask(at = Date.now()): Promise<void> {
    const isTurn = this.#asked % settingsEvery === 0
    this.#asked += 1
    const reply = await askerOf(this.#machine).ask('query-migrate')
    this.#problem = reply.ok ? '' : reply.error
    if (reply.ok) {
      const before = this.#now
      this.#now = readMigration(reply.value)
      this.#course = extendCourse(this.#course, this.#now, at)
      if (before !== undefined && isMigrating(before) !== isMigrating(this.#now)) this.#asked = 0
    }
    if (isTurn) await this.askSettings()
  }

  /** Ask for capabilities and parameters: something has set them. */
  async askSettings(): Promise<void> {
    this.#settings = await settingsOf(this.#machine, this.#settings)
  }
}

/** What a side is set to; what is not answered stays as it was. */
export async function settingsOf(
  machine: Machine,
  before: SettingsOfSide = { capabilities: [], parameters: undefined },
): Promise<SettingsOfSide> {
  const asker = askerOf(machine)
  const [capabilities, parameters] = await Promise.all([
    asker.ask('query-migrate-capabilities'),
    asker.ask('query-migrate-parameters'),
  ])
  return {
    capabilities: capabilities.ok ? readCapabilities(capabilities.value) : before.capabilities,
    parameters: parameters.ok ? parameters.value : before.parameters,
  }
}

/** The one of a machine: `machine.of(makeMigrationWatch)`. */
export const makeMigrationWatch = (machine: Machine): MigrationWatch => new MigrationWatch(machine)
