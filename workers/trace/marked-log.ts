/**
 * Logs of programs that put a mark before every QMP message, among lines of other things:
 *
 *     libvirt     2022-03-07 10:41:00.934+0000: 132549: info : qemuMonitorSend:995 : QEMU_MONITOR_SEND_MSG: mon=0x7f0f msg={…}
 *                 … QEMU_MONITOR_RECV_REPLY: mon=0x7f0f reply={…}      … QEMU_MONITOR_RECV_EVENT: mon=0x7f0f event={…}
 *     qemu.qmp    DEBUG:qemu.qmp.qmp_client.NAME:--> {…}      DEBUG:qemu.qmp.qmp_client.NAME:<-- {…}
 *     QEMU        2656634@1665750359.529763:handle_qmp_command mon 0x55f9 req: {…}      … monitor_qmp_respond mon 0x55f9 resp: {…}
 *
 * A message may go over many lines; lines without a mark are left out. Sources: src/qemu/qemu_monitor.c and
 * qemu_monitor_json.c of libvirt, python/qemu/qmp/protocol.py and monitor/trace-events of QEMU.
 */
import type { BareMessage } from './assemble.ts'
import { lineCounter, objectEnd } from './json-stream.ts'

/** How one program marks messages. */
export interface MarkedFormat {
  readonly format: 'libvirt' | 'qemu.qmp' | 'qemu-trace'
  /** Ends where the message begins. Group 1 says the direction, group 2 the machine. */
  readonly mark: RegExp
  readonly sent: string
}

/** The formats that are known. */
export const markedFormats: readonly MarkedFormat[] = [
  {
    format: 'libvirt',
    mark: /QEMU_MONITOR_(SEND_MSG|RECV_REPLY|RECV_EVENT): mon=(\S+) (?:msg|reply|event)=(?=\{)/g,
    sent: 'SEND_MSG',
  },
  {
    format: 'qemu-trace',
    mark: /\b(handle_qmp_command|monitor_qmp_respond) mon (\S+) (?:req|resp): (?=\{)/g,
    sent: 'handle_qmp_command',
  },
  { format: 'qemu.qmp', mark: /(-->|<--) (?=\{)/g, sent: '-->' },
]

/** One machine of a log. */
export interface MarkedMachine {
  readonly id: string
  /** The name that the log gives it. */
  readonly name: string | undefined
  readonly messages: (BareMessage & { readonly line: number })[]
}

/** What a log holds. */
export interface MarkedLog {
  /** In the order in which they are first spoken of. */
  readonly machines: readonly MarkedMachine[]
  /** The times are in a time zone that the log does not tell, read as UTC. */
  readonly isLocalTime: boolean
  /** Messages that are cut: the line, from 1. */
  readonly cut: readonly number[]
}

/** Read a log of that format. Linear: what is inside of messages is not searched for marks. */
export function readMarkedLog(text: string, { format, mark, sent }: MarkedFormat): MarkedLog {
  const machines = new Map<string, MarkedMachine>()
  const names = format === 'libvirt' ? libvirtNames(text) : new Map<string, string>()
  const lineOf = lineCounter(text)
  const cut: number[] = []
  let isLocalTime = false
  const search = new RegExp(mark)
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    const from = search.lastIndex
    const end = objectEnd(text, from)
    // Before the mark, on its line. No prefix is that long.
    const before = text.slice(Math.max(0, found.index - 300), found.index)
    const prefix = before.slice(before.lastIndexOf('\n') + 1)
    const time = logTime(prefix)
    if (time?.isLocal === true) isLocalTime = true
    const logger = format === 'qemu.qmp' ? loggerName(prefix) : undefined
    const id = found[2] ?? logger ?? 'recorded'
    let machine = machines.get(id)
    if (machine === undefined) {
      machine = { id, name: logger ?? names.get(id), messages: [] }
      machines.set(id, machine)
    }
    const line = lineOf(found.index)
    const lineEnd = text.indexOf('\n', from)
    const to = end > 0 ? end : lineEnd < 0 ? text.length : lineEnd
    if (end < 0) cut.push(line)
    machine.messages.push({
      at: time?.ms,
      direction: found[1] === sent ? 'sent' : 'received',
      text: text.slice(from, to),
      line,
    })
    search.lastIndex = to
  }
  return { machines: [...machines.values()], isLocalTime, cut }
}

/** libvirt calls a monitor by its address; where it enters one it tells the name of the domain too. */
function libvirtNames(text: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const found of text.matchAll(/\(mon[=:](0x[0-9a-f]+) vm[=:]0x[0-9a-f]+ name[=:]([^\s)]+)/g))
    names.set(found[1] ?? '', found[2] ?? '')
  return names
}

/** `qemu.qmp.qmp_client.NAME`: the name, where one was given. */
function loggerName(prefix: string): string | undefined {
  return /\bqemu\.\w+\.(?:qmp_client|protocol)\.([\w.-]*\w)/.exec(prefix)?.[1]
}

const dateTime = /(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?/
const traceTime = /\b\d+@(\d{1,12})\.(\d{6}):/

/** The time at the beginning of a line, milliseconds since the epoch. */
function logTime(prefix: string): { readonly ms: number; readonly isLocal: boolean } | undefined {
  const trace = traceTime.exec(prefix)
  if (trace !== null) return { ms: (Number(trace[1]) * 1_000_000 + Number(trace[2])) / 1000, isLocal: false }
  const [, day, clock, fraction = '', zone] = dateTime.exec(prefix) ?? []
  if (day === undefined || clock === undefined) return undefined
  const seconds = Date.parse(`${day}T${clock}${(zone ?? 'Z').replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(seconds)) return undefined
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6))
  return { ms: (seconds * 1000 + micros) / 1000, isLocal: zone === undefined }
}
