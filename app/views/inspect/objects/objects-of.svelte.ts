/**
 * The objects of one machine, as far as this page has read them: the tree, the values of what was opened, the moments that
 * were kept to compare with, and the numbers that are plotted. It stays while other views are open.
 * Tested by app/views/inspect/objects/whole-read.test.ts.
 */
import type { Result } from '#base/result.ts'
import { equalJson } from '#base/json/equal.ts'
import type { Json } from '#base/json/value.ts'
import { linkTarget, plotted, readListGet, readProperties } from '#inside/objects/qom-object.ts'
import type { QomProperty, QomValue, QomValues } from '#inside/objects/qom-object.ts'
import type { QomReading } from '#inside/objects/qom-difference.ts'
import { pathsAbove, rootPath } from '#inside/objects/qom-path.ts'
import { searchObjects } from '#inside/objects/qom-search.ts'
import type { QomHits } from '#inside/objects/qom-search.ts'
import { QomTree } from '#inside/objects/qom-tree.ts'
import type { QomObject, QomRow } from '#inside/objects/qom-tree.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type {
  ObjectQueries,
  WholeState,
  Moment,
  ObjectPlot,
  SetValue,
  TypeTexts,
  ObjectValues,
  ReadSoFar,
} from './object-state.ts'
import { askerOf } from '../asking.ts'
import { eachOf } from './each-of.ts'
import { mayBeSecret } from './secret-property.ts'
import { readWhole } from './whole-read.ts'

/** Moments that are kept. Each holds what was read of all objects; a fourth one takes the place of the oldest. */
const mostMoments = 3
/** Points of a plot and plots, as in a watched reply: an hour at one a second. */
const mostPoints = 3600
export const mostPlots = 12
/** Types whose texts are kept: those of the objects that were looked at. */
const mostTexts = 200
/** Milliseconds between two pictures of a reading that goes on: faster is not read, slower seems to stand. */
const pictureMs = 100

/** The objects of one machine. */
export class MachineObjects {
  readonly #queries: ObjectQueries
  /** What was read. It is replaced when its content changes, so that what is drawn follows. */
  #known = $state.raw<ReadSoFar>({ tree: new QomTree(), values: new Map(), failed: new Map() })
  #open = $state.raw<ReadonlySet<string>>(new Set([rootPath]))
  #reading = $state.raw<ReadonlySet<string>>(new Set())
  #whole = $state.raw<WholeState>({ kind: 'never' })
  #isCancelled = false
  /** When the connection began on which it was read. */
  #since: number | undefined
  #moments = $state.raw<readonly Moment[]>([])
  #momentIds = 0
  #plots = $state.raw<readonly ObjectPlot[]>([])
  /** What a person set, by path and property, with what it was before the first time. */
  #set = $state.raw<ReadonlyMap<string, SetValue>>(new Map())
  /** What a machine tells of the properties of types. */
  #texts = $state.raw<ReadonlyMap<string, TypeTexts>>(new Map())

  constructor(queries: ObjectQueries) {
    this.#queries = queries
  }

  get rows(): readonly QomRow[] {
    return this.#known.tree.rows(this.#open)
  }

  get size(): number {
    return this.#known.tree.size
  }

  get isFull(): boolean {
    return this.#known.tree.isFull
  }

