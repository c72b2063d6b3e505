/** The hash of a file, as a program in the guest tells it. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { JsonObject } from '#base/json/value.ts'
import { askAgent } from '../agent-sender.ts'
import type { AgentSender } from '../agent-sender.ts'
import { readExecStatus, readPid, statusWait } from '../exec/exec-reply.ts'

/** How long the guest may take for the hash of a file, in milliseconds: 1 GiB takes seconds, on an emulated CPU a minute. */
const limitMs = 120_000

/** The arguments of guest-exec for it. */
export function hashArguments(path: string): JsonObject {
  return { path: 'sha256sum', arg: ['--', path], 'capture-output': true }
}

/** Ask for the SHA-256 of a file, in hexadecimal. The failure is a sentence. */
export async function guestHash(
  sender: AgentSender,
  path: string,
  wait: (ms: number) => Promise<void>,
  stopped: () => string | undefined,
): Promise<Result<string, string>> {
  const started = await askAgent(sender, 'guest-exec', hashArguments(path))
  if (started.kind === 'failed') return err(started.why)
  const pid = readPid(started.value)
  if (pid === undefined) return err('guest-exec returned no process id')
  let waited = 0
  for (let asked = 0; waited < limitMs; asked += 1) {
    const answer = await askAgent(sender, 'guest-exec-status', { pid }, true)
    if (answer.kind === 'failed') return err(answer.why)
    const status = readExecStatus(answer.value)
    if (status.kind === 'unreadable') return err('guest-exec-status returned something unexpected')
    if (status.kind === 'exited') {
      // A name with a line break or a backslash is escaped, which a backslash at the beginning says.
      const found = /^\\?([0-9a-f]{64}) /.exec(status.out.text)?.[1]
      return found === undefined || status.code !== 0
        ? err('sha256sum in the guest did not tell it')
        : ok(found)
    }
    const why = stopped()
    if (why !== undefined) return err(`${why}; sha256sum may still run in the guest`)
    const ms = statusWait(asked)
    await wait(ms)
    waited += ms
  }
  return err(`sha256sum in the guest took more than ${limitMs / 1000} s`)
}
