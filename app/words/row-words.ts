/** The words of a row of the timeline, in QMP's terms and for people. Pure: rows in, text out. */
import { apart } from '#base/apart.ts'
import { assertNever } from '#base/assert-never.ts'
import { clip } from '#base/clip.ts'
import type { ConnectionState, EndReason, LossReason } from '#qmp/connection.ts'
import { isGreeting } from '#record/row-facts.ts'
import type { LogRow, RowOf } from '#record/row.ts'
import type { QmpError } from '#qmp/message.ts'
import type { WireProblem } from '#qmp/report.ts'
import type { Direction } from '#record/row-facts.ts'
import { laneOfEvent } from '#record/lanes.ts'
import { count, duration } from './format.ts'
import { compact } from './compact.ts'

export { directionOf, execOf } from '#record/row-facts.ts'

/** The sign of a direction; a word beside it is for screen readers. */
export const directionSigns: Readonly<Record<Direction, string>> = {
  sent: '→',
  received: '←',
  here: '·',
}

/** The kind of a row as it is written in its column. */
export function kindOf(row: LogRow): string {
  if (isGreeting(row)) return 'greeting'
  return row.kind === 'return' ? 'reply' : row.kind
}

export { isGreeting }

/** Whether a row is marked as a failure. */
export function isTrouble(row: LogRow): boolean {
  if (row.kind === 'event') return laneOfEvent(row.name, row.data) === 'trouble'
  if (row.kind === 'line') return row.failed
  return row.kind === 'error' || row.kind === 'problem' || row.kind === 'outcome'
}

/** The name in the row's column of names. */
export function nameOf(row: LogRow): string {
  switch (row.kind) {
    case 'command':
    case 'outcome':
    case 'event':
    case 'line':
    case 'channel':
      return row.name
    case 'return':
    case 'error':
      return row.name === '' ? '(a raw line)' : row.name
    case 'raw':
      return '(a raw line)'
    case 'state':
      return row.state.kind
    case 'problem':
      return row.problem.kind
    case 'gap':
      return 'gap'
    default:
      return assertNever(row)
  }
}

const outcomeWords = {
  'timed-out': 'no reply within its deadline; a late reply will still be recorded',
  unknown: 'outcome unknown: it was sent, and it may have run',
  dropped: 'not run: the server dropped it unread, its queue was full',
} as const

/**
 * The summary that the row itself holds. Undefined where it is in the message, which has to be requested:
 * the arguments of a command, the value of a return, a raw line.
 */
export function ownSummary(row: LogRow): string | undefined {
  switch (row.kind) {
    case 'command':
    case 'return':
    case 'raw':
    case 'line':
      return undefined
    case 'error':
      return row.error === undefined ? '' : describeError(row.error)
    case 'event':
      return isGreeting(row) ? 'greeting' : row.data === undefined ? '' : compact(row.data)
    case 'state':
      return describeState(row.state)
    case 'channel':
      return describeChannel(row)
    case 'outcome':
      return outcomeWords[row.outcome]
    case 'problem':
      return describeProblem(row.problem)
    case 'gap':
      return describeGap(row)
    default:
      return assertNever(row)
  }
}

/** How the connection of a channel changed, in a few words. */
function describeChannel({ phase, why }: RowOf<'channel'>): string {
  const words = { ready: 'connected', occupied: 'another client has it', lost: 'lost', ended: 'disconnected' }
  return why === undefined ? words[phase] : `${words[phase]}: ${clip(why, longestReason)}`
}

/** A gap in the record in a sentence. */
export function describeGap({ why, since, at, rows }: RowOf<'gap'>): string {
  const reason = {
    paused: 'recording was paused',
    closed: 'this page was closed (rows of its last moment may be missing) or another tab had the machine',
    'worker-died': 'the worker of this machine died',
    imported: 'the file has none',
  }[why]
  const counted = rows === undefined ? '' : `; ${count(rows)} rows were not recorded`
  return `nothing is recorded for ${duration(Math.max(0, at - since))}: ${reason}${counted}`
}

