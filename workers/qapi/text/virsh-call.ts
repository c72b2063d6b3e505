/**
 * Calls of virsh that carry a command of QMP: `qemu-monitor-command DOMAIN …` and `qemu-agent-command DOMAIN …`. What
 * is carried is JSON, a line of the human monitor (`--hmp`), or since libvirt 7.0 the name of a command, with its
 * arguments as JSON with or without their braces.
 *
 *     virsh qemu-monitor-command lab query-named-block-nodes '"flat":true'
 *
 * Source: tools/virsh-domain.c of libvirt, cmdQemuMonitorCommand.
 */
import { isJsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

const withValue = new Set(['--domain', '--timeout', '--cmd', '--pass-fds'])

/** The request that a call carries. The failure is a sentence without an end point. */
export function readVirshCall(words: readonly string[]): Result<Json, string> {
  const which = words.findIndex((each) => each === 'qemu-monitor-command' || each === 'qemu-agent-command')
  if (which < 0) return err('only qemu-monitor-command and qemu-agent-command carry a command of QMP')
  const rest: string[] = []
  let human = false
  let domain = false
  let options = true
  for (let at = which + 1; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const cut = word.startsWith('--') ? word.indexOf('=') : -1
    const name = cut < 0 ? word : word.slice(0, cut)
    if (!options || !word.startsWith('--')) {
      if (domain) rest.push(word)
      else domain = true
    } else if (word === '--') options = false
    else if (withValue.has(name)) {
      const value = cut < 0 ? (words[(at += 1)] ?? '') : word.slice(cut + 1)
      if (name === '--domain') domain = true
      if (name === '--cmd') rest.push(value)
    } else if (word === '--hmp') human = true
  }
  const text = rest.join(' ')
  if (text.trim() === '') return err('it carries no command')
  if (human) return ok({ execute: 'human-monitor-command', arguments: { 'command-line': text } })
  const [first = '', ...more] = rest
  const isNamed = !/^\s*[{[]/.test(first)
  const given = more.join(' ').trim()
  const json = isNamed ? (given === '' || given.startsWith('{') ? given : `{${given}}`) : text
  if (isNamed && !/^[\w.-]{1,200}$/.test(first)) return err('its command is neither JSON nor a name')
  if (json === '') return ok({ execute: first })
  const parsed = parseInput(json)
  if (!parsed.ok) return err(`its ${isNamed ? 'arguments' : 'command'}: ${parsed.error.message}`)
  if (!isNamed) return ok(parsed.value)
  return isJsonObject(parsed.value)
    ? ok({ execute: first, arguments: parsed.value })
    : err('its arguments are no object')
}
