import { describe, expect, it } from 'vitest'
import { benchmark, interleave, median, parseGoal, reaches } from './measure.ts'
import type { Figure } from './measure.ts'

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], Number.NaN],
    [[10, 9, 1000, 8], 9.5],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  it('leaves the values in their order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('interleaving', () => {
  it('runs both in each round, and each first in every other one', async () => {
    const runs: string[] = []
    const pairs = await interleave(
      () => runs.push('b'),
      () => runs.push('w'),
      3,
    )
    // One round to warm up, then three.
    expect(runs.join('')).toBe('bw' + 'wb' + 'bw' + 'wb')
    expect(pairs).toHaveLength(3)
  })

  it('takes what a run returns for its milliseconds, and leaves the first round out', async () => {
    const times = { baseline: [1000, 1, 2, 3], work: [2000, 10, 20, 30] }
    const pairs = await interleave(
      () => times.baseline.shift(),
      () => Promise.resolve(times.work.shift()),
      3,
    )
    expect(pairs).toEqual([
      { baseline: 1, work: 10 },
      { baseline: 2, work: 20 },
      { baseline: 3, work: 30 },
    ])
  })

  it('takes CPU time of a run that returns none: waiting costs nearly nothing beside working', async () => {
    const work = (): void => {
      let sum = 0
      for (let n = 0; n < 5_000_000; n += 1) sum += Math.sqrt(n)
      if (sum < 0) throw new Error('never')
    }
    const [pair] = await interleave(
      () => new Promise((resolve) => setTimeout(resolve, 5)).then(() => ({})),
      work,
      1,
    )
    expect(pair?.work).toBeGreaterThan(0)
    expect(pair?.baseline).toBeGreaterThanOrEqual(0)
  })
})

describe('goals', () => {
  it.each([
    ['>= 0.85', '>=', 0.85],
    ['<= 2', '<=', 2],
    ['<= 120', '<=', 120],
  ])('%s', (goal, comparison, limit) => {
    expect(parseGoal(goal)).toEqual({ comparison, limit })
  })

  it.each(['', '2', '< 2', '>=2', '<= two', '<= 2 ms', '<= -1'])('“%s” is none', (goal) => {
    expect(() => parseGoal(goal)).toThrow('is no goal')
  })

  it.each<[number, string, boolean]>([
    [0.85, '>= 0.85', true],
    [0.849, '>= 0.85', false],
    [2, '<= 2', true],
    [2.01, '<= 2', false],
    [0, '<= 0', true],
    [Number.NaN, '<= 2', false],
    [Number.NaN, '>= 2', false],
  ])('%d with %s: %s', (value, goal, isReached) => {
    expect(reaches({ value, unit: '', goal })).toBe(isReached)
  })
})

describe('a benchmark', () => {
  const made = (goal: string, log: string[] = []) =>
    benchmark('bench', {
      open: (later) => {
        log.push('open')
        later(() => log.push('close'))
        return { factor: 2 }
      },
      figures: [
        {
          name: 'speed',
          unit: 'of bare',
          goal,
          rounds: 3,
          baseline: () => 10,
          work: ({ factor }) => 10 * factor,
        },
        { name: 'size', unit: 'KB', goal: '<= 1', measure: ({ factor }) => factor / 3 },
      ],
    })
  const run = async (goal: string, isWanted: (name: string) => boolean, log: string[] = []) => {
    const figures: Record<string, Figure> = {}
    await made(goal, log).run(isWanted, {
      measured: (name, figure) => (figures[name] = figure),
      failed: (name, error) => log.push(`${name}: ${String(error)}`),
    })
    return figures
  }

  it('says how fast the work is where the goal is a least, and how long it takes where it is a most', async () => {
    expect((await run('>= 0.4', () => true)).speed?.value).toBe(0.5)
    expect((await run('<= 3', () => true)).speed?.value).toBe(2)
  })

  it('prints value, unit, goal, and what both took', async () => {
    expect(await run('<= 3', () => true)).toEqual({
      speed: { value: 2, unit: 'of bare', goal: '<= 3', absolute: '20 ms, the baseline 10 ms' },
      size: { value: 0.667, unit: 'KB', goal: '<= 1' },
    })
  })

  it('opens once for all figures, and only where one is wanted', async () => {
    const log: string[] = []
    expect(Object.keys(await run('<= 3', (name) => name === 'size', log))).toEqual(['size'])
    expect(log).toEqual(['open', 'close'])
    await run('<= 3', () => false, log)
    expect(log).toEqual(['open', 'close'])
    expect(Object.keys(await run('<= 3', (name) => name === 'bench'))).toEqual(['speed', 'size'])
  })

  it('goes on after a failure, with everything opened again', async () => {
    const log: string[] = []
    expect(Object.keys(await run('no goal', () => true, log))).toEqual(['size'])
    expect(log).toEqual(['open', expect.stringMatching(/^speed: .*is no goal/), 'close', 'open', 'close'])
  })

  it('is ended by its signal, in the middle of a wait', async () => {
    const log: string[] = []
    const ended = new AbortController()
    const waiting = benchmark('bench', {
      open: (later) => later(() => log.push('close')),
      figures: ['first', 'second'].map((name) => ({
        ...{ name, unit: 'KB', goal: '<= 1' },
        measure: () => {
          ended.abort()
          return new Promise<number>(() => undefined)
        },
      })),
    })
    const told = { measured: () => undefined, failed: (name: string) => log.push(name) }
    await waiting.run(() => true, told, ended.signal)
    expect(log).toEqual(['first', 'close'])
  })
})
