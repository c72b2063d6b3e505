/**
 * The rows of the timeline with what joins them: a command's reply, the events that are put down to it, which rows are
 * the page's own. Follows the window of app/state/timeline step by step, so that a batch costs what the batch holds.
 *
 * No runes here: TimelineView asks it once a frame and draws what it says.
 */
import type { EventCause, LogRow } from '../../../workers/api.ts'
import type { TimelineEntry } from '../../state/timeline.svelte.ts'
import type { Filter, FilterSubject } from './filter.ts'
import { execOf, isGreeting, nameOf, ownSummary } from './words.ts'

/** Rows that ended a command: its reply, or the word that none came. */
export type EndRow = Extract<LogRow, { kind: 'return' | 'error' | 'outcome' }>

/** One row and what is known of it. Objects stay the same while their row is held. */
export interface Line {
  /** Counts up over all lines of the page. */
  readonly key: number
  /** Id of the machine. */
  readonly machine: string
  readonly row: LogRow
  /** The page's own traffic: its queries, the negotiation, and what came back. */
  readonly own: boolean
  /** One line of text; undefined until the message has been read. */
  summary: string | undefined
  /** For a command: what ended it. A late reply takes the place of `timed-out`. */
  end: EndRow | undefined
  /** For the words of a filter; made when first needed. */
  haystack: string | undefined
}

/** The lines that belong together with one line. */
export interface Links {
  /** The command of a reply; undefined also where its row is not held any more. */
  readonly command: Line | undefined
  /** Everything that came back for a command, oldest first. */
  readonly replies: readonly Line[]
  /** What an event is put down to, and how sure that is. */
  readonly cause: { readonly line: Line | undefined; readonly cause: EventCause } | undefined
  /** The events that are put down to a command. */
  readonly events: readonly { readonly line: Line; readonly proof: EventCause['proof'] }[]
}

interface Family {
  command: Line | undefined
  readonly replies: Line[]
  readonly events: { readonly line: Line; readonly proof: EventCause['proof'] }[]
}

/** How many windows of rows are held at most while somebody reads further up. */
const heldWindows = 4

/** The lines of the page. */
export class Lines {
  #lines: Line[] = []
  #last: TimelineEntry | undefined
  #families = new Map<string, Family>()
  /** A worker that was started again counts from the beginning: its numbers are another generation's. */
  readonly #generations = new Map<string, { generation: number; lastSeq: number }>()
  readonly #lineGenerations = new WeakMap<Line, number>()
  #nextKey = 0

  /** All lines, oldest first. The array is reused. */
  get all(): readonly Line[] {
    return this.#lines
  }

  /**
   * Take over what changed. `entries` is the window of the page; with `keepOld` rows that have left it stay, up to
   * four windows, so that nothing moves away under the eyes of a reader. Returns the lines that are new.
   */
  sync(entries: readonly TimelineEntry[], keepOld: boolean): readonly Line[] {
    let from = this.#last === undefined ? 0 : entries.lastIndexOf(this.#last) + 1
    if (from === 0 && this.#lines.length > 0) {
      // Cleared, or more came at once than the window holds: there is nothing to join on to.
      this.#lines = []
      this.#families = new Map()
      from = 0
    }
    const fresh: Line[] = []
    for (let index = from; index < entries.length; index += 1) {
      const entry = entries[index]
      if (entry !== undefined) fresh.push(this.#add(entry))
    }
    this.#last = entries[entries.length - 1]
    const most = keepOld ? Math.max(entries.length * heldWindows, entries.length) : entries.length
    if (this.#lines.length > most) this.#drop(this.#lines.length - most)
    return fresh
  }

  /** What belongs together with a line. */
  linksOf(line: Line): Links {
    const { row } = line
    const generation = this.#generationOf(line)
    const exec = execOf(row)
    const cause = row.kind === 'event' ? row.cause : undefined
    const family =
      exec === undefined ? undefined : this.#families.get(familyKey(line.machine, generation, exec))
    const isStart = row.kind === 'command' || row.kind === 'raw'
    return {
      command: isStart ? undefined : family?.command,
      replies: isStart ? (family?.replies ?? []) : [],
      events: isStart ? (family?.events ?? []) : [],
      cause:
        cause === undefined
          ? undefined
          : { line: this.#families.get(familyKey(line.machine, generation, cause.exec))?.command, cause },
    }
  }

  /** Whether the record that holds the line's message is still there: a worker that was started again has another. */
  isCurrent(line: Line): boolean {
    return this.#generationOf(line) === this.#generations.get(line.machine)?.generation
  }

  #generationOf(line: Line): number {
    return this.#lineGenerations.get(line) ?? 0
  }

  #add(entry: TimelineEntry): Line {
    const { machine, row } = entry
    let counter = this.#generations.get(machine)
    if (counter === undefined) {
      counter = { generation: 0, lastSeq: -1 }
      this.#generations.set(machine, counter)
    }
    if (row.seq <= counter.lastSeq) counter.generation += 1
    counter.lastSeq = row.seq
    const exec = execOf(row)
    const family = exec === undefined ? undefined : this.#family(machine, counter.generation, exec)
    const line: Line = {
      key: this.#nextKey,
      machine,
      row,
      own: isOwn(row, family?.command),
      summary: ownSummary(row),
      end: undefined,
      haystack: undefined,
    }
    this.#nextKey += 1
    this.#lines.push(line)
    this.#lineGenerations.set(line, counter.generation)
    if (family !== undefined) join(family, line)
    if (row.kind === 'event' && row.cause !== undefined) {
      this.#family(machine, counter.generation, row.cause.exec).events.push({ line, proof: row.cause.proof })
    }
    return line
  }

  #family(machine: string, generation: number, exec: number): Family {
    const key = familyKey(machine, generation, exec)
    let family = this.#families.get(key)
    if (family === undefined) {
      family = { command: undefined, replies: [], events: [] }
      this.#families.set(key, family)
    }
    return family
  }

