/**
 * A screen by VNC: its connection, which is there while a view shows it, and what goes out by it. The machine's lock holds for
 * all of that. It belongs to the machine, so that it moves between panes as it is.
 * Tested by e2e/screen.spec.ts.
 * @adr 0056
 */
import { clip } from '#base/clip.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { Film } from './film/film.svelte.ts'
import type { GuardedRfb } from './guarded-rfb.ts'
import { namedKeys } from '../typing/guest-keys.ts'
import type { GuestKey } from '../typing/guest-keys.ts'
import { keysOfPress } from '../typing/strokes.ts'
import type { KeyPress } from '../typing/strokes.ts'
import { loadRfb } from './load-rfb.ts'
import { Typing } from '../typing/typing.svelte.ts'
import type { Held } from '../typing/key-sender.ts'
import { VncFacts } from './vnc-facts.svelte.ts'
import { VncWire } from './vnc-wire.ts'
import type { WireEnd } from './vnc-wire.ts'
import { whyClosed, whyFailed, whyTooLarge } from './why-closed.ts'

/** How long a server may take until it shows its picture, in milliseconds. Over a slow line it takes 2 s; a person who types a password does not count. */
const greetingMs = 10_000
/** How long to wait before each further attempt, in milliseconds: soon for a QEMU that starts again, calm for one that is gone. */
const retriesMs = [500, 1000, 2000, 4000, 8000, 15_000] as const
/** A view that was pressed for is there by then, in milliseconds: it is made within 50. */
const aheadMs = 1000
/** Characters of a text of the guest that are kept. */
const longestText = 100_000

/** How the picture is shown. */
export type ScreenSize = 'fit' | 'original' | 'resize'
/** What the server wants to know before it lets anybody in. */
type LoginNeed = 'password' | 'name and password'

/** The screen of one channel. */
export class VncScreen {
  readonly machine: Machine
  readonly channel: RawChannel
  readonly host: HTMLDivElement = document.createElement('div')
  readonly facts: VncFacts
  readonly typing: Typing
  readonly film: Film
  #rfb: GuardedRfb | undefined
  #wire: VncWire | undefined
  /** Counts connections: what an old one tells later is not heard. */
  #turn = 0
  #attempt = 0
  #dial: string | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #greeting: ReturnType<typeof setTimeout> | undefined
  #security: string | undefined
  #release: (() => void) | undefined
  #place = $state.raw<object | undefined>(undefined)
  #size = $state<ScreenSize>('fit')
  #picture = $state.raw<{ readonly width: number; readonly height: number } | undefined>(undefined)
  #need = $state<LoginNeed | undefined>(undefined)
  #held = $state.raw<readonly Held[]>([])
  #guestText = $state('')
  hint = $state('')
  readonly #end: () => void

  constructor(machine: Machine, channel: RawChannel) {
    this.machine = machine
    this.channel = channel
    this.host.className = 'vnc-host'
    this.facts = new VncFacts(machine)
    this.typing = new Typing({
      type: (press) => this.#type(press),
      release: () => this.releaseKeys(),
      wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    })
    this.film = new Film(() =>
      this.#picture === undefined ? undefined : (this.host.querySelector('canvas') ?? undefined),
    )
    this.host.addEventListener('keydown', (event) => this.#keyDown(event), { capture: true })
    this.host.addEventListener('focusout', () => this.releaseKeys())
    this.#end = $effect.root(() => {
      $effect(() => this.#follow(channel.wanted ? channel.dial : undefined))
      $effect(() => {
        const isLocked = this.isLocked
        this.#rfb?.setLocked(isLocked)
        if (isLocked) this.#held = []
      })
    })
  }

  /** The machine's lock lets nothing out. */
  get isLocked(): boolean {
    return this.machine.commands.lock === 'read-only'
  }

  /** Why nothing can be sent now: a sentence; undefined where it can. */
  get whyNot(): string | undefined {
    const { whyReadOnly } = this.machine.commands
    if (whyReadOnly !== undefined) return `${whyReadOnly}.`
    return this.channel.state.kind === 'ready' ? undefined : 'The screen is not connected.'
  }

  /** In pixels; undefined before the first picture. */
  get picture(): { readonly width: number; readonly height: number } | undefined {
    return this.#picture
  }

  get size(): ScreenSize {
    return this.#size
  }

  /** What the server asks for before it goes on. */
  get need(): LoginNeed | undefined {
    return this.#need
  }

