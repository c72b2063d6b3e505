import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { readRecording } from './import.ts'
import type { RecordedMachine, Recording } from './recording.ts'
import { pythonToJson } from './shell-session.ts'
import { transcriptHeader, transcriptLine } from './transcript.ts'

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function recording(text: string, name = '/tmp/lab 1.log'): Recording {
  const out = readRecording(name, bytesOf(text))
  if (!out.ok) throw new Error(out.error)
  return out.value
}

function refusal(text: string): string {
  const out = readRecording('x.log', bytesOf(text))
  return out.ok ? `read as ${out.value.format}` : out.error
}

function only(out: Recording): RecordedMachine {
  const [machine] = out.machines
  if (machine === undefined || out.machines.length !== 1) throw new Error('not one machine')
  return machine
}

/** Each row in a few words. */
function said(machine: RecordedMachine): string[] {
  return machine.rows.map(({ row }) => {
    const exec = 'exec' in row ? ` ${row.exec}` : ''
    const name = 'name' in row ? ` ${row.name}` : ''
    return `${row.kind}${exec}${name}`.trim()
  })
}

function texts(machine: RecordedMachine): (string | undefined)[] {
  return machine.rows.map(({ text }) => text)
}

// Recorded with QEMU 7.2.22 behind socat 1.7.4.4, in UTC; the client ended its first line with nothing.
const socat = String.raw`< 2026/11/21 14:58:11.000765635  length=142 from=0 to=141
{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7+deb12u18+b3"}, "capabilities": ["oob"]}}\r
> 2026/11/21 14:58:12.000065571  length=61 from=0 to=60
{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}< 2026/11/21 14:58:12.000066330  length=16 from=142 to=157
{"return": {}}\r
> 2026/11/21 14:58:12.000365896  length=56 from=96 to=151
{"execute":"stop","id":"a"}{"execute":"cont","id":"b"}\r
< 2026/11/21 14:58:12.000366670  length=218 from=240 to=457
{"timestamp": {"seconds": 1795273092, "microseconds": 366533}, "event": "STOP"}\r
{"return": {}, "id": "a"}\r
{"timestamp": {"seconds": 1795273092, "microseconds": 366610}, "event": "RESUME"}\r
{"return": {}, "id": "b"}\r
> 2026/11/21 14:58:12.000666486  length=28 from=211 to=238
{"execute":"nope \\"q\\" .."}
< 2026/11/21 14:58:12.000667194  length=101 from=584 to=684
{"error": {"class": "CommandNotFound", "desc": "The command nope \\"q\\" \\u00E9 has not been found"}}\r
> 2026/11/21 14:58:12.000816669  length=8 from=239 to=246
garbage
< 2026/11/21 14:58:12.000817099  length=93 from=685 to=777
{"error": {"class": "GenericError", "desc": "JSON parse error, invalid keyword 'garbage'"}}\r
`

describe('socat -v', () => {
  const rows = [
    'event QMP',
    'command 1 qmp_capabilities',
    'return 1 qmp_capabilities',
    'command 2 stop',
    'command 3 cont',
    'event STOP',
    'return 2 stop',
    'event RESUME',
    'return 3 cont',
    'command 4 nope "q" ..',
    'error 4 nope "q" ..',
    'raw 5',
    'error 5',
  ]

  test('a real capture', () => {
    const out = recording(socat)
    expect(out).toMatchObject({ format: 'socat', timesAre: 'recorded', problemCount: 0 })
    const machine = only(out)
    expect(machine).toMatchObject({
      name: 'lab 1',
      protocol: 'qmp',
      version: { major: 7, minor: 2, micro: 22 },
    })
    expect(said(machine)).toEqual(rows)
    // Nine digits, and still microseconds.
    expect(machine.rows[3]?.row.at).toBe(Date.UTC(2026, 10, 21, 14, 58, 12) + 365.896)
    expect(machine.rows[6]?.row).toMatchObject({ latencyMs: expect.closeTo(0.774, 3) as number })
    expect(texts(machine)[10]).toBe(
      String.raw`{"error": {"class": "CommandNotFound", "desc": "The command nope \"q\" \u00E9 has not been found"}}`,
    )
  })

  test('the other way round, and in another time zone', () => {
    const turned = socat
      .replaceAll(/^([^\n]*)([<>]) 2026\/11\/21 14:/gm, (_all, before: string, sign: string) => {
        return `${before}${sign === '<' ? '>' : '<'} 2026/11/22 00:`
      })
      .replaceAll(/\.000(\d{6}) {2}/g, '.$1  ')
    const machine = only(recording(turned))
    expect(said(machine)).toEqual(rows)
    expect(machine.rows[3]?.row.at).toBe(Date.UTC(2026, 10, 21, 14, 58, 12) + 365.896)
  })

  test('lines of other kinds between the pieces', () => {
    const noisy = socat.replaceAll(/\\r\n(?=[<>] )/g, '\\r\n2026/11/21 14:58:11 socat[1] N what it does\n')
    expect(noisy).not.toBe(socat)
    const out = recording(noisy)
    expect(said(only(out))).toEqual(rows)
    expect(texts(only(out))).toEqual(texts(only(recording(socat))))
  })

  test('a length that is wrong', () => {
    expect(said(only(recording(socat.replace('length=56', 'length=9999'))))).toEqual(rows)
  })
})

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": ""}, "capabilities": []}}'

