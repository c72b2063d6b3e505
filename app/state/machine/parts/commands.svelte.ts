/**
 * The commands of one machine: every one goes out through `run` or `sendRaw` (a person's, past the lock), `call` (the
 * page's own queries, those of a table), `callAgain` (watched) or `askAbout` (nothing runs).
 * Tested by app/views/command/results.test.ts and e2e/lock.spec.ts.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Outcome, QueueSnapshot, RawOutcome, Ticket } from '#qmp/report.ts'
import { whyNotUnasked } from '#qapi/check/own-queries.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import { isProbed } from '#qapi/check/probe.ts'
import type { QomTypes } from '#qapi/model/device-types.ts'
import type { MachineLink } from '../../platform.ts'
import { describeOutcome } from '#words/outcome.ts'
import { later } from '../../later.ts'
import type { Lock } from '../../page/settings.svelte.ts'
import type { LockAnswer, LockRules } from '../lock.ts'
import type { Refused, RunResult } from './run-result.ts'
import type { MachineNeeds } from './needs.ts'
import type { MachineSource } from './source.ts'

/** How a command is to be run. */
export interface RunOptions {
  readonly oob?: boolean
  /** Default 30,000. */
  readonly deadlineMs?: number
  /** A ticket made beforehand, so that the command can be cancelled or found in the timeline while it waits. */
  readonly ticket?: Ticket
  /**
   * It ends, or goes on with, what the person has agreed to in a question: no further question is asked. What the lock refuses
   * stays refused.
   */
  readonly isAgreed?: boolean
}

const defaultDeadlineMs = 30_000
/** How long a query of the page's own may take, in milliseconds. */
const queryMs = 10_000
/**
 * The same of a guest agent, which is as slow as its guest and answers one question after the other. Shorter: a slow one
 * is never done. Longer: where this is never answered, what a person sends meanwhile waits beyond its own 30 s.
 */
const agentQueryMs = 20_000
const noRules =
  'the rules of its lock have not come from the server of this page. Nothing was sent. Is that server still running?'

/** Few machines are asked for their types. */
const loadTypes = later(() => import('#qapi/model/device-types.ts'))

const nothingWaits: QueueSnapshot = { pending: [], blockedBy: undefined }

/** Sends commands, and knows which of them wait. */
export class Commands {
  readonly #needs: Pick<MachineNeeds, 'confirm' | 'lockRules' | 'settings'>
  readonly #source: MachineSource
  readonly #link: () => Pick<MachineLink, 'execute' | 'sendRaw' | 'calls'>
  readonly #connection: () => ConnectionState
  readonly #isWatched: () => boolean
  #tickets = 0
  #hasChanged = $state(false)
  #queue = $state.raw<QueueSnapshot>(nothingWaits)
  /** The types that a person had listed on this connection. */
  #types = $state.raw<{ readonly on: ConnectionState; readonly types: QomTypes } | undefined>(undefined)

  /** `link` is the link to the worker that runs now; `isWatched`: this page may only watch. */
  constructor(
    needs: Pick<MachineNeeds, 'confirm' | 'lockRules' | 'settings'>,
    source: MachineSource,
    link: () => Pick<MachineLink, 'execute' | 'sendRaw' | 'calls'>,
    connection: () => ConnectionState,
    isWatched: () => boolean = () => false,
  ) {
    this.#isWatched = isWatched
    this.#needs = needs
    this.#source = source
    this.#link = link
    this.#connection = connection
  }

