/**
 * Files of a guest through its agent: opened, read or written in pieces, and closed whatever happened. The guest may say anything:
 * types, sizes and base64 are checked, and what it says never names a file of this computer.
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { base64Of, decodeBase64 } from '#qapi/text/base64-bytes.ts'
import { bytes } from '#words/format.ts'
import { askAgent, countIn } from '../agent-sender.ts'
import type { AgentReply, AgentSender } from '../agent-sender.ts'

/**
 * Bytes of a call. Larger: its reply crosses from the worker as a text that the page parses again (ADR 0020), and a cancel waits
 * longer. Smaller: each call costs a turn of the guest. A multiple of three: base64 without padding.
 */
export const pieceBytes = 180 * 1024
/** Bytes of a file that is read: the browser holds it until it is saved. */
export const mostBytes = 1024 ** 3
/**
 * Pieces that are asked for at a time, where the size says that they are there: the guest reads the next one while the one
 * before is on its way and looked at. More: a cancel waits longer.
 */
const mostAsked = 2
/** Replies without any byte, and without an end, that are accepted in a row. */
const mostEmpty = 3

/** Who looks on while a file is read or written. */
export interface FileWatch {
  /** Bytes so far, and of how many; undefined where the guest does not say. */
  progress(done: number, size: number | undefined): void
  /** Why it is to end; undefined where it is not. Asked before each piece. */
  stopped(): string | undefined
  /** A handle is open in the guest from now on, or no more. */
  handle?(handle: number, isOpen: boolean): void
}

/** Bytes that are written, wherever they are. */
export interface FileSource {
  /** In bytes. */
  readonly size: number
  read(from: number, to: number): Promise<Uint8Array>
}

/** A handle that could not be closed: the guest keeps the file open. `why` is a sentence. */
export interface LeftOpen {
  readonly handle: number
  readonly why: string
}

/** What became of a file. The failure is a sentence. */
export interface FileEnd<Done> {
  readonly result: Result<Done, string>
  readonly leftOpen: LeftOpen | undefined
}

/** A file that was read. */
export interface FileRead {
  readonly size: number
  /** What is odd about its size, a sentence. */
  readonly note: string | undefined
}

/** The arguments that open a file: `r` to read it, `w` to write it, which empties it. */
export function openArguments(path: string, mode: 'r' | 'w'): JsonObject {
  return { path, mode }
}

/** Close a handle. Undefined: it is closed; else why not, a sentence. */
export async function closeHandle(sender: AgentSender, handle: number): Promise<LeftOpen | undefined> {
  const closed = await askAgent(sender, 'guest-file-close', { handle }, true)
  return closed.kind === 'failed' ? { handle, why: closed.why } : undefined
}

/** Read a file; `take` gets its pieces in their order. Files that grow, and files that tell no size, are read to their end. */
export function readFile(
  sender: AgentSender,
  path: string,
  watch: FileWatch,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
  most = mostBytes,
): Promise<FileEnd<FileRead>> {
  return withHandle(sender, path, 'r', watch, async (handle) => {
    const told = await askAgent(sender, 'guest-file-seek', { handle, offset: 0, whence: 2 }, true)
    const size = told.kind === 'returned' ? countIn(told.value, 'position') : undefined
    if (size !== undefined && size > most) return err(tooLarge(size, most))
    if (size !== undefined) {
      const back = await askAgent(sender, 'guest-file-seek', { handle, offset: 0, whence: 0 }, true)
      if (back.kind === 'failed') return err(back.why)
      if (countIn(back.value, 'position') !== 0)
        return err('guest-file-seek did not go back to the beginning.')
    }
    const read = await readPieces(sender, handle, size, watch, take, most)
    return read.ok ? compareSize(read.value, size) : read
  })
}

async function readPieces(
  sender: AgentSender,
  handle: number,
  size: number | undefined,
  watch: FileWatch,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
  most: number,
): Promise<Result<number, string>> {
  let done = 0
  let asked = 0
  const coming: Promise<AgentReply>[] = []
  const ask = (): void => {
    asked += 1
    const reply = askAgent(sender, 'guest-file-read', { handle, count: pieceBytes }, true)
    // After a failure nobody waits for those after it.
    reply.catch(() => undefined)
    coming.push(reply)
  }
  for (let empty = 0; ;) {
    const stopped = watch.stopped()
    if (stopped !== undefined) return err(`${stopped} after ${bytes(done)}.`)
    while (coming.length < mostAsked && size !== undefined && asked * pieceBytes < size) ask()
    if (coming.length === 0) ask()
    const reply = await (coming.shift() as Promise<AgentReply>)
    if (reply.kind === 'failed') return err(reply.why)
    const piece = readPiece(reply.value)
    if (!piece.ok) return piece
    const { content, isEnd } = piece.value
    done += content.length
    if (done > most) return err(tooLarge(done, most))
    take(content)
    watch.progress(done, size)
    if (isEnd) return ok(done)
    empty = content.length === 0 ? empty + 1 : 0
    if (empty > mostEmpty)
      return err(`The agent returns neither bytes nor the end of the file after ${bytes(done)}.`)
  }
}

