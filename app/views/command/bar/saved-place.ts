/** The place of a command in a collection, as the address has it: the form changes it there. */

import type { JsonObject } from '#base/json/value.ts'

/** Opens a command in the form, with these arguments; `query` comes into the address with it. */
export type OpenSaved = (
  name: string,
  args: JsonObject | undefined,
  query?: Readonly<Record<string, string>>,
) => void

/** A place: the collection's id, and the number of the command in it, from 0. */
export interface SavedPlace {
  readonly collection: string
  readonly index: number
}

/** As a part of the address. */
export function writePlace({ collection, index }: SavedPlace): string {
  return `${collection}.${index}`
}

/** Out of the address; undefined where that is none. */
export function readPlace(given: string | undefined): SavedPlace | undefined {
  const parts = /^(.{1,200})\.(\d{1,5})$/.exec(given ?? '')
  return parts === null ? undefined : { collection: parts[1] ?? '', index: Number(parts[2]) }
}
