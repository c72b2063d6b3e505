/** How benchmarks are measured: medians of interleaved runs, as a ratio to a baseline of the same run. */

/** A figure, as `npm run bench -- --json` prints it. */
export interface Figure {
  readonly value: number
  readonly unit: string
  /** `>= 0.85`, `<= 2`. */
  readonly goal: string
}

/** A benchmark: one or more figures by name. */
export interface Benchmark {
  readonly name: string
  run(): Promise<Readonly<Record<string, Figure>>>
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2
}

/** Milliseconds that a call takes. */
async function timed(run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/**
 * Run both by turns and return the medians in milliseconds. What a noisy machine does to one it does to the other.
 */
export async function interleave(
  baseline: () => unknown,
  subject: () => unknown,
  rounds: number,
): Promise<{ readonly baselineMs: number; readonly subjectMs: number }> {
  const before: number[] = []
  const after: number[] = []
  for (let round = 0; round < 3; round += 1) {
    await baseline()
    await subject()
  }
  for (let round = 0; round < rounds; round += 1) {
    before.push(await timed(baseline))
    after.push(await timed(subject))
  }
  return { baselineMs: median(before), subjectMs: median(after) }
}

/** Whether a figure reaches its goal. */
export function reaches(figure: Figure): boolean {
  const [, comparison, limit] = /^(>=|<=) ([\d.]+)$/.exec(figure.goal) ?? []
  return comparison === '>=' ? figure.value >= Number(limit) : figure.value <= Number(limit)
}
