import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogRow } from '../../../workers/api.ts'
import type { TimelineEntry } from '../../state/timeline.svelte.ts'
import { densityOf, heightOf } from './density.ts'
import { exportLine, exportLines } from './export.ts'
import { parseFilter } from './filter.ts'
import { choose, Lines, latencyOf, verdictOf } from './lines.ts'
import type { Line } from './lines.ts'
import { summarise, Summaries } from './summaries.ts'

let seq = 0

/** A row in a small notation: `cmd 1 stop`, `page 2 query-status`, `ret 1 4`, `err 1 4`, `ev STOP [1 id|near]`. */
function row(words: string, at = 1000): LogRow {
  const [kind, a = '', b = '', c = ''] = words.split(' ')
  const base = { seq: seq++, at, bytes: 10 }
  const exec = Number(a)
  const body: unknown =
    kind === 'cmd' || kind === 'page'
      ? { kind: 'command', exec, name: b, oob: false, origin: kind === 'page' ? 'page' : 'person' }
      : kind === 'ret' || kind === 'own'
        ? {
            kind: 'return',
            exec,
            name: 'x',
            latencyMs: Number(b),
            late: false,
            origin: kind === 'own' ? 'page' : 'person',
          }
        : kind === 'err'
          ? {
              kind: 'error',
              exec,
              name: 'x',
              error: { class: 'GenericError', desc: 'No' },
              latencyMs: Number(b),
              late: false,
              origin: 'person',
            }
          : kind === 'out'
            ? { kind: 'outcome', exec, name: 'x', outcome: b }
            : kind === 'raw'
              ? { kind: 'raw', exec }
              : {
                  kind: 'event',
                  name: a,
                  data: undefined,
                  timestamp: a === 'QMP' ? undefined : { seconds: 1, microseconds: 2 },
                  cause: b === '' ? undefined : { exec: Number(b), proof: c === 'id' ? 'id' : 'nearness' },
                }
  return { ...(body as LogRow), ...base }
}

function entries(...words: string[]): TimelineEntry[] {
  return words.map((each) => ({ machine: 'm', row: row(each) }))
}

function at(lines: Lines, index: number): Line {
  return lines.all[index]!
}

describe('what belongs together', () => {
  it('a reply is joined to its command, whichever batch it comes in', () => {
    const lines = new Lines()
    const window = entries('cmd 1 stop')
    lines.sync(window, false)
    expect(verdictOf(at(lines, 0))).toBe('waiting')
    window.push(...entries('ret 1 4'))
    lines.sync(window, false)
    expect(verdictOf(at(lines, 0))).toBe('ok')
    expect(latencyOf(at(lines, 0))).toBe(4)
    expect(lines.linksOf(at(lines, 0)).replies).toEqual([at(lines, 1)])
    expect(lines.linksOf(at(lines, 1)).command).toBe(at(lines, 0))
  })

  it('verdicts', () => {
    const lines = new Lines()
    lines.sync(
      entries(
        'cmd 1 a',
        'err 1 2',
        'cmd 2 b',
        'out 2 timed-out',
        'cmd 3 c',
        'out 3 unknown',
        'raw 4',
        'ev STOP',
      ),
      false,
    )
    expect(lines.all.map(verdictOf)).toEqual([
      'error',
      'error',
      'no reply',
      'no reply',
      'unknown',
      'unknown',
      undefined,
      undefined,
    ])
  })

  it('an event is linked to its command with how sure that is, and back', () => {
    const lines = new Lines()
    lines.sync(entries('cmd 1 stop', 'ev STOP 1 near', 'ev JOB 1 id', 'ev OTHER 9 id'), false)
    expect(lines.linksOf(at(lines, 1)).cause).toEqual({
      line: at(lines, 0),
      cause: { exec: 1, proof: 'nearness' },
    })
    expect(lines.linksOf(at(lines, 0)).events.map((each) => each.proof)).toEqual(['nearness', 'id'])
    expect(lines.linksOf(at(lines, 3)).cause).toEqual({ line: undefined, cause: { exec: 9, proof: 'id' } })
  })

  it('two machines, and two workers of one machine, do not mix their numbers', () => {
    const lines = new Lines()
    const first = row('cmd 1 a')
    const other = row('ret 1 5')
    const window: TimelineEntry[] = [
      { machine: 'm', row: first },
      { machine: 'n', row: other },
      // The worker of m was started again: it counts from the beginning.
      { machine: 'm', row: { ...row('ret 1 7'), seq: 0 } },
    ]
    lines.sync(window, false)
    expect(verdictOf(at(lines, 0))).toBe('waiting')
    expect(lines.all.map((line) => lines.isCurrent(line))).toEqual([false, true, true])
  })

  it('knows the page’s own traffic', () => {
    const lines = new Lines()
    lines.sync(
      entries(
        'page 1 query-status',
        'own 1 3',
        'page 2 x',
        'out 2 unknown',
        'ev QMP',
        'cmd 3 stop',
        'ev STOP',
      ),
      false,
    )
    expect(lines.all.map((line) => line.own)).toEqual([true, true, true, true, true, false, false])
  })
})

