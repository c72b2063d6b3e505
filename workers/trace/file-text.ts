/** The text of a file that some program wrote: its encoding found out, and logs that are inside of other logs taken out. */
import { isDecimal, isJsonObject, parseJson } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'

/** The text of bytes: UTF-16 where a byte order mark or every second byte says so (PowerShell's `>`), else UTF-8. */
export function textOfFile(bytes: Uint8Array): string {
  const [first = 1, second = 1, third = 1, fourth = 1] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0)
    return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0)
    return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder('utf-8').decode(bytes)
}

/** Members that hold the message, by those who write such logs: logrus and zap, docker, journald. */
const messageMembers = ['msg', 'message', 'log', 'MESSAGE']
const timeMembers = ['timestamp', 'time', 'ts', '@timestamp']

/** What such a message has to have: this is looked for before a line is read. */
const libvirtMark = 'QEMU_MONITOR_'

/**
 * The lines of a log of JSON objects, as the log inside of them wrote them: the time, a blank, the message. Undefined
 * where it is no such log.
 */
export function unwrapped(text: string): string | undefined {
  if (!text.includes(libvirtMark)) return undefined
  const lines: string[] = []
  let found = false
  for (const line of text.split('\n')) {
    const parsed = line.startsWith('{') && line.includes(libvirtMark) ? parseJson(line) : undefined
    const value = parsed?.ok === true && isJsonObject(parsed.value) ? parsed.value : undefined
    const message = value === undefined ? undefined : textOf(value, messageMembers)
    if (value === undefined || message === undefined) continue
    found = true
    lines.push(`${timeOf(value)} ${message}`)
  }
  return found ? lines.join('\n') : undefined
}

function textOf(value: JsonObject, members: readonly string[]): string | undefined {
  for (const member of members) {
    const text: Json | undefined = Object.hasOwn(value, member) ? value[member] : undefined
    if (typeof text === 'string') return text
  }
  return undefined
}

function timeOf(value: JsonObject): string {
  const text = textOf(value, timeMembers)
  if (text !== undefined) return text
  const micros = textOf(value, ['__REALTIME_TIMESTAMP'])
  const seconds: Json | undefined = Object.hasOwn(value, 'ts') ? value.ts : undefined
  const ms =
    micros !== undefined ? Number(micros) / 1000 : typeof seconds === 'number' ? seconds * 1000 : undefined
  if (ms === undefined || !(Math.abs(ms) < 8e15) || isDecimal(seconds ?? null)) return ''
  return new Date(ms).toISOString()
}
