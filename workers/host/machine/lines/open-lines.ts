/** The open serial lines of a machine. Tested by workers/host/machine/lines/open-line.test.ts. */
import type { LineOrder, ToLine } from '#api/line.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { OpenLine } from './open-line.ts'

/** What of a recorder the lines use. */
type LineRecorder = Pick<Recorder, 'line' | 'receive'>

/** By the names of their channels. */
export class OpenLines {
  readonly #recorder: LineRecorder
  readonly #open = new Map<string, OpenLine>()

  constructor(recorder: LineRecorder) {
    this.#recorder = recorder
  }

  open(order: LineOrder, port: MessagePort): void {
    const { name } = order
    this.#open.get(name)?.close()
    const line = new OpenLine(order, {
      tell: (message, buffers) => port.postMessage(message, buffers),
      receive: (at, read) => this.#recorder.receive(at, read),
      line: (channel, ended) => this.#recorder.line(channel, ended),
      closed: () => {
        port.close()
        if (this.#open.get(name) === line) this.#open.delete(name)
      },
    })
    this.#open.set(name, line)
    port.onmessage = ({ data }: MessageEvent<ToLine>) => line.take(data)
  }
}
