/**
 * What `npm run check` asks of the tree as a whole: no import cycles, folders and files of a size that one person reads,
 * a test for each larger source, one meaning for each name of a type or a file, decisions (docs/adr) that lead to code and back, documents whose files are there. The rooms themselves, and who may
 * import whom, are in floors.js.
 * @adr 0044, 0058
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { root } from '../paths.ts'

/** Source files of its own that a folder has at most; folders inside do not count. */
const mostFiles = 15
/** Lines of a file that needs no reason, and of any file. */
const fewLines = 400
const mostLines = 600
/** Lines of a source that needs no test of its name, nor a word on which test covers it. */
const untestedLines = 150
/** The words by which a file above `fewLines` gives its reason, in its first comment. */
const reason = /\bOne file(?:, |: |\s)/

/** A source file: its path from the root, with `/`, and its text. */
export interface Source {
  readonly path: string
  readonly text: string
}

const isSource = (path: string): boolean => /\.(?:ts|svelte|js|mjs)$/.test(path) && !path.endsWith('.d.ts')
const isTest = (path: string): boolean => /\.(?:test|spec|bench)\.ts$|(?:^|\/)testing\//.test(path)

/** The name of a decision's file: its number and its title. */
const adrFile = /^(\d{4})-[a-z\d-]+\.md$/

/** All sources under these folders of the project. */
export function readSources(folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && isSource(each.name))
      .map((each) => readSource(relative(root, join(each.parentPath, each.name)))),
  )
}

/** One source, by its path from the root. */
function readSource(path: string): Source {
  return { path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }
}

/** The documents that name files of the tree. */
function readDocuments(): readonly Source[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)].map(
    readSource,
  )
}

/** The decisions of docs/adr: the name of each file, and its text. */
function readDecisions(): readonly Source[] {
  const folder = join(root, 'docs', 'adr')
  return readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') }))
}

/**
 * What is wrong with the tree, a sentence each; none where it is as it should be. `rooms` are the names of
 * package.json's `imports` (`#base/*`) and their folders.
 */
export function findFaults(
  sources: readonly Source[],
  rooms: Readonly<Record<string, string>>,
): readonly string[] {
  const own = sources.filter(({ path }) => !isTest(path))
  return [
    ...cycles(own, rooms).map((files) => `import cycle: ${files.join(' → ')} → ${files[0] ?? ''}`),
    ...fullFolders(own),
    ...own.flatMap(longFile),
  ]
}

function fullFolders(sources: readonly Source[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { path } of sources) {
    const folder = posix.dirname(path)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count > mostFiles)
    .map(([folder, count]) => `${folder} has ${count} source files of its own; ${mostFiles} are the most`)
}

