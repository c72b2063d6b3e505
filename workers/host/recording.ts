/** Reads the file of a recording in a worker: transcripts as a stream, so that their size does not matter; others whole. */
import type { RecordingSummary } from '../api.ts'
import { err, ok } from '../base/result.ts'
import type { Result } from '../base/result.ts'
import { createTranscriptPieces, isTranscript, readRecording, recordingLimitBytes } from '../trace/import.ts'
import type { BareLine } from '../trace/row-facts.ts'

/** The largest transcript: 1 GiB. Of its rows the newest stay that the record can hold. */
const transcriptLimitBytes = 1024 * 1024 * 1024

/** Read a recording; `take` gets every row with the id of its machine, in order. The error is a sentence. */
export async function readRecordingFile(
  file: Blob,
  name: string,
  take: (machine: string, line: BareLine) => void,
): Promise<Result<RecordingSummary, string>> {
  try {
    const head = new Uint8Array(await file.slice(0, 4096).arrayBuffer())
    if (isTranscript(head)) return await readTranscript(file, name, take)
    if (file.size > recordingLimitBytes) return err(tooLarge(name, file.size, recordingLimitBytes))
    const read = readRecording(name, new Uint8Array(await file.arrayBuffer()))
    if (!read.ok) return read
    const machines = read.value.machines.map(({ rows, ...machine }) => {
      for (const line of rows) take(machine.id, line)
      return { ...machine, rows: rows.length }
    })
    return ok({ ...read.value, machines })
  } catch (error) {
    return err(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readTranscript(
  file: Blob,
  name: string,
  take: (machine: string, line: BareLine) => void,
): Promise<Result<RecordingSummary, string>> {
  if (file.size > transcriptLimitBytes) return err(tooLarge(name, file.size, transcriptLimitBytes))
  const pieces = createTranscriptPieces(name, take)
  const stream = file.stream().getReader()
  for (let next = await stream.read(); !next.done; next = await stream.read()) pieces.push(next.value)
  return pieces.end()
}

function tooLarge(name: string, size: number, limit: number): string {
  const mib = (value: number): string => (value / 1024 / 1024).toFixed(1)
  return `${name} has ${mib(size)} MiB; such a recording may have ${mib(limit)} MiB. Save or cut out a part of it.`
}
