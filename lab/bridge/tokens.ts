/**
 * Who may use the bridge: websockify's TokenFile with a line `KEY.NAME.CHANNEL: unix_socket:PATH` for each socket. The
 * token is what a client has to know, so nobody gets to a socket without the key, and to none that is not in the file.
 * websockify reads the file at each connection.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitName } from './lab-list.ts'
import type { FoundSocket, SocketTarget } from './lab-list.ts'

/**
 * Why a path cannot stand in a TokenFile, in a sentence; undefined where it can. websockify splits a line at `:` with a
 * blank, and what is behind that at its last `:`; a line ends at any control character that Python takes for an end.
 */
export function whyNoTarget(path: string): string | undefined {
  const wrong = /[:\p{Cc}\u2028\u2029]/u.exec(path)?.[0]
  if (wrong !== undefined) {
    const name = wrong === ':' ? 'a “:”' : 'a control character'
    return `${JSON.stringify(path)} has ${name} in it, which websockify cannot serve.`
  }
  return path === path.trim()
    ? undefined
    : `${JSON.stringify(path)} ends with a blank, which websockify cannot serve.`
}

/** The lines for sockets with one key. `folder` is how the bridge names their folder. Other names than NAME.CHANNEL have none. */
export function tokenLines(found: readonly FoundSocket[], folder: string, key: string): string {
  return found
    .filter(({ file }) => splitName(file) !== undefined)
    .map(({ file, target }) => `${key}.${file}: ${printTarget(target ?? { path: join(folder, file) })}\n`)
    .join('')
}

/** A target as a TokenFile has it. websockify splits it at its last colon: an IPv6 address needs no brackets. */
function printTarget(target: SocketTarget): string {
  return 'path' in target ? `unix_socket:${target.path}` : `${target.host}:${target.port}`
}

/** Write a file that only its owner can read, whole or not at all. */
export function writePrivate(file: string, text: string): void {
  const next = `${file}.new`
  // Made here and now: the rights of one that was left behind could be others.
  rmSync(next, { force: true })
  writeFileSync(next, text, { mode: 0o600, flag: 'wx' })
  renameSync(next, file)
}

/**
 * A filter for the words of websockify, which prints every token, right or wrong, with what it is asked. What is asked
 * goes whole, however it is written; the keys go wherever they stand.
 */
export function withoutTokens(...keys: readonly (string | undefined)[]): (line: string) => string {
  const given = keys.filter((key) => key !== undefined)
  return (line) => {
    const ends = ['?', "Token '"].flatMap((mark) => {
      const at = line.indexOf(mark)
      return at < 0 ? [] : [at + mark.length]
    })
    const kept = ends.length === 0 ? line : `${line.slice(0, Math.min(...ends))}…`
    return given.reduce((rest, key) => rest.replaceAll(key, '…'), kept)
  }
}
