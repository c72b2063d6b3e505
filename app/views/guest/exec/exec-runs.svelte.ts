/**
 * Programs that a person runs in a guest through its agent: started past the lock, asked about at growing intervals, ended
 * at a time limit by a second program. The runs of this visit are kept without input and environment.
 * Tested by app/views/guest/exec/exec-runs.test.ts and e2e/guest.spec.ts.
 */
import { askAgent } from '../agent-sender.ts'
import type { AgentSender } from '../agent-sender.ts'
import { execArguments, killArguments, readExecStatus, readPid, statusWait } from './exec-reply.ts'
import type { ExecForm, ExecStatus } from './exec-reply.ts'

/** The clock and the waiting. */
export interface ExecClock {
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** What of a run is kept so that it can be filled in again: its input and environment may hold secrets. */
type ExecAgain = Pick<ExecForm, 'program' | 'inShell' | 'isWindows' | 'args'>

/** One run. Times in milliseconds since the epoch. */
export interface ExecRun {
  readonly id: number
  /** The line of the shell, or the program with its arguments: to be read. */
  readonly program: string
  /** To be run again. Undefined where it is too long to be kept. */
  readonly form: ExecAgain | undefined
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly pid: number | undefined
  readonly end: Extract<ExecStatus, { kind: 'exited' }> | undefined
  /** Why it was ended from here. */
  readonly killed: string | undefined
  /** What went wrong, a sentence. */
  readonly problem: string | undefined
}

/** Runs that are kept of a visit; the oldest go. */
const mostRuns = 30
/** Characters of a program that are kept. */
const longestProgram = 500
/** A program that does not end after it was killed is given up after this. */
const killMs = 10_000

const realClock: ExecClock = {
  now: () => Date.now(),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
}

/** The runs in one guest. */
export class ExecRuns {
  readonly #send: AgentSender
  readonly #clock: ExecClock
  readonly #use: () => () => void
  #ids = 0
  #stop: string | undefined
  #runs = $state.raw<readonly ExecRun[]>([])
  #current = $state<number | undefined>(undefined)

  /** `use` keeps the connection open until what it returns is called. */
  constructor(
    send: AgentSender,
    clock: ExecClock = realClock,
    use: () => () => void = () => () => undefined,
  ) {
    this.#send = send
    this.#clock = clock
    this.#use = use
  }

  /** The newest first. */
  get runs(): readonly ExecRun[] {
    return this.#runs
  }

  /** The one that is running. */
  get current(): ExecRun | undefined {
    return this.#runs.find(({ id }) => id === this.#current)
  }

  /** End the one that is running. */
  cancel(): void {
    this.#stop ??= 'cancelled'
  }

  /** Run a program, and wait for its end. One at a time. What the lock or the person refuses is said in its problem. */
  async start(form: ExecForm, limitMs: number): Promise<void> {
    if (this.#current !== undefined) return
    this.#ids += 1
    const id = this.#ids
    this.#stop = undefined
    const program = form.inShell ? form.program : [form.program, ...form.args.split('\n')].join(' ').trim()
    const { inShell, isWindows, args } = form
    const run: ExecRun = {
      id,
      form: program.length > longestProgram ? undefined : { program: form.program, inShell, isWindows, args },
      program: program.slice(0, longestProgram),
      startedAt: this.#clock.now(),
      ...{ endedAt: undefined, pid: undefined, end: undefined, killed: undefined, problem: undefined },
    }
    this.#runs = [run, ...this.#runs].slice(0, mostRuns)
    this.#current = id
    const letGo = this.#use()
    try {
      const problem = await this.#follow(id, form, limitMs)
      this.#change(id, { problem, endedAt: this.#clock.now() })
    } finally {
      this.#current = undefined
      letGo()
    }
  }

  /** Until its end. Returns what went wrong. */
  async #follow(id: number, form: ExecForm, limitMs: number): Promise<string | undefined> {
    const started = await askAgent(this.#send, 'guest-exec', execArguments(form))
    if (started.kind === 'failed') return started.why
    const pid = readPid(started.value)
    if (pid === undefined) return 'guest-exec returned no process id: what became of the program is not known'
    this.#change(id, { pid })
    const began = this.#clock.now()
    let killedAt: number | undefined
    for (let asked = 0; ; asked += 1) {
      const answer = await askAgent(this.#send, 'guest-exec-status', { pid })
      if (answer.kind === 'failed') return `${answer.why}: the program may still run as process ${pid}`
      const status = readExecStatus(answer.value)
      if (status.kind === 'unreadable') return 'guest-exec-status returned something unexpected'
      if (status.kind === 'exited') {
        this.#change(id, { end: status })
        return undefined
      }
      const now = this.#clock.now()
      if (killedAt !== undefined && now - killedAt > killMs)
        return `process ${pid} was killed, and the agent does not tell of its end: a child may hold its output`
      const why = this.#stop ?? (now - began >= limitMs ? `time limit of ${limitMs / 1000} s` : undefined)
      if (why !== undefined && killedAt === undefined) {
        const problem = await this.#kill(id, pid, form.isWindows, why)
        if (problem !== undefined) return problem
        killedAt = now
      }
      await this.#clock.wait(Math.min(statusWait(asked), Math.max(50, limitMs - (now - began))))
    }
  }

  /** The person has agreed to the program, and with it to its end. */
  async #kill(id: number, pid: number, isWindows: boolean, why: string): Promise<string | undefined> {
    this.#change(id, { killed: why })
    const killed = await askAgent(this.#send, 'guest-exec', killArguments(pid, isWindows), true)
    return killed.kind === 'failed' ? `${killed.why}: process ${pid} could not be ended` : undefined
  }

  #change(id: number, parts: Partial<ExecRun>): void {
    this.#runs = this.#runs.map((each) => (each.id === id ? { ...each, ...parts } : each))
  }
}
