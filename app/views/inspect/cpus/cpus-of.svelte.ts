/**
 * What is known of a machine's CPUs: which there are, their registers now and at the stop before, and what each runs next.
 * Tested by app/views/inspect/cpus/cpus-of.test.ts.
 */
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { codeLine, readInstructions } from '#inside/cpus/memory-text.ts'
import type { Instruction } from '#inside/cpus/memory-text.ts'
import { readRegisters } from '#inside/cpus/registers.ts'
import type { RegisterSet } from '#inside/cpus/registers.ts'
import { readVcpus } from '#inside/cpus/vcpus.ts'
import type { Vcpu } from '#inside/cpus/vcpus.ts'
import { cpuPlaces } from '#inside/devices/slots.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'
import { humanArguments, printedText } from './human-line.ts'

/** Machines of up to this many CPUs tell the registers of all at once: 3 KB each. Of larger ones the chosen is read. */
const mostAtOnce = 16

/** What it asks with. */
export interface CpuQueries {
  readonly own: (name: OwnQuery, args?: JsonObject) => Promise<Result<Json, string>>
  readonly offers: (name: string) => boolean | undefined
  readonly now: () => number
}

/** Registers that were read at one time. */
export interface RegisterReading {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The guest stood still: values of one moment. */
  readonly isStopped: boolean
  /** Counts stops, runs and resets: readings with the same number are of the same state of the guest. */
  readonly turn: number
  readonly sets: ReadonlyMap<number, RegisterSet>
}

/** Instructions from the program counter of a CPU on. The failure is what the monitor said. */
export interface CodeReading {
  readonly cpu: number
  readonly turn: number
  readonly code: Result<readonly Instruction[], string>
}

/** Those of one machine. */
export class MachineCpus {
  readonly #queries: CpuQueries
  #vcpus = $state.raw<readonly Vcpu[] | undefined>(undefined)
  #places = $state.raw<number | undefined>(undefined)
  #problem = $state('')
  #registers = $state.raw<RegisterReading | undefined>(undefined)
  #registersProblem = $state('')
  #code = $state.raw<CodeReading | undefined>(undefined)
  #isRunning = $state.raw<boolean | undefined>(undefined)
  #turn = $state(0)
  #connection = 0
  #plugsNone = false
  #reading = 0
  #isReading = $state(false)
  /** The newest reading of a stop, and the one of the stop before. */
  #stop = $state.raw<RegisterReading | undefined>(undefined)
  #stopBefore = $state.raw<RegisterReading | undefined>(undefined)

  constructor(queries: CpuQueries) {
    this.#queries = queries
  }

  /** Undefined until they are read. */
  get vcpus(): readonly Vcpu[] | undefined {
    return this.#vcpus
  }

  /** Places for CPUs, taken and free; undefined where the machine plugs none. */
  get places(): number | undefined {
    return this.#places
  }

  /** Why the CPUs were not read; empty where they were. */
  get problem(): string {
    return this.#problem
  }

  /** The registers that were read last. */
  get registers(): RegisterReading | undefined {
    return this.#registers
  }

  /** Why no registers were read; empty where they were. */
  get registersProblem(): string {
    return this.#registersProblem
  }

  /** What the registers are compared with: the stop before. */
  get before(): RegisterReading | undefined {
    return this.#registers?.isStopped === true ? this.#stopBefore : this.#stop
  }

  get code(): CodeReading | undefined {
    return this.#code
  }

  /** Whether the guest runs; undefined until it is known. */
  get isRunning(): boolean | undefined {
    return this.#isRunning
  }

  /** Counts what makes values others: a stop, a run, a reset, another connection. */
  get turn(): number {
    return this.#turn
  }

  get isReading(): boolean {
    return this.#isReading
  }

  /** The guest has stopped, gone on or been reset. */
  moved(): void {
    this.#turn += 1
  }

