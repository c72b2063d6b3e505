/**
 * Which command an event is most likely due to.
 *
 * Proof is a name that both carry, as the name of the same kind of thing (names.ts): a job, device, node or export. What
 * becomes of a job is caused by the command that started it, whatever has named it since; the verb that led to it is
 * said beside that.
 * Without one, a command that is known to lead to such an event, and was sent within the last seconds, is called
 * near, never more; and not even that where both name things, and other ones.
 * @adr 0023
 */
import type { EventCause, ExecId } from '#qmp/report.ts'
import type { JsonObject } from '#base/json/value.ts'
import { leadsTo } from '#qapi/related/leads-to.ts'
import { changeIn, verbOf } from './job-verbs.ts'
import { isQuestion, namesInCommand, namesInEvent } from './named-things.ts'
import type { NamedThing, NameKind } from './named-things.ts'

/** How long after a command an event still counts as near it, in milliseconds. */
const nearMs = 10_000
/** Commands that are remembered, the newest; questions are not among them. */
const kept = 1000
/** Near commands of other names that are looked past. */
const mostLooks = 16

interface PossibleCause {
  readonly exec: ExecId
  readonly name: string
  readonly at: number
  readonly names: readonly NamedThing[]
  /** Counts up: which of two was sent first. */
  readonly order: number
  answered: boolean
  /** Names of what it started, which has been seen to start. */
  readonly taken: Set<string>
}

/** The command that started something. */
export interface Starter {
  readonly exec: ExecId
  /** Its type: of a job, or the driver of a device. */
  readonly type: string
}

/** Remembers commands and judges events. One for each machine. */
export interface CauseFinder {
  /**
   * A command was sent at `at` (milliseconds). Returns the names it carries, each with its kind. Questions
   * (`query-…`) are not remembered; neither is a command that it knows already.
   */
  sent(exec: ExecId, name: string, args: JsonObject | undefined, at: number): readonly NamedThing[]
  /** A command was carried out. */
  returned(exec: ExecId): void
  /** A command was refused: it caused nothing. */
  failed(exec: ExecId): void
  /** The thing of this name has ended: another thing of that name has other causes. */
  ended(kind: NameKind, name: string): void
  /** The command that caused an event that arrived at `at`. */
  causeOf(event: string, data: JsonObject | undefined, at: number): EventCause | undefined
  /** Whether there is any command that may be a cause. */
  readonly any: boolean
  /** The command that started what has this name. A command starts a thing once: it is not found again. */
  starterOf(kind: NameKind, name: string): Starter | undefined
  /** Forget all: another connection, and maybe another QEMU. */
  clear(): void
}

/** Make an empty one. */
export function createCauseFinder(): CauseFinder {
  return new Finder()
}

class Finder implements CauseFinder {
  readonly #sent = new Map<ExecId, PossibleCause>()
  /** By kind and name, oldest first. */
  readonly #byName = new Map<NameKind, Map<string, PossibleCause[]>>()
  /** Commands that may lead to an event, oldest first. */
  readonly #byEvent = new Map<string, PossibleCause[]>()
  #order = 0

