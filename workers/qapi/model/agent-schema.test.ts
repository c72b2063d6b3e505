import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { agentSchema } from './agent-schema.ts'
import { readQapi } from '../reference/lang/read-qapi.ts'
import { commandOf, labelOf, membersFor } from './schema.ts'
import { validate } from '../check/validate.ts'

const text = gunzipSync(readFileSync('/usr/share/doc/qemu-guest-agent/qapi-schema.json.gz')).toString('utf8')
const reference = readQapi(new Map([['qapi-schema.json', text]]))
if (!reference.ok) throw new Error(reference.error)

describe('a guest agent as a schema', () => {
  const made = agentSchema(reference.value, {
    version: '7.2.0',
    supported_commands: [
      { name: 'guest-file-open', enabled: true, 'success-response': true },
      { name: 'guest-shutdown', enabled: true, 'success-response': false },
      { name: 'guest-get-fsinfo', enabled: false, 'success-response': true },
      { name: 'guest-from-the-future', enabled: true, 'success-response': true },
      { nonsense: true },
    ],
  })
  if (!made.ok) throw new Error(made.error)
  const { schema } = made.value

  test('has the commands that the agent lists, with what it says of them', () => {
    expect(schema.issues).toEqual([])
    const commands = schema.entities.filter((each) => each.kind === 'command')
    expect(commands.map((each) => [each.name, each.features])).toEqual([
      ['guest-file-open', []],
      ['guest-shutdown', ['no-success-reply']],
      ['guest-get-fsinfo', ['disabled']],
      ['guest-from-the-future', []],
    ])
  })

  test('arguments are checked, real names are shown, what is unknown takes anything', () => {
    const open = commandOf(schema, 'guest-file-open')
    expect(validate(schema, open?.argType ?? '', { path: '/etc/hosts' })).toEqual([])
    expect(validate(schema, open?.argType ?? '', { mode: 'r' })).toMatchObject([{ path: 'path' }])
    const info = commandOf(schema, 'guest-get-fsinfo')
    expect(labelOf(schema, info?.retType ?? '')).toBe('array of GuestFilesystemInfo')
    expect(membersFor(schema, 'GuestFilesystemInfo', undefined).map((each) => each.name)).toContain(
      'mountpoint',
    )
    const future = commandOf(schema, 'guest-from-the-future')
    expect(validate(schema, future?.argType ?? '', { any: ['thing'] })).toEqual([])
    expect(schema.definitions.get('guest-file-open')?.doc.length).toBeGreaterThan(0)
  })

  test('what is no guest-info is said', () => {
    const failed = agentSchema(reference.value, { version: '1' })
    expect(failed.ok ? '' : failed.error).toContain('supported_commands')
  })
})
