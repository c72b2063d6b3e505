/** The facts of an overview, read from the replies to its queries. */
import { memberOf } from '#base/json/members.ts'
import { own } from '#base/own.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { bytes, count } from '#words/format.ts'

/** The result of a query. */
export type QueryReply =
  | { readonly kind: 'returned'; readonly value: Json }
  /** The server's schema has no such command. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly why: string }

/** The replies by command. A command that has not been asked yet is not in it. */
export type Replies = Readonly<Record<string, QueryReply | undefined>>

/** The queries of an overview, in the order in which they are asked. */
export const overviewQueries = [
  'query-accelerators',
  'query-kvm',
  'query-cpus-fast',
  'query-memory-size-summary',
  'query-balloon',
  'query-block',
  'query-named-block-nodes',
] as const

/** Something known, with its exact value where the words are rounded; or a sentence of why not. */
export type Fact =
  | { readonly kind: 'known'; readonly text: string; readonly exact?: string }
  | { readonly kind: 'unknown'; readonly text: string }

/** What a query returned. Undefined where it returned nothing. */
export function valueOf(replies: Replies, command: string): Json | undefined {
  const reply = own(replies, command)
  return reply?.kind === 'returned' ? reply.value : undefined
}

/** An integer of the wire, or undefined for anything else. */
export function integerOf(value: Json | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

/** Why a fact is not known. */
export function unknown(replies: Replies, command: string): Fact {
  const reply = own(replies, command)
  if (reply === undefined) return { kind: 'unknown', text: 'not asked yet' }
  if (reply.kind === 'absent') return { kind: 'unknown', text: `this server has no ${command}` }
  if (reply.kind === 'failed') return { kind: 'unknown', text: reply.why }
  return { kind: 'unknown', text: `${command} returned something unexpected` }
}

/** A size with its exact count of bytes. */
export function sizeFact(size: bigint): Fact {
  return { kind: 'known', text: bytes(size), exact: `${count(size)} bytes` }
}

/**
 * The accelerator. Servers before query-accelerators say only whether it is KVM.
 * @qapi KvmInfo
 */
export function accelerator(replies: Replies): Fact {
  const enabled = memberOf(valueOf(replies, 'query-accelerators'), 'enabled')
  if (typeof enabled === 'string') return { kind: 'known', text: enabled.toUpperCase() }
  const kvm = memberOf(valueOf(replies, 'query-kvm'), 'enabled')
  if (kvm === true) return { kind: 'known', text: 'KVM' }
  if (kvm === false) return { kind: 'known', text: 'not KVM (TCG, as a rule)' }
  return unknown(replies, 'query-kvm')
}

/** How many CPUs, and of what kind. @qapi CpuInfoFast */
export function cpus(replies: Replies): Fact {
  const value = valueOf(replies, 'query-cpus-fast')
  if (!Array.isArray(value)) return unknown(replies, 'query-cpus-fast')
  const list = objectsIn(value)
  const targets = [...new Set(list.flatMap(({ target }) => (typeof target === 'string' ? [target] : [])))]
  const threads = list.flatMap((cpu) => {
    const thread = integerOf(memberOf(cpu, 'thread-id'))
    return thread === undefined ? [] : [String(thread)]
  })
  const text = `${count(list.length)}${targets.length === 0 ? '' : `, ${targets.join(' and ')}`}`
  return threads.length === 0
    ? { kind: 'known', text }
    : { kind: 'known', text, exact: `host threads ${threads.join(', ')}` }
}

/** The memory, with what was plugged in. @qapi MemoryInfo */
export function memory(replies: Replies): Fact {
  const value = valueOf(replies, 'query-memory-size-summary')
  const base = integerOf(memberOf(value, 'base-memory'))
  if (base === undefined) return unknown(replies, 'query-memory-size-summary')
  const plugged = integerOf(memberOf(value, 'plugged-memory')) ?? 0n
  if (plugged === 0n) return sizeFact(base)
  return {
    kind: 'known',
    text: `${bytes(base)} and ${bytes(plugged)} plugged in`,
    exact: `${count(base)} and ${count(plugged)} bytes`,
  }
}

/** The balloon: the guest's memory now. An error is usual, because most machines have no balloon. @qapi BalloonInfo */
export function balloon(replies: Replies): Fact {
  const actual = integerOf(memberOf(valueOf(replies, 'query-balloon'), 'actual'))
  return actual === undefined ? unknown(replies, 'query-balloon') : sizeFact(actual)
}
