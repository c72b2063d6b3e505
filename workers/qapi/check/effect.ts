/**
 * What a command may do to a machine, for its lock and for the question before something dangerous. The table is
 * effect-table.ts; here are the commands whose arguments decide, and lines that are sent as they are typed.
 * @adr 0039
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput, parseJson } from '#base/json/parse.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { isBuiltIn } from '../model/device-types.ts'
import { effectTable } from './effect-table.ts'
import type { Classed } from './effect-table.ts'
import { forced, humanLineEffect } from './human-effect.ts'

/** `dangerous` and `unknown` carry what will happen, in a sentence for people. */
export type Effect =
  /** `why` says how that is known, after the name of the command. */
  | { readonly kind: 'reads'; readonly why: string }
  | { readonly kind: 'changes' }
  | { readonly kind: 'dangerous'; readonly what: string }
  /** Unclassified: it asks a person, like a dangerous one. */
  | { readonly kind: 'unknown'; readonly what: string }

/** What a command with these arguments may do. An unclassified command is `unknown`. */
export function commandEffect(name: string, args: JsonObject | undefined): Effect {
  if (name === 'human-monitor-command') return humanEffect(args)
  if (name === 'object-add') return objectEffect(args)
  if (name === 'device_add') return deviceEffect(args)
  if (forcible.has(name) && given(args, 'force') === true) return effectOf(forced)
  // Before 6.0: the server of the display moves, or gets another password.
  if (name === 'change' && given(args, 'device') === 'vnc') return effectOf(effectTable.get('display-update'))
  return effectOf(effectTable.get(name))
}

/** Commands that open a tray which the guest has locked, when they are told to. */
const forcible: ReadonlySet<string> = new Set(['eject', 'blockdev-open-tray', 'blockdev-change-medium'])

function effectOf(classed: Classed | undefined): Effect {
  switch (classed?.effect) {
    case undefined:
      return {
        kind: 'unknown',
        what: 'This page does not know what this command does: it may end the guest, lose data or open a door.',
      }
    case 'reads':
      return { kind: 'reads', why: classed.why }
    case 'changes':
      return { kind: 'changes' }
    case 'dangerous':
      return { kind: 'dangerous', what: classed.why }
  }
}

function given(args: JsonObject | undefined, member: string): Json | undefined {
  return own(args, member)
}

function humanEffect(args: JsonObject | undefined): Effect {
  const line = given(args, 'command-line')
  // QEMU refuses it without running anything, but the page must not rely on that guess.
  if (typeof line !== 'string') return effectOf(undefined)
  return effectOf(humanLineEffect(line))
}

/** Objects that use nothing of the host but memory and threads. */
const innerObjects: ReadonlySet<string> = new Set([
  ...[
    'iothread',
    'main-loop',
    'thread-context',
    'throttle-group',
    'memory-backend-ram',
    'memory-backend-memfd',
  ],
  ...[
    'rng-builtin',
    'cryptodev-backend',
    'cryptodev-backend-builtin',
    'can-bus',
    'authz-list',
    'authz-simple',
  ],
  ...['filter-buffer', 'filter-replay', 'tls-cipher-suites'],
])

function objectEffect(args: JsonObject | undefined): Effect {
  const type = given(args, 'qom-type')
  const props = given(args, 'props')
  const inside = props !== undefined && isJsonObject(props) ? props : undefined
  // A secret is read from a file of the host where one is named.
  const isInner =
    type === 'secret'
      ? given(args, 'file') === undefined && given(inside, 'file') === undefined
      : typeof type === 'string' && innerObjects.has(type)
  if (isInner) return { kind: 'changes' }
  return {
    kind: 'dangerous',
    what: 'An object is made that can read or write files of the host, use its devices or open doors to it.',
  }
}

function deviceEffect(args: JsonObject | undefined): Effect {
  const driver = given(args, 'driver')
  if (typeof driver === 'string' && isBuiltIn(driver)) return { kind: 'changes' }
  if (driver === undefined || driver === '')
    return { kind: 'dangerous', what: 'A device is plugged in. Some types use something of the host.' }
  return {
    kind: 'dangerous',
    what: 'A device is plugged in. This type may use something of the host; if its parts are missing here QEMU ends, and the guest with it.',
  }
}

/** A line of the console as the one command that it is. */
export interface LineCommand {
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
}

const envelope: ReadonlySet<string> = new Set(['execute', 'exec-oob', 'arguments', 'id'])

/**
 * The command of a line, where the line is exactly one: standard JSON without anything around it, no member twice, no
 * member that a command does not have. Undefined for any other line, because a server may read more in it than this page does.
 */
export function commandInLine(line: string): LineCommand | undefined {
  const parsed = parseJson(line)
  // Members that are there twice: which of them counts is the server's affair.
  if (!parsed.ok || !parseInput(line).ok || !isJsonObject(parsed.value)) return undefined
  const members = Object.keys(parsed.value)
  if (members.some((each) => !envelope.has(each))) return undefined
  const names = members.filter((each) => each === 'execute' || each === 'exec-oob')
  const name = names.length === 1 ? parsed.value[names[0] ?? ''] : undefined
  const args = given(parsed.value, 'arguments')
  if (typeof name !== 'string' || (args !== undefined && !isJsonObject(args))) return undefined
  return { name, arguments: args, oob: names[0] === 'exec-oob' }
}

/** The control character that makes a server forget an unfinished line. @qmp Server input */
export const parserReset = '\u0001'

/** What a line may do that is sent as it is typed. */
export function lineEffect(line: string): Effect {
  if (line === parserReset) return { kind: 'reads', why: 'makes the server forget an unfinished line' }
  const command = commandInLine(line)
  if (command !== undefined) return commandEffect(command.name, command.arguments)
  return {
    kind: 'unknown',
    what: 'This line is not exactly one command. The server may read several in it, or take what follows for a part of it.',
  }
}
