/**
 * Every reader of texts comes to an end with long ones. A reader is an exported function of `workers/` or `app/` with a
 * string or bytes in a parameter that is named `text`, `line` or the like. The sources are searched for them, so that
 * none can be forgotten: one that takes a text alone is called with general texts, any other has a line in `calls`, or a
 * reason in `notRead`. Texts for the weak places of single readers are in inputs.long.test.ts.
 */
import { readFileSync, readdirSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { readTerms } from '#record/filter/terms.ts'
import type { LogRow } from '#record/row.ts'
import { commandOf } from './model/schema.ts'
import { loadSchema } from './testing/load.ts'

const names = /^(?:text|line|lines|raw|said|typed|source|desc|bytes|html|body|message)$/

/** A quadratic search of it takes minutes. */
const length = 100_000
const pieces = [
  ' ',
  'a',
  'a ',
  '\n',
  '"',
  "'",
  '\\',
  '\\"',
  '[',
  '{',
  '(',
  '<',
  '-',
  '- ',
  'a.',
  'a=',
  'a: ',
  '://a:',
  '0',
  ',',
]
const texts = [...pieces, '\r', '/*', '#', '%', '&', '`', '{"a":', '\\x', '\u200b', '-->'].map((piece) =>
  piece.repeat(length / piece.length),
)

interface Reader {
  /** From the root, with `/`. */
  readonly file: string
  readonly name: string
  /** It can be called with one text and nothing else. */
  readonly isPlain: boolean
  readonly takesBytes: boolean
}

const root = new URL('../../', import.meta.url)

function readers(): readonly Reader[] {
  return ['workers', 'app'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((each) => /(?<!\.test|\.d|\.svelte|\.worker)\.ts$/.test(each) && !each.includes('testing/'))
      .flatMap((each) => readersIn(`${folder}/${each}`)),
  )
}

function readersIn(file: string): readonly Reader[] {
  const source = ts.createSourceFile(file, readFileSync(new URL(file, root), 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.filter(ts.isFunctionDeclaration).flatMap((each): readonly Reader[] => {
    const isExported = each.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
    const found = each.parameters.find(
      ({ name, type }) =>
        names.test(name.getText(source)) &&
        /^(?:string|Uint8Array)\b(?!\[)/.test(type?.getText(source) ?? ''),
    )
    if (!isExported || found === undefined || each.name === undefined) return []
    const isFree = (one: ts.ParameterDeclaration): boolean =>
      one === found || one.questionToken !== undefined || one.initializer !== undefined
    return [
      {
        file,
        name: each.name.text,
        isPlain: each.parameters[0] === found && each.parameters.every(isFree),
        takesBytes: found.type?.getText(source).startsWith('Uint8Array') === true,
      },
    ]
  })
}

const event: LogRow = {
  ...{ seq: 0, at: 0, bytes: 0, kind: 'event', name: 'X', data: undefined },
  ...{ timestamp: undefined, cause: undefined },
}
const schema = loadSchema('qemu-7.2-x86_64')
const type = commandOf(schema, 'blockdev-add')?.argType ?? ''
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const nothing = (): void => undefined

/** The arguments of the readers that take more than a text. */
const calls: Readonly<Record<string, (text: string) => readonly unknown[]>> = {
  clip: (text) => [text, 100],
  highlight: (text) => [text, 'a b'],
  createNeedle: (text) => [text, false],
  endOfDigits: (text) => [bytesOf(text), 0],
  mayLoseBytes: (text) => [bytesOf(text), text],
  endOfString: (text) => [text, 0],
  parseExactly: (text) => [text, {}],
  aboutCaret: (text) => [schema, type, text, text.length],
  completionsAt: (text) => [schema, type, text, text.length],
  textIssues: (text) => [text, true, () => []],
  placeIn: (text) => [text, ['a', 0]],
  cursorAt: (text) => [text, [], text.length],
  readNumber: (text) => [text, true],
  cutSecrets: (text) => [text, (value: Json) => ({ value, secrets: [] })],
  whyNotKept: (text) => [text, 'blockdev-add'],
  textMayCarrySecret: (text) => [text, 'blockdev-add'],
  redactText: (text) => [text, ['a', text]],
  readCommands: (text) => [schema, text],
  readShell: (text) => [text, 0],
  readCall: (text) => [`(${text}`, 0, 'qmp'],
  readShellLine: (text) => [schema, `blockdev-add ${text}`],
  readShellAction: (text) => [schema, `blockdev-add ${text}`],
  readArguments: (text) => [text, 0],
  endOfBrackets: (text) => [text, 0],
  skipBlanks: (text) => [text, 0],
  readUnfinished: (text) => [text, 0],
  parseMessage: (text) => [text, true],
  completeFilter: (text) => [text, text.length, { names: [], machines: [], paths: [] }],
  withTerm: (text) => [text, term],
  matchesGlob: (text) => [text, '*a*b'],
  parseFilter: (text) => [text, { now: 0 }],
  readTime: (text) => [text, 0],
  readRecording: (text) => ['file', bytesOf(text)],
  objectEnd: (text) => [text, 0],
  splitObjects: (text) => [text, { object: nothing, garbage: nothing }],
  csvLine: (text) => ['machine', event, text],
  transcriptLine: (text) => ['machine', event, text],
  redactRow: (text) => [
    event,
    text,
    { arguments: (_: string, each: string) => each, text: (each: string) => each },
  ],
  exampleOf: (text) => [undefined, text, text],
  guestErrorWords: (text) => [1, text],
  readLab: (text) => [text, 'http://host/'],
  lockOnLine: (text) => ['ask', 'machine', text],
  caretBelow: (text) => ['> ', text, { at: 1, message: text }, 80],
  mayKeep: (text) => [schema, text, false],
  printRow: (text) => [event, text, true],
  readDump: (text) => [text, 0n, 512],
  readMemoryMap: (text) => [text, 0],
  parsePattern: (text) => [text, 'hex'],
  indexOfBytes: (text) => [bytesOf(text), bytesOf(text.slice(-64))],
  readMember: (text) => [text, 'return'],
  readField: (text) => [{ kind: 'json', choices: [] }, text],
  // A query of as many words takes long, one after the other: it is what a person types.
  offersFor: (text) => [
    text.slice(0, 2000),
    { schema, machines: [], actions: [], marks: [], human: 'machine' },
  ],
  kindOfHead: (text) => [bytesOf(text), true],
  whyNothing: (text) => [text, schema],
  readCards: (text) => [schema, text],
  nextWith: (text) => [schema, [], text, 'a'],
  readAddress: (text) => [text, 'http:'],
  rootValue: (text) => [text, text.length],
  marked: (text) => [text, /a/g],
  withLine: (text) => [[], text],
  cut: (text) => [text, 100],
  readSetting: (text) => ['json', text],
  strokesOf: (text) => [text, 'de'],
}

/** What is no reader, or is read through another one. */
const notRead: Readonly<Record<string, string>> = {
  humanArguments: 'keeps its text',
  createEntry: 'keeps its text; readMessage has read it',
  isThere: 'compares as many bytes as it is given',
  numberAt: 'fifteen digits at most: endOfDigits has found them',
  fillRow: 'keeps its text',
  keptRow: 'redactRow',
  mayHoldNumber: 'scans a stretch of a block by createNeedle; its tests have long ones',
  readMarkedLog: 'readRecording',
  line: 'transcriptLine',
  askAhead: 'completionsAt',
  copyText: 'gives its text to the browser',
  pngOf: 'gives its text to the browser',
}

const found = readers()
const term = readTerms('kind:event').terms[0]?.term

it('each reader has its arguments, or a reason', () => {
  const missing = found.filter(({ name, isPlain }) => !isPlain && !(name in calls) && !(name in notRead))
  expect(missing.map(({ file, name }) => `${file} ${name}`)).toEqual([])
  const known = new Set(found.map(({ name }) => name))
  expect([...Object.keys(calls), ...Object.keys(notRead)].filter((each) => !known.has(each))).toEqual([])
})

describe.each(found.filter(({ name }) => !(name in notRead)))('$file $name', ({ file, name, takesBytes }) => {
  it('comes to an end', async () => {
    const module = (await import(/* @vite-ignore */ new URL(file, root).href)) as Record<string, unknown>
    const reader = module[name] as (...args: readonly unknown[]) => unknown
    for (const text of texts) {
      const read = (): unknown => reader(...(calls[name]?.(text) ?? [takesBytes ? bytesOf(text) : text]))
      try {
        await read()
      } catch (error) {
        // A reader may refuse what is too deep or too long by an exception of its own.
        expect(error).not.toBeInstanceOf(RangeError)
        expect(error).not.toBeInstanceOf(TypeError)
      }
    }
  })
})
