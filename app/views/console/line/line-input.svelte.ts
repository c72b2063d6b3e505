/**
 * What a person types into a serial line or a monitor's socket: past the machine's lock, with a question before several pasted
 * lines. Nothing of it is recorded or kept.
 * Tested by e2e/serial.spec.ts.
 */
import type { LineEncoding } from '#record/serial-lines.ts'
import type { App } from '#state/app.svelte.ts'
import type { RawChannel } from '#state/machine/channels/channel.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { LineHandle } from '#state/machine/parts/machine-lines.ts'
import { words } from '#words/sentence.ts'
import { toLatin1 } from './latin1.ts'
import { pastedLines, pasteQuestion } from '../terminal/pasted.ts'

/** Characters of a pasted text. */
const longestPaste = 100_000

/** What the input of a line needs. */
interface InputPorts {
  readonly app: App
  readonly machine: Machine
  readonly channel: RawChannel
  /** The open line; undefined while it is not open. */
  readonly line: () => LineHandle | undefined
  readonly encoding: () => LineEncoding
  readonly focus: () => void
  /** Why a gate before the line would drop it, in a sentence. */
  readonly whyNotSent: () => Promise<string | undefined>
}

/** The input of one line. */
export class LineInput {
  readonly #ports: InputPorts
  /** A hint about the last key. */
  hint = $state('')
  #mayType = false
  #asking = false

  constructor(ports: InputPorts) {
    this.#ports = ports
  }

  /** Keys, or a pasted text, as the terminal sends them. */
  async typed(data: string): Promise<void> {
    this.hint = ''
    // What is pasted comes in one piece; a key is at most an escape sequence.
    const lines = /[\r\n]./s.test(data) ? pastedLines(data.replace(/\r\n?/g, '\n').replace(/\n$/, '')) : []
    if (data.length > longestPaste) {
      this.hint = `What was pasted is too long: ${data.length} characters, ${longestPaste} at most. Nothing was sent.`
      return
    }
    if (lines.length > 1) {
      const yes = await this.#ports.app.confirm.ask(
        pasteQuestion(lines, `${this.#ports.channel.label} of ${this.#ports.machine.name}`),
      )
      this.#ports.focus()
      if (!yes) return
    }
    await this.send(data)
  }

  /** Send a text, past the lock. */
  async send(text: string): Promise<void> {
    const line = this.#ports.line()
    if (
      line === undefined ||
      this.#ports.channel.state.kind === 'lost' ||
      this.#ports.channel.state.kind === 'ended'
    ) {
      this.hint = 'Not connected: nothing was sent.'
      return
    }
    if (!(await this.#passesLock())) return
    const dropped = await this.#ports.whyNotSent()
    if (dropped !== undefined) {
      this.hint = dropped
      return
    }
    // It may have been connected again meanwhile.
    this.#ports
      .line()
      ?.send(this.#ports.encoding() === 'utf-8' ? new TextEncoder().encode(text) : toLatin1(text))
  }

  /** The lock looks at commands; here it can only look at who types. */
  async #passesLock(): Promise<boolean> {
    const { lock, whyReadOnly } = this.#ports.machine.commands
    if (whyReadOnly !== undefined) {
      this.hint = `${whyReadOnly}. Nothing was sent.`
      return false
    }
    if (lock === 'free' || this.#ports.channel.kind !== 'hmp' || this.#mayType) return true
    // Keys that are pressed while the question stands are not collected: they could be its answer.
    if (this.#asking) return false
    this.#asking = true
    this.#mayType = await this.#ports.app.confirm.ask({
      title: words`Type at the monitor of ${this.#ports.machine.name}?`,
      text: [
        'What is typed here goes to QEMU’s own monitor as it is: the lock cannot look at it before it runs. ',
        'The human monitor beside it asks before what is dangerous.',
      ],
      action: ['Type here'],
    })
    this.#asking = false
    this.#ports.focus()
    // The key that led to the question is typed again by whoever agreed.
    return false
  }
}
