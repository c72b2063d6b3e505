/**
 * Tracks while they change: each is kept in one place, cheap to change a million times a second, and becomes a plain
 * `Track` only when somebody looks. Held by the follower (follow.ts).
 * Tested by workers/trace/follow/follow.test.ts.
 */
import type { EventCause } from '#qmp/report.ts'
import { mostPhases, mostProgress, mostRows, mostTracks } from '#record/track.ts'
import type { TrackPhase, Progress, Track, TrackKind, TrackOutcome } from '#record/track.ts'

/** What tracks may hold together: phases, samples of progress and rows. */
const mostPoints = 500_000
/** When this many tracks began and nobody has asked for them, one that ends as soon as it begins is not kept. */
const mostUnasked = 1000
/** Longer words of a server are cut: its states, types and errors. */
const longestWord = 64
const longestText = 2000

/** A track that may still change. Only the store changes it. */
export interface Live extends Pick<
  Track,
  'id' | 'kind' | 'name' | 'type' | 'start' | 'end' | 'outcome' | 'error'
> {
  /** The state it is in. */
  readonly state: string | undefined
}

interface Kept extends Live {
  type: string
  end: number | undefined
  outcome: TrackOutcome
  error: string | undefined
  state: string | undefined
  limit: number | undefined
  cause: EventCause | undefined
  /** These and the rows: up to twice as many as a `Track` has. */
  readonly phases: TrackPhase[]
  readonly progress: Progress[]
  readonly rows: number[]
  /** Samples of progress are at least this far apart: it doubles whenever they are thinned. */
  gapMs: number
  /** What it holds, as it was last counted. */
  points: number
  view: Track | undefined
  /** It was among the changed once: somebody knows of it. */
  told: boolean
  /** It is among the changed now. */
  isChanged: boolean
  /** It is not kept any more. */
  isGone: boolean
}

/** What may be said of a track beside its states. Undefined members stay as they are. */
export interface Marks {
  readonly type?: string | undefined
  readonly limit?: number | undefined
  readonly outcome?: TrackOutcome | undefined
  /** Null takes it back. */
  readonly error?: string | null | undefined
  readonly cause?: EventCause | undefined
}

/** All tracks of a machine. Beyond the bound those that ended first go first, then open devices, then the rest. */
export class LiveTracks {
  readonly #all = new Map<number, Kept>()
  readonly #changed = new Set<Kept>()
  /** In the order of their ends. */
  readonly #ended = new WaitingTracks((live) => this.#all.has(live.id))
  readonly #openDevices = new WaitingTracks((live) => this.#isOpen(live))
  readonly #open = new WaitingTracks((live) => this.#isOpen(live))
  readonly #onLost: (live: Live) => void
  #id = 0
  #points = 0
  #dropped = 0
  /** Begun since somebody asked for what changed. */
  #unasked = 0
  #trimming = false
  #failed = 0

  /** `onLost` is told of a track that went while it was open. */
  constructor(onLost: (live: Live) => void) {
    this.#onLost = onLost
  }

  get dropped(): number {
    return this.#dropped
  }

  /** How many jobs, migrations and dumps have failed, those included that are not kept any more. */
  get failed(): number {
    return this.#failed
  }

