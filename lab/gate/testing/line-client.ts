/** A plain client on a unix socket, for tests of the gate: lines out, lines in. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { waitFor } from '../../processes.ts'

/** A message as it came. */
export interface HeardMessage {
  readonly text: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A connected client. */
export interface LineClient {
  readonly socket: Socket
  readonly heard: HeardMessage[]
  readonly isOver: () => boolean
  send(text: string): void
  /** Wait for the message after `from` (default: any) that passes. Throws after ten seconds. */
  next(passes: (message: HeardMessage) => boolean): Promise<HeardMessage>
  /** Send a command with an id of its own, and wait for its answer. */
  ask(name: string, args?: object): Promise<Readonly<Record<string, unknown>>>
  /** Wait for the greeting, and negotiate. */
  negotiate(capabilities?: readonly string[]): Promise<void>
  end(): void
}

/** Connect; the client hears from the first byte on. */
export function connectLines(path: string): LineClient {
  const socket = connect(path)
  const heard: HeardMessage[] = []
  let rest = ''
  let isOver = false
  let lastId = 0
  socket.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const text = line.trim()
      if (text !== '') heard.push({ text, value: JSON.parse(text) as HeardMessage['value'] })
    }
  })
  socket.on('error', () => undefined)
  socket.once('close', () => (isOver = true))
  const next = async (passes: (message: HeardMessage) => boolean): Promise<HeardMessage> => {
    const found = await waitFor(10_000, () => heard.find(passes))
    if (found === undefined)
      throw new Error(`It did not come. Heard: ${heard.map(({ text }) => text.slice(0, 300)).join('\n')}`)
    return found
  }
  const ask = async (name: string, args?: object): Promise<HeardMessage['value']> => {
    lastId += 1
    const id = `ask-${lastId}`
    socket.write(
      `${JSON.stringify({ execute: name, ...(args === undefined ? {} : { arguments: args }), id })}\n`,
    )
    return (await next(({ value }) => value.id === id)).value
  }
  return {
    socket,
    heard,
    isOver: () => isOver,
    send: (text) => socket.write(text),
    next,
    ask,
    async negotiate(capabilities = []) {
      await next(({ value }) => value.QMP !== undefined)
      await ask('qmp_capabilities', { enable: capabilities })
    },
    end: () => socket.destroy(),
  }
}
