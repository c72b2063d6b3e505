/**
 * A migration as `query-migrate` tells of it: its phase, how much memory is left against how fast the guest writes it again,
 * and what can be done now. What a machine says is bounded and checked.
 * @qapi MigrationInfo MigrationStatus MigrationStats
 */
import { amountIn } from '#base/json/members.ts'
import { own } from '#base/own.ts'
import { isJsonObject, objectsIn, stringsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** Memory of the guest, in bytes; rates in bytes a second. */
export interface MigrationRam {
  readonly transferred: number
  readonly remaining: number
  readonly total: number
  /** How fast the guest writes to memory that was sent already. 0 before the first pass over it has ended. */
  readonly dirtyRate: number
  /** How fast it goes over. */
  readonly rate: number
  /** Passes over the memory. */
  readonly passes: number
}

/** Times in milliseconds. */
export interface MigrationNow {
  /** MigrationStatus; `none` where none was begun. */
  readonly status: string
  readonly ram: MigrationRam | undefined
  readonly totalMs: number | undefined
  readonly expectedDowntimeMs: number | undefined
  readonly downtimeMs: number | undefined
  /** How much the CPUs of the guest are slowed down, in percent. */
  readonly throttle: number
  readonly error: string | undefined
  /** Pages that the other side asked for, since post-copy began. */
  readonly pagesAskedFor: number
  /** Why this machine cannot be migrated at all. */
  readonly blocked: readonly string[]
}

const mostReasons = 50

/** Read a reply of `query-migrate`; anything else is a machine that was never migrated. */
export function readMigration(reply: Json | undefined): MigrationNow {
  const from = reply !== undefined && isJsonObject(reply) ? reply : {}
  const status = own(from, 'status')
  const error = own(from, 'error-desc')
  return {
    status: typeof status === 'string' ? status : 'none',
    ram: ramOf(own(from, 'ram')),
    totalMs: amountIn(from, 'total-time'),
    expectedDowntimeMs: amountIn(from, 'expected-downtime'),
    downtimeMs: amountIn(from, 'downtime'),
    throttle: amountIn(from, 'cpu-throttle-percentage') ?? 0,
    error: typeof error === 'string' ? error : undefined,
    pagesAskedFor: pagesAskedFor(own(from, 'ram')),
    blocked: stringsIn(own(from, 'blocked-reasons')).slice(0, mostReasons),
  }
}

function ramOf(value: Json | undefined): MigrationRam | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined
  const page = amountIn(value, 'page-size') ?? 4096
  return {
    transferred: amountIn(value, 'transferred') ?? 0,
    remaining: amountIn(value, 'remaining') ?? 0,
    total: amountIn(value, 'total') ?? 0,
    dirtyRate: (amountIn(value, 'dirty-pages-rate') ?? 0) * page,
    rate: ((amountIn(value, 'mbps') ?? 0) * 1_000_000) / 8,
    passes: amountIn(value, 'dirty-sync-count') ?? 0,
  }
}

function pagesAskedFor(ram: Json | undefined): number {
  return ram !== undefined && isJsonObject(ram) ? (amountIn(ram, 'postcopy-requests') ?? 0) : 0
}

const running = new Set([
  ...['setup', 'active', 'wait-unplug', 'pre-switchover', 'device', 'cancelling'],
  ...['postcopy-active', 'postcopy-paused', 'postcopy-recover', 'postcopy-recover-setup', 'colo'],
])

/** Whether one is under way, on either side. */
export function isMigrating({ status }: Pick<MigrationNow, 'status'>): boolean {
  return running.has(status)
}

/** What a status means, in a sentence. */
export function phaseWords(status: string): string {
  return phases.get(status) ?? `It is in the state ${status}.`
}

const phases: ReadonlyMap<string, string> = new Map([
  ['none', 'None was begun.'],
  ['setup', 'Both sides are being prepared.'],
  ['active', 'The memory goes over while the guest runs.'],
  ['wait-unplug', 'The guest is asked to let a device go.'],
  ['pre-switchover', 'The guest stands still, and waits for “Continue”.'],
  ['device', 'The guest stands still: the rest of it goes over.'],
  ['postcopy-active', 'The guest runs on the other side, and fetches memory from here.'],
  ['postcopy-paused', 'The connection is broken, and the guest on the other side waits: recover it.'],
  ['postcopy-recover-setup', 'The connection is being made again.'],
  ['postcopy-recover', 'The connection is made again.'],
  ['cancelling', 'It is being cancelled.'],
  ['cancelled', 'It was cancelled: the guest goes on here.'],
  ['failed', 'It failed: the guest goes on here.'],
  ['completed', 'It is done: the guest is on the other side.'],
])

/**
 * Whether it will come to an end at this pace: it has to send faster than the guest writes. Undefined while nobody can tell.
 */
export function converges({ status, ram }: MigrationNow): boolean | undefined {
  if (status !== 'active' || ram === undefined || ram.passes < 2 || ram.rate === 0) return undefined
  return ram.rate > ram.dirtyRate
}

/** Something that can be done now. */
export interface MigrationVerb {
  readonly label: string
  readonly command: string
  readonly args?: JsonObject
  readonly about: string
  readonly isDangerous: boolean
}

/** What can be done in a state. Recovering needs an address, and is none of these. */
export function migrationVerbsOf(status: string, hasPostcopy: boolean): readonly MigrationVerb[] {
  const cancel = {
    label: 'Cancel the migration',
    command: 'migrate_cancel',
    about: 'The guest goes on here, as if nothing had been.',
    isDangerous: false,
  }
  switch (status) {
    case 'active':
      return hasPostcopy
        ? [
            {
              label: 'Start post-copy',
              command: 'migrate-start-postcopy',
              about:
                'The guest goes on at the other side at once, and fetches the rest. If the connection breaks then, neither side can go on alone.',
              isDangerous: true,
            },
            cancel,
          ]
        : [cancel]
    case 'setup':
    case 'wait-unplug':
    case 'device':
      return [cancel]
    case 'pre-switchover':
      return [
        {
          label: 'Continue',
          command: 'migrate-continue',
          args: { state: status },
          about: 'The guest stands still now, and goes over.',
          isDangerous: false,
        },
        cancel,
      ]
    case 'postcopy-active':
    case 'postcopy-recover':
      return [
        {
          label: 'Pause',
          command: 'migrate-pause',
          about: 'The connection is cut on purpose: the guest waits until it is recovered.',
          isDangerous: true,
        },
      ]
    default:
      return []
  }
}

/** A capability of a machine and whether it is on. */
export interface Capability {
  readonly name: string
  readonly isOn: boolean
}

const mostCapabilities = 200

/** Read a reply of `query-migrate-capabilities`. */
export function readCapabilities(reply: Json | undefined): readonly Capability[] {
  return objectsIn(reply)
    .slice(0, mostCapabilities)
    .flatMap((each) => {
      const [name, state] = [own(each, 'capability'), own(each, 'state')]
      return typeof name === 'string' && typeof state === 'boolean' ? [{ name, isOn: state }] : []
    })
}
