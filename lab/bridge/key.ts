/**
 * The key of the bridge: 128 random bits. It is kept in the user's own files, so that a lab that is started again has
 * the same address. It is never in an argument or in the environment of a program, and in no path.
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** Bytes of a key: it cannot be guessed, and a hash of it says nothing about it. */
const keyBytes = 16
const keyForm = /^[0-9a-f]{32}$/
/** Rights of everybody but the owner. */
const othersRights = 0o077

/** A key as it was found or made. */
export interface KeptKey {
  readonly key: string
  /** What a person should know of it, in a sentence. */
  readonly note: string | undefined
}

/** A key that nobody has yet. */
export function newKey(): string {
  return randomBytes(keyBytes).toString('hex')
}

/** SHA-256 of a key, in hexadecimal: what `lab.json` says of it. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** The folder of the key: the user's folder for state. */
export function keyFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const state = env.XDG_STATE_HOME
  return join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'qmp-studio')
}

/**
 * The key in a folder, made where there is none. A key that others could have read is replaced, and so is one that is
 * broken; a folder or file of somebody else is refused. `name` is the file: `watch-key` is the key of those who only
 * watch. The failure is a sentence.
 */
export function keptKey(
  folder: string,
  options: { readonly renew?: boolean; readonly name?: 'key' | 'watch-key' } = {},
): Result<KeptKey, string> {
  const file = join(folder, options.name ?? 'key')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const foreign = whyForeign(folder, 'folder') ?? whyForeign(file, 'file')
    if (foreign !== undefined) return err(foreign)
    chmodSync(folder, 0o700)
    if (options.renew === true) return ok({ key: write(file, 'replace'), note: undefined })
    const found = statOf(file)
    if (found === undefined) return ok({ key: write(file, 'unless-there'), note: undefined })
    if ((found.mode & othersRights) !== 0) {
      const note = `Others could read ${file}: a new key was made, and only you can read it.`
      return ok({ key: write(file, 'replace'), note })
    }
    const key = readFileSync(file, 'utf8').trim()
    if (keyForm.test(key)) return ok({ key, note: undefined })
    return ok({ key: write(file, 'replace'), note: `${file} held no key: a new one was made.` })
  } catch (error) {
    return err(`The key of the lab cannot be kept: ${String(error instanceof Error ? error.message : error)}`)
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** Why a path is not ours, in a sentence. A link counts as foreign: it may lead anywhere. */
function whyForeign(path: string, kind: 'folder' | 'file'): string | undefined {
  const stat = statOf(path)
  if (stat === undefined) return undefined
  const advice = 'Remove it, or name another folder in XDG_STATE_HOME.'
  if (!(kind === 'folder' ? stat.isDirectory() : stat.isFile())) {
    return `The key of the lab cannot be kept: ${path} is no ordinary ${kind}. ${advice}`
  }
  const own = process.getuid?.()
  if (own === undefined || stat.uid === own) return undefined
  return `The key of the lab cannot be kept: ${path} belongs to another user (${stat.uid}). ${advice}`
}

/** Write a new key whole; `unless-there` takes the one that another lab has made at the same time. */
function write(file: string, how: 'replace' | 'unless-there'): string {
  const key = newKey()
  const next = `${file}.${process.pid}.new`
  rmSync(next, { force: true })
  writeFileSync(next, `${key}\n`, { mode: 0o600, flag: 'wx' })
  if (how === 'replace') {
    renameSync(next, file)
    return key
  }
  try {
    linkSync(next, file)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFileSync(file, 'utf8').trim()
  } finally {
    rmSync(next, { force: true })
  }
}
