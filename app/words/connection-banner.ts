/** The plain sentences for a connection: what was seen, and what to do. Tested by app/words/connection-words.test.ts. */
import { assertNever } from '#base/assert-never.ts'
import { clip } from '#base/clip.ts'
import type { IdentityChange } from '#api/machine.ts'
import type { ConnectionState, EndReason, LossReason } from '#qmp/connection.ts'
import { versionText } from './connection-words.ts'

/** A banner. Undefined where there is nothing to report. */
export interface Banner {
  readonly tone: 'info' | 'warning' | 'bad'
  readonly text: string
  /** The time when the next attempt is made, milliseconds after the state began. */
  readonly retryInMs?: number
}

/** The sentence where another tab of this browser holds the monitor. */
export function heldByTabBanner(name: string): Banner {
  return {
    tone: 'info',
    text: `Another tab of this browser holds the monitor of ${name}. QEMU serves one client at a time; this tab connects when the other one disconnects or is closed.`,
  }
}

/** The sentence for a machine that is followed from another tab. */
export function followedBanner(name: string): Banner {
  return {
    tone: 'info',
    text: `${name} is followed from another tab: its state, schema and events are shown here as that tab reports them. Nothing is sent from here; replies and the whole record are in the other tab.`,
  }
}

/** The other protocol that the socket seems to speak; undefined without a sign of that. */
export function otherKind(state: ConnectionState, protocol: 'qmp' | 'agent'): 'qmp' | 'agent' | undefined {
  if (protocol === 'agent')
    return state.kind === 'ended' && state.reason.kind === 'no-agent' ? 'qmp' : undefined
  const isNoMonitor = state.kind === 'occupied' || (state.kind === 'ended' && state.reason.kind === 'not-qmp')
  return isNoMonitor ? 'agent' : undefined
}

/** The sentence for a state of a machine named `name`. */
export function connectionBanner(state: ConnectionState, name: string, url: string): Banner | undefined {
  switch (state.kind) {
    case 'idle':
    case 'ready':
    case 'greeting':
    case 'negotiating':
    case 'synchronising':
      return undefined
    case 'connecting':
      return state.attempt > 1
        ? { tone: 'info', text: `Connecting to ${name}, attempt ${state.attempt}…` }
        : undefined
    case 'occupied':
      return {
        tone: 'warning',
        text:
          `Occupied: another client holds this monitor. ${name} was reached, but no greeting came within ` +
          `${state.afterMs / 1000} s; QEMU serves one client at a time. This page connects when the monitor becomes ` +
          'free. (Or this socket is no QMP monitor: then choose another.)',
      }
    case 'silent':
      return {
        tone: 'warning',
        text: `The guest agent of ${name} does not answer. Is the guest up, and does qemu-ga run in it? The page keeps asking.`,
      }
    case 'lost':
      return {
        tone: 'bad',
        text: `${lossSentence(state.reason, name)}${askingSentence(state.asking)}`,
        retryInMs: state.retryInMs,
      }
    case 'ended':
      return endBanner(state.reason, name, url)
    default:
      return assertNever(state)
  }
}

/** Why a connection broke. */
export function lossSentence(reason: LossReason, name: string): string {
  switch (reason.kind) {
    case 'not-opened':
      switch (reason.detail) {
        case 'bridge-down':
          return 'Lost: the bridge that serves this page does not answer. Is `npm start` still running?'
        case 'wrong-key':
          return `Lost: the bridge of ${name} needs another key than the one of this page. The lab was started with a new one, or the address holds none.`
        case 'unknown-token':
          return `Lost: the bridge knows no machine “${tokenOf(reason.url)}” now. Has its QEMU ended, or is the name wrong?`
        case 'refused':
          return `Lost: the bridge lists ${name} and refused the connection. Was the page opened under another address than the one the lab prints, or is the key another?`
        case 'no-answer':
          return (
            `Lost: ${reason.url} cannot be opened. Nothing listens on that port, or what listens is not websockify ` +
            '(a web server, for example), or it knows no such token, or refuses this page’s origin. The browser does not say which.'
          )
        default:
          return assertNever(reason.detail)
      }
    case 'target-refused':
      return `Lost: the bridge is there, but nobody listens on the socket of ${name}. Has its QEMU ended?`
    case 'closed':
      return reason.beforeGreeting
        ? `Lost: the connection was closed before a greeting came (code ${reason.code}). Is this a QMP monitor?`
        : `Lost: the connection to ${name} was closed (code ${reason.code}${reason.reason === '' ? '' : `, ${reason.reason}`}). What was in flight has an unknown outcome.`
    case 'shut-down':
      return `Lost: ${name} has shut down.`
    default:
      return assertNever(reason)
  }
}

/** The page's own queries that were in flight when a connection broke; '' where there were none. */
function askingSentence(asking: readonly string[] | undefined): string {
  const [first, ...others] = asking ?? []
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return ` The connection was lost while QMP Studio was asking ${first}${more} on its own.`
}

function endBanner(reason: EndReason, name: string, url: string): Banner {
  switch (reason.kind) {
    case 'disconnected':
      return { tone: 'info', text: `Not connected to ${name}.` }
    case 'polite':
      return {
        tone: 'info',
        text:
          `Let go: the monitor of ${name} belongs to another program. This page connects for each thing that you send, and ` +
          'lets go after 2 s without one. What happens in between is not seen.',
      }
    case 'not-qmp':
      return { tone: 'bad', text: `${url} does not speak QMP. It said: ${reason.excerpt} — ${reason.hint}` }
    case 'no-agent':
      return {
        tone: 'bad',
        text: `${name} is a QMP monitor, and was opened as a guest agent: it greets as a monitor does.`,
      }
    case 'negotiation-refused':
      return { tone: 'bad', text: `${name} refused the negotiation: ${clip(reason.desc, 1000)}` }
    case 'bad-address':
      return { tone: 'bad', text: `${reason.url} cannot be used as an address. ${reason.why}` }
    default:
      return assertNever(reason)
  }
}

function tokenOf(url: string): string {
  try {
    return new URL(url).searchParams.get('token') ?? url
  } catch {
    return url
  }
}

/** A sentence for another QEMU than before. */
export function changeSentence(change: IdentityChange): string {
  const parts = change.differs.map((what) => {
    if (what === 'version')
      return `version ${versionText(change.before.version)} → ${versionText(change.after.version)}`
    return `${what} ${change.before[what] ?? 'none'} → ${change.after[what] ?? 'none'}`
  })
  return `Another QEMU answers than before the connection was lost: ${parts.join(', ')}.`
}
