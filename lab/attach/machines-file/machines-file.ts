/** The file of `--machines`, read again whenever it has changed. One that has become faulty leaves what it said before. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { AttachedMachine, AttachedSource } from '../attached.ts'
import { readMachines } from './read-machines.ts'

/** The largest file that is read, in bytes. A thousand machines have a tenth of it. */
const mostBytes = 4 * 1024 * 1024

/** Open a file of machines. The failure is a sentence. */
export function openMachinesFile(path: string): Result<AttachedSource, string> {
  const file = resolve(path)
  let stamp = ''
  let machines: readonly AttachedMachine[] = []
  let problem: string | undefined
  const look = (): Result<undefined, string> => {
    const stat = statSync(file, { throwIfNoEntry: false })
    // Editors put another file in its place: the inode tells.
    const now = stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`
    if (now === stamp) return problem === undefined ? ok(undefined) : err(problem)
    stamp = now
    const read = readFile(path, file, stat?.size)
    if (read.ok) machines = read.value
    problem = read.ok ? undefined : read.error
    return read.ok ? ok(undefined) : read
  }
  const first = look()
  if (!first.ok) return first
  return ok({
    look() {
      const read = look()
      return {
        machines,
        problems: read.ok ? [] : [`${read.error} The machines are those of before.`],
      }
    },
  })
}

function readFile(
  path: string,
  file: string,
  bytes: number | undefined,
): Result<readonly AttachedMachine[], string> {
  if (bytes === undefined)
    return err(`There is no file ${path}. --machines names a list of machines (docs/attach.md).`)
  if (bytes > mostBytes) return err(`${path} is larger than ${mostBytes / 1024 / 1024} MiB.`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return err(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return readMachines(text, path, dirname(file))
}
