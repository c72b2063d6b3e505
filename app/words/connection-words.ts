/**
 * The words for a connection: one word for lists and chips. The sentences are in connection-banner.ts.
 * @adr 0007, 0045
 */
import { troubledStates } from './guest-errors.ts'
import { assertNever } from '#base/assert-never.ts'
import type { IconName } from '#ui/icons.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { QemuVersion } from '#qmp/message.ts'

/** A state for lists and chips: words, and a shape and a tone that never stand alone. */
export interface StateWords {
  readonly word: string
  readonly icon: IconName
  readonly tone: 'ok' | 'busy' | 'warning' | 'bad' | 'off'
}

/** One word for a connection, the same everywhere. */
export function connectionWord(state: ConnectionState): StateWords {
  switch (state.kind) {
    case 'idle':
      return { word: 'not connected', icon: 'ring', tone: 'off' }
    case 'connecting':
      return { word: 'connecting', icon: 'arc', tone: 'busy' }
    case 'greeting':
      return { word: 'waiting for the greeting', icon: 'arc', tone: 'busy' }
    case 'occupied':
      return { word: 'occupied', icon: 'half', tone: 'warning' }
    case 'negotiating':
      return { word: 'negotiating', icon: 'arc', tone: 'busy' }
    case 'synchronising':
      return { word: 'synchronising', icon: 'arc', tone: 'busy' }
    case 'silent':
      return { word: 'silent', icon: 'half', tone: 'warning' }
    case 'ready':
      return { word: 'ready', icon: 'dot', tone: 'ok' }
    case 'lost':
      return { word: 'lost', icon: 'cross', tone: 'bad' }
    case 'ended':
      return { word: state.reason.kind === 'polite' ? 'let go' : 'ended', icon: 'square', tone: 'off' }
    default:
      return assertNever(state)
  }
}

/** The guest's run state as a shape, a tone and QEMU's own word. */
export function runStateWord(status: { readonly status: string; readonly running: boolean }): StateWords {
  if (status.running) return { word: status.status, icon: 'play', tone: 'ok' }
  if (troubledStates.has(status.status)) return { word: status.status, icon: 'warning', tone: 'bad' }
  return { word: status.status, icon: 'pause', tone: 'warning' }
}

/** The word for a machine in a list: its run state where it is known, else its connection. */
export function machineWord(
  state: ConnectionState,
  status: { readonly status: string; readonly running: boolean } | undefined,
  isFollowed = false,
): StateWords {
  if (isFollowed) return status === undefined ? followedWord : runStateWord(status)
  return state.kind === 'ready' && status !== undefined ? runStateWord(status) : connectionWord(state)
}

/** The word for a machine that is followed from another tab. */
export const followedWord: StateWords = { word: 'followed', icon: 'half', tone: 'busy' }

/** `7.2.22 (Debian …)`. */
export function versionText(version: QemuVersion): string {
  const suffix = version.package.trim().replace(/^\((.*)\)$/, '$1')
  return `${version.major}.${version.minor}.${version.micro}${suffix === '' ? '' : ` (${suffix})`}`
}
