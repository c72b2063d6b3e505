/** Completion, help, history search and carets of the QMP console. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '#base/json/parse.ts'
import { withProperties } from '#qapi/model/device-schema.ts'
import { readManual } from '#qapi/reference/manual/read-manual.ts'
import { nameTypes } from '#qapi/reference/type-names.ts'
import { buildSchema, withReference } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { commandHelp, commandList } from './help-text.ts'
import { HistorySearch } from './terminal/history-search.ts'
import type { LiveValues } from './console-values.ts'
import { completeShell, listCandidates } from './shell-complete.ts'
import { caretBelow, mayKeep, readOwnLine } from './shell-lines.ts'

function load(file: string): Schema {
  const path = join(import.meta.dirname, '..', '..', '..', 'public', 'schemas', file)
  const parsed = parseJson(readFileSync(path, 'utf8'))
  const schema = parsed.ok ? buildSchema(parsed.value) : parsed
  if (!schema.ok) throw new Error(file)
  return schema.value
}

const schema = load('qemu-7.2-x86_64.json')
const nothing: LiveValues = () => Promise.resolve([])

/** The line after Tab, then the candidates or the hint. At most six candidates are shown. */
async function tab(before: string, transaction = false, live = nothing): Promise<string> {
  const done = await completeShell(schema, before, { transaction, ownWords: ['help', 'clear'], live })
  const texts = done.candidates.map((each) => each.text.trimEnd())
  const shown = texts.length > 6 ? [...texts.slice(0, 6), `… ${texts.length}`] : texts
  return `${done.before}| ${texts.length === 0 ? done.hint : shown.join(' ')}`
}

