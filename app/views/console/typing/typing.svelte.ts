/**
 * Types a text, a character at a time: progress, cancel, and the modifiers released at the end, however it ends.
 * Tested by app/views/console/typing/typing.test.ts.
 */
import type { KeyPress, Stroke } from './strokes.ts'

/** Milliseconds between two keys. Guests lose keys that come faster; slower only takes longer. */
const strokeMs = 25

/** How keys reach the guest. */
export interface TypingPorts {
  /** Press and release a key. Why it could not: a sentence, which ends the typing. */
  type(press: KeyPress): string | undefined | Promise<string | undefined>
  /** Release all modifiers. */
  release(): void
  wait(ms: number): Promise<void>
}

/** One text at a time. */
export class Typing {
  readonly #ports: TypingPorts
  #done = $state(0)
  #all = $state(0)
  #isOn = $state(false)
  #said = $state('')
  #cancelled = false

  constructor(ports: TypingPorts) {
    this.#ports = ports
  }

  /** Whether a text is being typed. */
  get isOn(): boolean {
    return this.#isOn
  }

  /** How far it is, or how it ended. */
  get words(): string {
    return this.#isOn ? `${this.#done} of ${this.#all}` : this.#said
  }

  cancel(): void {
    this.#cancelled = true
  }

  /** As a call: it changes while a key is waited for. */
  #isCancelled(): boolean {
    return this.#cancelled
  }

  /** Type a text. A second one waits for nobody: it is not taken while the first is typed. */
  async start(strokes: readonly Stroke[]): Promise<void> {
    if (this.#isOn) return
    this.#isOn = true
    this.#cancelled = false
    this.#done = 0
    this.#all = strokes.length
    let why: string | undefined
    try {
      for (const stroke of strokes) {
        if (this.#isCancelled()) break
        for (const press of stroke) {
          why = await this.#ports.type(press)
          if (why !== undefined) break
          await this.#ports.wait(strokeMs)
        }
        if (why !== undefined) break
        this.#done += 1
      }
    } finally {
      this.#ports.release()
      this.#isOn = false
    }
    const count = `${this.#done} of ${this.#all} characters`
    this.#said =
      why !== undefined
        ? `${why} ${count} were typed.`
        : this.#done < this.#all
          ? `Cancelled: ${count} were typed.`
          : `${count} were typed.`
  }
}
