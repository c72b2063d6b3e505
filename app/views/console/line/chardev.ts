/**
 * Finds the chardev of a serial line in the reply of query-chardev: the name by which QEMU knows the line, and whether a client
 * is connected to it.
 * @qapi query-chardev ChardevInfo
 */
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** A chardev with the socket of a channel. */
export interface LineChardev {
  readonly id: string
  /** Whether somebody is connected: QEMU serves one client, others wait without a word. */
  readonly isConnected: boolean
}

/** Entries of the reply that are looked at. */
const mostChardevs = 1000

/**
 * The chardev whose socket's file is named `file` (`lab1.serial`). QEMU writes `unix:/run/lab/lab1.serial,server=on` for it, with
 * `disconnected:` before it while nobody is connected.
 */
export function chardevOf(reply: Json, file: string): LineChardev | undefined {
  if (!Array.isArray(reply)) return undefined
  for (const each of reply.slice(0, mostChardevs) as readonly Json[]) {
    if (!isJsonObject(each) || typeof each.filename !== 'string' || typeof each.label !== 'string') continue
    const { filename, label } = each
    const isConnected = !filename.startsWith('disconnected:')
    const address = isConnected ? filename : filename.slice('disconnected:'.length)
    if (!address.startsWith('unix:')) continue
    // Options follow a comma, which a path may have as well.
    const path = address.slice('unix:'.length)
    if (path.endsWith(`/${file}`) || path.includes(`/${file},`)) return { id: label, isConnected }
  }
  return undefined
}
