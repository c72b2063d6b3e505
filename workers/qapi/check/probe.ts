/**
 * The extra member by which QEMU is asked about arguments without running anything: no command knows it. Apart from the
 * verdict, because the door of the page's commands needs nothing else of it.
 * @adr 0015
 */
import type { JsonObject } from '#base/json/value.ts'

const probe = '__qmp-studio-asks'

/** Whether a member is one of ours. */
export function isProbe(name: string): boolean {
  return name.startsWith(probe)
}

/**
 * The arguments with an extra member. Of several unexpected members QEMU may name any first, by its place in a
 * hash table: in later turns ours has another name, and so another place.
 */
export function withProbe(args: JsonObject | undefined, turn = 0): JsonObject {
  return { ...args, [turn === 0 ? probe : `${probe}-${(turn * 7919).toString(36)}`]: null }
}

/** Whether arguments have a member that makes QEMU refuse them. */
export function isProbed(args: JsonObject): boolean {
  return Object.keys(args).some(isProbe)
}
