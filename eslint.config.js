// @adr 0043
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import js from '@eslint/js'
import regexp from 'eslint-plugin-regexp'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import { floors } from './lab/lint/floors.js'
import { ownClasses } from './lab/lint/global-classes.js'
import { noModuleState } from './lab/lint/module-state.js'
import { noObjectsAsMaps } from './lab/lint/objects-as-maps.js'
import { plain } from './lab/lint/words.js'
import svelteConfig from './svelte.config.js'

const root = dirname(fileURLToPath(import.meta.url))
const { imports: rooms } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))

/** The floor a file stands on: the longest folder of the table that holds it. */
function floorOf(file) {
  const path = relative(root, file)
  let best
  for (const entry of floors) {
    if (path === entry.floor || path.startsWith(`${entry.floor}/`)) {
      if (best === undefined || entry.floor.length > best.floor.length) best = entry
    }
  }
  return best
}

/** The file that an import names: by its way from this file, or by its room. */
function resolveImport(file, source) {
  if (source.startsWith('.')) return resolve(dirname(file), source)
  const room = /^#[a-z]+\//.exec(source)?.[0] ?? ''
  const folder = rooms[`${room}*`]
  return folder === undefined ? source : resolve(root, folder.slice(0, -1), source.slice(room.length))
}

/** Imports point down only: the allowed pairs are in lab/lint/floors.js. */
const direction = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = context.filename
    const from = floorOf(file)
    const isTest = /\.(test|bench)\.ts$|\/testing\//.test(file)
    function check(node) {
      const source = node.source?.value
      if (typeof source !== 'string') return
      if (source.startsWith('../../../')) {
        context.report({
          node,
          message: 'Too far up: name the room (#qapi/…, see "imports" in package.json).',
        })
        return
      }
      if (from === undefined || isTest || !/^[.#]/.test(source)) return
      const target = resolveImport(file, source.split('?', 1)[0])
      const to = floorOf(target)
      if (to?.floor === from.floor) return
      const typesOnly = node.importKind === 'type' || node.exportKind === 'type'
      if (to !== undefined && from.may.includes(to.floor)) return
      if (to !== undefined && typesOnly && from.types?.includes(to.floor)) return
      // The link starts the worker by address; it never runs its code in the page.
      if (from.floor === 'app/link' && /[?&]worker/.test(source)) return
      context.report({
        node,
        message: `${from.floor} may not import ${to?.floor ?? relative(root, target)}${typesOnly ? ' (types)' : ''}: see lab/lint/floors.js`,
      })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    }
  },
}

export default ts.config(
  {
    ignores: [
      'dist/',
      // What npm pack makes.
      'package/',
      'pictures/',
      'node_modules/',
      '.cache/',
      'public/',
      'test-results/',
      'playwright-report/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    plugins: {
      floors: { rules: { direction } },
      styles: { rules: { 'own-classes': ownClasses } },
      names: { rules: { 'no-objects-as-maps': noObjectsAsMaps } },
      state: { rules: { 'no-module-state': noModuleState } },
      words: { rules: { plain } },
      regexp,
    },
    languageOptions: {
      parserOptions: {
        project: [
          './workers/tsconfig.json',
          './workers/host/tsconfig.json',
          './tsconfig.test.json',
          './app/tsconfig.json',
          './lab/tsconfig.json',
          './e2e/tsconfig.json',
        ],
        tsconfigRootDir: root,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'floors/direction': 'error',
      'words/plain': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // What a machine, a file or a link says is searched in linear time. `report: 'potential'`: also where the expression
      // is used in another one. A sticky expression does not search.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
      // Control characters are what framing and consoles are about.
      'no-control-regex': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig }, globals: globals.browser },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'styles/own-classes': 'error',
      'svelte/prefer-svelte-reactivity': 'off',
      'prefer-const': 'off',
      // With $props, undefined members come as undefined: their defaults are for that.
      '@typescript-eslint/no-useless-default-assignment': 'off',
      // It sees no warnings of the compiler that plugin-svelte has already left out.
      'svelte/no-unused-svelte-ignore': 'off',
      // The parameters of snippets of generic components come as any; svelte-check knows their types and checks them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['app/**', 'workers/**'], rules: { 'names/no-objects-as-maps': 'error' } },
  {
    files: ['app/**'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'state/no-module-state': 'error' },
  },
  {
    files: ['{app,workers,lab}/**/*.{ts,js,mjs}'],
    ignores: [
      '**/*.{test,bench}.ts',
      '**/testing/**',
      // Longer still, until they are cut.
      'workers/store/slab.ts',
      'workers/host/machine/batch.ts',
    ],
    rules: { 'max-lines-per-function': ['error', { max: 80, skipComments: false, skipBlankLines: false }] },
  },
  {
    files: ['lab/**', 'e2e/**', '*.config.*'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.{test,bench}.ts', '**/testing/**', 'e2e/**'],
    rules: {
      'names/no-objects-as-maps': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests search texts that they have made themselves.
      'regexp/no-super-linear-backtracking': 'off',
      'regexp/no-super-linear-move': 'off',
      // Playwright reads from the first parameter which fixtures are wanted: {} is none.
      'no-empty-pattern': 'off',
    },
  },
  {
    // The list itself, and the test about it.
    files: ['lab/lint/words*'],
    rules: { 'words/plain': 'off' },
  },
  { files: ['**/*.{js,mjs}'], ...ts.configs.disableTypeChecked },
)
