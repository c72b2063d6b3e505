/**
 * Framing and parsing against JSON.parse of the same messages, split into strings beforehand. What JSON.parse makes is
 * made here too, though the app makes it only of events that somebody asks for.
 *
 * Memory: a process of its own reads one reply of 60 MB in 64 KB chunks (memory.ts). JSON.parse alone takes 2.2 times
 * the size.
 */
import { createFramer } from '#qmp/wire/framer.ts'
import { benchmark, median } from './measure.ts'
import type { Benchmark, Ratio } from './measure.ts'
import { recordedText } from './models.ts'
import { memoryOf } from './parts/in-child.ts'

/** Text as QEMU prints it: a blank behind colons and commas. */
function compact(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replaceAll('{ ', '{')
    .replaceAll(' }', '}')
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']')
}

function smallEvents(count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    compact({
      timestamp: { seconds: 1_732_153_431 + n, microseconds: (n * 7919) % 1_000_000 },
      event: 'BLOCK_JOB_COMPLETED',
      data: {
        device: `drive-virtio-disk${n % 16}`,
        len: 10_737_418_240,
        offset: 10_737_418_240,
        speed: 0,
        type: 'mirror',
      },
    }),
  )
}

function schemaReplies(count: number): string[] {
  const schema: unknown = JSON.parse(recordedText('7.2'))
  return Array.from({ length: count }, (_, n) => compact({ return: schema, id: n }))
}

function bigReply(): string[] {
  const entry = {
    name: 'query-block',
    'meta-type': 'command',
    'arg-type': '0',
    members: [{ name: 'device', type: 'str' }],
  }
  const count = Math.ceil((60 * 1024 * 1024) / compact(entry).length)
  return [compact({ return: Array.from({ length: count }, () => entry), id: 1 })]
}

interface Messages {
  readonly texts: readonly string[]
  readonly chunks: readonly Uint8Array[]
}

function open(texts: readonly string[], chunkBytes: number): Messages {
  const bytes = new TextEncoder().encode(`${texts.join('\r\n')}\r\n`)
  const count = Math.ceil(bytes.length / chunkBytes)
  const chunks = Array.from({ length: count }, (_, n) => bytes.slice(n * chunkBytes, (n + 1) * chunkBytes))
  return { texts, chunks }
}

function frame({ texts, chunks }: Messages): void {
  let count = 0
  const framer = createFramer({
    message: () => {
      count += 1
    },
    event: (event) => {
      event.value()
      count += 1
      return true
    },
    problem: (problem) => {
      throw new Error(problem.kind)
    },
  })
  for (const chunk of chunks) framer.push(chunk)
  if (count !== texts.length) throw new Error(`${count} of ${texts.length} messages`)
}

const runs = {
  baseline: ({ texts }: Messages): void => {
    for (const text of texts) JSON.parse(text)
  },
  work: frame,
}

function framing(name: string, texts: () => readonly string[], kib: number, goal: string): Benchmark {
  const figure: Ratio<Messages> = { name, unit: 'of the speed of JSON.parse', goal, rounds: 15, ...runs }
  return benchmark('framing', { open: () => open(texts(), kib * 1024), figures: [figure] })
}

/** The benchmarks of framing. */
export const benchmarks: readonly Benchmark[] = [
  ...[4, 64].flatMap((kib) => [
    framing(`100,000 small events, ${kib} KB chunks`, () => smallEvents(100_000), kib, '>= 0.85'),
    framing(`50 schema replies, ${kib} KB chunks`, () => schemaReplies(50), kib, '>= 0.85'),
  ]),
  framing(
    'pretty-printed, 64 KB chunks',
    () =>
      [...smallEvents(10_000), ...schemaReplies(10)].map((text) => JSON.stringify(JSON.parse(text), null, 4)),
    64,
    '>= 0.4',
  ),
  benchmark('framing', {
    open: () => open(bigReply(), 65_536),
    figures: [
      { name: 'one 60 MB reply: time', unit: 'times JSON.parse', goal: '<= 2', rounds: 5, ...runs },
      {
        name: 'one 60 MB reply: peak memory',
        unit: 'times its size',
        goal: '<= 4',
        measure: async () => {
          const peaks: number[] = []
          for (let round = 0; round < 3; round += 1) peaks.push(...(await memoryOf('reply')))
          return median(peaks)
        },
      },
    ],
  }),
]
