/**
 * Streams of a hostile server through framer, messages and both sessions, several at once, cut anywhere.
 *
 * As a unit test a fixed number of streams from a fixed seed. `npm run test:fuzz` goes on for as long as it is told, from a seed that it
 * prints: QMP_STUDIO_FUZZ_SEED and QMP_STUDIO_FUZZ_SECONDS. A failure names the seed of its stream.
 */
import { expect, test } from 'vitest'
import { mostLevels } from '#base/json/loss.ts'
import type { Json } from '#base/json/value.ts'
import { createAgentSession } from './agent.ts'
import { createFramer } from './wire/framer.ts'
import { readMessage } from './message.ts'
import type { Outcome, RawOutcome } from './report.ts'
import { createSession } from './session.ts'
import { Bench } from './testing/fake-server.ts'
import { cuts, hostileBytes, oneOf, randomOf, upTo } from './testing/hostile.ts'
import type { Random } from './testing/hostile.ts'

const seconds = Number(process.env.QMP_STUDIO_FUZZ_SECONDS ?? 0)
const firstSeed = Number(process.env.QMP_STUDIO_FUZZ_SEED ?? 20_261_129)
/** Streams of the unit test: a few seconds. */
const streams = 25
/** Work on a byte: copied at most a few times and scanned at most twice, and again where something was given up. */
const mostWork = 40

/** Levels of a value, without recursion. */
function levelsOf(value: Json): number {
  let level: readonly Json[] = [value]
  let levels = 0
  for (;;) {
    const containers = level.filter((each) => typeof each === 'object' && each !== null)
    if (containers.length === 0) return levels
    levels += 1
    level = containers.flatMap((each) =>
      each instanceof String ? [] : (Object.values(each as object) as Json[]),
    )
  }
}

/** What comes out of the framer is bounded, and is what its text says; the work is linear. */
function throughFramer(random: Random): void {
  const bytes = hostileBytes(random, 1 + upTo(random, 30), [2, 3])
  let delivered = 0
  const framer = createFramer(
    {
      message(value, wire) {
        delivered += wire.bytes
        expect(levelsOf(value)).toBeLessThanOrEqual(mostLevels)
        expect(wire.text().trim().startsWith('{')).toBe(true)
        // It can go to the page as it is.
        structuredClone(readMessage(value))
      },
      problem: (problem) => expect(structuredClone(problem)).toEqual(problem),
    },
    { resets: random() < 0.5, limitBytes: oneOf(random, [1000, 100_000, 64 * 1024 * 1024]) },
  )
  for (const piece of cuts(random, bytes)) {
    framer.push(piece)
    if (random() < 0.05) framer.idle()
  }
  framer.end()
  expect(delivered).toBeLessThanOrEqual(bytes.length)
  expect(framer.pendingBytes).toBe(0)
  expect(framer.work.copied + framer.work.scanned).toBeLessThanOrEqual(mostWork * bytes.length + 200_000)
}

/** A session with commands, its outcomes, and the stream that it gets. */
class Victim {
  readonly bench: Bench
  readonly settled: (Outcome | RawOutcome)[] = []
  asked = 0
  readonly #random: Random
  readonly #pieces: Generator<Uint8Array>

  constructor(random: Random) {
    this.#random = random
    const isAgent = random() < 0.4
    this.bench = new Bench((ports, sink) => {
      const all = { ...sink, broken: () => undefined }
      return isAgent ? createAgentSession(ports, all) : createSession(ports, all)
    })
    this.bench.session.opened()
    if (isAgent) this.#answerSync()
    else if (random() < 0.9)
      this.bench.receive(
        '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}}}\r\n{"return": {}, "id": 1}\r\n',
      )
    this.#pieces = cuts(random, hostileBytes(random, 1 + upTo(random, 25), [2, 3, 4, 5]))
  }

  /** Whether there is more to come. */
  step(): boolean {
    const random = this.#random
    if (random() < 0.2) this.#ask()
    if (random() < 0.1) this.bench.clock.advance(oneOf(random, [20, 2500, 40_000]))
    if (random() < 0.1) this.#answerSync()
    if (random() < 0.05) this.bench.session.idle()
    const piece = this.#pieces.next()
    if (piece.done === true) return false
    this.bench.session.receive(piece.value)
    return true
  }

  async end(): Promise<void> {
    this.bench.session.closed()
    await Promise.resolve()
    await Promise.resolve()
    expect(this.settled).toHaveLength(this.asked)
    expect(this.bench.session.queue().pending).toEqual([])
    // Recorded rows go to the page.
    for (const { body } of this.bench.rows) structuredClone({ batch: { rows: [body] } })
    for (const outcome of this.settled) structuredClone(outcome)
  }

  #ask(): void {
    const random = this.#random
    this.asked += 1
    const note = (outcome: Outcome | RawOutcome): void => {
      this.settled.push(outcome)
    }
    if (random() < 0.3) {
      const line = oneOf(random, [
        '{"execute": "stop", "id": {"a": [1]}}',
        'nonsense',
        '{"execute": "x"}',
        '[[[',
      ])
      void this.bench.session.sendRaw(line, 1000, undefined).then(note)
      return
    }
    const request = {
      name: 'query-status',
      arguments: undefined,
      oob: random() < 0.1,
      deadlineMs: 5000,
      ticket: undefined,
      origin: oneOf(random, ['person', 'page'] as const),
    }
    void this.bench.session.execute(request).then(note)
  }

  #answerSync(): void {
    const line = this.bench.sent.findLast((each) => each.includes('guest-sync-delimited'))
    if (line === undefined) return
    const { arguments: args } = JSON.parse(line) as { arguments: { id: number } }
    this.bench.session.receive(Uint8Array.of(0xff))
    this.bench.receive(`{"return": ${args.id}}\n`)
  }
}

/** Several connections at once: none disturbs another, and every command of each ends exactly once. */
async function throughSessions(random: Random): Promise<void> {
  const victims = Array.from(
    { length: 1 + upTo(random, 4) },
    () => new Victim(randomOf(upTo(random, 2 ** 31))),
  )
  const going = new Set(victims)
  while (going.size > 0) {
    const victim = oneOf(random, [...going])
    if (!victim.step()) going.delete(victim)
  }
  for (const victim of victims) await victim.end()
}

async function stream(seed: number): Promise<void> {
  try {
    throughFramer(randomOf(seed))
    await throughSessions(randomOf(seed ^ 0x5eed))
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

test(
  'a hostile stream leaves framer, messages and sessions alive, bounded, and with every command ended',
  { timeout: 60_000 + seconds * 2000 },
  async () => {
    const until = performance.now() + seconds * 1000
    let seed = firstSeed
    for (; seed < firstSeed + streams || performance.now() < until; seed += 1) await stream(seed)
    if (seconds > 0) process.stdout.write(`${seed - firstSeed} streams, seeds ${firstSeed} to ${seed - 1}\n`)
  },
)
