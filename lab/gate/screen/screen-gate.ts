/**
 * The gate of a screen. QEMU itself serves many viewers, so each client has a connection of its own to it. What a watcher
 * sends is cut into messages, and only those go on that change nothing.
 * Tested by lab/gate/channels.real.test.ts.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { RecordEntry, Who } from '../audit/entry.ts'
import type { ChannelGate } from '../channel-gate.ts'
import type { ChannelTarget } from '../private-socket.ts'
import { RfbClient } from './rfb-client.ts'

/** Make the gate of a screen. */
export function createScreenGate(target: ChannelTarget, record: RecordEntry): ChannelGate {
  const open = new Set<Socket>()
  return {
    join(who, socket) {
      const server = connect(target)
      open.add(server)
      server.once('close', () => open.delete(server))
      record({ did: 'connected', who })
      const leftOut = who.key === 'watch' ? watched(who, socket, server, record) : undefined
      // Each side waits for the other: nothing is collected here.
      if (leftOut === undefined) socket.pipe(server)
      server.pipe(socket)
      server.on('error', () => server.destroy())
      server.once('close', () => socket.destroy())
      socket.once('close', () => {
        server.destroy()
        for (const [what, count] of leftOut ?? []) record({ did: 'was not let write', who, what, count })
        record({ did: 'left', who })
      })
    },
    status: () => undefined,
    close() {
      for (const each of open) each.destroy()
    },
  }
}

/** Let through what changes nothing. Returns the counts of what is left out. */
function watched(who: Who, socket: Socket, server: Socket, record: RecordEntry): ReadonlyMap<string, number> {
  const leftOut = new Map<string, number>()
  const reader = new RfbClient({
    pass: (bytes) => {
      if (server.write(bytes)) return
      socket.pause()
      server.once('drain', () => socket.resume())
    },
    leftOut: (what) => leftOut.set(what, (leftOut.get(what) ?? 0) + 1),
    refuse: (why) => {
      record({ did: 'dropped', who, why })
      socket.destroy()
    },
  })
  socket.on('data', (bytes: Buffer) => reader.push(bytes))
  return leftOut
}
