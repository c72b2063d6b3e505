/**
 * The traffic of a guest's network interfaces, as its agent counts it: QEMU itself tells of none. All of it comes from the
 * guest: checked and bounded. Pure.
 * @qapi GuestNetworkInterfaceStat
 */
import { clip } from '#base/clip.ts'
import { amountIn, memberOf, textIn } from '#base/json/members.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { oneMore } from '../rate-history.ts'
import type { RateLook } from '../rate-history.ts'

/** Interfaces that are shown. */
export const mostNics = 16
/** Characters of a name that are shown: Linux has 15, Windows whole words. */
const longestName = 60

/** The two ways that bytes go. */
export const ways = ['received', 'sent'] as const

/** One interface. Bytes since the guest was started, and their rates in bytes a second, the newest last. */
export interface NicTraffic {
  /** Unique in a reply. */
  readonly key: string
  readonly name: string
  readonly total: Readonly<Record<(typeof ways)[number], number>>
  readonly looks: Readonly<Record<(typeof ways)[number], readonly RateLook[]>>
}

/** Read a reply of guest-network-get-interfaces. `before` is what was read last, `at` and `beforeAt` when, in milliseconds. */
export function readNicTraffic(
  reply: Json,
  at: number,
  before: readonly NicTraffic[],
  beforeAt: number | undefined,
): readonly NicTraffic[] {
  return objectsIn(reply)
    .slice(0, mostNics)
    .flatMap((nic, index): NicTraffic[] => {
      const counted = memberOf(nic, 'statistics')
      const received = amountIn(counted, 'rx-bytes')
      const sent = amountIn(counted, 'tx-bytes')
      if (received === undefined || sent === undefined) return []
      const name = clip(textIn(nic, 'name') ?? 'without a name', longestName)
      const key = `${index} ${name}`
      const last = before.find((each) => each.key === key)
      const total = { received, sent }
      const looksOf = (way: (typeof ways)[number]): readonly RateLook[] => {
        const more = total[way] - (last?.total[way] ?? Number.POSITIVE_INFINITY)
        const ms = at - (beforeAt ?? at)
        // A guest that was started again counts from 0.
        return oneMore(last?.looks[way], at, more >= 0 && ms > 0 ? (more * 1000) / ms : undefined)
      }
      return [{ key, name, total, looks: { received: looksOf('received'), sent: looksOf('sent') } }]
    })
}
