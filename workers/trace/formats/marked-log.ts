/**
 * Logs of programs that put a mark before every QMP message, among lines of other things:
 *
 *     libvirt     2022-03-07 10:41:00.934+0000: 132549: info : qemuMonitorSend:995 : QEMU_MONITOR_SEND_MSG: mon=0x7f0f msg={…}
 *                 … QEMU_MONITOR_RECV_REPLY: mon=0x7f0f reply={…}      … QEMU_MONITOR_RECV_EVENT: mon=0x7f0f event={…}
 *     qemu.qmp    DEBUG:qemu.qmp.qmp_client.NAME:--> {…}      DEBUG:qemu.qmp.qmp_client.NAME:<-- {…}
 *     QEMU        2656634@1665750359.529763:handle_qmp_command mon 0x55f9 req: {…}      … monitor_qmp_respond mon 0x55f9 resp: {…}
 *
 *     libvirt     … QEMU_MONITOR_IO_WRITE: mon=0x7f0f buf={…}        … QEMU_MONITOR_IO_PROCESS: mon=0x7f0f buf={…}, where
 *                 the marks above are not there (of all levels, or of old versions)
 *     others      2021-05-02 10:00:00,200 … >>> {…}      [2025-01-07T13:47:26+01:00] QUERY: {…}      … Send command: {…}
 *
 * A message may go over many lines; lines without a mark are left out. Sources: src/qemu/qemu_monitor.c and
 * qemu_monitor_json.c of libvirt, python/qemu/qmp/protocol.py and monitor/trace-events of QEMU.
 * Tested by workers/trace/formats/import.test.ts.
 */
import { messageMark } from '#base/json/log-lines.ts'
import { parseJson } from '#base/json/parse.ts'
import type { BareMessage } from './assemble.ts'
import { lineCounter, objectEnd } from './json-stream.ts'
import { pythonToJson } from './shell-session.ts'

/** How one program marks messages. */
export interface MarkedFormat {
  readonly format: 'libvirt' | 'qemu.qmp' | 'qemu-trace' | 'log'
  /** Ends where the message begins. Group 1 says the direction, group 2 the machine or, in `log`, a command's name. */
  readonly mark: RegExp
  /** The value of group 1 for messages that were sent. */
  readonly sent: RegExp
}