function longFile({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1
  if (lines <= fewLines) return []
  if (lines > mostLines) return [`${path} has ${lines} lines; ${mostLines} are the most`]
  return reason.test(firstComment(text))
    ? []
    : [`${path} has ${lines} lines, and its first comment gives no reason ("One file, because …")`]
}

const firstComment = (text: string): string => /\/\*\*[\s\S]*?\*\/|<!--[\s\S]*?-->/.exec(text)?.[0] ?? ''

/**
 * The larger sources without a test, a sentence each. A source has a test of its name beside it (for `x.ts`, `x.svelte.ts`
 * and `X.svelte`: `x.test.ts`, `x.long.test.ts`, `x.real.test.ts`), or its first comment says "Tested by" and names tests
 * by their paths. `exists` says whether there is a file of this path. A benchmark is no source here: it measures others.
 */
export function findUntested(
  sources: readonly Source[],
  exists: (path: string) => boolean,
): readonly string[] {
  return sources
    .filter(({ path }) => !isTest(path) && !path.startsWith('lab/bench/'))
    .filter(({ text }) => text.split('\n').length - 1 > untestedLines)
    .flatMap(({ path, text }) => {
      const name = path.replace(/(?:\.svelte)?\.(?:ts|js|mjs)$|\.svelte$/, '')
      if (['.test.ts', '.long.test.ts', '.real.test.ts'].some((end) => exists(`${name}${end}`))) return []
      const [, said = ''] = /Tested by ([^]*)/.exec(firstComment(text)) ?? []
      const named = said
        .split(/[^\w./-]+/)
        .map((word) => word.replace(/\.$/, ''))
        .filter((word) => /\.(?:test|spec)\.ts$/.test(word))
      if (named.length === 0) {
        return [`${path} has no test of its name, and its first comment says not which one ("Tested by …")`]
      }
      return named
        .filter((test) => !exists(test))
        .map((test) => `${path} is tested by ${test}, which is not there`)
    })
}

/** The files that import each other in a ring, types included. A component that holds itself is none. */
function cycles(
  sources: readonly Source[],
  rooms: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const known = new Map(sources.map((source) => [source.path, source]))
  const imports = new Map(
    [...known].map(([path, source]) => [
      path,
      importsOf(source, rooms).filter((each) => each !== path && known.has(each)),
    ]),
  )
  const over = new Set<string>()
  const found: (readonly string[])[] = []
  for (const start of imports.keys()) {
    // Depth first, without recursion: `way` is the path from `start` to where we are.
    const way: { readonly path: string; next: number }[] = over.has(start) ? [] : [{ path: start, next: 0 }]
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const next = imports.get(last.path)?.[last.next]
      last.next += 1
      if (next === undefined) {
        over.add(last.path)
        way.pop()
        continue
      }
      const at = way.findIndex(({ path }) => path === next)
      if (at >= 0) found.push(way.slice(at).map(({ path }) => path))
      else if (!over.has(next)) way.push({ path: next, next: 0 })
    }
  }
  return found
}

function importsOf({ path, text }: Source, rooms: Readonly<Record<string, string>>): readonly string[] {
  const found: string[] = []
  for (const { 1: name = '' } of text.matchAll(/\b(?:from|import)\s*['"]([.#][^'"\n?]+)['"]/g)) {
    const target = resolveName(path, name, rooms)
    if (target !== undefined) found.push(target)
  }
  return found
}

function resolveName(
  path: string,
  name: string,
  rooms: Readonly<Record<string, string>>,
): string | undefined {
  if (name.startsWith('.')) return posix.join(posix.dirname(path), name)
  for (const [room, folder] of Object.entries(rooms)) {
    const start = room.slice(0, -1)
    if (name.startsWith(start)) return posix.join(folder.slice(0, -1), name.slice(start.length))
  }
  return undefined
}

/** Names of types that each component has for itself: the shape of what it is given. */
const ownNames = new Set(['Props'])
/** The room whose files are named like what they are the boundary of, in the worker or on the page. */
const boundary = 'workers/api/'

/**
 * The names of types, classes and files that stand for more than one thing, a sentence each. A type counts where a module
 * declares it, exported or not. Files count by folder: `x.ts` beside `x.svelte.ts` is one thing, and so is a component,
 * whose name has capitals, beside the module that is named like it.
 */
