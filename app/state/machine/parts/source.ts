import type { MachineAbout } from '../lab-list.ts'
import type { ChannelSource } from '../channels/channel.svelte.ts'

/** Where a machine comes from: the lab's list, an address given by hand, or the file of a recording. Types only. */
export interface MachineSource {
  /** Unique among the machines of the page; in the address. */
  readonly id: string
  readonly name: string
  /** The address of its bridge as it may be shown and recorded: without secrets. */
  readonly url: string
  /** The address that is opened: it may hold the lab's key or another secret. Undefined: nothing is opened. */
  readonly dial: string | undefined
  readonly protocol: 'qmp' | 'agent'
  readonly from: 'lab' | 'profile' | 'file'
  /** The name of the other host whose list it is in; undefined for the lab that serves this page. */
  readonly host?: string
  /** The lab's own demo machine. */
  readonly demo: boolean
  /** When the machine's socket was made, milliseconds since the epoch: when its QEMU was started. */
  readonly startedAt: number | undefined
  /** All channels that the lab or the profile lists for it. */
  readonly channels: readonly ChannelSource[]
  /** For a connection beside a machine's monitor, such as its guest agent: the id of that machine. */
  readonly companionOf?: string
  /** The key of its lab lets this page only watch it. */
  readonly isWatched?: boolean
  /** What its lab says of it, for people. */
  readonly about?: MachineAbout
  /** Its monitor belongs to another program: it is connected for what a person asks, and let go after that. */
  readonly polite?: boolean
  /** What people call the channel of a companion. */
  readonly channelLabel?: string
}
