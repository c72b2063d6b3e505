/**
 * Paste anything and it becomes commands: requests in JSON, transcripts (of this page's console, too), lines of
 * qmp-shell, calls of virsh, shell pipelines into a socket, calls of QEMU's Python libraries. Nothing is guessed: bare
 * arguments and lines of the human monitor are refused with a sentence. One file, because the forms share one cursor: where
 * one ends, the next begins.
 */
import { shorten } from '#base/clip.ts'
import { equalJson } from '#base/json/equal.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { messageMark, unwrapped } from '#base/json/log-lines.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { invisibleIn } from './invisible.ts'
import { readShell, writtenBy } from './posix-shell.ts'
import type { SimpleCommand } from './posix-shell.ts'
import { findCall, readCall } from './python-call.ts'
import { commandOf } from '../model/schema.ts'
import type { Schema } from '../model/schema.ts'
import { opensTransaction, readShellLine } from './shell-line.ts'
import type { ShellCommand } from './shell-line.ts'
import { isShellLine, promptLength, unwrapCommand } from './shell-call.ts'
import { endOfBrackets, skipBlanks, withoutPython } from './shell-words.ts'
import { readVirshCall } from './virsh-call.ts'

/** A command that was pasted. `id` is there where the request had one. */
export interface PastedCommand extends ShellCommand {
  readonly id?: Json
}

/** Other content, which is left out. */
export interface LeftOut {
  readonly replies: number
  readonly events: number
  readonly greetings: number
  /** `qmp_capabilities`: the connection has negotiated. */
  readonly negotiations: number
  /** Lines of a transcript or log that say nothing, and repetitions in libvirt's log. */
  readonly other: number
}

/** What a pasted text holds: at least one command. */
export interface Pasted {
  readonly commands: readonly PastedCommand[]
  readonly leftOut: LeftOut
}

type Counted = { -readonly [Key in keyof LeftOut]: number }

class PasteEnd extends Error {}

