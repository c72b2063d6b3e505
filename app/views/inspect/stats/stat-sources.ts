/**
 * Where statistics come from, and how they are asked for: query-stats by the names on the board, and beside it what disks,
 * the balloon and the dirty rate tell. What a server does not have is not asked.
 * Tested by app/views/inspect/stats/stats-board.test.ts.
 */
import { err } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import {
  balloonStatistics,
  blockStatistics,
  dirtyStatistics,
  guestMemoryStatistics,
  readBalloon,
  readBlockCounters,
  readDirtyRate,
  readGuestMemory,
} from '#inside/stats/device-counters.ts'
import { readStats } from '#inside/stats/stat-reply.ts'
import type { StatReading } from '#inside/stats/stat-reply.ts'
import { readStatSchemas } from '#inside/stats/stat-schema.ts'
import type { Statistic } from '#inside/stats/statistic.ts'
import { vcpuNames } from '#inside/stats/vcpu-load.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'

/** What it asks with: as the asker of Inspect. */
export interface StatQueries {
  readonly ask: (name: OwnQuery, args?: JsonObject) => Promise<Result<Json, string>>
  readonly again: (name: string, args?: JsonObject) => Promise<Result<Json, string>>
  readonly offers: (name: string) => boolean | undefined
}

/** What a machine offers. */
export interface StatCatalogue {
  readonly statistics: ReadonlyMap<string, Statistic>
  /** Why some are not there, in sentences for people. */
  readonly notes: readonly string[]
  /** Names of vCPUs by their path. */
  readonly vcpus: ReadonlyMap<string, string>
  /** The path of the balloon device; undefined where there is none, or its path is not known. */
  readonly balloon: string | undefined
}

export const noCatalogue: StatCatalogue = {
  statistics: new Map(),
  notes: [],
  vcpus: new Map(),
  balloon: undefined,
}

/** Read what the machine offers. It is asked once for each connection. */
export async function readCatalogue(queries: StatQueries): Promise<StatCatalogue> {
  const found: Statistic[] = []
  const notes: string[] = []
  if (queries.offers('query-stats') === false) {
    notes.push('This server does not have query-stats (it is there from 7.1 on).')
  } else {
    const reply = await queries.ask('query-stats-schemas')
    const read = readStatSchemas(reply.ok ? reply.value : [])
    found.push(...read.statistics)
    notes.push(...read.leftOut.map((line) => `${line}.`))
    if (!reply.ok) notes.push(`query-stats-schemas: ${reply.error}`)
    else if (read.statistics.length === 0)
      notes.push('query-stats has none for this machine: KVM counts them, and TCG does not.')
  }
  if (queries.offers('query-blockstats') !== false) found.push(...blockStatistics)
  const balloon = await balloonOf(queries)
  if (balloon.isThere) found.push(...balloonStatistics)
  if (balloon.path !== undefined) found.push(...guestMemoryStatistics)
  if (queries.offers('query-dirty-rate') !== false) found.push(...dirtyStatistics)
  const vcpus =
    queries.offers('query-cpus-fast') === false ? err('not there') : await queries.ask('query-cpus-fast')
  return {
    statistics: new Map(found.map((each) => [each.key, each])),
    notes: [...new Set(notes)],
    vcpus: vcpuNames(vcpus.ok ? vcpus.value : []),
    balloon: balloon.path,
  }
}

/** Whether there is a balloon, and where its object is: devices with an id, then those without. */
async function balloonOf(
  queries: StatQueries,
): Promise<{ readonly isThere: boolean; readonly path: string | undefined }> {
  const none = { isThere: false, path: undefined }
  if (queries.offers('query-balloon') === false) return none
  const reply = await queries.ask('query-balloon')
  if (!reply.ok) return none
  for (const above of ['/machine/peripheral', '/machine/peripheral-anon']) {
    const listed = await queries.ask('qom-list', { path: above })
    const devices = listed.ok && Array.isArray(listed.value) ? objectsIn(listed.value as readonly Json[]) : []
    for (const each of devices) {
      const [name, type] = [own(each, 'name'), own(each, 'type')]
      if (typeof name === 'string' && typeof type === 'string' && /^child<virtio-balloon/.test(type))
        return { isThere: true, path: `${above}/${name}` }
    }
  }
  return { isThere: true, path: undefined }
}

/** One question, and how its reply is read. */
export interface StatQuestion {
  /** The statistics that it answers for. */
  readonly keys: readonly string[]
  readonly name: OwnQuery | 'qom-get'
  readonly args?: JsonObject
  readonly read: (reply: Json) => StatReading
}

/** The questions for these statistics: one for each target of query-stats, one for each other source. */
export function questionsFor(
  keys: readonly string[],
  { statistics, balloon }: Pick<StatCatalogue, 'statistics' | 'balloon'>,
): readonly StatQuestion[] {
  const wanted = keys.flatMap((key) => statistics.get(key) ?? [])
  const of = (provider: string, target?: string): readonly string[] =>
    wanted
      .filter((each) => each.provider === provider && (target === undefined || each.target === target))
      .map(({ key }) => key)
  const others: readonly StatQuestion[] = [
    { keys: of('block'), name: 'query-blockstats', read: readBlockCounters },
    { keys: of('balloon', 'vm'), name: 'query-balloon', read: readBalloon },
    {
      keys: of('balloon', 'guest'),
      name: 'qom-get',
      args: { path: balloon ?? '', property: 'guest-stats' },
      read: readGuestMemory,
    },
    {
      keys: of('dirty-rate'),
      name: 'query-dirty-rate',
      read: (reply) => readDirtyRate(reply)?.reading ?? new Map(),
    },
  ]
  return [...statQuestions(wanted), ...others.filter((each) => each.keys.length > 0)]
}

/** Providers that have statistics without query-stats. */
const ownProviders: ReadonlySet<string> = new Set(['block', 'balloon', 'dirty-rate'])

function statQuestions(wanted: readonly Statistic[]): readonly StatQuestion[] {
  const byTarget = new Map<string, Map<string, Statistic[]>>()
  for (const each of wanted) {
    if (ownProviders.has(each.provider)) continue
    const providers = byTarget.get(each.target) ?? new Map<string, Statistic[]>()
    byTarget.set(each.target, providers)
    const list = providers.get(each.provider)
    if (list === undefined) providers.set(each.provider, [each])
    else list.push(each)
  }
  return [...byTarget].map(([target, providers]) => ({
    keys: [...providers.values()].flat().map(({ key }) => key),
    name: 'query-stats',
    args: {
      target,
      providers: [...providers].map(([provider, list]) => ({
        provider,
        names: list.map(({ name }) => name),
      })),
    },
    read: (reply) => readStats(reply, target),
  }))
}

/** Put a question. `qom-get` is sent only for what a person has put on the board. */
export function askQuestion(
  queries: StatQueries,
  { name, args }: StatQuestion,
): Promise<Result<Json, string>> {
  return name === 'qom-get' ? queries.again(name, args) : queries.ask(name, args)
}
