/**
 * The states of a connection to one monitor (or guest agent), and the only moves between them.
 *
 *     idle ──▶ connecting ──▶ greeting ──▶ negotiating ──▶ ready        (a QMP monitor)
 *                  │           │  ▲  │                       │
 *                  │           ▼  │  └▶ ended (not QMP)      │
 *                  │        occupied                         │
 *                  │                                         │
 *                  ├────────▶ synchronising ──▶ ready        │          (a guest agent)
 *                  │              │   ▲                      │
 *                  │              ▼   │                      │
 *                  │            silent                       │
 *                  ▼                                         ▼
 *                lost ◀──────────── from every state with a socket
 *
 * `lost` goes back to `connecting` automatically; `ended` does so only when a person asks, which for a monitor that is let go
 * politely is a command. `RunState` is the guest's
 * and lives elsewhere. One function (`move` in the holder) changes the state: it asks `mayMove`, logs, then acts.
 * @adr 0004
 */
import type { Greeting } from './message.ts'

/** The state of a connection. Exactly one kind at a time. */
export type ConnectionState =
  /** Never asked to connect, or not since the page was opened. */
  | { readonly kind: 'idle' }
  /** The socket is being opened. `attempt` counts from 1 since the connection last was ready. */
  | { readonly kind: 'connecting'; readonly attempt: number }
  /** The socket is open; the server's greeting has not come yet. */
  | { readonly kind: 'greeting' }
  /** No greeting within the limit: somebody else holds this monitor, or it is no monitor. Waits on. */
  | { readonly kind: 'occupied'; readonly afterMs: number }
  /** Greeted; `qmp_capabilities` is sent and not answered yet. */
  | { readonly kind: 'negotiating'; readonly greeting: Greeting }
  /** A guest agent: the 0xFF handshake is under way. */
  | { readonly kind: 'synchronising'; readonly tries: number }
  /** A guest agent that has not answered the handshake within the limit. The handshake is repeated. */
  | { readonly kind: 'silent'; readonly tries: number }
  /** Command mode. `oob` says whether out-of-band execution was negotiated. */
  | { readonly kind: 'ready'; readonly greeting: Greeting | undefined; readonly oob: boolean }
  /** The connection broke. A new attempt follows `retryInMs` after this state began. */
  | {
      readonly kind: 'lost'
      readonly reason: LossReason
      readonly retryInMs: number
      readonly attempt: number
      /** The page's own queries that were on their way: a command with its arguments each. Left out where none was. */
      readonly asking?: readonly string[]
    }
  /** Over, until somebody asks to connect again. */
  | { readonly kind: 'ended'; readonly reason: EndReason }

/** Why a connection broke. */
export type LossReason =
  /** The socket never opened: nothing there, an unknown token, a refused origin, not a bridge. */
  | { readonly kind: 'not-opened'; readonly url: string; readonly detail: NotOpenedDetail }
  /** The bridge took the connection, but could not reach the machine's socket (close code 1011). */
  | { readonly kind: 'target-refused'; readonly url: string }
  /** An open connection was closed by the other side. */
  | {
      readonly kind: 'closed'
      readonly code: number
      readonly reason: string
      readonly beforeGreeting: boolean
    }
  /** The server ended after `quit` was answered, or after a SHUTDOWN event. */
  | { readonly kind: 'shut-down' }

/** What could be found out about a socket that never opened. */
export type NotOpenedDetail =
  /** The bridge that serves this page does not answer any more. */
  | 'bridge-down'
  /** The bridge answers, and wants a key that the address has not, or another one. */
  | 'wrong-key'
  /** The bridge answers, and its list of machines has no such token. */
  | 'unknown-token'
  /** The bridge answers and lists the token, and still hung up. */
  | 'refused'
  /** Another address than this page's: the browser does not say why. */
  | 'no-answer'

/** Why a connection is over. */
export type EndReason =
  | { readonly kind: 'disconnected' }
  /** The monitor belongs to another program: it is connected again for what a person asks. */
  | { readonly kind: 'polite' }
  /** What answered does not speak QMP. `excerpt` is the beginning of what it said. */
  | { readonly kind: 'not-qmp'; readonly excerpt: string; readonly hint: string }
  /** A QMP monitor greeted where a guest agent was expected. */
  | { readonly kind: 'no-agent' }
  /** The server refused `qmp_capabilities`. */
  | { readonly kind: 'negotiation-refused'; readonly desc: string }
  /** The address cannot be used at all (not ws:// or wss://, malformed). */
  | { readonly kind: 'bad-address'; readonly url: string; readonly why: string }

/** The name of a state. */
export type ConnectionKind = ConnectionState['kind']

/** Every allowed move. A move that is not here is a bug and throws. */
export const moves: Readonly<Record<ConnectionKind, readonly ConnectionKind[]>> = {
  idle: ['connecting', 'ended'],
  connecting: ['greeting', 'synchronising', 'lost', 'ended'],
  greeting: ['negotiating', 'occupied', 'lost', 'ended'],
  occupied: ['negotiating', 'lost', 'ended'],
  negotiating: ['ready', 'lost', 'ended'],
  synchronising: ['ready', 'silent', 'lost', 'ended'],
  silent: ['ready', 'lost', 'ended'],
  ready: ['synchronising', 'lost', 'ended'],
  lost: ['connecting', 'ended'],
  ended: ['connecting'],
}

/** Whether a connection in `from` may become `to`. */
export function mayMove(from: ConnectionKind, to: ConnectionKind): boolean {
  return moves[from].includes(to)
}
