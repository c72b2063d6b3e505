import { expect, test } from 'vitest'
import { findDoubled, findFaults, findLostDecisions, findLostPaths, findUntested } from './house.ts'

const rooms = { '#base/*': './workers/base/*' }

test('files that import each other in a ring are named, types included; a component that holds itself is none', () => {
  expect(
    findFaults(
      [
        { path: 'workers/base/a.ts', text: "import { b } from './json/b.ts'\n" },
        { path: 'workers/base/json/b.ts', text: "import type {\n  C,\n} from '#base/c.ts'\n" },
        { path: 'workers/base/c.ts', text: "export * from './a.ts'\n" },
        { path: 'app/Tree.svelte', text: "<script>\n  import Tree from './Tree.svelte'\n</script>\n" },
        { path: 'workers/base/a.test.ts', text: "import { a } from './a.ts'\n" },
      ],
      rooms,
    ),
  ).toEqual([
    'import cycle: workers/base/a.ts → workers/base/json/b.ts → workers/base/c.ts → workers/base/a.ts',
  ])
})

test('a folder has 15 files of its own; folders inside and tests do not count', () => {
  const named = (folder: string, count: number, end: string): { path: string; text: string }[] =>
    Array.from({ length: count }, (_, index) => ({ path: `${folder}/f${index}${end}`, text: '' }))
  const full = [
    ...named('app/ui', 15, '.ts'),
    ...named('app/ui', 9, '.test.ts'),
    ...named('app/ui/list', 3, '.ts'),
  ]
  expect(findFaults(full, rooms)).toEqual([])
  expect(findFaults([...full, { path: 'app/ui/One.svelte', text: '' }], rooms)).toEqual([
    'app/ui has 16 source files of its own; 15 are the most',
  ])
})

test('a file above 400 lines says why, and none is above 600', () => {
  const lines = (count: number): string => 'const a = 1\n'.repeat(count)
  const check = (text: string): readonly string[] => findFaults([{ path: 'app/long.ts', text }], rooms)
  expect(check(lines(400))).toEqual([])
  expect(check(lines(401))).toEqual([
    'app/long.ts has 401 lines, and its first comment gives no reason ("One file, because …")',
  ])
  expect(check(`/** A table. One file, because it is read from top to bottom. */\n${lines(500)}`)).toEqual([])
  expect(check(`/** A table. One file, because it is read from top to bottom. */\n${lines(600)}`)).toEqual([
    'app/long.ts has 601 lines; 600 are the most',
  ])
})

test('a name of a type or a file has one meaning', () => {
  const at = (path: string, text = ''): { path: string; text: string } => ({ path, text })
  expect(
    findDoubled([
      at('workers/qmp/a.ts', 'export type Place =\n  | 1\ninterface Reader<T> {}\n'),
      at('workers/qmp/a.test.ts', 'class Reader {}\n'),
      at('workers/api/b.ts', 'export interface One extends Two {}\n'),
      at('workers/host/b.ts', 'type Mine = Place\n'),
      at('app/ui/A.svelte', '<script>\n  interface Props {}\n  type Yours = Place\n</script>\n'),
      at('app/ui/b.svelte.ts', 'export abstract class Reader {}\n'),
      at('app/ui/c.ts', '// class Place {}\n'),
      at('app/ui/c.svelte.ts'),
      at('app/views/B.svelte', '<script>\n  interface Props {}\n  interface Place {}\n</script>\n'),
      at('app/views/d/B.svelte'),
      at('lab/b.ts', 'class Place {}\n'),
    ]),
  ).toEqual([
    'a type Place is in workers/qmp/a.ts and in app/views/B.svelte',
    'a type Reader is in workers/qmp/a.ts and in app/ui/b.svelte.ts',
    'a file b is in workers/host and in app/ui',
    'a file B.svelte is in app/views and in app/views/d',
  ])
})

test('a source above 150 lines has a test of its name, or says which test covers it', () => {
  const files = new Set(['app/one.test.ts', 'app/Two.test.ts', 'lab/three.real.test.ts', 'e2e/four.spec.ts'])
  const check = (path: string, head = '', lines = 151): readonly string[] =>
    findUntested([{ path, text: `${head}${'let a = 1\n'.repeat(lines)}` }], (file) => files.has(file))
  for (const path of [
    'app/one.svelte.ts',
    'app/one.ts',
    'app/Two.svelte',
    'lab/three.ts',
    'app/four.test.ts',
  ])
    expect(check(path)).toEqual([])
  expect(check('app/four.ts', '', 150)).toEqual([])
  const none = 'app/four.ts has no test of its name, and its first comment says not which one ("Tested by …")'
  expect(check('app/four.ts')).toEqual([none])
  expect(check('app/four.ts', '/** Four. */ /** Tested by e2e/four.spec.ts. */')).toEqual([none])
  expect(
    check('app/four.ts', '/**\n * Four.\n * Tested by app/one.test.ts and e2e/four.spec.ts.\n */'),
  ).toEqual([])
  expect(check('app/Four.svelte', '<!-- Four. Tested by e2e/five.spec.ts. -->')).toEqual([
    'app/Four.svelte is tested by e2e/five.spec.ts, which is not there',
  ])
})

test('a decision leads to the code it names, and code to the decision it names', () => {
  const adr = (code: string): string => `# 0001 A title\n\n**Decision.** So.\n\n**Code.** ${code}\n`
  const named = { path: 'app/a.ts', text: '/**\n * What it is for.\n * @adr 0001\n */\n' }
  const decision = { path: '0001-a-title.md', text: adr('`app/a.ts`') }
  expect(findLostDecisions([named], [decision])).toEqual([])
  const several = { path: 'app/a.ts', text: '// @adr 0001, 0002\n' }
  expect(findLostDecisions([several], [decision])).toEqual([
    'app/a.ts: there is no decision 0002 in docs/adr',
  ])
  expect(findLostDecisions([{ ...named, path: 'app/b.ts' }], [decision])).toEqual([
    'docs/adr/0001-a-title.md: app/a.ts has no line "@adr 0001"',
  ])
  expect(findLostDecisions([], [{ ...decision, text: adr('None: it is about how we work.') }])).toEqual([])
  expect(findLostDecisions([], [{ ...decision, text: adr('somewhere') }])).toEqual([
    'docs/adr/0001-a-title.md: no file is named under "**Code.**"',
  ])
  expect(findLostDecisions([], [{ ...decision, text: '# 0001 A title\n' }])).toEqual([
    'docs/adr/0001-a-title.md: the paragraph "**Code.**" is missing',
  ])
  const twice = { path: '0001-other.md', text: adr('`app/a.ts`') }
  expect(findLostDecisions([named], [decision, twice, { path: 'notes.md', text: '' }])).toEqual([
    'docs/adr/0001-other.md: the number 0001 is taken',
    'docs/adr/notes.md: the name is not NNNN-title.md',
  ])
})

test('a document names files that are there', () => {
  const text = 'It is in `app/a.ts`, `workers/` and `lab/gone.ts`; `npm run check` and `app/…` are no files.'
  expect(findLostPaths([{ path: 'docs/a.md', text }], (path) => path !== 'lab/gone.ts')).toEqual([
    'docs/a.md names lab/gone.ts, which is not there',
  ])
})
