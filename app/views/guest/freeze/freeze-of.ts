/** The freeze of a guest: its countdown goes on whatever view is shown. */
import type { Machine } from '#state/machine/machine.svelte.ts'
import { readAgentInfo, whyNotOffered } from '../agent-info.ts'
import { senderOf } from '../agent-sender.ts'
import { Freeze } from './freeze.svelte.ts'
import { readMarks, writeMark } from './freeze-marks.ts'
import type { MarkStore } from './freeze-marks.ts'

const store: MarkStore = () => localStorage

/** The freeze through an agent's connection, which is kept open while it lasts. */
export function freezeOf(agent: Machine): Freeze {
  return agent.of(makeFreeze)
}

function makeFreeze(agent: Machine): Freeze {
  return new Freeze({
    send: senderOf(agent),
    status: async () => {
      const reply = await agent.agentInfo()
      const info = reply.ok ? readAgentInfo(reply.value) : undefined
      if (info === undefined || whyNotOffered(info, 'guest-fsfreeze-status') !== undefined) return undefined
      return agent.commands.call('guest-fsfreeze-status')
    },
    isReady: () => agent.isReady,
    use: () => agent.use(),
    marks: { read: () => readMarks(store).get(agent.id), write: (mark) => writeMark(store, agent.id, mark) },
    now: () => Date.now(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    thawed: () => void agent.agentInfo(true).then(() => agent.loadSchema()),
  })
}
