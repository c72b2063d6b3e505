/** Commands to a guest agent, for the parts of this view that send several of them for one thing. */
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import type { Machine } from '#state/machine/machine.svelte.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { describeOutcome } from '#words/outcome.ts'
import { isJsonObject } from '#base/json/value.ts'

/** What sends commands: `Commands` of the agent's connection. */
export interface AgentSender {
  run(
    name: string,
    args: JsonObject | undefined,
    options?: { readonly isAgreed?: boolean; readonly deadlineMs?: number },
  ): Promise<RunResult>
}

/** A reply, or why there is none. `why` is a sentence. */
export type AgentReply =
  | { readonly kind: 'returned'; readonly value: Json }
  | {
      readonly kind: 'failed'
      readonly why: string
      /** It certainly did not run: the lock, the person, the connection, or the agent itself refused it. */
      readonly isCertain: boolean
    }

/** Send one command past the lock. `isAgreed`: the person has agreed to what it is a part of. */
export async function askAgent(
  sender: AgentSender,
  name: string,
  args: JsonObject | undefined,
  isAgreed = false,
): Promise<AgentReply> {
  const result = await sender.run(name, args, { isAgreed })
  switch (result.kind) {
    case 'returned':
      return { kind: 'returned', value: result.value }
    case 'refused':
      return { kind: 'failed', why: result.why, isCertain: true }
    default:
      return {
        kind: 'failed',
        why: describeOutcome(result),
        isCertain: result.kind === 'failed' || result.kind === 'not-sent',
      }
  }
}

/** A whole number of a reply, exact and not negative; undefined for anything else. */
export function countIn(value: Json, member: string): number | undefined {
  const found = isJsonObject(value) ? own(value, member) : undefined
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined
}

/** The sender of an agent's connection. */
export function senderOf(agent: Machine): AgentSender {
  return { run: (name, args, options) => agent.commands.run(name, args, options) }
}
