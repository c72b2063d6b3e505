/** The runs in a guest: they go on, and are kept, while the view is not shown. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { senderOf } from '../agent-sender.ts'
import { ExecRuns } from './exec-runs.svelte.ts'

/** The runs through an agent's connection, which is kept open while one is running. */
export function execRunsOf(agent: Machine): ExecRuns {
  return agent.of(makeRuns)
}

function makeRuns(agent: Machine): ExecRuns {
  return new ExecRuns(senderOf(agent), undefined, () => agent.use())
}
