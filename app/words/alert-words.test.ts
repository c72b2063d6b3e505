import { expect, test } from 'vitest'
import { whatAlertDoes } from './alert-words.ts'

test('an alert that stops says of which machine, and what it deletes', () => {
  expect(whatAlertDoes({ keepMs: 0 }, 'vm')).toBe(
    'When such a row comes, the recording of vm stops until you record again. Nothing is deleted.',
  )
  const deletes = whatAlertDoes({ keepMs: 600_000 }, undefined)
  expect(deletes).toContain('the recording of the machine that it comes from stops')
  expect(deletes).toMatch(
    /more than 10 min.* before are deleted from the record, and from the rows kept over reloads/,
  )
})