  /** Whether a track that is over as it begins is to be passed over: it is counted as dropped then. */
  passesOver(): boolean {
    if (this.#unasked < mostUnasked) return false
    this.#dropped += 1
    return true
  }

  begin(kind: TrackKind, name: string, at: number, marks: Marks = {}): Live {
    this.#id += 1
    this.#unasked += 1
    // Written out: put together of parts it takes ten times as long.
    const live: Kept = {
      id: this.#id,
      kind,
      name,
      type: '',
      start: at,
      end: undefined,
      outcome: 'open',
      error: undefined,
      state: undefined,
      limit: undefined,
      cause: undefined,
      phases: [],
      progress: [],
      rows: [],
      gapMs: 0,
      points: 0,
      view: undefined,
      told: false,
      isChanged: false,
      isGone: false,
    }
    this.#all.set(live.id, live)
    if (kind === 'device') this.#openDevices.push(live)
    else if (kind !== 'run-state') this.#open.push(live)
    this.#touch(live)
    this.mark(live, marks)
    this.#trim()
    return live
  }

  /** It is in a state now, and `seq` tells so. Nothing happens when it was already: false. */
  enter(of: Live, state: string, at: number, seq: number): boolean {
    const live = of as Kept
    const word = state.slice(0, longestWord)
    if (live.state === word) return false
    live.state = word
    // Rows come in order; a command that was sent before its effect was seen may be told of after it.
    live.phases.push({ at: Math.max(at, live.phases.at(-1)?.at ?? live.start), state: word, seq })
    if (live.phases.length > mostPhases * 2) cutMiddle(live.phases, mostPhases)
    this.attach(live, seq)
    return true
  }

  /** A row belongs to it. */
  attach(of: Live, seq: number): void {
    const live = of as Kept
    const last = live.rows.at(-1)
    if (last !== undefined && last >= seq) {
      // Seldom: the row of a command whose effect was seen first.
      if (live.rows.includes(seq)) return
      live.rows.push(seq)
      live.rows.sort((a, b) => a - b)
    } else {
      live.rows.push(seq)
    }
    if (live.rows.length > mostRows * 2) cutMiddle(live.rows, mostRows)
    this.#touch(live)
  }

  /** How far it is. Numbers that are none are ignored. */
  measure(of: Live, at: number, current: number | undefined, total: number | undefined): void {
    if (current === undefined || total === undefined || total <= 0) return
    const live = of as Kept
    const { progress } = live
    const sample = { at: Math.max(at, progress.at(-1)?.at ?? at), current, total }
    const [before, last] = [progress.at(-2), progress.at(-1)]
    const isStill = (each: Progress | undefined): boolean => each?.current === current && each.total === total
    if (before !== undefined && last !== undefined) {
      // The newest is always exact, whatever becomes of those before it; a standstill is two samples.
      if (last.at - before.at < live.gapMs || (isStill(before) && isStill(last))) progress.pop()
    }
    progress.push(sample)
    if (progress.length > mostProgress) {
      const thin = progress.filter((_, index) => index % 2 === 0 || index === progress.length - 1)
      progress.splice(0, progress.length, ...thin)
      live.gapMs = ((sample.at - (thin[0]?.at ?? sample.at)) / mostProgress) * 2
    }
    this.#touch(live)
  }

  mark(of: Live, marks: Marks): void {
    const live = of as Kept
    const type = marks.type?.slice(0, longestWord) ?? live.type
    // QEMU says 0 where there is no limit.
    const limit = marks.limit === undefined ? live.limit : marks.limit === 0 ? undefined : marks.limit
    const outcome = marks.outcome ?? live.outcome
    const error = marks.error === null ? undefined : (marks.error?.slice(0, longestText) ?? live.error)
    const cause = marks.cause ?? live.cause
    const same =
      type === live.type &&
      limit === live.limit &&
      outcome === live.outcome &&
      error === live.error &&
      cause === live.cause
    if (same) return
    live.type = type
    live.limit = limit
    this.#end(live, outcome)
    live.error = error
    live.cause = cause
    this.#touch(live)
  }

  /** It is over. An outcome that is already known stays. */
  finish(of: Live, at: number, outcome: TrackOutcome): void {
    const live = of as Kept
    if (live.end !== undefined) return
    live.end = Math.max(at, live.phases.at(-1)?.at ?? live.start)
    if (live.outcome === 'open') this.#end(live, outcome)
    this.#ended.push(live)
    this.#touch(live)
  }

  #end(live: Kept, outcome: TrackOutcome): void {
    if (live.kind === 'job' || live.kind === 'migration' || live.kind === 'dump') {
      this.#failed += Number(outcome === 'failed') - Number(live.outcome === 'failed')
    }
    live.outcome = outcome
  }

