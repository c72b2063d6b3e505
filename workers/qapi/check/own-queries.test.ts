import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '#base/json/value.ts'
import { readTypes } from '../model/device-types.ts'
import { commandEffect } from './effect.ts'
import { whyNotUnasked } from './own-queries.ts'
import { ownQueryReasons, printOwnQueries } from './own-query-reasons.ts'

const docs = join(import.meta.dirname, '../../../docs/OWN-QUERIES.md')

/** The rows of a table, without the blanks that align it. */
function rowsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((each) => each.startsWith('| `'))
    .map((each) => each.replace(/\s+/g, ' '))
}

test('the document has the table', () => {
  expect(rowsOf(readFileSync(docs, 'utf8'))).toEqual(rowsOf(printOwnQueries()))
})

test('all of it reads, but for the one whose types are looked at', () => {
  const changing = Object.keys(ownQueryReasons).filter((name) => {
    const args = name === 'human-monitor-command' ? { 'command-line': 'info network' } : undefined
    return commandEffect(name, args).kind !== 'reads'
  })
  expect(changing).toEqual(['device-list-properties'])
})

test.each<[name: string, args: JsonObject | undefined, isSent: boolean]>([
  ['query-status', undefined, true],
  ['qom-list', { path: '/machine' }, true],
  ['human-monitor-command', { 'command-line': 'info network' }, true],
  ['human-monitor-command', { 'command-line': 'info network ' }, false],
  ['human-monitor-command', { 'command-line': 'quit' }, false],
  ['human-monitor-command', { 'command-line': 'x /20i $pc', 'cpu-index': 1 }, true],
  ['human-monitor-command', { 'command-line': 'x /20i 0xfed00000' }, false],
  ['human-monitor-command', { 'command-line': 'xp /1xb 0xfed00000' }, false],
  ['human-monitor-command', undefined, false],
  ['device-list-properties', { typename: 'virtio-blk-pci' }, true],
  ['device-list-properties', { typename: 'virtio-vga-gl' }, false],
  ['device-list-properties', { typename: ['virtio-blk-pci'] }, false],
  ['device-list-properties', undefined, false],
  ['qom-list-types', { implements: 'device' }, false],
  ['qom-list-properties', { typename: 'iothread' }, false],
  ['quit', undefined, false],
  ['query-machines', undefined, false],
  ['constructor', undefined, false],
])('%s %o without a person: %s', async (name, args, isSent) => {
  expect((await whyNotUnasked(name, args, undefined)) === undefined).toBe(isSent)
})

test('a listed type is asked about when its parts are listed', async () => {
  const listed = [
    { name: 'device', parent: 'object', abstract: true },
    { name: 'virtio-pci', parent: 'device', abstract: true },
    { name: 'virtio-vga', parent: 'virtio-pci' },
  ]
  const args = { typename: 'virtio-vga' }
  expect(await whyNotUnasked('device-list-properties', args, readTypes(listed))).toMatch(/virtio-gpu-device/)
  const whole = readTypes([...listed, { name: 'virtio-gpu-device', parent: 'device' }])
  expect(await whyNotUnasked('device-list-properties', args, whole)).toBeUndefined()
})
