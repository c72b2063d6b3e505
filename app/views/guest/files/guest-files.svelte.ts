/**
 * The files that a person moves between a guest and this computer, one at a time, and the text that is edited. They go on while
 * the view is not shown.
 * Tested by app/views/guest/files/guest-files.test.ts and e2e/guest-files.spec.ts.
 */
import { Sha256 } from '#base/sha256-pieces.ts'
import type { AgentSender } from '../agent-sender.ts'
import { mostTextBytes, readText, writeText } from './edited-text.ts'
import type { FileText } from './edited-text.ts'
import { closeHandle, readFile, writeFile } from './guest-file.ts'
import type { FileEnd, FileSource, FileWatch, LeftOpen } from './guest-file.ts'
import { guestHash } from './guest-hash.ts'
import type { HandleMarks } from './handle-marks.ts'
import { savedName } from './saved-name.ts'

/** What it needs of the page. */
export interface FilesNeeds {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  /** Keeps the connection open until what it returns is called. */
  readonly use: () => () => void
  /** Gives a file to the person. */
  readonly save: (name: string, content: Blob) => void
  /** The handles that are open in the guest, over a reload of the page. */
  readonly marks: Pick<HandleMarks, 'read' | 'opened' | 'closed'>
}

/** One way of a file. Times in milliseconds since the epoch, sizes in bytes. */
export interface Transfer {
  readonly id: number
  readonly kind: 'download' | 'upload' | 'open' | 'save'
  /** As it was typed. */
  readonly path: string
  readonly done: number
  /** Undefined where the guest does not say. */
  readonly size: number | undefined
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** What went wrong, a sentence. */
  readonly problem: string | undefined
  /** What was compared, and what is odd: sentences. */
  readonly notes: readonly string[]
}

/** A text of the guest in its editor. */
export interface EditedText {
  readonly path: string
  readonly file: FileText
  /** The hash of the file as it was opened, or saved last. */
  readonly hash: string
  /** Somebody else has changed the file since. */
  readonly isChangedInGuest: boolean
}

/** Transfers that are kept of a visit; the oldest go. */
const mostTransfers = 30
/** Bytes after which pieces become one Blob, which a browser may keep outside of its memory. */
const blobBytes = 8 * 1024 * 1024

/** Why a handle of an earlier page is open. */
const gonePage = 'the page that had opened it is gone.'

/** The files of one guest. */
export class GuestFiles {
  readonly #send: AgentSender
  readonly #needs: FilesNeeds
  #ids = 0
  #stop: string | undefined
  #transfers = $state.raw<readonly Transfer[]>([])
  #current = $state<number | undefined>(undefined)
  #leftOpen = $state.raw<readonly LeftOpen[]>([])
  #text = $state.raw<EditedText | undefined>(undefined)

  constructor(send: AgentSender, needs: FilesNeeds) {
    this.#send = send
    this.#needs = needs
    this.#leftOpen = needs.marks.read().map((handle) => ({ handle, why: gonePage }))
  }

  /** The newest first. */
  get transfers(): readonly Transfer[] {
    return this.#transfers
  }

  /** The one that is under way. */
  get current(): Transfer | undefined {
    return this.#transfers.find(({ id }) => id === this.#current)
  }

  /** Handles that could not be closed. */
  get leftOpen(): readonly LeftOpen[] {
    return this.#leftOpen
  }

  /** The text that is edited. */
  get text(): EditedText | undefined {
    return this.#text
  }

  /** End what is under way, before its next piece. */
  cancel(): void {
    this.#stop ??= 'Cancelled'
  }

