/**
 * The guest agent of a domain, as a unix socket: its channel is libvirt's own, so each request goes by `virsh
 * qemu-agent-command`, one after the other, with a limit of time.
 * Tested by lab/attach/libvirt/agent-socket.test.ts.
 */
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import type { Result } from '#base/result.ts'

/** The longest request, in characters: the system takes no longer argument of a command. */
const longestRequest = 120_000
/** Requests of one client that wait, at most. */
const mostWaiting = 100
/** What asks an agent to start over, and what begins its answer. */
const reset = 0xff

/** Asks the agent: a request as JSON, its reply as JSON, or a sentence. */
export type AskAgent = (request: string) => Promise<Result<string, string>>

/** A socket that speaks as an agent does. */
export interface AgentSocket {
  stop(): void
}

/** Listen at a path. */
export function serveAgent(path: string, ask: AskAgent): AgentSocket {
  const clients = new Set<Socket>()
  // One for all clients: an agent answers in order.
  let turn: Promise<unknown> = Promise.resolve()
  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => client.destroy())
    client.on('close', () => clients.delete(client))
    let rest = ''
    let waiting = 0
    client.on('data', (data) => {
      // What stands before the byte was for nobody.
      const at = data.lastIndexOf(reset)
      const text = (at < 0 ? rest : '') + data.subarray(at + 1).toString('utf8')
      const lines = text.split('\n')
      rest = lines.pop() ?? ''
      // A request that is whole needs no line end.
      if (rest.trim() !== '' && parseJson(rest).ok) {
        lines.push(rest)
        rest = ''
      }
      if (rest.length > longestRequest || waiting > mostWaiting) {
        client.destroy()
        return
      }
      for (const line of lines) {
        if (line.trim() === '') continue
        waiting += 1
        turn = turn.then(async () => {
          waiting -= 1
          if (!client.destroyed) client.write(await answer(line, ask))
        })
      }
    })
  })
  rmSync(path, { force: true })
  server.on('error', () => server.close())
  server.listen(path)
  return {
    stop() {
      server.close()
      for (const client of clients) client.destroy()
      rmSync(path, { force: true })
    },
  }
}

/** The bytes of the answer to one request; empty where an agent would say nothing. */
export async function answer(line: string, ask: AskAgent): Promise<Buffer> {
  const parsed = parseJson(line)
  if (!parsed.ok || !isJsonObject(parsed.value)) return lineOf(failure('Invalid JSON syntax', undefined))
  const { id, ...request } = parsed.value
  const { execute, arguments: args } = request
  if (execute === 'guest-sync' || execute === 'guest-sync-delimited') {
    // libvirt keeps in step with the agent itself: whether it is there shows a ping.
    const there = await ask('{"execute":"guest-ping"}')
    if (!there.ok) return Buffer.alloc(0)
    const value = args !== undefined && isJsonObject(args) ? (args.id ?? null) : null
    const said = lineOf(withId({ return: value }, id))
    return execute === 'guest-sync' ? said : Buffer.concat([Buffer.from([reset]), said])
  }
  if (line.length > longestRequest)
    return lineOf(failure('libvirt takes no request of more than 120,000 characters', id))
  const asked = await ask(printJson(request))
  if (!asked.ok) return lineOf(failure(asked.error, id))
  const reply = parseJson(asked.value)
  return reply.ok && isJsonObject(reply.value)
    ? lineOf(withId(reply.value, id))
    : lineOf(failure('libvirt printed no reply', id))
}

function withId(reply: JsonObject, id: Json | undefined): JsonObject {
  return id === undefined ? reply : { ...reply, id }
}

function failure(desc: string, id: Json | undefined): JsonObject {
  return withId({ error: { class: 'GenericError', desc } }, id)
}

function lineOf(value: JsonObject): Buffer {
  return Buffer.from(`${printJson(value)}\n`)
}
