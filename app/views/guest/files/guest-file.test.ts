import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Result } from '#base/result.ts'
import type { Json } from '#base/json/value.ts'
import { FakeAgent, fails, returns } from '../testing/fake-agent.ts'
import type { Odd } from '../testing/fake-agent.ts'
import { pieceBytes, readFile, writeFile } from './guest-file.ts'
import type { FileEnd, FileRead, FileSource } from './guest-file.ts'

const path = '/tmp/a'
const errorOf = (result: Result<unknown, string>): string => (result.ok ? 'no error' : result.error)
const unseen = { progress: () => undefined, stopped: () => undefined }

function source(content: Buffer): FileSource {
  return { size: content.length, read: (from, to) => Promise.resolve(content.subarray(from, to)) }
}

async function read(
  agent: FakeAgent,
  options: { stopped?: () => string | undefined; most?: number } = {},
): Promise<{ end: FileEnd<FileRead>; content: Buffer }> {
  const pieces: Uint8Array[] = []
  const watch = { ...unseen, stopped: options.stopped ?? unseen.stopped }
  const end = await readFile(agent, path, watch, (piece) => void pieces.push(piece), options.most)
  return { end, content: Buffer.concat(pieces) }
}

test('up and down again, in pieces: equal, with progress, and closed', async () => {
  const content = randomBytes(2 * pieceBytes + 7)
  const agent = new FakeAgent()
  const seen: unknown[] = []
  const watch = { ...unseen, progress: (done: number, size?: number) => void seen.push([done, size]) }
  const up = await writeFile(agent, path, source(content), watch)
  expect(up).toEqual({ result: { ok: true, value: content.length }, leftOpen: undefined })
  expect(content.equals(agent.files.get(path) ?? Buffer.alloc(0))).toBe(true)
  expect(seen).toEqual([pieceBytes, 2 * pieceBytes, content.length].map((done) => [done, content.length]))
  const down = await read(agent)
  expect(down.content.equals(content)).toBe(true)
  expect(down.end.result).toEqual({ ok: true, value: { size: content.length, note: undefined } })
  expect(agent.open).toBe(0)
  // The person is asked about the opening, and about nothing that follows from it.
  for (const { name, isAgreed } of agent.sent) expect(isAgreed, name).toBe(name !== 'guest-file-open')
})

test('an empty file', async () => {
  const agent = new FakeAgent()
  expect((await writeFile(agent, path, source(Buffer.alloc(0)), unseen)).result.ok).toBe(true)
  expect((await read(agent)).end.result).toMatchObject({ ok: true, value: { size: 0 } })
})

test('what the guest takes only in part is sent on from there', async () => {
  const content = randomBytes(1000)
  const agent = new FakeAgent({}, ({ name, args }, nth) => {
    if (name !== 'guest-file-write' || nth !== 1) return undefined
    agent.files.set(path, Buffer.from(args['buf-b64'] as string, 'base64').subarray(0, 400))
    return returns({ count: 400, eof: false })
  })
  expect((await writeFile(agent, path, source(content), unseen)).result.ok).toBe(true)
  expect(content.equals(agent.files.get(path) ?? Buffer.alloc(0))).toBe(true)
})

test('a cancel ends it, says how far it came, and closes', async () => {
  const content = randomBytes(3 * pieceBytes)
  const agent = new FakeAgent({ [path]: content })
  let asked = 0
  const stopped = (): string | undefined => ((asked += 1) > 1 ? 'Cancelled' : undefined)
  expect((await read(agent, { stopped })).end.result).toEqual({
    ok: false,
    error: 'Cancelled after 180 KiB.',
  })
  expect(agent.open).toBe(0)
  asked = 0
  const up = await writeFile(agent, path, source(content), { ...unseen, stopped })
  expect(errorOf(up.result)).toMatch(/incomplete: 180 KiB of 540 KiB/)
  expect(agent.open).toBe(0)
})

const lost = { kind: 'unknown', why: 'connection-lost' } as never
const odd =
  (command: string, value: Json): Odd =>
  ({ name }) =>
    name === command ? returns(value) : undefined

