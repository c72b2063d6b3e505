/** The types that are exported, as the compiler of TypeScript reads them. */
import ts from 'typescript'
import { expect, test } from 'vitest'
import { labelOf } from '../model/schema.ts'
import { loadSchema, schemaOf } from '../testing/load.ts'
import { typescriptFor } from './typescript.ts'

const files = [
  'qemu-11.1-x86_64',
  'qemu-10.0-x86_64',
  'qemu-7.2-x86_64',
  'qemu-5.2-x86_64',
  'qemu-storage-daemon-7.2',
]

test.each(files)('%s: compiles under strict', (file) => {
  const schema = loadSchema(file)
  expect(problemsOf(typescriptFor(schema, (name) => labelOf(schema, name)))).toEqual([])
})

/** What the compiler says, and of which line, counted from 0. */
interface Problem {
  readonly line: number
  readonly words: string
}

/** What the compiler says of a text, with nothing but the smallest library. */
function problemsOf(text: string): readonly Problem[] {
  const lib =
    'interface Array<T> { length: number } interface ReadonlyArray<T> { readonly length: number } interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String {}'
  const sources = new Map([
    ['types.ts', text],
    ['lib.d.ts', lib],
  ])
  const host: ts.CompilerHost = {
    fileExists: (name) => sources.has(name),
    readFile: (name) => sources.get(name),
    getSourceFile: (name, target) => {
      const source = sources.get(name)
      return source === undefined ? undefined : ts.createSourceFile(name, source, target)
    },
    getDefaultLibFileName: () => 'lib.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  }
  const program = ts.createProgram(
    ['types.ts', 'lib.d.ts'],
    {
      strict: true,
      noLib: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      target: ts.ScriptTarget.ES2022,
    },
    host,
  )
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => ({
    line: file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line,
    words: `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  }))
}

/** A line that uses the types of 7.2, and whether the compiler refuses it. */
const uses: readonly (readonly [name: string, line: string, isRefused: boolean])[] = [
  ['a required member is needed', "const a: Commands['blockdev-del']['arguments'] = {}", true],
  ['it may be given', "const a: Commands['blockdev-del']['arguments'] = { 'node-name': 'x' }", false],
  [
    'a member of another case is refused',
    "const a: Commands['blockdev-add']['arguments'] = { driver: 'null-co', filename: 'x' }",
    true,
  ],
  [
    'a case has its members',
    "const a: Commands['blockdev-add']['arguments'] = { driver: 'file', filename: 'x' }",
    false,
  ],
  ['a value that is none', "const a: Commands['blockdev-add']['arguments'] = { driver: 'no' }", true],
  ['integers of 64 bits', "const a: Events['BLOCK_JOB_COMPLETED']['len'] = 1n", false],
]

test('the types say what the schema says', () => {
  const text = typescriptFor(loadSchema('qemu-7.2-x86_64'), (name) => name)
  const problems = problemsOf(`${text}\n${uses.map(([, line]) => `{ ${line} }`).join('\n')}\n`)
  const first = text.split('\n').length
  const refused = problems.map(({ line }) => uses[line - first]?.[0] ?? line)
  expect(refused).toEqual(uses.filter(([, , isRefused]) => isRefused).map(([name]) => name))
})

test('hostile names cannot break out of quotes, comments or identifiers', () => {
  const names = [
    '*/ export const x = 1 //',
    '__proto__',
    "'; drop",
    '\u2028',
    '</script>',
    'class',
    '1',
    '',
    'a/b#c',
  ]
  const schema = schemaOf([
    ...names.map((name, index) => ({
      name: name === '' ? 'empty' : name,
      'meta-type': 'command',
      'arg-type': `t${index}`,
      'ret-type': `t${index}`,
      features: ['deprecated'],
    })),
    ...names.map((name, index) => ({
      name: `t${index}`,
      'meta-type': 'object',
      members: [{ name: name === '' ? 'empty' : name, type: `e${index}`, features: ['deprecated'] }],
    })),
    ...names.map((name, index) => ({ name: `e${index}`, 'meta-type': 'enum', values: [name] })),
  ])
  const nameOf = (type: string): string => names[Number(type.slice(1))] ?? type
  expect(problemsOf(typescriptFor(schema, nameOf))).toEqual([])
})
