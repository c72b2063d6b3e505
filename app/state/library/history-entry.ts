/**
 * Entries of the history: made from sent commands, searched, and opened again. No runes, no database.
 * @adr 0014
 */
import { isJsonObject } from '#base/json/value.ts'
import { parseInput } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'
import { redact, redactText } from '#qapi/secrets/secrets.ts'
import { keptWithin } from '../machine/bounded.ts'
import type { Bounds } from '../machine/bounded.ts'
import type { StoredEntry } from './database.ts'

/** A sent command and its result. */
export interface HistoryInput {
  readonly machine: { readonly id: string; readonly name: string }
  readonly name: string
  readonly arguments: JsonObject | undefined
  readonly oob: boolean
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The kind of the result, or `declined`: a person said no when asked. */
  readonly outcome: string
  /** Why it failed, in a sentence. */
  readonly error: string | undefined
  readonly latencyMs: number | undefined
  /** Where it was entered, if that was not the command view. */
  readonly from?: 'console' | undefined
}

/** Longer arguments are not kept, in UTF-16 units. */
export const longestArguments = 256 * 1024
const longestError = 2000

/** The entry for what was sent. Its secrets are left out unless `keepSecrets`. */
export function makeEntry(input: HistoryInput, keepSecrets: boolean): Omit<StoredEntry, 'id'> {
  const redacted = redact(input.name, input.arguments)
  const isRedacted = redacted.paths.length > 0 && !keepSecrets
  const args = isRedacted ? redacted.arguments : input.arguments
  const text = args === undefined ? undefined : printJson(args)
  const cut = text !== undefined && text.length > longestArguments
  const error =
    isRedacted && input.error !== undefined ? redactText(input.error, redacted.secrets) : input.error
  return {
    machine: input.machine.id,
    machineName: input.machine.name,
    name: input.name,
    arguments: cut ? undefined : text,
    cut,
    oob: input.oob,
    at: input.at,
    outcome: input.outcome,
    error: error?.slice(0, longestError),
    latencyMs: input.latencyMs,
    redacted: isRedacted,
    ...(input.from === undefined ? {} : { from: input.from }),
  }
}

/** The arguments of an entry as a value. */
export function argumentsOf(entry: StoredEntry): JsonObject | undefined {
  // As they were typed: QEMU does not take `1.0` for an integer.
  const parsed = entry.arguments === undefined ? undefined : parseInput(entry.arguments)
  return parsed?.ok === true && isJsonObject(parsed.value) ? parsed.value : undefined
}

/** Those entries that have all words of a search in their name, arguments or origin, without regard to case. */
export function searchEntries(entries: readonly StoredEntry[], search: string): readonly StoredEntry[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return entries
  return entries.filter((each) => {
    const text = `${each.name} ${each.arguments ?? ''} ${each.from ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** How many entries of a machine are kept, and how many characters in them. */
export const historyBounds: Bounds = { most: 5000, mostSize: 16 * 1024 * 1024 }

/** Those of a machine's entries (newest first) that are kept. */
export function keptEntries<Entry extends Omit<StoredEntry, 'id'>>(
  entries: readonly Entry[],
  bounds = historyBounds,
): readonly Entry[] {
  return entries.slice(0, keptWithin(entries, sizeOf, bounds))
}

function sizeOf({ name, machineName, arguments: args = '', error = '' }: Omit<StoredEntry, 'id'>): number {
  return name.length + machineName.length + args.length + error.length
}

/** The result, in a word or two. */
export function outcomeWord(entry: Pick<StoredEntry, 'outcome'>): string {
  return entry.outcome === declined ? 'not sent' : entry.outcome.replaceAll('-', ' ')
}

/** The outcome of a command that a person did not let go, when asked. */
export const declined = 'declined'

/** How an entry is marked. A person's own no is no failure. */
export function toneOf(entry: Pick<StoredEntry, 'outcome'>): 'ok' | 'error' | 'muted' {
  if (entry.outcome === declined) return 'muted'
  return wentWell(entry) ? 'ok' : 'error'
}

/** Whether the command succeeded. */
function wentWell(entry: Pick<StoredEntry, 'outcome'>): boolean {
  return entry.outcome === 'returned' || entry.outcome === 'sent'
}
