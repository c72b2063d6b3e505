import { describe, expect, it } from 'vitest'
import { complete, inColumns, readHelp } from './help-table.ts'
import { looksSecret, readHistory, withLine, writeHistory } from './terminal/line-history.ts'

const help = [
  'announce_self [interfaces] [id] -- Trigger announcements',
  'balloon target -- request VM to change its memory allocation (in MB)',
  'c|cont  -- resume emulation',
  'commit device|all -- commit changes to the disk images',
  'device_add driver[,prop=value][,...] -- add device, like -device on the command line',
  '\t\t\t-d: a line that goes on -- not a command',
  'help|? [cmd] -- show the help',
  'info [subcommand] -- show various information',
  'q|quit  -- quit the emulator',
].join('\r\n')
const infoHelp = [
  'info balloon  -- show it',
  'info block [-n] [-v] [device] -- show it',
  'info blockstats  -- x',
].join('\r\n')
const table = readHelp(help, infoHelp)

describe('the help of the human monitor', () => {
  it('is a table of names', () => {
    expect(table.get('')).toEqual([
      '?',
      'announce_self',
      'balloon',
      'c',
      'commit',
      'cont',
      'device_add',
      'help',
      'info',
      'q',
      'quit',
    ])
    expect(table.get('info')).toEqual(['balloon', 'block', 'blockstats'])
  })

  it.each<[string, string, readonly string[]]>([
    ['ball', 'balloon ', ['balloon']],
    ['co', 'co', ['commit', 'cont']],
    ['com', 'commit ', ['commit']],
    ['info bl', 'info block', ['block', 'blockstats']],
    ['info balloon', 'info balloon ', ['balloon']],
    ['  ann', '  announce_self ', ['announce_self']],
    ['help ball', 'help balloon ', ['balloon']],
    ['help info bal', 'help info balloon ', ['balloon']],
    ['nothing', 'nothing', []],
    ['balloon 1', 'balloon 1', []],
    ['info block dis', 'info block dis', []],
  ])('%j completes to %j', (before, expected, candidates) => {
    expect(complete(before, table)).toEqual({ before: expected, candidates })
  })

  it('is laid out in columns', () => {
    expect(inColumns(['aa', 'bbb', 'c'], 12)).toBe('aa   bbb\nc')
    expect(inColumns(['aaaaaaaa'], 3)).toBe('aaaaaaaa')
  })
})

describe('history', () => {
  it('keeps lines, bounded, without doubles in a row', () => {
    let history: readonly string[] = []
    for (let n = 0; n < 600; n += 1) history = withLine(history, `line ${n}`)
    expect(history.length).toBe(500)
    expect(history[499]).toBe('line 599')
    expect(withLine(history, 'line 599')).toBe(history)
    expect(withLine(history, '  ')).toBe(history)
    expect(withLine(history, 'x'.repeat(5000))).toBe(history)
  })

  it.each([
    'set_password vnc hunter2',
    'change vnc password hunter2',
    'object_add secret,id=s0,data=x',
    '{"execute":"object-add","arguments":{"qom-type":"secret","id":"s","data":"x"}}',
    'expire_password vnc now',
    'set auth-token=1',
    'drive_add 0 if=none,file=https://me:hunter2@host/a',
    'drive_add 0 if=none,file=iscsi://me%hunter2@host/iqn/0',
    'drive_add 0 if=none,file=rbd:pool/image:id=me:key=hunter2',
    'blockdev-add driver=https url=ftp://me@corp:hunter2@host/',
  ])('does not keep %s', (line) => {
    expect(looksSecret(line)).toBe(true)
    expect(withLine(['a'], line)).toEqual(['a'])
  })

  it.each(['info block', 'device_add virtio-blk-pci,drive=d0', 'info pci', 'compass'])('keeps %s', (line) => {
    expect(withLine([], line)).toEqual([line])
  })

  it('survives a store that is broken, full or holds something else', () => {
    const broken = {
      getItem: (): string => {
        throw new Error('off')
      },
      setItem: (): void => {
        throw new Error('full')
      },
    }
    expect(readHistory(() => broken, 'k')).toEqual([])
    expect(() => writeHistory(() => broken, 'k', ['a'])).not.toThrow()
    expect(readHistory(() => ({ getItem: () => '{"a":1}', setItem: () => undefined }), 'k')).toEqual([])
    expect(readHistory(() => ({ getItem: () => '["a",1,"b"]', setItem: () => undefined }), 'k')).toEqual([
      'a',
      'b',
    ])
    // A browser that keeps nothing for a page throws when the store is asked for.
    const off = (): never => {
      throw new Error('SecurityError')
    }
    expect(readHistory(off, 'k')).toEqual([])
    expect(() => writeHistory(off, 'k', ['a'])).not.toThrow()
    // What an earlier version kept.
    const old = JSON.stringify(['a', 'migrate https://me:hunter2@host/'])
    expect(readHistory(() => ({ getItem: () => old, setItem: () => undefined }), 'k')).toEqual(['a'])
    expect(readHistory(() => ({ getItem: () => '[', setItem: () => undefined }), 'k')).toEqual([])
  })
})
