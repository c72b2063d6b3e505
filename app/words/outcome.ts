/** The outcome of a command in a sentence. */
import { apart } from '#base/apart.ts'
import { assertNever } from '#base/assert-never.ts'
import { clip } from '#base/clip.ts'
import type { NotSentReason, Outcome } from '#qmp/report.ts'
import type { QmpError } from '#qmp/message.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'

/** The words for a command that was never sent. It certainly did not run. */
export function describeNotSent(why: NotSentReason): string {
  switch (why) {
    case 'cancelled':
      return 'not sent: cancelled'
    case 'deadline':
      return 'not sent: it waited in the queue until its deadline'
    case 'not-connected':
      return 'not sent: the machine is not connected'
    case 'connection-lost':
      return 'not sent: the connection was lost while it waited in the queue'
    case 'oob-not-negotiated':
      return 'not sent: this server has no out-of-band execution'
    case 'queue-full':
      return 'not sent: too many commands wait already'
    case 'no-command':
      return 'not sent: this server answers one command at a time, and nothing more after a line that is no command'
    case 'dropped-by-server':
      return 'not run: the server dropped it, its queue was full'
    default:
      return assertNever(why)
  }
}

const whyUnknown: Readonly<Record<Extract<Outcome, { kind: 'unknown' }>['why'], string>> = {
  'connection-lost': 'the connection was lost before the reply came; it may have run',
  'reply-unreadable': 'the reply could not be read',
  'worker-died': 'the worker of this machine died before the reply came',
  'worker-silent': 'the worker of this machine did not report the outcome by its deadline; it may have run',
}

/** Characters of a sentence in banners, lists and live regions. */
const longestSentence = 1000

/** QEMU's own words of a failure, of any length, after the class where that is specific. */
export function wholeFailure(error: QmpError): string {
  return error.class === 'GenericError' ? error.desc : `${apart(error.class)}: ${error.desc}`
}

/** One sentence for people. A failure has QEMU's own words, cut if they are too long. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'returned':
      return 'returned'
    case 'sent':
      return 'sent: this command answers only when it fails, and it has not'
    case 'failed':
      return clip(wholeFailure(outcome.error), longestSentence)
    case 'timed-out':
      return `no reply within ${outcome.afterMs / 1000} s; a late reply will still be recorded`
    case 'unknown':
      return `outcome unknown: ${whyUnknown[outcome.why]}`
    case 'not-sent':
      return describeNotSent(outcome.why)
    default:
      return assertNever(outcome)
  }
}

/** The short form of a result whose reply is no longer kept: how it ended. */
export function withoutReply(result: RunResult): RunResult {
  if (result.kind === 'returned') return { ...result, value: null }
  if (result.kind !== 'failed') return result
  return { ...result, error: { ...result.error, desc: clip(result.error.desc, longestSentence) } }
}
