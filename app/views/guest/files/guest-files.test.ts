import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { FakeAgent, fails, returns } from '../testing/fake-agent.ts'
import type { Odd } from '../testing/fake-agent.ts'
import { GuestFiles } from './guest-files.svelte.ts'

const path = '/etc/motd'

function filesOf(
  agent: FakeAgent,
  kept = new Set<number>(),
): { files: GuestFiles; saved: [string, number][]; uses: number[] } {
  const saved: [string, number][] = []
  const uses = [0]
  const files = new GuestFiles(agent, {
    now: () => 1000,
    wait: () => Promise.resolve(),
    use: () => {
      uses[0] = (uses[0] ?? 0) + 1
      return () => void (uses[0] = (uses[0] ?? 0) - 1)
    },
    save: (name, content) => void saved.push([name, content.size]),
    marks: {
      read: () => [...kept],
      opened: (handle) => void kept.add(handle),
      closed: (handle) => void kept.delete(handle),
    },
  })
  return { files, saved, uses }
}

/** sha256sum in the guest tells this. */
const hashes =
  (told: string): Odd =>
  ({ name }) =>
    name === 'guest-exec'
      ? returns({ pid: 7 })
      : name === 'guest-exec-status'
        ? returns({ exited: true, exitcode: 0, 'out-data': btoa(`${told}  ${path}\n`) })
        : undefined

const abc = Buffer.from('abc')
const hash = createHash('sha256').update('abc').digest('hex')

test('a download is compared by its hash before it is saved', async () => {
  const equal = filesOf(new FakeAgent({ [path]: abc }, hashes(hash)))
  await equal.files.download(path, true)
  expect(equal.saved).toEqual([['motd', 3]])
  expect(equal.files.transfers[0]).toMatchObject({
    problem: undefined,
    notes: ['All 3 bytes came, as the guest says.', `SHA-256 is equal: ${hash}`],
  })
  const other = filesOf(new FakeAgent({ [path]: abc }, hashes('0'.repeat(64))))
  await other.files.download(path, true)
  expect(other.saved).toEqual([])
  expect(other.files.transfers[0]?.problem).toMatch(/another hash: the file was not saved/)
})

test('without the program it is compared by size, and says so', async () => {
  const { files, saved } = filesOf(new FakeAgent({ [path]: abc }))
  await files.download(path, true)
  expect(saved).toHaveLength(1)
  expect(files.transfers[0]?.notes[1]).toMatch(/^Not compared by hash: /)
  await files.download('/etc/', false)
  expect(files.transfers[0]?.problem).toMatch(/No such file/)
})

test('an upload, compared', async () => {
  const agent = new FakeAgent({}, hashes(hash))
  const { files, uses } = filesOf(agent)
  const source = {
    size: 3,
    read: (from: number, to: number) => Promise.resolve(abc.subarray(from, to)),
  }
  const done = files.upload(path, source, true)
  expect(uses).toEqual([1])
  await files.download(path, false)
  await done
  expect(uses).toEqual([0])
  // One at a time: the second was not begun.
  expect(files.transfers.map(({ kind }) => kind)).toEqual(['upload'])
  expect(files.transfers[0]?.notes[1]).toBe(`SHA-256 is equal: ${hash}`)
})

test('a text is edited, and a change of somebody else is not written over without a word', async () => {
  const agent = new FakeAgent({ [path]: Buffer.from('\ufeffone\r\ntwo\r\n') })
  const { files } = filesOf(agent)
  await files.openText(path)
  expect(files.text?.file.text).toBe('one\ntwo\n')
  await files.saveText('one\nthree\n')
  expect(Buffer.from(agent.files.get(path) ?? []).toString()).toBe('\ufeffone\r\nthree\r\n')
  await files.saveText('four\n')
  expect(Buffer.from(agent.files.get(path) ?? []).toString()).toBe('\ufefffour\r\n')
  agent.files.set(path, Buffer.from('other'))
  await files.saveText('five\n')
  expect(files.transfers[0]?.problem).toMatch(/changed in the guest/)
  expect(files.text?.isChangedInGuest).toBe(true)
  expect(Buffer.from(agent.files.get(path) ?? []).toString()).toBe('other')
  await files.saveText('five\n', true)
  expect(Buffer.from(agent.files.get(path) ?? []).toString()).toBe('\ufefffive\r\n')
  expect(files.text?.isChangedInGuest).toBe(false)
})

test.each([
  ['zeros', Buffer.from('a\0b'), /zeros/],
  ['no UTF-8', Buffer.from([0xff, 0x41]), /no UTF-8/],
  ['mixed ends of lines', Buffer.from('a\nb\r\n'), /different ways/],
  ['returns alone', Buffer.from('a\rb'), /different ways/],
  ['too much', Buffer.alloc(300_000, 'a'), /at most 256 KiB/],
])('no text to edit: %s', async (_, content, why) => {
  const agent = new FakeAgent({ [path]: content })
  const { files } = filesOf(agent)
  await files.openText(path)
  expect(files.transfers[0]?.problem).toMatch(why)
  expect(files.text).toBeUndefined()
  expect(agent.open).toBe(0)
})

test('a handle that was left open is closed later, or is gone', async () => {
  let isBack = false
  const agent = new FakeAgent({ [path]: abc }, ({ name }) =>
    name === 'guest-file-close' && !isBack ? fails('busy') : undefined,
  )
  const { files } = filesOf(agent)
  await files.download(path, false)
  expect(files.leftOpen).toEqual([{ handle: 1001, why: 'busy' }])
  await files.closeLeft()
  expect(files.leftOpen).toHaveLength(1)
  isBack = true
  await files.closeLeft()
  expect(files.leftOpen).toEqual([])
  expect(agent.open).toBe(0)
  // The agent was started again: the handle is not known any more.
  isBack = false
  await files.download(path, false)
  await agent.run('guest-file-close', { handle: 1002 })
  isBack = true
  await agent.run('guest-file-close', { handle: 1002 })
  await files.closeLeft()
  expect(files.leftOpen).toEqual([])
})

test('a page that goes in the middle leaves a mark, and the next one closes the handle', async () => {
  const kept = new Set<number>()
  // Nothing answers any more once the file is open: the page is gone.
  const agent = new FakeAgent({ [path]: abc }, ({ name }) =>
    name === 'guest-file-seek' ? (new Promise(() => undefined) as never) : undefined,
  )
  void filesOf(agent, kept).files.download(path, false)
  await expect.poll(() => [...kept]).toEqual([1001])
  const next = filesOf(agent, kept).files
  expect(next.leftOpen).toEqual([{ handle: 1001, why: 'the page that had opened it is gone.' }])
  expect(agent.open).toBe(1)
  await next.closeLeft()
  expect([agent.open, [...kept], next.leftOpen]).toEqual([0, [], []])
  // One that was closed by its own page leaves none.
  await filesOf(new FakeAgent({ [path]: abc }), kept).files.download(path, false)
  expect([...kept]).toEqual([])
})

test('a guest that was started again gives an old number to a new handle: that one is not closed', async () => {
  const kept = new Set([1001])
  const agent = new FakeAgent({ [path]: abc })
  const { files } = filesOf(agent, kept)
  await files.download(path, false)
  expect([files.leftOpen, [...kept]]).toEqual([[], []])
  await files.closeLeft()
  expect(agent.sent.filter(({ name }) => name === 'guest-file-close')).toHaveLength(1)
})
