import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { kindOf, kindOfHead } from './file-kind.ts'

const greeting = '{"QMP": {"version": {}, "capabilities": []}}\n'
const schema = '[{"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"}]'

test.each([
  ['our transcript', '{"qmp-studio-transcript": 1, "machines": []}\n', 'recording', true],
  ['messages', `${greeting}{"execute": "stop"}\n{"return": {}}\n`, 'recording', true],
  ['a session of qmp-shell', 'Welcome to the QMP low-level shell!\n(QEMU) stop\n', 'recording', true],
  [
    'a log with more than a schema',
    `${greeting}{"execute": "stop"}\n{"return": ${schema}}`,
    'recording',
    true,
  ],
  [
    'events before the schema',
    `${greeting}{"event": "STOP", "timestamp": {}}\n{"return": ${schema}}`,
    'recording',
    true,
  ],
  ['the schema alone', schema, 'schema', true],
  ['its reply', `{"return": ${schema}}`, 'schema', true],
  [
    'a log of nothing but the schema',
    `<- ${greeting}-> {"execute": "query-qmp-schema"}\n<- {"return": ${schema}}`,
    'schema',
    true,
  ],
  ['a man page', '.\\" Man page\n.TH "QEMU-QMP-REF" 7\n', 'manual', true],
  ['HTML', '\n<!DOCTYPE html>\n<html>', 'manual', true],
  ['a QAPI file', "# -*- Mode: Python -*-\n##\n# @stop:\n##\n{ 'command': 'stop' }\n", 'qapi', true],
  ['a collection', '// mine\n{ "format": "qmp-studio collection", "version": 1 }', 'collection', true],
  ['a single command', '{"execute": "stop"}', 'collection', true],
  ['a Python log', "{'execute': 'stop'}\n{'return': {}}\n", 'recording', true],
  ['notes', 'nothing of the kind', 'recording', false],
  ['numbers', '[1, 2, 3]', 'recording', false],
  ['binary', '\0\u0001\u0002', 'recording', false],
  ['__proto__', '{"__proto__": {"format": "x"}}', 'recording', false],
])('%s', (_, text, kind, isSure) => {
  expect(kindOfHead(new TextEncoder().encode(text), true)).toEqual({ kind, isSure })
})

test('a command at the end of what is looked at is not taken for the whole file', () => {
  expect(kindOfHead(new TextEncoder().encode('{"execute": "stop"}'), false).kind).toBe('recording')
})

test('packed files: the inside decides; a manual is unpacked, a recording by its reader', async () => {
  const pack = (text: string): File => new File([gzipSync(text)], 'x.7.gz')
  const manual = await kindOf(pack('.TH QEMU-QMP-REF 7\n'))
  expect(manual.ok && manual.value.kind).toBe('manual')
  expect(manual.ok && (await manual.value.file.text())).toBe('.TH QEMU-QMP-REF 7\n')
  expect(manual.ok && manual.value.file.name).toBe('x.7')
  const recording = await kindOf(pack(`${greeting}${greeting}`))
  expect(recording.ok && [recording.value.kind, recording.value.file.name]).toEqual(['recording', 'x.7.gz'])
  const bomb = await kindOf(pack(`.TH X 7\n${' '.repeat(2_100_000)}`), 2 * 1024 * 1024)
  expect(bomb).toEqual({ ok: false, error: 'x.7.gz unpacks to more than 2 MiB.' })
  const cut = gzipSync('.TH X 7\n'.repeat(50_000)).subarray(0, 400)
  const damaged = 'cut.gz cannot be unpacked: it is damaged, or was cut off.'
  expect(await kindOf(new File([cut], 'cut.gz'))).toEqual({ ok: false, error: damaged })
  const xz = await kindOf(new File([Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)], 'log.xz'))
  expect(xz).toEqual({ ok: false, error: 'log.xz is packed with xz: unpack it and open what is inside.' })
})
