import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatRoute, movedRoute, parseRoute, withOneRange, withoutBeside } from './route.ts'
import type { Route, ViewSubject, View } from './route.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 })
const view = fc.constantFrom<View>('overview', 'schema', 'command', 'timeline', 'console')
const query = fc.dictionary(
  text.filter((key) => key !== 'beside' && key !== '__proto__'),
  fc.string(),
  { noNullPrototype: true },
)
const subject = fc.oneof(
  text.map((id): ViewSubject => ({ kind: 'machine', id })),
  text.map((file): ViewSubject => ({ kind: 'recorded', file })),
)
const alone: fc.Arbitrary<Route> = fc.oneof(
  fc.record({
    subject,
    view,
    // Parts of an entity that are empty are left out.
    entity: fc.option(
      fc
        .array(
          text.filter((each) => !each.includes('/')),
          { minLength: 1, maxLength: 3 },
        )
        .map((parts) => parts.join('/')),
      { nil: undefined },
    ),
    query,
  }),
  fc.constant<Route>({ subject: { kind: 'none' }, view: 'overview', entity: undefined, query: {} }),
  // A file that the lab has for this page.
  text
    .filter((name) => !name.includes('/'))
    .map((name): Route => {
      const entity = `open/0123456789abcdef0123456789abcdef/${name}.json`
      return { subject: { kind: 'none' }, view: 'overview', entity, query: {} }
    }),
)
const route: fc.Arbitrary<Route> = fc.oneof(
  alone,
  fc.tuple(alone, alone).map(([main, beside]) => ({ ...main, beside })),
)

describe('the address', () => {
  test('what is formatted is read as it was', () => {
    fc.assert(
      fc.property(route, (each) => {
        expect(parseRoute(formatRoute(each))).toEqual(each)
      }),
    )
  })

  test('any text is read, and means the same once formatted', () => {
    fc.assert(
      fc.property(fc.string(), (fragment) => {
        const read = formatRoute(parseRoute(fragment))
        expect(formatRoute(parseRoute(read))).toBe(read)
      }),
    )
  })

  test.each<[fragment: string, formatted: string]>([
    ['', '#/'],
    ['#', '#/'],
    ['#/nowhere/at/all?x=1', '#/'],
    ['#/machine', '#/'],
    ['#/machine/lab1', '#/machine/lab1/overview'],
    ['#/machine/lab1/nonsense', '#/machine/lab1/overview'],
    ['#/machine/%zz/console', '#/machine/%25zz/console'],
    ['#/recorded/7.2.json', '#/recorded/7.2.json/schema'],
    [
      '#/machine/lab1/timeline?beside=%2Fmachine%2Flab2%2Fconsole',
      '#/machine/lab1/timeline?beside=%2Fmachine%2Flab2%2Fconsole',
    ],
    // Not encoded, as somebody types it.
    [
      '#/machine/lab1/timeline?beside=/machine/lab2/console',
      '#/machine/lab1/timeline?beside=%2Fmachine%2Flab2%2Fconsole',
    ],
    [
      '#/machine/lab1/timeline?beside=%23%2Fmachine%2Flab2',
      '#/machine/lab1/timeline?beside=%2Fmachine%2Flab2%2Foverview',
    ],
    ['#/machine/lab1/timeline?beside=', '#/machine/lab1/timeline?beside=%2F'],
    ['#/machine/lab1/timeline?beside=nonsense', '#/machine/lab1/timeline?beside=%2F'],
    ['#/?beside=%2Fmachine%2Flab2%2Fconsole', '#/?beside=%2Fmachine%2Flab2%2Fconsole'],
    // One level deep only.
    [
      '#/machine/a/overview?beside=%2Fmachine%2Fb%2Foverview%3Fbeside%3D%252Fmachine%252Fc',
      '#/machine/a/overview?beside=%2Fmachine%2Fb%2Foverview',
    ],
    [
      '#/machine/a/overview?beside=/machine/b&beside=/machine/c',
      '#/machine/a/overview?beside=%2Fmachine%2Fc%2Foverview',
    ],
  ])('%s is %s', (fragment, formatted) => {
    expect(formatRoute(parseRoute(fragment))).toBe(formatted)
  })

  test('the query of the second pane is its own', () => {
    const read = parseRoute('#/machine/a/timeline?f=x&beside=%2Fmachine%2Fb%2Fschema%2Fstop%3Fq%3Da%2526b')
    expect(read.query).toEqual({ f: 'x' })
    expect(read.beside).toEqual({
      subject: { kind: 'machine', id: 'b' },
      view: 'schema',
      entity: 'stop',
      query: { q: 'a&b' },
    })
  })

  test('moving the main pane keeps what is beside it; only `beside` itself takes it away', () => {
    fc.assert(
      fc.property(alone, alone, alone, (main, beside, next) => {
        const now = { ...main, beside }
        expect(movedRoute(now, next).beside).toBe(beside)
        expect(movedRoute(now, { query: {} }).beside).toBe(beside)
        expect('beside' in movedRoute(now, { beside: undefined })).toBe(false)
        expect(withoutBeside(movedRoute(now, { beside: next }))).toEqual(main)
      }),
    )
  })
})

test('a timeline beside the statistics of its machine has the range of the pane in which it was changed', () => {
  const at = (fragment: string, beside: string): Route =>
    parseRoute(`#${fragment}${fragment.includes('?') ? '&' : '?'}beside=${encodeURIComponent(beside)}`)
  const ranges = ({ query, beside }: Route): readonly (string | undefined)[] => [
    query.range,
    beside?.query.range,
  ]
  const [stats, timeline] = ['/machine/a/inspect/stats', '/machine/a/timeline']
  const none = at(stats, timeline)
  expect(ranges(withOneRange(none, at(`${stats}?range=1~2`, timeline)))).toEqual(['1~2', '1~2'])
  expect(ranges(withOneRange(none, at(stats, `${timeline}?range=1~2`)))).toEqual(['1~2', '1~2'])
  const both = at(`${stats}?range=1~2`, `${timeline}?range=1~2`)
  expect(ranges(withOneRange(both, at(stats, `${timeline}?range=1~2`)))).toEqual([undefined, undefined])
  expect(ranges(withOneRange(both, at(`${stats}?range=1~2`, timeline)))).toEqual([undefined, undefined])
  // A pane that is opened beside it adopts it.
  expect(ranges(withOneRange(parseRoute(`#${stats}?range=1~2`), at(`${stats}?range=1~2`, timeline)))).toEqual(
    ['1~2', '1~2'],
  )
  // Of another machine, of another part, and two of the same view: each has its own.
  for (const other of ['/machine/b/timeline', '/machine/a/inspect/jobs', '/machine/a/inspect/stats']) {
    expect(ranges(withOneRange(none, at(`${stats}?range=1~2`, other)))).toEqual(['1~2', undefined])
  }
})
