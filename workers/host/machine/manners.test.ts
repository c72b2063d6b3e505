/** A machine whose server takes one command at a time: it is found out once, the connection is made again, all is answered. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Batch, MachineUpdate, MachineWorker } from '#api/machine.ts'
import type { ConnectionState } from '#qmp/connection.ts'
import type { Ticket } from '#qmp/report.ts'
import { createMachine } from './facade.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A server whose reads end between two turns of the loop: what came together since the last one is one text. */
class ProxySocket extends EventTarget {
  static readonly OPEN = 1
  static opened = 0
  static version = ''
  readonly readyState = ProxySocket.OPEN
  binaryType = ''
  #buffer = ''
  #isReading = false

  constructor() {
    super()
    ProxySocket.opened += 1
    setTimeout(() => {
      this.dispatchEvent(new Event('open'))
      this.#say(
        `{"QMP": {"version": {"qemu": {"major": 9, "minor": 1, "micro": 0}, "package": "${ProxySocket.version}"}, "capabilities": ["oob"]}}`,
      )
    })
  }

  send(bytes: Uint8Array): void {
    this.#buffer += decoder.decode(bytes)
    if (this.#isReading) return
    this.#isReading = true
    setTimeout(() => {
      this.#isReading = false
      let command: { id: number }
      try {
        command = JSON.parse(this.#buffer) as { id: number }
      } catch {
        return
      }
      this.#buffer = ''
      this.#say(`{"return": {}, "id": ${command.id}}`)
    })
  }

  close(): void {
    // Nobody is told.
  }

  #say(line: string): void {
    this.dispatchEvent(new MessageEvent('message', { data: encoder.encode(`${line}\r\n`).buffer }))
  }
}

let machine: MachineWorker
let known: MachineUpdate
let states: ConnectionState[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.stubGlobal('WebSocket', ProxySocket)
  ProxySocket.opened = 0
  machine = createMachine()
  known = {}
  states = []
  machine.listen((batch: Batch) => {
    known = { ...known, ...batch }
    if (batch.state !== undefined) states.push(batch.state)
  })
})

afterEach(() => {
  machine.disconnect()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function run(ticket: number): Promise<string> {
  const request = { name: 'query-status', arguments: undefined, oob: false, deadlineMs: 30_000 }
  return machine
    .execute({ ...request, ticket: ticket as Ticket, origin: 'person' })
    .then((outcome) => outcome.kind)
}

test('an unknown one is found out, and the next connection gets one command at a time', async () => {
  ProxySocket.version = ''
  machine.connect({ url: 'ws://127.0.0.1:1/?token=vm.qmp', protocol: 'qmp' })
  await vi.advanceTimersByTimeAsync(100)
  expect(states.at(-1)?.kind).toBe('ready')
  expect(known.manners).toBeUndefined()
  // Who it is has been asked, by two queries at once, and is not answered.
  await vi.advanceTimersByTimeAsync(15_000)
  expect(ProxySocket.opened).toBe(2)
  expect(known.manners).toEqual({ oneAtATime: 'silence', noOob: 'silence' })
  expect(states.find(({ kind }) => kind === 'lost')).toMatchObject({
    reason: { kind: 'closed', reason: expect.stringContaining('sent one at a time') as string },
  })
  expect(states.at(-1)).toMatchObject({ kind: 'ready', oob: false })
  const outcomes = Promise.all(Array.from({ length: 50 }, (_, index) => run(index + 1)))
  await vi.advanceTimersByTimeAsync(1000)
  expect(new Set(await outcomes)).toEqual(new Set(['returned']))
  // Who connects again by hand has it found out again.
  machine.connect({ url: 'ws://127.0.0.1:1/?token=vm.qmp', protocol: 'qmp' })
  await vi.advanceTimersByTimeAsync(100)
  expect(known.manners).toEqual({ oneAtATime: undefined, noOob: undefined })
})

test('libvirt’s is known by its greeting: nothing is ever lost', async () => {
  ProxySocket.version = 'qemu-9.1.0'
  machine.connect({ url: 'ws://127.0.0.1:1/?token=vm.qmp', protocol: 'qmp' })
  await vi.advanceTimersByTimeAsync(100)
  const outcomes = Promise.all(Array.from({ length: 50 }, (_, index) => run(index + 1)))
  await vi.advanceTimersByTimeAsync(1000)
  expect(new Set(await outcomes)).toEqual(new Set(['returned']))
  expect(known.manners).toEqual({ oneAtATime: 'greeting', noOob: 'greeting' })
  expect(ProxySocket.opened).toBe(1)
})
