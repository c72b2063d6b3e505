/** The words and signs of a machine's channels. @adr 0054 */
import { assertNever } from '#base/assert-never.ts'
import type { ChannelKind } from '#base/channel-name.ts'
import type { ChannelState } from '#state/machine/channels/channel.svelte.ts'
import type { ChannelView } from '#state/machine/channels/machine-channels.svelte.ts'
import type { IconName } from '#ui/icons.ts'
import { connectionWord } from './connection-words.ts'
import type { StateWords } from './connection-words.ts'

/** The sign of each kind. It never stands alone. */
export const channelIcons: Readonly<Record<ChannelKind, IconName>> = {
  qmp: 'monitor',
  hmp: 'text',
  serial: 'line',
  vnc: 'screen',
  qga: 'guest',
}

/** The word for the state of a channel, whatever it speaks. */
export function channelWord({ machine, raw }: Pick<ChannelView, 'machine' | 'raw'>): StateWords {
  if (machine !== undefined) return connectionWord(machine.connection)
  return raw === undefined ? connectionWord({ kind: 'idle' }) : rawWord(raw.state)
}

/** The word for the state of a raw channel. */
export function rawWord(state: ChannelState): StateWords {
  switch (state.kind) {
    case 'idle':
      return { word: 'not connected', icon: 'ring', tone: 'off' }
    case 'connecting':
      return { word: 'connecting', icon: 'arc', tone: 'busy' }
    case 'ready':
      return { word: 'ready', icon: 'dot', tone: 'ok' }
    case 'occupied':
      return { word: 'occupied', icon: 'half', tone: 'warning' }
    case 'lost':
      return { word: 'lost', icon: 'cross', tone: 'bad' }
    case 'ended':
      return { word: 'ended', icon: 'square', tone: 'off' }
    default:
      return assertNever(state)
  }
}

/** Why a raw channel is not ready, in a sentence; empty while there is nothing to be said. */
export function whyNotReady(label: string, state: ChannelState): string {
  switch (state.kind) {
    case 'lost':
      return `${label}: the connection was lost (${state.why}). It is tried again automatically.`
    case 'ended':
      return state.why === undefined
        ? `${label}: disconnected here, so that somebody else can have it.`
        : `${label}: ${state.why}`
    case 'occupied':
      return `${label}: another client has it. QEMU serves one at a time; this one is connected as soon as that one leaves.`
    case 'idle':
    case 'connecting':
    case 'ready':
      return ''
    default:
      return assertNever(state)
  }
}
