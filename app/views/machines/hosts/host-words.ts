/** The word for another host in the list of machines. */
import { assertNever } from '#base/assert-never.ts'
import type { HostState } from '#state/machine/hosts/other-hosts.svelte.ts'
import type { StateWords } from '#words/connection-words.ts'

/** One word for a host, with its shape and tone. */
export function hostWord(state: HostState): StateWords {
  switch (state.kind) {
    case 'new':
      return { word: 'not connected', icon: 'ring', tone: 'off' }
    case 'looking':
      return { word: 'connecting', icon: 'arc', tone: 'busy' }
    case 'away':
      return { word: 'away', icon: 'cross', tone: 'bad' }
    case 'there':
      if (state.access === 'missing') return { word: 'needs its key', icon: 'half', tone: 'warning' }
      if (state.access === 'wrong') return { word: 'wrong key', icon: 'warning', tone: 'warning' }
      return { word: 'there', icon: 'dot', tone: 'ok' }
    default:
      return assertNever(state)
  }
}
