/** Unix sockets of the gate: each in a folder that only its owner can look into, and itself for its owner alone. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'

/** A socket on which the gate listens. */
export interface PrivateSocket {
  /** Listen no more, end all connections, and take the file away. */
  close(): void
}

/** Where a channel of a machine is. */
export type ChannelTarget =
  Extract<NetConnectOpts, { path: string }> | { readonly host: string; readonly port: number }

/** Listen at a path; what was left there is replaced. Resolves when connections are taken. */
export function listenPrivately(path: string, connected: (socket: Socket) => void): Promise<PrivateSocket> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
    connected(socket)
  })
  return new Promise((resolve, reject) => {
    rmSync(path, { force: true })
    server.once('error', reject)
    server.listen(path, () => {
      chmodSync(path, 0o600)
      resolve({
        close() {
          server.close()
          for (const socket of open) socket.destroy()
          rmSync(path, { force: true })
        },
      })
    })
  })
}
