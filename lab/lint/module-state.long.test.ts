import { Linter } from 'eslint'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import { expect, test } from 'vitest'
import { noModuleState } from './module-state.js'

function messages(code: string, filename: string): string[] {
  const plugins = { state: { rules: { 'no-module-state': noModuleState } } }
  const found = new Linter().verify(
    code,
    [
      ...svelte.configs.base,
      {
        files: ['**/*.ts', '**/*.svelte'],
        plugins,
        languageOptions: { parser: ts.parser },
        rules: { 'state/no-module-state': 'error' },
      },
      { files: ['**/*.svelte'], languageOptions: { parser: svelteParser() } },
    ] as Linter.Config[],
    filename,
  )
  return found.map((each) => /\(([^)]*)\)/.exec(each.message)?.[1] ?? each.message)
}

/** The parser of components, as the plugin has it. */
function svelteParser(): unknown {
  const [own] = svelte.configs.base.flatMap((each) => each.languageOptions?.parser ?? [])
  return own
}

test.each([
  ['export const settings = new Settings()', ['a Settings']],
  ['const press = new Press(window)', ['a Press']],
  ['const shelf = new Shelf<A>() as Shelf<B>', ['a Shelf']],
  ['const cache = new Map<string, number>()', ['a Map']],
  ['const known = new WeakMap([[a, b]])', ['a WeakMap']],
  ['export const count = $state(0), list = $state.raw([])', ['a rune', 'a rune']],
  ['const twice = $derived.by(() => 2)', ['a rune']],
  ['const one = await new One()', ['a One']],
  ['let calls = 0', ['a variable']],
  ['export let calls: number', ['a variable']],
])('said: %s', (code, expected) => {
  expect(messages(code, 'a.ts')).toEqual(expected)
})

test.each([
  "const names = new Set(['a', 'b'])",
  "const words = new Map(Object.entries({ a: 'b' }))",
  "const digits = new RegExp('[0-9]', 'u')",
  "const times = new Intl.DateTimeFormat('en')",
  'const bytes = new TextEncoder()',
  'declare const given: number',
  'declare let other: number',
  'export const make = (): Settings => new Settings()',
  'function make(): void { let calls = 0; const one = new One() }',
  'class One { #own = new Two(); count = $state(0) }',
])('not said: %s', (code) => {
  expect(messages(code, 'a.ts')).toEqual([])
})

test('of a component, its script for all of them is a module', () => {
  const inside = 'let open = $state(false); const one = new One()'
  expect(messages(`<script lang="ts">${inside}</script>`, 'a.svelte')).toEqual([])
  expect(messages(`<script lang="ts" module>${inside}</script>`, 'a.svelte')).toEqual(['a variable', 'a One'])
})
