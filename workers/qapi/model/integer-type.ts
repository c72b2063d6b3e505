/**
 * The integer types of QAPI. Introspection calls all of them `int`; how wide one is shows in a refusal ("expects
 * uint16_t"), or in QEMU's own QAPI files.
 * @qapi qapi-code-gen, "Built-in Types"
 */
import { own } from '#base/own.ts'
import type { Member } from './schema-info.ts'

/** What an integer type takes, both ends included. */
export interface IntegerRange {
  readonly min: bigint
  readonly max: bigint
}

const signed = (bits: bigint): IntegerRange => ({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n })
const unsigned = (bits: bigint): IntegerRange => ({ min: 0n, max: 2n ** bits - 1n })
/** Written for the visitor of uint64: a negative number is taken, and means one near the top. */
const anyInteger: IntegerRange = { min: -(2n ** 63n), max: 2n ** 64n - 1n }

const ranges: Readonly<Record<string, IntegerRange>> = {
  int: signed(64n),
  integer: signed(64n),
  int8: signed(8n),
  int16: signed(16n),
  int32: signed(32n),
  int64: signed(64n),
  uint8: unsigned(8n),
  uint16: unsigned(16n),
  uint32: unsigned(32n),
  uint64: anyInteger,
  size: anyInteger,
}

/** The range of a type by the name that QEMU or QAPI gives it: `uint16_t`, `uint16`, `size`. */
export function rangeOf(type: string): IntegerRange | undefined {
  const name = type.replace(/_t$/, '')
  return own(ranges, name)
}

/** The integer type of a member, as far as it is known. The elements of an array have that of the member. */
export type WidthOf = (member: Member) => string | undefined

/** An integer range in words: `uint16: 0 to 65535`. */
export function describeRange(type: string): string {
  const range = rangeOf(type)
  return range === undefined ? type : `${type.replace(/_t$/, '')}: ${range.min} to ${range.max}`
}
