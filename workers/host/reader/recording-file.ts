/**
 * Reads the file of a recording in a worker: transcripts as a stream, so that their size does not matter; others whole.
 * @adr 0027
 */
import type { RecordingSummary } from '#trace/formats/recording.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { TranscriptPieces } from '#trace/formats/import.ts'
import {
  createTranscriptPieces,
  isTranscript,
  readRecording,
  recordingLimitBytes,
} from '#trace/formats/import.ts'
import type { BareLine } from '#record/row-facts.ts'

/** The largest transcript: 1 GiB. Of its rows the newest stay that the record can hold. */
const transcriptLimitBytes = 1024 * 1024 * 1024

/** Read a recording; `take` gets every row with the id of its machine, in order. The error is a sentence. */
export async function readRecordingFile(
  file: Blob,
  name: string,
  take: (machine: string, line: BareLine) => void,
): Promise<Result<RecordingSummary, string>> {
  try {
    const begin = new Uint8Array(await file.slice(0, 4096).arrayBuffer())
    if (begin[0] === 0x1f && begin[1] === 0x8b) return await readGzip(file, name, take)
    if (isTranscript(begin)) return await readTranscript(file, name, take)
    if (file.size > recordingLimitBytes) return err(tooLarge(name, file.size, recordingLimitBytes))
    return readWhole(new Uint8Array(await file.arrayBuffer()), name, take)
  } catch (error) {
    return err(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Take = (machine: string, line: BareLine) => void

function readWhole(bytes: Uint8Array, name: string, take: Take): Result<RecordingSummary, string> {
  const read = readRecording(name, bytes)
  if (!read.ok) return read
  const machines = read.value.machines.map(({ rows, ...machine }) => {
    for (const line of rows) take(machine.id, line)
    return { ...machine, rows: rows.length }
  })
  return ok({ ...read.value, machines })
}

async function readTranscript(
  file: Blob,
  name: string,
  take: Take,
): Promise<Result<RecordingSummary, string>> {
  if (file.size > transcriptLimitBytes) return err(tooLarge(name, file.size, transcriptLimitBytes))
  const pieces = createTranscriptPieces(name, take)
  const stream = file.stream().getReader()
  for (let next = await stream.read(); !next.done; next = await stream.read()) pieces.push(next.value)
  return pieces.end()
}

/**
 * A file that gzip made. The limits are those of the file inside: a small file may hold very much, so it is given up as
 * soon as it passes them.
 */
async function readGzip(file: Blob, name: string, take: Take): Promise<Result<RecordingSummary, string>> {
  const inside = name.replace(/\.gz$/i, '')
  const stream = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  let pieces: TranscriptPieces | undefined
  let chunks: Uint8Array[] = []
  let size = 0
  let isLooked = false
  for (let next = await stream.read(); !next.done; next = await stream.read()) {
    size += next.value.length
    const limit = pieces === undefined ? recordingLimitBytes : transcriptLimitBytes
    if (size > limit) {
      await stream.cancel()
      return err(tooLarge(`The content of ${name}`, size, limit))
    }
    if (pieces !== undefined) {
      pieces.push(next.value)
      continue
    }
    chunks.push(next.value)
    // The first chunks may be small.
    if (isLooked || size < 4096) continue
    isLooked = true
    if (!isTranscript(joined(chunks))) continue
    pieces = createTranscriptPieces(inside, take)
    for (const chunk of chunks) pieces.push(chunk)
    chunks = []
  }
  return pieces === undefined ? readWhole(joined(chunks), inside, take) : pieces.end()
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function tooLarge(name: string, size: number, limit: number): string {
  const mib = (value: number): string => (value / 1024 / 1024).toFixed(1)
  return `${name} has ${mib(size)} MiB; such a recording may have ${mib(limit)} MiB. Save or cut out a part of it.`
}