export function findDoubled(sources: readonly Source[]): readonly string[] {
  const own = sources.filter(({ path }) => !isTest(path) && /^(?:workers|app)\//.test(path))
  const types = new Map<string, Set<string>>()
  const files = new Map<string, Set<string>>()
  const add = (to: Map<string, Set<string>>, name: string, place: string): void => {
    to.set(name, (to.get(name) ?? new Set()).add(place))
  }
  for (const { path, text } of own) {
    const declared =
      /^ {0,2}(?:export )?(?:abstract )?(?:type|interface|class) ([A-Z]\w*)(?= ?[<={]| extends | implements )/gm
    for (const { 1: name = '' } of text.matchAll(declared)) if (!ownNames.has(name)) add(types, name, path)
    const file = posix.basename(path).replace(/(?:\.svelte)?\.(?:ts|js)$/, '')
    if (!path.startsWith(boundary)) add(files, file, posix.dirname(path))
  }
  const doubled = (what: string, names: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] =>
    [...names]
      .filter(([, places]) => places.size > 1)
      .map(([name, places]) => `${what} ${name} is in ${[...places].join(' and in ')}`)
  return [...doubled('a type', types), ...doubled('a file', files)]
}

/**
 * What is wrong between decisions and code, a sentence each. A source names decisions by `@adr NNNN, NNNN`. Each of them
 * must be a file of `decisions` (their names and texts), and each of those is named by a source that it names itself, or
 * says `**Code.** None` where it is about no code.
 */
export function findLostDecisions(
  sources: readonly Source[],
  decisions: readonly Source[],
): readonly string[] {
  const faults: string[] = []
  const namedBy = new Map<string, string[]>()
  for (const { path, text } of sources) {
    for (const { 1: numbers = '' } of text.matchAll(/^[ *#/]*@adr (\d{4}(?:, \d{4})*)$/gm)) {
      for (const number of numbers.split(', ')) {
        namedBy.set(number, [...(namedBy.get(number) ?? []), path])
      }
    }
  }
  const known = new Map<string, Source>()
  for (const decision of decisions) {
    const [, number] = adrFile.exec(decision.path) ?? []
    if (number === undefined) faults.push(`docs/adr/${decision.path}: the name is not NNNN-title.md`)
    else if (known.has(number)) faults.push(`docs/adr/${decision.path}: the number ${number} is taken`)
    else known.set(number, decision)
  }
  for (const [number, paths] of namedBy) {
    if (!known.has(number)) faults.push(`${paths.join(', ')}: there is no decision ${number} in docs/adr`)
  }
  for (const [number, { path, text }] of known) {
    const [, code] = /^\*\*Code\.\*\* ([^]*)$/m.exec(text) ?? []
    if (code === undefined) {
      faults.push(`docs/adr/${path}: the paragraph "**Code.**" is missing`)
    } else if (!/^None\b/.test(code)) {
      const files = [...code.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
      const named = namedBy.get(number) ?? []
      for (const file of files) {
        if (!named.includes(file)) faults.push(`docs/adr/${path}: ${file} has no line "@adr ${number}"`)
      }
      if (files.length === 0) faults.push(`docs/adr/${path}: no file is named under "**Code.**"`)
    }
  }
  return faults
}

/**
 * The files that a document names and that are not there, a sentence each. A name of a file stands between backquotes
 * and begins with one of these folders.
 */
export function findLostPaths(
  documents: readonly Source[],
  exists: (path: string) => boolean,
): readonly string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:app|workers|lab|e2e|docs|public)\/[\w./-]*)`/g)]
      .map(([, named = '']) => named)
      .filter((named) => !exists(named))
      .map((named) => `${path} names ${named}, which is not there`),
  )
}

/** The check of this tree. Returns its exit code and what it says. */
export function checkHouse(): { readonly code: number; readonly words: string } {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const sources = readSources(['app', 'workers', 'lab'])
  const others = readSources(['e2e']).concat(
    ['eslint.config.js', 'playwright.config.ts', 'vite.config.ts'].map(readSource),
  )
  const decisions = readDecisions()
  const gone = Object.values(imports).filter((folder) => !existsSync(join(root, dirname(folder))))
  const faults = [
    ...gone.map((folder) => `package.json names the folder ${folder}, which is not there`),
    ...findFaults(sources, imports),
    ...findDoubled(sources),
    ...findUntested(sources, (path) => existsSync(join(root, path))),
    ...findLostDecisions([...sources.filter(({ path }) => !isTest(path)), ...others], decisions),
    ...findLostPaths([...decisions, ...readDocuments()], (path) => existsSync(join(root, path))),
  ]
  return { code: faults.length === 0 ? 0 : 1, words: faults.join('\n') }
}
