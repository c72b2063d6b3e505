/**
 * The record of a gate as a file: JSON Lines, for its owner alone, rotated by size (FILE, FILE.1 … FILE.4, the oldest
 * goes). Each line is written whole. What changed something, was refused or failed is written at once, and so are
 * clients that come and go. Queries that returned are written together a little later, or before the next line of another
 * kind: pages ask many of them, and their answers do not wait for a disk.
 */
import { closeSync, constants, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { commandEffect } from '#qapi/check/effect.ts'
import type { GateEntry, RecordEntry } from './entry.ts'
import { auditLine } from './audit-line.ts'

/** A file is rotated before it grows beyond this, in bytes. */
const mostBytes = 16 * 1024 * 1024
/** Older files that are kept. */
const keptFiles = 4

/** Milliseconds that a query which returned may wait to be written: what a gate that is killed may lose of these. */
const queryWaitMs = 50
/** Lines of queries that wait at most: some megabytes, where each has the longest arguments. */
const mostQueries = 200

/** A record that is being written. */
export interface AuditFile {
  readonly record: RecordEntry
  close(): void
}

/** How a record is kept. */
export interface AuditOptions {
  readonly mostBytes?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Told once when the file cannot be written any more. */
  readonly say?: (words: string) => void
}

/** Open a record. A file that is there is continued; a link or a file of somebody else is refused, in a sentence. */
export function openAudit(path: string, options: AuditOptions = {}): Result<AuditFile, string> {
  const limit = options.mostBytes ?? mostBytes
  const now = options.now ?? Date.now
  const first = openFile(path)
  if (!first.ok) return first
  let file = first.value
  let hasFailed = false
  const waiting: string[] = []
  let timer: NodeJS.Timeout | undefined
  const write = (bytes: Buffer): void => {
    // A disk that is full takes a part of a line: the rest is tried, not the whole again.
    for (let at = 0; at < bytes.length;) at += writeSync(file.fd, bytes, at)
    file.size += bytes.length
  }
  const writeLines = (lines: readonly Buffer[]): void => {
    let together: Buffer[] = []
    let length = 0
    for (const line of lines) {
      if (file.size + length > 0 && file.size + length + line.length > limit) {
        write(Buffer.concat(together))
        together = []
        length = 0
        closeSync(file.fd)
        rotate(path)
        const next = openFile(path)
        if (!next.ok) throw new Error(next.error)
        file = next.value
      }
      together.push(line)
      length += line.length
    }
    write(Buffer.concat(together))
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const lines = waiting.splice(0)
    if (hasFailed || lines.length === 0) return
    try {
      writeLines(lines.map((line) => Buffer.from(`${line}\n`)))
    } catch (error) {
      hasFailed = true
      options.say?.(`The record ${path} cannot be written any more: ${String(error)}`)
    }
  }
  return ok({
    record(entry: GateEntry) {
      if (hasFailed) return
      waiting.push(auditLine(entry, now()))
      if (!mayWait(entry) || waiting.length >= mostQueries) flush()
      else timer ??= setTimeout(flush, queryWaitMs)
    },
    close() {
      flush()
      if (!hasFailed) closeSync(file.fd)
      hasFailed = true
    },
  })
}

/** Whether it changed nothing, and was nothing that somebody tried in vain. */
function mayWait(entry: GateEntry): boolean {
  if (entry.did !== 'command' || entry.end.outcome !== 'returned') return false
  return commandEffect(entry.command, entry.arguments).kind === 'reads'
}

function openFile(path: string): Result<{ fd: number; size: number }, string> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
  let fd: number
  try {
    fd = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600)
  } catch (error) {
    return err(
      `The record ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const stat = fstatSync(fd)
  if (!stat.isFile() || (process.getuid !== undefined && stat.uid !== process.getuid())) {
    closeSync(fd)
    return err(`The record ${path} is no ordinary file of yours.`)
  }
  fchmodSync(fd, 0o600)
  return ok({ fd, size: stat.size })
}

function rotate(path: string): void {
  rmSync(`${path}.${keptFiles}`, { force: true })
  for (let number = keptFiles - 1; number >= 0; number -= 1) {
    const older = number === 0 ? path : `${path}.${number}`
    try {
      renameSync(older, `${path}.${number + 1}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
