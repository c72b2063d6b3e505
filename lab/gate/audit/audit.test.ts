/** The record of the gate: one line each, rotated by size, for its owner alone, without secrets. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { auditLine } from './audit-line.ts'
import { openAudit } from './audit-file.ts'
import type { GateEntry, Who } from './entry.ts'

const who: Who = { channel: 'vm.qmp', key: 'full', client: 3, peer: 'websockify' }
const command = (name: string, args: Record<string, string>, desc?: string): GateEntry => ({
  did: 'command',
  who,
  command: name,
  arguments: args,
  end: desc === undefined ? { outcome: 'returned' } : { outcome: 'failed', class: 'GenericError', desc },
  ms: 1.23456,
  gone: false,
})

const folders: string[] = []
afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true })
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
  folders.push(path)
  return path
}

test('a line says when, who, what, what came of it, and how long it took', () => {
  expect(JSON.parse(auditLine(command('stop', {}), 0))).toEqual({
    ...{ time: '1970-01-01T00:00:00.000Z', key: 'full', client: 3, peer: 'websockify', channel: 'vm.qmp' },
    ...{ did: 'command', command: 'stop', arguments: {}, outcome: 'returned', ms: 1.235 },
  })
})

test('secrets are left out of arguments, and of errors that repeat them', () => {
  const line = auditLine(
    command('set_password', { protocol: 'vnc', password: 'hunter22' }, 'bad hunter22'),
    0,
  )
  expect(line).not.toContain('hunter22')
  expect(JSON.parse(line)).toMatchObject({ arguments: { protocol: 'vnc' }, desc: 'bad «secret left out»' })
})

test('large arguments are cut', () => {
  expect(auditLine(command('guest-file-write', { 'buf-b64': 'x'.repeat(1e6) }), 0).length).toBeLessThan(
    20_000,
  )
})

test('a file grows to its limit, five are kept, all for their owner alone', () => {
  const path = join(folder(), 'audit')
  const audit = openAudit(path, { mostBytes: 1000, now: () => 0 })
  if (!audit.ok) throw new Error(audit.error)
  for (let n = 0; n < 100; n += 1) audit.value.record(command('query-status', { n: String(n) }))
  audit.value.close()
  const files = readdirSync(join(path, '..')).sort()
  expect(files).toEqual(['audit', 'audit.1', 'audit.2', 'audit.3', 'audit.4'])
  const all = files.reverse().flatMap((file) => {
    const stat = statSync(join(path, '..', file))
    expect(stat.mode & 0o777).toBe(0o600)
    expect(stat.size).toBeLessThanOrEqual(1000)
    return readFileSync(join(path, '..', file), 'utf8')
      .trimEnd()
      .split('\n')
  })
  // No line is lost between two files, and none is cut.
  const numbers = all.map((line) => Number((JSON.parse(line) as { arguments: { n: string } }).arguments.n))
  expect(numbers).toEqual(numbers.map((_, index) => 100 - numbers.length + index))
})

test('what changes, fails or is refused is on record at once, after the queries that were before it', () => {
  const path = join(folder(), 'audit')
  const audit = openAudit(path, { now: () => 0 })
  if (!audit.ok) throw new Error(audit.error)
  const names = (): readonly unknown[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { command?: string; did: string }).command ?? 'no command')
  audit.value.record(command('query-status', {}))
  audit.value.record(command('stop', {}))
  expect(names()).toEqual(['query-status', 'stop'])
  audit.value.record(command('query-block', {}, 'no'))
  expect(names()).toHaveLength(3)
  // Their number is bounded too, however fast they come.
  for (let n = 0; n < 1000; n += 1) audit.value.record(command('query-status', {}))
  expect(names()).toHaveLength(1003)
  audit.value.record(command('query-block', {}))
  audit.value.record({ did: 'left', who })
  expect(names().slice(1003)).toEqual(['query-block', 'no command'])
  audit.value.record(command('query-status', {}))
  audit.value.close()
  expect(names()).toHaveLength(1006)
})

test('queries that returned are written a little later, without being asked again', async () => {
  const path = join(folder(), 'audit')
  const audit = openAudit(path, { now: () => 0 })
  if (!audit.ok) throw new Error(audit.error)
  audit.value.record(command('query-status', {}))
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('query-status')
  audit.value.close()
})

test('a file that is there is continued; others can no longer read it', () => {
  const path = join(folder(), 'audit')
  writeFileSync(path, 'before\n', { mode: 0o644 })
  const audit = openAudit(path)
  if (!audit.ok) throw new Error(audit.error)
  audit.value.record({ did: 'left', who })
  audit.value.close()
  expect(readFileSync(path, 'utf8')).toMatch(/^before\n\{.*"did":"left"\}\n$/)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a link, a folder and a place that is not there are refused', () => {
  const place = folder()
  symlinkSync(join(place, 'elsewhere'), join(place, 'link'))
  for (const path of [join(place, 'link'), place, join(place, 'no', 'file')]) {
    const audit = openAudit(path)
    expect(audit.ok ? '' : audit.error).toMatch(/cannot be opened|no ordinary file/)
  }
})
