/** JSON objects in a text: where one ends, and all of a stream. Only braces and strings are looked at. */

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const open = 0x7b
const close = 0x7d

/**
 * Where the object ends that begins at `from` (a `{`): the place after its `}`. If it has no end, minus the place
 * at which that is certain: a line end in a string, a `{` in column 0 (nested objects are indented), the end of the text.
 * Linear in what is looked at.
 */
export function objectEnd(text: string, from: number): number {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === quote) inString = false
      else if (code === backslash) at += 1
      else if (code === newline) return -at
    } else if (code === quote) {
      inString = true
    } else if (code === open) {
      if (at > from && text.charCodeAt(at - 1) === newline) return -at
      depth += 1
    } else if (code === close) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -text.length
}

/** Where the parts of a stream go, in its order. Places are in UTF-16 units. */
export interface StreamSink {
  object(from: number, to: number): void
  /** A text between two objects, without the blanks around it. */
  garbage(from: number, to: number): void
}

/** Divide a text into objects and other parts. An object here has its braces and strings closed; it may be invalid JSON. */
export function splitObjects(text: string, sink: StreamSink): void {
  let garbage = -1
  let garbageEnd = -1
  const flush = (): void => {
    if (garbage >= 0) sink.garbage(garbage, garbageEnd)
    garbage = -1
  }
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code <= 0x20) {
      at += 1
      continue
    }
    let to = at + 1
    if (code === open) {
      const end = objectEnd(text, at)
      if (end > 0) {
        flush()
        sink.object(at, end)
        at = end
        continue
      }
      to = -end
    } else {
      while (to < text.length && text.charCodeAt(to) !== open && text.charCodeAt(to) !== newline) to += 1
    }
    if (garbage < 0) garbage = at
    garbageEnd = to
    while (text.charCodeAt(garbageEnd - 1) <= 0x20) garbageEnd -= 1
    at = to
  }
  flush()
}

/** Tells line numbers, from 1, of places that only grow. */
export function lineCounter(text: string): (at: number) => number {
  let line = 1
  let next = text.indexOf('\n')
  return (at) => {
    while (next >= 0 && next < at) {
      line += 1
      next = text.indexOf('\n', next + 1)
    }
    return line
  }
}
