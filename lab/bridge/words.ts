/** The last words of a program: whole lines, filtered before they are kept. */
import { StringDecoder } from 'node:string_decoder'

/** At most these lines are kept, the newest. More would bury the one that says why it ended. */
const mostLines = 40
/** At most this many characters of all lines together, for a message that a person reads. */
const mostCharacters = 4000
/** A longer line is cut at the last blank before this: a program may print what a client sent it. */
const longestLine = 1000

/** One stream of words. Lines that come in pieces are put together before anything looks at them. */
export interface WordsStream {
  push(data: Buffer): void
}

/** What a program said last. */
export interface LastWords {
  /** Its error output and its output each need a stream of their own: their pieces come in any order. */
  stream(): WordsStream
  /** The last lines, each whole. The line that has not ended yet is among them. */
  text(): string
}

function shortened(line: string): string {
  if (line.length <= longestLine) return line
  const blank = line.lastIndexOf(' ', longestLine)
  return `${line.slice(0, blank > 0 ? blank : longestLine)} …`
}

/** Keep the last words of a program. `filter` sees each line once, whole or cut at its end, and says what is kept of it. */
export function createLastWords(filter: (line: string) => string = (line) => line): LastWords {
  const lines: string[] = []
  const rests: (() => string)[] = []
  const last = (all: readonly string[]): string[] => {
    let room = mostCharacters
    const kept: string[] = []
    for (const line of all.slice(-mostLines).reverse()) {
      room -= line.length + 1
      if (room < 0) break
      kept.unshift(line)
    }
    return kept
  }
  return {
    stream() {
      const decoder = new StringDecoder('utf8')
      let rest = ''
      rests.push(() => rest)
      return {
        push(data) {
          const parts = (rest + decoder.write(data)).split('\n')
          // An endless line is not kept whole: only its beginning is shown anyway.
          rest = (parts.pop() ?? '').slice(0, longestLine + 1)
          for (const part of parts) lines.push(filter(shortened(part.trimEnd())))
          lines.splice(0, Math.max(0, lines.length - mostLines))
        },
      }
    },
    text() {
      const open = rests.map((rest) => rest()).filter((rest) => rest !== '')
      return last([...lines, ...open.map((rest) => filter(shortened(rest)))])
        .join('\n')
        .trim()
    },
  }
}
