/**
 * Finds out what a file is by its content: its first 64 KiB decide, unpacked where gzip packs them. The name is not asked.
 * What is none of the others is taken for a recording, whose reader knows the most forms and says what it expects.
 */
import { inWords } from '#base/apart.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { readOneCommand } from '#qapi/collections/collection-file.ts'
import { isTranscript } from '#trace/formats/import.ts'
import { textOfFile } from '#trace/formats/file-text.ts'

/** What can be opened. `qapi`: schema files of QEMU's sources, which are read together. */
export type FileKind = 'recording' | 'schema' | 'manual' | 'qapi' | 'collection'

/** A file with its kind. */
export interface KnownFile {
  readonly kind: FileKind
  /** Whether something in it says so; a recording may be a guess. */
  readonly isSure: boolean
  /** The file, unpacked where its reader wants it so. */
  readonly file: File
}

/** What is looked at, in bytes. Less would miss the first declaration behind a long licence. */
const headBytes = 64 * 1024
/** The largest file that is unpacked here, in bytes: the readers take no more. */
const unpackedLimit = 64 * 1024 * 1024

/** The kind of a file. One that unpacks to more than the limit, in bytes, is refused. The failure is a sentence. */
export async function kindOf(file: File, limit = unpackedLimit): Promise<Result<KnownFile, string>> {
  const name = inWords(file.name)
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer())
  } catch (error) {
    return err(`${name} could not be read: ${String(error)}`)
  }
  const packed = packing(bytes)
  if (packed === 'zip' || isTar(bytes)) return ok({ kind: 'manual', isSure: true, file })
  if (packed !== undefined && packed !== 'gzip')
    return err(`${name} is packed with ${packed}: unpack it and open what is inside.`)
  if (packed === undefined) return ok({ ...kindOfHead(bytes, file.size <= headBytes), file })
  const head = await unpacked(file, headBytes)
  if (isTar(head.bytes)) return ok({ kind: 'manual', isSure: true, file })
  const known = kindOfHead(head.bytes, head.isWhole)
  // Recordings are unpacked by their reader, piece by piece.
  if (known.kind === 'recording') return ok({ ...known, file })
  const whole = await unpacked(file, limit)
  if (whole.isBroken) return err(`${name} cannot be unpacked: it is damaged, or was cut off.`)
  if (!whole.isWhole) return err(`${name} unpacks to more than ${limit / 1024 / 1024} MiB.`)
  return ok({ ...known, file: new File([whole.bytes], file.name.replace(/\.gz$/i, '')) })
}

/** The kind by the first bytes; `isWhole`: there are no more. */
export function kindOfHead(bytes: Uint8Array, isWhole: boolean): { kind: FileKind; isSure: boolean } {
  if (isTranscript(bytes)) return { kind: 'recording', isSure: true }
  const text = textOfFile(bytes).replace(/^\uFEFF/, '')
  if (/^\.TH\b/m.test(text) || /^\s*(?:<!doctype html|<html\b)/i.test(text)) return sure('manual')
  if (/^\s*(?:#|\{\s*')/.test(text) && declaration.test(text)) return sure('qapi')
  if (/^\s*[{/#]/.test(text) && /["']format["']\s*:\s*["']qmp-studio collection["']/.test(text))
    return sure('collection')
  if (isWhole && readOneCommand(text) !== undefined) return sure('collection')
  const firstMember = text.indexOf('"meta-type"')
  if (firstMember >= 0 && !saysMore(text.slice(0, firstMember))) return sure('schema')
  return {
    kind: 'recording',
    isSure: /["'](?:QMP|execute|exec-oob|return|event)\\?["']\s*:|\(QEMU\) /.test(text),
  }
}

const declaration = /\{\s*'(?:command|event|struct|union|enum|alternate|include|pragma)'\s*:/

/** Whether a log has more than the question for the schema: events, and other commands. */
export function saysMore(text: string): boolean {
  if (/["']event["']\s*:/.test(text)) return true
  const commands = text.matchAll(/["'](?:execute|exec-oob)["']\s*:\s*["']([\w-]{1,100})/g)
  for (const [, name = ''] of commands)
    if (name !== 'query-qmp-schema' && name !== 'qmp_capabilities') return true
  return false
}

function sure(kind: FileKind): { kind: FileKind; isSure: boolean } {
  return { kind, isSure: true }
}

const packings: readonly (readonly [name: string, sign: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]

function packing(bytes: Uint8Array): string | undefined {
  return packings.find(([, sign]) => sign.every((each, index) => bytes[index] === each))?.[0]
}

function isTar(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(257, 262)) === 'ustar'
}

interface Unpacked {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isWhole: boolean
  readonly isBroken: boolean
}

/** The beginning of what gzip packs, `most` bytes at most. What is broken ends where it breaks. */
async function unpacked(file: File, most: number): Promise<Unpacked> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const pieces: Uint8Array[] = []
  let length = 0
  let isWhole = false
  let isBroken = false
  try {
    while (length <= most && !isWhole) {
      const { done, value } = await reader.read()
      isWhole = done
      if (value === undefined) continue
      pieces.push(value)
      length += value.length
    }
  } catch {
    // What came before is looked at.
    isBroken = true
  }
  void reader.cancel().catch(() => undefined)
  const bytes = new Uint8Array(Math.min(length, most))
  let at = 0
  for (const piece of pieces) {
    const part = piece.subarray(0, bytes.length - at)
    bytes.set(part, at)
    at += part.length
  }
  return { bytes, isWhole: isWhole && length <= most, isBroken }
}
