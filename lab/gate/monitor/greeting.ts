/**
 * The greeting of the gate: that of the machine’s QEMU, with its version and capabilities, and one member more that says
 * what the client may do. Clients that do not know it leave it alone.
 */
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Rights } from '../rights/rights.ts'
import { asciiJson } from './envelope.ts'

/** The commands that the gate answers itself. */
export const ownCommands: readonly string[] = ['x-gate-status', 'x-gate-take']

/** The line for a client. `greeting` is the message of QEMU. */
export function greetingFor(greeting: JsonObject, rights: Rights): string {
  const { QMP: qmp } = greeting
  const members = qmp !== undefined && isJsonObject(qmp) ? qmp : {}
  const gate = { version: 1, rights, commands: ownCommands }
  return `${asciiJson(printJson({ ...greeting, QMP: { ...members, 'x-gate': gate } }))}\r\n`
}
