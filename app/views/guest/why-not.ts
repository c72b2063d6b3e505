/** Why a part of this view cannot be used now, the freeze of the guest among it. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { whyNotNow } from './agent-info.ts'
import type { AgentInfo } from './agent-info.ts'
import { freezeOf } from './freeze/freeze-of.ts'

/** Why a part that needs these commands cannot be used, for a button; undefined where it can. */
export function whyNotUsable(
  agent: Machine,
  info: AgentInfo | undefined,
  ...names: readonly string[]
): string | undefined {
  if (agent.isReady && freezeOf(agent).isFrozen)
    return 'The guest is frozen: its agent refuses this until it is thawed'
  return whyNotNow(agent, info, ...names)
}
