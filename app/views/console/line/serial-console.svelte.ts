/**
 * A serial line, or the human monitor's own socket, as a terminal. It belongs to a machine, not to a view: its text stays when
 * views change, panes swap or the connection is lost, and it stays connected, so that what is printed is recorded, until a
 * person lets go of it.
 * Tested by e2e/serial.spec.ts.
 * @adr 0055
 */
import { tick } from 'svelte'
import type { FromLine, LineOrder } from '#api/line.ts'
import type { LineEncoding } from '#record/serial-lines.ts'
import type { App } from '#state/app.svelte.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { LineHandle } from '#state/machine/parts/machine-lines.ts'
import { lossSentence } from '#words/connection-banner.ts'
import { clock } from '#words/format.ts'
import { readLook } from '../terminal/theme.ts'
import { LineInput } from './line-input.svelte.ts'
import { fromLatin1 } from './latin1.ts'
import { chardevOf } from './chardev.ts'
import type { LineChardev } from './chardev.ts'
import { ownKey } from './own-key.ts'
import { pause, untilReady, waitForTurn } from './line-turn.ts'
import { SharedLine } from './shared-line.svelte.ts'
import { WritingPace } from './writing-pace.ts'
import type { MarginTime, RawScreen } from './raw-screen.ts'

/** How long a human monitor may say nothing before somebody else has it, in milliseconds: it greets at once. */
const silentMs = 3000

/** One line of one machine. */
export class SerialConsole {
  readonly machine: Machine
  readonly channel: RawChannel
  readonly host: HTMLDivElement = document.createElement('div')
  #screen: RawScreen | undefined
  #loading: Promise<void> | undefined
  #line: LineHandle | undefined
  readonly #pace = new WritingPace((bytes) => this.#line?.taken(bytes))
  #lostAt: number | undefined
  #heard = $state(false)
  /** Nobody had the line when this page opened it. */
  #wasFree = $state(false)
  #isPreparing = false
  #isOver = false
  #silent: ReturnType<typeof setTimeout> | undefined
  #onsearch: () => void = () => undefined
  /** Which view shows it. */
  #place = $state.raw<object | undefined>(undefined)
  #failure = $state<string | undefined>(undefined)
  #screenReader = $state(false)
  #encoding = $state<LineEncoding>('utf-8')
  #showsTimes = $state(false)
  #times = $state.raw<readonly MarginTime[]>([])
  #chardev = $state.raw<LineChardev | undefined>(undefined)
  #skipped = $state(0)
  #size = $state('')
  /** It is known whether somebody else has the line, or nobody tells. */
  #mayOpen = $state(false)
  readonly #input: LineInput
  /** What a gate before the line tells of it. */
  readonly shared: SharedLine
  readonly #end: () => void

