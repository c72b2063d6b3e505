/**
 * One serial line of a machine: its socket, which is opened again when it is lost; its bytes for the page; its lines for the
 * record. What is typed is sent and not recorded: a line that asks for a password does not print it.
 * Tested by workers/host/machine/lines/open-line.test.ts.
 * @adr 0055
 */
import type { FromLine, LineOrder, LineState, ToLine } from '#api/line.ts'
import type { LossReason } from '#qmp/connection.ts'
import { SerialLines } from '#record/serial-lines.ts'
import type { EndedLine } from '#record/serial-lines.ts'
import { backoffMs } from '../backoff.ts'
import { checkAddress, openSocket } from '../socket.ts'
import type { Socket } from '../socket.ts'
import { Outflow } from './outflow.ts'

/** What a line needs. */
export interface OpenLinePorts {
  /** Hand a message to the page, with the buffers that go over to it. */
  tell(message: FromLine, buffers: ArrayBuffer[]): void
  /** `read` is called with bytes that came at `at`, milliseconds since the epoch; what it records has that time. */
  receive(at: number, read: () => void): void
  /** A line ended. */
  line(name: string, line: EndedLine): void
  /** The page closed it. */
  closed(): void
  readonly open?: typeof openSocket
}

/** A line that is open until the page closes it. */
export class OpenLine {
  readonly #ports: OpenLinePorts
  readonly #out: Outflow
  #order: LineOrder
  #lines: SerialLines
  #socket: Socket | undefined
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(order: LineOrder, ports: OpenLinePorts) {
    this.#order = order
    this.#ports = ports
    this.#lines = this.#reader(order)
    this.#out = new Outflow({
      bytes: (bytes) => ports.tell({ kind: 'bytes', bytes }, [bytes.buffer]),
      skipped: (bytes) => ports.tell({ kind: 'skipped', bytes }, []),
    })
    this.#open()
  }

  /** A message of the page. */
  take(message: ToLine): void {
    switch (message.kind) {
      case 'send':
        this.#socket?.send(message.bytes)
        break
      case 'taken':
        this.#out.taken(message.bytes)
        break
      case 'wake':
        if (this.#socket === undefined) this.#open()
        break
      case 'change':
        this.#change(message.order)
        break
      case 'close':
        this.close()
        this.#ports.closed()
        break
    }
  }

  /** Leave the socket. */
  close(): void {
    clearTimeout(this.#retry)
    this.#socket?.close()
    this.#socket = undefined
    this.#lines.flush()
  }

  #change(order: LineOrder): void {
    const { dial, encoding } = this.#order
    this.#order = order
    if (order.encoding !== encoding) {
      this.#lines.flush()
      this.#lines = this.#reader(order)
    }
    if (order.dial === dial) return
    this.close()
    this.#attempt = 0
    this.#open()
  }

  #reader({ name, encoding }: LineOrder): SerialLines {
    return new SerialLines(encoding, (line) => {
      if (this.#order.isRecorded) this.#ports.line(name, line)
    })
  }

  #open(): void {
    clearTimeout(this.#retry)
    this.#attempt += 1
    const address = checkAddress(this.#order.dial)
    if ('why' in address) {
      this.#say({ kind: 'ended', why: `its address cannot be used. ${address.why}` })
      return
    }
    this.#say({ kind: 'connecting', attempt: this.#attempt })
    const open = this.#ports.open ?? openSocket
    this.#socket = open(address.url, this.#order.url, {
      opened: () => {
        this.#attempt = 0
        this.#say({ kind: 'ready' })
      },
      bytes: (chunk, at) => {
        this.#out.add(chunk)
        this.#ports.receive(at, () => this.#lines.receive(chunk))
      },
      lost: (reason) => this.#lost(reason),
    })
  }

  #lost(reason: LossReason): void {
    this.#socket = undefined
    this.#lines.flush()
    const retryInMs = backoffMs(this.#attempt, Math.random())
    this.#say({ kind: 'lost', reason, retryInMs })
    this.#retry = setTimeout(() => this.#open(), retryInMs)
  }

  #say(state: LineState): void {
    this.#ports.tell({ kind: 'state', state }, [])
  }
}
