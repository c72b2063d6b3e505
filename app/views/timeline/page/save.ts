/**
 * Writes records as a file: the workers make the parts, and the page puts them together without reading them.
 * @adr 0028
 */
import type { Filter } from '#record/filter/filter.ts'
import type { SaveFormat } from '#api/machine.ts'
import type { Track } from '#record/track.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { chromeTraceFoot } from '#trace/formats/chrome-trace.ts'
import { csvHeader } from '#trace/formats/row-csv.ts'
import { transcriptHeader, transcriptPicture } from '#trace/formats/transcript.ts'
import type { PictureToSave } from '../../console/screen/film/films.svelte.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'

/** The machines and rows to write, and how. */
export interface SaveOrder {
  readonly machines: readonly Machine[]
  readonly filter: Filter
  readonly format: SaveFormat
  readonly withoutSecrets: boolean
  readonly withSchema: boolean
  /** Of the film, in the order of their times; a transcript alone can have them. */
  readonly pictures: readonly PictureToSave[]
}

/** What was written. */
export interface Saved {
  readonly blob: Blob
  readonly rows: number
  /** Rows that were dropped from the record meanwhile. */
  readonly gone: number
}

/** How long a worker writes before it reads from the wire again, in milliseconds. */
const budgetMs = 24

const endings: Readonly<Record<SaveFormat, string>> = {
  transcript: '.qmp.jsonl',
  'chrome-trace': '.trace.json',
  csv: '.csv',
}

const types: Readonly<Record<SaveFormat, string>> = {
  transcript: 'application/jsonl',
  'chrome-trace': 'application/json',
  csv: 'text/csv',
}

/** A name for the file: of the first machine, and when it was made (local time). */
export function fileName(
  machines: readonly { readonly name: string }[],
  format: SaveFormat,
  at: Date,
): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const others = machines.length > 1 ? `-and-${machines.length - 1}-more` : ''
  const name = (machines[0]?.name ?? 'recording').replace(/[^\w.-]+/g, '-')
  return `${name}${others}-${day}T${two(at.getHours())}-${two(at.getMinutes())}${endings[format]}`
}

/**
 * Write. `onprogress` is told how far it is (0 to 1) and how many rows there are by now. The failure is a sentence;
 * undefined when `signal` ended it.
 */
export async function save(
  order: SaveOrder,
  signal: AbortSignal,
  onprogress: (progress: number, rows: number) => void,
): Promise<Result<Saved, string> | undefined> {
  const parts: BlobPart[] = [headOf(order)]
  let rows = 0
  let gone = 0
  for (const [place, machine] of order.machines.entries()) {
    const { filter, format, withoutSecrets } = order
    const tracks: readonly Track[] = format === 'chrome-trace' ? [...machine.record.tracks.values()] : []
    const called = format === 'transcript' ? machine.id : machine.name
    const saving = { format, filter, withoutSecrets, machine: called, place, tracks }
    const handle = await machine.record.calls.beginSaving(saving)
    for (;;) {
      const part = handle < 0 ? undefined : await machine.record.calls.savedPart(handle, budgetMs)
      if (signal.aborted) {
        machine.record.calls.endSaving(handle)
        return undefined
      }
      if (part === undefined) return err(`The worker of ${machine.name} died: nothing was written.`)
      if (part.bytes.length > 0) parts.push(part.bytes)
      onprogress((place + part.progress) / order.machines.length, rows + part.rows)
      if (!part.over) continue
      rows += part.rows
      gone += part.gone
      break
    }
  }
  if (order.format === 'chrome-trace') parts.push(chromeTraceFoot)
  if (order.format === 'transcript') {
    for (const { machine, screen, at, blob } of order.pictures) {
      const jpeg = new Uint8Array(await blob.arrayBuffer())
      parts.push(`${transcriptPicture({ machine: machine.id, screen, at, jpeg })}\n`)
    }
  }
  return ok({ blob: new Blob(parts, { type: types[order.format] }), rows, gone })
}

function headOf({ format, machines, withSchema, withoutSecrets }: SaveOrder): string {
  if (format === 'csv') return csvHeader()
  if (format === 'chrome-trace') return ''
  return `${transcriptHeader({
    made: Date.now(),
    machines: machines.map((machine) => {
      const { id, name, protocol, identity, connection, schema } = machine
      const greeted = connection.kind === 'ready' ? connection.greeting?.version : undefined
      return {
        id,
        name,
        protocol,
        version: identity?.version ?? greeted,
        schema: withSchema && schema.kind === 'ready' ? schema.raw : undefined,
      }
    }),
    note: undefined,
    isRedacted: withoutSecrets,
  })}\n`
}
