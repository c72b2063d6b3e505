/** A small form for an action on a part of the block graph: its fields, and the commands that they become. */
import type { Whole } from '#inside/blocks/reading.ts'
import type { ActionPlan } from '../../action/action.ts'

/** A field. All values are texts: a tick is `yes` or empty. */
export type FormField =
  | {
      readonly kind: 'text'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly value: string
    }
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly value: string
      readonly choices: readonly { readonly value: string; readonly label: string }[]
    }
  | {
      readonly kind: 'tick'
      readonly name: string
      readonly label: string
      readonly help?: string
      readonly value: string
    }

/** The values of a form, by the names of its fields. */
export type FormValues = ReadonlyMap<string, string>

/** What an action leaves of a chain: names of nodes from the top down. */
export interface ChainPreview {
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** In words, one line each. */
  readonly notes: readonly string[]
}

/** An action that a part has. */
export interface BlockForm {
  readonly id: string
  /** A verb: `Mirror…`. */
  readonly label: string
  readonly about: string
  /** The command that does it: without it the action is not offered. */
  readonly command: string
  /** Why it cannot be done now, in words; undefined where it can. */
  readonly why?: string | undefined
  readonly fields: readonly FormField[]
  readonly preview?: (values: FormValues) => ChainPreview | string
  /** The commands, or what is wrong with the values. */
  readonly build: (values: FormValues) => ActionPlan | string
}

const factors: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['k', 1n << 10n],
  ['m', 1n << 20n],
  ['g', 1n << 30n],
  ['t', 1n << 40n],
])

/** A size as people write it: `64M`, `1.5 GiB`, `4096`. Undefined where it is none. */
export function sizeIn(text: string): bigint | undefined {
  const found = /^(\d{1,19})(?:\.(\d{1,6}))? ?([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  if (found === null) return undefined
  const [, whole = '0', fraction = '', unit = ''] = found
  const factor = factors.get(unit.toLowerCase()) ?? 1n
  const part = fraction === '' ? 0n : (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length)
  const size = BigInt(whole) * factor + part
  return size < 1n << 63n ? size : undefined
}

/** A number of JSON: exact, and a bigint only where it has to be. */
export function jsonWhole(size: Whole): Whole {
  return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : size
}

/** Why a text is no name of a node, job or export; undefined where it is one. QEMU: at most 31 characters for a node. */
export function whyNoName(name: string, most = 31): string | undefined {
  if (/^[a-zA-Z][a-zA-Z0-9._-]*$/.test(name) && name.length <= most) return undefined
  return `A name begins with a letter, has letters, digits, “-”, “.” and “_”, and at most ${most} characters.`
}

/** A name that is not taken yet: `disk0-copy`, `disk0-copy2`. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  const start = /^[a-zA-Z]/.test(wanted) ? wanted : `n${wanted}`
  const stem = start.replaceAll(/[^a-zA-Z0-9._-]/g, '').slice(0, 22)
  for (let count = 2; taken(stem) && count < 1000; count += 1) {
    if (!taken(`${stem}${count}`)) return `${stem}${count}`
  }
  return stem
}
