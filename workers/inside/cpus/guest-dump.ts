/**
 * A dump of the guest's memory to a file of the host: how far it is, and what its command takes.
 * Tested by workers/inside/cpus/memory-sizes.test.ts.
 * @qapi dump-guest-memory, query-dump, query-dump-guest-memory-capability, DUMP_COMPLETED
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { parseAddress } from './guest-address.ts'

/** How far a dump is. */
export interface DumpNow {
  /** In QEMU's word: `none`, `active`, `completed`, `failed`. */
  readonly status: string
  /** Bytes. */
  readonly done: number
  readonly all: number
}

/** The reply of query-dump, or the result in DUMP_COMPLETED. */
export function readDumpNow(reply: Json | undefined): DumpNow {
  const given = reply !== undefined && isJsonObject(reply) ? reply : {}
  const { status, completed, total } = given
  return {
    status: typeof status === 'string' ? status : 'none',
    done: Number(typeof completed === 'number' || typeof completed === 'bigint' ? completed : 0),
    all: Number(typeof total === 'number' || typeof total === 'bigint' ? total : 0),
  }
}

/** The formats that this machine can write; `elf` where it does not tell. */
export function readFormats(reply: Json): readonly string[] {
  const formats = isJsonObject(reply) && Array.isArray(reply.formats) ? reply.formats : []
  const names = formats.filter((each): each is string => typeof each === 'string').slice(0, 50)
  return names.length === 0 ? ['elf'] : names
}

/** What a person chose. */
export interface DumpForm {
  /** A file of the host. */
  readonly file: string
  readonly format: string
  /** Pages as the guest maps them, in place of physical memory. */
  readonly isPaged: boolean
  /** As typed; empty for all. */
  readonly begin: string
  readonly length: string
  readonly isDetached: boolean
}

/** The arguments of the command; the failure is why it cannot be sent, in a sentence. */
export function dumpArguments({
  file,
  format,
  isPaged,
  begin,
  length,
  isDetached,
}: DumpForm): Result<JsonObject, string> {
  if (!file.startsWith('/')) return err('the file needs its whole path on the host, from / on')
  if (file.length > 4096) return err('the path is too long')
  const isPart = begin.trim() !== '' || length.trim() !== ''
  if (format !== 'elf' && (isPaged || isPart))
    return err(`${format} has all of the physical memory: a part, or pages of the guest, need elf`)
  const part: Record<string, number | bigint> = {}
  if (isPart) {
    const [from, many] = [parseAddress(begin), parseAddress(length)]
    if (!from.ok || !many.ok)
      return err('a part needs both: where it begins, and its length in bytes (0x100000)')
    if (many.value === 0n) return err('a part of 0 bytes is none')
    // The command takes signed numbers.
    if (from.value >= 2n ** 63n || many.value >= 2n ** 63n) return err('a part has an address below 2^63')
    Object.assign(part, { begin: canonical(from.value), length: canonical(many.value) })
  }
  return ok({
    paging: isPaged,
    protocol: `file:${file}`,
    ...(isDetached ? { detach: true } : {}),
    ...(format === 'elf' ? {} : { format }),
    ...part,
  })
}

/** As JSON has it: a number as far as it is exact. */
function canonical(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** What a state of a dump means, in words. */
export function dumpWords(status: string): string {
  switch (status) {
    case 'none':
      return 'No dump was begun.'
    case 'active':
      return 'It is being written. The guest stands still meanwhile.'
    case 'completed':
      return 'It is written.'
    case 'failed':
      return 'It failed: what is in the file is not whole.'
    default:
      return ''
  }
}
