/**
 * The commands of one machine: every one goes out through `run` or `sendRaw` (a person's, past the lock), `call` (the
 * page's own queries, those of a table), `callAgain` (watched) or `askAbout` (nothing runs).
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Outcome, QueueSnapshot, RawOutcome, Ticket } from '#qmp/report.ts'
import { commandEffect, commandInLine } from '#qapi/check/effect.ts'
import { whyNotUnasked } from '#qapi/check/own-queries.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import { isProbed } from '#qapi/check/verdict.ts'
import { readTypes } from '#qapi/model/device-types.ts'
import type { QomTypes } from '#qapi/model/device-types.ts'
import { nextTicket } from '#link/worker-link.ts'
import type { WorkerLink } from '#link/worker-link.ts'
import { describeOutcome } from '#words/outcome.ts'
import { confirm } from '../../page/confirm.svelte.ts'
import { settings } from '../../page/settings.svelte.ts'
import type { Lock } from '../../page/settings.svelte.ts'
import { lockOnCommand, lockOnLine } from '../lock.ts'
import type { LockAnswer } from '../lock.ts'
import type { Refused, RunResult } from './run-result.ts'
import type { MachineSource } from './source.ts'

/** How a command is to be run. */
export interface RunOptions {
  readonly oob?: boolean
  /** Default 30,000. */
  readonly deadlineMs?: number
  /** A ticket made beforehand, so that the command can be cancelled or found in the timeline while it waits. */
  readonly ticket?: Ticket
}

const defaultDeadlineMs = 30_000
/** How long a query of the page's own may take, in milliseconds. */
const queryMs = 10_000
/**
 * The same of a guest agent, which is as slow as its guest and answers one question after the other. Shorter: a slow one
 * is never done. Longer: where this is never answered, what a person sends meanwhile waits beyond its own 30 s.
 */
const agentQueryMs = 20_000
const nothingWaits: QueueSnapshot = { pending: [], blockedBy: undefined }

/** Sends commands, and knows which of them wait. */
export class Commands {
  readonly #source: MachineSource
  readonly #link: () => Pick<WorkerLink, 'execute' | 'sendRaw' | 'cancel'>
  readonly #connection: () => ConnectionState
  #queue = $state.raw<QueueSnapshot>(nothingWaits)
  /** The types that a person had listed on this connection. */
  #types = $state.raw<{ readonly on: ConnectionState; readonly types: QomTypes } | undefined>(undefined)

  /** `link` is the link to the worker that runs now. */
  constructor(
    source: MachineSource,
    link: () => Pick<WorkerLink, 'execute' | 'sendRaw' | 'cancel'>,
    connection: () => ConnectionState,
  ) {
    this.#source = source
    this.#link = link
    this.#connection = connection
  }

  get lock(): Lock {
    return this.#isRecording ? 'read-only' : settings.lockOf(this.#source.id)
  }