  /** A machine has one lock, whatever channel a command goes by. */
  get #lockId(): string {
    return this.#source.companionOf ?? this.#source.id
  }

  get lock(): Lock {
    return this.#isRecording || this.#isWatched() ? 'read-only' : this.#needs.settings.lockOf(this.#lockId)
  }

  setLock(lock: Lock): void {
    if (!this.#isRecording && !this.#isWatched()) this.#needs.settings.setLock(this.#lockId, lock)
  }

  /** Why nothing that could change the machine is sent, in words without a full stop; undefined where it is. */
  get whyReadOnly(): string | undefined {
    const { name } = this.#source
    if (this.#isWatched()) return `You watch ${name}: your key lets you change nothing`
    return this.lock === 'read-only' ? `${name} is locked: read only` : undefined
  }

  /** The lock as its rules know it. */
  get #rule(): Lock | 'watch' {
    return this.#isWatched() ? 'watch' : this.lock
  }

  /** Whether a person has sent a command that changes something. */
  get hasChanged(): boolean {
    return this.#hasChanged
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
    let changes = false as boolean
    const refused = await this.#pastLock((rules) => {
      changes = rules.commandEffect(name, args).kind !== 'reads'
      return rules.lockOnCommand(this.#rule, this.#source.name, name, args)
    }, options.isAgreed)
    if (refused !== undefined) return refused
    if (changes) this.#hasChanged = true
    const outcome = await this.#link().execute({
      name,
      arguments: args,
      oob: options.oob ?? false,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      ticket: options.ticket ?? this.newTicket(),
      origin: 'person',
    })
    await this.#learn(name, args, outcome)
    return outcome
  }

  /** Send one line as it is, past the lock. What failed is the lock's refusal, or the person's. */
  async sendRaw(line: string, deadlineMs = defaultDeadlineMs): Promise<Result<RawOutcome, Refused>> {
    const refused = await this.#pastLock((rules) => rules.lockOnLine(this.#rule, this.#source.name, line))
    if (refused !== undefined) return err(refused)
    const sent = await this.#link().sendRaw(line, deadlineMs, this.newTicket())
    if (sent.kind === 'command') {
      const command = (await this.#needs.lockRules())?.commandInLine(line)
      if (command !== undefined) await this.#learn(command.name, command.arguments, sent.outcome)
    }
    return ok(sent)
  }

  /** A ticket for `run`, the door of `Ticket`: a number that no other request to this machine has. */
  newTicket(): Ticket {
    this.#tickets += 1
    return this.#tickets as Ticket
  }

  /** Take a queued command back. False when it was already sent. */
  cancel(ticket: Ticket): Promise<boolean> {
    return this.#link().calls.cancel(ticket)
  }

  /** Run a query for the page itself: one of the table, and only as the table lets it out. The failure is a sentence. */
  async call(
    name: OwnQuery,
    args?: JsonObject,
    deadlineMs = this.#source.protocol === 'agent' ? agentQueryMs : queryMs,
  ): Promise<Result<Json, string>> {
    const whyNot = await whyNotUnasked(name, args, this.types)
    if (whyNot !== undefined) return err(whyNot)
    return this.#query(name, args, deadlineMs)
  }

  /** Ask again what a person has asked once, while they watch it. Only what changes nothing. The failure is a sentence. */
  async callAgain(
    name: string,
    args: JsonObject | undefined,
    deadlineMs: number,
  ): Promise<Result<Json, string>> {
    const rules = await this.#needs.lockRules()
    if (rules === undefined) return err(`${name} is not repeated: ${noRules}`)
    if (rules.commandEffect(name, args).kind !== 'reads')
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
      ticket: this.newTicket(),
      origin: 'page',
    })
  }

  /** What a person had listed need not be asked for again. */
  async #learn(name: string, args: JsonObject | undefined, outcome: Outcome): Promise<void> {
    // With `implements` it would be a part of the types only.
    if (name !== 'qom-list-types' || outcome.kind !== 'returned' || args?.implements !== undefined) return
    const on = this.#connection()
    const code = await loadTypes()
    if (code !== undefined) this.#types = { on, types: code.readTypes(outcome.value) }
  }

  /** `ask` asks the rules: the lock counts as it is when they are there. */
  async #pastLock(ask: (rules: LockRules) => LockAnswer, isAgreed = false): Promise<Refused | undefined> {
    if (this.#isRecording) {
      const why = `${this.#source.name} is a recording: nothing can be sent.`
      return { kind: 'refused', by: 'lock', why }
    }
    const rules = await this.#needs.lockRules()
    if (rules === undefined) return { kind: 'refused', by: 'lock', why: `${this.#source.name}: ${noRules}` }
    const answer = ask(rules)
    if (answer.kind === 'refuse') return { kind: 'refused', by: 'lock', why: answer.why }
    if (answer.kind === 'pass' || isAgreed || (await this.#needs.confirm.ask(answer.question)))
      return undefined
    return { kind: 'refused', by: 'person', why: 'Not sent, as you chose.' }
  }
}
