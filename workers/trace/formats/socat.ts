/**
 * Reads the output of `socat -v`: for each piece of data a line with direction, local time and length, and then the data
 * with control characters made visible. The next piece begins directly after the data.
 *
 *     > 2026/11/21 14:58:12.000065571  length=61 from=0 to=60
 *     {"execute":"qmp_capabilities"}< 2026/11/21 14:58:12.000066330  length=16 from=142 to=157
 *     {"return": {}}\r
 *
 * The fraction is microseconds, with zeros before it to six digits or, in 1.7.4, to nine (seen). Each byte that is
 * not ASCII becomes a dot, and is lost; with -x the bytes are there too, and nothing is lost. `from=0` begins a connection,
 * and ends an unfinished message of the one before. Source: socat.c, xioprintblockheader and xiotransfer.
 * Tested by workers/trace/formats/import.test.ts.
 */
import { own } from '#base/own.ts'
import { splitObjects } from './json-stream.ts'
import type { BareMessage } from './assemble.ts'

const header =
  /([<>]) (\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? +length=(\d{1,15}) from=(\d{1,15}) to=-?\d+\r?\n/g

/** The first line of such a capture, for finding out what a file is. */
export const socatMark = /^[<>] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? +length=\d+ from=\d+ to=/m

const hidden: Readonly<Record<string, string>> = {
  r: '\r',
  '\\': '\\',
  a: '\u0007',
  b: '\b',
  v: '\v',
  f: '\f',
  n: '\n',
  t: '\t',
}

interface SocatPiece {
  readonly at: number
  readonly order: number
  /** Where it ends in the text of its direction. */
  readonly to: number
}

interface SocatSide {
  readonly texts: string[]
  readonly pieces: SocatPiece[]
  readonly decoder: TextDecoder
  length: number
}

interface FoundMessage {
  readonly message: BareMessage
  readonly order: number
}

/** The data of one connection. */
interface SocatConnection {
  readonly right: SocatSide
  readonly left: SocatSide
}

/**
 * The messages of a capture, in the order in which they were complete. Times are in the time zone of whoever captured,
 * read as UTC. Which side is the server is told by what it says.
 */
export function readSocat(text: string): BareMessage[] {
  let now = newConnection()
  const connections = [now]
  let order = 0
  header.lastIndex = 0
  for (let found = header.exec(text); found !== null; order += 1) {
    const dataFrom = header.lastIndex
    const next = header.exec(text)
    const sideOf = (each: SocatConnection): SocatSide => (found?.[1] === '>' ? each.right : each.left)
    if (Number(found[10]) === 0 && sideOf(now).pieces.length > 0) {
      now = newConnection()
      connections.push(now)
    }
    const side = sideOf(now)
    const data = readData(text, dataFrom, next?.index ?? text.length, Number(found[9]), side.decoder)
    side.texts.push(data)
    side.length += data.length
    side.pieces.push({ at: timeOf(found), order, to: side.length })
    found = next
  }
  const sides = connections.map(({ right, left }) => [messagesOf(right), messagesOf(left)] as const)
  let votes = 0
  for (const [right, left] of sides) votes += serverVotes(right) - serverVotes(left)
  const isTurned = votes > 0
  return sides.flatMap(([right, left]) => {
    const all = [
      ...right.map((each) => withDirection(each, isTurned ? 'received' : 'sent')),
      ...left.map((each) => withDirection(each, isTurned ? 'sent' : 'received')),
    ]
    const messages = all.sort((a, b) => a.order - b.order).map(({ message }) => message)
    return messages.map((each, index) => (index === 0 ? { ...each, begins: true } : each))
  })
}

function newConnection(): SocatConnection {
  return { right: newSide(), left: newSide() }
}

function newSide(): SocatSide {
  return { texts: [], pieces: [], decoder: new TextDecoder('utf-8', { ignoreBOM: true }), length: 0 }
}

function timeOf(found: RegExpExecArray): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(2, 8).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) + Number(found[8] ?? 0) / 1000
}

/** A line of `-x`: bytes, and with -v the same as text after them. */
const hexLine = /^(?: [0-9a-f]{2})+(?=$| )/gm

/** `length` bytes of data, as they were before socat made them visible; less where the next piece begins before that. */
function readData(text: string, from: number, to: number, length: number, decoder: TextDecoder): string {
  if (/^ [0-9a-f]{2}(?: |\r?\n|$)/.test(text.slice(from, from + 5))) {
    const lines = text.slice(from, to).match(hexLine) ?? []
    const bytes = lines.flatMap((line) =>
      line
        .slice(1)
        .split(' ')
        .map((each) => parseInt(each, 16)),
    )
    return decoder.decode(Uint8Array.from(bytes), { stream: true })
  }
  const parts: string[] = []
  let at = from
  let plain = from
  for (let left = length; left > 0 && at < to; left -= 1) {
    if (text.charCodeAt(at) === 0x5c) {
      parts.push(text.slice(plain, at), own(hidden, text.charAt(at + 1)) ?? text.charAt(at + 1))
      at += 2
      plain = at
    } else {
      at += 1
    }
  }
  parts.push(text.slice(plain, Math.min(at, to)))
  return parts.join('')
}

function messagesOf(side: SocatSide): FoundMessage[] {
  const text = side.texts.join('')
  const found: FoundMessage[] = []
  let piece = 0
  const put = (from: number, to: number): void => {
    while ((side.pieces[piece]?.to ?? Infinity) < to) piece += 1
    const { at, order } = side.pieces[piece] ?? { at: 0, order: 0 }
    found.push({ message: { at, direction: undefined, text: text.slice(from, to) }, order })
  }
  splitObjects(text, { object: put, garbage: put })
  return found
}

/** How many of these only a server says, less those that only a client says. */
function serverVotes(messages: readonly FoundMessage[]): number {
  let votes = 0
  for (const { message } of messages) {
    if (/^\{\s*"(?:execute|exec-oob)"/.test(message.text)) votes -= 1
    else if (/^\{\s*"(?:QMP|return|error|timestamp|event)"/.test(message.text)) votes += 1
  }
  return votes
}

function withDirection(found: FoundMessage, direction: 'sent' | 'received'): FoundMessage {
  return { ...found, message: { ...found.message, direction } }
}
