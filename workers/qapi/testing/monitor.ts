/** A client of a real QEMU, for tests: it sends without waiting and matches replies by id. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson, textOf } from '#base/json/print.ts'
import type { JsonObject } from '#base/json/value.ts'

export class Monitor {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (reply: JsonObject) => void>()
  #next = 0
  #rest = ''
  lost = false

  constructor(path: string) {
    this.#socket = connect(path)
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (text: string) => this.#read(text))
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.lost = true
      for (const settle of this.#waiting.values()) settle({ error: { class: 'Lost', desc: 'lost' } })
    })
  }

  run(name: string, args?: JsonObject): Promise<JsonObject> {
    const id = this.#next
    this.#next += 1
    if (this.lost) return Promise.resolve({ error: { class: 'Lost', desc: 'lost' } })
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.write(printJson({ execute: name, ...(args === undefined ? {} : { arguments: args }), id }))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = parseJson(line)
      if (!message.ok || !isJsonObject(message.value)) continue
      const id = Number(message.value.id)
      this.#waiting.get(id)?.(message.value)
      this.#waiting.delete(id)
    }
  }
}

/** The text of the error in a reply; undefined where it returned. */
export function descOf(reply: JsonObject): string | undefined {
  const { error } = reply
  return error !== undefined && isJsonObject(error) ? textOf(error.desc) : undefined
}
