/**
 * Remembers in this browser which jobs of a machine were running, and tells after a reload, or after the connection was
 * lost, which of them ended meanwhile. Only names and types of jobs are kept. Tested by e2e/inspect.spec.ts.
 */
import { untrack } from 'svelte'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { endedAway, readJobs } from '#inside/jobs/machine-jobs.ts'
import type { AwayJob, RememberedJob } from '#inside/jobs/machine-jobs.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'

const storageKey = 'qmp-studio.jobs'
/** Jobs of a machine, and machines, that are remembered: more would be no help, and the browser's store is small. */
const most = 50

/** What ended on one machine while nobody looked. */
export class JobsAway {
  readonly #machine: Machine
  #told = $state.raw<readonly AwayJob[]>([])
  /** What the store has of this machine. */
  #kept: readonly RememberedJob[]
  #hasLooked = false

  constructor(machine: Machine) {
    this.#machine = machine
    this.#kept = readStore().get(machine.id) ?? []
    if (machine.fromFile) return
    $effect.root(() => {
      $effect(() => {
        this.#hasLooked = false
        if (machine.isReady) untrack(() => void this.#look())
      })
    })
    machine.record.watchBatches(() => this.#keep())
  }

  /** In the order in which they were started. */
  get told(): readonly AwayJob[] {
    return this.#told
  }

  dismiss(): void {
    this.#told = []
  }

  async #look(): Promise<void> {
    const before = this.#kept
    if (before.length > 0) {
      const reply = await askerOf(this.#machine).ask('query-jobs')
      // Asked again at the next connection: until then the store stays as it is.
      if (!reply.ok) return
      const ended = endedAway(before, readJobs(reply.value, undefined))
      if (ended.length > 0) this.#told = [...this.#told, ...ended].slice(-most)
    }
    this.#hasLooked = true
    this.#keep()
  }

  #keep(): void {
    if (!this.#hasLooked || !this.#machine.isReady) return
    const running = [...this.#machine.record.tracks.values()]
      .filter(({ kind, end }) => kind === 'job' && end === undefined)
      .slice(-most)
      .map(({ name, type }) => ({ id: name, type }))
    if (running.map(({ id }) => id).join('\n') === this.#kept.map(({ id }) => id).join('\n')) return
    this.#kept = running
    writeStore(this.#machine.id, running)
  }
}

const makeAway = (machine: Machine): JobsAway => new JobsAway(machine)

/** The one memory of a machine. */
export function jobsAwayOf(machine: Machine): JobsAway {
  return machine.of(makeAway)
}

function readStore(): Map<string, readonly RememberedJob[]> {
  const stored = new Map<string, readonly RememberedJob[]>()
  try {
    const value = parseJson(localStorage.getItem(storageKey) ?? '{}')
    if (!value.ok || !isJsonObject(value.value)) return stored
    for (const [machine, jobs] of Object.entries(value.value).slice(-most)) {
      stored.set(
        machine,
        objectsIn(jobs).flatMap(({ id, type }) =>
          typeof id === 'string' && typeof type === 'string' ? [{ id, type }] : [],
        ),
      )
    }
  } catch {
    // A browser that keeps nothing remembers nothing.
  }
  return stored
}

function writeStore(machine: string, jobs: readonly RememberedJob[]): void {
  const stored = readStore()
  stored.delete(machine)
  if (jobs.length > 0) stored.set(machine, jobs)
  try {
    const kept = [...stored].slice(-most).map(([id, each]) => [id, each.map((job) => ({ ...job }))] as const)
    localStorage.setItem(storageKey, printJson(Object.fromEntries(kept)))
  } catch {
    // As above.
  }
}
