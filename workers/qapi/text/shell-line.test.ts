/** Lines in qmp-shell's syntax: what they mean, what is said of wrong ones, and that printing loses nothing. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { buildSchema, entitiesOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { printShellLine } from '../testing/print-shell-line.ts'
import { opensTransaction, readShellLine } from './shell-line.ts'
import { valuesOf } from '../testing/generate.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'public', 'schemas')

function load(file: string): Schema {
  const parsed = parseJson(readFileSync(join(folder, file), 'utf8'))
  const schema = parsed.ok ? buildSchema(parsed.value) : parsed
  if (!schema.ok) throw new Error(file)
  return schema.value
}

const files = readdirSync(folder)
const qemu72 = load('qemu-7.2-x86_64.json')

/** The command as JSON, or `AT: what is wrong`. */
function read(schema: Schema | undefined, line: string): string {
  const command = readShellLine(schema, line)
  if (!command.ok) return `${command.error.at}: ${command.error.message}`
  const { name, arguments: args, oob } = command.value
  return `${oob ? '!' : ''}${name}${args === undefined ? '' : ` ${printJson(args)}`}`
}

describe('with a schema the text goes by the type', () => {
  it.each([
    ['query-status', 'query-status'],
    ['  query-status  ', 'query-status'],
    ['block_resize node-name=a size=4G', 'block_resize {"node-name":"a","size":4294967296}'],
    ['block-resize node-name=1 size=0x10', 'block_resize {"node-name":"1","size":16}'],
    [
      'block_resize node-name="1" size=18446744073709551615',
      'block_resize {"node-name":"1","size":18446744073709551615}',
    ],
    ["block_resize node-name='a b' size=1", 'block_resize {"node-name":"a b","size":1}'],
    ['block_resize {"node-name": "a", "size": 1}', 'block_resize {"node-name":"a","size":1}'],
    [
      'blockdev-add driver=qcow2 node-name=a read-only=on file.driver=file file.filename="/my disk"',
      'blockdev-add {"driver":"qcow2","node-name":"a","read-only":true,"file":{"driver":"file","filename":"/my disk"}}',
    ],
    // The tag may come last, and in a nested object.
    [
      'blockdev-add filename=x read-only=no driver=file',
      'blockdev-add {"filename":"x","read-only":false,"driver":"file"}',
    ],
    [
      'blockdev-add driver=qcow2 file=base backing=null',
      'blockdev-add {"driver":"qcow2","file":"base","backing":null}',
    ],
    ['blockdev-add driver=qcow2 file="null"', 'blockdev-add {"driver":"qcow2","file":"null"}'],
    [
      'blockdev-add driver=file filename=x detect-zeroes=on',
      'blockdev-add {"driver":"file","filename":"x","detect-zeroes":"on"}',
    ],
    [
      'blockdev-add driver=quorum vote-threshold=2 children.1=b children.0=a',
      'blockdev-add {"driver":"quorum","vote-threshold":2,"children":["a","b"]}',
    ],
    [
      "blockdev-add driver=quorum vote-threshold=2 children=['a', 'b']",
      'blockdev-add {"driver":"quorum","vote-threshold":2,"children":["a","b"]}',
    ],
    ['qom-set path=/x property=p value=1', 'qom-set {"path":"/x","property":"p","value":1}'],
    [
      'qom-set path=/x property=p value=[True,None,]',
      'qom-set {"path":"/x","property":"p","value":[true,null]}',
    ],
    [
      'human-monitor-command command-line="info block"',
      'human-monitor-command {"command-line":"info block"}',
    ],
    [
      'human-monitor-command command-line=json:{"a b":1}',
      'human-monitor-command {"command-line":"json:{\\"a b\\":1}"}',
    ],
    ['human-monitor-command command-line={"a": 1}', 'human-monitor-command {"command-line":"{\\"a\\": 1}"}'],
    [
      'device_add driver=virtio-blk-pci id=1 drive=2',
      'device_add {"driver":"virtio-blk-pci","id":"1","drive":2}',
    ],
    ['device_add driver=e1000 x.y=off', 'device_add {"driver":"e1000","x":{"y":"off"}}'],
    ['exec-oob query-status', '!query-status'],
    [
      'transaction(\n block-dirty-bitmap-add node=a name=1 granularity=64k\n abort\n)',
      'transaction {"actions":[{"type":"block-dirty-bitmap-add","data":{"node":"a","name":"1","granularity":65536}},{"type":"abort","data":{}}]}',
    ],
    ['transaction( abort )', 'transaction {"actions":[{"type":"abort","data":{}}]}'],
  ])('%s', (line, expected) => {
    expect(read(qemu72, line)).toBe(expected)
  })
})