  setLock(lock: Lock): void {
    if (!this.#isRecording) settings.setLock(this.#source.id, lock)
  }

  /** What was sent or waits to be sent, as the worker said last. */
  get queue(): QueueSnapshot {
    return this.#queue
  }

  takeQueue(queue: QueueSnapshot = nothingWaits): void {
    this.#queue = queue
  }

  /**
   * All types of this machine, if a person had them listed on this connection. The page asks for them only then, since
   * QEMU loads all its modules for that.
   */
  get types(): QomTypes | undefined {
    return this.#types?.on === this.#connection() ? this.#types.types : undefined
  }

  /**
   * Run a command for a person: past the machine's lock, and after a question where it is dangerous.
   * Always resolves, with exactly one result.
   */
  async run(name: string, args: JsonObject | undefined, options: RunOptions = {}): Promise<RunResult> {
    const refused = await this.#pastLock(lockOnCommand(this.lock, this.#source.name, name, args))
    if (refused !== undefined) return refused
    const outcome = await this.#link().execute({
      name,
      arguments: args,
      oob: options.oob ?? false,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      ticket: options.ticket ?? nextTicket(),
      origin: 'person',
    })
    this.#learn(name, args, outcome)
    return outcome
  }

  /** Send one line as it is, past the lock. What failed is the lock's refusal, or the person's. */
  async sendRaw(line: string, deadlineMs = defaultDeadlineMs): Promise<Result<RawOutcome, Refused>> {
    const refused = await this.#pastLock(lockOnLine(this.lock, this.#source.name, line))
    if (refused !== undefined) return err(refused)
    const sent = await this.#link().sendRaw(line, deadlineMs, nextTicket())
    const command = commandInLine(line)
    if (sent.kind === 'command' && command !== undefined)
      this.#learn(command.name, command.arguments, sent.outcome)
    return ok(sent)
  }

  /** A ticket for `run`. */
  newTicket(): Ticket {
    return nextTicket()
  }

  /** Take a queued command back. False when it was already sent. */
  cancel(ticket: Ticket): Promise<boolean> {
    return this.#link().cancel(ticket)
  }

  /** Run a query for the page itself: one of the table, and only as the table lets it out. The failure is a sentence. */
  async call(
    name: OwnQuery,
    args?: JsonObject,
    deadlineMs = this.#source.protocol === 'agent' ? agentQueryMs : queryMs,
  ): Promise<Result<Json, string>> {
    const whyNot = whyNotUnasked(name, args, this.types)
    if (whyNot !== undefined) return err(whyNot)
    return this.#query(name, args, deadlineMs)
  }

  /** Ask again what a person has asked once, while they watch it. Only what changes nothing. The failure is a sentence. */
  async callAgain(
    name: string,
    args: JsonObject | undefined,
    deadlineMs: number,
  ): Promise<Result<Json, string>> {
    if (commandEffect(name, args).kind !== 'reads')
      return err(`${name} is not repeated: it may change something.`)
    return this.#query(name, args, deadlineMs)
  }

  /**
   * Ask about arguments with a member in them that no command has: the error is the answer, and nothing runs. Past the
   * lock, since nothing changes.
   */
  async askAbout(
    name: string,
    args: JsonObject,
  ): Promise<{ readonly desc: string } | { readonly why: string }> {
    if (!isProbed(args)) return { why: 'it is only asked with a member that no command has.' }
    const outcome = await this.#own(name, args, queryMs)
    if (outcome.kind === 'failed') return { desc: outcome.error.desc }
    return {
      why: outcome.kind === 'returned' ? 'it ran, which it should not have.' : describeOutcome(outcome),
    }
  }

  get #isRecording(): boolean {
    return this.#source.from === 'file'
  }

  async #query(
    name: string,
    args: JsonObject | undefined,
    deadlineMs: number,
  ): Promise<Result<Json, string>> {
    const outcome = await this.#own(name, args, deadlineMs)
    return outcome.kind === 'returned' ? ok(outcome.value) : err(describeOutcome(outcome))
  }

  #own(name: string, args: JsonObject | undefined, deadlineMs: number): Promise<Outcome> {
    return this.#link().execute({
      name,
      arguments: args,
      oob: false,
      deadlineMs,
      ticket: nextTicket(),
      origin: 'page',
    })
  }

  /** What a person had listed need not be asked for again. */
  #learn(name: string, args: JsonObject | undefined, outcome: Outcome): void {
    // With `implements` it would be a part of the types only.
    if (name !== 'qom-list-types' || outcome.kind !== 'returned' || args?.implements !== undefined) return
    this.#types = { on: this.#connection(), types: readTypes(outcome.value) }
  }

  async #pastLock(answer: LockAnswer): Promise<Refused | undefined> {
    if (this.#isRecording) {
      const why = `${this.#source.name} is a recording: nothing can be sent.`
      return { kind: 'refused', by: 'lock', why }
    }
    if (answer.kind === 'refuse') return { kind: 'refused', by: 'lock', why: answer.why }
    if (answer.kind === 'pass' || (await confirm.ask(answer.question))) return undefined
    return { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' }
  }
}
