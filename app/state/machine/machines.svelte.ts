/**
 * All machines of the page: those that the lab lists in `lab.json` beside the page (read again every two seconds
 * while the page is visible), those whose address was given by hand, and those of recordings that were opened.
 * Tested by e2e/lost-and-found.spec.ts.
 * @adr 0054
 */
import { Machine } from './machine.svelte.ts'
import type { MachineNeeds } from './parts/needs.ts'
import type { MachineSource } from './parts/source.ts'
import type { ManualShelf } from '../library/manual-shelf.svelte.ts'
import type { Profile, ProfileChannel } from '../page/settings.svelte.ts'
import type { Access, LabKey } from '../page/lab-key.svelte.ts'
import { shownAddress, withKey } from '../page/lab-key.ts'
import type { Page } from '../platform.ts'
import { readLab } from './lab-list.ts'
import type { LabMachine, ListedHost } from './lab-list.ts'
import type { OtherHost, OtherHosts } from './hosts/other-hosts.svelte.ts'
import { later } from '../later.ts'
import { channelLabel } from '#base/channel-name.ts'
import type { ChannelSource } from './channels/channel.svelte.ts'

const pollMs = 2000
/** How long a page that goes waits for its workers to write what is kept, in milliseconds. Nobody notices so little. */
const lastMomentMs = 80

/** Whether this page has a lab beside it. */
export type LabState =
  | { readonly kind: 'looking' }
  /** The page is served without a `lab.json`: machines are given by hand. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'there'
      readonly problems: readonly string[]
      readonly count: number
      /** Whether this page has the key that the bridge wants. */
      readonly access: Access
      /** Whether the bridge wants a key at all. */
      readonly hasKey: boolean
    }
  /** It was there, and the server of this page does not answer any more. */
  | { readonly kind: 'gone' }

/** What the list of machines uses, beside what each of them does. */
interface MachinesNeeds extends MachineNeeds {
  readonly labKey: LabKey
  readonly manualShelf: Pick<ManualShelf, 'watch'>
  readonly page: Page
}

/** The machines, and the lab that lists some of them. */
export class Machines {
  readonly #needs: MachinesNeeds
  #all = $state.raw<readonly Machine[]>([])
  #lab = $state.raw<LabState>({ kind: 'looking' })
  #hosts = $state.raw<OtherHosts | undefined>(undefined)
  #started = false
  readonly #hostCode = later(() => import('./hosts/other-hosts.svelte.ts'))

  constructor(needs: MachinesNeeds) {
    this.#needs = needs
  }

  get all(): readonly Machine[] {
    return this.#all
  }

  get lab(): LabState {
    return this.#lab
  }

  /** The other hosts that the lab names. */
  get hosts(): readonly OtherHost[] {
    return this.#hosts?.all ?? []
  }

  /** Whether the lab's bridge wants a key that this page has not. */
  get needsKey(): boolean {
    return this.#lab.kind === 'there' && this.#lab.access !== 'open'
  }

  byId(id: string): Machine | undefined {
    return this.#all.find((each) => each.id === id)
  }

