/**
 * The channels of one machine: its monitor, what else speaks QMP there (its guest agent), and the raw ones. One list for the
 * page, whatever each of them is.
 * @adr 0054
 */
import type { ChannelNote } from '#api/machine.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Manners } from '#qmp/manners.ts'
import { RawChannel } from './channel.svelte.ts'
import type { ChannelSource } from './channel.svelte.ts'

/** A connection that speaks QMP: a machine, as far as its channels go. */
export interface Speaker {
  readonly id: string
  readonly url: string
  readonly protocol: 'qmp' | 'agent'
  readonly channelLabel: string
  readonly connection: ConnectionState
  readonly manners: Manners | undefined
  letGo(): void
  takeUp(): void
}

/** One channel, for lists: what it is, and what can be done with its connection. */
export interface ChannelView {
  readonly name: string
  readonly kind: ChannelKind
  readonly label: string
  readonly url: string
  /** The connection of one that speaks QMP. */
  readonly machine: Speaker | undefined
  /** The others. */
  readonly raw: RawChannel | undefined
}

/** The channels of one machine. */
export class MachineChannels<Of extends Speaker> {
  readonly #machine: Of
  readonly #now: () => number
  readonly #note: (note: ChannelNote) => void
  #raw = $state.raw<readonly RawChannel[]>([])
  #monitor = $state.raw<ChannelSource | undefined>(undefined)
  #companions = $state.raw<readonly Of[]>([])

  /** `note` is told how the raw ones come and go. */
  constructor(
    machine: Of,
    now: () => number,
    sources: readonly ChannelSource[],
    note: (note: ChannelNote) => void,
  ) {
    this.#machine = machine
    this.#now = now
    this.#note = note
    this.update(sources)
  }

  /** The raw ones, in their order. */
  get raw(): readonly RawChannel[] {
    return this.#raw
  }

  /** The raw ones of a kind. */
  of(kind: ChannelKind): readonly RawChannel[] {
    return this.#raw.filter((each) => each.kind === kind)
  }

  /** The connections beside its monitor that speak QMP: guest agents, further monitors. */
  get companions(): readonly Of[] {
    return this.#companions
  }

  /** The guest agent's connection. */
  get agent(): Of | undefined {
    return this.#companions.find((each) => each.protocol === 'agent')
  }

  /** All of them. */
  readonly all = $derived.by((): readonly ChannelView[] => {
    const { id, url } = this.#machine
    const monitor = this.#monitor
    return [
      ...(monitor === undefined ? [] : [{ ...view(monitor), name: id, url, machine: this.#machine }]),
      ...this.#raw.map((raw) => ({ ...view(raw), machine: undefined, raw })),
      ...this.#companions.map((each) => ({
        name: each.id,
        kind: each.protocol === 'agent' ? ('qga' as const) : ('qmp' as const),
        label: each.channelLabel,
        url: each.url,
        machine: each,
        raw: undefined,
      })),
    ]
  })

  /** Whether it has a QMP monitor. */
  get hasMonitor(): boolean {
    return this.#monitor !== undefined
  }

  /** Nothing can be opened until the addresses are known again. */
  forgetAddresses(): void {
    for (const each of this.#raw) each.update({ ...each.source, dial: undefined })
  }

  /** A companion came or went. */
  setCompanions(companions: readonly Of[]): void {
    this.#companions = companions
  }

  /** What the lab or the profile lists now. A channel that is gone from it keeps what it has shown until the page ends. */
  update(sources: readonly ChannelSource[]): void {
    this.#monitor = sources.find(({ kind }) => kind === 'qmp')
    const known = new Map(this.#raw.map((each) => [each.name, each]))
    const raw = sources.filter(({ kind }) => kind !== 'qmp' && kind !== 'qga')
    for (const source of raw) known.get(source.name)?.update(source)
    const listed = new Set(raw.map(({ name }) => name))
    const next = raw.map((source) => known.get(source.name) ?? new RawChannel(source, this.#now, this.#note))
    const gone = this.#raw.filter(({ name }) => !listed.has(name))
    const all = [...next, ...gone]
    if (all.length !== this.#raw.length || all.some((each, at) => each !== this.#raw[at])) this.#raw = all
  }
}

function view({ name, kind, label, url }: ChannelSource | RawChannel): Omit<
  ChannelView,
  'machine' | 'raw'
> & {
  readonly machine: undefined
  readonly raw: undefined
} {
  return { name, kind, label, url, machine: undefined, raw: undefined }
}
