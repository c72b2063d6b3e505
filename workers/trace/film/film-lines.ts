/**
 * The pictures of a film in a transcript: one line each (docs/TRANSCRIPT.md). What a file says is hostile: a picture is taken
 * only as a JPEG of a bounded size, in bytes and in pixels; nothing here decodes it.
 * @adr 0028
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { readTime, timeText } from '#record/row-facts.ts'
import { base64Of, decodeBase64 } from '#qapi/text/base64-bytes.ts'
import { mostBytes, mostFrames } from './film-frames.ts'
import type { FilmFrame } from './film-frames.ts'

/** A picture of one screen of one machine. */
export interface FilmedPicture extends FilmFrame {
  /** The machine's id in the file. */
  readonly machine: string
  /** The name of the screen's channel. */
  readonly screen: string
  /** A JPEG. */
  readonly jpeg: Uint8Array<ArrayBuffer>
}

/** The pictures of a file in the order of their times, and how many older ones were left out. */
export interface FilmInFile {
  readonly pictures: readonly FilmedPicture[]
  readonly gone: number
}

/** The member of a line that is a picture. */
export const pictureMember = 'picture'

/** Bytes of one picture: those written here have 5 to 30 KB. */
const mostPictureBytes = 256 * 1024
/** Pixels of a side: those written here have 320. A browser needs four bytes for each pixel, however small the file is. */
const mostPixels = 1024
/** Characters of a name. */
const longestName = 200
/** Screens of a file: each is a strip on the page. */
const mostScreens = 16

/** What stands in a line for a picture. */
export function pictureValue({ machine, screen, at, jpeg }: Omit<FilmedPicture, 'bytes'>): Json {
  return { machine, screen, time: timeText(at), jpeg: base64Of(jpeg) }
}

/** A picture from what stands in its line. The error says in a few words what is wrong. */
export function readPicture(value: Json): Result<FilmedPicture, string> {
  const text = (name: string): string | undefined => {
    const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    return typeof member === 'string' ? member : undefined
  }
  const [machine, screen, jpeg] = [text('machine'), text('screen'), text('jpeg')]
  const at = readTime(text('time') ?? '')
  if (machine === undefined || machine.length > longestName) return err('a picture of no machine')
  if (screen === undefined || screen.length > longestName) return err('a picture of no screen')
  if (at === undefined) return err('a picture without a time that can be read')
  if (jpeg === undefined) return err('a picture without its data')
  if (jpeg.length > (mostPictureBytes / 3) * 4) return err('a picture that is too large')
  const bytes = decodeBase64(jpeg)?.bytes
  const size = bytes === undefined ? undefined : jpegSize(bytes)
  if (bytes === undefined || size === undefined) return err('a picture that is no JPEG')
  if (Math.max(size.width, size.height) > mostPixels)
    return err(`a picture of ${size.width} × ${size.height} pixels; ${mostPixels} a side are allowed`)
  return ok({ machine, screen, at, jpeg: bytes, bytes: bytes.length })
}

/**
 * The size in pixels that the head of a JPEG states; undefined where it is none. Only the head is looked at: a decoder takes
 * the same. Of the kinds of JPEG the two are taken that browsers show: baseline and progressive.
 */
export function jpegSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const byte = (at: number): number => bytes[at] ?? -1
  const word = (at: number): number => (at + 1 < bytes.length ? (byte(at) << 8) | byte(at + 1) : -1)
  if (word(0) !== 0xff_d8) return undefined
  let at = 2
  while (at + 4 <= bytes.length) {
    if (byte(at) !== 0xff) return undefined
    const marker = byte(at + 1)
    const length = word(at + 2)
    if (length < 2) return undefined
    if (marker >= 0xc0 && marker <= 0xc2) {
      const [height, width] = [word(at + 5), word(at + 7)]
      return height > 0 && width > 0 ? { width, height } : undefined
    }
    // Tables, application data and comments may come before; the data itself, or another kind of frame, may not.
    if (!(marker === 0xc4 || marker === 0xdb || marker === 0xdd || marker === 0xfe || marker >> 4 === 0xe))
      return undefined
    at += 2 + length
  }
  return undefined
}

/** Collects the pictures of a file within the limits of one film: the oldest go first, counted. */
export interface FilmReader {
  /** The error says what is wrong, in a few words. */
  take(value: Json): Result<undefined, string>
  all(): FilmInFile
}

/** Make one for a file. */
export function createFilmReader(): FilmReader {
  const kept: FilmedPicture[] = []
  const screens = new Set<string>()
  let size = 0
  let gone = 0
  return {
    take(value) {
      const read = readPicture(value)
      if (!read.ok) return read
      const key = JSON.stringify([read.value.machine, read.value.screen])
      if (!screens.has(key) && screens.size >= mostScreens) return err('a picture of one screen too many')
      screens.add(key)
      kept.push(read.value)
      size += read.value.bytes
      while (kept.length > mostFrames || (size > mostBytes && kept.length > 1)) {
        size -= kept.shift()?.bytes ?? 0
        gone += 1
      }
      return ok(undefined)
    },
    all: () => ({ pictures: kept.toSorted((a, b) => a.at - b.at), gone }),
  }
}

/** What a file without a film has. */
export const noFilm: FilmInFile = { pictures: [], gone: 0 }
