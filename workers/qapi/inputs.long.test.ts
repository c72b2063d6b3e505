/**
 * Long texts through each reader of texts from outside. Where a search or a loop is quadratic, a text of this length
 * takes many minutes and the test ends at its time limit; where it is linear, milliseconds.
 */
import { describe, expect, it } from 'vitest'
import { readHelp, commonStart, inColumns } from '#views/console/help-table.ts'
import { sanitize } from '#views/console/terminal/sanitize.ts'
import { mayKeep } from '#views/console/shell-lines.ts'
import { count } from '#words/format.ts'
import { guessServer } from '#qmp/errors.ts'
import { completeFilter } from '#record/filter/complete-filter.ts'
import { readShellSession } from '#trace/formats/shell-session.ts'
import { readCollection } from './collections/collection-file.ts'
import { placeIn } from './draft/json-place.ts'
import { readDoc } from './reference/lang/doc.ts'
import { parseQapi } from './reference/lang/qapi-parser.ts'
import { liveValues } from './draft/live-values.ts'
import { readHtmlManual } from './reference/manual/html.ts'
import { readManPage } from './reference/manual/man.ts'
import { readCommands } from './text/paste.ts'
import { mayCarrySecret, redact } from './secrets/secrets.ts'
import { readShellLine } from './text/shell-line.ts'
import { withoutPython } from './text/shell-words.ts'
import { subsystemOf } from './model/subsystem.ts'
import { withoutTrailingCommas } from './draft/tidy.ts'
import { readRefusal } from './check/verdict.ts'

/** Characters of a text: a quadratic search of it takes some 10^12 steps. */
const length = 1_000_000

const long = (piece: string): string => piece.repeat(Math.ceil(length / piece.length))

/** What answers any query, with one text wherever there is one. */
async function ask(said: string): Promise<number> {
  const context = { command: 'device_add', owner: '', member: 'bus', path: 'bus', args: undefined, typed: '' }
  const human = (): Promise<string> => Promise.resolve(said)
  const objects = (): Promise<[{ name: string; type: string }]> =>
    Promise.resolve([{ name: said, type: `child<${said}>` }])
  const found = [
    await liveValues('netdev', context, human),
    await liveValues('bus', context, human),
    await liveValues('object', context, objects),
  ]
  return found.flat().length
}

const readers: Readonly<
  Record<string, readonly [read: (text: string) => unknown, texts: readonly string[]]>
> = {
  'the human monitor’s network and buses, QOM’s types': [
    ask,
    [long(' '), long('a: '), long('\\ '), long('<')],
  ],
  'the human monitor’s help': [readHelp, [long(' -'), `a${long(' ')}`, long('a|')]],
  'text for a terminal': [sanitize, [long('\r'), long('\u202e')]],
  'what a server says first': [guessServer, [long('QEMU ')]],
  'a refusal': [
    readRefusal,
    [
      `Invalid parameter type for '${long("', expected: ")}\n`,
      `Parameter '${long("' does not accept value '")}`,
    ],
  ],
  'a name': [subsystemOf, [`${long('-stats')}\n`, `memory-${long('a')}\n`]],
  'a line that may hold a secret': [
    (text) => [
      redact('human-monitor-command', { 'command-line': text }),
      mayCarrySecret('human-monitor-command', { 'command-line': text }),
      mayKeep(undefined, text, false),
    ],
    [long('a'), long('://a:'), `object_add ${long('data ')}`, `password${long(' ')}`, long('a-')],
  ],
  'a line of qmp-shell': [
    (text) => readShellLine(undefined, text),
    [`stop ${long('a')}`, `stop a="${long('\\"')}`, `stop a=${long("'")}`, `stop ${long('a.')}b=1`],
  ],
  Python: [withoutPython, [`'${long("\\'")}`, long(','), `"${long('\\"')}`]],
  'JSON with commas too many': [withoutTrailingCommas, [long('/*'), long("'"), long(' ,')]],
  'what is pasted': [
    (text) => readCommands(undefined, text),
    [
      long('QEMU_MONITOR_SEND_MSG: '),
      long('QEMU_AGENT_p'),
      `a${long(' ')}`,
      `execute(${long(' ')}`,
      `vm.qmp('a', ${long(' =')}`,
      `(QEMU) stop ${long('a.')}b=1`,
      `{"msg":"QEMU_MONITOR_${long(' ')}"}`,
    ],
  ],
  'a session of qmp-shell': [
    readShellSession,
    [
      long('\u001b]'),
      `(QEMU) a ${long('\\"')}`,
      `(QEMU) a "${long('\\"')}`,
      `{'a': ${long("'")}`,
      `(QEMU) a ${long('a.')}b=1`,
    ],
  ],
  'a filter': [
    (text) => completeFilter(text, text.length, { names: [], machines: [], paths: [] } as never),
    [`since:1${long('a')}1`, `data."${long('\\"')}`, long('.')],
  ],
  'the place of a mistake in a file': [
    (text) => placeIn(`{${text}`, ['a']),
    [long('/*'), `/**/${long('/**/ ')}`, long('#\n'), long(' ')],
  ],
  'a collection': [readCollection, [`{"a": "${long('${a')}"}`, long(' ')]],
  'a comment of a QAPI file': [
    (text) => readDoc(['@a:', '', text]),
    [
      `Note:${long(' ')}\r`,
      `@a:${long(' ')}\r`,
      `.. note::${long(' ')}\r`,
      `- ${long(' ')}\r`,
      `Example:\n :title:${long(' ')}\r`,
      long('`a'),
      long('@'),
    ],
  ],
  'a QAPI file': [parseQapi, [long(' '), `'${long('a')}`, long('[')]],
  'a man page': [
    (text) => readManPage(`.TH "a" 7\n${text}`),
    [
      long('\\fP.SHD'),
      `.${long(' ')}`,
      `.nf\na${long('\n')}b\n.fi`,
      `.SH NAME\n${long('- ')}`,
      long('\\['),
      `.SS \\fBa\\fP (Command)\n.TP\n\\fBx: ${long(' ')}(\\fP\n.TP\n\\fBx: a (${long('(If: ')}\\fP\ny`,
      long('Example'),
    ],
  ],
  'a page of HTML': [
    readHtmlManual,
    [`<${long('a')}`, `<pre>a${long(' ')}b</pre>`, long('<'), `<p>${long('&')}</p>`, long('<!--')],
  ],
  'names in columns': [
    (text) => [commonStart([`${text}a`, `${text.slice(0, 500_000)}b`]), inColumns([text, 'a'], 80)],
    [long('a')],
  ],
  'a number': [(text) => count(BigInt(text.slice(0, 4000))), [long('1')]],
}

describe.each(Object.entries(readers))('%s', (_, [read, texts]) => {
  it.each(texts.map((text) => [`${JSON.stringify(text.slice(0, 40))}…`, text]))('%s', async (_name, text) => {
    await expect(Promise.resolve(read(text)).then(() => 'an end')).resolves.toBe('an end')
  })
})
