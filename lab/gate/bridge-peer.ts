/**
 * Who is at the other end of the bridge: at sockets of its own, the bridge says an address as its first line, before
 * any byte of its client. A client cannot say one itself, for what it sends comes after that line.
 * Tested by lab/gate/bridge-peer.real.test.ts.
 * @adr 0061
 */
import type { Socket } from 'node:net'

/** The line, in bytes. The bridge writes it at once; one that is longer or later is none of it. */
const mostBytes = 300
const limitMs = 5000
const newline = 0x0a

/** Read the line; what follows it is left to who listens next. A connection that says none in time is ended. */
export function readPeer(socket: Socket, connected: (peer: string) => void): void {
  let held = Buffer.alloc(0)
  const timer = setTimeout(() => socket.destroy(), limitMs)
  socket.once('close', () => clearTimeout(timer))
  const look = (): void => {
    const bytes = socket.read() as Buffer | null
    if (bytes === null) return
    held = Buffer.concat([held, bytes])
    const end = held.indexOf(newline)
    if (end < 0 && held.length <= mostBytes) return
    socket.off('readable', look)
    clearTimeout(timer)
    if (end < 0 || end > mostBytes) {
      socket.destroy()
      return
    }
    const peer = held.toString('latin1', 0, end)
    if (end + 1 < held.length) socket.unshift(held.subarray(end + 1))
    // Once the socket knows that nobody waits for this event any more: until then a listener for its bytes hears nothing.
    setImmediate(() => {
      if (!socket.destroyed) connected(peer)
    })
  }
  socket.on('readable', look)
}