describe('arrows that all point the wrong way', () => {
  const right = [
    'event QMP',
    'command 1 qmp_capabilities',
    'return 1 qmp_capabilities',
    'command 2 stop',
  ].concat(['event STOP', 'return 2 stop'])
  const messages: readonly (readonly [fromServer: boolean, text: string])[] = [
    [true, greeting],
    [false, '{"execute": "qmp_capabilities"}'],
    [true, '{"return": {}}'],
    [false, '{"execute": "stop"}'],
    [true, '{"timestamp": {"seconds": 5, "microseconds": 7}, "event": "STOP"}'],
    [true, '{"return": {}}'],
  ]

  test.each([
    ['->', '<-'],
    ['>>>', '<<<'],
    ['-->', '<--'],
    ['=>', '<='],
    ['send:', 'received:'],
  ])('%s before what the server says', (one, other) => {
    for (const [client, server] of [
      [one, other],
      [other, one],
    ]) {
      const log = messages.map(([fromServer, text]) => `x ${fromServer ? server : client} ${text}`)
      expect(said(only(recording(log.join('\n'))))).toEqual(right)
    }
  })

  test.each([
    ['->', '<-'],
    ['=>', '<='],
    ['→', '←'],
  ])('%s after a message is no row', (sent, received) => {
    const log = messages.map(([fromServer, text]) => `${text} ${fromServer ? received : sent}`)
    const out = recording(log.join('\n'))
    expect(out.problemCount).toBe(0)
    expect(said(only(out))).toEqual(right)
  })

  test('a command is one whatever its arrow says; a line that is none stays a line', () => {
    const log = ['-> {"execute":"stop"}', '<- {"return": {}}', '<- {"execute":"cont"}', '<- {"return": {}}']
    const sent = ['-> {"return": "no request"}', '<- {"error": {"class": "GenericError", "desc": "d"}}']
    expect(said(only(recording([...log, ...sent].join('\n'))))).toEqual([
      'command 1 stop',
      'return 1 stop',
      'command 2 cont',
      'return 2 cont',
      'raw 3',
      'error 3',
    ])
  })
})

