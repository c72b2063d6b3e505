import { ESLint } from 'eslint'
import svelte from 'eslint-plugin-svelte'
import { expect, test } from 'vitest'
import { plain, plainWords, unplain } from './words.js'

test.each([
  ['leave the thread idle for so many times as long', ['so many']],
  ['the command that an event is put down to', ['put down to']],
  ['It is made\n * anew, and put down\n * to nobody.', ['put down to', 'anew']],
  ['   // what is\n   // to be done', ['what is to be']],
  ['Renewed; not many; behind items; beforehand.', []],
])('in %j', (text, words) => {
  expect(unplain(text).map((each) => each.words)).toEqual(words)
})

test('each word says what to write in its place', () => {
  expect(plainWords.filter(([words, instead]) => words === '' || instead === '')).toEqual([])
})

async function lint(code: string, filePath: string): Promise<readonly string[]> {
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [
      ...svelte.configs.base,
      { plugins: { words: { rules: { plain } } }, rules: { 'words/plain': 'error' } },
    ],
  })
  const [result] = await eslint.lintText(code, { filePath })
  return (result?.messages ?? []).map(({ line, message }) => `${line}: ${message.split(':')[0] ?? ''}`)
}

test('comments, texts and templates are looked at, names are not', async () => {
  const code = [
    '/** Made anew. */',
    'export const anew = `${1} anew`',
    "export const other = 'so many'",
    '// for ever',
  ].join('\n')
  expect((await lint(code, 'app/a.js')).toSorted()).toEqual([
    '1: “anew”',
    '2: “anew”',
    '3: “so many”',
    '4: “for ever”',
  ])
})

test('so are the markup of a component, its attributes and its comments', async () => {
  const code = '<!-- Made anew. -->\n<p title="so many rows">It comes\nby itself {"for ever"}</p>\n'
  expect((await lint(code, 'app/A.svelte')).toSorted()).toEqual([
    '1: “anew”',
    '2: “so many”',
    '3: “by itself”',
    '3: “for ever”',
  ])
})
