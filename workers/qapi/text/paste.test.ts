/** What can be pasted becomes commands; what is copied can be pasted again. Shells: copy-as.real.test.ts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { cannotCopyAs, copyAs, copyKinds } from './copy-as.ts'
import { readCommands } from './paste.ts'
import { quoteWord, readShell } from './posix-shell.ts'
import { buildSchema, entitiesOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { valuesOf } from '../testing/generate.ts'

const schemas = join(import.meta.dirname, '..', '..', '..', 'public', 'schemas')

function load(file: string): Schema {
  const parsed = parseJson(readFileSync(join(schemas, file), 'utf8'))
  const schema = parsed.ok ? buildSchema(parsed.value) : parsed
  if (!schema.ok) throw new Error(file)
  return schema.value
}

const qemu72 = load('qemu-7.2-x86_64.json')

/** The commands of a text, one a line, with what was left out; or the sentence of the failure. */
function read(text: string, schema: Schema | undefined = qemu72): string {
  const pasted = readCommands(schema, text)
  if (!pasted.ok) return pasted.error
  const lines = pasted.value.commands.map(({ name, arguments: args, oob, id }) =>
    [
      `${oob ? '!' : ''}${name}`,
      ...(args === undefined ? [] : [printJson(args)]),
      ...(id === undefined ? [] : [`id=${printJson(id)}`]),
    ].join(' '),
  )
  const left = Object.entries(pasted.value.leftOut).filter(([, count]) => count > 0)
  return [...lines, ...left.map(([what, count]) => `(${count} ${what})`)].join('\n')
}

