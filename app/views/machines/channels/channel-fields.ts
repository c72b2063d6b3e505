/** Reads the channels that a person types for a machine. */
import { channelLabel } from '#base/channel-name.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { ProfileChannel } from '#state/page/settings.svelte.ts'
import { readAddress } from '../connect-address.ts'

/** A channel as it is typed. */
export interface TypedChannel {
  readonly kind: ChannelKind
  readonly address: string
}

/** Kinds of channels beside a monitor, in the order in which people have them. */
export const addedKinds: readonly ChannelKind[] = ['serial', 'vnc', 'qga', 'hmp']

/**
 * The channels, each with a name of its own: the kind, from the second of a kind on with a number. `pageProtocol` is the page's
 * own (`https:`). The failure is a sentence that names the first row that is wrong.
 */
export function readChannelFields(
  typed: readonly TypedChannel[],
  pageProtocol: string,
): Result<readonly ProfileChannel[], string> {
  const channels: ProfileChannel[] = []
  const counts = new Map<ChannelKind, number>()
  for (const [at, { kind, address }] of typed.entries()) {
    const read = readAddress(address, pageProtocol)
    if (!read.ok) return err(`Channel ${at + 1} (${channelLabel(kind)}): ${read.error}`)
    const before = counts.get(kind) ?? 0
    counts.set(kind, before + 1)
    channels.push({ name: before === 0 ? kind : `${kind}${before}`, kind, url: read.value.url })
  }
  return ok(channels)
}
