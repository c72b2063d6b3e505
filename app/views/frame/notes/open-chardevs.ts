/**
 * Finds chardevs that are web sockets of QEMU's own (`websocket=on`) in the reply of query-chardev. QEMU greets every Origin on
 * them, so any web page that somebody visits can use what is behind: a monitor, a serial line.
 * @qapi query-chardev ChardevInfo
 */
import { clip } from '#base/clip.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'

/** A chardev on which QEMU itself takes web sockets. */
export interface OpenChardev {
  readonly label: string
  /** `HOST:PORT`, as QEMU writes it. */
  readonly address: string
  /** Only programs of its host reach it. Web pages that are visited there are such programs. */
  readonly isLoopback: boolean
}

/** Entries of the reply that are looked at. */
const mostChardevs = 1000
/** Characters of a machine's own texts that are shown. */
const longest = 100

/**
 * Those of a reply. QEMU writes `websocket:127.0.0.1:4444,server=on` for one, with `disconnected:` before it while nobody is
 * connected, and ` <-> PEER` after it while somebody is.
 */
export function openChardevs(reply: Json): readonly OpenChardev[] {
  return objectsIn(reply)
    .slice(0, mostChardevs)
    .flatMap(({ label, filename }) => {
      if (typeof label !== 'string' || typeof filename !== 'string') return []
      const about = filename.startsWith('disconnected:') ? filename.slice('disconnected:'.length) : filename
      if (!about.startsWith('websocket:')) return []
      const [address = ''] = about.slice('websocket:'.length).split(/[, ]/, 1)
      return [
        { label: clip(label, longest), address: clip(address, longest), isLoopback: isLoopback(address) },
      ]
    })
}

function isLoopback(address: string): boolean {
  // QEMU writes `::1:4444` before somebody is connected, and `[::1]:4444` then.
  const host = address.slice(0, Math.max(0, address.lastIndexOf(':'))).replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