describe('without a schema', () => {
  it.each([
    [
      'any-name a=1 b=x c=true d=null e=-1.5 f=0x10',
      'any-name {"a":1,"b":"x","c":true,"d":null,"e":-1.5,"f":"0x10"}',
    ],
    ['x a.b.c=1 a.b.d=2', 'x {"a":{"b":{"c":1,"d":2}}}'],
    ['x a.0=1', 'x {"a":{"0":1}}'],
    ['x a=b=c', 'x {"a":"b=c"}'],
    ['x a=', 'x {"a":""}'],
    ['x a={} b=[]', 'x {"a":{},"b":[]}'],
    ['x __proto__=1', 'x {"__proto__":1}'],
  ])('%s', (line, expected) => {
    expect(read(undefined, line)).toBe(expected)
  })
})

describe('what is wrong, and where', () => {
  it.each([
    ['', '0: expected the name of a command'],
    ['query-statu', '0: there is no command “query-statu” here; did you mean query-status?'],
    ['  nonsense', '2: there is no command “nonsense” here'],
    ['block_resize a', '13: expected NAME=VALUE, found “a”'],
    ['block_resize =a', '13: the name before the “=” is missing'],
    ['blockdev-add file..x=1', '18: a name between the dots is missing'],
    ['block_resize node-name="a', '23: this quote " is not closed'],
    ['block_resize node-name="a"b', '26: expected a blank after the value, found “b”'],
    [
      "block_resize node-name=don't",
      "26: this quote ' is not closed; a value that holds one is written in quotes itself",
    ],
    ['qom-set value={"a": }', '20: expected a value, found "}"'],
    ['qom-set value=[1', '14: this “[” is not closed'],
    ['block_resize {"size": 1} size=1', '25: nothing may follow the object that holds all arguments'],
    ['block_resize size=1 size=2', '20: size is there twice'],
    ['blockdev-add file=a file.driver=file', '20: file has a value already and cannot have members as well'],
    ['blockdev-add file.driver=file file=a', '30: file has members already and cannot have a value as well'],
    ['block_resize size=big', '18: size: big is no integer (write 42, 0x2a or a size such as 4G)'],
    ['block_resize sise=1', '13: sise is unexpected; did you mean size?'],
    ['query-status a=1', '13: a is unexpected: there are no arguments'],
    ['block_resize size.x=1', '13: size has no members: it is int'],
    [
      'blockdev-add filename=x',
      '13: filename is unexpected as long as driver is not given, which decides which other members there are',
    ],
    ['blockdev-add driver=null-co filename=x', '28: filename is unexpected with driver=null-co'],
    ['blockdev-add driver=qcow3', '20: driver: “qcow3” is none of its 42 values; did you mean qcow?'],
    ['blockdev-add driver=file read-only=maybe', '35: read-only: “maybe” is neither on nor off'],
    [
      'blockdev-add driver=quorum children=a',
      '36: children: takes a list: write children=[…] or children.0=…',
    ],
    ['blockdev-add driver=quorum children.1=a', '27: children.1: the indexes before it are not all there'],
    ['blockdev-add driver=quorum children.x=a', '27: children is a list: “x” is no index (0, 1, …)'],
    ['transaction(\nabrot\n)', '13: “abrot” is no action of a transaction; did you mean abort?'],
    ['transaction(\nabort', '18: the transaction is not closed: its last line is “)”'],
    ['transaction(\n)\nabort', '15: nothing may follow the end of a transaction'],
  ])('%s', (line, expected) => {
    expect(read(qemu72, line)).toBe(expected)
  })
})

it.each([
  ['transaction(', true],
  ['transaction( abort', true],
  ['transaction( abort )', false],
  ['transaction()', false],
  ['query-status', false],
])('%s opens a transaction: %s', (line, expected) => {
  expect(opensTransaction(line)).toBe(expected)
})

describe('what is printed is read again as it was', () => {
  it.each(files)('values of every command of %s', (file) => {
    const schema = load(file)
    const commands = entitiesOf(schema, 'command')
    fc.assert(
      fc.property(
        fc
          .constantFrom(...commands)
          .chain((command) =>
            fc.tuple(fc.constant(command.name), valuesOf(schema, command.argType), fc.boolean()),
          ),
        ([name, args, oob]) => {
          if (!isJsonObject(args)) return
          const line = printShellLine(name, args, oob)
          for (const by of [schema, undefined]) {
            const back = readShellLine(by, line)
            if (!back.ok) throw new Error(`${line}\n${back.error.at}: ${back.error.message}`)
            expect(back.value.name).toBe(name)
            expect(back.value.oob).toBe(oob)
            if (!equalJson(back.value.arguments ?? null, args)) {
              throw new Error(`${line}\n${printJson(back.value.arguments ?? null)}`)
            }
          }
        },
      ),
      { numRuns: runs(300) },
    )
  })

  it('any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson()), (args: JsonObject) => {
        const back = readShellLine(undefined, printShellLine('x', args))
        expect(back.ok && equalJson(back.value.arguments ?? null, args)).toBe(true)
      }),
    )
  })

  it('no line throws', () => {
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
      '}',
      '[',
      '1G',
      '.0=',
      'transaction(',
      ')',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((each) => each.join('')),
        ),
        (line) => {
          const command = readShellLine(qemu72, line)
          if (!command.ok) expect(command.error.at).toBeLessThanOrEqual(line.length)
        },
      ),
    )
  })
})
