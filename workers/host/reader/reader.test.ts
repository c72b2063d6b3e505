import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, describe, expect, test } from 'vitest'
import type { ReferenceFile } from '#api/reader.ts'
import { layOut } from '../layout/layout.ts'
import { createReader } from './reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'qmp-studio-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string | Uint8Array): ReferenceFile => ({
  name,
  bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
})

const schema = [
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: '0', 'meta-type': 'object', members: [] },
  { name: 'go', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
  { name: '1', 'meta-type': 'object', members: [{ name: 'where', type: 'str' }] },
]

function archive(...options: string[]): Uint8Array {
  mkdirSync(join(folder, 'qemu-1', 'qapi'), { recursive: true })
  writeFileSync(join(folder, 'qemu-1', 'README'), 'x'.repeat(10_000))
  writeFileSync(join(folder, 'qemu-1', 'qapi', 'qapi-schema.json'), "{ 'include': 'go.json' }\n")
  writeFileSync(
    join(folder, 'qemu-1', 'qapi', 'go.json'),
    "{ 'struct': 'Goal', 'data': { 'where': 'str' } }\n{ 'command': 'go', 'data': 'Goal' }\n",
  )
  const done = spawnSync('tar', [...options, '-cf', join(folder, 'q.tar'), '-C', folder, 'qemu-1'])
  if (done.status !== 0) throw new Error(done.stderr.toString())
  return readFileSync(join(folder, 'q.tar'))
}

const zip = (): Uint8Array =>
  zipSync({
    'q/qapi/go.json': file(
      '',
      "{ 'struct': 'Goal', 'data': { 'where': 'str' } }\n{ 'command': 'go', 'data': 'Goal' }\n",
    ).bytes,
    'q/other.json': file('', '{').bytes,
  })

describe('the reader of references', () => {
  test.each([
    ['a tar', archive],
    ['a compressed tar', () => archive('-z')],
    ['a zip', zip],
  ])('%s of schema files names the types of a schema', async (_name, make) => {
    const reader = createReader()
    const read = await reader.read('k', [file('q.tar.gz', make())])
    expect(read.ok ? '' : read.error).toBe('')
    expect(read).toMatchObject({
      ok: true,
      value: { form: 'qapi', definitions: [{ name: 'Goal' }, { name: 'go' }] },
    })
    const names = await reader.names('k', schema, undefined)
    expect(names.ok ? Object.fromEntries(names.value.names) : names.error).toEqual({ '1': 'Goal' })
  })

  test('files one by one, and a manual', async () => {
    const reader = createReader()
    const one = await reader.read('a', [file('a.json', "{ 'struct': 'A', 'data': {} }"), file('b.json', '')])
    expect(one).toMatchObject({ ok: true, value: { form: 'qapi' } })
    const manual = await reader.read('m', [
      file('x.7', '.TH X 7\n.SH Y\n.SS \\fBgo\\fP (Command)\n.sp\nGoes.\n'),
    ])
    expect(manual).toMatchObject({ ok: true, value: { form: 'man' } })
  })

  test('a name by structure is given by a reference of the same version only, as said or as its interface shows', async () => {
    const asks = { name: 'ask', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '2' }
    const found = { name: '2', 'meta-type': 'object', members: [{ name: 'what', type: 'str' }] }
    const own = [...schema, asks, found]
    const later = [...own, { name: 'more', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' }]
    const reader = createReader()
    await reader.read('k', [
      file(
        'a.json',
        "{ 'struct': 'Goal', 'data': { 'where': 'str' } }\n{ 'command': 'go', 'data': 'Goal' }\n{ 'struct': 'Found', 'data': { 'what': 'str' } }\n{ 'command': 'ask' }\n",
      ),
      file('b.json', ''),
    ])
    const both = { '1': 'Goal', '2': 'Found' }
    // By position: `go` takes it, of whatever version the reference is.
    const byPosition = { '1': 'Goal' }
    for (const [raw, isSame, expected] of [
      [own, true, both],
      [own, undefined, both],
      [own, false, byPosition],
      [later, undefined, byPosition],
      [later, false, byPosition],
    ] as const) {
      const names = await reader.names('k', raw, isSame)
      expect(names.ok ? Object.fromEntries(names.value.names) : names.error).toEqual(expected)
      expect(names.ok && names.value.isSame).toBe(expected === both)
    }
  })

  test('a file that is no manual is reported', async () => {
    const reader = createReader()
    expect(await reader.names('never read', schema, true)).toMatchObject({ ok: false })
    for (const [content, why] of [
      [new Uint8Array([0x1f, 0x8b, 1, 2, 3]), 'cannot be unpacked'],
      [file('', `${'\0'.repeat(257)}ustar${'\0'.repeat(300)}`).bytes, 'no tar archive'],
      [new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'compressed with xz: unpack it'],
      [zip().subarray(0, 60), 'cannot be unpacked'],
      [file('', 'nothing').bytes, 'no reference manual'],
    ] as const) {
      const read = await reader.read('k', [file('x', content)])
      expect(read.ok ? '' : read.error).toContain(why)
    }
    expect(await reader.read('k', [])).toMatchObject({ ok: false })
  })
})

test('a layout puts the type that is pointed to on the right, and no card on another', () => {
  const cards = ['a', 'b', 'c', 'd'].map((id) => ({ id, width: 100, height: 50 }))
  const done = layOut({
    cards,
    edges: [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'c', to: 'd' },
      { from: 'd', to: 'd' },
    ],
  })
  if (!done.ok) throw new Error(done.error)
  const places = new Map(done.value.places.map((each) => [each.id, each]))
  const x = (id: string): number => places.get(id)?.x ?? Number.NaN
  expect(x('b')).toBeGreaterThan(x('a') + 100)
  expect(x('d')).toBeGreaterThan(x('c') + 100)
  for (const one of done.value.places) {
    for (const other of done.value.places) {
      if (one.id >= other.id) continue
      expect(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 50).toBe(true)
    }
  }
})
