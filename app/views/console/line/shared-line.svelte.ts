/**
 * A line behind a gate: who writes on it, and taking it over. The gate tells it at the monitor; which of the line's clients
 * this page is, it knows by a name that the page says on the line before anything else.
 * Tested by e2e/gate.spec.ts.
 * @adr 0061
 */
import { lineNameOf, printLineName } from '#base/line-name.ts'
import type { App } from '#state/app.svelte.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { words } from '#words/sentence.ts'
import { lineStatusOf } from './line-status.ts'
import type { LineStatus } from './line-status.ts'
import { pause, untilReady } from './line-turn.ts'

/** How often it is asked for while it is in sight, in milliseconds. */
const lookMs = 2000
/** How soon after something was typed on a line that nobody writes on. */
const soonMs = 200
/** How long what is typed waits for the name to be known, in milliseconds: then it goes without. */
const namingMs = 2000
/** How often the gate is asked whether it has heard the name, and the pause between, in milliseconds. */
const namingLooks = 8
const namingPauseMs = 80

/** What it needs. */
interface SharedPorts {
  readonly app: App
  readonly machine: Machine
  readonly channel: RawChannel
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly say: (words: string) => void
}

/** What a gate tells of one line. */
export class SharedLine {
  readonly #ports: SharedPorts
  #status = $state.raw<LineStatus | undefined>(undefined)
  /** Another client took over while this page wrote. */
  #wasTaken = $state(false)
  #name: string | undefined
  /** Counts connections: what belongs to an earlier one is of no use. */
  #connection = 0
  #naming: Promise<unknown> = Promise.resolve()
  #asking: { readonly of: number; readonly done: Promise<void> } | undefined
  #isOpen = $state(false)
  #hasTyped = false

  constructor(ports: SharedPorts) {
    this.#ports = ports
  }

  /** What is known while it is connected; undefined where no gate tells of this line. */
  get status(): LineStatus | undefined {
    return this.#isGated && this.#isOpen ? this.#status : undefined
  }

  /** This page wrote, and another client took over. */
  get wasTaken(): boolean {
    return this.#wasTaken
  }

  get #isGated(): boolean {
    const { connection, protocol } = this.#ports.machine
    return connection.kind === 'ready' && protocol === 'qmp' && connection.greeting?.gated === true
  }

  /** Whether a gate has the line: it serves everybody, and nobody waits for a turn. */
  async isShared(): Promise<boolean> {
    await this.#look()
    return this.#isGated && this.#status !== undefined
  }

  /** The line is connected. */
  opened(): void {
    this.#connection += 1
    this.#isOpen = true
    this.#naming = Promise.race([this.#untilNamed(this.#connection), pause(namingMs)])
  }

  /** Its connection is gone, or another one is begun. */
  closed(): void {
    this.#connection += 1
    this.#isOpen = false
    this.#name = undefined
    this.#hasTyped = false
    this.#status = undefined
    this.#wasTaken = false
  }

  /** Why what was typed is not sent, in a sentence; undefined where it is. */
  async whyNotSent(): Promise<string | undefined> {
    // The name is the first that the gate hears.
    if (this.#isGated && !this.#isOpen) return 'Not connected yet: nothing was sent.'
    await this.#naming
    if (this.status?.writer === 'other') await this.#look()
    if (this.status?.writer === 'other')
      return 'Another client writes: nothing was sent. Take the line over to write.'
    this.#hasTyped = true
    if (this.status?.writer === 'nobody') setTimeout(() => void this.#look(), soonMs)
    return undefined
  }

  /** Ask again and again, until the function that is returned is called. */
  follow(): () => void {
    let isOver = false
    const again = async (): Promise<void> => {
      if (document.visibilityState === 'visible') await this.#look()
      await pause(lookMs)
      if (!isOver) void again()
    }
    void again()
    return () => {
      isOver = true
    }
  }

  /** Take the line over, after a question. */
  async takeOver(): Promise<void> {
    const { app, machine, channel, say } = this.#ports
    say('')
    const name = `${channel.label} of ${machine.name}`
    const yes = await app.confirm.ask({
      title: words`Take over ${name}?`,
      text: [
        'Another client of the gate writes on this line now. Then you write: ',
        'what the other types is dropped, and its page says that it listens. It may take the line back.',
      ],
      action: ['Take over'],
    })
    if (!yes) return
    // It may have been connected again while the question stood.
    await this.#look()
    const you = this.status?.you
    if (you === undefined) {
      say('The gate does not know this page on the line: nothing was taken over.')
      return
    }
    const taken = await machine.commands.run(
      'x-gate-take',
      { line: channel.name, client: you },
      { isAgreed: true },
    )
    if (taken.kind === 'failed') say(`It was not taken over: ${taken.error.desc}`)
    else if (taken.kind === 'refused') say(taken.why)
    else if (taken.kind !== 'returned') say('It is not known whether the line was taken over.')
    await this.#look()
  }

  /** Until the gate has heard the name, or none can be said. */
  async #untilNamed(connection: number): Promise<void> {
    const { machine } = this.#ports
    if (!machine.channels.hasMonitor) return
    await untilReady(() => machine.isReady)
    for (let looks = 0; looks < namingLooks && connection === this.#connection; looks += 1) {
      await this.#look()
      if (this.#name === undefined || this.status?.you !== undefined) return
      await pause(namingPauseMs)
    }
  }

  /** Say the name, where the gate takes one: the first bytes, or none. */
  #sayName(): void {
    const { machine, send } = this.#ports
    if (!this.#isOpen || this.#name !== undefined || this.#status?.takesNames !== true) return
    // An address by hand may lead around the gate; and behind what was typed it would be no name.
    if (machine.from !== 'lab' || machine.isWatched || this.#hasTyped) return
    this.#name = lineNameOf(crypto.getRandomValues(new Uint8Array(16)))
    send(printLineName(this.#name))
  }

  /** Ask now; who comes while it is asked on the same connection has that answer. */
  #look(): Promise<void> {
    const of = this.#connection
    if (this.#asking?.of !== of) {
      const asking = {
        of,
        done: this.#ask().finally(() => {
          if (this.#asking === asking) this.#asking = undefined
        }),
      }
      this.#asking = asking
    }
    return this.#asking.done
  }

  async #ask(): Promise<void> {
    const { machine, channel } = this.#ports
    if (!this.#isGated) return
    const connection = this.#connection
    const reply = await machine.commands.call('x-gate-status')
    if (connection !== this.#connection) return
    const before = this.#status?.writer
    this.#status = reply.ok
      ? lineStatusOf(reply.value, channel.name, this.#name, machine.isWatched)
      : undefined
    const now = this.#status?.writer
    if (before === 'you' && now === 'other') this.#wasTaken = true
    else if (now !== 'other') this.#wasTaken = false
    this.#sayName()
  }
}