describe('Tab', () => {
  it.each([
    ['block_re', 'block_resize | block_resize'],
    ['block-dirty-bitmap-a', 'block-dirty-bitmap-add | block-dirty-bitmap-add'],
    ['query-bl', 'query-block| query-block query-block-exports query-block-jobs query-blockstats'],
    ['hel', 'help | help'],
    ['help query-stat', 'help query-stat| query-stats query-stats-schemas query-status'],
    ['exec-oob migrate-p', 'exec-oob migrate-pause | migrate-pause'],
    ['transac', 'transaction| transaction transaction('],
    ['nonsense', 'nonsense| No command of this machine begins with “nonsense”.'],
    ['nonsense x', 'nonsense x| “nonsense” is no command of this machine.'],
    ['query-status ', 'query-status | There are no further members.'],
    // Required ones stand first, the tag before them.
    ['block_resize ', 'block_resize | size= device= node-name='],
    ['block_resize size=1 n', 'block_resize size=1 node-name=| node-name='],
    ['block_resize size=1 size', 'block_resize size=1 size| No member begins with “size”.'],
    ['blockdev-add ', 'blockdev-add | driver= node-name= discard= cache. read-only= auto-read-only= … 8'],
    [
      'blockdev-add file',
      'blockdev-add file| No member begins with “file”. driver decides which other members there are.',
    ],
    ['blockdev-add driver=qcow2 fi', 'blockdev-add driver=qcow2 file| file= file.'],
    ['blockdev-add driver=file filen', 'blockdev-add driver=file filename=| filename='],
    [
      'blockdev-add driver=qcow2 file.driver=nfs file.se',
      'blockdev-add driver=qcow2 file.driver=nfs file.server.| file.server.'.replace(
        '| file.server.',
        '| server.',
      ),
    ],
    [
      'blockdev-add driver=qcow2 file.driver=nfs file.server.',
      'blockdev-add driver=qcow2 file.driver=nfs file.server.| type= host=',
    ],
    ['blockdev-add cache.', 'blockdev-add cache.| direct= no-flush='],
    ['blockdev-add driver=quorum children.', 'blockdev-add driver=quorum children.0| 0= 0.'],
    [
      'blockdev-add driver=quorum children.0.driver=raw children.1.dr',
      'blockdev-add driver=quorum children.0.driver=raw children.1.driver=| driver=',
    ],
    ['blockdev-add nothing.', 'blockdev-add nothing.| nothing has no members.'],
    ['blockdev-add driver=null', 'blockdev-add driver=null-| null-aio null-co'],
    ['blockdev-add driver="null-c', 'blockdev-add driver="null-co" | "null-co"'],
    ["blockdev-add driver='null-c", "blockdev-add driver='null-co' | 'null-co'"],
    ['blockdev-add read-only=', 'blockdev-add read-only=o| on off'],
    ['blockdev-add driver=qcow2 backing=n', 'blockdev-add driver=qcow2 backing=null | null'],
    ['block_resize size=', 'block_resize size=| size takes int.'],
    ['block_resize what=', 'block_resize what=| what is no member here.'],
    ['block_resize node-name="a b" s', 'block_resize node-name="a b" size=| size='],
    ['transaction( abo', 'transaction( abort | abort'],
  ])('%s', async (before, expected) => {
    expect(await tab(before)).toBe(expected)
  })

  it('inside a transaction', async () => {
    expect(await tab('block-dirty-bitmap-a', true)).toBe('block-dirty-bitmap-add | block-dirty-bitmap-add')
    expect(await tab('block-dirty-bitmap-add ', true)).toMatch(/\| node= name= granularity=/)
    expect(await tab('stop ', true)).toMatch(/is no action/)
  })

  it('values that only the machine knows come first, with what is known of them', async () => {
    const asked: string[] = []
    const live: LiveValues = (command, path) => {
      asked.push(`${command} ${path.join('.')}`)
      return Promise.resolve([{ value: 'disk0', note: 'qcow2' }, { value: 'my disk' }])
    }
    expect(await tab('block_resize node-name=', false, live)).toBe('block_resize node-name=| disk0 "my disk"')
    expect(await tab('block_resize node-name=d', false, live)).toBe('block_resize node-name=disk0 | disk0')
    expect(await tab('block-dirty-bitmap-add node=', true, live)).toMatch(/disk0/)
    expect(await tab('blockdev-add driver=qcow2 file.driver=raw file.file=', false, live)).toMatch(/disk0/)
    expect(asked).toEqual([
      ...['block_resize node-name', 'block_resize node-name', 'block-dirty-bitmap-add node'],
      'blockdev-add file.file',
    ])
    const { candidates } = await completeShell(schema, 'block_resize node-name=', {
      transaction: false,
      ownWords: [],
      live,
    })
    expect(listCandidates(candidates, 80)).toBe('disk0      qcow2\n"my disk"')
  })

  it('device_add has the properties of the driver that is typed', async () => {
    const asked: string[] = []
    const shape = (command: string, given: (member: string) => string | undefined): Promise<Schema> => {
      const driver = given('driver')
      asked.push(`${command} ${driver ?? 'nothing'}`)
      const properties = [
        { name: 'queue-size', type: 'uint16', description: '', defaultValue: 256 },
        { name: 'share-rw', type: 'bool', description: '', defaultValue: false },
        { name: 'disable-legacy', type: 'OnOffAuto', description: 'on/off/auto', defaultValue: 'auto' },
      ]
      return Promise.resolve(
        driver === 'virtio-blk-pci' ? withProperties(schema, command, driver, properties) : schema,
      )
    }
    const complete = async (before: string): Promise<string> => {
      const done = await completeShell(schema, before, {
        transaction: false,
        ownWords: [],
        live: nothing,
        shape,
      })
      return `${done.before}| ${done.candidates.map((each) => each.text.trimEnd()).join(' ')}`
    }
    expect(await complete('device_add ')).toBe('device_add | driver= bus= id=')
    const begun = 'device_add driver=virtio-blk-pci'
    expect(await complete(`${begun} `)).toBe(`${begun} | bus= id= disable-legacy= queue-size= share-rw=`)
    expect(await complete(`${begun} id=d0 queue`)).toBe(`${begun} id=d0 queue-size=| queue-size=`)
    expect(await complete(`${begun} share-rw=`)).toBe(`${begun} share-rw=o| on off`)
    expect(await complete(`${begun} disable-legacy=a`)).toBe(`${begun} disable-legacy=auto | auto`)
    expect(await complete('device_add driver=other queue')).toBe('device_add driver=other queue| ')
    expect(asked[0]).toBe('device_add nothing')
    expect(asked.at(-1)).toBe('device_add other')
  })

  it('lists what is required apart', async () => {
    const { candidates } = await completeShell(schema, 'block_resize ', {
      transaction: false,
      ownWords: [],
      live: nothing,
    })
    expect(listCandidates(candidates, 80)).toBe('required:\nsize=\noptional:\ndevice=     node-name=')
  })

  it('no line throws, and nothing that was typed is lost', async () => {
    const piece = fc.constantFrom(
      'blockdev-add',
      ' ',
      'driver=',
      'qcow2',
      'file.',
      '=',
      '"',
      "'",
      '{',
      '[',
      'transaction(',
      'children.',
      '0',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece).map((each) => each.join('')),
        async (line) => {
          const done = await completeShell(schema, line, { transaction: false, ownWords: [], live: nothing })
          expect(done.before.startsWith(line.replace(/[^\s=.(]*$/, ''))).toBe(true)
        },
      ),
    )
  })
})

