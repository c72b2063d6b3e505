import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPlaywright, readVitest } from './test-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-report-'))
function report(value: unknown): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(value))
  return file
}

test('a failed test is one line with the beginning of its reason, without colours', () => {
  const failed = {
    fullName: 'a b',
    status: 'failed',
    failureMessages: ['\u001b[31mError\u001b[39m: no\n\n  at x', 'more'],
  }
  expect(
    readVitest(
      report({
        numPassedTests: 3,
        numFailedTests: 1,
        testResults: [{ assertionResults: [failed, { status: 'passed' }] }],
      }),
    ),
  ).toEqual({ passed: 3, failed: 1, failures: ['FAILED a b: Error: no | at x'] })
})

test('a suite inside a suite is read; a test that passed at the second try has passed', () => {
  const spec = {
    file: 'x.spec.ts',
    line: 7,
    title: 'it goes',
    ok: false,
    tests: [{ results: [{ errors: [{ message: 'why' }] }] }],
  }
  expect(
    readPlaywright(
      report({
        stats: { expected: 1, flaky: 1, unexpected: 1 },
        suites: [{ suites: [{ specs: [spec, { ok: true }] }] }],
      }),
    ),
  ).toEqual({ passed: 2, failed: 1, failures: ['FAILED x.spec.ts:7 it goes: why'] })
})

test('without a report nothing is counted', () => {
  expect(readVitest(join(folder, 'none.json'))).toEqual({ passed: 0, failed: 0, failures: [] })
})