describe('JSON', () => {
  it.each([
    ['{"execute":"stop"}', 'stop'],
    ["{'execute': 'stop', 'id': 'x'} // comment", 'stop id="x"'],
    ['{"exec-oob":"migrate-pause"}', '!migrate-pause'],
    ['{"execute":"stop"}{"execute":"cont"}\n{"execute":"quit","arguments":{}}', 'stop\ncont\nquit {}'],
    ['[{"execute":"stop"},\n {"execute":"cont"}]', 'stop\ncont'],
    ['{"execute":"stop"},\n{"execute":"cont"}', 'stop\ncont'],
    [
      '{\n  "execute": "block_resize",\n  "arguments": {\n    "node-name": "a",\n    "size": 18446744073709551615\n  }\n}',
      'block_resize {"node-name":"a","size":18446744073709551615}',
    ],
    ['```json\n{"execute":"stop"}\n```', 'stop'],
    [
      '{"QMP": {}}\n{"execute":"qmp_capabilities"}\n{"return":{}}\n{"execute":"stop"}\n{"event":"STOP","timestamp":{}}',
      'stop\n(1 replies)\n(1 events)\n(1 greetings)\n(1 negotiations)',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('transcripts', () => {
  it.each([
    [
      'Example:\n\n-> { "execute": "block-dirty-bitmap-add",\n     "arguments": { "node": "drive0", "name": "bitmap0" } }\n<- { "return": {} }\n-> { "execute": "query-block" }\n<- { "return": [ { ... } ] }\n<- { "event": "STOP", "timestamp": {} }',
      'block-dirty-bitmap-add {"node":"drive0","name":"bitmap0"}\nquery-block\n(2 replies)\n(1 events)\n(1 other)',
    ],
    [
      'S: {"QMP": {"version": {}}}\nC: { "execute": "qmp_capabilities" }\nS: { "return": {}}\nC: { "execute": "stop", "id": 1 }\nS: {"error":\n  {"class": "GenericError"}}',
      'stop id=1\n(2 replies)\n(1 greetings)\n(1 negotiations)',
    ],
    ['>>> {"execute":"stop"}\n<<< {"return":{}}', 'stop\n(1 replies)'],
    [
      '(QEMU) query-status\n{"return": {"status": "running"}}\n(QEMU) block_resize node-name=a size=1G\n(QEMU) ',
      'query-status\nblock_resize {"node-name":"a","size":1073741824}\n(1 replies)',
    ],
    [
      '(QEMU) transaction(\nTRANS> abort\nTRANS> )\n{"return": {}}',
      'transaction {"actions":[{"type":"abort","data":{}}]}\n(1 replies)',
    ],
    [
      '2024-03-01 10:00:00.000+0000: 1: info : qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0x7f msg={"execute":"query-block","id":"libvirt-9"}\n fd=-1\n2024-03-01 10:00:00.000+0000: 2: info : qemuMonitorIOWrite:366 : QEMU_MONITOR_IO_WRITE: mon=0x7f buf={"execute":"query-block","id":"libvirt-9"}\n len=40 ret=40 errno=0\n2024-03-01 10:00:00.100+0000: 2: info : qemuMonitorJSONIOProcessLine:240 : QEMU_MONITOR_RECV_REPLY: mon=0x7f reply={"return": [], "id": "libvirt-9"}\n2024-03-01 10:00:00.200+0000: 2: debug : other:1 : talk',
      'query-block id="libvirt-9"\n(1 replies)\n(2 other)',
    ],
  ])('case %#', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('what was typed at a prompt, and what a console prints besides', () => {
  it.each([
    ['QMP> {"execute":"stop"}', 'stop'],
    ["(QEMU) {'execute': 'stop', 'id': 1}\n{\"return\": {}}", 'stop id=1\n(1 replies)'],
    ['QMP> block-resize node-name=a size=1G', 'block_resize {"node-name":"a","size":1073741824}'],
    ['  QMP> stop\n\n  QMP> ', 'stop'],
    // The console prints a line and what was sent for it: one command. JSON stands there only as it was sent.
    [
      'QMP> block_resize node-name=a size=1G\n→ {"execute":"block_resize","arguments":{"node-name":"a","size":1073741824},"id":"p1"}\n← {"return": {}, "id": "p1"}\n→ {"execute":"stop","id":7}\n← {"timestamp": {"seconds": 1}, "event": "STOP"}\n← {"return": {}, "id": 7}\nQMP> stop\nQMP> stop\n→ {"execute":"stop","id":"p2"}\n→ {"execute":"stop","id":"p3"}',
      'block_resize {"node-name":"a","size":1073741824}\nstop id=7\nstop\nstop\n(2 replies)\n(1 events)',
    ],
    // Pretty, in several lines.
    [
      'QMP> cont\n→ {\n  "execute": "cont",\n  "id": "p1"\n}\n← {\n  "return": {},\n  "id": "p1"\n}\nQMP> stop',
      'cont\nstop\n(1 replies)',
    ],
    [
      'QMP> {"execute":\n...> "stop"}\n→ {"execute": "stop"}\n← {"return": {}}\nQMP> {"execute":\n...> \n→ {"execute":\n← {"error": {"class": "GenericError"}}\nQMP> cont',
      /^stop\ncont\n/,
    ],
    [
      'QMP> transaction(\nTRANS> abort\nTRANS> )\n→ {"execute":"transaction","arguments":{"actions":[{"type":"abort","data":{}}]},"id":1}',
      'transaction {"actions":[{"type":"abort","data":{}}]}',
    ],
    // Refused at once, with a caret; answered by the console; a note.
    [
      'QMP> block_resize sise=1\n                  ^\nsise is unexpected; did you mean size?\nQMP> stop\nstop: the machine is locked\n· connected',
      'stop\n(5 other)',
    ],
    [
      'QMP> help quit\nquit (machine)\n  Ends.\nstop\nQMP> history\n1  stop\n→ {"execute":"cont"}',
      'cont\n(6 other)',
    ],
    // qmp-shell -v prints the request before it is sent.
    ['(QEMU) stop\n{"execute": "stop", "arguments": {}}\n{"return": {}}', 'stop\n(1 replies)'],
  ])('%s', (text, expected) => {
    if (typeof expected === 'string') expect(read(text)).toBe(expected)
    else expect(read(text)).toMatch(expected)
  })
})

describe('shells', () => {
  it.each([
    [`{ echo '{"execute":"stop"}'; sleep 1; } | nc -U /x`, 'stop'],
    [`virsh qemu-monitor-command lab '{"execute":"query-block"}'`, 'query-block'],
    [
      `$ sudo virsh -c qemu:///system qemu-monitor-command --domain lab --pretty "{\\"execute\\": \\"stop\\"}"`,
      'stop',
    ],
    [
      `# virsh qemu-monitor-command lab --hmp 'info block'`,
      'human-monitor-command {"command-line":"info block"}',
    ],
    [
      'virsh qemu-monitor-command lab --hmp info block',
      'human-monitor-command {"command-line":"info block"}',
    ],
    [`virsh qemu-agent-command lab '{"execute":"guest-ping"}' --timeout 5`, 'guest-ping'],
    [
      `virsh qemu-monitor-command lab \\\n  '{"execute": "stop",\n "id": "it'\\''s"}'\nvirsh qemu-monitor-command lab {\\"execute\\":\\"cont\\"}`,
      'stop id="it\'s"\ncont',
    ],
    [`echo '{"execute":"qmp_capabilities"} {"execute":"stop"}' | socat - unix:/x`, 'stop\n(1 negotiations)'],
    [
      `(echo '{"execute":"qmp_capabilities"}'; sleep 1; echo -e '{"execute":\\t"stop"}') | nc -U /x`,
      'stop\n(1 negotiations)',
    ],
    [
      `socat - unix:/x <<EOF\n{"execute":"qmp_capabilities"}\n{"execute":"stop"}\nEOF\n{"execute":"cont"}`,
      'stop\ncont\n(1 negotiations)',
    ],
    [`cat <<-'END' | socat - unix:/x\n\t{"execute":"stop"}\n\tEND`, 'stop'],
    [`socat - unix:/x <<< '{"execute":"stop"}'`, 'stop'],
    [`printf '{"execute":"%s"}\\n' stop cont | socat - unix:/x`, 'stop\ncont'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('Python', () => {
  it.each([
    [`qmp.execute('stop')`, 'stop'],
    [
      `res = await self.qmp.execute("block_resize", {'node-name': 'a', "size": 1,})`,
      'block_resize {"node-name":"a","size":1}',
    ],
    [
      `        result = self.vm.qmp('blockdev-add', node_name='a_b', driver='null-co',\n    read_only=True, # why\n    file=None)\n        self.assert_qmp(result, 'return', {})`,
      'blockdev-add {"node-name":"a_b","driver":"null-co","read-only":true,"file":null}',
    ],
    [`vm.cmd('x-y', {'a_b': [1, 'two', {'c': False}]})`, 'x-y {"a_b":[1,"two",{"c":false}]}'],
    [`vm.qmp('x', **{'a.b': 1})`, 'x {"a.b":1}'],
    [`await qmp.execute('migrate-pause', oob=True)`, '!migrate-pause'],
    [
      `{"execute":"human-monitor-command","arguments":{"command-line":"a.qmp('x')"}}`,
      'human-monitor-command {"command-line":"a.qmp(\'x\')"}',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
})

describe('what is not understood', () => {
  it.each([
    ['', /^There is nothing to read/],
    [
      '{"driver":"null-co"}',
      /^Line 1 .*has no “execute”: of which command these are the arguments is not guessed/,
    ],
    ['{"execute":"stop"}\n{"execute":\n', /^Line 3 .*read as JSON/],
    ['{"execute":"stop","arguments":1}', /the arguments of stop are no object/],
    ['[1]', /it is no request/],
    ['{"return":{}}', /^There are only messages of a server/],
    ['{"execute":"qmp_capabilities"}', /negotiated already/],
    [
      'info block',
      /^Line 1 \(“info block”\), read as a line of qmp-shell: there is no command “info” here.*What can be pasted/,
    ],
    ['(qemu) info block', /read as a line of the human monitor/],
    [
      'QMP> stop\nQMP> block_resize sise=1',
      /^Line 2 .*sise is unexpected; did you mean size\? \(column 19\)/,
    ],
    ['QMP> {"execute": }', /^Line 1 .*read as JSON: expected a value/],
    ['query-status\nblock_resize sise=1', /^Line 2 .*sise is unexpected; did you mean size\? \(column 14\)/],
    [`virsh list`, /only qemu-monitor-command/],
    [`virsh qemu-monitor-command lab '{`, /a quote, parenthesis or here-document is not closed/],
    ['echo hello | socat - unix:/x', /nothing of what it writes is a request/],
    [`vm.qmp('blockdev-add', node_name=name)`, /name is no literal: its value is not known here/],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatch(expected)
  })

  it('without a machine a lone word is no command', () => {
    expect(readCommands(undefined, 'hello').ok).toBe(false)
    expect(readCommands(undefined, 'query-status').ok).toBe(true)
  })
})

/** Commands with arguments of a schema, and strings that shells trip over. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
  fc.constantFrom("it's", '$HOME `id` "x" \\ \n !', '-n', '--pretty', '', 'größe 😀', "'", '%s %d', 'a,b:c'),
)
const commands = fc
  .constantFrom(...entitiesOf(qemu72, 'command').filter((each) => each.name !== 'qmp_capabilities'))
  .chain((command) => fc.tuple(fc.constant(command.name), valuesOf(qemu72, command.argType), fc.boolean()))
  .map(([name, args, oob]) => ({ name, arguments: isJsonObject(args) ? args : undefined, oob }))
const named = fc.tuple(
  fc.oneof(
    commands,
    nasty.map((text) => ({ name: 'human-monitor-command', arguments: { 'command-line': text }, oob: false })),
  ),
  nasty.filter((text) => !text.startsWith('-') && !/\p{Cs}/u.test(text)),
)

describe.each(copyKinds.map((each) => each.kind))('copied as %s', (kind) => {
  it('it can be pasted again', () => {
    fc.assert(
      fc.property(named, ([command, machineName]) => {
        if (cannotCopyAs(kind, command) !== undefined) return
        const text = copyAs(kind, command, { machineName, socket: '/tmp/a b,c.sock' })
        // To qmp-shell quotes are part of a value; here they are around it.
        if (kind === 'qmp-shell' && /=(?:["']|[[{][:/%;=&|^<>!?])/.test(text)) return
        const back = readCommands(qemu72, text)
        if (!back.ok) throw new Error(`${text}\n${back.error}`)
        const [only] = back.value.commands
        expect(back.value.commands).toHaveLength(1)
        expect([only?.name, only?.oob]).toEqual([command.name, command.oob])
        // qmp-shell sends empty arguments where there are none.
        const none = kind === 'qmp-shell' ? {} : null
        if (!equalJson(only?.arguments ?? none, command.arguments ?? none)) {
          throw new Error(`${text}\n${printJson(only?.arguments ?? null)}`)
        }
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('for a POSIX shell', () => {
  it('words are what they were to our reader', () => {
    const texts = [
      "it's",
      '$HOME `id` "x" \\',
      'a\nb',
      'größe 😀',
      '',
      '-n',
      '~',
      '*',
      '!x',
      '#a',
      'a=b',
      "'''",
    ]
    const line = texts.map(quoteWord).join(' ')
    expect(readShell(`x ${line}`, 0)?.commands[0]?.words.slice(1)).toEqual(texts)
  })

  it('an agent is not negotiated with', () => {
    const command = { name: 'guest-ping', arguments: undefined, oob: false }
    const context = { machineName: 'vm', protocol: 'agent' } as const
    expect(copyAs('socat', command, context)).toBe(
      `(printf '%s\\n' '{"execute":"guest-ping"}'; sleep 1) | socat - UNIX-CONNECT:/path/to/qmp.sock`,
    )
    expect(copyAs('virsh', command, context)).toBe(
      `virsh qemu-agent-command vm --pretty '{"execute":"guest-ping"}'`,
    )
    expect(copyAs('python', command, context)).toContain('qmp.negotiate = False')
  })
})

it('no text throws', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '"',
    "'",
    '->',
    '<-',
    '\n',
    'virsh ',
    'qemu-monitor-command ',
    'echo ',
    '<<EOF',
    '(',
    ')',
    'vm.qmp(',
    "'x'",
    'transaction(',
    'QEMU_MONITOR_IO_WRITE: buf={',
    '\\',
    '|',
    ',',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 20 }).map((each) => each.join('')),
      ),
      (text) => {
        expect(typeof readCommands(qemu72, text).ok).toBe('boolean')
      },
    ),
    { numRuns: runs(500) },
  )
})
