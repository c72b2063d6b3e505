/** A session on a real unix socket, for tests against real servers. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { waitFor } from '#lab/processes.ts'
import { createAgentSession } from '../agent.ts'
import type { ConnectionState } from '../connection.ts'
import { mayMove } from '../connection.ts'
import type { JsonObject } from '#base/json/value.ts'
import type { Manners } from '../manners.ts'
import type { ExecId, Outcome, RowBody } from '../report.ts'
import { createSession } from '../session.ts'
import type { Session } from '../ports.ts'

/** A connected client. */
export interface UnixClient {
  readonly session: Session
  /** For what a session would not send. */
  readonly socket: Socket
  /** What the session has told of the server's manners last. */
  readonly manners: Manners | undefined
  readonly states: ConnectionState['kind'][]
  readonly rows: { readonly body: RowBody; readonly text: string | undefined }[]
  /** Wait for a state; false when it does not come within ten seconds. */
  reach(kind: ConnectionState['kind']): Promise<boolean>
  run(name: string, args?: JsonObject, options?: { oob?: boolean; deadlineMs?: number }): Promise<Outcome>
  close(): void
  /** The connection is closed, and the session knows. */
  readonly over: Promise<void>
}

/** Connect. The session goes through its states without further calls; `reach('ready')` waits for it. */
export function connectUnix(
  path: string,
  protocol: 'qmp' | 'agent' = 'qmp',
  options: object = {},
): UnixClient {
  const socket = connect(path)
  const states: ConnectionState['kind'][] = []
  const rows: { body: RowBody; text: string | undefined }[] = []
  let exec = 0
  let manners: Manners | undefined
  let current: ConnectionState['kind'] = 'connecting'
  const make = protocol === 'qmp' ? createSession : createAgentSession
  const session = make(
    {
      send: (text) => socket.write(text),
      sendBytes: (bytes) => socket.write(bytes),
      now: () => performance.timeOrigin + performance.now(),
      after: (ms, then) => {
        const timer = setTimeout(then, ms)
        return () => clearTimeout(timer)
      },
      nextExec: () => {
        exec += 1
        return exec as ExecId
      },
      random: Math.random,
    },
    {
      move: (state) => {
        if (!mayMove(current, state.kind)) throw new Error(`${current} -> ${state.kind}`)
        current = state.kind
        states.push(state.kind)
      },
      record: (body, text) => rows.push({ body, text }),
      queueChanged: () => undefined,
      manners: (next) => (manners = next),
    },
    options,
  )
  socket.once('connect', () => session.opened())
  socket.on('data', (data: Buffer) => session.receive(data))
  socket.on('error', () => undefined)
  const over = new Promise<void>((resolve) => {
    socket.once('close', () => {
      session.closed()
      resolve()
    })
  })
  return {
    session,
    socket,
    get manners() {
      return manners
    },
    states,
    rows,
    reach: async (kind) => (await waitFor(10_000, () => (states.includes(kind) ? true : undefined))) === true,
    run: (name, args, { oob = false, deadlineMs = 20_000 } = {}) =>
      session.execute({ name, arguments: args, oob, deadlineMs, ticket: undefined, origin: 'person' }),
    close: () => socket.destroy(),
    over,
  }
}
