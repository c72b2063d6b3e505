import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { readSchemaFile } from './schema-file.ts'

const file = readFileSync(
  new URL('../../../public/schemas/qemu-storage-daemon-7.2.json', import.meta.url),
  'utf8',
)
const parsed = JSON.parse(file) as { return?: unknown[] } | unknown[]
const list = Array.isArray(parsed) ? parsed : (parsed.return ?? [])
const reply = JSON.stringify({ return: list, id: 7 })
const pretty = JSON.stringify({ return: list }, null, 4)
const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}'

describe('every form that people have it in', () => {
  test.each([
    ['the array alone', JSON.stringify(list), 'array'],
    ['the array, pretty-printed', JSON.stringify(list, null, 2), 'array'],
    ['a whole reply', reply, 'reply'],
    ['with a byte-order mark', `\ufeff${reply}\n`, 'reply'],
    ['a transcript of lines', `${greeting}\r\n{"return": {}}\r\n${reply}\r\n`, 'transcript'],
    [
      'a transcript with arrows',
      `<- ${greeting}\n-> {"execute": "query-qmp-schema"}\n<- ${reply}\n`,
      'transcript',
    ],
    [
      'pretty-printed after other text',
      `Welcome {to} "QMP\n(QEMU) query-qmp-schema\n${pretty}\n(QEMU) `,
      'transcript',
    ],
  ])('%s', (_name, text, found) => {
    const read = readSchemaFile(text)
    expect(read.ok ? '' : read.error).toBe('')
    expect(read).toMatchObject({ ok: true, value: { found } })
    if (read.ok) expect(read.value.schema.entities).toHaveLength(list.length)
  })
})

describe('anything else is said in a sentence', () => {
  test.each([
    ['nothing', '  \n', 'empty'],
    ['a binary file', '\u007fELF\0\0\0', 'binary'],
    ['prose', 'Dear all,\nthe build is green.\n', 'neither JSON nor a transcript'],
    ['other JSON', '{"a": 1}', 'no schema'],
    ['an error reply', '{"error": {"class": "GenericError", "desc": "no"}}', 'error reply'],
    ['an array of other things', '[1, 2]', 'not a schema'],
    ['truncated', reply.slice(0, 5000), 'cut off'],
    ['broken', '[{"name": "a", "meta-type": "event", "arg-type": 0x}]', 'line 1, column 50'],
    ['a reply cut off in a transcript', `${greeting}\n${reply.slice(0, 5000)}\n{"return": {}}\n`, 'line 2'],
  ])('%s', (_name, text, why) => {
    const read = readSchemaFile(text)
    expect(read.ok ? '' : read.error).toContain(why)
  })

  test('hostile files: names that are members of objects, markup, arrays of themselves, deep nesting', () => {
    const hostile = readSchemaFile(
      JSON.stringify([
        JSON.parse(
          '{"name": "__proto__", "meta-type": "object", "members": [{"name": "__proto__", "type": "constructor"}]}',
        ),
        {
          name: '<img src=x onerror=alert(1)>',
          'meta-type': 'command',
          'arg-type': '__proto__',
          'ret-type': '[0]',
        },
        { name: '[0]', 'meta-type': 'array', 'element-type': '[0]' },
        { name: 'constructor', 'meta-type': 'alternate', members: [{ type: 'constructor' }] },
      ]),
    )
    expect(hostile.ok).toBe(true)
    expect(Object.prototype).not.toHaveProperty('name')
    expect(readSchemaFile('['.repeat(1_000_000)).ok).toBe(false)
    expect(readSchemaFile('{"a":'.repeat(300_000)).ok).toBe(false)
    expect(readSchemaFile('{ "\n'.repeat(100_000)).ok).toBe(false)
  })

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', '\n', 'meta-type', 'return', ':', ','),
          maxLength: 300,
        }),
        (text) => {
          const read = readSchemaFile(text)
          expect(read.ok ? '' : read.error.length > 0).not.toBe(false)
        },
      ),
      { numRuns: runs(500) },
    )
  })
})
