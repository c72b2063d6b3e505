/**
 * Messages that have arrived and are not read yet. The browser hands a worker one message of a WebSocket after the
 * other, and keeps hardly more than the next one ready. A worker that reads each as it comes has nothing to do whenever
 * the one after that is late. So large pieces are received first and read later, while the next ones arrive. Small ones
 * are read as they come: they need not wait.
 * @adr 0030
 */
import { largePieceBytes, mostWaitingBytes, piecesATurn } from '#record/flood.ts'

/** Pieces in order of arrival. */
export interface Inbox {
  /** A piece that arrived at `at` (milliseconds since the epoch). */
  add(piece: Uint8Array, at: number): void
  /** Read all that waits: nothing more will come. */
  flush(): void
  /** Throw away what waits. */
  clear(): void
}

/** Make an empty one. `read` takes a piece; `later` runs something after what the thread has to do already. */
export function createInbox(
  read: (piece: Uint8Array, at: number) => void,
  later: (run: () => void) => void,
): Inbox {
  let waiting: { readonly piece: Uint8Array; readonly at: number }[] = []
  let bytes = 0
  let scheduled = false

  function readOldest(): void {
    const oldest = waiting.shift()
    if (oldest === undefined) return
    bytes -= oldest.piece.length
    read(oldest.piece, oldest.at)
  }

  function schedule(): void {
    if (scheduled || waiting.length === 0) return
    scheduled = true
    later(() => {
      scheduled = false
      for (let read = 0; read < piecesATurn; read += 1) readOldest()
      schedule()
    })
  }

  return {
    add(piece, at) {
      if (waiting.length === 0 && piece.length < largePieceBytes) {
        read(piece, at)
        return
      }
      waiting.push({ piece, at })
      bytes += piece.length
      while (bytes > mostWaitingBytes) readOldest()
      schedule()
    },
    flush() {
      while (waiting.length > 0) readOldest()
    },
    clear() {
      waiting = []
      bytes = 0
    },
  }
}
