/**
 * A command as text for other tools: JSON, qmp-shell (if it can be written there), Python, a pipeline into socat, virsh.
 * paste.ts reads all of them.
 */
import { assertNever } from '#base/assert-never.ts'
import { isDecimal } from '#base/json/number.ts'
import { isJsonObject } from '#base/json/value.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { quoteWord } from './posix-shell.ts'
import { printQmpShell } from './qmp-shell-print.ts'
import type { ShellCommand } from './shell-line.ts'

/** The forms of a copy. */
export type CopyKind = 'json' | 'qmp-shell' | 'python' | 'socat' | 'virsh'

/** The kinds in the order to offer them, with their titles. */
export const copyKinds: readonly { readonly kind: CopyKind; readonly title: string }[] = [
  { kind: 'json', title: 'JSON' },
  { kind: 'qmp-shell', title: 'qmp-shell' },
  { kind: 'python', title: 'Python (qemu.qmp)' },
  { kind: 'socat', title: 'Shell (socat)' },
  { kind: 'virsh', title: 'Shell (virsh)' },
]

/** For which machine. `socket` is the path of its unix socket on its host; if unknown, a placeholder is written. */
export interface CopyContext {
  readonly machineName: string
  readonly socket?: string
  /** Default `qmp`. A guest agent does not negotiate. */
  readonly protocol?: 'qmp' | 'agent'
}

const unknownSocket = '/path/to/qmp.sock'

/** Why a command cannot be copied as that, a sentence; undefined where it can. */
export function cannotCopyAs(kind: CopyKind, command: ShellCommand): string | undefined {
  if (kind !== 'qmp-shell') return undefined
  const line = printQmpShell(command)
  return line.ok ? undefined : line.error
}

/** The text of a command, ready to be run where it goes. Words for a shell are quoted for a POSIX shell. */
export function copyAs(kind: CopyKind, command: ShellCommand, context: CopyContext): string {
  switch (kind) {
    case 'json':
      return request(command)
    case 'qmp-shell': {
      const line = printQmpShell(command)
      return line.ok ? line.value : `# ${line.error}`
    }
    case 'python':
      return pythonScript(command, context)
    case 'socat':
      return socatLine(command, context)
    case 'virsh': {
      const verb = context.protocol === 'agent' ? 'qemu-agent-command' : 'qemu-monitor-command'
      return `virsh ${verb} ${quoteWord(context.machineName)} --pretty ${quoteWord(request(command))}`
    }
    default:
      return assertNever(kind)
  }
}

/** The request as it goes over the wire, on one line and without an id. */
function request({ name, arguments: args, oob }: ShellCommand): string {
  return printJson({
    [oob ? 'exec-oob' : 'execute']: name,
    ...(args === undefined ? {} : { arguments: args }),
  })
}

/** The pause keeps the connection open until the reply is there: at the end of its input socat closes it. */
function socatLine(command: ShellCommand, context: CopyContext): string {
  const negotiation: JsonObject = command.oob
    ? { execute: 'qmp_capabilities', arguments: { enable: ['oob'] } }
    : { execute: 'qmp_capabilities' }
  const messages = [...(context.protocol === 'agent' ? [] : [printJson(negotiation)]), request(command)]
  // To socat a comma ends an address, and some others have a meaning.
  const path = (context.socket ?? unknownSocket).replace(/[\\,:!"'([{]/g, '\\$&')
  const written = messages.map(quoteWord).join(' ')
  return `(printf '%s\\n' ${written}; sleep 1) | socat - ${quoteWord(`UNIX-CONNECT:${path}`)}`
}

function pythonScript({ name, arguments: args, oob }: ShellCommand, context: CopyContext): string {
  const given = [
    printJson(name),
    ...(args === undefined ? [] : [pythonArguments(args)]),
    ...(oob ? ['oob=True'] : []),
  ].join(', ')
  const isAgent = context.protocol === 'agent'
  return [
    'import asyncio',
    'import json',
    '',
    'from qemu.qmp import QMPClient',
    '',
    '',
    'async def main():',
    `    qmp = QMPClient(${printJson(context.machineName)})`,
    ...(isAgent ? ['    qmp.await_greeting = False', '    qmp.negotiate = False'] : []),
    `    await qmp.connect(${printJson(context.socket ?? unknownSocket)})`,
    '    try:',
    `        reply = await qmp.execute(${given})`,
    '        print(json.dumps(reply, indent=2))',
    '    finally:',
    '        await qmp.disconnect()',
    '',
    '',
    'asyncio.run(main())',
    '',
  ].join('\n')
}

function pythonArguments(args: JsonObject): string {
  const line = pythonLiteral(args, '', '')
  return line.length <= 60 ? line : pythonLiteral(args, '    ', '        ')
}

/** A value as Python writes it. The escapes of JSON's strings are Python's too. */
function pythonLiteral(value: Json, indent: string, margin: string): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((each) => pythonLiteral(each, indent, margin + indent))
    return bracketed('[', items, ']', indent, margin)
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([name, each]) => `${printJson(name)}: ${pythonLiteral(each, indent, margin + indent)}`,
    )
    return bracketed('{', members, '}', indent, margin)
  }
  // -0 would be the integer 0 to Python.
  if (!isDecimal(value) && Object.is(value, -0)) return '-0.0'
  return printJson(value)
}

function bracketed(
  open: string,
  parts: readonly string[],
  close: string,
  indent: string,
  margin: string,
): string {
  if (parts.length === 0) return open + close
  if (indent === '') return `${open}${parts.join(', ')}${close}`
  return `${open}\n${parts.map((each) => `${margin}${indent}${each},\n`).join('')}${margin}${close}`
}
