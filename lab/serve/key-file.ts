/** `--key-file`: a key of one's own, as it was found in a file that nobody else can read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { isKey } from '#base/bridge-token.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** Rights of everybody but the owner. */
const othersRights = 0o077
/** A key has this many bits at least: it is guessed by nobody, and a hash of it tells nothing about it. */
const fewestBits = 128
/** Of 22 random characters at least this many differ; with fewer it was made up by hand. */
const fewestDifferent = 8
/** Bytes that are read: a key, and an end of the line. */
const mostBytes = 256

/**
 * The key in a file. It is refused where others can read or replace it, where it is no key, and where it is too short or
 * not random. The failure is a sentence, without what stands in the file.
 */
export function readKeyFile(file: string): Result<string, string> {
  let text: string
  try {
    const opened = openSync(file, 'r')
    try {
      const stat = fstatSync(opened)
      if (!stat.isFile()) return err(`--key-file ${file}: this is no file.`)
      const own = process.getuid?.()
      if (own !== undefined && stat.uid !== own && stat.uid !== 0)
        return err(`--key-file ${file} belongs to another user (${stat.uid}).`)
      if ((stat.mode & othersRights) !== 0)
        return err(
          `Others than you can read or change ${file}. To mend it: chmod 600 ${file}, and a new key.`,
        )
      const bytes = Buffer.alloc(mostBytes)
      text = bytes.toString('latin1', 0, readSync(opened, bytes)).trim()
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    return err(`--key-file ${file}: ${String(error instanceof Error ? error.message : error)}`)
  }
  return whyWeak(text, file)
}

function whyWeak(key: string, file: string): Result<string, string> {
  const how = `To make one: (umask 077; head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \\n' > ${file})`
  if (!isKey(key)) {
    return err(
      `${file} holds no key: that is one line of up to 128 letters, digits, “-” and “_”, 22 or more where all of these occur, 32 of 0-9 and a-f. ${how}`,
    )
  }
  const bits = key.length * (/^[0-9a-f]+$/i.test(key) ? 4 : 6)
  if (bits < fewestBits)
    return err(`The key in ${file} has at most ${bits} bits; ${fewestBits} are needed. ${how}`)
  return new Set(key).size < fewestDifferent ? err(`The key in ${file} is not random. ${how}`) : ok(key)
}