const arrow = /^[ \t]*(?:(-{1,2}>|={1,2}>|>>>|C:|→)|(<-{1,2}|<={1,2}|<<<|S:|←))(?=\s|\{|$)[ \t]*/
const libvirtMark = /QEMU_(?:MONITOR|AGENT)_\w{1,40}:/
const libvirtMessage = /\b(?:buf|msg|reply|event)=(?=\{)/
const libvirtLine = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*: (?:debug|info|warning|error) :/
const promptAt = /^[ \t]*(?:\((?:QEMU|qmp)\)|TRANS>|QMP>)[ \t]*/i
/** The human monitor's prompt, which differs from qmp-shell's in its case. */
const humanPrompt = /^[ \t]*\(qemu\)/
/** Before the rest of a request whose brackets are open, in this page's console. */
const restPrompt = /^\.\.\.>[ \t]?/
/** Lines that a console answers itself, with anything. */
const answeredAt = /^(?:help\b|history\s*$|clear\s*$)/
/** The longest prefix of a log before its mark, in characters: a time, a level, a name. */
const mostPrefix = 300
const qmpShellTalk = /^(?:Welcome to the QMP|Connected to QEMU|Connected\.?$|\$ *qmp-shell\b)/

/** What can be pasted, for the end of a sentence. */
const whatCan =
  'What can be pasted: requests in JSON, a transcript or log, lines of qmp-shell, virsh qemu-monitor-command, echo or printf into socat, and calls of qmp.execute or vm.qmp.'

/**
 * Read all commands of a text, in its order. The failure is a sentence: which line, what it was taken for, what is
 * wrong with it or what to do.
 */
export function readCommands(schema: Schema | undefined, text: string): Result<Pasted, string> {
  const reader = new PasteReader(schema, (unwrapped(text) ?? text).replace(/\r\n?/g, '\n'))
  try {
    reader.readAll()
  } catch (error) {
    if (error instanceof PasteEnd) return err(error.message)
    throw error
  }
  const { commands, counted } = reader
  if (commands.length > 0) return ok({ commands, leftOut: counted })
  if (counted.negotiations > 0)
    return err('There is only qmp_capabilities: the connection of this page has negotiated already.')
  if (counted.replies + counted.events + counted.greetings > 0)
    return err('There are only messages of a server, and no request that could be sent.')
  return err(text.trim() === '' ? 'There is nothing to read.' : `No command was found. ${whatCan}`)
}

class PasteReader {
  readonly commands: PastedCommand[] = []
  readonly counted: Counted = { replies: 0, events: 0, greetings: 0, negotiations: 0, other: 0 }
  readonly #schema: Schema | undefined
  readonly #text: string
  /** Whether the text is a conversation, which may have meaningless lines. */
  #isTranscript: boolean
  readonly #isLibvirt: boolean
  /** Whether it is a script: of which only the calls count. */
  readonly #isPython: boolean
  /** Whether lines of a console with their prompts are there: lines without one are its output. */
  readonly #isPrompted: boolean
  /** Commands that stood after a prompt and were not seen on their way yet: consoles print what they send, too. */
  readonly #typed: PastedCommand[] = []
  #isTyping = false
  #at = 0

  constructor(schema: Schema | undefined, text: string) {
    this.#schema = schema
    this.#text = text
    this.#isLibvirt = text.split('\n').some((line) => libvirtMessageAt(line) !== undefined)
    this.#isPython = text.split('\n').some((line) => findCall(line) !== undefined)
    this.#isPrompted = text.split('\n').some((line) => promptAt.test(line) && !humanPrompt.test(line))
    this.#isTranscript =
      this.#isLibvirt || this.#isPrompted || text.split('\n').some((line) => arrow.test(line))
  }

  readAll(): void {
    for (;;) {
      this.#at = skipBlanks(this.#text, this.#at)
      if (this.#at >= this.#text.length) return
      this.#readOne()
    }
  }

  #readOne(): void {
    const line = this.#line()
    const char = line[0]
    if (this.#isLibvirt && this.#readLog(line)) return
    if (this.#isPython) {
      this.#readPython(line)
      return
    }
    const from = arrow.exec(line)
    if (from !== null) {
      this.#at += from[0].length
      if (from[2] !== undefined) this.#skipReceived()
      else if (this.#isPrompted && !this.#isJsonHere()) this.#passOver()
      return
    }
    if (promptAt.test(line)) {
      this.#readPrompted(line)
      return
    }
    if (char !== '{' && this.#readPrefixed(line)) return
    if ((char === '{' || char === '[') && !isShellLine(line)) {
      this.#readJson()
      return
    }
    // Requests one after the other are often written with commas between them.
    if (char === ',' || char === ';') {
      this.#at += 1
      return
    }
    if (qmpShellTalk.test(line) || (/^(?:```|~~~|\/\/|#)/.test(line) && !isShellLine(line))) {
      this.#nextLine()
      return
    }
    if (this.#isPrompted) this.#passOver()
    else if (isShellLine(line)) this.#readShell()
    else this.#readShellLine(line, 0)
  }

  /** Consoles send what is no JSON, too, and print it. */
  #isJsonHere(): boolean {
    const end = '{['.includes(this.#text[this.#at] ?? ' ') ? endOfBrackets(this.#text, this.#at) : undefined
    return end !== undefined && parseInput(this.#text.slice(this.#at, end)).ok
  }

  /** A line that says nothing. */
  #passOver(): void {
    this.counted.other += 1
    this.#nextLine()
  }

  /** A line of a console after its prompt. */
  #readPrompted(line: string): void {
    const prompt = promptAt.exec(line)?.[0].length ?? 0
    const typed = line.slice(prompt)
    if (humanPrompt.test(line)) {
      throw this.#stop(
        'a line of the human monitor',
        'it is sent there, or as human-monitor-command command-line="…"',
      )
    }
    const next = this.#text.slice(this.#at + line.length + 1).split('\n', 1)[0] ?? ''
    if (typed.trim() === '') this.#nextLine()
    // A caret below points at what was wrong: it was not sent.
    else if (/^\s*\^\s*$/.test(next)) {
      this.#passOver()
      this.#at += 1
      this.#passOver()
    } else if (answeredAt.test(typed) && !this.#isCommand(typed)) this.#skipAnswer()
    else if (typed.startsWith('{') || typed.startsWith('[')) {
      this.#at += prompt
      this.#noteTyped(() => (restPrompt.test(next) ? this.#readContinued() : this.#readJson()))
    } else this.#noteTyped(() => this.#readShellLine(line, prompt))
  }

  /** Read what was typed at a prompt; what the console then prints of its way is not a second command. */
  #noteTyped(read: () => void): void {
    const before = this.commands.length
    this.#isTyping = true
    read()
    this.#isTyping = false
    this.#typed.push(...this.commands.slice(before))
  }

  #isCommand(line: string): boolean {
    return this.#schema !== undefined && commandOf(this.#schema, line.split(/\s/, 1)[0] ?? '') !== undefined
  }

  /** What a console answers itself goes on to whatever was typed or was on its way next. */
  #skipAnswer(): void {
    do {
      this.#passOver()
      this.#at += 1
    } while (this.#at < this.#text.length && !promptAt.test(this.#line()) && !/^[→←·] /.test(this.#line()))
  }

  /** A request over several lines of this page's console. One that was given up or sent unfinished is passed over. */
  #readContinued(): void {
    const lines = this.#text.slice(this.#at).split('\n')
    const end = lines.findIndex((each, index) => index > 0 && !restPrompt.test(each))
    const own = lines.slice(0, end < 0 ? lines.length : end)
    const parsed = parseInput(own.map((each) => each.replace(restPrompt, '')).join('\n'))
    if (parsed.ok) this.#readMessage(parsed.value)
    else this.counted.other += 1
    this.#at += own.join('\n').length
  }

  #readPython(line: string): void {
    const call = findCall(line)
    if (call === undefined) {
      this.#nextLine()
      return
    }
    const read = readCall(this.#text, this.#at + call.open, call.method)
    if (!read.ok) throw this.#stop(`a call of ${call.method} in Python`, read.error)
    this.#add(read.value.command, undefined)
    this.#at = read.value.end
  }

  #line(): string {
    const end = this.#text.indexOf('\n', this.#at)
    return this.#text.slice(this.#at, end < 0 ? this.#text.length : end)
  }

  #nextLine(): void {
    this.#at += this.#line().length
  }

  /** A line of libvirt's log. False where it is something else. */
  #readLog(line: string): boolean {
    const message = libvirtMessageAt(line)
    if (message !== undefined) {
      this.#at += message
      this.#readJson()
      // What follows the message on its line are its length and the like.
      this.#nextLine()
      return true
    }
    if (!libvirtLine.test(line) && !/^(?:len|fd)=-?\d/.test(line)) return false
    if (libvirtLine.test(line)) this.counted.other += 1
    this.#nextLine()
    return true
  }

  /** A message of the server in a transcript: manuals shorten them, so they need not be JSON. */
  #skipReceived(): void {
    const end = '{['.includes(this.#text[this.#at] ?? ' ') ? endOfBrackets(this.#text, this.#at) : undefined
    const text = end === undefined ? this.#line() : this.#text.slice(this.#at, end)
    // The arrows of whoever looks from the server's side.
    if (end !== undefined && /^\{\s*[ub]?["'](?:execute|exec-oob)["']/.test(text)) {
      this.#readJson()
      return
    }
    if (/^\{\s*["']QMP["']/.test(text)) this.counted.greetings += 1
    else if (/["']event["']\s*:\s*["'][A-Z]/.test(text) && !/^\{\s*["'](?:return|error)["']/.test(text)) {
      this.counted.events += 1
    } else this.counted.replies += 1
    this.#at += text.length
    // Where its end cannot be found it goes on to the next arrow.
    while (end === undefined && this.#at < this.#text.length && !arrow.test(this.#line())) {
      this.#nextLine()
      this.#at += 1
    }
  }

  #readJson(): void {
    const end = endOfBrackets(this.#text, this.#at)
    const text = this.#text.slice(this.#at, end ?? this.#text.length)
    const parsed = parseInput(withoutPython(text))
    if (!parsed.ok) {
      this.#at += parsed.error.offset
      throw this.#stop('JSON', parsed.error.message)
    }
    const values = Array.isArray(parsed.value) ? (parsed.value as readonly Json[]) : [parsed.value]
    for (const value of values) this.#readMessage(value)
    this.#at += text.length
  }

  #readMessage(value: Json): void {
    if (!isJsonObject(value))
      throw this.#stop('JSON', 'it is no request: a request is an object with “execute”')
    const has = (key: string): boolean => Object.hasOwn(value, key)
    const name = has('execute') ? value.execute : has('exec-oob') ? value['exec-oob'] : undefined
    if (typeof name === 'string') {
      const args = has('arguments') ? value.arguments : undefined
      if (args !== undefined && !isJsonObject(args)) {
        throw this.#stop('a request', `the arguments of ${name} are no object`)
      }
      this.#add({ name, arguments: args, oob: !has('execute') }, has('id') ? value.id : undefined)
    } else if (has('QMP')) this.counted.greetings += 1
    else if (has('event') && typeof value.event === 'string') this.counted.events += 1
    else if (has('return') || has('error')) this.counted.replies += 1
    else {
      throw this.#stop(
        'JSON',
        'it has no “execute”: of which command these are the arguments is not guessed. Write {"execute": "NAME", "arguments": …} or NAME {…}',
      )
    }
  }

  #add(command: ShellCommand, id: Json | undefined): void {
    if (command.name === 'qmp_capabilities') {
      this.counted.negotiations += 1
      return
    }
    // libvirt logs a request when it is queued and again when it is written.
    if (this.#isLibvirt && id !== undefined) {
      const again = this.commands.some((each) => each.id !== undefined && equalJson(each.id, id))
      if (again) {
        this.counted.other += 1
        return
      }
    }
    const { name, arguments: args, oob } = command
    const typed = this.#isTyping
      ? -1
      : this.#typed.findIndex(
          (each) => each.name === name && each.oob === oob && equalJson(each.arguments ?? {}, args ?? {}),
        )
    if (typed >= 0) {
      this.#typed.splice(typed, 1)
      return
    }
    this.commands.push({ name, arguments: args, oob, ...(id === undefined ? {} : { id }) })
  }

  /** A line of a log with something before its message. False where it is something else. */
  #readPrefixed(line: string): boolean {
    const brace = line.indexOf('{')
    const mark = brace < 0 ? null : messageMark.exec(line.slice(0, brace + 1))
    if (mark === null || mark.index > mostPrefix) return false
    const from = this.#at + brace
    const end = endOfBrackets(this.#text, from)
    const parsed = end === undefined ? undefined : parseInput(withoutPython(this.#text.slice(from, end)))
    if (end === undefined || parsed?.ok !== true) return false
    this.#isTranscript = true
    this.#at = end
    if (mark[2] !== undefined) this.#readMessage({ execute: mark[2], arguments: parsed.value })
    else this.#readMessage(parsed.value)
    return true
  }

  #readShell(): void {
    const shell = readShell(this.#text, this.#at + promptLength(this.#line()))
    if (shell === undefined)
      throw this.#stop('a shell command', 'a quote, parenthesis or here-document is not closed')
    let found = false
    for (const command of shell.commands.flatMap((each) => unwrapCommand(each))) {
      if (command.words[0] === 'virsh') {
        const call = readVirshCall(command.words)
        if (!call.ok) throw this.#stop('a call of virsh', call.error)
        this.#readMessage(call.value)
      } else if (!this.#readWritten(command)) continue
      found = true
    }
    if (!found) throw this.#stop('a shell command', 'nothing of what it writes is a request')
    // What follows may be its output.
    this.#isTranscript = true
    this.#at = shell.end
  }

  #readWritten(command: SimpleCommand): boolean {
    const text = writtenBy(command)
    if (text === undefined || !/^\s*[{[]/.test(text)) return false
    const inner = new PasteReader(this.#schema, text)
    inner.readAll()
    for (const { id, ...each } of inner.commands) this.#add(each, id)
    for (const key of Object.keys(this.counted) as (keyof LeftOut)[]) this.counted[key] += inner.counted[key]
    return true
  }

  /** `prompt` is the length of the prompt before the line. */
  #readShellLine(line: string, prompt: number): void {
    let text = line.slice(prompt)
    let length = line.length
    if (opensTransaction(text)) {
      const rest = this.#text.slice(this.#at).split('\n')
      const last = rest.findIndex((each, index) => index > 0 && /(?:^|\s)\)\s*$/.test(each))
      const lines = rest.slice(0, last < 0 ? rest.length : last + 1)
      length = lines.join('\n').length
      text = lines.map((each) => each.replace(promptAt, '')).join('\n')
    }
    const read = readShellLine(this.#schema, text)
    const known = this.#schema !== undefined || prompt > 0 || /[-_=]|^(?:stop|cont|quit)\s*$/.test(text)
    if (!read.ok || !known) {
      if (this.#isTranscript && prompt === 0) {
        this.#passOver()
        return
      }
      const why = read.ok
        ? 'no machine is there that would know this command'
        : `${read.error.message} (column ${prompt + read.error.at + 1})`
      throw this.#stop('a line of qmp-shell', why, true)
    }
    this.#add(read.value, undefined)
    this.#at += length
  }

  #stop(what: string, why: string, suggest = false): PasteEnd {
    const before = this.#text.slice(0, this.#at)
    const number = before.split('\n').length
    const lineStart = before.lastIndexOf('\n') + 1
    const line = this.#text.slice(lineStart).split('\n', 1)[0] ?? ''
    const invisible = invisibleIn(line)
    const more = invisible === undefined ? '' : ` ${invisible.charAt(0).toUpperCase()}${invisible.slice(1)}.`
    const words = `Line ${number} (“${shorten(line.trim())}”), read as ${what}: ${why}.${more}`
    return new PasteEnd(suggest ? `${words} ${whatCan}` : words)
  }
}

/** Where a message of libvirt's log begins on its line: after its mark. Undefined where there is none. */
function libvirtMessageAt(line: string): number | undefined {
  const mark = libvirtMark.exec(line)
  if (mark === null) return undefined
  const from = mark.index + mark[0].length
  const message = libvirtMessage.exec(line.slice(from))
  return message === null ? undefined : from + message.index + message[0].length
}
