import { expect, test } from 'vitest'
import type { Outcome } from '#qmp/report.ts'
import type { MachineLink } from '../../platform.ts'
import * as rules from '../lock.ts'
import type { LockRules } from '../lock.ts'
import { Commands } from './commands.svelte.ts'
import type { MachineNeeds } from './needs.ts'
import type { MachineSource } from './source.ts'

/** Commands of a machine whose rules come when `arrive` is called. `sent` has what left the page. */
function commandsOf(from: MachineSource['from'], lock: string, isWatched = false) {
  const sent: string[] = []
  const asked: string[] = []
  const locks = { now: lock }
  let arrive: (code: LockRules | undefined) => void = () => undefined
  const coming = new Promise<LockRules | undefined>((resolve) => (arrive = resolve))
  const needs = {
    confirm: {
      ask: ({ title }: { title: readonly unknown[] }) => {
        asked.push(JSON.stringify(title))
        return Promise.resolve(false)
      },
    },
    lockRules: () => coming,
    settings: { lockOf: () => locks.now, setLock: () => undefined },
  } as unknown as MachineNeeds
  const returned: Outcome = { kind: 'returned', exec: 1, value: {}, latencyMs: 1 } as Outcome
  const commands = new Commands(
    needs,
    { id: 'vm', name: 'vm', from, protocol: 'qmp' } as MachineSource,
    () => ({
      execute: ({ name }) => {
        sent.push(name)
        return Promise.resolve(returned)
      },
      sendRaw: (line) => {
        sent.push(line)
        return Promise.resolve({ kind: 'command', outcome: returned, reply: undefined })
      },
      calls: { cancel: () => Promise.resolve(false) } as unknown as MachineLink['calls'],
    }),
    () => ({ kind: 'ready', oob: false, greeting: undefined }),
    () => isWatched,
  )
  return { commands, sent, asked, locks, arrive: (code: LockRules | undefined) => arrive(code) }
}

test('what a person sends waits for the rules of the lock, and is sent once they pass it', async () => {
  const { commands, sent, arrive } = commandsOf('lab', 'ask')
  const [command, line] = [commands.run('stop', undefined), commands.sendRaw('{"execute":"query-status"}')]
  await Promise.resolve()
  expect(sent).toEqual([])
  arrive(rules)
  expect([(await command).kind, (await line).ok]).toEqual(['returned', true])
  expect(sent).toEqual(['stop', '{"execute":"query-status"}'])
})

test.each(['free', 'ask', 'read-only'])('without the rules nothing is sent, lock %s', async (lock) => {
  const { commands, sent, asked, arrive } = commandsOf('lab', lock)
  arrive(undefined)
  expect(await commands.run('query-status', undefined)).toMatchObject({ kind: 'refused', by: 'lock' })
  expect(await commands.sendRaw('{"execute":"query-status"}')).toMatchObject({ ok: false })
  expect(await commands.callAgain('query-status', undefined, 1000)).toMatchObject({ ok: false })
  expect([sent, asked]).toEqual([[], []])
})

test('the lock counts as it is when its rules are there', async () => {
  const { commands, sent, locks, arrive } = commandsOf('lab', 'free')
  const result = commands.run('stop', undefined)
  locks.now = 'read-only'
  arrive(rules)
  expect(await result).toMatchObject({ kind: 'refused', by: 'lock' })
  expect(sent).toEqual([])
})

test('what is dangerous is asked about; only what reads is repeated', async () => {
  const { commands, sent, asked, arrive } = commandsOf('lab', 'ask')
  arrive(rules)
  expect(await commands.run('quit', undefined)).toMatchObject({ kind: 'refused', by: 'person' })
  expect(asked).toHaveLength(1)
  expect(await commands.callAgain('stop', undefined, 1000)).toMatchObject({ ok: false })
  expect(await commands.callAgain('query-status', undefined, 1000)).toMatchObject({ ok: true })
  expect(sent).toEqual(['query-status'])
})

test('nothing is sent to a recording, whatever the rules', async () => {
  const { commands, sent } = commandsOf('file', 'free')
  expect(await commands.run('query-status', undefined)).toMatchObject({ kind: 'refused', by: 'lock' })
  expect(sent).toEqual([])
})

test('what a person has agreed to asks nothing more, and what is locked stays locked', async () => {
  const { commands, sent, asked, locks, arrive } = commandsOf('lab', 'ask')
  arrive(rules)
  expect((await commands.run('guest-exec', undefined)).kind).toBe('refused')
  expect(asked).toHaveLength(1)
  expect((await commands.run('guest-exec', undefined, { isAgreed: true })).kind).toBe('returned')
  expect(asked).toHaveLength(1)
  locks.now = 'read-only'
  expect(await commands.run('guest-exec', undefined, { isAgreed: true })).toMatchObject({ by: 'lock' })
  expect(sent).toEqual(['guest-exec'])
})

test('who has a key for watching is read only, whatever lock is kept, and is told why', async () => {
  const { commands, sent, arrive } = commandsOf('lab', 'free', true)
  arrive(rules)
  expect(commands.lock).toBe('read-only')
  expect(commands.whyReadOnly).toBe('You watch vm: your key lets you change nothing')
  expect(await commands.run('stop', undefined)).toMatchObject({
    by: 'lock',
    why: expect.stringContaining('You watch vm') as string,
  })
  expect(await commands.sendRaw('{"execute":"quit"}')).toMatchObject({ ok: false })
  expect((await commands.run('query-status', undefined)).kind).toBe('returned')
  expect(sent).toEqual(['query-status'])
})
