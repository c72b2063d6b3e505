import { expect, test } from 'vitest'
import { buildSchema } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { LearnedWidths } from '#state/machine/learned-widths.svelte.ts'
import { fakeBrowser } from '#state/testing/browser.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import { beginDraft, CommandDraft } from './command-draft.svelte.ts'

const raw = [
  { name: 'resize', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0' },
  { name: 'stop', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0', 'allow-oob': true },
  { name: '0', 'meta-type': 'object', members: [] },
  {
    name: '1',
    'meta-type': 'object',
    members: [
      { name: 'node', type: 'str' },
      { name: 'size', type: 'int' },
      { name: 'force', type: 'bool', default: null },
    ],
  },
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
  { name: 'bool', 'meta-type': 'builtin', 'json-type': 'boolean' },
]

function schemaOf(): Schema {
  const built = buildSchema(raw)
  if (!built.ok) throw new Error(built.error)
  return built.value
}

const schema = schemaOf()

/** A draft with these arguments in its address, and how often it was edited. */
function draftOf(name: string, given?: string, machine?: Machine): { draft: CommandDraft; edits: number } {
  const self = { edits: 0, draft: undefined as unknown as CommandDraft }
  const begun = beginDraft(schema, name, given, undefined)
  const learned = new LearnedWidths(fakeBrowser().page)
  const of = { name, own: schema, schema, fingerprint: '', machine, learned }
  self.draft = new CommandDraft(of, begun, () => (self.edits += 1))
  return self
}

test('an empty form is not finished, says so once for each member, and would send nothing', () => {
  const { draft } = draftOf('resize')
  expect(draft.leads).toBe('form')
  expect(draft.isSendable).toBe(false)
  expect(draft.wire).toBeUndefined()
  const paths = draft.issues.map((each) => each.path)
  expect(paths).toEqual([...new Set(paths)])
  expect(paths).toContain('size')
})

test('the address fills the form; the text is another view of the same value', () => {
  const { draft } = draftOf('resize', '{"node":"n0","size":1024}')
  expect(draft.leads).toBe('form')
  expect(draft.wire).toBe('{"execute":"resize","arguments":{"node":"n0","size":1024}}')
  expect(JSON.parse(draft.text)).toEqual({ node: 'n0', size: 1024 })
  expect(draft.issues).toEqual([])
})

test('an address that was cut off is shown as text with what is wrong with it', () => {
  const { draft } = draftOf('resize', '{"node":"n0","si')
  expect(draft.text).toBe('{"node":"n0","si')
  expect(draft.isBroken).toBe(true)
  expect(draft.isSendable).toBe(false)
  expect(draft.issues[0]?.message).toMatch(/^Line 1, column /)
  // What was typed so far counts for what follows from it.
  expect(draft.soFar).toMatchObject({ node: 'n0' })
})

test('text that is typed leads, and moves into the form; the form leads again once it is edited', () => {
  const self = draftOf('resize')
  const { draft } = self
  draft.editText('{"node": "n1", "size": 5')
  expect(draft.leads).toBe('text')
  expect(draft.isBroken).toBe(true)
  draft.editText('{"node": "n1", "size": 5}')
  expect(draft.isBroken).toBe(false)
  expect(draft.value).toEqual({ node: 'n1', size: 5 })
  draft.edit(draft.node)
  expect(draft.leads).toBe('form')
  expect(draft.value).toEqual({ node: 'n1', size: 5 })
  expect(self.edits).toBe(3)
})

test('unfinished text is put aside by the form, and leads again when it is asked for', () => {
  const { draft } = draftOf('resize', '{"node":"n0","size":5}')
  draft.editText('{"node": "n1", "si')
  draft.edit(draft.node)
  expect(draft.aside).toBe('{"node": "n1", "si')
  // Another one does not take its place.
  draft.editText('{"node": "n2", "si')
  draft.edit(draft.node)
  expect(draft.aside).toBe('{"node": "n2", "si')
  draft.discardAside()
  expect(draft.aside).toBe('{"node": "n1", "si')
  draft.editText('{')
  draft.takeUpAside()
  expect(draft.text).toBe('{"node": "n1", "si')
  expect(draft.leads).toBe('text')
  expect(draft.aside).toBe('{')
  // A whole text is in the form: nothing is put aside.
  draft.discardAside()
  draft.editText('{"node": "n1", "size": 1}')
  draft.edit(draft.node)
  expect(draft.aside).toBeUndefined()
})

test('wrong arguments can be sent all the same, with a message at the field', () => {
  const { draft } = draftOf('resize', '{"node":"n0","size":"big"}')
  draft.editText('{"node":"n0","size":"big"}')
  expect(draft.isSendable).toBe(true)
  expect(draft.problems.get('size')).toBeDefined()
  expect(draft.wire).toContain('"size":"big"')
})

test('a whole request in the place of arguments is known as one', () => {
  const { draft } = draftOf('resize')
  draft.editText('{"execute": "stop"}')
  expect(draft.request).toEqual({ name: 'stop', args: {} })
  draft.editText('{"execute": "nothing-like-it"}')
  expect(draft.request).toBeUndefined()
})

test('no arguments are sent where none are given; out-of-band where it was negotiated', () => {
  const machine = (oob: boolean): Machine => ({ hasOob: oob }) as unknown as Machine
  const { draft } = draftOf('stop', undefined, machine(true))
  expect(draft.wire).toBe('{"execute":"stop"}')
  draft.wantsOob = true
  expect(draft.oob).toBe(true)
  expect(draft.wire).toBe('{"exec-oob":"stop"}')
  const other = draftOf('stop', undefined, machine(false)).draft
  other.wantsOob = true
  expect(other.oob).toBe(false)
  // What is shown is what would be sent.
  expect(other.wire).toBe('{"execute":"stop"}')
  expect(other.whyNotOob).toBe('the connection did not negotiate it')
  expect(draftOf('resize', undefined, machine(true)).draft.whyNotOob).toBe('this command does not allow it')
})

test('tidying up says what it did, until the text changes', () => {
  const { draft } = draftOf('resize')
  draft.editText("{'node': 'n0', \"size\": 5,}")
  draft.tidy()
  expect(draft.text).toBe('{\n  "node": "n0",\n  "size": 5\n}')
  expect(draft.tidied).toMatchObject({ isError: false, words: 'Tidied up. A comma too many taken away.' })
  draft.tidy()
  expect(draft.tidied?.words).toBe('It is tidy.')
  draft.editText('{"node": ')
  expect(draft.tidied).toBeUndefined()
  draft.tidy()
  expect(draft.tidied?.isError).toBe(true)
})

test('what QEMU said stands at its field until the arguments change', () => {
  const { draft } = draftOf('resize', '{"node":"n0","size":5}')
  const desc = "Invalid parameter type for 'size', expected: integer"
  draft.takeResult(draft.subject(), {
    kind: 'failed',
    exec: 1,
    error: { class: 'GenericError', desc },
    latencyMs: 1,
  } as unknown as Parameters<CommandDraft['takeResult']>[1])
  expect(draft.said?.how).toBe('sent')
  expect(draft.problems.get('size')).toBe(`QEMU: ${desc}`)
  draft.editText('{"node":"n0","size":6}')
  expect(draft.said).toBeUndefined()
  expect(draft.problems.size).toBe(0)
})