/** A reply of guest-file-read. @qapi GuestFileRead */
function readPiece(
  value: Json,
): Result<{ readonly content: Uint8Array<ArrayBuffer>; readonly isEnd: boolean }, string> {
  const count = countIn(value, 'count')
  const text = isJsonObject(value) ? own(value, 'buf-b64') : undefined
  const isEnd = isJsonObject(value) && own(value, 'eof') === true
  if (count === undefined || typeof text !== 'string')
    return err('guest-file-read returned something unexpected.')
  if (count > pieceBytes || text.length > (pieceBytes / 3) * 4)
    return err('guest-file-read returned more than was asked for.')
  const decoded = decodeBase64(text, pieceBytes)
  if (decoded === undefined) return err('guest-file-read returned no base64.')
  if (decoded.size !== count) return err(`guest-file-read says ${count} bytes, and returned ${decoded.size}.`)
  return ok({ content: decoded.bytes, isEnd })
}

function compareSize(size: number, told: number | undefined): Result<FileRead, string> {
  if (told === undefined || size === told)
    return ok({ size, note: told === undefined ? 'The guest tells no size: not compared.' : undefined })
  // Files of the kernel have content and no size.
  if (told === 0)
    return ok({ size, note: 'The guest says 0 bytes, as of files that it makes while they are read.' })
  if (size > told) return ok({ size, note: `It grew from ${bytes(told)} while it was read.` })
  return err(`It ended after ${size} of ${told} bytes.`)
}

function tooLarge(size: number, most: number): string {
  return `It has ${bytes(size)}; at most ${bytes(most)} are read here.`
}

/** Write a file: what was in it is lost. Done is its size as the guest tells it. */
export function writeFile(
  sender: AgentSender,
  path: string,
  source: FileSource,
  watch: FileWatch,
): Promise<FileEnd<number>> {
  return withHandle(sender, path, 'w', watch, async (handle) => {
    let done = 0
    const incomplete = (why: string): Result<number, string> =>
      err(`${why} The file in the guest is incomplete: ${bytes(done)} of ${bytes(source.size)} were written.`)
    while (done < source.size) {
      const stopped = watch.stopped()
      if (stopped !== undefined) return incomplete(`${stopped}.`)
      let piece: Uint8Array
      try {
        piece = await source.read(done, Math.min(source.size, done + pieceBytes))
      } catch (error) {
        return incomplete(`The file on this computer cannot be read: ${String(error)}.`)
      }
      if (piece.length === 0) return incomplete('The file on this computer ended early.')
      const sent = await askAgent(sender, 'guest-file-write', { handle, 'buf-b64': base64Of(piece) }, true)
      if (sent.kind === 'failed') return incomplete(`${sent.why}.`)
      const count = countIn(sent.value, 'count')
      if (count === undefined || count > piece.length)
        return incomplete('guest-file-write returned something unexpected.')
      if (count === 0) return incomplete('The guest takes no more: its disk may be full.')
      done += count
      watch.progress(done, source.size)
    }
    const flushed = await askAgent(sender, 'guest-file-flush', { handle }, true)
    if (flushed.kind === 'failed') return incomplete(`${flushed.why}.`)
    const end = await askAgent(sender, 'guest-file-seek', { handle, offset: 0, whence: 2 }, true)
    if (end.kind === 'failed') return err(`Its size could not be compared: ${end.why}`)
    const size = countIn(end.value, 'position')
    return size === source.size
      ? ok(size)
      : err(`The guest says that it has ${size ?? 'no'} bytes; ${source.size} were sent.`)
  })
}

async function withHandle<Done>(
  sender: AgentSender,
  path: string,
  mode: 'r' | 'w',
  watch: FileWatch,
  work: (handle: number) => Promise<Result<Done, string>>,
): Promise<FileEnd<Done>> {
  const opened = await askAgent(sender, 'guest-file-open', openArguments(path, mode))
  if (opened.kind === 'failed') {
    const maybe = opened.isCertain ? '' : '. It may be open in the guest, and cannot be closed from here'
    return { result: err(`${opened.why}${maybe}`), leftOpen: undefined }
  }
  const handle = opened.value
  if (typeof handle !== 'number' || !Number.isSafeInteger(handle)) {
    const why = 'guest-file-open returned no handle: the file may be open in the guest.'
    return { result: err(why), leftOpen: undefined }
  }
  watch.handle?.(handle, true)
  const result = await work(handle).catch((error: unknown): Result<Done, string> => err(String(error)))
  const leftOpen = await closeHandle(sender, handle)
  if (leftOpen === undefined) watch.handle?.(handle, false)
  // The last bytes are written when a file is closed: without that, what is in it is not known.
  if (leftOpen !== undefined && mode === 'w' && result.ok)
    return { result: err(`It could not be closed: ${leftOpen.why}`), leftOpen }
  return { result, leftOpen }
}