  sent(exec: ExecId, name: string, args: JsonObject | undefined, at: number): readonly NamedThing[] {
    const known = this.#sent.get(exec)
    if (known !== undefined) return known.names
    if (isQuestion(name)) return []
    const names = namesInCommand(name, args)
    this.#order += 1
    const command = { exec, name, at, names, order: this.#order, answered: false, taken: new Set<string>() }
    this.#sent.set(exec, command)
    for (const each of names) this.#list(each.kind, each.name).push(command)
    for (const event of leadsTo.get(name) ?? []) {
      const list = this.#byEvent.get(event)
      if (list === undefined) this.#byEvent.set(event, [command])
      else list.push(command)
    }
    if (this.#sent.size > kept) {
      const [oldest] = this.#sent.keys()
      if (oldest !== undefined) this.#forget(oldest)
    }
    return names
  }

  returned(exec: ExecId): void {
    const command = this.#sent.get(exec)
    if (command !== undefined) command.answered = true
  }

  failed(exec: ExecId): void {
    this.#forget(exec)
  }

  ended(kind: NameKind, name: string): void {
    const byName = this.#byName.get(kind)
    const list = byName?.get(name)
    if (byName === undefined || list === undefined) return
    // A command that is on its way already may start the next of that name.
    const next = list.filter(
      (each) =>
        !each.answered &&
        !each.taken.has(name) &&
        each.names.some((one) => one.name === name && one.kind === kind && one.starts !== undefined),
    )
    if (next.length === 0) byName.delete(name)
    else byName.set(name, next)
  }

  get any(): boolean {
    return this.#sent.size > 0
  }

  causeOf(event: string, data: JsonObject | undefined, at: number): EventCause | undefined {
    if (!this.any) return undefined
    const names = namesInEvent(event, data)
    const ofJob = this.#causeOfJob(event, data, names)
    if (ofJob !== undefined) return ofJob
    let proven: PossibleCause | undefined
    for (const each of names) {
      const latest = this.#latest(each.kind, each.name)
      if (latest !== undefined && latest.order > (proven?.order ?? 0)) proven = latest
    }
    if (proven !== undefined) return { exec: proven.exec, proof: 'id' }
    const near = this.#byEvent.get(event)
    if (near === undefined) return undefined
    for (let index = near.length - 1; index >= Math.max(0, near.length - mostLooks); index -= 1) {
      const command = near[index]
      if (command === undefined || at - command.at > nearMs) break
      // It was sent when the event was there already, and only not read yet.
      if (command.at > at) continue
      if (!contradict(command.names, names)) return { exec: command.exec, proof: 'nearness' }
    }
    return undefined
  }

  /** The command that started the job of an event, and the verb that led to it; undefined where no start was seen. */
  #causeOfJob(
    event: string,
    data: JsonObject | undefined,
    names: readonly NamedThing[],
  ): EventCause | undefined {
    const [job] = names
    const list = job?.kind === 'job' ? this.#byName.get('job')?.get(job.name) : undefined
    if (job === undefined || list === undefined) return undefined
    const place = list.findLastIndex(({ names: theirs }) =>
      theirs.some((each) => each.kind === 'job' && each.name === job.name && each.starts !== undefined),
    )
    const starter = list[place]
    if (starter === undefined) return undefined
    const verb = verbOf(list, place + 1, changeIn(event, data))?.exec
    return { exec: starter.exec, proof: 'id', ...(verb === undefined ? {} : { verb }) }
  }

  starterOf(kind: NameKind, name: string): Starter | undefined {
    const list = this.#byName.get(kind)?.get(name) ?? []
    for (let index = list.length - 1; index >= 0; index -= 1) {
      const command = list[index]
      if (command === undefined || command.taken.has(name)) continue
      const start = command.names.find(
        (each) => each.kind === kind && each.name === name && each.starts !== undefined,
      )
      if (start?.starts === undefined) continue
      command.taken.add(name)
      return { exec: command.exec, type: start.starts }
    }
    return undefined
  }

  clear(): void {
    this.#sent.clear()
    this.#byName.clear()
    this.#byEvent.clear()
  }

  #list(kind: NameKind, name: string): PossibleCause[] {
    let byName = this.#byName.get(kind)
    if (byName === undefined) this.#byName.set(kind, (byName = new Map<string, PossibleCause[]>()))
    let list = byName.get(name)
    if (list === undefined) byName.set(name, (list = []))
    return list
  }

  /** The latest command with that name: of the same kind, else of a kind that is not known. */
  #latest(kind: NameKind, name: string): PossibleCause | undefined {
    if (kind !== 'any')
      return this.#byName.get(kind)?.get(name)?.at(-1) ?? this.#byName.get('any')?.get(name)?.at(-1)
    let latest: PossibleCause | undefined
    for (const byName of this.#byName.values()) {
      const command = byName.get(name)?.at(-1)
      if (command !== undefined && command.order > (latest?.order ?? 0)) latest = command
    }
    return latest
  }

  #forget(exec: ExecId): void {
    const command = this.#sent.get(exec)
    if (command === undefined) return
    this.#sent.delete(exec)
    for (const { kind, name } of command.names) {
      const byName = this.#byName.get(kind)
      const list = byName?.get(name)
      if (list === undefined) continue
      remove(list, command)
      if (list.length === 0) byName?.delete(name)
    }
    for (const event of leadsTo.get(command.name) ?? []) remove(this.#byEvent.get(event) ?? [], command)
  }
}

function remove(list: PossibleCause[], command: PossibleCause): void {
  const index = list.indexOf(command)
  if (index >= 0) list.splice(index, 1)
}

/** Whether both name things of one kind, and none in common. */
function contradict(command: readonly NamedThing[], event: readonly NamedThing[]): boolean {
  let differ = false
  for (const a of command) {
    for (const b of event) {
      if (a.kind !== b.kind && a.kind !== 'any' && b.kind !== 'any') continue
      if (a.name === b.name) return false
      differ = true
    }
  }
  return differ
}
