/**
 * What the monitor tells about a screen: who else watches, and whether the pointer of the guest can follow.
 * Tested by e2e/screen.spec.ts.
 * @qapi query-vnc query-mice
 */
import { untrack } from 'svelte'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { clientsOf, hasTablet, isRelative } from './vnc-replies.ts'

const vncEvents = ['VNC_CONNECTED', 'VNC_INITIALIZED', 'VNC_DISCONNECTED', 'DEVICE_DELETED']

/** The facts of one machine. */
export class VncFacts {
  readonly #machine: Machine
  #clients = $state.raw<readonly string[]>([])
  #isRelative = $state(false)
  #hasTablet = $state(false)
  readonly #unwatch: () => void
  #isAsked = $state(false)

  constructor(machine: Machine) {
    this.#machine = machine
    const unwatch = machine.record.watchEvents(vncEvents, () => {
      if (this.#isAsked) void this.#ask()
    })
    // The screen may be there before the monitor, and the monitor again after it was lost.
    const stop = $effect.root(() => {
      $effect(() => {
        if (this.#isAsked && machine.isReady) untrack(() => void this.#ask())
      })
    })
    this.#unwatch = () => {
      unwatch()
      stop()
    }
  }

  /** The clients of the VNC server, this page among them. */
  get clients(): readonly string[] {
    return this.#clients
  }

  /** No pointer of the guest knows where it is: it jumps. */
  get isRelative(): boolean {
    return this.#isRelative
  }

  /** A pointer that knows where it is is there, used or not. */
  get hasTablet(): boolean {
    return this.#hasTablet
  }

  /** The screen is connected: from now on it is worth knowing. */
  connected(): void {
    if (this.#isAsked) void this.#ask()
    this.#isAsked = true
  }

  /** Asked for again after a pointer was plugged in. */
  async #ask(): Promise<void> {
    const { commands, protocol, isReady } = this.#machine
    if (!isReady || protocol !== 'qmp') return
    const [clients, mice] = await Promise.all([commands.call('query-vnc'), commands.call('query-mice')])
    this.#clients = clients.ok ? clientsOf(clients.value) : []
    this.#hasTablet = mice.ok && hasTablet(mice.value)
    this.#isRelative = mice.ok && isRelative(mice.value)
  }

  /** Plug in a pointer that knows where it is. How that went: a sentence. */
  async plugTablet(): Promise<string> {
    const result = await this.#machine.commands.run('device_add', { driver: 'usb-tablet' })
    await this.#ask()
    if (result.kind === 'returned')
      return 'A USB tablet was plugged in. The pointer follows when the guest has found it.'
    return result.kind === 'failed' ? `device_add: ${result.error.desc}` : 'No USB tablet was plugged in.'
  }

  end(): void {
    this.#unwatch()
  }
}
