/**
 * The record of a gate as a file: JSON Lines, for its owner alone, rotated by size (FILE, FILE.1 … FILE.4, the oldest
 * goes). Each line is written whole and at once, so that what was done is on record before it is answered to many.
 */
import { closeSync, constants, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { GateEntry, RecordEntry } from './entry.ts'
import { auditLine } from './audit-line.ts'

/** A file is rotated before it grows beyond this, in bytes. */
const mostBytes = 16 * 1024 * 1024
/** Older files that are kept. */
const keptFiles = 4

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
  const write = (line: Buffer): void => {
    if (file.size > 0 && file.size + line.length > limit) {
      closeSync(file.fd)
      rotate(path)
      const next = openFile(path)
      if (!next.ok) throw new Error(next.error)
      file = next.value
    }
    // A disk that is full takes a part of a line: the rest is tried, not the whole again.
    for (let at = 0; at < line.length;) at += writeSync(file.fd, line, at)
    file.size += line.length
  }
  return ok({
    record(entry: GateEntry) {
      if (hasFailed) return
      try {
        write(Buffer.from(`${auditLine(entry, now())}\n`))
      } catch (error) {
        hasFailed = true
        options.say?.(`The record ${path} cannot be written any more: ${String(error)}`)
      }
    },
    close() {
      if (!hasFailed) closeSync(file.fd)
      hasFailed = true
    },
  })
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
