import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs, some } from '#base/testing/runs.ts'
import { loadSchema, schemaOf } from '../testing/load.ts'
import { highlight } from './highlight.ts'
import { saidNames, sayingsOf } from './sayings.ts'
import { phrasesToTry, reasonOf, search } from './search.ts'
import { isNear, strongWords, wordsOf } from './words.ts'

const schema = loadSchema('qemu-7.2-x86_64')
const names = (query: string): readonly string[] => search(schema, query).hits.map((each) => each.entity.name)

/** The distance of Damerau and Levenshtein (neighbours change places as one step), by its table. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const steps = [
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]),
        ...(i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? [at(i - 2, j - 2) + 1] : []),
      ]
      const row = rows[i]
      if (row !== undefined) row[j] = Math.min(...steps)
    }
  }
  return at(a.length, b.length)
}

describe('words', () => {
  test('one error is forgiven from four letters on, exactly where the distance is one', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(isNear(a, b)).toBe(a === b || (a.length >= 4 && distance(a, b) === 1))
      }),
      { numRuns: runs(3000) },
    )
  })

  test('signs and words that say nothing are left out, but not all of them', () => {
    expect(strongWords('How do I “reboot” the VM?')).toEqual(['reboot', 'vm'])
    expect(strongWords('how to')).toEqual(['how', 'to'])
    expect(wordsOf('x '.repeat(1000))).toHaveLength(12)
    expect(wordsOf('???')).toEqual([])
  })
})

describe('ranks', () => {
  test('an event that is typed in capitals comes before commands that are called alike', () => {
    expect(names('BLOCK_JOB')[0]).toMatch(/^BLOCK_JOB_/)
    expect(names('block_job')[0]).toMatch(/^block-job-/)
  })

  test('a name may be typed with blanks, and a typing error in it is mended', () => {
    expect(names('block resize')[0]).toBe('block_resize')
    expect(names('query named block nodes')[0]).toBe('query-named-block-nodes')
    expect(names('blokdev-add')[0]).toBe('blockdev-add')
    expect(search(schema, 'screnshot').meant).toBe('screenshot')
    expect(search(schema, 'screenshot').meant).toBeUndefined()
  })

  test('commands come before events, events before types, among matches of one sort', () => {
    const { hits } = search(schema, 'device')
    const placesOf = (kind: string): readonly number[] =>
      hits.flatMap(({ entity, matched }, at) => (entity.kind === kind && matched === undefined ? [at] : []))
    expect(placesOf('event').length).toBeGreaterThan(0)
    expect(Math.max(...placesOf('command'))).toBeLessThan(Math.min(...placesOf('event')))
    expect(Math.max(...placesOf('event'))).toBeLessThan(Math.min(...placesOf('object'), hits.length))
  })

  test('all words, else any: the hits that have most of them first', () => {
    expect(search(schema, 'snapshot load').words).toBe('all')
    const some = search(schema, 'zzzzqq screendump')
    expect(some.words).toBe('any')
    expect(some.hits[0]?.entity.name).toBe('screendump')
    expect(search(schema, 'zzzzqq').hits).toEqual([])
  })

  test('each hit says why', () => {
    const why = (query: string): string => {
      const [first] = search(schema, query).hits
      return first === undefined ? '' : reasonOf(first)
    }
    expect(why('take a picture')).toBe('synonym take picture')
    expect(why('screnshot')).toBe('synonym screenshot')
    expect(why('screendump')).toBe('')
    expect(search(schema, 'detect-zeroes').hits.map(reasonOf)).toContain('has member detect-zeroes')
  })

  test('the count before filters is that of the words alone', () => {
    const found = search(schema, 'job', { kinds: new Set(['event']) })
    expect(found.unfiltered).toBe(search(schema, 'job').hits.length)
    expect(found.hits.length).toBeLessThan(found.unfiltered)
  })
})

describe('phrases', () => {
  test('every name of the tables is a command or event of a recorded schema or of the guest agent', () => {
    const known = new Set(
      ['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64'].flatMap((file) =>
        loadSchema(file)
          .entities.filter((each) => each.kind === 'command' || each.kind === 'event')
          .map((each) => each.name),
      ),
    )
    expect(saidNames.filter((each) => !known.has(each) && !each.startsWith('guest-'))).toEqual([])
    expect(new Set(saidNames).size).toBe(saidNames.length)
  })

  test('every phrase leads to its command among the first ten', () => {
    const newest = loadSchema('qemu-11.1-x86_64')
    const lost = some(saidNames).flatMap((name) =>
      newest.byName.has(name)
        ? sayingsOf(name)
            .filter(({ phrase }) => !firstOf(newest, phrase, 10).includes(name))
            .map(({ phrase }) => `${phrase}: ${name}`)
        : [],
    )
    expect(lost).toEqual([])
  })

  test('an agent is asked in its own words', () => {
    const agent = schemaOf([
      { name: 'guest-fsfreeze-freeze', 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' },
      { name: 'guest-exec', 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' },
      { name: 'guest-shutdown', 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' },
      { name: 'none', 'meta-type': 'object', members: [] },
    ])
    expect(firstOf(agent, 'run a program', 1)).toEqual(['guest-exec'])
    expect(firstOf(agent, 'reboot', 1)).toEqual(['guest-shutdown'])
    expect(firstOf(agent, 'quiesce', 1)).toEqual(['guest-fsfreeze-freeze'])
    expect(phrasesToTry(agent).length).toBeGreaterThan(0)
  })
})

function firstOf(of: typeof schema, query: string, most: number): readonly string[] {
  return search(of, query)
    .hits.slice(0, most)
    .map((each) => each.entity.name)
}

describe('any text', () => {
  test('is searched without an exception, finds nothing twice, and its hits are of the schema', () => {
    const word = fc.oneof(
      fc.constantFrom('block', 'stop', 'nbd', 'the', 'vm', 'snapshto', '-', '_', 'STOP', '__proto__'),
      fc.string({ maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), (words) => {
        const found = search(schema, words.join(' '))
        const hits = found.hits.map((each) => each.entity.name)
        expect(new Set(hits).size).toBe(hits.length)
        expect(hits.every((each) => schema.byName.has(each))).toBe(true)
        expect(found.unfiltered).toBe(hits.length)
      }),
      { numRuns: runs(300) },
    )
  })

  test('a name of a hostile length is looked at for its first 200 characters', () => {
    const hostile = schemaOf([
      { name: 'a-'.repeat(100_000), 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' },
    ])
    expect(search(hostile, `${'a'.repeat(60)}b`).hits).toEqual([])
    expect(search(hostile, 'a-a').hits).toHaveLength(1)
  })
})

test('the parts of a highlighted text are the text, and what is marked are its words', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '-', 'the'), maxLength: 20 })
  fc.assert(
    fc.property(text, text, (whole, query) => {
      const parts = highlight(whole, query)
      expect(parts.map((each) => each.text).join('')).toBe(whole)
      const words = strongWords(query)
      const marked = Array.from({ length: whole.length }, (_, at) =>
        words.some((word) =>
          Array.from({ length: word.length }, (_each, back) => at - back).some(
            (from) => from >= 0 && whole.toLowerCase().startsWith(word, from),
          ),
        ),
      )
      expect(parts.flatMap((each) => Array.from(each.text, () => each.match))).toEqual(marked)
    }),
  )
})

test('matches are marked', () => {
  expect(highlight('blockdev-add', 'dev add')).toEqual([
    { text: 'block', match: false },
    { text: 'dev', match: true },
    { text: '-', match: false },
    { text: 'add', match: true },
  ])
  expect(highlight('x', '')).toEqual([{ text: 'x', match: false }])
})
