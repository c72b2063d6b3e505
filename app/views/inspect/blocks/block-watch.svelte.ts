/**
 * The block graph of one machine while it is in sight: statistics and jobs each second, the structure every two seconds and
 * whenever a job has moved on. Tested by e2e/inspect-blocks.spec.ts.
 */
import type { Json, JsonObject } from '#base/json/value.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import type { BlockReplies } from '#inside/blocks/block-graph.ts'
import type { BlockGraph, BlockPart, IoTotals } from '#inside/blocks/block-model.ts'
import { keepParts } from '#inside/blocks/keep-parts.ts'
import { extendTrail } from '#inside/blocks/latency.ts'
import type { LatencyTrail } from '#inside/blocks/latency.ts'
import { ratesBetween } from '#inside/blocks/rates.ts'
import type { IoRates } from '#inside/blocks/rates.ts'
import type { OwnQuery } from '#qapi/check/own-queries.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { askerOf } from '../asking.ts'

type ReplyName = Exclude<keyof BlockReplies, 'started'>

/** One question, and where its answer goes. */
interface AskedReply {
  readonly reply: ReplyName
  readonly name: OwnQuery
  readonly args?: JsonObject
}

const moving: readonly AskedReply[] = [
  { reply: 'stats', name: 'query-blockstats' },
  { reply: 'jobs', name: 'query-jobs' },
  { reply: 'blockJobs', name: 'query-block-jobs' },
]
const structure: readonly AskedReply[] = [
  { reply: 'nodes', name: 'query-named-block-nodes', args: { flat: true } },
  { reply: 'devices', name: 'query-block' },
  { reply: 'exports', name: 'query-block-exports' },
  { reply: 'graph', name: 'x-debug-query-block-graph' },
]
/** Only where the graph is not told: its reply repeats each chain for each of its nodes. */
const insteadOfGraph: AskedReply = {
  reply: 'nodeStats',
  name: 'query-blockstats',
  args: { 'query-nodes': true },
}

/** Milliseconds between two questions for the structure. Nodes that others add are seen this much later. */
const structureMs = 2000

/** Events after which it is asked at once. */
export const blockEvents = [
  ...['JOB_STATUS_CHANGE', 'BLOCK_JOB_READY', 'BLOCK_JOB_COMPLETED', 'BLOCK_JOB_CANCELLED'],
  ...[
    'BLOCK_EXPORT_DELETED',
    'DEVICE_DELETED',
    'DEVICE_TRAY_MOVED',
    'BLOCK_IO_ERROR',
    'BLOCK_WRITE_THRESHOLD',
  ],
]

/** Holds the newest graph. */
export class BlockWatch {
  readonly #machine: Machine
  readonly #replies = new Map<ReplyName, Json>()
  #graph = $state.raw<BlockGraph | undefined>()
  #rates = $state.raw<ReadonlyMap<string, IoRates>>(new Map())
  #trails = $state.raw<ReadonlyMap<string, LatencyTrail>>(new Map())
  #problem = $state('')
  #structureAt = Number.NEGATIVE_INFINITY
  #jobStates = ''
  #before: { readonly at: number; readonly totals: ReadonlyMap<string, IoTotals> } | undefined

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Undefined before the first answer. */
  get graph(): BlockGraph | undefined {
    return this.#graph
  }

  /** By the id of the device. */
  get rates(): ReadonlyMap<string, IoRates> {
    return this.#rates
  }

  /** By the id of the device and what is counted: `device:vd0 reads`. */
  get trails(): ReadonlyMap<string, LatencyTrail> {
    return this.#trails
  }

  /** What was asked and not answered, in sentences; empty where all was. */
  get problem(): string {
    return this.#problem
  }

  /** The structure is asked for with the next question, too: a command has changed it. */
  soon(): void {
    this.#structureAt = Number.NEGATIVE_INFINITY
  }

  /** Ask what is due, and make the graph of the answers. */
  async ask(now = performance.now()): Promise<void> {
    const problems = await this.#askAll(moving)
    const states = printStates(this.#replies.get('jobs'))
    if (now - this.#structureAt >= structureMs || states !== this.#jobStates) {
      this.#structureAt = now
      this.#jobStates = states
      problems.push(...(await this.#askAll(structure)))
      if (this.#replies.has('graph')) this.#replies.delete('nodeStats')
      else problems.push(...(await this.#askAll([insteadOfGraph])))
    }
    const graph = keepParts(this.#graph, blockGraph(Object.fromEntries(this.#replies)))
    this.#takeRates(graph.parts, now)
    this.#trails = new Map(
      graph.parts.flatMap((part) =>
        (part.kind === 'device' ? part.histograms : []).map((each) => {
          const key = `${part.id} ${each.of}`
          return [key, extendTrail(this.#trails.get(key), each)] as const
        }),
      ),
    )
    this.#graph = graph
    this.#problem = [...new Set(problems)].join(' ')
  }

  /** Ask what the server has, two at a time; why some are not answered. */
  async #askAll(questions: readonly AskedReply[]): Promise<string[]> {
    const asker = askerOf(this.#machine)
    const offered = questions.filter(({ name }) => asker.offers(name) !== false)
    const replies = await Promise.all(offered.map(({ name, args }) => asker.ask(name, args)))
    return offered.flatMap(({ reply }, index) => {
      const answer = replies[index]
      if (answer?.ok === true) {
        this.#replies.set(reply, answer.value)
        return []
      }
      this.#replies.delete(reply)
      return answer === undefined || this.#machine.fromFile ? [] : [answer.error]
    })
  }

  #takeRates(parts: readonly BlockPart[], now: number): void {
    const totals = new Map(
      parts.flatMap((part) => (part.kind === 'device' && part.io !== undefined ? [[part.id, part.io]] : [])),
    )
    const before = this.#before
    this.#before = { at: now, totals }
    if (before === undefined) return
    this.#rates = new Map(
      [...totals].flatMap(([id, after]) => {
        const first = before.totals.get(id)
        const found = first === undefined ? undefined : ratesBetween(first, after, now - before.at)
        return found === undefined ? [] : [[id, found]]
      }),
    )
  }
}

/** The states of all jobs, to see whether one has moved on. */
function printStates(jobs: Json | undefined): string {
  const { parts } = blockGraph({ jobs })
  return parts.map((part) => (part.kind === 'job' ? `${part.name} ${part.status}` : '')).join('\n')
}