describe('the window', () => {
  it('follows a window that moves, whatever the steps are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 }), (steps) => {
        const lines = new Lines()
        const window: TimelineEntry[] = []
        for (const step of steps) {
          for (let n = 0; n < step; n += 1) window.push(...entries(`cmd ${seq} a`))
          if (window.length > 50) window.splice(0, window.length - 50)
          lines.sync(window, false)
          expect(lines.all.map((line) => line.row)).toEqual(window.map((entry) => entry.row))
        }
      }),
    )
  })

  it('keeps what left the window while somebody reads, within a bound, and gives it back after', () => {
    const lines = new Lines()
    const window = entries('cmd 1 a', 'cmd 2 b', 'cmd 3 c')
    lines.sync(window, true)
    const read = at(lines, 0)
    window.push(...entries('cmd 4 d'))
    window.shift()
    lines.sync(window, true)
    expect(at(lines, 0)).toBe(read)
    for (let n = 0; n < 40; n += 1) {
      window.push(...entries('ev X'))
      window.shift()
      lines.sync(window, true)
    }
    expect(lines.all.length).toBe(12)
    lines.sync(window, false)
    expect(lines.all.length).toBe(3)
  })

  it('a reply whose command has left finds nothing, and nothing breaks', () => {
    const lines = new Lines()
    const window = entries('cmd 1 a', 'ev X', 'ev Y')
    lines.sync(window, false)
    window.push(...entries('ret 1 4'))
    window.shift()
    lines.sync(window, false)
    expect(lines.linksOf(at(lines, 2)).command).toBeUndefined()
  })

  it('starts again after a clear', () => {
    const lines = new Lines()
    lines.sync(entries('cmd 1 a', 'cmd 2 b'), false)
    lines.sync([], false)
    expect(lines.all).toEqual([])
    const window = entries('ret 1 4')
    lines.sync(window, false)
    expect(lines.all.length).toBe(1)
    expect(lines.linksOf(at(lines, 0)).command).toBeUndefined()
  })
})

describe('choosing', () => {
  it('counts what it leaves out', () => {
    const lines = new Lines()
    lines.sync(
      [
        ...entries('page 1 query-status', 'own 1 3', 'cmd 2 stop', 'ret 2 9', 'ev STOP 2 near'),
        { machine: 'n', row: { ...row('ev STOP'), seq: 0 } },
      ],
      false,
    )
    const filter = parseFilter('latency>5ms')
    expect(filter.ok).toBe(true)
    if (!filter.ok) return
    expect(choose(lines.all, 'm', false, undefined)).toMatchObject({ total: 5, own: 2 })
    expect(choose(lines.all, 'm', false, undefined).lines.length).toBe(3)
    expect(choose(lines.all, undefined, true, undefined).lines.length).toBe(6)
    // The command is found by what its reply took.
    expect(choose(lines.all, 'm', false, filter.value).lines).toEqual([at(lines, 2), at(lines, 3)])
  })

  it('is quick enough to be done every frame', () => {
    const lines = new Lines()
    lines.sync(
      Array.from({ length: 20_000 }, (_, index) => ({ machine: 'm', row: row(`cmd ${index} query-block`) })),
      false,
    )
    const filter = parseFilter('nothing -kind:state type:query-*')
    if (!filter.ok) throw new Error()
    choose(lines.all, 'm', true, filter.value)
    const from = performance.now()
    choose(lines.all, 'm', true, filter.value)
    expect(performance.now() - from).toBeLessThan(60)
  })
})

