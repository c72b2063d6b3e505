/**
 * The gate of one monitor: its hub on real sockets. The machine's monitor is held while somebody is there, and let go soon
 * afterwards. While it cannot be reached, clients wait for its greeting.
 * Tested by lab/gate/gate.real.test.ts.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { RecordEntry, Who } from '../audit/entry.ts'
import type { ChannelGate } from '../channel-gate.ts'
import { Outbox } from '../outbox.ts'
import type { ChannelTarget } from '../private-socket.ts'
import { MonitorHub } from './hub.ts'
import type { HubPorts } from './hub.ts'

/** What else a monitor's clients ask of the gate. */
export type MonitorLines = Pick<HubPorts, 'status' | 'take'>

/** How long a monitor is held that nobody uses, in milliseconds: a page that is loaded again comes back within. */
const lingerMs = 1000
/** How often a monitor is tried that cannot be reached. */
const retryMs = 250
/** What is read of a machine at once, in bytes: twice what Node reads without being told, for half the turns in a flood. */
const readBytes = 128 * 1024
/** A piece of this size is part of a flood: what comes of it goes to each client by one system call. A smaller one waits for nothing. */
const floodBytes = 16 * 1024

/** Make the gate of a monitor. */
export function createMonitorGate(
  target: ChannelTarget,
  record: RecordEntry,
  lines: MonitorLines,
): ChannelGate {
  return new MonitorGate(target, record, lines)
}

class MonitorGate implements ChannelGate {
  readonly #target: ChannelTarget
  readonly #record: RecordEntry
  readonly #hub: MonitorHub
  readonly #outboxes = new Set<Outbox>()
  #machine: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(target: ChannelTarget, record: RecordEntry, lines: MonitorLines) {
    this.#target = target
    this.#record = record
    this.#hub = new MonitorHub({
      send: (text) => this.#machine?.write(text),
      giveUp: () => this.#machine?.destroy(),
      record,
      now: () => performance.now(),
      ...lines,
    })
  }

  join(who: Who, socket: Socket): void {
    const left = (): void => {
      this.#outboxes.delete(outbox)
      client.left()
      this.#balance()
      if (this.#hub.isIdle) this.#later(lingerMs)
    }
    const outbox = new Outbox(
      socket,
      (why) => {
        this.#record({ did: 'dropped', who, why })
        // Not from within the hub's own call.
        setImmediate(left)
      },
      () => this.#balance(),
    )
    this.#outboxes.add(outbox)
    const client = this.#hub.join(who, {
      write: (bytes) => outbox.write(bytes),
      end: () => outbox.end(),
      setReading: (on) => (on ? socket.resume() : socket.pause()),
    })
    socket.on('data', (bytes: Buffer) => client.receive(bytes))
    socket.once('close', left)
    if (this.#machine === undefined) this.#connect()
  }

  status(): undefined {
    return undefined
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#machine?.destroy()
  }

  #connect(): void {
    clearTimeout(this.#timer)
    let buffer = Buffer.allocUnsafeSlow(readBytes)
    const machine = connect({
      ...this.#target,
      onread: {
        // The same one again, unless a client still has to take something of it.
        buffer: () => {
          if (this.#isAllTaken()) return buffer
          buffer = Buffer.allocUnsafeSlow(readBytes)
          return buffer
        },
        callback: (length, bytes) => {
          this.#receive(bytes.subarray(0, length))
          return true
        },
      },
    })
    this.#machine = machine
    let isOpen = false
    machine.once('connect', () => {
      isOpen = true
      this.#hub.opened()
    })
    machine.on('error', () => machine.destroy())
    machine.once('close', () => {
      this.#machine = undefined
      if (isOpen) this.#hub.closed()
      if (this.#hub.clients > 0) this.#later(retryMs)
    })
  }

  #receive(bytes: Uint8Array): void {
    const isFlood = bytes.length >= floodBytes
    if (isFlood) for (const each of this.#outboxes) each.collect()
    this.#hub.receive(bytes)
    if (isFlood) for (const each of this.#outboxes) each.release()
    this.#balance()
  }

  #isAllTaken(): boolean {
    for (const each of this.#outboxes) if (each.waiting > 0) return false
    return true
  }

  /**
   * The machine is read as fast as its fastest client takes it: a slower one is dropped in the end, and holds up
   * nobody.
   */
  #balance(): void {
    const machine = this.#machine
    if (machine === undefined) return
    const all = [...this.#outboxes]
    if (all.length > 0 && all.every((each) => each.isBehind)) machine.pause()
    else if (machine.isPaused()) machine.resume()
  }

  /** Look again after a while: whether the monitor is wanted, or not any more. */
  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#isClosed) return
      if (this.#hub.isIdle) this.#machine?.destroy()
      else if (this.#machine === undefined) this.#connect()
    }, ms)
  }
}
