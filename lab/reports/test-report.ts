/** What the reports of Vitest and Playwright say: how many tests passed, and a line for each that failed. */
import { readFileSync } from 'node:fs'

/** A run of tests. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Each failed test in one line: its name, and the first line of what it said. */
  readonly failures: readonly string[]
}

function readReport(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Read Vitest's report, JSON. */
export function readVitest(file: string): Counts {
  const report = readReport(file)
  const tests = listOf(report.testResults).flatMap((each) => listOf(each.assertionResults))
  return {
    passed: Number(report.numPassedTests ?? 0),
    failed: Number(report.numFailedTests ?? 0),
    failures: tests
      .filter((each) => each.status === 'failed')
      .map((each) =>
        failureLine(each.fullName, Array.isArray(each.failureMessages) ? each.failureMessages[0] : ''),
      ),
  }
}

/** Read Playwright's report, JSON. */
export function readPlaywright(file: string): Counts {
  const report = readReport(file)
  const stats = (report.stats ?? {}) as Record<string, unknown>
  return {
    passed: Number(stats.expected ?? 0) + Number(stats.flaky ?? 0),
    failed: Number(stats.unexpected ?? 0),
    failures: listOf(report.suites).flatMap(failuresOf),
  }
}

/** The failed tests of a suite of Playwright's report, and of the suites in it. */
function failuresOf(suite: Record<string, unknown>): readonly string[] {
  const own = listOf(suite.specs).filter((each) => each.ok !== true)
  return [
    ...own.map((each) => {
      const errors = listOf(each.tests)
        .flatMap((test) => listOf(test.results))
        .flatMap((result) => listOf(result.errors))
      return failureLine(
        `${String(each.file)}:${String(each.line)} ${String(each.title)}`,
        errors[0]?.message,
      )
    }),
    ...listOf(suite.suites).flatMap(failuresOf),
  ]
}

/** What a runner says is coloured for a terminal: the codes are taken out, lines become one, at most 600 characters. */
function failureLine(name: unknown, message: unknown): string {
  const plain = (typeof message === 'string' ? message : '').replaceAll(/\u001b\[[\d;]*m/g, '')
  return `FAILED ${String(name)}: ${plain
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' | ')}`.slice(0, 600)
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : []
}
