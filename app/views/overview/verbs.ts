/** The first verbs of QMP, the events that confirm them, and their words. */
import { duration } from '#words/format.ts'
import type { IconName } from '#ui/icons.ts'

/** A verb and the event by which it shows. */
export interface Verb {
  readonly command: string
  readonly label: string
  readonly icon: IconName
  readonly event: string
  readonly danger: boolean
  /** What it does, for people. */
  readonly what: string
  /** The command that takes it back. */
  readonly undo?: string
  /** A further event to expect, if any. */
  readonly then?: string
  /** Other words for it. */
  readonly words: readonly string[]
}

/** The verbs, in the order of their buttons. `balloon` has an argument and its own form. */
export const verbs: readonly Verb[] = [
  {
    command: 'cont',
    label: 'Continue',
    icon: 'play',
    event: 'RESUME',
    danger: false,
    what: 'The guest continues.',
    undo: 'stop',
    words: ['resume', 'continue', 'unpause'],
  },
  {
    command: 'stop',
    label: 'Stop',
    icon: 'pause',
    event: 'STOP',
    danger: false,
    what: 'The guest’s CPUs are halted until cont; nothing is lost.',
    undo: 'cont',
    words: ['pause', 'freeze'],
  },
  {
    command: 'system_reset',
    label: 'Reset',
    icon: 'reset',
    event: 'RESET',
    danger: true,
    what: 'The reset button: what the guest has not written is lost.',
    words: ['reboot', 'restart'],
  },
  {
    command: 'system_powerdown',
    label: 'Power down',
    icon: 'power',
    event: 'POWERDOWN',
    danger: true,
    what: 'The power button: the guest is asked, and most obey.',
    then: 'SHUTDOWN follows if the guest obeys',
    words: ['shutdown', 'poweroff'],
  },
  {
    command: 'quit',
    label: 'Quit QEMU',
    icon: 'quit',
    event: 'SHUTDOWN',
    danger: true,
    what: 'QEMU ends at once, without asking the guest.',
    words: ['kill', 'exit'],
  },
]

/** The verb that sets the balloon's target. */
export const balloonVerb: Pick<Verb, 'command' | 'event' | 'undo' | 'then'> = {
  command: 'balloon',
  event: 'BALLOON_CHANGE',
}

/** States from which only a reset helps. @qapi RunState */
const needReset = new Set(['internal-error', 'shutdown'])

/** Why a verb does not apply to a run state, in words for a disabled button. Undefined where it does. */
export function doesNotApply(
  command: string,
  { status, running }: { readonly status: string; readonly running: boolean },
): string | undefined {
  switch (command) {
    case 'cont':
      if (running) return `it is ${status} already`
      if (needReset.has(status)) return `it is in ${status}: only a reset helps`
      return status === 'suspended' ? 'it is suspended: system_wakeup wakes it' : undefined
    case 'stop':
      // During an incoming migration, stop means that the guest is not started at its end.
      return running || status === 'inmigrate' ? undefined : `it is stopped already: ${status}`
    case 'system_powerdown':
      return running || status === 'suspended'
        ? undefined
        : `the guest is stopped (${status}) and cannot answer`
    default:
      return undefined
  }
}

/** When a verb's parts were seen, milliseconds on the worker's clock; `repliedMs` from the command on. */
export interface Times {
  readonly sentAt: number | undefined
  readonly repliedMs: number | undefined
  readonly seenAt: number
}

/** A verb whose event has come: `stop: done, STOP after 1.2 ms (0.3 ms after the reply)`. */
export function doneSentence(verb: Pick<Verb, 'command' | 'event' | 'then'>, times: Times): string {
  const then = verb.then === undefined ? '' : `; ${verb.then}`
  if (times.sentAt === undefined) return `${verb.command}: done, ${verb.event} seen${then}`
  const after = Math.max(0, times.seenAt - times.sentAt)
  const behind = times.repliedMs === undefined ? undefined : after - times.repliedMs
  const order =
    behind === undefined
      ? ''
      : ` (${duration(Math.abs(behind))} ${behind < 0 ? 'before' : 'after'} the reply)`
  return `${verb.command}: done, ${verb.event} after ${duration(after)}${order}${then}`
}

/** A verb that was answered and whose event did not come. `status` is the run state from before. */
export function missedSentence(
  verb: Pick<Verb, 'command' | 'event'>,
  waitedMs: number,
  status: { readonly status: string; readonly running: boolean } | undefined,
): string {
  const missed = `${verb.command}: answered, but no ${verb.event} came within ${waitedMs / 1000} s.`
  if (verb.command === 'stop' && status?.running === false)
    return `${missed} It was ${status.status} already.`
  if (verb.command === 'cont' && status?.running === true) return `${missed} It was ${status.status} already.`
  if (verb.command === 'balloon')
    return `${missed} The guest moves its balloon only if it has the driver, and may refuse.`
  return missed
}
