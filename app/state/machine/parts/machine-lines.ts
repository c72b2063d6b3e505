/**
 * The open serial lines of a machine, as the page holds them. A worker that was started in place of a dead one opens them
 * again.
 * @adr 0055
 */
import type { FromLine, LineOrder, ToLine } from '#api/line.ts'
import type { MachineLink } from '../../platform.ts'

/** An open line. */
export interface LineHandle {
  /** Send bytes. They go over to the worker: the caller does not use them again. */
  send(bytes: Uint8Array<ArrayBuffer>): void
  /** This many bytes have been shown: more may come. */
  taken(bytes: number): void
  /** Another address, or another way to read the bytes. */
  change(order: LineOrder): void
  /** Do not wait for the next attempt. */
  wake(): void
  close(): void
}

interface OpenHandle {
  order: LineOrder
  tell: (message: ToLine) => void
  readonly take: (message: FromLine) => void
}

/** The lines of one machine. */
export class MachineLines {
  readonly #link: () => Pick<MachineLink, 'openLine'>
  readonly #open = new Set<OpenHandle>()

  constructor(link: () => Pick<MachineLink, 'openLine'>) {
    this.#link = link
  }

  /** Open a line. `take` gets its bytes and its states until it is closed. */
  open(order: LineOrder, take: (message: FromLine) => void): LineHandle {
    const handle: OpenHandle = { order, take, tell: this.#link().openLine(order, take) }
    this.#open.add(handle)
    return {
      send: (bytes) => handle.tell({ kind: 'send', bytes }),
      taken: (bytes) => handle.tell({ kind: 'taken', bytes }),
      change: (next) => {
        handle.order = next
        handle.tell({ kind: 'change', order: next })
      },
      wake: () => handle.tell({ kind: 'wake' }),
      close: () => {
        this.#open.delete(handle)
        handle.tell({ kind: 'close' })
      },
    }
  }

  /** Another worker runs in place of a dead one. */
  workerStarted(): void {
    for (const handle of this.#open) handle.tell = this.#link().openLine(handle.order, handle.take)
  }

  /** The machine was started again: nobody waits for the next planned attempt. */
  wake(): void {
    for (const handle of this.#open) handle.tell({ kind: 'wake' })
  }
}
