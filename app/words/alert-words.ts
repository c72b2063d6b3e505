/**
 * A warning about a filter that stops the recording, shown before it is switched on.
 * @adr 0026
 */
import type { SavedFilter } from '#state/page/settings.svelte.ts'
import { duration } from './format.ts'

/** A sentence for people. `machine` is the name of the only machine that it watches; undefined: every machine. */
export function whatAlertDoes({ keepMs }: Pick<SavedFilter, 'keepMs'>, machine: string | undefined): string {
  const whose = machine === undefined ? 'of the machine that it comes from' : `of ${machine}`
  const older =
    keepMs === 0
      ? 'Nothing is deleted.'
      : `Its rows from more than ${duration(keepMs)} before are deleted from the record, and from the rows kept over reloads.`
  return `When such a row comes, the recording ${whose} stops until you record again. ${older}`
}