  /** Forget the oldest lines, and their families once nothing of them is held. */
  #drop(count: number): void {
    for (const line of this.#lines.splice(0, count)) {
      const generation = this.#generationOf(line)
      const { row } = line
      const exec = row.kind === 'event' ? row.cause?.exec : execOf(row)
      if (exec === undefined) continue
      const key = familyKey(line.machine, generation, exec)
      const family = this.#families.get(key)
      if (family === undefined) continue
      if (family.command === line) family.command = undefined
      remove(family.replies, (each) => each === line)
      remove(family.events, (each) => each.line === line)
      if (family.command === undefined && family.replies.length === 0 && family.events.length === 0) {
        this.#families.delete(key)
      }
    }
  }
}

function familyKey(machine: string, generation: number, exec: number): string {
  return `${generation}:${exec}:${machine}`
}

function join(family: Family, line: Line): void {
  const { row } = line
  if (row.kind === 'command' || row.kind === 'raw') {
    family.command = line
  } else if (row.kind === 'return' || row.kind === 'error' || row.kind === 'outcome') {
    family.replies.push(line)
    if (family.command !== undefined) family.command.end = row
  }
}

function remove<T>(list: T[], which: (item: T) => boolean): void {
  const at = list.findIndex(which)
  if (at >= 0) list.splice(at, 1)
}

function isOwn(row: LogRow, command: Line | undefined): boolean {
  if (row.kind === 'command' || row.kind === 'return' || row.kind === 'error') return row.origin !== 'person'
  if (row.kind === 'outcome') return command?.own ?? false
  return isGreeting(row)
}

/** How long the reply of a line's command took, in milliseconds; undefined where none came. */
export function latencyOf(line: Line): number | undefined {
  const { row } = line
  if (row.kind === 'return' || row.kind === 'error') return row.latencyMs
  return line.end === undefined || line.end.kind === 'outcome' ? undefined : line.end.latencyMs
}

/** How a command ended, as one word for its badge. */
export type Verdict = 'ok' | 'error' | 'late' | 'no reply' | 'unknown' | 'waiting'

/** The verdict on a command or a reply; undefined for rows that have none (events, states; raw lines until answered). */
export function verdictOf(line: Line): Verdict | undefined {
  const { row } = line
  const end = row.kind === 'return' || row.kind === 'error' || row.kind === 'outcome' ? row : line.end
  if (end === undefined) return row.kind === 'command' ? 'waiting' : undefined
  if (end.kind === 'outcome') return end.outcome === 'timed-out' ? 'no reply' : 'unknown'
  if (end.kind === 'error') return 'error'
  return end.late ? 'late' : 'ok'
}

/** Whether a row is to be marked as something that went wrong. */
export function isTrouble(row: LogRow): boolean {
  return row.kind === 'error' || row.kind === 'problem' || row.kind === 'outcome'
}

/** The line as a filter sees it. */
export function subjectOf(line: Line): FilterSubject {
  line.haystack ??= `${nameOf(line.row)} ${line.summary ?? ''}`.toLowerCase()
  return {
    machine: line.machine,
    kind: line.row.kind,
    name: nameOf(line.row),
    haystack: line.haystack,
    exec: execOf(line.row),
    latencyMs: latencyOf(line),
    bytes: line.row.bytes,
  }
}

/** What is shown, and how much is not. */
export interface Shown {
  readonly lines: readonly Line[]
  /** Lines of this machine (or all), the page's own included. */
  readonly total: number
  /** The page's own lines, whether shown or not. */
  readonly own: number
}

/** Choose the lines to show. `machine` undefined means all; `filter` undefined lets everything through. */
export function choose(
  lines: readonly Line[],
  machine: string | undefined,
  showOwn: boolean,
  filter: Filter | undefined,
): Shown {
  const chosen: Line[] = []
  let total = 0
  let own = 0
  const test = filter === undefined || filter.empty ? undefined : filter.matches
  for (const line of lines) {
    if (machine !== undefined && line.machine !== machine) continue
    total += 1
    if (line.own) {
      own += 1
      if (!showOwn) continue
    }
    if (test === undefined || test(subjectOf(line))) chosen.push(line)
  }
  return { lines: chosen, total, own }
}