/** The formats that are known. */
export const markedFormats: readonly MarkedFormat[] = [
  {
    format: 'libvirt',
    mark: /QEMU_MONITOR_(SEND_MSG|RECV_REPLY|RECV_EVENT|IO_WRITE|IO_PROCESS): mon=(\S{1,40}) (?:msg|reply|event|buf)=(?=\{)/g,
    sent: /^(?:SEND_MSG|IO_WRITE)$/,
  },
  {
    format: 'qemu-trace',
    mark: /\b(handle_qmp_command|monitor_qmp_respond) mon (\S{1,40}) (?:req|resp): (?=\{)/g,
    sent: /^handle_qmp_command$/,
  },
  { format: 'qemu.qmp', mark: /(-->|<--) (?=\{)/g, sent: /^-->$/ },
  {
    format: 'log',
    mark: new RegExp(messageMark, 'gi'),
    sent: /^(?:.*>|→|QUERY|send.*|sent.*|execut.*|req|request.*)$/i,
  },
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
  /** In the order of their first mention. */
  readonly machines: readonly MarkedMachine[]
  /** The times are in a time zone that the log does not tell, read as UTC. */
  readonly isLocalTime: boolean
  /** Messages that are cut: the line, from 1. */
  readonly cut: readonly number[]
}

/** Read a log of that format. Linear: messages are not searched for marks. */
export function readMarkedLog(text: string, { format, mark, sent }: MarkedFormat): MarkedLog {
  const machines = new Map<string, MarkedMachine>()
  const names = format === 'libvirt' ? libvirtNames(text) : undefined
  const skip = format === 'libvirt' ? repeated(text) : undefined
  const lineOf = lineCounter(text)
  const cut: number[] = []
  let isLocalTime = false
  const search = new RegExp(mark)
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    if (skip?.has(found[1] ?? '') === true) continue
    const from = search.lastIndex
    // Before the mark, on its line. No prefix is that long.
    const before = text.slice(Math.max(0, found.index - 300), found.index)
    const prefix = before.slice(before.lastIndexOf('\n') + 1)
    const time = logTime(prefix)
    if (time?.isLocal === true) isLocalTime = true
    const logger = format === 'qemu.qmp' ? loggerName(prefix) : undefined
    const address = format === 'log' ? undefined : found[2]
    const domain = address === undefined ? undefined : names?.(address, found.index)
    const monitor = address ?? logger ?? 'recorded'
    const id = domain?.isOnly === false ? `${monitor} ${domain.name}` : monitor
    let machine = machines.get(id)
    if (machine === undefined) {
      machine = { id, name: logger ?? domain?.name, messages: [] }
      machines.set(id, machine)
    }
    const line = lineOf(found.index)
    const message = messageAt(text, from)
    if (message.isCut) cut.push(line)
    const direction = sent.test(found[1] ?? '') ? 'sent' : 'received'
    const said = format === 'log' && found[2] !== undefined ? execution(found[2], message.text) : message.text
    machine.messages.push({ at: time?.ms, direction, text: said, line })
    search.lastIndex = message.to
    // libvirt logs all that it has read at once as one text.
    for (let next = found[1] === 'IO_PROCESS' ? nextObject(text, message.to) : -1; next >= 0;) {
      const more = messageAt(text, next)
      machine.messages.push({ at: time?.ms, direction, text: more.text, line })
      search.lastIndex = more.to
      next = nextObject(text, more.to)
    }
  }
  return { machines: [...machines.values()], isLocalTime, cut }
}

interface MarkedMessage {
  readonly text: string
  readonly to: number
  readonly isCut: boolean
}

/** The message that begins here: JSON, or as Python prints it, which takes the rest of the line. */
function messageAt(text: string, from: number): MarkedMessage {
  const lineEnd = text.indexOf('\n', from)
  const toLine = lineEnd < 0 ? text.length : lineEnd
  // JSON has no names in single quotes.
  if (/^\{\s{0,8}[ub]?'/.test(text.slice(from, from + 12))) {
    const json = pythonToJson(text.slice(from, toLine).trimEnd())
    if (json !== undefined && parseJson(json).ok) return { text: json, to: toLine, isCut: false }
  }
  const end = objectEnd(text, from)
  const to = end > 0 ? end : toLine
  return { text: text.slice(from, to), to, isCut: end < 0 }
}

/** Where the next object begins when only line ends are in between; -1 where something else is. */
function nextObject(text: string, from: number): number {
  let at = from
  while (text[at] === '\r' || text[at] === '\n') at += 1
  return at > from && text[at] === '{' ? at : -1
}

/** The command that a log writes as its name and its arguments. */
function execution(name: string, args: string): string {
  return `{"execute":"${name}","arguments":${args}}`
}

/** Marks of messages that stand there under another mark too: as they are queued and as they are written. */
function repeated(text: string): ReadonlySet<string> {
  const marks = new Set<string>()
  if (text.includes('QEMU_MONITOR_SEND_MSG: mon=')) marks.add('IO_WRITE')
  if (/QEMU_MONITOR_RECV_(?:REPLY|EVENT): mon=/.test(text)) marks.add('IO_PROCESS')
  return marks
}

interface DomainName {
  readonly name: string
  /** No other domain had a monitor at this address. */
  readonly isOnly: boolean
}

/**
 * libvirt names a monitor by its address; the line that enters a monitor also has the name of the domain. An address may
 * go to another domain later: the latest name holds. Ask for places in their order.
 */
function libvirtNames(text: string): (address: string, at: number) => DomainName | undefined {
  const told = new Map<string, { readonly at: number; readonly name: string }[]>()
  for (const found of text.matchAll(
    /\(mon[=:](0x[0-9a-f]{1,16}) vm[=:]0x[0-9a-f]{1,16} name[=:]([^\s)]{1,300})/g,
  )) {
    const address = found[1] ?? ''
    const list = told.get(address) ?? []
    told.set(address, list)
    const name = found[2] ?? ''
    if (list.at(-1)?.name !== name) list.push({ at: found.index, name })
  }
  const places = new Map<string, number>()
  return (address, at) => {
    const list = told.get(address)
    if (list === undefined) return undefined
    let place = places.get(address) ?? 0
    while ((list[place + 1]?.at ?? Infinity) < at) place += 1
    places.set(address, place)
    const name = list[place]?.name ?? ''
    return { name, isOnly: list.length === 1 }
  }
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