describe('qmp-shell', () => {
  test('a session, as the terminal shows it', () => {
    const out = recording(
      [
        'Welcome to the QMP low-level shell!',
        'Connected to QEMU 10.0.2',
        '',
        '\u001b[?2004h(QEMU) device_add driver=e1000 id=net1 n=9007199254740993 x.y=true\r',
        '\u001b[?2004l\r{"return": {}}\r',
        '(QEMU) nonsense here',
        "Error while parsing command line: Expected a key=value pair, got 'here'",
        'command format: <command-name> [arg-name1=arg1] ... [arg-nameN=argN',
        '(QEMU) ',
        `{'timestamp': {'seconds': 5, 'microseconds': 7}, 'event': 'STOP', 'data': {'a': None, 'b': True, 'c': "it's \\"\\xe9"}}`,
        '(QEMU) transaction(',
        'TRANS> block-dirty-bitmap-add node=drive0 name=b1',
        "TRANS> x y={'a':[1,None]}",
        'TRANS> )',
        '{"error": {"class": "GenericError", "desc": "d"}}',
        '(QEMU) query-status',
        '{',
        '    "return": {',
        '        "status": "running"',
        '    }',
        '}',
        '(QEMU) quit',
        'Disconnected',
        '',
      ].join('\n'),
    )
    expect(out).toMatchObject({ format: 'qmp-shell', timesAre: 'from stamps', problemCount: 0 })
    const machine = only(out)
    expect(said(machine)).toEqual(
      ['command 1 device_add', 'return 1 device_add', 'event STOP', 'command 2 transaction'].concat([
        'error 2 transaction',
        'command 3 query-status',
        'return 3 query-status',
        'command 4 quit',
      ]),
    )
    expect(texts(machine).slice(0, 4)).toEqual([
      '{"execute":"device_add","arguments":{"driver":"e1000","id":"net1","n":9007199254740993,"x":{"y":true}}}',
      '{"return": {}}',
      `{"timestamp": {"seconds": 5, "microseconds": 7}, "event": "STOP", "data": {"a": null, "b": true, "c": "it's \\"é"}}`,
      '{"execute":"transaction","arguments":{"actions":[{"type":"block-dirty-bitmap-add","data":{"node":"drive0","name":"b1"}},{"type":"x","data":{"y":{"a":[1,null]}}}]}}',
    ])
  })

  test('dotted keys are members of members, also of an object that was given before', () => {
    const machine = only(
      recording(
        [
          '(QEMU) blockdev-add driver=qcow2 node-name=d0 file.driver=file file.filename=/a.img',
          '{"return": {}}',
          '(QEMU) blockdev-add driver=qcow2 file={"driver":"file"} file.filename=/a.img cache.direct=true',
          '{"return": {}}',
          // The shell refuses these: a value has no members, a member is given once.
          '(QEMU) blockdev-add driver=qcow2 driver.x=1',
          '(QEMU) blockdev-add file.driver=file file.driver=raw',
          '',
        ].join('\n'),
      ),
    )
    expect(texts(machine)).toEqual([
      '{"execute":"blockdev-add","arguments":{"driver":"qcow2","node-name":"d0","file":{"driver":"file","filename":"/a.img"}}}',
      '{"return": {}}',
      '{"execute":"blockdev-add","arguments":{"driver":"qcow2","file":{"driver":"file","filename":"/a.img"},"cache":{"direct":true}}}',
      '{"return": {}}',
    ])
  })

  test('a key is a member whatever its name, and has an end', () => {
    const session = (line: string): readonly (string | undefined)[] =>
      texts(only(recording(`(QEMU) ${line}\n{"return": {}}\n`)))
    expect(session('x a={} a.__proto__.polluted=1 a.toString=2')[0]).toBe(
      '{"execute":"x","arguments":{"a":{"__proto__":{"polluted":1},"toString":2}}}',
    )
    expect(Object.prototype).not.toHaveProperty('polluted')
    // It is no command, and nothing recurses over it.
    expect(session(`x ${'a.'.repeat(100_000)}b=1`)).toEqual(['{"return": {}}'])
  })

  test('verbose, without a terminal', () => {
    const machine = only(
      recording(
        '(QEMU) {"execute": "stop", "arguments": {}}\n{"return": {}}\n(QEMU) {"error": 5}\n(QEMU) \n',
      ),
    )
    expect(said(machine)).toEqual(['command 1 stop', 'return 1 stop', 'problem'])
  })

  test('its log: command and reply in one object, compact or pretty', () => {
    const entry = { execute: 'x', arguments: { a: 1 }, return: { b: 2 } }
    for (const text of [JSON.stringify(entry), JSON.stringify(entry, undefined, 4)]) {
      const out = recording(`${text}\n${text}\n`)
      expect(out).toMatchObject({ format: 'qmp-shell', timesAre: 'made up', problemCount: 0 })
      expect(said(only(out))).toEqual(['command 1 x', 'return 1 x', 'command 2 x', 'return 2 x'])
      expect(texts(only(out)).slice(0, 2)).toEqual([
        '{"execute":"x","arguments":{"a":1}}',
        '{"return":{"b":2}}',
      ])
    }
  })

  test('values as Python prints them', () => {
    expect(pythonToJson(`{u'a': [1, -2.5e3, 'b\\n\\x41\\u00e9\\U0001f4be\\'"'], "c": False}`)).toBe(
      '{"a": [1, -2.5e3, "b\\nAé💾\'\\""], "c": false}',
    )
    expect(pythonToJson('{a}')).toBeUndefined()
    expect(pythonToJson("{'a")).toBeUndefined()
  })
})

