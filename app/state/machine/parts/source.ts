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
  /** The lab's own demo machine. */
  readonly demo: boolean
  /** When the machine's socket was made, milliseconds since the epoch: when its QEMU was started. */
  readonly startedAt: number | undefined
  /** The channels that the lab lists beside this one: serial, vnc, qga. */
  readonly channels: readonly string[]
}
