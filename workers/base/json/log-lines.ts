/**
 * Logs that people have: what stands before a message on its line, and logs whose lines are JSON objects with the line
 * of another log inside (kubevirt, docker, journald).
 */
import { isDecimal } from './number.ts'
import { isJsonObject } from './value.ts'
import { parseJson } from './parse.ts'
import type { Json, JsonObject } from './value.ts'

/**
 * An arrow or a word for the direction, up to the message after it. Group 1 is the mark, group 2 the name of the command
 * where only its arguments follow.
 */
export const messageMark =
  /(-{0,2}>|>{3}|={1,2}>|→|<-{1,2}|<{3}|<={1,2}|←|\b(?:QUERY|REPLY|EVENT|(?:send|sent|sending|execute|executing|received|response|reply|request)(?: (?:command|qmp|message|event|reply))?|req|resp)) ?:?[ \t]{1,8}(?:execute ([\w-]{1,100}): )?(?=\{)/i

/** An arrow and nothing else: some logs write it after its message. */
export const loneArrow = /^(?:-{1,2}>|>{3}|={1,2}>|→|<-{1,2}|<{3}|<={1,2}|←)$/

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
