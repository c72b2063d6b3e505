/**
 * Keeps the demo machine of a lab running.
 * Tested by lab/lab.real.test.ts, lab/demo/demo.real.test.ts.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { findSockets } from '../bridge/lab-list.ts'
import type { ListKeeper } from '../bridge/list-keeper.ts'
import type { StartOptions } from '../options.ts'
import type { Child } from '../processes.ts'
import { demoChannels, demoName, startDemo } from './demo.ts'
import type { Demo, DemoPlace } from './demo.ts'
import { buildGuest } from './guest.ts'

/** The files of the demo machine's sockets. */
const demoSockets = demoChannels.map((channel) => `${demoName}.${channel}`)
const restartMs = 2000
/** After this many ends of the demo machine within the window it is left alone. */
const mostRestarts = 3
const restartWindowMs = 30_000

/** Starts the demo machine, and starts it again when its QEMU ends (somebody tried `quit`). */
export class DemoKeeper {
  #place: DemoPlace
  readonly #options: StartOptions
  readonly #warn: (words: string) => void
  readonly #say: (words: string) => void
  readonly #list: ListKeeper
  #child: Child | undefined
  #ends: number[] = []
  #stopped = false
  #starting: Promise<void> = Promise.resolve()
  /** The sockets of that name are those of our QEMU. */
  #owns = false

  constructor(
    place: DemoPlace,
    options: StartOptions,
    warn: (words: string) => void,
    say: (words: string) => void,
    list: ListKeeper,
  ) {
    this.#place = place
    this.#options = options
    this.#warn = warn
    this.#say = say
    this.#list = list
  }

  async start(): Promise<void> {
    // A socket without a listener is what a QEMU that was killed left behind: the new one takes its place.
    const ours = new Set(demoSockets)
    const theirs = findSockets(this.#place.sockets).find((each) => each.listening && ours.has(each.file))
    if (theirs !== undefined) {
      this.#warn(
        `Somebody else's ${theirs.file} is in the folder: no demo machine is started (--no-demo says so beforehand).`,
      )
      return
    }
    this.#owns = true
    const guest = buildGuest(this.#say)
    if (guest.ok) this.#place = { ...this.#place, guest: guest.value }
    else this.#warn(`The demo guest could not be made: ${guest.error} The demo machine has no guest OS.`)
    if (!this.#mustStop()) await this.#run(this.#options.accel)
  }

  /** One that is being started sees that, and ends. */
  readonly abandon = (): void => {
    this.#stopped = true
  }

  async stop(): Promise<void> {
    this.abandon()
    await this.#starting
    await this.#child?.stop()
    if (!this.#owns) return
    for (const file of demoSockets) rmSync(join(this.#place.sockets, file), { force: true })
  }

  #run(accel: StartOptions['accel']): Promise<void> {
    this.#starting = this.#startOne(accel)
    return this.#starting
  }

  async #startOne(accel: StartOptions['accel']): Promise<void> {
    const started = await startDemo(this.#place, accel, this.#warn, () => this.#stopped)
    if (this.#stopped) {
      if (started.ok) await started.value.child.stop()
      return
    }
    if (!started.ok) {
      this.#warn(`The demo machine did not start: ${started.error}`)
      return
    }
    const { child, aliveMs } = started.value
    this.#child = child
    this.#list.refresh()
    const guest =
      aliveMs === undefined ? 'without a guest OS' : `its guest is up after ${(aliveMs / 1000).toFixed(1)} s`
    this.#say(`${demoName} runs on ${started.value.accel.toUpperCase()}, ${guest}.`)
    void child.over.then(() => this.#ended(started.value))
  }

  async #ended(demo: Demo): Promise<void> {
    if (this.#stopped) return
    this.#list.refresh()
    const now = Date.now()
    this.#ends = [...this.#ends.filter((each) => now - each < restartWindowMs), now]
    const words = demo.child.words()
    if (this.#ends.length >= mostRestarts) {
      this.#warn(`${demoName} ended ${mostRestarts} times in a row and is left alone. ${words}`)
      return
    }
    this.#say(`${demoName} ended${words === '' ? '' : ` (${words})`}: starting it again.`)
    await new Promise((done) => setTimeout(done, restartMs))
    // What worked before works again: no second try of a broken KVM.
    if (!this.#mustStop()) await this.#run(demo.accel)
  }

  #mustStop(): boolean {
    return this.#stopped
  }
}