describe('help', () => {
  it('lists every command under its subsystem', () => {
    const text = commandList(schema, 80)
    expect(text).toMatch(/^block:\n {2}/m)
    expect(text).toMatch(/^migration:/m)
    for (const entity of schema.entities) if (entity.kind === 'command') expect(text).toContain(entity.name)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('without a manual says what the schema says, and that it is all', () => {
    const text = commandHelp(schema, 'block_resize', 80) ?? ''
    expect(text).toMatch(/^block_resize \(block/)
    expect(text).toContain('  size: int\n')
    expect(text).toContain('  device: str, optional\n')
    expect(text).toContain('Returns nothing')
    expect(text).toContain('No manual is loaded')
    expect(commandHelp(schema, 'blockdev-add', 80)).toContain(
      'driver decides which other members there are:\n    blkdebug',
    )
    expect(commandHelp(schema, 'query-status', 80)).toContain('No arguments')
    expect(commandHelp(schema, 'BlockdevOptions', 80)).toBeUndefined()
  })

  it('has the text of the manual of the installed QEMU', () => {
    const file = '/usr/share/man/man7/qemu-qmp-ref.7.gz'
    expect(existsSync(file), `${file} is missing: install qemu-system-common`).toBe(true)
    const manual = readManual(gunzipSync(readFileSync(file)).toString('utf8'))
    if (!manual.ok) throw new Error(manual.error)
    const documented = withReference(schema, manual.value, nameTypes(schema, manual.value).names)
    const text = commandHelp(documented, 'block_resize', 80) ?? ''
    const arguments_ = documented.definitions.get('block_resize')?.members ?? []
    expect(arguments_.length).toBeGreaterThan(1)
    expect(text).not.toContain('No manual')
    expect(text).toMatch(/since \d/)
    expect(text.length).toBeGreaterThan((commandHelp(schema, 'block_resize', 80) ?? '').length)
  })
})

describe('Ctrl-R', () => {
  const history = ['info block', 'query-status', 'query-block', 'Query-name']

  /** What is shown after these keys: `<` is older, `>` newer, `~` backspace. */
  function found(keys: string): string {
    const search = new HistorySearch(history)
    for (const key of keys) {
      if (key === '<') search.older()
      else if (key === '>') search.newer()
      else if (key === '~') search.backspace()
      else search.type(key)
    }
    const { line, cursor } = search
    return `${search.failed ? '!' : ''}${line.slice(0, cursor)}|${line.slice(cursor)}`
  }

  it.each([
    ['', '|'],
    ['q', '|Query-name'],
    ['block', 'query-|block'],
    ['block<', 'info |block'],
    ['block<<', '!info |block'],
    ['block<>', 'query-|block'],
    ['query<<', '|query-status'],
    ['query<<s', '|query-status'.replace('|query', '!|query')],
    ['stat', 'query-|status'],
    ['statx', '!|query-status'],
    ['statx~', 'query-|status'],
    ['s~', '|'],
  ])('%s', (keys, expected) => {
    expect(found(keys)).toBe(expected)
  })

  it('in an empty history nothing is found', () => {
    const search = new HistorySearch([])
    search.type('a')
    search.older()
    expect([search.line, search.cursor, search.failed]).toEqual(['', 0, true])
  })
})

describe('carets', () => {
  it('below the place', () => {
    expect(caretBelow('QMP> ', 'abc def', { message: 'what is this; did you mean x?', at: 4 }, 80)).toBe(
      '         ^\nwhat is this; did you mean x?',
    )
    expect(caretBelow('', 'é日x', { message: 'x', at: 2 }, 80)).toBe('   ^\nx.')
  })

  it('a long line is shown again around the place', () => {
    const line = `${'a'.repeat(100)}X${'b'.repeat(100)}`
    const [excerpt = '', caret = ''] = caretBelow('QMP> ', line, { message: 'm', at: 100 }, 60).split('\n')
    expect(excerpt[caret.indexOf('^')]).toBe('X')
    expect(excerpt.length).toBeLessThan(60)
  })
})

describe("the console's own words", () => {
  it.each([
    ['help', 'help'],
    [' help  quit ', 'help quit'],
    ['help quit x', 'help quit: help takes one command: write help quit at 10'],
    ['history', 'history'],
    ['history 5', 'history: history takes nothing more at 8'],
    ['clear all', 'clear: clear takes nothing more at 6'],
    ['helpful', 'none'],
    ['query-status', 'none'],
    ['', 'none'],
  ])('%s', (line, expected) => {
    const own = readOwnLine(line)
    const error = own?.error === undefined ? '' : `: ${own.error.message} at ${own.error.at}`
    expect(
      own === undefined ? 'none' : `${own.word}${own.of === undefined ? '' : ` ${own.of}`}${error}`,
    ).toBe(expected)
  })
})

describe('which lines may be kept', () => {
  it.each([
    ['query-status', true],
    ['', false],
    ['{"execute":"query-status"}', true],
    ['{"execute":"change-vnc-password","arguments":{"password":"x"}}', false],
    ['{"execute":"object-add","arguments":{"qom-type":"secret","id":"a","data":"x"}}', false],
    ['object-add qom-type=secret id=a data=x', false],
    ['set_password protocol=vnc password=x', false],
    ['x key=1 broken', false],
    ['set_password "', false],
    ['blockdev-add driver=luks key', true],
    ['transaction( block-dirty-bitmap-add node=a name=b', true],
    ['transaction( block-dirty-bitmap-add node=a key=b', false],
    ['{"execute": "x", "arguments": {"token": 1', false],
  ])('%s: %s', (line, expected) => {
    expect(mayKeep(schema, line, false)).toBe(expected)
  })
})
