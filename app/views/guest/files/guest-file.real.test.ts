/** Files through a real guest agent. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startGuestAgent, temporaryFolder } from '#lab/testing.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import type { AgentSender } from '../agent-sender.ts'
import { pieceBytes, readFile, writeFile } from './guest-file.ts'
import { guestHash } from './guest-hash.ts'
import { GuestFiles } from './guest-files.svelte.ts'

const folder = temporaryFolder()
const unseen = { progress: () => undefined, stopped: () => undefined }
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
let client: UnixClient
let sender: AgentSender

beforeAll(async () => {
  await startGuestAgent(folder.path, 'vm')
  client = connectUnix(join(folder.path, 'vm.qga'), 'agent')
  expect(await client.reach('ready')).toBe(true)
  sender = { run: (name, args) => client.run(name, args) }
})

afterAll(async () => {
  client.close()
  await killStartedIn(folder.path)
  folder.remove()
})

test('5 MB up and down again, equal by size and hash', async () => {
  const content = randomBytes(5_000_000)
  const path = join(folder.path, 'a b.bin')
  const source = {
    size: content.length,
    read: (from: number, to: number) => Promise.resolve(content.subarray(from, to)),
  }
  const up = await writeFile(sender, path, source, unseen)
  expect(up).toEqual({ result: { ok: true, value: content.length }, leftOpen: undefined })
  expect(readFileSync(path).equals(content)).toBe(true)
  const pieces: Uint8Array[] = []
  const down = await readFile(sender, path, unseen, (piece) => void pieces.push(piece))
  expect(down).toMatchObject({ result: { ok: true, value: { note: undefined } }, leftOpen: undefined })
  expect(Buffer.concat(pieces).equals(content)).toBe(true)
  expect(pieces.length).toBe(Math.ceil(content.length / pieceBytes))

  const saved: (readonly [string, Blob])[] = []
  const files = new GuestFiles(sender, {
    ...{ now: () => Date.now(), wait, use: () => () => undefined },
    save: (name, blob) => void saved.push([name, blob]),
    marks: { read: () => [], opened: () => undefined, closed: () => undefined },
  })
  await files.download(path, true)
  expect(files.transfers[0]?.problem).toBeUndefined()
  expect(files.transfers[0]?.notes).toEqual([
    'All 5000000 bytes came, as the guest says.',
    expect.stringMatching(/^SHA-256 is equal/),
  ])
  expect(saved[0]?.[0]).toBe('a-b.bin')
  expect(Buffer.from((await saved[0]?.[1].arrayBuffer()) ?? new ArrayBuffer()).equals(content)).toBe(true)
})

test('a folder, a file that is missing, and one of the kernel', async () => {
  const read = async (path: string): Promise<unknown> =>
    (await readFile(sender, path, unseen, () => undefined)).result
  const inside = join(folder.path, 'inside')
  mkdirSync(inside)
  expect(await read(inside)).toMatchObject({ ok: false })
  expect(await read(join(folder.path, 'missing'))).toMatchObject({ ok: false })
  expect(await read('/proc/version')).toMatchObject({ ok: true })
  expect(existsSync(join(folder.path, 'missing'))).toBe(false)
})

test('a hash of a file whose name is odd', async () => {
  const path = join(folder.path, '-n <b>\n\\')
  writeFileSync(path, 'abc')
  expect(await guestHash(sender, path, wait, () => undefined)).toEqual({
    ok: true,
    value: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  })
})
