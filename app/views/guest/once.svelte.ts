/** One command of a part of this view at a time, and what became of it in a sentence. */
import type { Json, JsonObject } from '#base/json/value.ts'
import { describeOutcome } from '#words/outcome.ts'
import type { AgentSender } from './agent-sender.ts'

/** What became of the last command. */
export interface OnceSaid {
  readonly kind: 'good' | 'own' | 'bad'
  /** A sentence. */
  readonly words: string
}

/** The commands of one part. */
export class Once {
  #running = $state<string | undefined>(undefined)
  #said = $state.raw<OnceSaid | undefined>(undefined)

  /** Why another cannot be sent now; undefined where it can. */
  get why(): string | undefined {
    return this.#running === undefined ? undefined : `${this.#running} is running`
  }

  get said(): OnceSaid | undefined {
    return this.#said
  }

  /** Send a command past the lock. `words` makes a sentence of its return. True when it did what it should, or was sent. */
  async run(
    sender: AgentSender,
    name: string,
    args: JsonObject | undefined,
    words: (value: Json) => string,
    deadlineMs?: number,
  ): Promise<boolean> {
    if (this.#running !== undefined) return false
    this.#running = name
    this.#said = undefined
    const result = await sender.run(name, args, deadlineMs === undefined ? {} : { deadlineMs })
    this.#running = undefined
    switch (result.kind) {
      case 'returned':
        this.#said = { kind: 'good', words: words(result.value) }
        return true
      case 'sent':
        this.#said = { kind: 'good', words: `${name}: ${describeOutcome(result)}.` }
        return true
      case 'refused':
        this.#said = { kind: result.by === 'person' ? 'own' : 'bad', words: result.why }
        return false
      default:
        this.#said = { kind: 'bad', words: `${name}: ${describeOutcome(result)}` }
        return false
    }
  }
}
