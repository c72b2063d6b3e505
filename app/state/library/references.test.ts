import { expect, test, vi } from 'vitest'
import { ok } from '#base/result.ts'
import { buildSchema } from '#qapi/model/schema.ts'
import type { Reference } from '#qapi/reference/reference.ts'
import { createApp } from '../app.svelte.ts'
import type { App } from '../app.svelte.ts'
import type { SchemaState } from '../machine/schema-state.ts'
import { fakeBrowser } from '../testing/browser.ts'

const raw = [
  { name: 'query-status', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
  { name: '0', 'meta-type': 'object', members: [] },
]

/** An app beside which a manual lies, a schema, and how often the manual was asked for. */
function begin(): { app: App; state: SchemaState; listed: () => number } {
  const list = vi.fn(() =>
    JSON.stringify({ manuals: [{ of: 'qemu', file: 'manuals/qemu.7', version: '7.2.1' }] }),
  )
  const browser = fakeBrowser({ 'manuals.json': list, 'manuals/qemu.7': () => 'text' })
  const reference = { form: 'man', title: 'QMP', version: '7.2.1', definitions: [] } as unknown as Reference
  const app = createApp({
    ...browser,
    reader: {
      ...browser.reader,
      forgetReference: () => undefined,
      readReference: () => Promise.resolve(ok(reference)),
      hasReference: () => Promise.resolve(true),
      nameTypes: () =>
        Promise.resolve(ok({ names: new Map<string, string>(), disagreements: [], isSame: true })),
    },
  })
  const schema = buildSchema(raw)
  if (!schema.ok) throw new Error(schema.error)
  return { app, state: { kind: 'ready', schema: schema.value, raw }, listed: () => list.mock.calls.length }
}

test('to look at a schema asks for nothing; to load its texts does, once', async () => {
  const { app, state, listed } = begin()
  const { references } = app
  expect(references.joined(state)).toBe(state)
  expect(app.recorded.stateOf('qemu-7.2-x86_64')).toEqual({ kind: 'none' })
  await Promise.resolve()
  expect(listed()).toBe(0)
  await Promise.all([references.load(state, '7.2.0'), references.load(state, '7.2.0')])
  expect(listed()).toBe(1)
  const joined = references.joined(state)
  if (joined.kind !== 'ready') throw new Error('it is not there')
  expect(references.isReading(joined.schema)).toBe(false)
  expect(references.fitOf(joined.schema)).toMatchObject({ isSame: true, manualVersion: '7.2.1' })
})

test('without a manual that is left, a schema is plain again', async () => {
  const { app, state } = begin()
  await app.references.load(state, '7.2.0')
  expect(app.references.joined(state)).not.toBe(state)
  const [manual] = app.manualShelf.of('qemu')
  if (manual === undefined) throw new Error('there is none')
  await app.manualShelf.remove(manual)
  expect(app.references.joined(state)).toBe(state)
})
