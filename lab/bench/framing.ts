/**
 * Framing and parsing against JSON.parse of the same messages, split into strings beforehand.
 *
 * Memory: a child process reads one reply of 60 MB in 64 KB chunks and reports the highest resident size that it saw,
 * less what it had before, the value included and held; the median of three. JSON.parse alone takes 2.2 times the size.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFramer } from '#qmp/wire/framer.ts'
import { root } from '../paths.ts'
import { interleave, median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'

const rounds = 15
const encoder = new TextEncoder()

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
  const schema: unknown = JSON.parse(
    readFileSync(join(root, 'public', 'schemas', 'qemu-7.2-x86_64.json'), 'utf8'),
  )
  return Array.from({ length: count }, (_, n) => compact({ return: schema, id: n }))
}

function chunksOf(messages: readonly string[], size: number): Uint8Array[] {
  const bytes = encoder.encode(`${messages.join('\r\n')}\r\n`)
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size))
  return chunks
}

async function ratio(messages: readonly string[], chunkSize: number, goal: string): Promise<Figure> {
  const chunks = chunksOf(messages, chunkSize)
  const { baselineMs, subjectMs } = await interleave(
    () => {
      for (const message of messages) JSON.parse(message)
    },
    () => {
      let count = 0
      let made: unknown
      const framer = createFramer({
        message: () => {
          count += 1
        },
        // What JSON.parse makes is made here too, though the app makes it only of events that somebody asks for.
        event: (event) => {
          made = event.value()
          count += 1
          return true
        },
        problem: (problem) => {
          throw new Error(problem.kind)
        },
      })
      for (const chunk of chunks) framer.push(chunk)
      if (count !== messages.length) throw new Error(`${count} of ${messages.length} messages`)
      return made
    },
    rounds,
  )
  return { value: baselineMs / subjectMs, unit: 'of the speed of JSON.parse', goal }
}

async function bigReply(): Promise<Readonly<Record<string, Figure>>> {
  const entry = {
    name: 'query-block',
    'meta-type': 'command',
    'arg-type': '0',
    members: [{ name: 'device', type: 'str' }],
  }
  const size = 60 * 1024 * 1024
  const messages = [
    compact({ return: Array.from({ length: Math.ceil(size / compact(entry).length) }, () => entry), id: 1 }),
  ]
  const chunks = chunksOf(messages, 65_536)
  const { baselineMs, subjectMs } = await interleave(
    () => JSON.parse(messages[0] ?? '') as unknown,
    () => {
      const framer = createFramer({ message: () => undefined, problem: () => undefined })
      for (const chunk of chunks) framer.push(chunk)
    },
    5,
  )
  const peaks = Array.from({ length: 3 }, () => {
    const child = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', join(root, 'lab', 'bench', 'memory.ts')],
      { cwd: root, encoding: 'utf8' },
    )
    const peak = Number(child.stdout.trim())
    if (!(peak > 0)) throw new Error(`the memory benchmark failed: ${child.stderr}`)
    return peak
  })
  return {
    'one 60 MB reply: time': { value: subjectMs / baselineMs, unit: 'times JSON.parse', goal: '<= 2' },
    'one 60 MB reply: peak memory': { value: median(peaks), unit: 'times its size', goal: '<= 4' },
  }
}

/** The benchmarks of framing. */
export const benchmarks: readonly Benchmark[] = [
  ...[4, 64].map((kib) => ({
    name: `framing, ${kib} KB chunks`,
    run: async () => ({
      [`100,000 small events, ${kib} KB chunks`]: await ratio(smallEvents(100_000), kib * 1024, '>= 0.85'),
      [`50 schema replies, ${kib} KB chunks`]: await ratio(schemaReplies(50), kib * 1024, '>= 0.85'),
    }),
  })),
  {
    name: 'framing, pretty',
    run: async () => {
      const pretty = [...smallEvents(10_000), ...schemaReplies(10)].map((text) =>
        JSON.stringify(JSON.parse(text), null, 4),
      )
      return { 'pretty-printed, 64 KB chunks': await ratio(pretty, 65_536, '>= 0.4') }
    },
  },
  { name: 'framing, 60 MB', run: bigReply },
]
