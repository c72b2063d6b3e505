import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import type { Json } from '#base/json/value.ts'
import {
  converges,
  isMigrating,
  migrationVerbsOf,
  phaseWords,
  readCapabilities,
  readMigration,
} from './machine-migration.ts'

test('the numbers of a reply in bytes and bytes a second', () => {
  const now = readMigration({
    status: 'active',
    'total-time': 1500,
    'expected-downtime': 300,
    ram: {
      ...{ transferred: 10, remaining: 90, total: 100, 'dirty-pages-rate': 256, 'page-size': 4096 },
      ...{ mbps: 8, 'dirty-sync-count': 3 },
    },
  })
  expect(now.ram).toEqual({
    ...{ transferred: 10, remaining: 90, total: 100, dirtyRate: 1_048_576, rate: 1_000_000, passes: 3 },
  })
  expect([now.totalMs, now.expectedDowntimeMs, now.downtimeMs]).toEqual([1500, 300, undefined])
  // The guest writes faster than it is sent.
  expect(converges(now)).toBe(false)
  expect(converges({ ...now, status: 'device' })).toBeUndefined()
})

test('any reply is read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (reply) => {
      const now = readMigration(reply as Json)
      expect(typeof now.status).toBe('string')
      expect(readCapabilities(reply as Json).every(({ name }) => typeof name === 'string')).toBe(true)
    }),
    { numRuns: runs(500) },
  )
  expect(readMigration({}).status).toBe('none')
  expect(readMigration({ 'blocked-reasons': ['a device', 5] }).blocked).toEqual(['a device'])
})

test.each([
  ['none', [], false],
  ['setup', ['Cancel the migration'], true],
  ['active', ['Cancel the migration'], true],
  ['pre-switchover', ['Continue', 'Cancel the migration'], true],
  ['postcopy-active', ['Pause'], true],
  ['postcopy-paused', [], true],
  ['completed', [], false],
  ['failed', [], false],
  ['cancelled', [], false],
])('in %s: %j', (status, labels, isUnderWay) => {
  expect(migrationVerbsOf(status, false).map(({ label }) => label)).toEqual(labels)
  expect(isMigrating({ status })).toBe(isUnderWay)
  expect(phaseWords(status)).toMatch(/\.$/)
})

test('post-copy is offered where it is switched on', () => {
  expect(migrationVerbsOf('active', true).map(({ label }) => label)).toEqual([
    'Start post-copy',
    'Cancel the migration',
  ])
})