  constructor(app: App, machine: Machine, channel: RawChannel) {
    this.machine = machine
    this.channel = channel
    this.host.className = 'console-host'
    this.shared = new SharedLine({
      ...{ app, machine, channel },
      send: (bytes) => this.#line?.send(bytes),
      say: (hint) => (this.#input.hint = hint),
    })
    this.#input = new LineInput({
      ...{ app, machine, channel },
      whyNotSent: () => this.shared.whyNotSent(),
      line: () => this.#line,
      encoding: () => this.#encoding,
      focus: () => this.focus(),
    })
    channel.use()
    this.#end = $effect.root(() => {
      $effect(() => {
        const { dial, wanted, url } = channel
        const encoding = this.#encoding
        if (!this.#screenIsThere) return
        if (this.#mayOpen) this.#follow(wanted ? dial : undefined, url, encoding)
        else if (wanted && dial !== undefined) void this.#prepare()
      })
    })
  }

  /** The terminal is loaded: nothing is opened before, for nobody could see it. */
  #screenIsThere = $state(false)

  get failure(): string | undefined {
    return this.#failure
  }

  /** A hint about the last key or button. */
  get hint(): string {
    return this.#input.hint
  }

  get screenReader(): boolean {
    return this.#screenReader
  }

  get encoding(): LineEncoding {
    return this.#encoding
  }

  get showsTimes(): boolean {
    return this.#showsTimes
  }

  /** The times of the lines in sight. */
  get times(): readonly MarginTime[] {
    return this.#times
  }

  /** The height of a row, in pixels. */
  get rowHeight(): number {
    // Read with the times: they change when it does.
    return this.#times.length === 0 ? 0 : (this.#screen?.rowHeight ?? 0)
  }

  /** Bytes that came too fast to be shown. */
  get skipped(): number {
    return this.#skipped
  }

  /** It is connected, and nobody can tell yet whether QEMU serves this page or another program. */
  get isUnsure(): boolean {
    return this.isSilent && !this.#wasFree && this.shared.status === undefined
  }

  /** It is this page's, and nothing came on it. */
  get isSilent(): boolean {
    return this.channel.kind === 'serial' && this.channel.state.kind === 'ready' && !this.#heard
  }

  /** The chardev of the line, as far as the monitor tells. */
  get chardev(): LineChardev | undefined {
    return this.#chardev
  }

  get selection(): string {
    return this.#screen?.selection ?? ''
  }

  /** What `stty` would be told. */
  get size(): string {
    return this.#size
  }

  isShownIn(place: object): boolean {
    return this.#place === place
  }

  /** Put the terminal into a view; another view that has it loses it. */
  async show(parent: HTMLElement, place: object, onsearch: () => void): Promise<void> {
    this.#onsearch = onsearch
    this.#place = place
    parent.append(this.host)
    void this.#prepare()
    if (this.#screen === undefined) {
      this.#loading ??= this.#load()
      await this.#loading
      this.#loading = undefined
      return
    }
    this.fit()
    this.refreshLook()
  }

  hide(place: object): void {
    if (this.#place !== place) return
    this.#place = undefined
    this.host.remove()
  }

  focus(): void {
    this.#screen?.focus()
  }

  fit(): void {
    if (this.host.isConnected && this.host.clientWidth > 0) this.#screen?.fit()
  }

  refreshLook(): void {
    if (this.host.isConnected) this.#screen?.setLook(readLook(this.host))
  }

  setScreenReader(on: boolean): void {
    this.#screenReader = on
    this.#screen?.setScreenReader(on)
  }

  setEncoding(encoding: LineEncoding): void {
    this.#encoding = encoding
  }

  setShowsTimes(on: boolean): void {
    this.#showsTimes = on
    this.#times = on ? (this.#screen?.times() ?? []) : []
    void tick().then(() => this.fit())
  }

  text(): string {
    return this.#screen?.text() ?? ''
  }

  clear(): void {
    this.#screen?.clear()
  }

  find(text: string, backwards: boolean, growing: boolean): boolean {
    return this.#screen?.find(text, backwards, growing) ?? false
  }

  /** Type the size of the terminal at the guest's shell: nobody else tells it. */
  typeSize(): void {
    void this.#input.send(`${this.size}\r`)
    this.focus()
  }

  /** Send a break: what a boot loader or the SysRq of a serial console waits for. */
  async sendBreak(): Promise<void> {
    const id = (await this.#lookAtChardev())?.id
    if (id === undefined) {
      this.#input.hint = 'The monitor does not tell which chardev this line has, so no break can be sent.'
      return
    }
    const result = await this.machine.commands.run('chardev-send-break', { id })
    this.#input.hint =
      result.kind === 'returned'
        ? 'A break was sent.'
        : result.kind === 'failed'
          ? `chardev-send-break: ${result.error.desc}`
          : 'No break was sent.'
    this.focus()
  }

  dispose(): void {
    this.#isOver = true
    this.#end()
    clearTimeout(this.#silent)
    this.#line?.close()
    this.host.remove()
    this.#screen?.dispose()
    this.#screen = undefined
  }

  // ── the terminal ─────────────────────────────────────────────────────────────────────────────────────────────

  async #load(): Promise<void> {
    try {
      const { RawScreen } = await import('./raw-screen.ts')
      if (!this.host.isConnected) return
      const label = `${this.channel.label} of ${this.machine.name}: input`
      this.#screen = new RawScreen(this.host, label, readLook(this.host), this.#screenReader, {
        data: (data) => void this.#input.typed(data),
        keyDown: (event) =>
          ownKey(event, {
            host: this.host,
            search: this.#onsearch,
            selection: () => this.selection,
            say: (words) => (this.#input.hint = words),
          }),
        moved: () => {
          if (this.#showsTimes) this.#times = this.#screen?.times() ?? []
        },
        resized: () => (this.#size = sizeOf(this.#screen)),
      })
      this.#size = sizeOf(this.#screen)
      this.#failure = undefined
      this.#screenIsThere = true
    } catch (error) {
      this.#failure = `The terminal could not be loaded: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  // ── the connection ───────────────────────────────────────────────────────────────────────────────────────────

  #follow(dial: string | undefined, url: string, encoding: LineEncoding): void {
    if (dial === undefined) {
      if (this.#line === undefined) return
      this.#line.close()
      this.#line = undefined
      // Whoever takes it up again asks first.
      this.#mayOpen = false
      clearTimeout(this.#silent)
      this.shared.closed()
      this.channel.enter({ kind: 'ended', why: undefined })
      this.#screen?.rule(`disconnected ${clock(Date.now())}`)
      this.#lostAt = undefined
      return
    }
    const order: LineOrder = {
      ...{ name: this.channel.name, url, dial, encoding },
      isRecorded: this.channel.kind === 'serial',
    }
    if (this.#line === undefined)
      this.#line = this.machine.lines.open(order, (message) => this.#take(message))
    else this.#line.change(order)
  }

  #take(message: FromLine): void {
    switch (message.kind) {
      case 'bytes': {
        if (!this.#heard) this.#hear()
        const { bytes } = message
        const data = this.#encoding === 'utf-8' ? bytes : fromLatin1(bytes)
        this.#pace.came(bytes.length)
        this.#screen?.write(data, Date.now(), () => this.#pace.shown(bytes.length))
        return
      }
      case 'skipped':
        this.#skipped += message.bytes
        this.#screen?.rule(`${message.bytes} bytes came too fast to be shown; their rows are recorded`)
        return
      case 'state': {
        const { state } = message
        if (state.kind !== 'ready') this.shared.closed()
        if (state.kind === 'ready') this.#ready()
        else if (state.kind === 'lost') {
          const why = lossSentence(state.reason, this.channel.label).replace(/^Lost: /, '')
          if (this.#lostAt === undefined) this.#lostAt = Date.now()
          this.#wasFree = false
          clearTimeout(this.#silent)
          this.channel.enter({ kind: 'lost', why, retryInMs: state.retryInMs })
        } else if (state.kind === 'ended') this.channel.enter({ kind: 'ended', why: state.why })
        else if (this.#lostAt === undefined) this.channel.enter(state)
      }
    }
  }

  #ready(): void {
    if (this.#lostAt !== undefined)
      this.#screen?.rule(`lost ${clock(this.#lostAt)}, back ${clock(Date.now())}`)
    this.#lostAt = undefined
    this.#heard = false
    this.channel.enter({ kind: 'ready' })
    this.shared.opened()
    if (this.channel.kind === 'hmp')
      this.#silent = setTimeout(() => this.channel.enter({ kind: 'occupied' }), silentMs)
    void this.#lookAtChardev()
  }

  #hear(): void {
    this.#heard = true
    clearTimeout(this.#silent)
    if (this.channel.state.kind === 'occupied') this.channel.enter({ kind: 'ready' })
  }

  /** Asks before the line is opened: once it is, QEMU tells of this page as of anybody. */
  async #prepare(): Promise<void> {
    if (this.#mayOpen || this.#isPreparing) return
    this.#isPreparing = true
    const { machine, channel } = this
    if (machine.channels.hasMonitor) await untilReady(() => machine.isReady)
    // QEMU serves a gate, and a gate everybody: it would be waited for in vain.
    const turn = (await this.shared.isShared())
      ? 'free'
      : await waitForTurn({
          look: () => this.#lookAtChardev(),
          taken: () => channel.enter({ kind: 'occupied' }),
          isWanted: () => channel.wanted && !this.#isOver,
          wait: pause,
        })
    this.#isPreparing = false
    if (turn !== undefined) {
      this.#wasFree = turn === 'free'
      this.#mayOpen = true
    } else if (!this.#isOver) channel.enter({ kind: 'ended', why: undefined })
  }

  /** What the monitor says of the line; undefined where it says nothing. */
  async #lookAtChardev(): Promise<LineChardev | undefined> {
    const { machine, channel } = this
    if (!machine.isReady || machine.protocol !== 'qmp') return undefined
    const reply = await machine.commands.call('query-chardev')
    if (!reply.ok) return undefined
    this.#chardev = chardevOf(reply.value, `${machine.id}.${channel.name}`)
    return this.#chardev
  }
}

const sizeOf = (screen: RawScreen | undefined): string =>
  screen === undefined ? '' : `stty rows ${screen.rows} cols ${screen.columns}`