  /** Modifiers that are held for the next keys. */
  get held(): readonly Held[] {
    return this.#held
  }

  /** The text that the guest has put on its clipboard last. */
  get guestText(): string {
    return this.#guestText
  }

  isShownIn(place: object): boolean {
    return this.#place === place
  }

  /** Connect for a view that is about to be made, so that both go on at once. Ends where no view has come within a second. */
  ahead(): void {
    if (this.#release !== undefined) return
    const release = this.channel.use()
    this.#release = release
    this.#follow(this.channel.wanted ? this.channel.dial : undefined)
    setTimeout(() => {
      if (this.#release === release && this.#place === undefined) this.#letGo()
    }, aheadMs)
  }

  /** Put the picture into a view, and connect; another view that has it loses it. */
  show(parent: HTMLElement, place: object): void {
    this.#place = place
    parent.append(this.host)
    this.#release ??= this.channel.use()
  }

  /** The view does not show it any more: it is disconnected. */
  hide(place: object): void {
    if (this.#place !== place) return
    this.#place = undefined
    this.host.remove()
    this.#letGo()
  }

  #letGo(): void {
    this.#release?.()
    this.#release = undefined
  }

  focus(): void {
    this.#rfb?.focus()
  }

  setSize(size: ScreenSize): void {
    this.#size = size
    if (this.#rfb === undefined) return
    this.#rfb.scaleViewport = size === 'fit'
    this.#rfb.resizeSession = size === 'resize' && !this.isLocked
  }

  /** Press keys together, in their order, and release them. */
  press(...keys: readonly GuestKey[]): void {
    this.hint = this.whyNot ?? ''
    if (this.hint !== '') return
    for (const key of keys) this.#send(key, true)
    for (const key of keys.toReversed()) this.#send(key, false)
  }

  /** Hold a modifier until it is pressed again. */
  hold(name: Held): void {
    this.hint = this.whyNot ?? ''
    if (this.hint !== '') return
    const isHeld = this.#held.includes(name)
    this.#send(namedKeys[name], !isHeld)
    this.#held = isHeld ? this.#held.filter((each) => each !== name) : [...this.#held, name]
  }

  /** Release the modifiers that nobody holds by a button: a key that was pressed here may be released elsewhere. */
  releaseKeys(): void {
    const held: readonly GuestKey[] = this.#held.map((each) => namedKeys[each])
    const { ctrl, alt, shift, shiftRight, ctrlRight, altRight } = namedKeys
    for (const key of [ctrl, alt, shift, namedKeys.super, shiftRight, ctrlRight, altRight])
      if (!held.includes(key)) this.#send(key, false)
  }

  /** Answer what the server asked for. Nothing of it is kept. */
  logIn(username: string, password: string): void {
    this.#need = undefined
    this.#startGreeting()
    this.#rfb?.sendCredentials({ username, password })
  }

  /** Offer a text to the clipboard of the guest. */
  offerText(text: string): void {
    const why = this.whyNot
    if (why === undefined) this.#rfb?.clipboardPasteFrom(text)
    this.hint = why ?? 'The text was offered to the guest. Its agent takes it, where it has one.'
  }

  /** The picture as PNG; undefined where there is none. */
  takePicture(): Promise<Blob | undefined> {
    const rfb = this.#rfb
    if (rfb === undefined || this.#picture === undefined) return Promise.resolve(undefined)
    return new Promise((done) => rfb.toBlob((blob) => done(blob ?? undefined), 'image/png'))
  }

  /** Connect again after it ended. */
  again(): void {
    this.#attempt = 0
    this.#close()
    if (this.channel.wanted) void this.#open()
  }

  dispose(): void {
    this.#end()
    this.typing.cancel()
    this.film.dispose()
    this.#close()
    this.#letGo()
    this.facts.end()
    this.host.remove()
  }

  // ── the connection ───────────────────────────────────────────────────────────────────────────────────────────

  #follow(dial: string | undefined): void {
    if (dial === this.#dial) return
    const wasOpen = this.#dial !== undefined
    this.#dial = dial
    this.#attempt = 0
    this.#close()
    if (dial !== undefined) void this.#open()
    else if (wasOpen)
      this.channel.enter(this.channel.isLetGo ? { kind: 'ended', why: undefined } : { kind: 'idle' })
  }

  /** Ends what is open, without a word. */
  #close(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#greeting)
    this.#turn += 1
    const rfb = this.#rfb
    this.#rfb = undefined
    this.#wire?.close()
    this.#wire = undefined
    this.#picture = undefined
    this.#need = undefined
    this.#held = []
    rfb?.disconnect()
  }

  async #open(): Promise<void> {
    const turn = this.#turn
    const isOld = (): boolean => turn !== this.#turn
    const dial = this.#dial
    this.#attempt += 1
    this.#security = undefined
    this.channel.enter({ kind: 'connecting', attempt: this.#attempt })
    const code = await loadRfb()
    if (isOld() || dial === undefined) return
    if (code === undefined) {
      this.#stop('the code of the screen did not come within 10 s. Is the server of this page still running?')
      return
    }
    try {
      const wire = new VncWire(dial, {
        ended: (end) => !isOld() && this.#lost(end),
        broke: (error) => {
          if (isOld()) return
          this.#stop(
            error instanceof code.TooLargeError
              ? whyTooLarge(error.width, error.height)
              : whyFailed(error instanceof Error ? error.message : String(error), undefined),
          )
        },
      })
      this.#wire = wire
      const rfb = new code.GuardedRfb(this.host, wire, {
        failed: (details) => !isOld() && this.#stop(whyFailed(details, this.#security)),
        resized: (width, height) => !isOld() && (this.#picture = { width, height }),
      })
      this.#rfb = rfb
      this.#prepare(rfb, isOld)
    } catch (error) {
      this.#stop(
        `its address cannot be opened: ${clip(error instanceof Error ? error.message : String(error), 200)}`,
      )
      return
    }
    this.#startGreeting()
  }

  #prepare(rfb: GuardedRfb, isOld: () => boolean): void {
    rfb.background = 'var(--bg-sunken)'
    rfb.setLocked(this.isLocked)
    this.setSize(this.#size)
    const canvas = this.host.querySelector('canvas')
    if (canvas !== null) {
      canvas.tabIndex = 0
      canvas.setAttribute('role', 'application')
      canvas.setAttribute('aria-label', `${this.channel.label} of ${this.machine.name}: input`)
    }
    const on = (name: string, take: (detail: Record<string, unknown>) => void): void =>
      rfb.addEventListener(name, (event) => {
        if (!isOld() && event instanceof CustomEvent) take(event.detail as Record<string, unknown>)
      })
    on('connect', () => {
      clearTimeout(this.#greeting)
      this.#attempt = 0
      this.channel.enter({ kind: 'ready' })
      this.facts.connected()
    })
    on('credentialsrequired', ({ types }) => {
      clearTimeout(this.#greeting)
      this.#need = Array.isArray(types) && types.includes('username') ? 'name and password' : 'password'
    })
    on('securityfailure', ({ reason }) => (this.#security = typeof reason === 'string' ? reason : ''))
    on('clipboard', ({ text }) => {
      if (typeof text === 'string') this.#guestText = text.slice(0, longestText)
    })
  }

  #startGreeting(): void {
    clearTimeout(this.#greeting)
    this.#greeting = setTimeout(
      () => this.#retryAfter('nothing came within 10 s: is it a VNC server?'),
      greetingMs,
    )
  }

  #lost(end: WireEnd): void {
    this.#retryAfter(whyClosed(end))
  }

  #retryAfter(why: string): void {
    this.#close()
    const retryInMs = retriesMs[Math.min(this.#attempt, retriesMs.length - 1)] ?? 15_000
    this.channel.enter({ kind: 'lost', why, retryInMs })
    this.#retry = setTimeout(() => void this.#open(), retryInMs)
  }

  /** It ends, and is not tried again automatically. */
  #stop(why: string): void {
    this.#close()
    this.channel.enter({ kind: 'ended', why })
  }

  // ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #send(key: GuestKey, down: boolean): void {
    // noVNC lets nothing out with the lock on; it is asked here as well, for what is sent while the lock changes.
    if (!this.isLocked) this.#rfb?.sendKey(key.keysym, key.code, down)
  }

  #type(press: KeyPress): string | undefined {
    const why = this.whyNot
    if (why !== undefined) return why
    const keys = keysOfPress(press)
    for (const key of keys) this.#send(key, true)
    for (const key of keys.toReversed()) this.#send(key, false)
    return undefined
  }

  /** The one key that is not the guest's: it gives the keyboard back. */
  #keyDown(event: KeyboardEvent): void {
    if (event.key !== 'F6' || !event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    this.host.closest('[data-console]')?.querySelector<HTMLElement>('[data-after]')?.focus()
  }
}