/** Characters of a reason in a sentence. */
const longestReason = 1000

/** An error in the server's words, after the class where that is specific. */
export function describeError(error: QmpError): string {
  return error.class === 'GenericError' ? error.desc : `${apart(error.class)}: ${error.desc}`
}

/** A state of the connection in a sentence. */
export function describeState(state: ConnectionState): string {
  switch (state.kind) {
    case 'idle':
      return 'not connected'
    case 'connecting':
      return state.attempt > 1 ? `connecting, attempt ${state.attempt}` : 'connecting'
    case 'greeting':
      return 'the socket is open; waiting for the greeting'
    case 'occupied':
      return `no greeting within ${state.afterMs / 1000} s: another client holds this monitor`
    case 'negotiating':
      return `greeted; negotiating (offered: ${state.greeting.capabilities.join(', ') || 'nothing'})`
    case 'synchronising':
      return `synchronising with the guest agent, try ${state.tries}`
    case 'silent':
      return 'the guest agent does not answer: is it running in the guest?'
    case 'ready':
      return state.oob ? 'ready, out-of-band execution enabled' : 'ready'
    case 'lost':
      return `lost: ${describeLoss(state.reason)}; trying again in ${(state.retryInMs / 1000).toFixed(1)} s`
    case 'ended':
      return `ended: ${describeEnd(state.reason)}`
    default:
      return assertNever(state)
  }
}

function describeLoss(reason: LossReason): string {
  switch (reason.kind) {
    case 'not-opened':
      switch (reason.detail) {
        case 'bridge-down':
          return 'the bridge does not answer'
        case 'wrong-key':
          return 'the bridge needs another key'
        case 'unknown-token':
          return 'the bridge knows no such machine'
        case 'refused':
          return 'the bridge closed the connection'
        case 'no-answer':
          return `nothing answered at ${reason.url}`
        default:
          return assertNever(reason.detail)
      }
    case 'target-refused':
      return 'the bridge could not reach the socket of the machine'
    case 'closed':
      return `closed by the other side (code ${reason.code}${reason.reason === '' ? '' : `, ${reason.reason}`})`
    case 'shut-down':
      return 'this QEMU announced its end'
    default:
      return assertNever(reason)
  }
}

function describeEnd(reason: EndReason): string {
  switch (reason.kind) {
    case 'disconnected':
      return 'disconnected'
    case 'polite':
      return 'let go, for the program that it belongs to'
    case 'not-qmp':
      return `this is no QMP monitor. ${reason.hint}`
    case 'no-agent':
      return 'this is a QMP monitor, and no guest agent'
    case 'negotiation-refused':
      return `the negotiation was refused: ${clip(reason.desc, longestReason)}`
    case 'bad-address':
      return `the address cannot be used: ${reason.why}`
    default:
      return assertNever(reason)
  }
}

/** A problem on the wire in a sentence, with its evidence. */
export function describeProblem(problem: WireProblem): string {
  switch (problem.kind) {
    case 'garbage':
      return `${problem.why}: ${problem.bytes} B at offset ${problem.offset}: ${problem.excerpt}`
    case 'too-large':
      return `a message above the limit of ${problem.limitBytes} bytes was dropped, at offset ${problem.offset}: ${problem.excerpt}`
    case 'truncated':
      return `the connection ended inside a message, ${problem.bytes} B from offset ${problem.offset}: ${problem.excerpt}`
    case 'discarded':
      return `discarded by a 0xFF byte, ${problem.bytes} B from offset ${problem.offset}: ${problem.excerpt}`
    case 'server-parse-error':
      return `${describeError(problem.error)}${problem.repeated > 1 ? ` (${problem.repeated} in a row)` : ''}`
    case 'unknown-id':
      return `an unexpected reply, id ${problem.id}`
    case 'unrecognised':
      return problem.why
    default:
      return assertNever(problem)
  }
}
