import { fileURLToPath } from 'node:url'
import ts from 'typescript-eslint'
import { Linter } from 'eslint'
import { expect, test } from 'vitest'
import { noObjectsAsMaps } from './objects-as-maps.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A file of a small project that has types, in whose place the examples are read. */
const filename = fileURLToPath(new URL('./testing/example.ts', import.meta.url))

const before = `
interface Json { readonly [key: string]: unknown }
declare const name: string
declare const known: 'a' | 'b'
declare const json: Json | undefined
const table: Readonly<Record<string, number>> = { a: 1 }
`

function messages(code: string): string[] {
  const found = new Linter().verify(
    `${before}${code}\nexport {}`,
    {
      files: ['**/*.ts'],
      plugins: { names: { rules: { 'no-objects-as-maps': noObjectsAsMaps } } },
      languageOptions: {
        parser: ts.parser,
        parserOptions: {
          project: ['./lab/lint/testing/tsconfig.json'],
          tsconfigRootDir: root,
          // Under CI the parser would take each file as it is on the disk, and not the example.
          disallowAutomaticSingleRunInference: true,
        },
      },
      rules: { 'names/no-objects-as-maps': 'error' },
    },
    filename,
  )
  return found.map((each) => each.message.replace(/ by a name.*| a name.*/, ''))
}

const asked = 'This object is asked for'
const written = 'This object is written to'

test.each([
  ['table[name]', [asked]],
  ['table[`x${name}`]', [asked]],
  ['json?.[name]', [asked]],
  ['name in table', [asked]],
  ['const object: Record<string, number> = {}; object[name] = 1; delete object[name]', [written, written]],
  ['const object = {}; (object as Record<string, number>)[name] = 1', [written]],
  ['function f(): void { if (Object.hasOwn(table, name)) table[known + name] }', [asked]],
])('said: %s', (code, expected) => {
  expect(messages(code)).toEqual(expected)
})

test.each([
  'table[known]',
  "table['a']",
  'table.a',
  'new Map<string, number>().get(name)',
  '[1, 2][0]',
  'function f(): unknown { return Object.hasOwn(table, name) ? table[name] : undefined }',
  'const object = Object.create(null) as Record<string, number>; object[name] = 1; object[name]',
  'const object = { [name]: 1 }',
])('not said: %s', (code) => {
  expect(messages(code)).toEqual([])
})