describe('summaries', () => {
  it.each([
    ['cmd 1 stop', '{"execute":"stop","id":1}', ''],
    [
      'cmd 1 x',
      '{"execute":"x","arguments":{"driver":"raw","size":9007199254740993}}',
      'driver=raw size=9007199254740993',
    ],
    ['ret 1 2', '{"return":[1,2,3]}', '3 items [1,2,3]'],
    ['ret 1 2', '{"return":{}}', ''],
    ['raw 1', '{"execute" "stop"', '{"execute" "stop"'],
    ['cmd 1 x', undefined, '(not in the record any more)'],
  ])('%s %s', (words, text, expected) => {
    const lines = new Lines()
    lines.sync(entries(words), false)
    expect(summarise(at(lines, 0), text)).toBe(expected)
  })

  it('reads a message once, a few at a time, and leaves large ones alone', async () => {
    const lines = new Lines()
    lines.sync(entries(...Array.from({ length: 100 }, (_, index) => `cmd ${index} x`)), false)
    let running = 0
    let most = 0
    let reads = 0
    const summaries = new Summaries(
      async () => {
        reads += 1
        running += 1
        most = Math.max(most, running)
        await Promise.resolve()
        running -= 1
        return '{"execute":"x","arguments":{"a":1}}'
      },
      () => undefined,
    )
    const texts = await Promise.all([...lines.all, ...lines.all].map((line) => summaries.of(line)))
    expect(new Set(texts)).toEqual(new Set(['a=1']))
    expect(reads).toBe(100)
    expect(most).toBeLessThanOrEqual(16)
    expect(summaries.pending).toBe(0)
    const large = new Lines()
    large.sync([{ machine: 'm', row: { ...row('ret 1 2'), bytes: 60_000_000 } }], false)
    expect(await summaries.of(at(large, 0))).toContain('select it')
    expect(reads).toBe(100)
  })
})

describe('export', () => {
  it('writes one object a line, numbers exact', async () => {
    const lines = new Lines()
    lines.sync(entries('cmd 1 x', 'ret 1 4', 'ev STOP 1 near', 'raw 2'), false)
    const texts = [
      '{"execute":"x","arguments":{"n":18446744073709551615}}',
      '{"return":{}}',
      '{"event":"STOP"}',
      '{"bad"',
    ]
    const parts = await exportLines(
      lines.all,
      (line) => Promise.resolve(texts[lines.all.indexOf(line)]),
      () => undefined,
      new AbortController().signal,
    )
    const written = parts!.join('').trimEnd().split('\n')
    expect(written.length).toBe(4)
    expect(written[0]).toContain('"n":18446744073709551615')
    expect(JSON.parse(written[1]!)).toMatchObject({
      machine: 'm',
      kind: 'return',
      id: 1,
      latency_ms: 4,
      message: { return: {} },
    })
    expect(JSON.parse(written[2]!)).toMatchObject({ cause: { id: 1, proof: 'nearness' } })
    expect(JSON.parse(written[3]!)).toMatchObject({ kind: 'raw', text: '{"bad"' })
  })

  it('says what a row without a message says', () => {
    const lines = new Lines()
    lines.sync(entries('out 1 unknown'), false)
    expect(JSON.parse(exportLine(at(lines, 0), undefined))).toMatchObject({
      direction: 'here',
      summary: /unknown/.exec(at(lines, 0).summary!)!.input,
    })
  })
})

describe('density', () => {
  it('puts rows into their bins and counts no queries of the page', () => {
    const window: TimelineEntry[] = [
      { machine: 'm', row: row('ev OLD', 0) },
      { machine: 'm', row: row('cmd 1 a', 10_000) },
      { machine: 'm', row: row('page 2 a', 10_000) },
      { machine: 'm', row: row('ev X', 15_000) },
      { machine: 'm', row: row('err 1 2', 19_999) },
      { machine: 'm', row: row('ev X', 20_000) },
    ]
    const density = densityOf(window, 20_000, 10_000, 10)
    expect(density).toMatchObject({ commands: 1, events: 2, troubles: 1, peak: 1 })
    expect(density.bins[0]).toEqual({ commands: 1, events: 0, troubles: 0 })
    expect(density.bins[5]).toEqual({ commands: 0, events: 1, troubles: 0 })
    expect(density.bins[9]).toEqual({ commands: 0, events: 1, troubles: 1 })
  })

  it('heights grow with counts, and one is seen', () => {
    expect(heightOf(0, 100)).toBe(0)
    expect(heightOf(1, 1000)).toBeGreaterThan(0.09)
    expect(heightOf(1000, 1000)).toBe(1)
    expect(heightOf(10, 1000)).toBeLessThan(heightOf(20, 1000))
  })
})
