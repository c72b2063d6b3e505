import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '#base/testing/runs.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { anyJson } from '#base/testing/any-json.ts'
import { printQmpShell } from './qmp-shell-print.ts'
import { entitiesOf } from '../model/schema.ts'
import { valuesOf } from '../testing/generate.ts'
import { loadSchema } from '../testing/load.ts'

/**
 * The rules by which qmp-shell reads a line, in Python because they are Python's: int(), json, ast. A key with a dot
 * moves on the object that later keys go to, as in the released versions (`moves`), or does not.
 */
const reader = `
import ast, json, re, sys
class Names(ast.NodeTransformer):
    def visit_Name(self, node):
        known = {'true': True, 'false': False, 'null': None}
        return ast.Constant(value=known[node.id]) if node.id in known else node
def value(text):
    try: return int(text)
    except ValueError: pass
    if text.lower() in ('true', 'false'): return text.lower() == 'true'
    if text[:1] in ('{', '['):
        try: return json.loads(text)
        except ValueError: pass
        try: return ast.literal_eval(Names().visit(ast.parse(text, mode='eval')))
        except (SyntaxError, ValueError): pass
    return text
def command(line, moves):
    words = re.findall(r"""(?:[^\\s"']|"(?:\\\\.|[^"])*"|'(?:\\\\.|[^'])*')+""", line)
    args = {}
    place = args
    for word in words[1:]:
        key, sign, text = word.partition('=')
        assert sign == '='
        steps = key.split('.')
        if not moves: place = args
        for step in steps[:-1]: place = place.setdefault(step, {})
        assert steps[-1] not in place
        place[steps[-1]] = value(text)
    return {'execute': words[0], 'arguments': args}
lines = json.loads(sys.stdin.read())
print(json.dumps([[command(line, True), command(line, False)] for line in lines]))
`

function readLines(lines: readonly string[]): readonly (readonly JsonObject[])[] {
  const out = execFileSync('python3', ['-c', reader], {
    input: JSON.stringify(lines),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const parsed = parseJson(out)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value as unknown as readonly (readonly JsonObject[])[]
}

/** Both as QEMU takes them: a number is an integer or a double. */
function asTaken(value: Json): Json {
  const text = printJson(value)
  if (typeof value === 'number' && !Number.isInteger(value)) return `${value}`
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return (value as readonly Json[]).map(asTaken)
    if (isJsonObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asTaken(each)]))
    // A double that is whole is a number on the way back.
    return Number.isInteger(Number(text)) ? Number(text) : `${Number(text)}`
  }
  return Object.is(value, -0) ? 0 : value
}

test.each(['qemu-5.2-x86_64', 'qemu-7.2-x86_64', 'qemu-10.0-x86_64', 'qemu-11.1-x86_64'])(
  '%s: random arguments of all commands are what qmp-shell reads, or cannot be said',
  (name) => {
    const schema = loadSchema(name)
    const cases = entitiesOf(schema, 'command').flatMap((command) =>
      fc
        .sample(valuesOf(schema, command.argType), { numRuns: runs(12), seed: 12 })
        .map((args) => ({ name: command.name, arguments: isJsonObject(args) ? args : {}, oob: false })),
    )
    const said = cases.flatMap((command) => {
      const line = printQmpShell(command)
      return line.ok ? [{ command, line: line.value }] : []
    })
    expect(said.length).toBeGreaterThan(cases.length / 2)
    const back = readLines(said.map(({ line }) => line))
    said.forEach(({ command, line }, index) => {
      for (const each of back[index] ?? []) {
        const wanted = { execute: command.name, arguments: command.arguments }
        if (!equalJson(asTaken(each), asTaken(wanted)))
          throw new Error(`${line}\n${printJson(each)}\n${printJson(wanted)}`)
      }
    })
  },
)

test('any arguments at all', () => {
  const texts = fc.oneof(
    fc.stringMatching(/^[ "'\\=.{}[\]:0-9_+a-]{0,8}$/),
    fc.constantFrom(
      '٣',
      '1_0',
      ' 5',
      'TRUE',
      '[::1]',
      "[1,'a']",
      '{1}',
      '[None]',
      'a "b c" d',
      '\u0085',
      '"',
      '[(',
    ),
  )
  const values = fc.oneof(anyJson(), texts, fc.dictionary(fc.string(), texts))
  const cases = fc.sample(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('a', 'b-c')), values), {
    numRuns: runs(3000),
    seed: 7,
  })
  const said = cases.flatMap((args) => {
    const line = printQmpShell({ name: 'x', arguments: args, oob: false })
    return line.ok ? [{ args, line: line.value }] : []
  })
  const back = readLines(said.map(({ line }) => line))
  said.forEach(({ args, line }, index) => {
    for (const each of back[index] ?? []) {
      if (!equalJson(asTaken(each), asTaken({ execute: 'x', arguments: args })))
        throw new Error(`${line}\n${printJson(each)}`)
    }
  })
})
