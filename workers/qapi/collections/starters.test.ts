import { describe, expect, it } from 'vitest'
import { loadSchema } from '../testing/load.ts'
import { checkCommand } from './check-commands.ts'
import { parametersOf, readyCommands } from './collection.ts'
import { readCollection, withoutSecrets, writeCollection } from './collection-file.ts'
import { starters } from './starters.ts'

const values = new Map([
  ['file', '/lab/disk.qcow2'],
  ['bus', 'rp0'],
  ['node', 'disk0'],
  ['uri', 'tcp:other:4444'],
])

describe.each(starters)('starter “$name”', (starter) => {
  it('is written and read back as it is, and holds no secret', () => {
    const read = readCollection(writeCollection(starter))
    expect(read).toEqual({ ok: true, value: starter })
    expect(withoutSecrets(starter).collection).toEqual(starter)
  })

  it('describes each parameter that it uses, and uses each that it describes', () => {
    const used = parametersOf(starter)
    expect(used.map((each) => each.name).toSorted()).toEqual(
      starter.parameters.map((each) => each.name).toSorted(),
    )
    expect(used.every((each) => each.description !== '')).toBe(true)
  })

  it.each(['5.2', '7.2', '10.0', '11.1'])('would be taken by QEMU %s', (version) => {
    const schema = loadSchema(`qemu-${version}-x86_64`)
    const ready = readyCommands(starter, values)
    if (!ready.ok) throw new Error(`missing: ${ready.error.missing.join()}`)
    for (const { name, arguments: args, oob } of ready.value) {
      expect(checkCommand(schema, { name, arguments: args, oob }), name).toMatchObject({ verdict: 'works' })
    }
  })
})
