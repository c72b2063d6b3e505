import { expect, test } from 'vitest'
import { createStore } from '#store/store.ts'
import { rowsIn } from '#store/testing/any-rows.ts'
import { createCauseFinder } from '#trace/follow/cause.ts'
import { createFollower } from '#trace/follow/follow.ts'
import { readRecording } from '#trace/formats/import.ts'
import { createRecordedRows } from './recorded-rows.ts'

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}'
const stop = '{"timestamp": {"seconds": 1700000000, "microseconds": 5}, "event": "STOP"}'

/** Read a file and record it: the rows, and the tracks by what follows them. */
function record(lines: readonly string[]) {
  const read = readRecording('x.json', new TextEncoder().encode(lines.join('\n')))
  if (!read.ok) throw new Error(read.error)
  const causes = createCauseFinder()
  const follower = createFollower(causes)
  const log = createStore()
  const rows = createRecordedRows(follower, causes, undefined)
  for (const line of read.value.machines[0]?.rows ?? []) {
    const row = rows.next(line, log.nextSeq)
    log.add(row, line.text)
    follower.add(row, line.text)
  }
  return { rows: rowsIn(log), tracks: follower.changed() }
}

test('a part without a greeting has tracks and causes all the same, and no row is made up', () => {
  const { rows, tracks } = record(['{"execute": "stop", "id": 1}', stop, '{"return": {}, "id": 1}'])
  expect(rows.map(({ kind }) => kind)).toEqual(['command', 'event', 'return'])
  expect(rows[1]).toMatchObject({ cause: { exec: 1, proof: 'nearness' } })
  expect(tracks.map(({ kind, phases }) => [kind, phases.at(-1)?.state])).toEqual([['run-state', 'paused']])
})

test('another greeting is another connection: running tracks end, and no earlier command is a cause', () => {
  const { rows, tracks } = record([greeting, '{"execute": "stop", "id": 1}', stop, greeting, stop])
  expect(rows.map(({ kind }) => kind)).toEqual(['event', 'command', 'event', 'outcome', 'event', 'event'])
  expect(rows[2]).toMatchObject({ cause: { exec: 1 } })
  expect(rows[5]).toMatchObject({ cause: undefined })
  expect(tracks.map(({ outcome }) => outcome)).toEqual(['unknown', 'open'])
})