  /** Begin: profiles of this browser, and the lab's list. Called once, by App. */
  start(): void {
    if (this.#started) return
    this.#started = true
    const { labKey, manualShelf, page, settings } = this.#needs
    const { document } = page
    for (const profile of settings.profiles) this.#addByHand(profile)
    void this.#poll()
    labKey.watch(() => {
      if (labKey.value === undefined) this.#forgetKey(undefined)
      void this.#readLab()
    })
    // The schema of an agent is made of its schema file.
    manualShelf.watch((of) => {
      if (of !== 'agent') return
      for (const machine of this.#all)
        if (machine.protocol === 'agent' && machine.isReady) void machine.loadSchema()
    })
    const wakeAll = (): void => {
      for (const machine of this.#all) machine.wake()
    }
    const hurryAll = (): void => {
      for (const machine of this.#all) machine.record.hurry()
    }
    page.addEventListener('online', wakeAll)
    document.addEventListener('visibilitychange', () =>
      document.visibilityState === 'visible' ? wakeAll() : hurryAll(),
    )
    // The earliest that a page is told of its end: a worker has time to write then, later it may have none.
    page.addEventListener('beforeunload', () => {
      hurryAll()
      // The browser ends the workers as soon as the next page is there: theirs is the time that this one takes.
      if (this.#all.some(({ record }) => record.keepState.kind === 'on')) standStill(lastMomentMs)
    })
    page.addEventListener('pagehide', hurryAll)
  }

  /** A machine at an address given by hand: remembered in this browser, and connected. */
  addProfile(
    name: string,
    url: string,
    protocol: 'qmp' | 'agent',
    channels: readonly ProfileChannel[] = [],
    isPolite = false,
  ): Machine {
    const given: Profile = { id: freeId(name, this.#all), name, url, protocol, channels }
    const profile: Profile = isPolite ? { ...given, polite: true } : given
    this.#needs.settings.addProfile(profile)
    return this.#addByHand(profile)
  }

  /** What was given by hand for a machine; undefined for others. */
  profileOf(machine: Machine): Profile | undefined {
    return this.#needs.settings.profiles.find(({ id }) => id === machine.id)
  }

  /** Other channels for a machine that was given by hand. Those that stay keep their connection. */
  changeChannels(machine: Machine, channels: readonly ProfileChannel[]): void {
    const before = this.profileOf(machine)
    if (before === undefined) return
    const profile = { ...before, channels }
    this.#needs.settings.addProfile(profile)
    const { channels: sources } = sourceOfProfile(profile)
    machine.updateFromLab(machine.startedAt, sources)
    const wanted = new Set(sources.map(({ name }) => `${machine.id}.${name}`))
    for (const each of machine.channels.companions) if (!wanted.has(each.id)) this.#drop(each)
    this.#addCompanions(machine, companionsOf(machine, sources, ownOfProfile(profile)))
  }

  /** A machine of a recording: never connected, and gone with this visit. */
  addRecorded(id: string, name: string, protocol: 'qmp' | 'agent'): Machine {
    const source = { id, name, protocol, url: '', from: 'file', demo: false, startedAt: undefined } as const
    return this.#add({ ...source, dial: undefined, channels: [] })
  }

  /** Open the socket of a machine that was given by hand as one of the other kind. */
  reopenAs(machine: Machine, protocol: 'qmp' | 'agent'): Machine {
    // The whole address: the machine shows one without its secret.
    const url = this.#needs.settings.profiles.find(({ id }) => id === machine.id)?.url ?? machine.url
    this.remove(machine)
    return this.addProfile(machine.name, url, protocol)
  }

  remove(machine: Machine): void {
    if (machine.from === 'profile') {
      this.#needs.settings.removeProfile(machine.id)
      void this.#needs.schemaCache().then((cache) => cache?.forget(machine.id))
    }
    for (const each of machine.channels.companions) this.#drop(each)
    this.#drop(machine)
  }

  #drop(machine: Machine): void {
    machine.dispose()
    this.#all = this.#all.filter((each) => each !== machine)
  }

  #addByHand(profile: Profile): Machine {
    const source = sourceOfProfile(profile)
    const machine = this.#add(source)
    this.#addCompanions(machine, companionsOf(machine, source.channels, ownOfProfile(profile)))
    return machine
  }

  #add(source: MachineSource): Machine {
    const machine = new Machine(this.#needs, source)
    this.#all = [...this.#all, machine]
    // The connection of a companion is opened by whoever needs it.
    if (machine.companionOf === undefined) machine.connect()
    return machine
  }

  async #poll(): Promise<void> {
    if (this.#needs.page.document.visibilityState === 'visible' || this.#lab.kind === 'looking')
      await this.#readLab()
    if (this.#lab.kind !== 'none') setTimeout(() => void this.#poll(), pollMs)
  }

  async #readLab(): Promise<void> {
    const { labKey, page } = this.#needs
    const before = this.#lab.kind
    let text: string
    try {
      const response = await page.fetch('./lab.json', {
        cache: 'no-store',
        signal: AbortSignal.timeout(5000),
      })
      if (!response.ok) {
        this.#lab = before === 'there' || before === 'gone' ? { kind: 'gone' } : { kind: 'none' }
        return
      }
      text = await response.text()
    } catch {
      this.#lab = before === 'there' || before === 'gone' ? { kind: 'gone' } : { kind: 'none' }
      return
    }
    const list = readLab(text, page.location.href)
    if (!list.ok) {
      this.#lab = { kind: 'there', problems: [list.error], count: 0, access: 'open', hasKey: false }
      return
    }
    const { hosts, keySha256, watchKeySha256, problems, machines: listed } = list.value
    if (hosts.length > 0 || this.#hosts !== undefined) void this.#setHosts(hosts)
    const access = await labKey.check(keySha256, watchKeySha256)
    this.#lab = { kind: 'there', problems, count: listed.length, access, hasKey: keySha256 !== undefined }
    if (access !== 'open') return
    const key = keySha256 === undefined ? undefined : labKey.value
    for (const each of listed) this.#update(each, key)
    // The bridge is back: nobody waits for the next planned attempt.
    if (before === 'gone') this.#wake(undefined)
  }

  #wake(host: string | undefined): void {
    for (const machine of this.#all) if (machine.from === 'lab' && machine.host === host) machine.wake()
  }

  #forgetKey(host: string | undefined): void {
    for (const machine of this.#all) if (machine.host === host) machine.forgetKey()
  }

  async #setHosts(listed: readonly ListedHost[]): Promise<void> {
    const code = await this.#hostCode()
    if (code === undefined) return
    const { page, settings } = this.#needs
    this.#hosts ??= new code.OtherHosts({
      ...{ page, settings },
      show: (host, machines, key) => {
        for (const each of machines) this.#update(each, key, host.key, host.name)
      },
      wake: (host) => this.#wake(host.name),
      hide: (host) => this.#forgetKey(host.name),
    })
    this.#hosts.set(listed)
  }

  /** A machine that left the list stays on the page as lost, so that its record can still be read. */
  #update(listed: LabMachine, key: string | undefined, labKey = this.#needs.labKey, host?: string): void {
    const channels = listed.channels.map((each) => ({ ...each, dial: withKey(each.url, key) }))
    // Two hosts may have machines of one name.
    const id = host === undefined ? listed.id : `${listed.id}@${host}`
    const known = this.byId(id)
    // One that a list calls like a machine of another host.
    if (known !== undefined && known.host !== host) return
    const { url, dial, polite = false } = channels.find(({ kind }) => kind === 'qmp') ?? {}
    const { name, demo, startedAt, about } = listed
    const isWatched = key !== undefined && labKey.watches
    const own = {
      ...{ name, demo, startedAt, isWatched },
      ...(host === undefined ? {} : { host }),
      from: 'lab',
    } as const
    if (known === undefined) {
      const given = { ...own, id, url: url ?? '', dial, channels, about, polite }
      const machine = this.#add({ ...given, protocol: 'qmp' })
      this.#addCompanions(machine, companionsOf(machine, channels, own))
      return
    }
    known.setWatched(isWatched)
    known.redial(dial, url)
    const restarted = startedAt !== known.startedAt
    known.updateFromLab(startedAt, channels, about)
    this.#addCompanions(known, companionsOf(known, channels, own))
    for (const each of [known, ...known.channels.companions])
      if (restarted && each.connection.kind === 'lost') each.wake()
  }

  /** Companions that are new; those that are there get their address. */
  #addCompanions(of: Machine, sources: readonly MachineSource[]): void {
    for (const source of sources) {
      const known = this.byId(source.id)
      if (known === undefined) this.#add(source)
      else if (known.from === 'lab') {
        known.setWatched(source.isWatched === true)
        known.redial(source.dial)
      }
    }
    const all = this.#all.filter((each) => each.companionOf === of.id)
    if (all.length !== of.channels.companions.length) of.channels.setCompanions(all)
  }
}

/** The connections beside the monitor that speak QMP too: each is a machine with a worker of its own. */
function companionsOf(
  machine: Machine,
  channels: readonly ChannelSource[],
  own: Own,
): readonly MachineSource[] {
  const monitor = channels.find(({ kind }) => kind === 'qmp')
  return channels
    .filter((each) => each.kind === 'qga' || (each.kind === 'qmp' && each !== monitor))
    .map((each) => ({
      ...own,
      id: `${machine.id}.${each.name}`,
      name: `${machine.name} ${each.kind === 'qga' ? 'guest agent' : each.label}`,
      url: each.url,
      dial: each.dial,
      protocol: each.kind === 'qga' ? ('agent' as const) : ('qmp' as const),
      channels: [],
      companionOf: machine.id,
      channelLabel: each.label,
    }))
}

/** Nothing can be awaited while a page goes: the thread is held. */
function standStill(ms: number): void {
  const until = performance.now() + ms
  let now = performance.now()
  while (now < until) now = performance.now()
}

type Own = Pick<MachineSource, 'name' | 'demo' | 'startedAt' | 'from' | 'isWatched' | 'host'>

function ownOfProfile({ name }: Profile): Own {
  return { name, from: 'profile', demo: false, startedAt: undefined }
}

function sourceOfProfile(profile: Profile): MachineSource {
  const { id, protocol, url, channels } = profile
  const own = url === '' ? [] : [{ name: protocol === 'qmp' ? 'qmp' : 'qga', kind: 'qmp' as const, url }]
  return {
    ...ownOfProfile(profile),
    id,
    polite: profile.polite === true,
    protocol,
    url: url === '' ? '' : shownAddress(url),
    dial: url === '' ? undefined : url,
    channels: [...own, ...channels].map((each) => ({
      name: each.name,
      kind: each.kind,
      label: channelLabel(each.name),
      url: shownAddress(each.url),
      dial: each.url,
    })),
  }
}

function freeId(name: string, taken: readonly Machine[]): string {
  const base = `at-${name.replace(/[^A-Za-z0-9._-]+/g, '-')}`
  let id = base
  for (let n = 2; taken.some((each) => each.id === id); n += 1) id = `${base}-${n}`
  return id
}
