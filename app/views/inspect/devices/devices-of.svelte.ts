/**
 * The devices of one machine as they were read last, and those that a guest was asked to give up. It stays while other views
 * are open. Tested by app/views/inspect/devices/devices-of.test.ts.
 */
import { coalesce } from '#base/coalesce.ts'
import { own } from '#base/own.ts'
import { objectsIn } from '#base/json/value.ts'
import type { DeviceUse, PlacedDevice } from '#inside/devices/device-tree.ts'
import { leftOver, netdevsIn } from '#inside/devices/slots.ts'
import type { Backends, LeftOver } from '#inside/devices/slots.ts'
import { readProperties } from '#inside/objects/qom-object.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { namesIn, readDevices } from './read-devices.ts'
import type { DeviceQueries, DevicesRead } from './read-devices.ts'

/** Unplugs that are remembered. */
const mostUnplugs = 20

/** A device that the guest was asked to give up. */
export interface Unplug {
  readonly id: string
  readonly driver: string
  readonly isPci: boolean
  readonly isMemory: boolean
  readonly uses: readonly DeviceUse[]
  readonly askedAt: number
  readonly state:
    | { readonly kind: 'asked'; readonly isRefused: boolean }
    | { readonly kind: 'gone'; readonly at: number; readonly left: readonly LeftOver[] }
}

/** The devices of one machine. */
export class MachineDevices {
  readonly #queries: DeviceQueries
  #read = $state.raw<DevicesRead | undefined>(undefined)
  #problem = $state.raw<string | undefined>(undefined)
  #isReading = $state(false)
  #unplugs = $state.raw<readonly Unplug[]>([])
  /** Read all of it now. Requests made meanwhile are one more reading afterwards. */
  readonly refresh = coalesce(() => this.#refresh())
  /** Look whether devices that were asked to go are gone. */
  readonly look = coalesce(() => this.#look())

  constructor(queries: DeviceQueries) {
    this.#queries = queries
  }

  get read(): DevicesRead | undefined {
    return this.#read
  }

  /** Why it could not be read, in a sentence. */
  get problem(): string | undefined {
    return this.#problem
  }

  get isReading(): boolean {
    return this.#isReading
  }

  /** The newest first. */
  get unplugs(): readonly Unplug[] {
    return this.#unplugs
  }

  /** The guest was asked to give a device up. */
  wasAsked({ id, driver, address, uses }: PlacedDevice): void {
    if (id === undefined) return
    const asked: Unplug = {
      ...{ id, driver, uses, askedAt: this.#queries.now() },
      isPci: address !== undefined,
      isMemory: driver === 'pc-dimm' || driver === 'nvdimm' || driver.startsWith('virtio-mem'),
      state: { kind: 'asked', isRefused: false },
    }
    this.#unplugs = [asked, ...this.#unplugs.filter((each) => each.id !== id)].slice(0, mostUnplugs)
    void this.look()
  }

  /** An event tells that a guest refused. It does not say which device where several were asked: then none is marked. */
  wasRefused(): void {
    const asked = this.#unplugs.filter(({ state }) => state.kind === 'asked')
    if (asked.length !== 1) return
    this.#unplugs = this.#unplugs.map((each) =>
      each === asked[0] ? { ...each, state: { kind: 'asked', isRefused: true } } : each,
    )
  }

  forget(id: string): void {
    this.#unplugs = this.#unplugs.filter((each) => each.id !== id)
  }

  async #refresh(): Promise<void> {
    this.#isReading = true
    const read = await readDevices(this.#queries)
    if (read.ok) this.#read = read.value
    this.#problem = read.ok ? undefined : read.error
    this.#isReading = false
  }

  async #look(): Promise<void> {
    const asked = this.#unplugs.filter(({ state }) => state.kind === 'asked')
    if (asked.length === 0) return
    const reply = await this.#queries.own('qom-list', { path: '/machine/peripheral' })
    if (!reply.ok) return
    const there = new Set(readProperties(reply.value).list.map(({ name }) => name))
    const gone = asked.filter(({ id }) => !there.has(id))
    if (gone.length === 0) return
    const at = this.#queries.now()
    const backends = await this.#backends()
    this.#unplugs = this.#unplugs.map((each) =>
      gone.some(({ id, askedAt }) => id === each.id && askedAt === each.askedAt)
        ? { ...each, state: { kind: 'gone', at, left: leftOver(each.uses, backends) } }
        : each,
    )
    await this.refresh()
  }

  /** Look again what is left over of devices that are gone. */
  async lookForLeftOvers(): Promise<void> {
    const backends = await this.#backends()
    this.#unplugs = this.#unplugs.map((each) =>
      each.state.kind === 'gone'
        ? { ...each, state: { ...each.state, left: leftOver(each.uses, backends) } }
        : each,
    )
  }

  async #backends(): Promise<Backends> {
    const ask = this.#queries.own
    const names = async (name: OwnQuery, member: string): Promise<ReadonlySet<string>> => {
      const reply = await ask(name)
      return new Set(
        objectsIn(reply.ok ? reply.value : undefined).flatMap((each) => {
          const value = own(each, member)
          return typeof value === 'string' ? [value] : []
        }),
      )
    }
    const network = await ask('human-monitor-command', { 'command-line': 'info network' })
    return {
      netdevs: netdevsIn(network.ok && typeof network.value === 'string' ? network.value : ''),
      nodes: await names('query-named-block-nodes', 'node-name'),
      chardevs: await names('query-chardev', 'label'),
      objects: new Set(await namesIn(this.#queries, '/objects')),
    }
  }
}

/** Those of a machine. */
export function makeDevices(machine: Machine): MachineDevices {
  const asker = askerOf(machine)
  return new MachineDevices({
    own: (name, args) => asker.ask(name, args),
    get: (path, property) => asker.again('qom-get', { path, property }),
    offers: (name) => asker.offers(name),
    now: () => Date.now(),
  })
}

/** Whether `object-add` takes properties in a member of their own, as before QEMU 6.0. */
export function hasProps(machine: Machine): boolean {
  if (machine.schema.kind !== 'ready') return false
  const { byName } = machine.schema.schema
  const command = byName.get('object-add')
  const args = command?.kind === 'command' ? byName.get(command.argType) : undefined
  return args?.kind === 'object' && args.members.some(({ name }) => name === 'props')
}
