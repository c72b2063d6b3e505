import { expect, test } from 'vitest'
import { findFaults, findLostDecisions, findLostPaths } from './house.ts'

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