  get whole(): WholeState {
    return this.#whole
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  get plots(): readonly ObjectPlot[] {
    return this.#plots
  }

  /** Paths that are being read. */
  get reading(): ReadonlySet<string> {
    return this.#reading
  }

  object(path: string): QomObject | undefined {
    return this.#known.tree.get(path)
  }

  typeOf(path: string): string | undefined {
    const told = this.#known.values.get(path)?.values.get('type')
    return (
      this.#known.tree.typeOf(path) ??
      (told?.kind === 'value' && typeof told.value === 'string' ? told.value : undefined)
    )
  }

  /** Why an object could not be read, in a sentence. */
  failed(path: string): string | undefined {
    return this.#known.failed.get(path)
  }

  valuesOf(path: string): ObjectValues | undefined {
    return this.#known.values.get(path)
  }

  search(query: string): QomHits {
    return searchObjects(this.#known.tree.all(), (path) => this.#known.values.get(path)?.values, query)
  }

  /** Open a row of the tree: it is read again, for what was in it may have changed. */
  async open(path: string): Promise<void> {
    this.#open = new Set(this.#open).add(path)
    await this.read(path)
  }

  /**
   * A connection is there, since this time. What was read on another one is forgotten: another QEMU may have answered.
   * Moments that were kept stay.
   */
  connected(since: number): void {
    const before = this.#since
    this.#since = since
    if (before === undefined || before === since) return
    this.#known = { tree: new QomTree(), values: new Map(), failed: new Map() }
    this.#set = new Map()
    if (this.#whole.kind === 'read') this.#whole = { kind: 'never' }
  }

  close(path: string): void {
    const open = new Set(this.#open)
    open.delete(path)
    this.#open = open
  }

  /** Read and open all that is around an object, so that it has a row. */
  async reveal(path: string): Promise<void> {
    for (const each of pathsAbove(path)) {
      if (this.#known.tree.get(each) === undefined) await this.read(each)
      if (this.#known.tree.get(each) === undefined) return
      this.#open = new Set(this.#open).add(each)
    }
  }

  /** Read what an object has. */
  async read(path: string): Promise<void> {
    await this.#whileReading(path, async () => {
      const reply = await this.#queries.ask('qom-list', { path })
      if (reply.ok) {
        this.#known.failed.delete(path)
        const isKept = this.#known.tree.put(path, readProperties(reply.value))
        if (!isKept)
          this.#known.failed.set(path, 'The page holds as many objects as it may: it was read, and not kept.')
      } else {
        this.#known.failed.set(path, reply.error)
        this.#known.tree.drop(path)
        this.#known.values.delete(path)
      }
    })
  }

  /**
   * Read the values of an object, all or some. Where the machine answers for a whole object it is asked once. What may be
   * a secret is read only where it is named. `isWanted` ends it between two questions.
   */
  async readValues(
    path: string,
    only?: readonly string[],
    isWanted: () => boolean = () => true,
  ): Promise<void> {
    const object = this.#known.tree.get(path)
    if (object === undefined) return
    const type = this.typeOf(path)
    const listed = object.properties.list.filter(({ kind }) => kind !== 'child')
    const names = only ?? listed.filter(({ name }) => !mayBeSecret(path, type, name)).map(({ name }) => name)
    const at = this.#queries.now()
    await this.#whileReading(path, async () => {
      if (
        only === undefined &&
        names.length === listed.length &&
        this.#queries.offers('qom-list-get') === true
      ) {
        const reply = await this.#queries.ask('qom-list-get', { paths: [path] })
        if (reply.ok) {
          const [item] = Array.isArray(reply.value) ? (reply.value as readonly Json[]) : []
          this.#take(path, readListGet(item).values, at)
          return
        }
      }
      const ask = async (property: string): Promise<void> => {
        const reply = await this.#queries.ask('qom-get', { path, property })
        this.#take(path, new Map([[property, valueOf(reply)]]), at)
      }
      // No more wait for their turn than are under way: what is left behind is not asked for.
      await eachOf(names, 2, ask, () => !isWanted())
    })
  }

  /** The object with all its values, as they are now; undefined where it cannot be read. */
  async readingOf(path: string): Promise<QomReading | undefined> {
    await this.read(path)
    await this.readValues(path)
    return this.kept(path)
  }

  /** What was read of an object last; undefined where it was not. */
  kept(path: string): QomReading | undefined {
    const object = this.object(path)
    if (object === undefined) return undefined
    const properties: readonly QomProperty[] = object.properties.list
    return { type: this.typeOf(path), properties, values: this.#known.values.get(path)?.values ?? new Map() }
  }

  /** All that was read, as it was last. */
  all(): ReadonlyMap<string, QomReading> {
    return new Map(
      [...this.#known.tree.all()].flatMap(({ path }) => {
        const reading = this.kept(path)
        return reading === undefined ? [] : [[path, reading] as const]
      }),
    )
  }

  keepMoment(): Moment {
    this.#momentIds += 1
    const moment = { id: this.#momentIds, at: this.#queries.now(), objects: this.all() }
    this.#moments = [...this.#moments, moment].slice(-mostMoments)
    return moment
  }

  /** Read all objects, and their values where that is wanted; one reading at a time. */
  async readAll(withValues: boolean): Promise<void> {
    if (this.#whole.kind === 'reading') return
    this.#isCancelled = false
    const began = this.#queries.now()
    let drawn = 0
    this.#whole = { kind: 'reading', progress: { phase: 'structure', done: 0, of: 1 } }
    const read = await readWhole(this.#known.tree, {
      ask: this.#queries.many,
      hasListGet: this.#queries.offers('qom-list-get') === true,
      withValues,
      isCancelled: () => this.#isCancelled,
      onprogress: (progress) => {
        const now = this.#queries.now()
        if (now - drawn < pictureMs) return
        drawn = now
        this.#whole = { kind: 'reading', progress }
        this.#known = { ...this.#known }
      },
    })
    const at = this.#queries.now()
    for (const [path, values] of read.values) if (values.size > 0) this.#take(path, values, at)
    this.#whole = {
      kind: 'read',
      at,
      tookMs: at - began,
      objects: this.#known.tree.size,
      failed: read.failed,
      isCancelled: read.isCancelled,
      withValues,
    }
    this.#known = { ...this.#known }
  }

  cancelAll(): void {
    this.#isCancelled = true
  }

  /** Keep a number over time from now on. False where there are as many plots as may be. */
  plot(path: string, property: string): boolean {
    if (this.isPlotted(path, property)) return true
    if (this.#plots.length >= mostPlots) return false
    const value = plotted(this.#known.values.get(path)?.values.get(property))
    const points = value === undefined ? [] : [{ at: this.#queries.now(), value }]
    this.#plots = [...this.#plots, { path, property, points }]
    return true
  }

  unplot(path: string, property: string): void {
    this.#plots = this.#plots.filter((each) => each.path !== path || each.property !== property)
  }

  isPlotted(path: string, property: string): boolean {
    return this.#plots.some((each) => each.path === path && each.property === property)
  }

  /** Ask for the plotted numbers of an object once. */
  async sample(path: string): Promise<void> {
    const names = this.#plots.filter((each) => each.path === path).map(({ property }) => property)
    if (names.length > 0) await this.readValues(path, names)
  }

  /** The value of a property before a person set it here; undefined where nobody did. */
  setOf(path: string, property: string): SetValue | undefined {
    return this.#set.get(`${path} ${property}`)
  }

  /** A person has set a property, and `before` is what it was. Set to that again, nothing is left to take back. */
  async wasSet(path: string, property: string, before: Json | undefined): Promise<void> {
    const key = `${path} ${property}`
    const first = this.#set.get(key) ?? { before }
    await this.readValues(path, [property])
    const now = this.#known.values.get(path)?.values.get(property)
    const isAsBefore =
      first.before !== undefined && now?.kind === 'value' && equalJson(now.value, first.before)
    const next = new Map(this.#set)
    if (isAsBefore) next.delete(key)
    else next.set(key, first)
    this.#set = next
  }

  /** What the machine told of the properties of a type; undefined where it was not asked. */
  textsOf(type: string): TypeTexts | undefined {
    return this.#texts.get(type)
  }

  takeTexts(type: string, reply: Result<Json, string>): void {
    const texts: TypeTexts = reply.ok
      ? {
          kind: 'texts',
          properties: new Map(readProperties(reply.value).list.map((each) => [each.name, each])),
        }
      : { kind: 'none', why: reply.error }
    this.#texts = new Map([...this.#texts, [type, texts] as const].slice(-mostTexts))
  }

  /** Where a link of an object leads; undefined where it is unread or empty. */
  targetOf(path: string, property: string): string | undefined {
    return linkTarget(this.valuesOf(path)?.values.get(property))
  }

  async #whileReading(path: string, work: () => Promise<void>): Promise<void> {
    this.#reading = new Set(this.#reading).add(path)
    await work()
    const reading = new Set(this.#reading)
    reading.delete(path)
    this.#reading = reading
    this.#known = { ...this.#known }
  }

  #take(path: string, read: QomValues, at: number): void {
    const before = this.#known.values.get(path)
    const values = new Map<string, QomValue>(before?.values)
    // What changed in one reading stays marked until the next one.
    const changed = new Set(before?.at === at ? before.changed : [])
    for (const [name, value] of read) {
      const was = values.get(name)
      if (was?.kind === 'value' && value.kind === 'value' && !equalJson(was.value, value.value))
        changed.add(name)
      values.set(name, value)
    }
    this.#known.values.set(path, { values, changed, at })
    this.#plots = this.#plots.map((each) => {
      const value = each.path === path ? read.get(each.property) : undefined
      if (value === undefined) return each
      return { ...each, points: [...each.points, { at, value: plotted(value) }].slice(-mostPoints) }
    })
    this.#known = { ...this.#known }
  }
}

function valueOf(reply: Result<Json, string>): QomValue {
  return reply.ok ? { kind: 'value', value: reply.value } : { kind: 'refused', why: reply.error }
}

/** Those of a machine. */
export function makeObjects(machine: Machine): MachineObjects {
  const asker = askerOf(machine)
  return new MachineObjects({
    ask: (name, args) => asker.again(name, args),
    many: (name, args) =>
      machine.fromFile ? asker.again(name, args) : machine.commands.callAgain(name, args, 30_000),
    offers: (name) => asker.offers(name),
    now: () => Date.now(),
  })
}