describe('logs with marks', () => {
  test('libvirt: two monitors, names, other lines, a message that is cut', () => {
    const out = recording(
      [
        '2022-03-07 10:41:00.900+0000: 1: debug : qemuDomainObjEnterMonitorInternal:9869 : Entering monitor (mon=0x7f0f vm=0x7f76 name=vm-a)',
        '2022-03-07 10:41:00.934+0000: 132549: info : qemuMonitorSend:995 : QEMU_MONITOR_SEND_MSG: mon=0x7f0f msg={"execute":"stop","id":"libvirt-14"}\r',
        ' fd=-1',
        '2022-03-07 10:41:00.934+0000: 1: info : qemuMonitorIOWrite:452 : QEMU_MONITOR_IO_WRITE: mon=0x7f0f buf={"execute":"stop","id":"libvirt-14"}\r',
        ' len=93 ret=93 errno=0',
        '2022-03-07 12:41:00.935+0200: 1: info : qemuMonitorJSONIOProcessLine:235 : QEMU_MONITOR_RECV_EVENT: mon=0x7f0f event={"timestamp": {"seconds": 5, "microseconds": 6}, "event": "STOP"}',
        '2022-03-07 10:41:00.936+0000: 1: info : qemuMonitorJSONIOProcessLine:240 : QEMU_MONITOR_RECV_REPLY: mon=0x7f0f reply={"return": "QEMU_MONITOR_RECV_REPLY: mon=0x1 reply={", "id": "libvirt-14"}',
        '2022-03-07 10:41:00.937+0000: 1: info : q:240 : QEMU_MONITOR_RECV_REPLY: mon=0x9 reply={"return": {}',
      ].join('\n'),
    )
    expect(out).toMatchObject({ format: 'libvirt', timesAre: 'recorded', problemCount: 1 })
    expect(out.problems).toEqual([{ line: 8, why: 'a message that is cut' }])
    expect(out.machines.map(({ id, name }) => [id, name])).toEqual([
      ['0x7f0f', 'vm-a'],
      ['0x9', '0x9'],
    ])
    const [first, second] = out.machines
    expect(first === undefined ? [] : said(first)).toEqual(['command 1 stop', 'event STOP', 'return 1 stop'])
    expect(first?.rows.map(({ row }) => row.at)).toEqual(
      [934, 935, 936].map((ms) => Date.UTC(2022, 2, 7, 10, 41) + ms),
    )
    expect(second === undefined ? [] : said(second)).toEqual(['problem'])
  })

  test('qemu.qmp: many lines to a message, local times put right by the first stamp', () => {
    const at = Date.UTC(2024, 0, 1, 10) / 1000
    const event = `{\n  "timestamp": {\n    "seconds": ${at},\n    "microseconds": 600000\n  },\n  "event": "STOP"\n}`
    const out = recording(
      [
        'DEBUG:asyncio:Using selector: EpollSelector',
        '2024-01-01 04:30:00,123 DEBUG:qemu.qmp.qmp_client.vm1:--> {\n  "execute": "stop",\n  "id": "__qmp#00001"\n}',
        'DEBUG:qemu.qmp.qmp_client.vm1:Draining the outbound queue ...',
        `2024-01-01 04:30:00,623 DEBUG:qemu.qmp.qmp_client.vm1:<-- ${event}`,
        '2024-01-01 04:30:00,723 DEBUG:qemu.qmp.qmp_client.vm1:<-- {\n  "return": {},\n  "id": "__qmp#00001"\n}',
      ].join('\n'),
    )
    expect(out).toMatchObject({ format: 'qemu.qmp', timesAre: 'recorded', problemCount: 0 })
    const machine = only(out)
    expect(machine.name).toBe('vm1')
    expect(said(machine)).toEqual(['command 1 stop', 'event STOP', 'return 1 stop'])
    expect(machine.rows.map(({ row }) => row.at - at * 1000)).toEqual([123, 623, 723])
    expect(texts(machine)[1]).toBe(event)
  })

  test('a trace of QEMU: with times, and without', () => {
    const lines = [
      '2656634@1665750359.529763:handle_qmp_command mon 0x55f9 req: {"execute": "stop"}',
      '2656634@1665750359.529789:monitor_qmp_in_band_enqueue 0x7fba mon 0x55f9 len 0',
      '2656629@1665750359.530166:monitor_qmp_respond mon 0x55f9 resp: {"return": {}}',
    ]
    const out = recording(lines.join('\n'))
    expect(out).toMatchObject({ format: 'qemu-trace', timesAre: 'recorded' })
    expect(only(out).rows.map(({ row }) => row.at)).toEqual([1665750359529.763, 1665750359530.166])
    expect(said(only(out))).toEqual(['command 1 stop', 'return 1 stop'])
    const bare = recording(lines.map((line) => line.replace(/^\d+@[\d.]+:/, '')).join('\n'))
    expect(bare.timesAre).toBe('made up')
    expect(said(only(bare))).toEqual(['command 1 stop', 'return 1 stop'])
  })
})

