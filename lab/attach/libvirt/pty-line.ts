/**
 * A serial line that libvirt gave a pseudo terminal, as a unix socket. All who connect see what it prints, and what each types
 * goes in. The terminal is open only while somebody is connected.
 * Tested by lab/attach/libvirt/libvirt.real.test.ts.
 */
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { ReadStream, WriteStream } from 'node:tty'

/** A client that has this much unread is let go, in bytes. */
const mostUnread = 8 * 1024 * 1024

/** A socket beside a pseudo terminal. */
export interface PtyLine {
  stop(): void
}

/** Listen at `path` for the terminal `pty`. `say` is told, in a sentence, why it cannot be opened. */
export function joinPty(pty: string, path: string, say: (words: string) => void): PtyLine {
  const clients = new Set<Socket>()
  let open: { readonly input: ReadStream; readonly output: WriteStream } | undefined
  const leave = (): void => {
    if (open === undefined) return
    const { input, output } = open
    open = undefined
    input.destroy()
    output.destroy()
  }
  const enter = (): boolean => {
    if (open !== undefined) return true
    try {
      const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK
      const fd = openSync(pty, flags)
      let second: number
      try {
        second = openSync(pty, flags)
      } catch (error) {
        closeSync(fd)
        throw error
      }
      const input = new ReadStream(fd)
      const output = new WriteStream(second)
      input.setRawMode(true)
      const end = (): void => {
        for (const client of clients) client.destroy()
        leave()
      }
      input.on('error', end).on('end', end)
      output.on('error', end)
      input.on('data', (data: Buffer) => {
        for (const client of clients) {
          client.write(data)
          if (client.writableLength > mostUnread) client.destroy()
        }
      })
      open = { input, output }
      return true
    } catch (error) {
      say(
        `The serial line ${pty} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      )
      return false
    }
  }
  const server = createServer((client) => {
    client.on('error', () => client.destroy())
    if (!enter()) {
      client.destroy()
      return
    }
    clients.add(client)
    client.on('data', (data) => void open?.output.write(data))
    client.on('close', () => {
      clients.delete(client)
      if (clients.size === 0) leave()
    })
  })
  server.on('error', (error) => say(`No socket for ${pty}: ${error.message}`))
  rmSync(path, { force: true })
  server.listen(path)
  return {
    stop() {
      server.close()
      for (const client of clients) client.destroy()
      leave()
      rmSync(path, { force: true })
    },
  }
}