  /** `since` is when the connection began: over another one the machine may be another. */
  connected(since: number): void {
    if (since === this.#connection) return
    this.#connection = since
    this.#plugsNone = false
    this.moved()
  }

  /** Read which CPUs there are. */
  async refresh(): Promise<void> {
    const { own, offers } = this.#queries
    const cpus = await own('query-cpus-fast')
    this.#problem = cpus.ok ? '' : cpus.error
    if (cpus.ok) this.#vcpus = readVcpus(cpus.value)
    // A machine that plugs no CPUs refuses it, and is not asked again.
    if (this.#plugsNone || offers('query-hotpluggable-cpus') === false) return
    const places = await own('query-hotpluggable-cpus')
    this.#places = places.ok ? cpuPlaces(places.value).length : undefined
    this.#plugsNone = !places.ok && cpus.ok
  }

  /**
   * Read the registers of a CPU and what it runs next: where it stands still, or nothing is known of it yet, or a person
   * `wants` it.
   */
  async read(cpu: number, wants = false): Promise<void> {
    this.#reading += 1
    const [reading, turn] = [this.#reading, this.#turn]
    this.#isReading = true
    const status = await this.#queries.own('query-status')
    if (reading !== this.#reading) return
    this.#isRunning = status.ok && isJsonObject(status.value) ? status.value.running === true : undefined
    if (wants || !this.#isKnown(cpu, turn)) await this.#readAll(cpu, turn, reading)
    if (reading === this.#reading) this.#isReading = false
  }

  /** Whether the values of a CPU are those of now, or of before where the guest runs. */
  #isKnown(cpu: number, turn: number): boolean {
    const [registers, code] = [this.#registers, this.#code]
    if (registers?.sets.has(cpu) !== true || code?.cpu !== cpu) return false
    return this.#isRunning === true || (registers.turn === turn && code.turn === turn)
  }

  async #readAll(cpu: number, turn: number, reading: number): Promise<void> {
    const isAll = (this.#vcpus?.length ?? 1) <= mostAtOnce
    const text = await this.#human(isAll ? 'info registers -a' : 'info registers', isAll ? undefined : cpu)
    const code = await this.#human(codeLine, cpu)
    if (reading !== this.#reading) return
    this.#code = { cpu, turn, code: code.ok ? readInstructions(code.value) : err(code.error) }
    const sets = text.ok ? readRegisters(text.value, cpu) : new Map<number, RegisterSet>()
    this.#registersProblem = !text.ok
      ? text.error
      : sets.size === 0
        ? 'The monitor printed no registers.'
        : ''
    if (sets.size > 0) this.#keep(sets, turn)
  }

  #keep(sets: ReadonlyMap<number, RegisterSet>, turn: number): void {
    const isStopped = this.#isRunning === false && turn === this.#turn
    const last = this.#registers
    // Of a large machine each CPU is read for itself, when it is looked at.
    const isSame = last !== undefined && last.isStopped && isStopped && last.turn === turn
    const now: RegisterReading = {
      at: this.#queries.now(),
      isStopped,
      turn,
      sets: isSame ? new Map([...last.sets, ...sets]) : sets,
    }
    if (isStopped) {
      if (this.#stop !== undefined && this.#stop.turn !== turn) this.#stopBefore = this.#stop
      this.#stop = now
    }
    this.#registers = now
  }

  async #human(line: string, cpu: number | undefined): Promise<Result<string, string>> {
    return printedText(await this.#queries.own('human-monitor-command', humanArguments(line, cpu)))
  }
}

/** Those of a machine. */
export function makeCpus(machine: Machine): MachineCpus {
  const asker = askerOf(machine)
  const cpus = new MachineCpus({
    own: (name, args) => asker.ask(name, args),
    offers: (name) => asker.offers(name),
    now: () => Date.now(),
  })
  // As long as the machine is on this page: a stop that was not looked at is one as well.
  machine.record.watchEvents(['STOP', 'RESUME', 'RESET'], () => cpus.moved())
  return cpus
}
