/** What a watcher may do: what the table of the lock calls harmless, no human monitor, and no secrets. */
import { expect, test } from 'vitest'
import { effectTable } from '#qapi/check/effect-table.ts'
import { whyWatchersMayNot } from './rights.ts'

test('the table of the lock decides', () => {
  for (const [name, { effect }] of effectTable) {
    const args = name === 'qom-get' ? { path: '/machine', property: 'type' } : {}
    expect([name, whyWatchersMayNot(name, args) === undefined]).toEqual([name, effect === 'reads'])
  }
})

test.each<[string, Record<string, string>, RegExp]>([
  ['human-monitor-command', { 'command-line': 'info status' }, /human monitor is refused/],
  ['stop', {}, /only lets you watch: stop changes the machine/],
  ['screendump', { filename: '/tmp/x' }, /written to a file of the host/],
  ['x-vendor-new', {}, /not on the list of harmless commands/],
  ['constructor', {}, /not on the list/],
  ['qom-get', { path: '/objects/sec0', property: 'data' }, /would return a secret/],
])('%s %j', (name, args, why) => {
  expect(whyWatchersMayNot(name, args)).toMatch(why)
})
