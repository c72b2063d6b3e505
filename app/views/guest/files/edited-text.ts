/** A file of a guest as a text that can be edited and written back without changing anything else of it. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** Bytes of a file that is edited. More: a field of a page becomes slow. */
export const mostTextBytes = 256 * 1024

/** A text whose lines end with a line feed, and how they end in the file. */
export interface FileText {
  readonly text: string
  readonly lineEnd: '\n' | '\r\n'
  /** The mark of UTF-8 stands at its beginning. */
  readonly hasMark: boolean
}

const mark = '\ufeff'

/** The text of a file. The failure says why it is none that could be written back as it was. */
export function readText(content: Uint8Array): Result<FileText, string> {
  if (content.includes(0)) return err('It is no text: it has zeros in it.')
  let all: string
  try {
    all = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return err('It is no UTF-8.')
  }
  const hasMark = all.startsWith(mark)
  const text = hasMark ? all.slice(1) : all
  const lines = text.split('\n').length - 1
  const windows = text.split('\r\n').length - 1
  const returns = text.split('\r').length - 1
  if (returns !== windows || (windows !== 0 && windows !== lines))
    return err('Its lines end in different ways, which a field of a page would make equal.')
  return ok({ text: text.replaceAll('\r\n', '\n'), lineEnd: windows === 0 ? '\n' : '\r\n', hasMark })
}

/** The bytes of a text, written as its file was. */
export function writeText({ text, lineEnd, hasMark }: FileText): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${hasMark ? mark : ''}${text.replaceAll('\n', lineEnd)}`)
}
