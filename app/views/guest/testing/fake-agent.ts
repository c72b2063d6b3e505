/** A guest agent for tests: files in memory, and any command made to answer otherwise. */
import type { Json, JsonObject } from '#base/json/value.ts'
import type { RunResult } from '#state/machine/parts/run-result.ts'
import { base64Of, decodeBase64 } from '#qapi/text/base64-bytes.ts'
import type { AgentSender } from '../agent-sender.ts'

/** A command that was sent. */
export interface SentToAgent {
  readonly name: string
  readonly args: JsonObject
  readonly isAgreed: boolean
}

/** What a command answers; undefined: as the agent would. */
export type Odd = (sent: SentToAgent, nth: number) => RunResult | undefined

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** A return. */
export function returns(value: Json): RunResult {
  return { kind: 'returned', value, latencyMs: 1 } as RunResult
}

/** An error of the agent. */
export function fails(desc: string): RunResult {
  return { kind: 'failed', error: { class: 'GenericError', desc }, latencyMs: 1 } as RunResult
}

/** An agent with these files. */
export class FakeAgent implements AgentSender {
  readonly files: Map<string, Uint8Array>
  readonly sent: SentToAgent[] = []
  readonly #open = new Map<number, { path: string; at: number }>()
  readonly #odd: Odd
  #handles = 1000

  constructor(files: Readonly<Record<string, Uint8Array>> = {}, odd: Odd = () => undefined) {
    this.files = new Map(Object.entries(files))
    this.#odd = odd
  }

  /** Handles that are open. */
  get open(): number {
    return this.#open.size
  }

  run(
    name: string,
    args: JsonObject = {},
    options: { readonly isAgreed?: boolean } = {},
  ): Promise<RunResult> {
    const sent = { name, args, isAgreed: options.isAgreed === true }
    this.sent.push(sent)
    const nth = this.sent.filter((each) => each.name === name).length
    return Promise.resolve(this.#odd(sent, nth) ?? this.#answer(name, args))
  }

  #answer(name: string, args: JsonObject): RunResult {
    if (name === 'guest-file-open') return this.#openFile(textOf(args.path), args.mode === 'w')
    const handle = Number(args.handle)
    const file = this.#open.get(handle)
    if (file === undefined) return fails(`handle '${handle}' has not been found`)
    const content = this.files.get(file.path) ?? new Uint8Array()
    switch (name) {
      case 'guest-file-close':
        this.#open.delete(handle)
        return returns({})
      case 'guest-file-flush':
        return returns({})
      case 'guest-file-seek':
        file.at = args.whence === 2 ? content.length : Number(args.offset)
        return returns({ position: file.at, eof: false })
      case 'guest-file-read': {
        const part = content.subarray(file.at, file.at + Number(args.count))
        file.at += part.length
        const eof = part.length < Number(args.count)
        return returns({ count: part.length, 'buf-b64': base64Of(part), eof })
      }
      case 'guest-file-write': {
        const part = decodeBase64(textOf(args['buf-b64']))?.bytes ?? new Uint8Array()
        this.files.set(file.path, joined(content, part))
        file.at += part.length
        return returns({ count: part.length, eof: false })
      }
      default:
        return fails(`The command ${name} has not been found`)
    }
  }

  #openFile(path: string, isWritten: boolean): RunResult {
    if (!isWritten && !this.files.has(path))
      return fails(`failed to open file '${path}' (mode: 'r'): No such file or directory`)
    if (isWritten) this.files.set(path, new Uint8Array())
    this.#handles += 1
    this.#open.set(this.#handles, { path, at: 0 })
    return returns(this.#handles)
  }
}
