/**
 * A channel of a machine that does not speak QMP: a screen, a serial line, the human monitor's own socket. What it is, who
 * wants it, and how its connection is. Who speaks on it (a terminal, a screen) watches `wanted` and tells the state by `enter`.
 * @adr 0054
 */
import type { ChannelNote } from '#api/machine.ts'
import { clip } from '#base/clip.ts'
import type { ChannelKind } from '#base/channel-name.ts'

/** A channel as the lab or a profile names it. */
export interface ChannelSource {
  /** Unique at its machine: `serial1`. In addresses and in rows of the record. */
  readonly name: string
  readonly kind: ChannelKind
  /** What people call it. */
  readonly label: string
  /** The address of its bridge as it may be shown: without secrets. */
  readonly url: string
  /** The address that is opened: it may hold the lab's key. Undefined: nothing can be opened now. */
  readonly dial: string | undefined
}

/** How the connection of a raw channel is. Times in milliseconds. */
export type ChannelState =
  /** Nobody has asked for it. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'ready' }
  /** Somebody else has it: only one client is served at a time. */
  | { readonly kind: 'occupied' }
  /** `why` is a sentence. It is tried again automatically. */
  | { readonly kind: 'lost'; readonly why: string; readonly retryInMs: number }
  /** It is not tried again automatically. `why` is a sentence; undefined: a person let it go. */
  | { readonly kind: 'ended'; readonly why: string | undefined }

/** Characters of a reason that go into the record. */
const longestReason = 300

/**
 * How long a line is open before the record says so, in milliseconds. A bridge opens first, and finds out some milliseconds later
 * that nobody listens: shorter, and the record has a connection that never was. A screen says itself that it is there.
 */
const settleMs = 300

/** What of a state belongs into the record: that it is tried again is none of it. */
function phaseOf({ kind }: ChannelState): ChannelNote['phase'] | undefined {
  if (kind === 'connecting') return undefined
  return kind === 'idle' ? 'ended' : kind
}

/** One raw channel. */
export class RawChannel {
  #source = $state.raw<ChannelSource>() as ChannelSource
  #state = $state.raw<ChannelState>({ kind: 'idle' })
  #since = $state(0)
  #users = $state(0)
  #letGo = $state(false)
  readonly #now: () => number
  readonly #note: (note: ChannelNote) => void
  /** What the record says last. */
  #noted: ChannelNote['phase'] = 'ended'
  #settling: ReturnType<typeof setTimeout> | undefined

  /** `note` is told of what belongs into the record. */
  constructor(source: ChannelSource, now: () => number, note: (note: ChannelNote) => void) {
    this.#source = source
    this.#now = now
    this.#note = note
    this.#since = now()
  }

  /** What the lab or the profile says of it. */
  get source(): ChannelSource {
    return this.#source
  }

  get name(): string {
    return this.#source.name
  }

  get kind(): ChannelKind {
    return this.#source.kind
  }

  get label(): string {
    return this.#source.label
  }

  get url(): string {
    return this.#source.url
  }

  /** The address to open. Never shown, never recorded. */
  get dial(): string | undefined {
    return this.#source.dial
  }

  get state(): ChannelState {
    return this.#state
  }

  /** When it entered its state, milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** Whether it is to be connected: something on screen needs it, and nobody let it go. */
  get wanted(): boolean {
    return this.#users > 0 && !this.#letGo && this.#source.dial !== undefined
  }

  /** Something needs it, until the function that is returned is called. */
  use(): () => void {
    this.#users += 1
    let over = false
    return () => {
      if (over) return
      over = true
      this.#users -= 1
    }
  }

  /** A person gives it free for others: it stays away until `takeUp`. */
  letGo(): void {
    this.#letGo = true
  }

  /** A person wants it again. */
  takeUp(): void {
    this.#letGo = false
  }

  /** Whether a person gave it free. */
  get isLetGo(): boolean {
    return this.#letGo
  }

  /** Told by who speaks on it. */
  enter(state: ChannelState): void {
    this.#state = state
    this.#since = this.#now()
    clearTimeout(this.#settling)
    const phase = phaseOf(state)
    if (phase === undefined || phase === this.#noted) return
    const why = 'why' in state && state.why !== undefined ? clip(state.why, longestReason) : undefined
    const note = (): void => {
      this.#noted = phase
      this.#note({ name: this.name, phase, why })
    }
    if (phase === 'ready' && this.kind !== 'vnc') this.#settling = setTimeout(note, settleMs)
    else note()
  }

  /** The lab names another address, or another label. */
  update(source: ChannelSource): void {
    const { url, dial, label } = this.#source
    if (source.url !== url || source.dial !== dial || source.label !== label) this.#source = source
  }
}
