/**
 * The handshakes of a guest agent's session: which ids are out, which answer counts, and how long to wait for one.
 *
 * An agent answers in order and may be slow. So the answer to any handshake of this round counts, for whatever was
 * asked before it has been answered; answers to the others come later and mean nothing.
 */
import type { SessionPorts } from './ports.ts'

/** Ids that are remembered of each kind. An agent that was away for hours answers everything that piled up. */
const mostIds = 16
/** The longest pause between two handshakes, in milliseconds. Longer: an agent that comes back is found later. */
const longestPauseMs = 30_000
/**
 * The longest wait for the first command, in milliseconds: what a person sends waits for it. Longer: an agent that does
 * not answer it is of use later. Shorter: one that takes ten seconds for each answer is not asked in full.
 */
const longestWaitMs = 60_000

/** Keeps count of handshakes. */
export class Handshakes {
  readonly #leastMs: number
  readonly #ports: Pick<SessionPorts, 'now' | 'random'>
  #tries = 0
  /** What the agent took for the last handshake, in milliseconds. */
  #latencyMs = 0
  #round: { readonly id: number; readonly at: number }[] = []
  #stale: number[] = []

  /** `leastMs`: how long the first wait of a round is at least. */
  constructor(leastMs: number, ports: Pick<SessionPorts, 'now' | 'random'>) {
    this.#leastMs = leastMs
    this.#ports = ports
  }

  get tries(): number {
    return this.#tries
  }

  /** A round begins: answers to earlier handshakes do not count any more. */
  begin(): void {
    this.#tries = 0
    this.#retire()
  }

  /** An id for the next handshake. Fresh, so that an answer to an earlier client's is never taken for this one's. */
  next(): number {
    this.#tries += 1
    const id = 1 + Math.floor(this.#ports.random() * 0x7fff_fffe)
    this.#round = [...this.#round, { id, at: this.#ports.now() }].slice(-mostIds)
    return id
  }

  /** How long to wait for an answer before the next handshake. Ever longer, so that little piles up where nobody reads. */
  get pauseMs(): number {
    const first = Math.max(this.#leastMs, 2 * this.#latencyMs)
    return Math.min(Math.max(first, longestPauseMs), first * 2 ** (this.#tries - 1))
  }

  /** Whether a value answers a handshake of this round, which ends the round. */
  answers(value: unknown): boolean {
    const found = this.#round.find(({ id }) => id === value)
    if (found === undefined) return false
    this.#latencyMs = Math.min(longestPauseMs, this.#ports.now() - found.at)
    this.#round = this.#round.filter((each) => each !== found)
    this.#retire()
    return true
  }

  /** Whether a value is the late answer to a handshake that is not waited for any more. */
  isLate(value: unknown): boolean {
    const at = this.#stale.findIndex((id) => id === value)
    if (at < 0) return false
    this.#stale.splice(at, 1)
    return true
  }

  /**
   * How long the answer to the first command may take: twice what the handshake lets expect, with the handshakes that
   * are still to be answered before it.
   */
  get firstAnswerMs(): number {
    const expected = 2 * this.#latencyMs * (1 + this.#stale.length)
    return Math.min(longestWaitMs, Math.max(this.#leastMs, expected))
  }

  #retire(): void {
    this.#stale = [...this.#stale, ...this.#round.map(({ id }) => id)].slice(-mostIds)
    this.#round = []
  }
}