test.each<[string, Odd, RegExp]>([
  ['no handle', odd('guest-file-open', { a: 1 }), /no handle/],
  ['a handle of another type', odd('guest-file-open', '1000'), /no handle/],
  ['a read that is no object', odd('guest-file-read', 'x'), /unexpected/],
  ['bytes that are a number', odd('guest-file-read', { count: 1, 'buf-b64': 7 }), /unexpected/],
  ['a negative count', odd('guest-file-read', { count: -1, 'buf-b64': '' }), /unexpected/],
  ['no base64', odd('guest-file-read', { count: 3, 'buf-b64': '<b>' + '!' }), /no base64/],
  ['another count', odd('guest-file-read', { count: 9, 'buf-b64': 'YWJj' }), /says 9 bytes, and returned 3/],
  [
    'more than was asked for',
    odd('guest-file-read', { count: 3, 'buf-b64': 'YWJj'.repeat(100_000) }),
    /more than/,
  ],
  ['a count above that', odd('guest-file-read', { count: 10 ** 9, 'buf-b64': 'YWJj' }), /more than/],
  [
    'never an end',
    odd('guest-file-read', { count: 0, 'buf-b64': '', eof: false }),
    /neither bytes nor the end/,
  ],
  ['an early end', odd('guest-file-read', { count: 3, 'buf-b64': 'YWJj', eof: true }), /3 of 10 bytes/],
  ['a size beyond all', odd('guest-file-seek', { position: 2 ** 50 }), /at most 1.00 GiB/],
  ['no way back', odd('guest-file-seek', { position: 10 }), /did not go back/],
  [
    'a failure',
    ({ name }) => (name === 'guest-file-read' ? fails('Is a directory') : undefined),
    /Is a directory/,
  ],
])('an agent that answers a read with %s', async (_, answers, why) => {
  const agent = new FakeAgent({ [path]: Buffer.alloc(10) }, answers)
  const { end } = await read(agent)
  expect(errorOf(end.result)).toMatch(why)
  if (!/handle/.test(String(why))) expect(agent.open).toBe(0)
})

test('a file without an end is read to the limit', async () => {
  const agent = new FakeAgent(
    { [path]: Buffer.alloc(0) },
    odd('guest-file-read', { count: 3, 'buf-b64': 'YWJj' }),
  )
  expect((await read(agent, { most: 10 })).end.result).toEqual({
    ok: false,
    error: 'It has 12 B; at most 10 B are read here.',
  })
  expect(agent.open).toBe(0)
})

test('sizes that do not fit and are no failure', async () => {
  const content = Buffer.from('0123456789')
  const noted = async (position: Json): Promise<unknown> =>
    (
      await read(
        new FakeAgent({ [path]: content }, ({ name, args }) =>
          name === 'guest-file-seek' && args.whence === 2 ? returns({ position }) : undefined,
        ),
      )
    ).end.result
  expect(await noted(0)).toMatchObject({
    value: { note: 'The guest says 0 bytes, as of files that it makes while they are read.' },
  })
  expect(await noted(4)).toMatchObject({ value: { note: 'It grew from 4 B while it was read.' } })
  expect(await noted('x')).toMatchObject({ value: { note: 'The guest tells no size: not compared.' } })
})

test('a handle that cannot be closed is said', async () => {
  const agent = new FakeAgent({ [path]: Buffer.alloc(10) }, ({ name }) =>
    name === 'guest-file-read' || name === 'guest-file-close' ? lost : undefined,
  )
  const { end } = await read(agent)
  expect(errorOf(end.result)).toMatch(/connection was lost/)
  expect(end.leftOpen?.handle).toBe(1001)
  expect(end.leftOpen?.why).toMatch(/connection was lost/)
  // What was written is only certain when the file is closed.
  const up = await writeFile(
    new FakeAgent({}, ({ name }) => (name === 'guest-file-close' ? lost : undefined)),
    path,
    source(Buffer.alloc(3)),
    unseen,
  )
  expect(up).toMatchObject({ result: { ok: false }, leftOpen: { handle: 1001 } })
})

test('an opening that may have happened is said', async () => {
  const { end } = await read(new FakeAgent({}, () => lost))
  expect(errorOf(end.result)).toMatch(/may be open in the guest/)
  const refused = await read(new FakeAgent({}, () => ({ kind: 'refused', by: 'lock', why: 'locked' })))
  expect(refused.end.result).toEqual({ ok: false, error: 'locked' })
})

test.each<[string, Odd, RegExp]>([
  ['more than was sent', odd('guest-file-write', { count: 99 }), /unexpected/],
  ['nothing taken', odd('guest-file-write', { count: 0 }), /disk may be full/],
  ['no number', odd('guest-file-write', {}), /unexpected/],
  ['another size', odd('guest-file-seek', { position: 1 }), /says that it has 1 bytes; 3 were sent/],
  [
    'an error',
    ({ name }) => (name === 'guest-file-flush' ? fails('No space') : undefined),
    /No space.*incomplete/,
  ],
])('an agent that answers a write with %s', async (_, answers, why) => {
  const agent = new FakeAgent({}, answers)
  const { result } = await writeFile(agent, path, source(Buffer.alloc(3)), unseen)
  expect(errorOf(result)).toMatch(why)
  expect(agent.open).toBe(0)
})
