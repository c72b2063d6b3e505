/** What is copied for shells and for Python, read by a real shell and a real Python. */
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { equalJson } from '#base/json/equal.ts'
import { parseJson } from '#base/json/parse.ts'
import { copyAs } from './copy-as.ts'
import { quoteWord } from './posix-shell.ts'

/** What a real shell makes of words: one a line, as JSON would be too long. */
function shellWords(script: string): readonly string[] {
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\u0001').slice(0, -1)
}

const texts = ["it's", '$HOME `id` "x" \\', 'a\nb', 'größe 😀', '', '-n', '~', '*', '!x', '#a', 'a=b', "'''"]

it('words are what they were to sh', () => {
  const line = texts.map(quoteWord).join(' ')
  expect(shellWords(`printf '%s\\001' ${line}`)).toEqual(texts)
})

it('the line for virsh gives virsh its words', () => {
  for (const text of texts) {
    const command = { name: 'human-monitor-command', arguments: { 'command-line': text }, oob: false }
    const line = copyAs('virsh', command, { machineName: `vm ${text}` })
    const words = shellWords(`virsh() { printf '%s\\001' "$@"; }; ${line}`)
    expect(words).toEqual([
      'qemu-monitor-command',
      `vm ${text}`,
      '--pretty',
      copyAs('json', command, { machineName: '' }),
    ])
  }
})

it('the line for socat writes the negotiation and the request', () => {
  for (const text of texts) {
    const command = { name: 'x', arguments: { text }, oob: true }
    const line = copyAs('socat', command, { machineName: 'vm', socket: "/run/a b,c'd.sock" })
    const script = `sleep() { :; }; socat() { cat; printf '%s\\001' "$@"; }; ${line}`
    const [first = '', last] = shellWords(script)
    expect(first).toBe(
      `{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}\n${copyAs('json', command, { machineName: '' })}\n-`,
    )
    expect(last).toBe("UNIX-CONNECT:/run/a b\\,c\\'d.sock")
  }
})

it('a Python script is whole and Python reads it', () => {
  const command = {
    name: 'blockdev-add',
    arguments: {
      driver: 'qcow2',
      'read-only': true,
      big: 18446744073709551615n,
      none: null,
      file: { driver: 'file', filename: 'it\'s \\ "x" größe\n' },
    },
    oob: true,
  }
  const script = copyAs('python', command, { machineName: 'vm', socket: '/x y.sock' })
  // A stand-in for the library notes what it is asked.
  const standIn = [
    'import sys, types, json',
    'class QMPClient:',
    '    def __init__(self, name): pass',
    '    async def connect(self, path): print(path)',
    '    async def execute(self, name, args=None, oob=False): print(json.dumps([name, args, oob])); return {}',
    '    async def disconnect(self): print("over")',
    'module = types.ModuleType("qemu.qmp"); module.QMPClient = QMPClient',
    'sys.modules["qemu"] = types.ModuleType("qemu"); sys.modules["qemu.qmp"] = module',
    'exec(compile(sys.stdin.read(), "script", "exec"))',
  ].join('\n')
  const said = execFileSync('python3', ['-c', standIn], { input: script, encoding: 'utf8' }).split('\n')
  expect(said[0]).toBe('/x y.sock')
  const asked = parseJson(said[1] ?? '')
  expect(asked.ok && equalJson(asked.value, [command.name, command.arguments, true])).toBe(true)
  expect(said.slice(2)).toEqual(['{}', 'over', ''])
})
