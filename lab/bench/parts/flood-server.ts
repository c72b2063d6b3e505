/** A QMP server of our own that has nothing but events: as many as are asked for, as fast as the other end takes them. */
import type { Socket } from 'node:net'
import { startFakeServer } from '../../testing.ts'
import { createEvents } from './events.ts'

/** Events in one write, and different ones that are written in turn. */
const eventsAWrite = 500
const writes = 200

/** What a server said and was told. */
export interface Counts {
  /** Events and replies that were written, commands that were read. */
  readonly events: number
  readonly replies: number
  readonly commands: number
}

/** One server, which may have several clients one after the other. */
export interface FloodServer {
  /** Of all clients together. */
  counts(): Counts
  /** How many clients have negotiated so far; the last one is told of events. */
  clients(): number
  /**
   * Write events to the client that is there: for `ms` milliseconds, or a number of them. Resolves with their number
   * when the last one was handed to the socket.
   */
  flood(until: { readonly ms: number } | { readonly events: number }): Promise<number>
  stop(): Promise<void>
}

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 9}, "package": ""}, "capabilities": ["oob"]}}\r\n'

/** Start one on a unix socket. */
export async function startFloodServer(path: string): Promise<FloodServer> {
  const next = createEvents()
  const pieces = Array.from({ length: writes }, (_, write) =>
    Buffer.from(
      Array.from({ length: eventsAWrite }, (__, n) => `${next(write * eventsAWrite + n).text}\r\n`).join(''),
    ),
  )
  let events = 0
  let replies = 0
  let commands = 0
  let client: Socket | undefined
  let clients = 0

  function connected(socket: Socket): void {
    client = socket
    socket.write(greeting)
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { id, execute } = JSON.parse(line) as { id: number; execute: string }
        commands += 1
        replies += 1
        const known = execute === 'qmp_capabilities'
        if (known) clients += 1
        const reply = known
          ? '"return": {}'
          : `"error": {"class": "CommandNotFound", "desc": "The command ${execute} has not been found"}`
        socket.write(`{${reply}, "id": ${id}}\r\n`)
      }
    })
    socket.on('close', () => {
      if (client === socket) client = undefined
    })
  }

  async function flood(until: { readonly ms: number } | { readonly events: number }): Promise<number> {
    const socket = client
    if (socket === undefined) throw new Error('nobody is there to be told')
    const begin = events
    const endAt = 'ms' in until ? performance.now() + until.ms : Number.POSITIVE_INFINITY
    const most = 'events' in until ? until.events : Number.POSITIVE_INFINITY
    for (let write = 0; performance.now() < endAt && events - begin < most; write += 1) {
      const piece = pieces[write % writes]
      if (piece === undefined) break
      events += eventsAWrite
      if (socket.write(piece)) continue
      await new Promise<void>((resolve, reject) => {
        const gone = (): void => reject(new Error('the client went in the middle'))
        socket.once('close', gone)
        socket.once('drain', () => {
          socket.off('close', gone)
          resolve()
        })
      })
    }
    return events - begin
  }

  const server = await startFakeServer(path, connected)
  return {
    counts: () => ({ events, replies, commands }),
    clients: () => clients,
    flood,
    stop: () => server.stop(),
  }
}
