/**
 * Takes the schema files out of an archive: a tar, as it is or compressed with gzip, such as the one of QEMU's sources,
 * or a zip of a folder.
 * Only `*.json` is kept; the rest is passed over without being held.
 * Tested by workers/host/reader/reader.test.ts.
 */
import { unzipSync } from 'fflate'
import type { ReferenceFile } from '#api/reader.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

const block = 512
/** The schema files of an archive, together. */
const keptLimit = 64 * 1024 * 1024
/** What an archive may unpack to: QEMU's sources have 1 GB. */
const unpackedLimit = 4 * 1024 * 1024 * 1024

/** What archives of this kind begin with. */
const signs: readonly (readonly [kind: string, sign: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]

/** What kind of archive a file is, by its first bytes; undefined where it is none. */
export function archiveKind(bytes: Uint8Array): string | undefined {
  const found = signs.find(([, sign]) => sign.every((each, index) => bytes[index] === each))
  if (found !== undefined) return found[0]
  return textOf(bytes.subarray(257, 262)) === 'ustar' ? 'tar' : undefined
}

/** The schema files of an archive, by their paths in it. The failure is a sentence. */
export async function unpack(file: ReferenceFile): Promise<Result<readonly ReferenceFile[], string>> {
  const kind = archiveKind(file.bytes)
  if (kind === 'zip') return unzip(file)
  if (kind !== 'gzip' && kind !== 'tar') {
    return err(
      `${file.name} is compressed with ${kind ?? 'something unknown'}: unpack it and drop its folder qapi.`,
    )
  }
  const plain = new Blob([file.bytes as Uint8Array<ArrayBuffer>]).stream()
  const stream = kind === 'gzip' ? plain.pipeThrough(new DecompressionStream('gzip')) : plain
  const tar = new TarReader()
  const reader = stream.getReader()
  let unpacked = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      unpacked += value.length
      if (unpacked > unpackedLimit) return err(`${file.name} unpacks to more than 4 GiB.`)
      const problem = tar.push(value)
      if (problem !== undefined) return err(`${file.name}: ${problem}`)
    }
  } catch (error) {
    return err(`${file.name} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`)
  }
  return tar.files.length === 0 ? err(nothingIn(file)) : ok(tar.files)
}

function unzip(file: ReferenceFile): Result<readonly ReferenceFile[], string> {
  let kept = 0
  try {
    const files = unzipSync(file.bytes, {
      filter: ({ name, originalSize }) => {
        if (!isSchemaFile(name)) return false
        kept += originalSize
        return kept <= keptLimit
      },
    })
    if (kept > keptLimit) return err(`${file.name}: ${tooMuch}`)
    const found = Object.entries(files).map(([name, bytes]) => ({ name, bytes }))
    return found.length === 0 ? err(nothingIn(file)) : ok(found)
  } catch (error) {
    return err(`${file.name} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const tooMuch = 'its schema files have more than 64 MiB'

function nothingIn(file: ReferenceFile): string {
  return `${file.name} has no schema file (*.json) in a folder qapi.`
}

function isSchemaFile(path: string): boolean {
  return /(^|\/)(qapi\/[^/]+|qapi-schema)\.json$/.test(path)
}

/** Reads a tar as it comes: headers, and the contents of the files that are wanted. */
class TarReader {
  readonly files: ReferenceFile[] = []
  #header = new Uint8Array(block)
  #have = 0
  /** Bytes of the entry in hand that are still to come, padding included. */
  #left = 0
  #wanted: { name: string; bytes: Uint8Array; at: number } | undefined
  #kept = 0

  push(chunk: Uint8Array): string | undefined {
    let at = 0
    while (at < chunk.length) {
      if (this.#left === 0) {
        const part = chunk.subarray(at, at + block - this.#have)
        this.#header.set(part, this.#have)
        this.#have += part.length
        at += part.length
        if (this.#have < block) return undefined
        this.#have = 0
        const problem = this.#begin()
        if (problem !== undefined) return problem
        continue
      }
      const part = chunk.subarray(at, at + this.#left)
      const wanted = this.#wanted
      if (wanted !== undefined) {
        const content = part.subarray(0, wanted.bytes.length - wanted.at)
        wanted.bytes.set(content, wanted.at)
        wanted.at += content.length
      }
      at += part.length
      this.#left -= part.length
      if (this.#left === 0) this.#end()
    }
    return undefined
  }

  #begin(): string | undefined {
    const header = this.#header
    if (header.every((each) => each === 0)) return undefined
    const size = Number.parseInt(textOf(header.subarray(124, 136)), 8)
    if (!Number.isFinite(size) || size < 0) return 'this is no tar archive, or it is damaged'
    const prefix = textOf(header.subarray(345, 500))
    const name = [prefix, textOf(header.subarray(0, 100))].filter((each) => each !== '').join('/')
    const isFile = header[156] === 0x30 || header[156] === 0
    this.#left = Math.ceil(size / block) * block
    if (isFile && isSchemaFile(name)) {
      this.#kept += size
      if (this.#kept > keptLimit) return tooMuch
      this.#wanted = { name, bytes: new Uint8Array(size), at: 0 }
      if (this.#left === 0) this.#end()
    }
    return undefined
  }

  #end(): void {
    if (this.#wanted !== undefined) this.files.push({ name: this.#wanted.name, bytes: this.#wanted.bytes })
    this.#wanted = undefined
  }
}

/** The text of a field, up to its end. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim()
}
