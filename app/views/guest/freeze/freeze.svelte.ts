/**
 * Whether the file systems of a guest are frozen, and the dead man's switch: what this page has frozen it thaws after a countdown
 * unless somebody prolongs it. A freeze that it finds and did not begin is told, and left alone.
 * @adr 0059
 */
import type { Result } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import { askAgent, countIn } from '../agent-sender.ts'
import type { AgentSender } from '../agent-sender.ts'
import type { FreezeMark } from './freeze-marks.ts'

/** What it needs of the page and of the agent's connection. */
export interface FreezeNeeds {
  readonly send: AgentSender
  /** guest-fsfreeze-status, asked without a person. Undefined: this agent does not offer it. */
  readonly status: () => Promise<Result<Json, string> | undefined>
  readonly isReady: () => boolean
  /** Keeps the connection open until what it returns is called. */
  readonly use: () => () => void
  readonly marks: {
    read(): FreezeMark | undefined
    /** False where the browser keeps nothing. */
    write(mark: FreezeMark | undefined): boolean
  }
  readonly now: () => number
  /** Calls later; what it returns takes it back. */
  readonly after: (ms: number, then: () => void) => () => void
  /** The agent obeys again: its list of commands is as before. */
  readonly thawed: () => void
}

/** How the guest is, as far as this page knows. */
export type FreezeKind = 'thawed' | 'freezing' | 'frozen' | 'thawing'

/** A thaw that failed, or could not be sent, is tried again after this, in milliseconds. */
export const retryMs = 5000

/** The freeze of one guest. */
export class Freeze {
  readonly #needs: FreezeNeeds
  #kind = $state<FreezeKind>('thawed')
  #since = $state(0)
  #mark = $state.raw<FreezeMark | undefined>(undefined)
  #problem = $state<string | undefined>(undefined)
  #isKept = $state(true)
  #thaws = $state(0)
  #stopTimer: () => void = () => undefined
  #letGo: (() => void) | undefined

  constructor(needs: FreezeNeeds) {
    this.#needs = needs
    // Not at once: whoever asks for it first may be drawing.
    if (needs.marks.read() !== undefined) needs.after(0, () => this.reread())
  }

  get kind(): FreezeKind {
    return this.#kind
  }

  /** Whether its agent refuses everything else now. */
  get isFrozen(): boolean {
    return this.#kind === 'frozen' || this.#kind === 'thawing'
  }

  /** Since when, or when this page has found it so, in milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** The countdown; undefined for a freeze that this browser did not begin. */
  get mark(): FreezeMark | undefined {
    return this.#mark
  }

  /** What went wrong last, a sentence. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether a page that is loaded again will know of it. */
  get isKept(): boolean {
    return this.#isKept
  }

  /** How often it was thawed in this visit: the agent's list of commands was another before. */
  get thaws(): number {
    return this.#thaws
  }

  /** Freeze all file systems for so long. Past the lock, and its question. */
  async freeze(seconds: number): Promise<void> {
    if (this.#kind !== 'thawed') return
    this.#kind = 'freezing'
    this.#problem = undefined
    const letGo = this.#needs.use()
    // Kept before it is sent: whatever becomes of this page meanwhile, the next one looks.
    this.#write(this.#markFor(seconds))
    const reply = await askAgent(this.#needs.send, 'guest-fsfreeze-freeze', undefined)
    if (reply.kind === 'failed' && reply.isCertain) {
      this.#write(undefined)
      this.#kind = 'thawed'
      this.#problem = reply.why
    } else {
      this.#hold(this.#write(this.#markFor(seconds)))
      if (reply.kind === 'failed') this.#problem = `${reply.why}. It counts as frozen until it is thawed.`
      await this.look()
      if (!this.isFrozen && reply.kind === 'returned') this.#problem = nothingFrozen(reply.value)
    }
    letGo()
  }

  /** Thaw all of them now. */
  async thaw(): Promise<void> {
    if (this.#kind !== 'frozen') return
    this.#stopTimer()
    this.#kind = 'thawing'
    const reply = await askAgent(this.#needs.send, 'guest-fsfreeze-thaw', undefined, true)
    this.#kind = 'frozen'
    if (reply.kind === 'failed') {
      this.#problem = `It could not be thawed: ${reply.why}`
      this.#wait(retryMs)
      return
    }
    this.#problem = undefined
    await this.look()
    if (this.isFrozen) {
      this.#problem ??= 'The agent says that it is still frozen.'
      this.#wait(retryMs)
    }
  }

  /** Let it stay frozen for as long again. */
  prolong(): void {
    const mark = this.#mark
    if (mark === undefined || this.#kind !== 'frozen') return
    this.#problem = undefined
    const thawAt = Math.max(this.#needs.now(), mark.thawAt) + mark.seconds * 1000
    this.#hold(this.#write({ ...mark, thawAt }))
  }

  /** Ask the agent: when it is ready, and after each change. */
  async look(): Promise<void> {
    const before = this.#kind
    if (before === 'thawing') return
    const status = await this.#needs.status()
    if (this.#kind !== before || status === undefined || !status.ok) return
    if (status.value === 'frozen') {
      const mark = this.#needs.marks.read() ?? this.#mark
      if (mark !== undefined) this.#hold(mark)
      else this.#find()
    } else if (status.value === 'thawed' && before !== 'freezing') this.#end()
  }

  /** Another tab of this browser has frozen or thawed it. */
  reread(): void {
    const mark = this.#needs.marks.read()
    if (mark !== undefined) this.#hold(mark)
    else if (this.#mark !== undefined && !this.#needs.isReady()) this.#end()
  }

  #markFor(seconds: number): FreezeMark {
    const since = this.#needs.now()
    return { since, thawAt: since + seconds * 1000, seconds }
  }

  #write<Mark extends FreezeMark | undefined>(mark: Mark): Mark {
    this.#isKept = this.#needs.marks.write(mark)
    return mark
  }

  /** Frozen, by this browser. */
  #hold(mark: FreezeMark): void {
    this.#mark = mark
    this.#since = mark.since
    this.#kind = 'frozen'
    this.#letGo ??= this.#needs.use()
    this.#wait(mark.thawAt - this.#needs.now())
  }

  /** Frozen, by somebody else. */
  #find(): void {
    if (this.#kind !== 'frozen') this.#since = this.#needs.now()
    this.#kind = 'frozen'
    this.#letGo ??= this.#needs.use()
  }

  #end(): void {
    this.#stopTimer()
    const wasFrozen = this.isFrozen
    if (this.#mark !== undefined || this.#needs.marks.read() !== undefined) this.#write(undefined)
    this.#mark = undefined
    this.#kind = 'thawed'
    this.#problem = undefined
    this.#letGo?.()
    this.#letGo = undefined
    if (!wasFrozen) return
    this.#thaws += 1
    this.#needs.thawed()
  }

  #wait(ms: number): void {
    this.#stopTimer()
    if (this.#mark === undefined) return
    this.#stopTimer = this.#needs.after(Math.max(0, ms), () => {
      if (this.#needs.isReady()) void this.thaw()
      else {
        this.#problem = 'Its agent is not connected: it is thawed when the agent is back.'
        this.#wait(retryMs)
      }
    })
  }
}

function nothingFrozen(reply: Json): string {
  const frozen = countIn({ frozen: reply }, 'frozen')
  return frozen === 0
    ? 'Nothing was frozen: the guest has no file system that can be.'
    : 'The agent says that nothing is frozen.'
}