describe('a stream of objects', () => {
  test('from both sides, pretty and compact, with garbage', () => {
    const out = recording(
      `\ufeff${greeting}\r\n{"execute": "x"}{"return": {}}\n{\n    "event": "}{",\n    "data": {}\n}\nhello {\n{"return": 1, "a\n{"return": 2}\n{"b": `,
    )
    expect(out).toMatchObject({ format: 'json-stream', timesAre: 'made up' })
    expect(said(only(out))).toEqual([
      'event QMP',
      'command 1 x',
      'return 1 x',
      'event }{',
      'problem',
      'problem',
      'problem',
    ])
    expect(texts(only(out)).slice(4)).toEqual(['hello {\n{"return": 1, "a', '{"return": 2}', '{"b":'])
    expect(out.problems).toEqual([
      { line: 7, why: 'no JSON object' },
      { line: 10, why: 'no JSON object' },
    ])
  })

  test('an object that is not closed ends where the next begins in the first column', () => {
    const out = recording('{"return": {\n    "a": {\n\n{"event": "A"}\n{\n    "event": "B"\n}\n')
    expect(said(only(out))).toEqual(['problem', 'event A', 'event B'])
  })

  test('of a guest agent, with its marks', () => {
    const raw = [
      ...bytesOf('{"execute":"guest-sync-delimited","arguments":{"id":7}}\n'),
      0xff,
      ...bytesOf('{"return": 7}\n'),
    ]
    const out = readRecording('agent', Uint8Array.from([0xff, ...raw]))
    if (!out.ok) throw new Error(out.error)
    expect(out.value.problemCount).toBe(0)
    expect(only(out.value)).toMatchObject({ protocol: 'agent', name: 'agent' })
    expect(said(only(out.value))).toEqual(['command 1 guest-sync-delimited', 'return 1 guest-sync-delimited'])
  })

  test('problems are counted, a hundred of them kept', () => {
    const out = recording(`${greeting}\n${'x\n{"a":1}\n'.repeat(200)}`)
    expect(out.problemCount).toBe(400)
    expect(out.problems).toHaveLength(100)
    expect(out.problems.at(-1)).toEqual({ line: 101, why: 'no QMP message' })
  })
})

describe('our own', () => {
  const header = {
    made: 1,
    machines: [{ id: 'a', name: 'A', protocol: 'qmp' as const, version: undefined, schema: 'f00' }],
    note: 'n',
    isRedacted: false,
  }
  const row = {
    kind: 'outcome',
    name: 'x',
    outcome: 'unknown',
    latencyMs: 1,
    seq: 5,
    at: 2,
    bytes: 0,
  } as const
  const line = transcriptLine('b', { ...row, exec: 3 as never }, undefined)

  test('machines of the header and others', () => {
    const out = recording(`${transcriptHeader(header)}\nx\n${line}\n`)
    expect(out).toMatchObject({ format: 'transcript', timesAre: 'recorded', note: 'n', problemCount: 1 })
    expect(out.machines.map(({ id, name, schema, rows }) => [id, name, schema, rows.length])).toEqual([
      ['a', 'A', 'f00', 0],
      ['b', 'b', undefined, 1],
    ])
  })

  test('a part of one, and one of a newer version', () => {
    expect(recording(line)).toMatchObject({ format: 'transcript', problems: [{ line: 1 }] })
    expect(refusal('{"qmp-studio-transcript": 9}\n')).toMatch(/of version 9/)
  })
})

describe('what is not read', () => {
  test.each([
    '',
    '  \n',
    'hello world\n',
    '{"name": "package"}',
    '[1, 2]',
    '(QEMU) \n',
    '\u0000\u0001',
    '--> {',
  ])('%j', (text) => {
    expect(refusal(text)).toMatch(/Expected is a transcript of QMP Studio, .*/)
  })

  test('what is too large', () => {
    const out = readRecording('x', new Uint8Array(2 * 1024 * 1024), 1024 * 1024)
    expect(out).toEqual({ ok: false, error: 'x has 2.0 MiB; a recording may have 1.0 MiB.' })
  })
})