  /** Read a file and give it to the person. `compare`: by its hash, too. */
  async download(path: string, compare: boolean): Promise<void> {
    await this.#transfer('download', path, async (id, watch) => {
      const hash = new Sha256()
      const blobs: Blob[] = []
      let pieces: Uint8Array<ArrayBuffer>[] = []
      let held = 0
      const end = await readFile(this.#send, path, watch, (piece) => {
        if (compare) hash.add(piece)
        pieces.push(piece)
        held += piece.length
        if (held < blobBytes) return
        blobs.push(new Blob(pieces))
        pieces = []
        held = 0
      })
      if (!end.result.ok) return end
      const { size, note } = end.result.value
      this.#note(id, note ?? `All ${size} bytes came, as the guest says.`)
      if (compare && !(await this.#compare(id, path, hash.end())))
        return {
          ...end,
          result: { ok: false, error: 'The guest says another hash: the file was not saved.' },
        }
      this.#needs.save(savedName(path), new Blob([...blobs, ...pieces], { type: 'application/octet-stream' }))
      return end
    })
  }

  /** Write a file of this computer into the guest: what was there is lost. */
  async upload(path: string, source: FileSource, compare: boolean): Promise<void> {
    await this.#transfer('upload', path, async (id, watch) => {
      const hash = new Sha256()
      // A piece that the guest took in part is read again from there.
      let hashed = 0
      const read = async (from: number, to: number): Promise<Uint8Array> => {
        const piece = await source.read(from, to)
        hash.add(piece.subarray(Math.max(0, hashed - from)))
        hashed = Math.max(hashed, from + piece.length)
        return piece
      }
      const end = await writeFile(this.#send, path, { size: source.size, read }, watch)
      if (!end.result.ok) return end
      this.#note(id, `All ${end.result.value} bytes are there, as the guest says.`)
      if (compare && !(await this.#compare(id, path, hash.end())))
        return {
          ...end,
          result: { ok: false, error: 'The guest says another hash: the file is not what was sent.' },
        }
      return end
    })
  }

  /** Open a small text for editing. */
  async openText(path: string): Promise<void> {
    await this.#transfer('open', path, async (_, watch) => {
      const { end, content, hash } = await this.#read(path, watch)
      if (!end.result.ok) return end
      const file = readText(content)
      if (!file.ok) return { ...end, result: { ok: false, error: `${file.error} It can be downloaded.` } }
      this.#text = { path, file: file.value, hash, isChangedInGuest: false }
      return end
    })
  }

  /** Write the text back. Where the file was changed in the guest meanwhile it says so, and writes only with `isForced`. */
  async saveText(text: string, isForced = false): Promise<void> {
    const edited = this.#text
    if (edited === undefined) return
    await this.#transfer('save', edited.path, async (id, watch) => {
      if (!isForced) {
        const now = await this.#read(edited.path, { ...watch, progress: () => undefined })
        if (!now.end.result.ok) return now.end
        if (now.hash !== edited.hash) {
          this.#text = { ...edited, isChangedInGuest: true }
          return {
            ...now.end,
            result: { ok: false, error: 'It was changed in the guest since it was opened.' },
          }
        }
      }
      const file = { ...edited.file, text }
      const content = writeText(file)
      const source = {
        size: content.length,
        read: (from: number, to: number) => Promise.resolve(content.subarray(from, to)),
      }
      const end = await writeFile(this.#send, edited.path, source, watch)
      if (!end.result.ok) return end
      const hash = new Sha256()
      hash.add(content)
      this.#text = { path: edited.path, file, hash: hash.end(), isChangedInGuest: false }
      this.#note(id, `Saved: all ${content.length} bytes are there, as the guest says.`)
      return end
    })
  }

  closeText(): void {
    this.#text = undefined
  }

  /** Close what was left open: when the agent is back, or when a person asks. */
  async closeLeft(): Promise<void> {
    for (const each of this.#leftOpen) {
      const again = await closeHandle(this.#send, each.handle)
      // An agent that has been started again knows nothing of it: then it is closed.
      const isGone = again === undefined || again.why.includes('has not been found')
      if (isGone) this.#needs.marks.closed(each.handle)
      this.#leftOpen = this.#leftOpen.flatMap((left) =>
        left.handle !== each.handle ? [left] : isGone ? [] : [again],
      )
    }
  }

  async #read(
    path: string,
    watch: FileWatch,
  ): Promise<{ end: FileEnd<unknown>; content: Uint8Array; hash: string }> {
    const hash = new Sha256()
    const content = new Uint8Array(mostTextBytes)
    let filled = 0
    const end = await readFile(
      this.#send,
      path,
      watch,
      (piece) => {
        hash.add(piece)
        content.set(piece, filled)
        filled += piece.length
      },
      mostTextBytes,
    )
    return { end, content: content.subarray(0, filled), hash: hash.end() }
  }

  async #transfer(
    kind: Transfer['kind'],
    path: string,
    work: (id: number, watch: FileWatch) => Promise<FileEnd<unknown>>,
  ): Promise<void> {
    if (this.#current !== undefined) return
    this.#ids += 1
    const id = this.#ids
    this.#stop = undefined
    const transfer: Transfer = {
      ...{ id, kind, path, done: 0, size: undefined, notes: [] },
      ...{ startedAt: this.#needs.now(), endedAt: undefined, problem: undefined },
    }
    this.#transfers = [transfer, ...this.#transfers].slice(0, mostTransfers)
    this.#current = id
    const letGo = this.#needs.use()
    try {
      const { result, leftOpen } = await work(id, {
        progress: (done, size) => this.#change(id, { done, size }),
        stopped: () => this.#stop,
        handle: (handle, isOpen) => this.#mark(handle, isOpen),
      })
      if (leftOpen !== undefined) this.#leftOpen = [...this.#leftOpen, leftOpen]
      if (!result.ok) this.#change(id, { problem: result.error })
    } finally {
      this.#change(id, { endedAt: this.#needs.now() })
      this.#current = undefined
      letGo()
    }
  }

  #mark(handle: number, isOpen: boolean): void {
    if (!isOpen) {
      this.#needs.marks.closed(handle)
      return
    }
    // A guest that was started again counts from the beginning: an older handle of this number is gone.
    this.#leftOpen = this.#leftOpen.filter((each) => each.handle !== handle)
    this.#needs.marks.opened(handle)
  }

  /** Whether the hashes are equal, or could not be compared, which is said. */
  async #compare(id: number, path: string, hash: string): Promise<boolean> {
    const told = await guestHash(this.#send, path, this.#needs.wait, () => this.#stop)
    if (!told.ok) this.#note(id, `Not compared by hash: ${told.error}.`)
    else if (told.value === hash) this.#note(id, `SHA-256 is equal: ${hash}`)
    else this.#note(id, `SHA-256 here: ${hash}; in the guest: ${told.value}`)
    return !told.ok || told.value === hash
  }

  #note(id: number, note: string): void {
    this.#transfers = this.#transfers.map((each) =>
      each.id === id ? { ...each, notes: [...each.notes, note] } : each,
    )
  }

  #change(id: number, parts: Partial<Transfer>): void {
    this.#transfers = this.#transfers.map((each) => (each.id === id ? { ...each, ...parts } : each))
  }
}