  /** The running tracks. */
  open(): readonly Live[] {
    return [...this.#all.values()].filter((live) => live.end === undefined)
  }

  /** Tracks that changed since they were asked for, `most` of them at most, the running ones first. */
  changed(most: number): readonly Track[] {
    this.#unasked = 0
    let told: readonly Kept[] = [...this.#changed]
    if (told.length > most) {
      const isOpen = (live: Kept): boolean => live.end === undefined
      told = [...told.filter(isOpen), ...told.filter((live) => !isOpen(live))].slice(0, most)
    }
    return told.map((live) => {
      live.told = true
      live.isChanged = false
      this.#changed.delete(live)
      return view(live)
    })
  }

  tracks(): readonly Track[] {
    return Array.from(this.#all.values(), view)
  }

  clear(): void {
    for (const live of this.#all.values()) live.isGone = true
    for (const live of this.#changed) live.isChanged = false
    for (const each of [this.#all, this.#changed, this.#ended, this.#openDevices, this.#open]) each.clear()
    this.#points = 0
  }

  #isOpen(live: Kept): boolean {
    return live.end === undefined && this.#all.has(live.id)
  }

  #touch(live: Kept): void {
    live.view = undefined
    // A track that has gone may still be told of by a late row: it stays gone.
    if (live.isGone) return
    if (!live.isChanged) {
      live.isChanged = true
      this.#changed.add(live)
    }
    const points = live.phases.length + live.progress.length + live.rows.length
    this.#points += points - live.points
    live.points = points
    if (this.#points > mostPoints) this.#trim()
  }

  #trim(): void {
    if (this.#trimming) return
    this.#trimming = true
    while (this.#all.size > mostTracks || (this.#points > mostPoints && this.#all.size > 1)) {
      const victim = this.#ended.first() ?? this.#openDevices.first() ?? this.#open.first()
      if (victim === undefined) break
      if (victim.end === undefined) {
        this.#onLost(victim)
        this.finish(victim, victim.phases.at(-1)?.at ?? victim.start, 'unknown')
      }
      this.#all.delete(victim.id)
      victim.isGone = true
      // Its end is still told to whoever knows of it; what nobody has seen must not wait to be told.
      if (!victim.told) {
        victim.isChanged = false
        this.#changed.delete(victim)
      }
      this.#points -= victim.points
      this.#dropped += 1
    }
    this.#trimming = false
  }
}

/**
 * Tracks in the order in which they came, without those that no longer belong here. A Set would do, but for its
 * first member, which takes a walk over all that were deleted before it.
 */
class WaitingTracks {
  readonly #belongs: (live: Kept) => boolean
  #items: Kept[] = []
  #head = 0

  constructor(belongs: (live: Kept) => boolean) {
    this.#belongs = belongs
  }

  push(live: Kept): void {
    this.#items.push(live)
    if (this.#items.length <= 3 * mostTracks) return
    this.#items = this.#items.slice(this.#head).filter(this.#belongs)
    this.#head = 0
  }

  first(): Kept | undefined {
    for (; this.#head < this.#items.length; this.#head += 1) {
      const live = this.#items[this.#head]
      if (live !== undefined && this.#belongs(live)) return live
    }
    return undefined
  }

  clear(): void {
    this.#items = []
    this.#head = 0
  }
}

/** Keep the first and the newest, `most` together. Called at twice as many: seldom enough to cost nothing. */
function cutMiddle(values: unknown[], most: number): void {
  values.splice(most / 2, values.length - most)
}

/** The first and the newest, `most` together. */
function ends<Value>(values: readonly Value[], most: number): Value[] {
  if (values.length <= most) return values.slice()
  return [...values.slice(0, most / 2), ...values.slice(-most / 2)]
}

function view(live: Kept): Track {
  live.view ??= {
    id: live.id,
    kind: live.kind,
    name: live.name,
    type: live.type,
    start: live.start,
    end: live.end,
    phases: ends(live.phases, mostPhases),
    progress: live.progress.slice(),
    limit: live.limit,
    outcome: live.outcome,
    error: live.error,
    cause: live.cause,
    rows: ends(live.rows, mostRows),
  }
  return live.view
}