// ── any messages, written as each program writes them, come back ────────────────────────────────────────────────

/** Messages as they come from the wire: printed JSON, without what these logs take for their own. */
const anyMessage = fc
  .tuple(fc.constantFrom('return', 'event', 'error'), anyJson(), fc.boolean())
  .map(([kind, value, isPretty]) => {
    const body: JsonObject =
      kind === 'event'
        ? { event: 'E', data: { value } }
        : kind === 'error'
          ? { error: { class: 'C', desc: 'd', value } }
          : { return: value }
    // Servers write ASCII.
    return printJson(body, isPretty ? { indent: 4 } : {}).replace(/[^\u0000-\u007e]/g, (char) => {
      return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
    })
  })

const command = '{"execute":"x"}'

const writers: Readonly<Record<string, (messages: readonly string[], cuts: readonly number[]) => string>> = {
  libvirt: (messages) =>
    [command, ...messages]
      .map((text) => {
        const mark = text === command ? 'SEND_MSG: mon=0x1 msg' : 'RECV_REPLY: mon=0x1 reply'
        return `2022-03-07 10:41:00.935+0000: 1: info : f:1 : QEMU_MONITOR_${mark}=${text}\r\n fd=-1\n`
      })
      .join(''),
  'qemu.qmp': (messages) =>
    [command, ...messages]
      .map((text) => `DEBUG:qemu.qmp.protocol:${text === command ? '-->' : '<--'} ${text}\nDEBUG:x:chatter\n`)
      .join(''),
  'qemu-trace': (messages) =>
    [command, ...messages]
      .map((text) => {
        const mark = text === command ? 'handle_qmp_command mon 0x1 req' : 'monitor_qmp_respond mon 0x1 resp'
        return `1@1665750359.529763:${mark}: ${text}\n`
      })
      .join(''),
  'json-stream': (messages) => [command, ...messages].join('\r\n'),
  socat: (messages, cuts) => {
    const stream = messages.map((text) => `${text}\r\n`).join('')
    const pieces = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b)
    const sent = { '>': 0, '<': 0 }
    const piece = (sign: '>' | '<', text: string): string => {
      const from = sent[sign]
      sent[sign] += text.length
      const shown = text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r')
      return `${sign} 2026/11/21 14:58:12.065571  length=${text.length} from=${from} to=${sent[sign] - 1}\n${shown}`
    }
    const parts = pieces.slice(1).map((to, index) => stream.slice(pieces[index], to))
    return [piece('>', command), ...parts.filter((part) => part !== '').map((part) => piece('<', part))].join(
      '',
    )
  },
}

test.each(Object.keys(writers))('%s: any messages come back to the byte, in their order', (format) => {
  fc.assert(
    fc.property(
      fc.array(anyMessage, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (messages, cuts) => {
        const out = recording(writers[format]?.(messages, cuts) ?? '')
        expect(out.format).toBe(format)
        expect(out.problemCount).toBe(0)
        expect(texts(only(out))).toEqual([command, ...messages])
        expect(only(out).rows.every(({ text }) => parseJson(text ?? '').ok)).toBe(true)
      },
    ),
    { numRuns: runs(200) },
  )
})

test('any text is read or refused, and never breaks the reader', () => {
  const scrap = fc.constantFrom(
    '(QEMU) ', 'TRANS> ', 'x=1 ', '{', '}', '"', "'", '\\', '\n', '\r', '--> ', '<-- ', '{"return": {}}', '\u001b[0m',
    'QEMU_MONITOR_RECV_REPLY: mon=0x1 reply=', '> 2026/11/21 14:58:12.065571  length=9 from=0 to=1\n', 'transaction(',
    ')', '{"qmp-studio-transcript":1}', '{"machine":"a","seq":1,"direction":', '\u0000', 'é', "{'event': 'X'}", '1@2.000003:',
    'handle_qmp_command mon 0x1 req: ', '__proto__.a=1 ', '2024-99-99 10:00:00,1 ',
  ) // prettier-ignore
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 30 }), (scraps) => {
      const out = readRecording('x', bytesOf(scraps.join('')))
      if (out.ok) expect(out.value.machines.length).toBeGreaterThan(0)
      else expect(out.error).not.toBe('')
    }),
    { numRuns: runs(2000) },
  )
})
