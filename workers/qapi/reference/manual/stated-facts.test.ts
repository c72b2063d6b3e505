import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { backportsManual } from '#lab/demo/other-qemu.ts'
import { docText } from '../doc-text.ts'
import { unsaidFacts } from '../member-doc.ts'
import { factsIn } from './stated-facts.ts'
import { readManual } from './read-manual.ts'

/** `text | default | since`: what a text of that form states, '-' where nothing. */
const table = `
how it is painted (default: red)                                        | red                  | -
how it is painted (default: red, since 4.1)                             | red                  | 4.1
how it is painted (default: red; since: 4.1)                            | red                  | 4.1
how it is painted (since 4.1; default: red).                            | red                  | 4.1
how it is painted (only if wet; default: red)                           | red                  | -
how it is painted (default: red; one of: red (if CONFIG_RED), blue)     | red                  | -
how it is painted (default:red)                                         | red                  | -
how it is painted (default red)                                         | red                  | -
how it is painted (default is red)                                      | red                  | -
how it is painted (defaults to red) (Since 4.1)                         | red                  | 4.1
how it is painted (default to two coats)                                | two coats            | -
how it is painted (default: 2 on wood, 0 otherwise)                     | 2 on wood, 0 otherwise | -
how it is painted (default depends on the wood)                         | -                    | -
how it is painted (default)                                             | -                    | -
how it is painted (default to 480,                                      | -                    | -
How it is painted. Defaults to red.                                     | red                  | -
How it is painted. Default: "red".                                      | "red"                | -
How it is painted. Default 64. (Since 4.1)                              | 64                   | 4.1
How it is painted; defaults to "red, or any"                            | "red, or any"        | -
How it is painted. The default value is 1.5. Since 4.1                  | 1.5                  | 4.1
How it is painted. Defaults to no paint. (since 4.1 )                   | no paint             | 4.1
How much paint, default is 65536                                        | 65536                | -
Defaults to the same paint that was used before                         | -                    | -
The default is to ask if nobody knows, else red                         | -                    | -
The colour, default is red for wood                                     | -                    | -
If nothing is specified, defaults to red.                               | -                    | -
Wet: it will default to "on", assuming rain. Otherwise it defaults to "off". | -               | -
The layer to which the default applies                                  | -                    | -
By default, wood is replaced                                            | -                    | -
wait until it is dry (default: no) or wet (default: yes)                | -                    | -
Since 4.1                                                               | -                    | 4.1
since: 4.1.                                                             | -                    | 4.1
wet paint Since: 4.1                                                    | -                    | 4.1
wet (since 4.1). Must be dry later.                                     | -                    | 4.1
A name, but other values are allowed since 4.1                          | -                    | -
Used to be a name, but since QEMU 4.1 it can have other values.         | -                    | -
Names. Since 4.1 numbers may be given.                                  | -                    | -
Numbers are supported (since 4.1), and names                            | -                    | -
The latter are supported since 4.1.                                     | -                    | -
(since 4.1 for wood, 4.2 for steel)                                     | -                    | -
(Since 4.1 (wood), 4.2 (steel))                                         | -                    | -
Empty means none (Since 4.2) Formerly (since 4.1), this was left out.   | -                    | -
time since the last coat                                                | -                    | -
`
const rows = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((each) => each.trim()))

test.each(rows)('%s', (text = '', defaultText = '', since = '') => {
  const facts = factsIn(text)
  expect([facts.defaultText ?? '-', facts.since ?? '-']).toEqual([defaultText, since])
})

test('a fact is not said beside a text that states it', () => {
  const member = {
    name: 'paint',
    type: { name: 'str', list: 0 },
    optional: true,
    defaultText: 'red',
    doc: [],
    since: '4.1',
    features: [],
    condition: undefined,
  }
  expect(unsaidFacts(member, 'the paint (default: red, since 4.1)')).toEqual({})
  expect(unsaidFacts(member, 'the paint (since 4.1)')).toEqual({ defaultText: 'red' })
  expect(unsaidFacts(member, '')).toEqual({ defaultText: 'red', since: '4.1' })
  expect(unsaidFacts(undefined, 'since 4.1')).toEqual({})
})

test('a text of any length and any brackets is read in one pass', () => {
  for (const text of ['(', ')', '(;', 'default ', ', default ', 'since ', '. ', '"', ' ']) {
    expect(factsIn(text.repeat(2_000_000 / text.length))).toEqual({})
  }
})

/** The manuals that Debian's packages install, and the one of a second version where that can be had. */
const manuals: (readonly [string, string])[] = [
  'qemu-qmp-ref',
  'qemu-storage-daemon-qmp-ref',
  'qemu-ga-ref',
].map((name) => [
  `${name} of the installed QEMU`,
  gunzipSync(readFileSync(`/usr/share/man/man7/${name}.7.gz`)).toString(),
])
const other = backportsManual()
if (other.kind === 'there') manuals.push([`qemu-qmp-ref of ${other.version}`, other.text])
else process.stdout.write(`not run with the manual of a second version of QEMU: ${other.why}\n`)
// Those of other versions, from a folder that somebody names: man pages as Debian packs them, `*.7.gz`.
const folder = process.env['QMP_STUDIO_MANUALS']
for (const name of folder === undefined ? [] : readdirSync(folder).filter((each) => each.endsWith('.7.gz'))) {
  manuals.push([name, gunzipSync(readFileSync(`${folder ?? ''}/${name}`)).toString()])
}

describe.each(manuals)('%s', (_name, page) => {
  const manual = readManual(page)
  if (!manual.ok) throw new Error(manual.error)
  const members = manual.value.definitions.flatMap((each) =>
    each.members.map((member) => ({ of: each.name, member, text: docText(member.doc).replace(/\s+/g, ' ') })),
  )

  test('every default that is shown stands in the manual as one', () => {
    const wrong = members.filter(({ member, text }) => {
      const value = member.defaultText
      if (value === undefined) return false
      return ![...text.matchAll(/default(?:s to|s| to| value is| is)?:? ?/gi)].some(({ 0: words, index }) => {
        const rest = text.slice(index + words.length)
        return (
          rest.startsWith(value) &&
          /^(\)|;|, since:? [\d.]+[;)]|[.;]( |$)| \(|$)/i.test(rest.slice(value.length))
        )
      })
    })
    expect(wrong.map(({ of, member, text }) => [of, member.name, member.defaultText, text])).toEqual([])
  })

  test('every version that is shown stands in the manual as the one of the member', () => {
    const wrong = members.filter(({ member, text }) => {
      if (member.since === undefined) return false
      const version = member.since.replaceAll('.', '\\.')
      const stated = new RegExp(
        `(\\(|; ?|, ?|^|\\. )since:? ${version} ?([;).]|$)|Since:? ${version}\\.?$`,
        'i',
      )
      const others = [...text.matchAll(/since:? v?(\d[\d.]*\d)/gi)].filter((each) => each[1] !== member.since)
      return !stated.test(text) || others.length > 0
    })
    expect(wrong.map(({ of, member, text }) => [of, member.name, member.since, text])).toEqual([])
  })
})
